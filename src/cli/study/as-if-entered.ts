import type { Act, Entry } from '../../ledger/entry.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { now } from '../../system/clock.ts';

/**
 * Acts as the entries that they would be if they were entered now, to see what they change. They have no place in the
 * chain: nothing may be proven or kept by them.
 */
export function asIfEntered({ head }: Pick<OpenStudy, 'head'>, acts: readonly Act[]): Entry[] {
  const time = now();
  return acts.map((act, index) => ({ ...act, seq: head.seq + 1 + index, time }) as Entry);
}
