import { kitAccounts } from '../../ledger/accountability.ts';
import { wentAwayText } from '../../ledger/kit-rules.ts';
import { type Act, entriesOf, type Entry } from '../../ledger/entry.ts';
import { ADDITIONAL, kitHeldOn, reconcileUnits } from '../../ledger/unit-balances.ts';
import { balanceTexts, overdrawnText, strayText } from '../../ledger/unit-texts.ts';
import { makeCalendar } from '../../schedule/calendar.ts';
import type { Happening } from '../../schedule/happenings.ts';
import { changesBetween, isOffNow } from '../../schedule/revisions.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import type { ScheduledParticipant } from '../../store/scheduled-participants.ts';
import { subjectKey } from '../../study/identifiers.ts';
import { labelsAgain } from './labels-again.ts';

/**
 * Warnings after something was recorded about a visit: labels with other dates and, if kits are accounted for,
 * injections from a kit that the participant did not have, or of which more units are gone than it had.
 *
 * @param participant before the record
 * @param now what has happened to the plan, with the record
 */
export function visitWarnings(
  { root, study, slots, entries }: OpenStudy,
  acts: readonly Act[],
  participant: ScheduledParticipant,
  now: readonly Happening[],
): string[] {
  const { subject } = participant.subject;
  const isOwn = (one: string | null) => one !== null && subjectKey(one) === subjectKey(subject);
  const labels = entriesOf(entries, 'labels').findLast((entry) => isOwn(entry.subject));
  const stale =
    labels !== undefined && showsOldDates(labels.seq, participant, now)
      ? [
          `${subject}'s printed labels show the old dates. Print new ones: ${labelsAgain(root, subject)}`,
        ]
      : [];
  const after = [...entries, ...acts] as unknown as Entry[];
  const accounts = kitAccounts(slots, after);
  if (!accounts.some(({ events }) => events.length > 0)) return stale;
  const visits = new Set(
    acts.flatMap((act) => {
      if (act.action === 'additional dose') return ADDITIONAL;
      return act.action === 'dose' ? act.visit : [];
    }),
  );
  const units = reconcileUnits(accounts, after, study.supplies);
  const kits = new Set(
    acts.flatMap((act) => ('kit' in act && act.kit !== undefined ? (act.kit ?? []) : [])),
  );
  const wentAway = acts.flatMap((act) => {
    if (act.action !== 'dose' && act.action !== 'additional dose') return [];
    if (act.result !== 'given' || act.otherKit !== undefined) return [];
    const kit = act.kit ?? kitHeldOn(accounts, subject, act.date, study.supplies);
    const account = accounts.find((one) => one.kit === kit);
    return (account && wentAwayText(account, act.date)) ?? [];
  });
  const texts = [
    ...units.strays.filter((one) => isOwn(one.subject) && visits.has(one.visit)).map(strayText),
    ...units.balances.filter((one) => isOwn(one.subject) && one.open < 0).flatMap(balanceTexts),
    ...units.overdrawn.filter(({ kit }) => kits.has(kit)).map(overdrawnText),
  ];
  return [...stale, ...wentAway, ...texts.map((text) => `${text}.`)];
}

/** Whether a record gives injections other dates than the labels show, which were printed after an entry. */
function showsOldDates(
  printed: number,
  { visits, subject, happenings }: ScheduledParticipant,
  now: readonly Happening[],
): boolean {
  const injectionsAfter = (some: readonly Happening[]) => {
    const calendar = makeCalendar(visits, subject, some);
    return { ...calendar, events: calendar.events.filter(({ kind }) => kind === 'injection') };
  };
  const after = injectionsAfter(now);
  // Nobody needs a label for an injection that was given.
  const isGiven = (visit: string) =>
    after.events.some((event) => event.visit === visit && event.status === 'given');
  const differs = (before: readonly Happening[]) =>
    changesBetween(injectionsAfter(before), after).some(
      ({ change, visit }) => !isOffNow(change) && !isGiven(visit),
    );
  return differs(happenings) && differs(happenings.filter(({ seq }) => seq <= printed));
}
