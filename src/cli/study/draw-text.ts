import { custodyOf, holdersOf, holdersText } from '../../blinding/custody.ts';
import { formatWho, type Who } from '../../ledger/who.ts';
import type { Amendment } from '../../study/sections/amendments.ts';
import { injectionCount } from '../../study/sections/schedule.ts';
import { FIRST_BATCH, ordinarySlots, type Slot, sparesOfType } from '../../randomization/list.ts';
import { numberWriter } from '../../randomization/numbers.ts';
import { ratiosText, ratioText, sharesIn, type Stratum, type Study } from '../../study/study.ts';
import { counted } from '../../words.ts';

/** What is about to be drawn. */
export interface Draw {
  /** The file of the plan; undefined if none is named. */
  readonly plan: string | undefined;
  readonly study: Study;
  /** The strata that get slots, each with how many. */
  readonly strata: readonly Pick<Stratum, 'id' | 'slots' | 'ratio'>[];
  /** Undefined if nobody draws it yet. */
  readonly who?: Who;
  /** The slots that there are; none if it is the first batch. */
  readonly slots?: readonly Slot[];
  /** The amendment in force; undefined for the schedule of the list. */
  readonly amendment?: Amendment | undefined;
}

/** How many slots are drawn, of which study. */
export function slotsText({ study, strata }: Pick<Draw, 'study' | 'strata'>): string {
  const count = strata.reduce((sum, { slots }) => sum + slots, 0);
  const also = study.replacements === undefined ? '' : ' and as many replacement slots';
  return `${counted(count, 'slot')}${also} of ${study.id} in ${counted(strata.length, 'stratum', 'strata')}`;
}

/** How many slots there are with those of earlier batches, if there are any. */
function inAllText({ strata, slots = [] }: Draw): string {
  const before = ordinarySlots(slots).length;
  if (before === 0) return '';
  const added = strata.reduce((sum, one) => sum + one.slots, 0);
  return `: ${before + added} in all, with the ${before} of before`;
}

/** How many injections each participant gets who is randomized now, if the schedule has any. */
function injectionsRow({ study: { schedule, subjects }, amendment }: Draw): [string, string][] {
  const count = injectionCount(amendment?.schedule ?? schedule);
  const by = amendment === undefined ? '' : ` (amendment ${amendment.id})`;
  return count === 0 ? [] : [['Injections', `${count} for each ${subjects.unit}${by}`]];
}

/** What the first number looks like, and a kit code: its drawn characters are X. */
function numbersText({ study, slots = [] }: Draw): string {
  const { kits } = study.numbers;
  const { unit } = study.subjects;
  const site = study.sites[0]?.code ?? '';
  const total = study.strata.reduce((sum, stratum) => sum + stratum.slots, 0);
  const firstBatch = slots.filter(({ batch }) => batch === FIRST_BATCH).length || total;
  const first = numberWriter(study, firstBatch)(site)(1);
  const code = `${kits.prefix}${kits.site ? `${site}-` : ''}${'X'.repeat(kits.width + 1)}`;
  return `${unit}s such as ${first}${study.hasKits ? `, kits such as ${code}` : ''}`;
}

/** How many spare kits each new slot gets, if any slot has some. */
function sparesRow({ spareKits, kitTypes }: Study, slots: readonly Slot[]): [string, string][] {
  if (kitTypes.length > 0) return typesRow(kitTypes, slots);
  const before = [...new Set(slots.map(({ spares = [] }) => spares.length))];
  if (spareKits === 0 && before.every((count) => count === 0)) return [];
  const others = before.some((count) => count !== spareKits)
    ? ` (each slot so far has ${before.join(' or ')})`
    : '';
  return [['Spare kits', `${spareKits} for each new slot${others}`]];
}

/** Which types of kits each new slot gets, with how many spare ones. */
function typesRow(types: Study['kitTypes'], slots: readonly Slot[]): [string, string][] {
  const text = types.map(({ type, spares }) => {
    const now = spares === 0 ? '' : ` with ${counted(spares, 'spare kit')}`;
    const before = new Set(slots.map((slot) => sparesOfType(slot, type)));
    const differs = [...before].some((count) => count !== spares);
    return `${type}${now}${differs ? ` (slots so far: ${[...before].join(', ')} spare)` : ''}`;
  });
  return [['Kits of a slot', text.join(', ')]];
}

/** The plan's file, the slots, and who can open what. The block sizes are not shown: others may see the screen. */
export function drawText(draw: Draw): string {
  const { study, strata, plan, who, slots = [] } = draw;
  // Whom the files are for does not depend on the key that a threshold shares.
  const custody = custodyOf(study, { recipient: '' });
  const { envelopes, master, packing, cards } = holdersOf(custody);
  const differ = new Set(strata.map((one) => ratioText(sharesIn(study.arms, one)))).size > 1;
  const stratumText = (one: Draw['strata'][number]) =>
    `${one.id}: ${one.slots}${differ ? `, ${ratioText(sharesIn(study.arms, one))}` : ''}`;
  const rows = [
    ['Plan', plan ?? 'none is named: --plan FILE'],
    [
      'Arms',
      `${study.arms.map(({ code }) => code).join(', ')}, ${ratiosText(study.arms, strata)}, ${study.blinding}`,
    ],
    ...injectionsRow(draw),
    ['Numbers', numbersText(draw)],
    ['Slots', `${slotsText(draw)}${inAllText(draw)}`],
    ...strata.map((stratum) => ['', stratumText(stratum)] as const),
    ...sparesRow(study, slots),
    ['Envelopes for', holdersText(custody, envelopes)],
    ['List for', holdersText(custody, master)],
    ...(study.hasKits ? [['Packing list for', holdersText(custody, packing)] as const] : []),
    ['Cards for', holdersText(custody, cards)],
    ...(who === undefined ? [] : [['Drawn by', formatWho(who)] as const]),
  ] as const;
  return rows
    .map(
      ([name, value]) =>
        `  ${name.padEnd(18)}${value === '' && name !== '' ? 'nobody yet' : value}`,
    )
    .join('\n');
}
