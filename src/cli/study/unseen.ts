import type { OpenStudy } from '../../store/open-study.ts';
import type { Output } from '../output/output.ts';

/** Warns that a report is about a part of the study, if its reader may not see all of it. */
export function warnOfUnseen(output: Output, { ownSites }: Pick<OpenStudy, 'ownSites'>): void {
  if (ownSites === undefined) return;
  output.warn(
    'this login sees what its own sites recorded. Participants of other sites are left out, and kits of other sites are shown as if nothing had happened to them. Whoever sees all has the whole study, such as the data manager.',
  );
}
