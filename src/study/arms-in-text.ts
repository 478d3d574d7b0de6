import type { Arm } from './sections/arms.ts';

/** What an arm is called: enough of it to find it in a text. */
type NamedArm = Pick<Arm, 'code' | 'name' | 'periods'>;

/** Words that are the code or the name of an arm in some trials, and in a reason mean something else. */
const EVERYDAY = new Set(
  [
    ...['active', 'control', 'standard', 'usual', 'care', 'treatment', 'therapy', 'drug', 'dose'],
    ...['low', 'high', 'medium', 'early', 'late', 'delayed', 'immediate', 'short', 'long', 'none'],
    ...['surgery', 'observation', 'intervention', 'comparator', 'test', 'reference', 'combination'],
    ...['oral', 'tablet', 'injection', 'vaccine', 'saline', 'experimental', 'new', 'old', 'other'],
  ].map((word) => word.toUpperCase()),
);

/** The words that say that a letter or a number is an arm, in the languages of labels. */
const ARM_WORDS = 'arms?|groups?|bras|groupe|gruppe|brazo|grupo|treatment|traitement';

const LEADING_ARM = new RegExp(`^(?:${ARM_WORDS})\\s+`, 'i');

/** A shorter code or name is part of many words. */
const LEAST_LENGTH = 3;

/**
 * The arm that a text names, as it is written there: by its code, its name, a part of the name that no other arm has, or
 * its treatment. A code of one or two characters, and an everyday word such as "control", count only as "arm A" or
 * "group A".
 *
 * @returns undefined if it names none
 */
export function armInText(text: string, arms: readonly NamedArm[]): string | undefined {
  return armsInText(text, arms).find((found) => found !== undefined);
}

/** For each arm, how a text names it, as it is written there; undefined for an arm that it does not name. */
export function armsInText(text: string, arms: readonly NamedArm[]): (string | undefined)[] {
  const all = arms.map(namesOf);
  return all.map((names, index) => {
    const others = all.filter((_, at) => at !== index);
    for (const name of names) {
      // What every arm has in its name tells no arm.
      if (arms.length > 1 && others.every((other) => other.has(name))) continue;
      const found = findIn(text, name);
      if (found !== undefined) return found;
    }
    return undefined;
  });
}

/** The code, the name, the part of the name before brackets and each part in brackets, and the treatments of periods. */
function namesOf({ code, name, periods = [] }: NamedArm): ReadonlySet<string> {
  const [before = ''] = name.split(/[(,;:]/);
  const inside = [...name.matchAll(/\(([^()]*)\)/g)].map(([, part = '']) => part);
  const parts = [code, name, before, ...inside, ...periods].map((part) =>
    part.trim().replace(LEADING_ARM, ''),
  );
  return new Set(parts.filter((part) => part !== '').map((part) => part.toUpperCase()));
}

/**
 * Whether each word of a name is somewhere in a text, in any letter case. A search by words and letters of all of
 * Unicode takes much longer, and most texts name no arm.
 *
 * @returns true too if the name has letters for which this is not as simple: those beyond ASCII
 */
function mayName(text: string, name: string): boolean {
  if (!/^[ -~]*$/.test(name)) return true;
  // To upper case first: the long s and the Kelvin sign count as s and k where case is ignored.
  const folded = text.toUpperCase().toLowerCase();
  return name.split(/\s+/).every((word) => folded.includes(word.toLowerCase()));
}

function findIn(text: string, name: string): string | undefined {
  if (!mayName(text, name)) return undefined;
  const escaped = name
    .replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/\s+/g, String.raw`\s+`);
  const isPlain = name.length >= LEAST_LENGTH && /\p{L}/u.test(name) && !EVERYDAY.has(name);
  if (isPlain) return new RegExp(wholeWord(escaped), 'iu').exec(text)?.[0];
  // "arm a fracture": a small letter is a word of the sentence.
  const word = name.length < LEAST_LENGTH ? escaped : anyCase(escaped);
  const arm = anyCase(ARM_WORDS);
  return (
    new RegExp(wholeWord(`(?:${arm})\\s+["'“]?${word}`), 'u').exec(text)?.[0] ??
    new RegExp(wholeWord(`${word}["'”]?[\\s-]+(?:${anyCase('arm|group')})`), 'u').exec(text)?.[0]
  );
}

function wholeWord(pattern: string): string {
  return String.raw`(?<![\p{L}\p{N}])(?:${pattern})(?![\p{L}\p{N}])`;
}

/** A pattern that ignores letter case where the others do not. */
function anyCase(pattern: string): string {
  return pattern.replace(/\p{L}/gu, (sign) => `[${sign.toLowerCase()}${sign.toUpperCase()}]`);
}
