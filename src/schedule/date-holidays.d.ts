/** The data of date-holidays, a JSON text for each country and each name (the plugin `holidayTexts` of rolldown.config.ts). */
declare module 'date-holidays/data?texts' {
  const texts: Readonly<Record<'holidays' | 'names', Readonly<Record<string, string>>>>;
  export default texts;
}

/** What date-holidays is made of: it takes the data. Its own types are not in its package's exports. */
declare module 'date-holidays-parser' {
  import type { HolidaysTypes } from 'date-holidays';

  export default class Holidays {
    constructor(data: object, country: string, options: HolidaysTypes.Options);
    constructor(data: object, country: string, region: string, options: HolidaysTypes.Options);
    getHolidays(year: number): HolidaysTypes.Holiday[];
  }
}
