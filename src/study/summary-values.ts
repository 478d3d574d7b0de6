import { parseCivilDate } from './civil-date.ts';
import { alpha3, isAlpha3 } from './countries.ts';

/**
 * The form of a value of the trial summary (TSVAL) that is neither a term nor any text. Durations and dates are
 * ISO 8601, countries ISO 3166-1 alpha-3. Source: SDTMIG 3.4, TS, assumption 7 and its examples.
 */
export type ValueForm = 'duration' | 'date' | 'number' | 'whole number' | 'country';

/** Why a value of the trial summary stays empty: the null flavors of ISO 21090 (TSVALNF). */
export const NULL_FLAVORS: readonly string[] = [
  ...['NI', 'INV', 'OTH', 'PINF', 'NINF', 'UNC', 'DER', 'UNK', 'ASKU', 'NAV', 'NASK', 'QS', 'TRC'],
  ...['MSK', 'NA'],
];

/** @returns why a text does not have a form, and what is expected; undefined if it has it */
export function formProblem(form: ValueForm, text: string): string | undefined {
  return PROBLEMS[form](text);
}

const QUANTITY = String.raw`\d+(?:\.\d+)?`;
const ofUnits = (...units: string[]) => units.map((unit) => `(?:${QUANTITY}${unit})?`).join('');
/** Weeks stand alone. */
const DURATION = new RegExp(
  `^P(?:${QUANTITY}W|(?=[\\dT])${ofUnits('Y', 'M', 'D')}(?:T(?=\\d)${ofUnits('H', 'M', 'S')})?)$`,
);
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

const PROBLEMS: Readonly<Record<ValueForm, (text: string) => string | undefined>> = {
  duration: (text) =>
    DURATION.test(text)
      ? undefined
      : `"${text}" is not a duration in ISO 8601: expected P and numbers with Y, M, D or W, such as P18Y or P60D`,
  date: (text) => {
    const [day = '', ...times] = text.split('T');
    const isTimed = times.length === 0 || (times.length === 1 && TIME.test(times[0]!));
    const read = parseCivilDate(isTimed ? day : text);
    return 'problem' in read ? read.problem : undefined;
  },
  number: (text) =>
    new RegExp(`^${QUANTITY}$`).test(text)
      ? undefined
      : `"${text}" is not a number: expected digits, such as 1 or 0.5, and the unit in DOSU`,
  'whole number': (text) =>
    /^[1-9]\d*$/.test(text) ? undefined : `"${text}" is not a whole number: expected 1 or more`,
  country: (text) => {
    if (isAlpha3(text)) return undefined;
    const meant = isAlpha3(text.toUpperCase()) ? text.toUpperCase() : alpha3(text);
    const hint =
      meant === undefined ? ': expected one such as FRA or DEU' : `. Did you mean ${meant}?`;
    return `"${text}" is not a country in three letters (ISO 3166-1 alpha-3)${hint}`;
  },
};
