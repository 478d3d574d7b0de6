import { randomizations } from '../../ledger/enrolment.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import { type Naming, requireParticipant } from '../../ledger/named-participant.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { requireSite } from './participant-schedule.ts';

/** One participant, those of a site, or all. */
export type Choice = Naming & { readonly site?: string | undefined };

/** Whether one participant is named, and not a site or nobody. */
export function isNamed({ subject, number, kit }: Naming): boolean {
  return (subject ?? number ?? kit) !== undefined;
}

/**
 * The randomizations of the participants who were chosen, in the order of the ledger.
 *
 * @throws RandoseError if nobody is named so, or study.yaml has no such site
 */
export function chosenParticipants(open: OpenStudy, choice: Choice): EntryOf<'randomization'>[] {
  if (isNamed(choice)) return [requireParticipant(open, choice)];
  const all = randomizations(open.entries);
  if (choice.site === undefined) return all;
  const { code } = requireSite(open.study, choice.site);
  return all.filter((one) => one.site === code);
}
