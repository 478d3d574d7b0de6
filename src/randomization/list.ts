import { siteOfStratum } from '../study/sections/strata.ts';
import type { Arm, Stratum, Study } from '../study/study.ts';
import { drawBlockSizes, drawPermutedBlock, lowestTerms } from './blocks.ts';
import { openStream, type Purpose } from './generator.ts';
import { kitDrawer, type KitNumber, numberWriter, type RandomizationNumber } from './numbers.ts';
import type { Plan } from './plan.ts';

/** One place on the allocation list, as everyone may see it. */
export interface Slot {
  readonly number: RandomizationNumber;
  /** The batch that it came with, from 1. */
  readonly batch: number;
  readonly stratum: string;
  /** Place in the stratum, from 1: the order in which participants take the slots. */
  readonly sequence: number;
  readonly kit: KitNumber;
  /** Kits that take its place where it is lost or damaged, in their order; undefined where there are none. */
  readonly spares?: readonly KitNumber[];
}

/** Every kit of a slot: its own, then the spare ones. */
export function kitsOf({ kit, spares = [] }: Pick<Slot, 'kit' | 'spares'>): readonly KitNumber[] {
  return [kit, ...spares];
}

/** A slot with what is sealed: its arm, and its block. */
export interface AllocatedSlot extends Slot {
  readonly arm: string;
  /** Block in the batch's part of the stratum, from 1. */
  readonly block: number;
  readonly blockSize: number;
  /** Place in the block, from 1. */
  readonly sequenceInBlock: number;
}

/** A kit with the arm that it is packed for. */
export interface PackedKit {
  readonly kit: KitNumber;
  readonly arm: string;
  readonly armName: string;
}

/** What of a study decides its list. */
export type Design = Pick<Study, 'id' | 'domain' | 'numbers'> & {
  readonly arms: readonly Pick<Arm, 'code' | 'ratio'>[];
  /** With the slots that they are to have in all. */
  readonly strata: readonly Pick<Stratum, 'id' | 'slots'>[];
  /** How many spare kits each slot has; none where it is not said. */
  readonly spareKits?: number;
};

/** The batch that a study without a list gets. */
export const FIRST_BATCH = 1;

/**
 * Makes one batch of the allocation list: permuted blocks per stratum, strata in the order of the
 * study, slots numbered through (docs/ALGORITHM.md, version 1). The same design, plan, seed and
 * earlier batches give the same slots for ever; those of a stratum do not depend on other strata.
 *
 * @param seed 32 bytes of entropy, of this batch alone
 * @param earlier the slots of all earlier batches, in their order; none for the first batch
 * @param tellProgress called now and then with the number of slots made so far
 * @returns the slots that bring each stratum up to what the design asks for, in their order
 * @throws Error where whole blocks cannot fill a stratum, which `readPlan` rules out
 */
export function makeAllocationList(
  design: Design,
  plan: Plan,
  seed: Uint8Array,
  earlier: readonly Slot[] = [],
  tellProgress: (made: number) => void = () => undefined,
): AllocatedSlot[] {
  const { domain, id: study } = design;
  const batch = nextBatch(earlier);
  const added = missingSlots(design.strata, earlier);
  const inFirst = batch === FIRST_BATCH ? totalOf(added) : countOf(earlier, FIRST_BATCH);
  const writeNumber = numberWriter(design, inFirst);
  const { spareKits = 0 } = design;
  const expected = (earlier.length + totalOf(added)) * (1 + spareKits);
  const drawKit = kitDrawer(design, allKits(earlier), expected);
  const counts = slotCounter(design, earlier);
  const ratio = lowestTerms(design.arms.map((arm) => arm.ratio));
  const codes = design.arms.map((arm) => arm.code);
  const list: AllocatedSlot[] = [];
  for (const { id: stratum, slots, before } of added) {
    const stream = (purpose: Purpose) =>
      openStream(seed, { domain, study, batch, purpose, stratum });
    const permutations = stream('permutations');
    const site = siteOfStratum(stratum);
    const nextCount = counts(site);
    const nextKit = drawKit(site, stream('kit codes'));
    const numberOf = writeNumber(site);
    let sequence = before;
    let block = 0;
    for (const blockSize of drawBlockSizes(plan.blocks, slots, stream('block sizes'))) {
      block += 1;
      const arms = drawPermutedBlock(ratio, blockSize, permutations);
      for (let place = 0; place < blockSize; place += 1) {
        sequence += 1;
        list.push({
          number: numberOf(nextCount()),
          batch,
          stratum,
          sequence,
          kit: nextKit(),
          arm: codes[arms[place]!]!,
          block,
          blockSize,
          sequenceInBlock: place + 1,
        });
      }
    }
    tellProgress(list.length);
  }
  if (spareKits === 0) return list;
  // Behind all the kits: these are the same, however many spare ones there are.
  return withSpares(list, spareKits, (stratum) =>
    drawKit(
      siteOfStratum(stratum),
      openStream(seed, { domain, study, batch, purpose: 'spare kit codes', stratum }),
    ),
  );
}

/** Gives each slot its spare kits, stratum after stratum, in the order of the list. */
function withSpares(
  list: readonly AllocatedSlot[],
  spareKits: number,
  drawerOf: (stratum: string) => () => KitNumber,
): AllocatedSlot[] {
  const drawers = new Map<string, () => KitNumber>();
  return list.map((slot) => {
    const draw = drawers.get(slot.stratum) ?? drawerOf(slot.stratum);
    drawers.set(slot.stratum, draw);
    return { ...slot, spares: Array.from({ length: spareKits }, draw) };
  });
}

/** The number of the batch that comes behind the earlier ones. */
export function nextBatch(earlier: readonly Slot[]): number {
  return (earlier.at(-1)?.batch ?? FIRST_BATCH - 1) + 1;
}

/** A stratum that is to have more slots than it has. */
export interface MissingSlots {
  readonly id: string;
  /** How many are missing. */
  readonly slots: number;
  /** How many there are. */
  readonly before: number;
}

/**
 * What is missing between the slots that there are and those that a study asks for.
 *
 * @returns the strata that are to get more, in the order of the study
 */
export function missingSlots(strata: Design['strata'], earlier: readonly Slot[]): MissingSlots[] {
  const have = slotsPerStratum(earlier);
  return strata
    .map(({ id, slots }) => ({ id, slots: slots - (have.get(id) ?? 0), before: have.get(id) ?? 0 }))
    .filter(({ slots }) => slots > 0);
}

/** How many slots each stratum has, in the order in which the strata first come. */
export function slotsPerStratum(slots: readonly Slot[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stratum } of slots) counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
  return counts;
}

/** Counts slots on from the earlier ones: through the whole list, or in each site. */
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
  for (const { stratum } of earlier) counterOf(siteOfStratum(stratum))();
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
