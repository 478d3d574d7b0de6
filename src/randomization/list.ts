import { siteOfStratum } from '../study/sections/strata.ts';
import type { ListedType } from '../study/sections/supplies.ts';
import { type Arm, sharesIn, type Stratum, type Study } from '../study/study.ts';
import { drawBlockSizes, drawPermutedBlock, lowestTerms } from './blocks.ts';
import { type CountTable, drawByCounts, tableFor } from './count-table.ts';
import { openStream, type Purpose, type Stream } from './generator.ts';
import { kitDrawer, type KitNumber, numberWriter, type RandomizationNumber } from './numbers.ts';
import { blocksIn, type Plan } from './plan.ts';

/** One line of the allocation list, as everyone may see it. */
export interface Slot {
  readonly number: RandomizationNumber;
  /** The batch that added it, from 1. */
  readonly batch: number;
  readonly stratum: string;
  /** Its number in the stratum, from 1: the order in which participants get the slots. */
  readonly sequence: number;
  /** Undefined if the study has no kits. */
  readonly kit?: KitNumber;
  /** Kits that replace it if it is lost or damaged, in their order; undefined if there are none. */
  readonly spares?: readonly KitNumber[];
  /** The type of the kit and of its spare kits; undefined if all kits of the study are alike. */
  readonly kitType?: string;
  /** The kits of the further types, in the order of the types; undefined if all kits of the study are alike. */
  readonly further?: readonly FurtherKit[];
  /**
   * Of a replacement slot, the number of the slot whose participant it is a replacement for; undefined for every other
   * slot. Batch, stratum, sequence, arm and block are those of that slot.
   */
  readonly replacementFor?: RandomizationNumber;
}

/** A slot's kit of a further type, with its spare kits; undefined if there are none. */
export interface FurtherKit {
  readonly type: string;
  readonly kit: KitNumber;
  readonly spares?: readonly KitNumber[];
}

/** The slots that `randomize` gives: all but the replacement slots. */
export function ordinarySlots<One extends Pick<Slot, 'replacementFor'>>(
  slots: readonly One[],
): readonly One[] {
  return slots.some(isReplacementSlot) ? slots.filter((slot) => !isReplacementSlot(slot)) : slots;
}

/** Whether only who replaces another participant can get a slot. */
export function isReplacementSlot({ replacementFor }: Pick<Slot, 'replacementFor'>): boolean {
  return replacementFor !== undefined;
}

/** The parts of a slot that are its kits. */
export type SlotKits = Pick<Slot, 'kit' | 'spares' | 'kitType' | 'further'>;

/** Every kit of a slot: its own, then the spare ones, type after type; none if the study has no kits. */
export function kitsOf({ kit, spares = [], further = [] }: SlotKits): readonly KitNumber[] {
  if (kit === undefined) return [];
  const others = further.flatMap((one) => [one.kit, ...(one.spares ?? [])]);
  return [kit, ...spares, ...others];
}

/** A kit of a slot. */
export interface ListedKit {
  readonly kit: KitNumber;
  /** Undefined if all kits of the study are alike. */
  readonly type: string | undefined;
  readonly isSpare: boolean;
}

/** The kits of a slot with their types, in the order of `kitsOf`. */
export function listedKits({ kit, spares, kitType, further = [] }: SlotKits): ListedKit[] {
  if (kit === undefined) return [];
  return [{ type: kitType, kit, spares }, ...further].flatMap((one) => [
    { kit: one.kit, type: one.type, isSpare: false },
    ...(one.spares ?? []).map((spare) => ({ kit: spare, type: one.type, isSpare: true })),
  ]);
}

/** The type of a kit of a slot; undefined if all kits of the study are alike. */
export function typeOfKit(slot: SlotKits, kit: string): string | undefined {
  return listedKits(slot).find((one) => one.kit === kit)?.type;
}

/** How many spare kits of a type a slot has. */
export function sparesOfType(slot: SlotKits, type: string | undefined): number {
  return listedKits(slot).filter((one) => one.type === type && one.isSpare).length;
}

/** The kits that whoever gets a slot is treated from, without the spare ones: one of each type. */
export function ownKits(slot: SlotKits): TypedKitCode[] {
  return listedKits(slot).flatMap(({ kit, type, isSpare }) => {
    return type === undefined || isSpare ? [] : { type, kit };
  });
}

/** The codes of whoever has a slot as people read them, with their types if there are several: `474WW4E (tablets)`. */
export function kitNames({
  kit,
  kits = [],
}: {
  readonly kit?: string | undefined;
  readonly kits?: readonly TypedKitCode[] | undefined;
}): (string | undefined)[] {
  return kits.length === 0 ? [kit] : kits.map((one) => `${one.kit} (${one.type})`);
}

