import { RandoseError } from '../../../errors.ts';
import { readParticipant, readParticipants } from '../../../ledger/participants.ts';
import type { Factor } from '../../../study/study.ts';
import { readTable } from '../../../system/table-file.ts';
import { todayHere } from '../../../system/today.ts';
import { levelsOf } from '../../arguments/factor-levels.ts';
import type { RandomizeFlags } from './command.ts';

/** The participants' file, if there is one; read once, before anything is decided. */
export function textOf({ from, subject, site, day1, factor }: RandomizeFlags): string | undefined {
  const single = [subject, site, day1];
  const isSingle = from === undefined && single.every((option) => option !== undefined);
  const isFile = from !== undefined && [...single, factor].every((option) => option === undefined);
  if (!isSingle && !isFile) {
    throw new RandoseError('usage', 'give either --from FILE, or --subject, --site and --day1', {
      hint: 'randose randomize --help has an example of each.',
    });
  }
  return from === undefined ? undefined : readTable(from);
}

/** The participants who are asked for, in their order, and every problem. */
export function participantsFrom(
  { from = '', subject = '', site = '', day1 = '', factor = [] }: RandomizeFlags,
  text: string | undefined,
  factors: readonly Factor[],
): ReturnType<typeof readParticipants> {
  if (text !== undefined) return readParticipants(text, from, factors);
  const levels = levelsOf(factor, factors);
  const fields = { subject, site: site.trim(), day1: day1.trim(), levels };
  const read = readParticipant(fields, factors, {}, todayHere());
  return read.ok
    ? { participants: [read.value], problems: [] }
    : { participants: [], problems: [...read.problems] };
}
