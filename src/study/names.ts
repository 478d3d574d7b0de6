import * as v from 'valibot';
import { line } from './identifiers.ts';

/** The code of a language, as ISO 639-1 has it. */
export const LANGUAGE = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2}$/, 'expected a language as two small letters, such as fr'),
);

/** One language, or several in their order. */
export const LANGUAGE_LIST = v.pipe(
  v.array(LANGUAGE),
  v.minLength(1, 'expected at least one language'),
);

/** The names of one thing by language, beside the name that everything else knows it by. */
export const NAMES = v.optional(v.record(LANGUAGE, line(80)));
export const NAMES_SAY =
  'Its name in other languages, on labels and calendars, such as {fr: induction}.';

/** What can have names in several languages. */
export type NamedKind = 'phase' | 'assessment' | 'period';

/** The names of one thing by language: `fr`, `de`. */
type ByLanguage = Readonly<Record<string, string>>;

/** The names of a schedule by language, for each kind by the given name. They are for readers alone. */
export type NamesByLanguage = Readonly<Record<NamedKind, Readonly<Record<string, ByLanguage>>>>;

/** Gives the name of a thing in one language; the given name if study.yaml has no other. */
export type NameOf = (kind: NamedKind, given: string) => string;

interface Named {
  readonly names?: NamesByLanguage | undefined;
}

/**
 * The names in one language, of a study's schedule and of its amendments. If two schedules name the same thing, the
 * later one counts.
 *
 * @param language undefined: the given names
 */
export function namesOf(
  {
    schedule,
    amendments,
  }: { readonly schedule: Named; readonly amendments: readonly { readonly schedule: Named }[] },
  language: string | undefined,
): NameOf {
  const schedules = [schedule, ...amendments.map((one) => one.schedule)];
  return (kind, given) => {
    if (language === undefined) return given;
    const named = schedules.flatMap(({ names }) => names?.[kind][given]?.[language] ?? []);
    return named.at(-1) ?? given;
  };
}
