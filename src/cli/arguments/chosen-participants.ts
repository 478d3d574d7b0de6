import { randomizations } from '../../ledger/enrolment.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import { type Naming, requireParticipant } from '../../ledger/named-participant.ts';
import { sitesBySubject, transfersBySubject } from '../../ledger/transfers.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { subjectKey } from '../../study/identifiers.ts';
import { lastSite, sitesEver } from '../../study/site-periods.ts';
import { requireSite } from './participant-schedule.ts';

/** One participant, those of a site, or all. */
export type Choice = Naming & {
  readonly site?: string | undefined;
  /** With `site`, for its own calendar: also the participants whom another site took over. */
  readonly by?: 'participant' | 'site' | undefined;
};

/** Whether one participant is named, and not a site or nobody. */
export function isNamed({ subject, number, kit }: Naming): boolean {
  return (subject ?? number ?? kit) !== undefined;
}

/**
 * The randomizations of the participants who were chosen, in the order of the ledger. Those of a site are the ones whom
 * it has now.
 *
 * @throws RandoseError if nobody is named so, or study.yaml has no such site
 */
export function chosenParticipants(open: OpenStudy, choice: Choice): EntryOf<'randomization'>[] {
  if (isNamed(choice)) return [requireParticipant(open, choice)];
  const all = randomizations(open.entries);
  if (choice.site === undefined) return all;
  const { code } = requireSite(open.study, choice.site);
  if (choice.by !== 'site') {
    const sitesOf = sitesBySubject(open.entries);
    return all.filter((one) => lastSite(sitesOf(one)) === code);
  }
  // A calendar of the site has what it did before another one took over, and cancels the rest.
  const transfers = transfersBySubject(open.entries);
  return all.filter(({ subject, site: first }) =>
    sitesEver(first, transfers.get(subjectKey(subject)) ?? []).includes(code),
  );
}

/** Whom another site took over, a sentence each, if the participants of one site are chosen. */
export function whoLeft(open: OpenStudy, { site, by }: Choice): string[] {
  if (site === undefined || by === 'site') return [];
  const { code } = requireSite(open.study, site);
  const sitesOf = sitesBySubject(open.entries);
  return randomizations(open.entries).flatMap((one) => {
    const sites = sitesOf(one);
    const [now, wasHere] = [lastSite(sites), sites.some((period) => period.site === code)];
    return wasHere && now !== code ? `${one.subject} was transferred: now at ${now}.` : [];
  });
}
