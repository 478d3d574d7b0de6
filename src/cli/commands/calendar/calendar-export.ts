import type { RevisedJudgedCalendar } from '../../../schedule/deviations.ts';
import type { MarkDay } from '../../../schedule/days-that-matter.ts';
import type { OpenStudy } from '../../../store/open-study.ts';

/** The calendars that were asked for, and everything that their exports need. */
export interface Chosen {
  readonly open: OpenStudy;
  readonly calendars: readonly RevisedJudgedCalendar[];
  /** The answer to --json. */
  readonly data: { readonly study: string; readonly calendars: readonly unknown[] };
  readonly markDay: (site: string) => MarkDay;
  /** Whether one participant was asked for, rather than all. */
  readonly isOne: boolean;
  /** The table, for the terminal or for a file. */
  readonly view: (isFile: boolean) => string;
}

/** One file of an export. */
export interface ExportedFile {
  /** The name, without folder and ending; undefined if the export is one file, which the user names. */
  readonly name: string | undefined;
  readonly content: string | Uint8Array;
}
