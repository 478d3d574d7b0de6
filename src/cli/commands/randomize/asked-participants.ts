import { RandoseError } from '../../../errors.ts';
import { readParticipant, readParticipants } from '../../../ledger/participants.ts';
import { listed } from '../../../words.ts';
import { hasVisits } from '../../../study/sections/schedule.ts';
import type { Study } from '../../../study/study.ts';
import { readTable } from '../../../system/table-file.ts';
import { todayHere } from '../../../system/today.ts';
import { levelsOf } from '../../arguments/factor-levels.ts';
import { atSite, requireDay1 } from '../../study/randomizing.ts';
import type { RandomizeFlags } from './command.ts';

/** The participants' file, if there is one; read once, before anything is decided. */
export function textOf({ from, subject, site, day1, factor }: RandomizeFlags): string | undefined {
  const single = [
    ['--subject ID', subject],
    ['--site CODE', site],
    ['--day1 DATE', day1],
  ] as const;
  const given = single.filter(([, value]) => value !== undefined).map(([flag]) => flag);
  if (from === undefined) return undefined;
  const surplus = [...given, ...(factor === undefined ? [] : ['--factor NAME=LEVEL'])];
  if (surplus.length === 0) return readTable(from);
  throw new RandoseError(
    'usage',
    `with --from, the file names the participants: leave out ${listed(surplus)}`,
    { hint: 'randose randomize --help has examples. Nobody was randomized.' },
  );
}

/** The participants who are asked for, in their order, and every problem. */
export function participantsFrom(
  { from = '', subject = '', site = '', day1, factor = [] }: RandomizeFlags,
  text: string | undefined,
  { sites, factors, schedule }: Pick<Study, 'sites' | 'factors' | 'schedule'>,
): ReturnType<typeof readParticipants> {
  const hasSchedule = hasVisits(schedule);
  if (text !== undefined) {
    const { participants, problems } = readParticipants(text, from, factors, hasSchedule);
    return { participants: participants.map((one) => atSite(one, sites)), problems };
  }
  const levels = levelsOf(factor, factors);
  requireDay1('randomize', day1, schedule);
  const fields = { subject, site: site.trim(), day1: day1?.trim(), levels };
  const read = readParticipant(fields, factors, {}, todayHere());
  return read.ok
    ? { participants: [atSite(read.value, sites)], problems: [] }
    : { participants: [], problems: [...read.problems] };
}
