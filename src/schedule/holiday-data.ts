import texts from 'date-holidays/data?texts';

/** The data of some countries, as date-holidays-parser takes them. */
interface HolidayData {
  readonly holidays: Record<string, unknown>;
  readonly names: Record<string, unknown>;
}

/** The names of days that replace a holiday, in every language. */
const SUBSTITUTES = 'substitutes';

/** The data of a country, with those of others whose days it has too and the names that they use. */
export function holidayDataOf(country: string): HolidayData {
  const data: HolidayData = { holidays: {}, names: {} };
  take(country, 'holidays', data);
  take(SUBSTITUTES, 'names', data);
  return data;
}

function take(key: string, kind: 'holidays' | 'names', data: HolidayData): void {
  const text = texts[kind][key];
  if (text === undefined || key in data[kind]) return;
  data[kind][key] = JSON.parse(text);
  follow(data[kind][key], data);
}

/** Takes what a part refers to: `_days` is the way to the days of another place, its country first. */
function follow(part: unknown, data: HolidayData): void {
  if (typeof part !== 'object' || part === null) return;
  const { _days: days, _name: name } = part as { _days?: string | string[]; _name?: string };
  const [other] = [days].flat();
  if (other !== undefined) take(other, 'holidays', data);
  if (name !== undefined) take(name, 'names', data);
  for (const inner of Object.values(part)) follow(inner, data);
}
