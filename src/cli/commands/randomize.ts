import { RandoseError } from '../../errors.ts';
import { headOf } from '../../ledger/chain.ts';
import { assignNextFree } from '../../ledger/enrolment.ts';
import { readParticipant, readParticipants } from '../../ledger/participants.ts';
import { parseWho } from '../../ledger/who.ts';
import { readText } from '../../platform/files.ts';
import { openStudy, requireUnchanged } from '../../platform/open-study.ts';
import { appendToLedger, findStudyFolder, withStudyLock } from '../../platform/study-folder.ts';
import type { Output } from '../output.ts';
import { formatReceipt } from '../receipt.ts';
import { formatTable } from '../table.ts';

interface RandomizeOptions {
  readonly study?: string;
  readonly from?: string;
  readonly subject?: string;
  readonly site?: string;
  readonly day1?: string;
  readonly by: string;
}

/** `randose randomize`: gives each participant the next free slot of the stratum, all or none. */
export async function randomize(output: Output, options: RandomizeOptions): Promise<void> {
  const root = findStudyFolder(options.study);
  const who = parseWho(options.by);
  const { participants, problems } = participantsFrom(options);
  await withStudyLock(root, () => {
    const open = openStudy(root);
    requireUnchanged(open, ['identity', 'arms', 'strata', 'custody']);
    const assigned = assignNextFree(open.study, open.slots, open.entries, participants);
    if (!assigned.ok || problems.length > 0) {
      throw nobody([...problems, ...(assigned.ok ? [] : assigned.problems)]);
    }
    const head = appendToLedger(
      open,
      headOf(open.entries),
      assigned.value.map((assignment) => ({ action: 'randomization', who, ...assignment })),
    );
    const rows = assigned.value.map(({ subject, site, number, kit, day1 }) => [
      subject,
      site,
      number,
      kit,
      day1,
    ]);
    const table = formatTable(['Subject', 'Site', 'Number', 'Kit', 'Day 1'], rows, output.colour);
    output.result({ participants: assigned.value, ledger: head }, table);
    output.say(formatReceipt(head));
  });
}

function participantsFrom({
  from,
  subject,
  site,
  day1,
}: RandomizeOptions): ReturnType<typeof readParticipants> {
  const single = [subject, site, day1].filter((option) => option !== undefined);
  if (from !== undefined && single.length === 0) return readParticipants(readText(from), from);
  if (from !== undefined || subject === undefined || site === undefined || day1 === undefined) {
    throw new RandoseError(
      'usage',
      'expected either --from FILE, or --subject, --site and --day1',
      {
        hint: 'randose randomize --help shows both.',
      },
    );
  }
  const read = readParticipant({ subject, site: site.trim(), day1: day1.trim() }, {});
  return read.ok
    ? { participants: [read.value], problems: [] }
    : { participants: [], problems: [...read.problems] };
}

function nobody(problems: RandoseError['problems']): RandoseError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new RandoseError('bad-data', `nobody was randomized: ${count}`, {
    problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    hint: 'Nothing was taken. Mend the above and give all of them again.',
  });
}
