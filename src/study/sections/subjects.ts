import * as v from 'valibot';
import { mapping, type YamlFile } from '../yaml-file.ts';
import { code } from '../identifiers.ts';

/** What is randomized: a person, or a group of people such as a ward or a practice. */
export type Unit = 'participant' | 'cluster';

/** How participants are called. */
export interface Subjects {
  readonly unit: Unit;
  /**
   * How a subject id looks: `{site}` is the site's code, `#` a digit, `@` a letter; any other character stands
   * for itself. Undefined: any id.
   */
  readonly pattern: string | undefined;
}

const SITE_PART = '{site}';
const SHAPE =
  'expected a pattern such as "{site}-###": {site} for the code of the site, # for a digit, @ for a letter, and letters, digits, dots, hyphens or underscores';

const PATTERN = v.pipe(
  v.string(),
  v.metadata({
    pattern: String.raw`^(\{site\}|[A-Za-z0-9#@._-])*[#@](\{site\}|[A-Za-z0-9#@._-])*$`,
    patternErrorMessage: SHAPE,
    examples: ['{site}-###'],
  }),
  v.check((text) => /^(?:\{site\}|[A-Za-z0-9#@._-])+$/.test(text), SHAPE),
  v.check((text) => /[#@]/.test(text), 'expected at least one # or @: all ids would be the same'),
);

/** The key `subjects`. */
export const SUBJECTS = v.nullish(
  mapping(
    {
      pattern: v.optional(PATTERN),
      unit: v.optional(
        v.picklist(['participant', 'cluster'], 'expected participant or cluster'),
        'participant',
      ),
    },
    {
      pattern:
        'How a subject id looks, such as "{site}-###": {site} for the code of the site, # for a digit, @ for a letter. Without it any id is accepted.',
      unit: 'What is randomized: participant, or cluster (a ward, a practice).',
    },
  ),
  {},
);

/** Reports a pattern whose ids would not be subject ids. */
export function checkSubjects(yaml: YamlFile): void {
  const path = ['subjects', 'pattern'];
  const pattern = yaml.sound(path, PATTERN);
  const sites = yaml.sound(['sites'], v.array(v.looseObject({ code: v.string() })));
  if (pattern === undefined || sites === undefined) return;
  const long = sites.find(({ code: site }) => !v.is(code(32), exampleId(pattern, site)));
  if (long === undefined) return;
  const message = `an id of site ${long.code} would be ${exampleId(pattern, long.code)}: expected 1 to 32 letters, digits, dots, hyphens or underscores, the first a letter or digit`;
  yaml.report(path, message);
}

export function subjectsFrom({ pattern, unit }: v.InferOutput<typeof SUBJECTS>): Subjects {
  return { pattern, unit };
}

/** An id as the pattern has it: `CRT-123`. */
export function exampleId(pattern: string, site: string): string {
  return idWith(pattern, site, (digits) => '1234567890'.repeat(4).slice(0, digits));
}

/** Ids of a site as its study has them, one after the other: as many as there can be. */
export function* exampleIds(
  { pattern = `${SITE_PART}-###` }: Pick<Subjects, 'pattern'>,
  site: string,
): Generator<string, undefined> {
  const digits = pattern.split('#').length - 1;
  for (let count = 1; String(count).length <= digits; count += 1) {
    yield idWith(pattern, site, () => String(count).padStart(digits, '0'));
  }
  return undefined;
}

/** @param digitsOf the digits in the place of the signs for digits, by their number */
function idWith(pattern: string, site: string, digitsOf: (count: number) => string): string {
  const parts = pattern.split(SITE_PART);
  const digits = Array.from(digitsOf(pattern.split('#').length - 1));
  return parts
    .map((part) => part.replace(/#/g, () => digits.shift() ?? '').replace(/@/g, 'A'))
    .join(site);
}

/** Whether an id looks as the pattern says, for a participant of a site. Case is ignored. */
export function fitsPattern(pattern: string, site: string, id: string): boolean {
  const parts = pattern.split(SITE_PART).map((part) =>
    Array.from(part, (sign) => {
      if (sign === '#') return '[0-9]';
      return sign === '@' ? '[A-Za-z]' : escaped(sign);
    }).join(''),
  );
  return new RegExp(`^${parts.join(escaped(site))}$`, 'i').test(id);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, String.raw`\$&`);
}
