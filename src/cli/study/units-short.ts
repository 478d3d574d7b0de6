import type { Amendment } from '../../study/sections/amendments.ts';
import { injectionCount } from '../../study/sections/schedule.ts';
import { makeUpOf } from '../../study/sections/supplies.ts';
import type { Study } from '../../study/study.ts';
import { counted } from '../../words.ts';

/**
 * That the schedule of an amendment has more injections than a kit has units; undefined if there are enough.
 *
 * @returns a sentence without a full stop, and whether the spare kits of a new slot have the others
 */
export function unitsShort(
  { hasKits, supplies, kitTypes, spareKits }: Study,
  { id, schedule }: Amendment,
): { readonly text: string; readonly isCovered: boolean } | undefined {
  const injections = injectionCount(schedule);
  const injected = supplies.types.find((one) => one.injected)?.type;
  const { units } = makeUpOf(supplies, injected);
  if (!hasKits || injections <= units) return undefined;
  const spares = kitTypes.find(({ type }) => type === injected)?.spares ?? spareKits;
  return {
    text: `the schedule of amendment ${id} has ${injections} injections, and a kit has ${counted(units, 'unit')}`,
    isCovered: injections <= units * (1 + spares),
  };
}
