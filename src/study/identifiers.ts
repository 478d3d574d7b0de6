import * as v from 'valibot';

/** A participant's code in the trial, never a name. Unique in a study, whatever its case. */
export type SubjectId = string & { readonly brand: 'SubjectId' };

/**
 * A day of a participant's trial. Day 1 is the day of the first injection. There is no Day 0: the day
 * before Day 1 is Day -1 (CDISC SDTM, --DY).
 */
export type StudyDay = number & { readonly brand: 'StudyDay' };

/**
 * The characters of kit codes. No two of them look alike in print or in handwriting: 0 O 1 I L 2 Z
 * 5 S 8 B U V are left out.
 */
export const KIT_ALPHABET = '34679ACDEFGHJKMNPQRTWXY';

/** A code that is safe in file names, tables and spreadsheets: no spaces, no leading sign. */
export function code(maximum: number) {
  const expected = `expected 1 to ${maximum} letters, digits, dots, hyphens or underscores, the first a letter or digit`;
  return v.pipe(
    v.string(),
    v.metadata({ patternErrorMessage: expected }),
    v.regex(new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${maximum - 1}}$`), ({ input }) => {
      return /\s/.test(input) ? `${expected}; "${input.slice(0, 80)}" has a space` : expected;
    }),
  );
}

/** No control character (Unicode's category Cc), in ranges that ECMAScript and Python both read: it goes into a JSON Schema. */
const NO_CONTROLS = new RegExp(String.raw`^[^\u0000-\u001f\u007f-\u009f]*$`);

/** One line of text of 1 to `maximum` characters, without control characters. */
export function line(maximum: number) {
  return v.pipe(
    v.string(),
    v.metadata({ minLength: 1 }),
    v.regex(NO_CONTROLS, 'expected one line, without control characters'),
    v.check((text) => text.trim() !== '', 'expected some text, found only spaces'),
    v.maxLength(maximum, `expected at most ${maximum} characters`),
  );
}

/** A whole number in a range, ends included. */
export function whole(least: number, most: number) {
  const message = `expected a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

const SUBJECT_ID = code(32);

/** The text as a subject id without the spaces around it, or undefined if it is not one. */
export function parseSubjectId(text: string): SubjectId | undefined {
  const result = v.safeParse(SUBJECT_ID, text.trim());
  return result.success ? (result.output as SubjectId) : undefined;
}

/** A participant as views name them: `CRT-010 (randomized as CRT-001)` if the id was corrected. */
export function nameOfParticipant(current: string, randomizedAs: string): string {
  return current === randomizedAs ? current : `${current} (randomized as ${randomizedAs})`;
}

/** The key for comparing subject ids. Ids that differ only in case are the same person to a reader. */
export function subjectKey(subject: string): string {
  return subject.toUpperCase();
}

/** The names of devices on Windows: no file there can have one of them before its first dot. */
const DEVICE = /^(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?=\.|$)/i;

/** A code as the name of a file has it before its ending: as it is, or with an underscore if Windows would not take it. */
export function fileStem(id: string): string {
  return id.replace(DEVICE, '$&_');
}