/** A kit code with the type of the kit. */
export interface TypedKitCode {
  readonly type: string;
  readonly kit: string;
}

/** Whether slots, or the participants who have them, have kits: all of a study have, or none. */
export function haveKits(slots: readonly { readonly kit?: string | undefined }[]): boolean {
  return slots.some(({ kit }) => kit !== undefined);
}

/** A randomization number with its kits, if it has any: `R001, kit 474WW4E`. */
export function numberText(number: string, kits: readonly (string | undefined)[]): string {
  const known = kits.filter((kit) => kit !== undefined);
  return known.length === 0 ? number : `${number}, kit ${known.join(', ')}`;
}

/** A slot with its sealed parts: its arm and its block. */
export interface AllocatedSlot extends Slot {
  readonly arm: string;
  /** The block among those of the batch in the stratum, from 1. */
  readonly block: number;
  readonly blockSize: number;
  /** The place in the block, from 1. */
  readonly sequenceInBlock: number;
}

/** A kit with the arm for which it is packed. */
export interface PackedKit {
  readonly kit: KitNumber;
  /** Undefined if all kits of the study are alike. */
  readonly type?: string;
  readonly arm: string;
  readonly armName: string;
}

/** The parts of a study on which its list depends. */
export type Design = Pick<Study, 'id' | 'domain' | 'numbers'> & {
  readonly arms: readonly Pick<Arm, 'code' | 'ratio'>[];
  /** With the slots that they must have in all. */
  readonly strata: readonly Pick<Stratum, 'id' | 'slots' | 'ratio'>[];
  /** Whether each slot has a kit; true if it is left out. */
  readonly hasKits?: boolean;
  /** How many spare kits each slot of this batch has; 0 if it is left out. */
  readonly spareKits?: number;
  /** The kit types, in their order; empty, or left out, if all kits are alike. Else `spareKits` is that of the first. */
  readonly kitTypes?: Study['kitTypes'];
  /** Undefined, or left out, if slots have no replacement slots. */
  readonly replacements?: Study['replacements'];
};

/** In the place of a site's code if strata have no site: patterns then have no site either (study/sections/numbers.ts). */
const NO_SITE = '';

/** The number of the first batch of a study. */
export const FIRST_BATCH = 1;

/** A plan, with all that its list depends on. */
export interface PlanToDraw extends Plan {
  /** For a least predictable list: the table of each ratio and number of slots. */
  readonly tables?: readonly CountTable[];
}

/**
 * Makes one batch of the allocation list: permuted blocks or a least predictable list in each stratum, strata in the order of
 * the study, slots numbered through all of them (docs/ALGORITHM.md). The same design, plan, seed and earlier
 * batches always give the same slots. The arms of a stratum do not depend on other strata.
 *
 * @param seed 32 random bytes, for this batch alone
 * @param earlier the slots of all earlier batches, in their order; none for the first batch
 * @param tellProgress called after each stratum with the number of slots made so far
 * @returns the slots that each stratum still needs to have as many as the design says, in their order; then, if the
 *   design has any, their replacement slots
 * @throws Error if whole blocks cannot fill a stratum, which `readPlan` excludes
 */
