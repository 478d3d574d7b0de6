import type { MarkDay } from '../../schedule/days-that-matter.ts';
import type { Study } from '../../study/study.ts';
import type { LanguageCode } from '../../languages/languages.ts';
import type { NameOf } from '../../study/names.ts';
import type { Contact } from '../../study/sections/supplies.ts';

/** An entry of the ledger, and its date (UTC). */
export interface LastEntry {
  readonly seq: number;
  readonly date: string;
}

/** What the pages of printed calendars have in common. */
export interface CalendarPages {
  readonly study: Pick<Study, 'id' | 'title' | 'sponsor'>;
  readonly isDummy: boolean;
  readonly language: LanguageCode;
  /** The names of phases, assessments and periods in the language. */
  readonly nameOf: NameOf;
  /** Whom to call; if there is no telephone number, the page has a blank for it. */
  readonly contact: Pick<Contact, 'name' | 'phone'> | undefined;
  /** The day on which they are made, YYYY-MM-DD. */
  readonly made: string;
  /** The last entry of the ledger that they know, and its date (UTC), YYYY-MM-DD. */
  readonly asOf: LastEntry;
  /** Site code → name. */
  readonly siteNames: ReadonlyMap<string, string>;
  readonly markDay: (site: string) => MarkDay;
}
