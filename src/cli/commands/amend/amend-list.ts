import { amendmentsByParticipant, compareAmendments } from '../../../ledger/amendments.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { dateIn } from '../../../system/today.ts';
import type { Output } from '../../output/output.ts';
import { formatTable } from '../../output/table.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';

/** Shows the amendments of study.yaml, whether they are in force, and how many participants have each. */
export function listAmendments(output: Output, { study, entries }: OpenStudy): void {
  const { changed } = compareAmendments(study, entries);
  const inForce = new Map(entriesOf(entries, 'amendment').map((one) => [one.amendment, one]));
  const amendmentsOf = amendmentsByParticipant(study, entries);
  const last = randomizations(entries).map((one) => {
    const own = amendmentsOf(one, dateIn(one.time, timeZoneOf(study, one.site)));
    return own.later.at(-1)?.amendment.id ?? own.atRandomization?.id;
  });
  const amendments = study.amendments.map(({ id, from, applies }) => ({
    id,
    from,
    applies,
    inForceSince: inForce.get(id)?.seq ?? null,
    isChanged: changed.some(({ amendment }) => amendment === id),
    participants: last.filter((one) => one === id).length,
  }));
  if (amendments.length === 0) output.say('study.yaml has no amendment.');
  const rows = amendments.map((one) => [
    ...[one.id, one.from, one.applies],
    inForceText(one),
    String(one.participants),
  ]);
  const head = ['Amendment', 'From', 'Applies to', 'In force', 'Participants'];
  const table = rows.length === 0 ? '' : formatTable(head, rows, output.colour, output);
  output.result({ study: study.id, amendments }, table);
}

function inForceText({
  inForceSince,
  isChanged,
}: {
  readonly inForceSince: number | null;
  readonly isChanged: boolean;
}): string {
  if (inForceSince === null) return 'no';
  return isChanged
    ? `not as edited since (ledger ${inForceSince})`
    : `yes (ledger ${inForceSince})`;
}