export function makeAllocationList(
  design: Design,
  plan: PlanToDraw,
  seed: Uint8Array,
  earlier: readonly Slot[] = [],
  tellProgress: (made: number) => void = () => undefined,
): AllocatedSlot[] {
  const { domain, id: study } = design;
  const batch = nextBatch(earlier);
  const added = missingSlots(design.strata, earlier);
  const inFirst =
    batch === FIRST_BATCH ? totalOf(added) : countOf(ordinarySlots(earlier), FIRST_BATCH);
  const writeNumber = numberWriter(design, inFirst);
  const { hasKits = true, replacements } = design;
  const spareKits = hasKits ? (design.spareKits ?? 0) : 0;
  const [firstType, ...furtherTypes] = hasKits ? (design.kitTypes ?? []) : [];
  const ofFurther = furtherTypes.reduce((sum, { spares }) => sum + 1 + spares, 0);
  const perSlot = (1 + spareKits + ofFurther) * (replacements === undefined ? 1 : 2);
  const kitsBefore = [...allKits(earlier)];
  const expected = hasKits ? kitsBefore.length + totalOf(added) * perSlot : 0;
  const drawKit = kitDrawer(design, kitsBefore, expected);
  const counts = slotCounter(design, earlier);
  const codes = design.arms.map((arm) => arm.code);
  const list: AllocatedSlot[] = [];
  for (const missing of added) {
    const { id: stratum, slots, before } = missing;
    const stream = (purpose: Purpose) =>
      openStream(seed, { domain, study, batch, purpose, stratum });
    const site = siteOfStratum(stratum) ?? NO_SITE;
    const nextCount = counts(site);
    const nextKit = hasKits ? drawKit(site, stream('kit codes')) : undefined;
    const numberOf = writeNumber(site);
    const ratio = lowestTerms(sharesIn(design.arms, missing));
    let sequence = before;
    let block = 0;
    for (const arms of drawStratum(plan, { id: stratum, ratio, slots }, stream)) {
      block += 1;
      const blockSize = arms.length;
      for (let place = 0; place < blockSize; place += 1) {
        sequence += 1;
        list.push({
          number: numberOf(nextCount()),
          batch,
          stratum,
          sequence,
          ...(nextKit !== undefined && { kit: nextKit() }),
          arm: codes[arms[place]!]!,
          block,
          blockSize,
          sequenceInBlock: place + 1,
        });
      }
    }
    tellProgress(list.length);
  }
  const drawerOf = (purpose: Purpose) => (stratum: string) =>
    drawKit(
      siteOfStratum(stratum) ?? NO_SITE,
      openStream(seed, { domain, study, batch, purpose, stratum }),
    );
  // After all kits, so that the kits do not depend on the number of spare ones.
  const slots = spareKits === 0 ? list : withSpares(list, spareKits, drawerOf('spare kit codes'));
  const twins = replacements === undefined ? [] : replacementSlots(replacements.offset);
  if (firstType === undefined) return [...slots, ...twins];
  // After everything else, so that nothing else depends on whether there are further types.
  const typed = (some: readonly AllocatedSlot[]) =>
    some.map((slot): AllocatedSlot => ({ ...slot, kitType: firstType.type, further: [] }));
  let made = { slots: typed(slots), twins: typed(twins) };
  for (const type of furtherTypes) {
    made = {
      slots: withFurther(made.slots, type, (spare) =>
        drawerOf(`${spare ? 'spare kit codes' : 'kit codes'} of ${type.type}`),
      ),
      twins: withFurther(made.twins, type, (spare) =>
        drawerOf(
          `${spare ? 'replacement spare kit codes' : 'replacement kit codes'} of ${type.type}`,
        ),
      ),
    };
  }
  return [...made.slots, ...made.twins];

  /** After all other kits, so that nothing else depends on whether slots have replacement slots. */
  function replacementSlots(offset: number): AllocatedSlot[] {
    const numberOf = replacementNumbers(design, earlier, offset, writeNumber);
    const nextKit = hasKits ? byStratum(drawerOf('replacement kit codes')) : undefined;
    const own = list.map((slot): AllocatedSlot => ({
      ...slot,
      number: numberOf(slot.stratum),
      ...(nextKit !== undefined && { kit: nextKit(slot.stratum) }),
      replacementFor: slot.number,
    }));
    return spareKits === 0
      ? own
      : withSpares(own, spareKits, drawerOf('replacement spare kit codes'));
  }
}

/**
 * Draws the arms of a stratum in a batch, block after block. Arms that are drawn by their numbers are one block: they are in
 * the ratio at its end, and not sooner for certain.
 */
export function* drawStratum(
  plan: PlanToDraw,
  {
    id,
    ratio,
    slots,
  }: { readonly id: string; readonly ratio: readonly number[]; readonly slots: number },
  stream: (purpose: Purpose) => Stream,
): Generator<readonly number[]> {
  if (plan.tables !== undefined) {
    const table = tableFor(plan.tables, ratio, slots);
    if (table === undefined) throw new Error(`there is no table for ${id}`);
    yield drawByCounts(table, stream('assignments'));
    return;
  }
  const permutations = stream('permutations');
  for (const size of drawBlockSizes(blocksIn(plan, id), slots, stream('block sizes'))) {
    yield drawPermutedBlock(ratio, size, permutations);
  }
}

/**
 * The numbers of replacement slots, in the order of the slots that they are for.
 *
 * @throws Error if the offset is not larger than every count, which study.yaml excludes
 */
function replacementNumbers(
  design: Design,
  earlier: readonly Slot[],
  offset: number,
  writeNumber: ReturnType<typeof numberWriter>,
): (stratum: string) => RandomizationNumber {
  const counts = slotCounter(design, earlier);
  return (stratum) => {
    const site = siteOfStratum(stratum) ?? NO_SITE;
    const count = counts(site)();
    if (count >= offset) throw new Error(`the offset ${offset} is not larger than ${count}`);
    return writeNumber(site)(count + offset);
  };
}

