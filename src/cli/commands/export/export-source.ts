import { formatHead } from '../../../ledger/chain.ts';
import { momentText } from '../../../ledger/times.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { DUMMY_MARK } from '../../../study/study.ts';
import { SOFTWARE } from '../../../version.ts';
import type { ExportSource } from './export-formats.ts';

/** The mark of a rehearsal. */
export function markOf({ domain }: Pick<OpenStudy['study'], 'domain'>): string {
  return domain === 'dummy' ? DUMMY_MARK : '';
}

/** What an export says of where it comes from. */
export function sourceOf(
  { study, head, lastTime }: OpenStudy,
  tellChanged: ExportSource['tellChanged'],
): ExportSource {
  return {
    study,
    asOf: lastTime,
    tellChanged,
    about: [
      ['Study', study.id],
      ['Title', study.title],
      ['Sponsor', study.sponsor],
      ['As of', momentText(lastTime)],
      ['Ledger', formatHead(head)],
      ['Arms', 'none: this file is blinded'],
      ['Written by', SOFTWARE],
    ],
  };
}