/** The drawers of strata, each of which continues where it stopped. */
function byStratum(drawerOf: (stratum: string) => () => KitNumber): (stratum: string) => KitNumber {
  const drawers = new Map<string, () => KitNumber>();
  return (stratum) => {
    const draw = drawers.get(stratum) ?? drawerOf(stratum);
    drawers.set(stratum, draw);
    return draw();
  };
}

/** The slots with their spare kits, drawn in the order of the list. */
function withSpares(
  list: readonly AllocatedSlot[],
  spareKits: number,
  drawerOf: (stratum: string) => () => KitNumber,
): AllocatedSlot[] {
  const draw = byStratum(drawerOf);
  return list.map((slot) => {
    return { ...slot, spares: Array.from({ length: spareKits }, () => draw(slot.stratum)) };
  });
}

/**
 * The slots with their kits of a further type, and then with the spare kits of that type.
 *
 * @param drawerOf what draws kits, or spare kits, of the type in a stratum
 */
function withFurther(
  list: readonly AllocatedSlot[],
  { type, spares: spareKits }: ListedType,
  drawerOf: (isSpare: boolean) => (stratum: string) => () => KitNumber,
): AllocatedSlot[] {
  const draw = byStratum(drawerOf(false));
  const kits = list.map(({ stratum }) => draw(stratum));
  const drawSpare = byStratum(drawerOf(true));
  return list.map((slot, index) => {
    const spares = Array.from({ length: spareKits }, () => drawSpare(slot.stratum));
    const own = { type, kit: kits[index]!, ...(spareKits > 0 && { spares }) };
    return { ...slot, further: [...(slot.further ?? []), own] };
  });
}

/** The number of the batch that follows the earlier ones. */
export function nextBatch(earlier: readonly Slot[]): number {
  return (earlier.at(-1)?.batch ?? FIRST_BATCH - 1) + 1;
}

/** A stratum that has fewer slots than the design says. */
export interface MissingSlots extends Pick<Stratum, 'ratio'> {
  readonly id: string;
  /** How many are missing. */
  readonly slots: number;
  /** How many it has. */
  readonly before: number;
}

/**
 * The slots that a study asks for and that its earlier batches do not have.
 *
 * @returns the strata that get more slots, in the order of the study
 */
export function missingSlots(strata: Design['strata'], earlier: readonly Slot[]): MissingSlots[] {
  const have = slotsPerStratum(earlier);
  return strata
    .map(({ id, slots, ratio }) => {
      const before = have.get(id) ?? 0;
      return { id, slots: slots - before, before, ...(ratio && { ratio }) };
    })
    .filter(({ slots }) => slots > 0);
}

/** Whether a study asks for more slots, and for all that there are: then a further batch follows it. */
export function onlyAddsSlots(strata: Design['strata'], slots: readonly Slot[]): boolean {
  const asked = new Map(strata.map((stratum) => [stratum.id, stratum.slots]));
  const isKept = [...slotsPerStratum(slots)].every(([id, count]) => (asked.get(id) ?? 0) >= count);
  return isKept && missingSlots(strata, slots).length > 0;
}

/** How many slots each stratum has, in the order in which the strata appear; replacement slots do not count. */
export function slotsPerStratum(slots: readonly Slot[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stratum } of ordinarySlots(slots))
    counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
  return counts;
}

/** Counts slots, after the earlier ones: through the whole list, or in each site. */
function slotCounter(
  { numbers }: Design,
  earlier: readonly Slot[],
): (site: string) => () => number {
  const counts = new Map<string, { count: number }>();
  const counterOf = (site: string) => {
    const key = numbers.randomization.site ? site : '';
    const counter = counts.get(key) ?? { count: 0 };
    counts.set(key, counter);
    return () => (counter.count += 1);
  };
  for (const { stratum } of ordinarySlots(earlier)) counterOf(siteOfStratum(stratum) ?? NO_SITE)();
  return counterOf;
}

function totalOf(added: readonly MissingSlots[]): number {
  return added.reduce((sum, { slots }) => sum + slots, 0);
}

function countOf(slots: readonly Slot[], batch: number): number {
  return slots.reduce((count, slot) => (slot.batch === batch ? count + 1 : count), 0);
}

function* allKits(slots: readonly Slot[]): Generator<string> {
  for (const slot of slots) yield* kitsOf(slot);
}
