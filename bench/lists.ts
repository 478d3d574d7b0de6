/**
 * Lists, assessments and envelopes, measured inside one process: time per slot beside a bare loop
 * that makes the same draws and shuffles and nothing else. Run by bench/run.mjs.
 */
import { spawnSync } from 'node:child_process';
import { assessPlan } from '../src/assessment/assess.ts';
import { sealList } from '../src/blinding/sealing.ts';
import { drawKeyPair, drawSalts } from '../src/store/draw.ts';
import { drawBlockSizes, drawPermutedBlock } from '../src/randomization/blocks.ts';
import { openStream, type Purpose } from '../src/randomization/generator.ts';
import { type Design, makeAllocationList } from '../src/randomization/list.ts';
import { weighted } from '../src/randomization/blocks.ts';
import type { Study } from '../src/study/study.ts';

const SEED = new Uint8Array(32).fill(7);
const RATIO = [2, 1];
const BLOCKS = weighted([3, 6]);
const ARMS: Study['arms'] = [
  { code: 'ILT101', name: 'Example active', type: 'active', ratio: 2 },
  { code: 'PLACEBO', name: 'Example placebo', type: 'placebo', ratio: 1 },
];

function design(strata: number, slots: number): Design {
  return {
    id: 'BENCH',
    domain: 'production',
    numbers: {
      randomization: { prefix: 'R', site: false, width: undefined, check: false },
      kits: { prefix: '', site: false, width: 6 },
    },
    arms: ARMS,
    strata: Array.from({ length: strata }, (_, index) => ({ id: `site=S${index}`, slots })),
  };
}

/** The draws and shuffles of a list alone; with or without those of the kit codes. */
function bareLoop({ strata }: Design, hasKits: boolean): number {
  let sum = 0;
  for (const { id: stratum, slots } of strata) {
    const stream = (purpose: Purpose) =>
      openStream(SEED, { domain: 'production', study: 'BENCH', batch: 1, purpose, stratum });
    const permutations = stream('permutations');
    const kits = stream('kit codes');
    for (const size of drawBlockSizes(BLOCKS, slots, stream('block sizes'))) {
      sum += drawPermutedBlock(RATIO, size, permutations)[0]!;
    }
    // Six characters a code, of which 23 in 36 have a check character that is used.
    const characters = hasKits ? Math.round((slots * 6 * 36) / 23) : 0;
    for (let draw = 0; draw < characters; draw += 1) sum += kits.integerBelow(23);
  }
  return sum;
}

/** Median time of one round, in milliseconds. */
function medianOf(rounds: number, work: () => unknown): number {
  const times = Array.from({ length: rounds }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  }).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)]!;
}

function timesPerSlot(): void {
  console.log('a list, time per slot, beside a bare loop of the same draws and shuffles');
  for (const [strata, slots] of [
    [1, 18],
    [10, 180],
    [50, 360],
    [200, 501],
    [200, 5001],
  ] as const) {
    const made = design(strata, slots);
    const total = strata * slots;
    const rounds = Math.max(3, Math.min(2001, Math.round(300_000 / total)));
    const ns = (milliseconds: number) => ((milliseconds / total) * 1e6).toFixed(0);
    const list = medianOf(rounds, () => makeAllocationList(made, { blocks: BLOCKS }, SEED));
    const bare = medianOf(rounds, () => bareLoop(made, true));
    const without = medianOf(rounds, () => bareLoop(made, false));
    const aim = total > 1e6 ? ` (aim: 2, ${list / bare <= 2 ? 'reached' : 'missed'})` : '';
    console.log(
      `  ${String(total).padStart(9)} slots: ${ns(list)} ns beside ${ns(bare)} ns: ratio ${(list / bare).toFixed(2)}${aim}; beside block sizes and shuffles without kit codes (${ns(without)} ns): ${(list / without).toFixed(1)}`,
    );
  }
  const afterwards = process.memoryUsage().rss / 1e6;
  const once = memoryOfOneList();
  const verdict = once <= 350 ? 'reached' : 'missed';
  console.log(
    `  the most memory of a process that makes a list of 1000200 slots: ${once.toFixed(0)} MB (aim: 350, ${verdict}); of this one, after all of these lists: ${afterwards.toFixed(0)} MB`,
  );
}

/** The word with which this program makes one long list, and says how much memory that took. */
const ONE_LIST = 'one-list';

/** The most memory, in MB, of a process that makes a list of a million slots and nothing else. */
function memoryOfOneList(): number {
  const words = [import.meta.filename, ONE_LIST];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function makeOneList(): void {
  makeAllocationList(design(200, 5001), { blocks: BLOCKS }, SEED);
  console.log((process.resourceUsage().maxRSS * 1024) / 1e6);
}

function assessments(): void {
  console.log(
    'an assessment, exact, in milliseconds of work: the first one of the process, then again',
  );
  const of = (slots: number, sizes: number[]) => () =>
    assessPlan({ arms: ARMS, strata: [{ id: 'site=S1', slots }], blocks: weighted(sizes) });
  for (const [title, aim, work] of [
    ['DEPIL-2, 18 slots, sizes 3 and 6', 10, of(18, [3, 6])],
    ['300 slots, sizes 3, 6 and 9', 1000, of(300, [3, 6, 9])],
  ] as const) {
    const first = medianOf(1, work);
    const again = medianOf(5, work);
    const verdict =
      first <= aim ? 'reached' : again <= aim ? 'reached but for the first' : 'missed';
    console.log(`  ${title}: ${first.toFixed(1)}, ${again.toFixed(1)} (aim: ${aim}, ${verdict})`);
  }
}

async function envelopes(): Promise<void> {
  const slots = 9999;
  const made = design(1, slots);
  const { recipient } = await drawKeyPair();
  const study: Parameters<typeof sealList>[0] = {
    ...made,
    arms: ARMS,
    officers: [{ name: 'Example Officer', recipient }],
    statisticians: [],
    packers: [],
    cardMakers: [],
    preparers: [],
    custody: { rule: 'any' },
  };
  const list = makeAllocationList(made, { blocks: BLOCKS }, SEED);
  const begin = performance.now();
  const cards = await Promise.all(list.map(() => drawKeyPair()));
  await sealList(study, list, {
    batch: 1,
    list: 'ff',
    seed: SEED,
    studyFile: '',
    planFile: '',
    salts: drawSalts(slots),
    cards,
    studyKey: undefined,
    signingKey: undefined,
    created: '2026-01-01T00:00:00Z',
  });
  const each = (performance.now() - begin) / slots;
  console.log(
    `${slots} envelopes with their cards, the master and the packing list sealed in one thread: ${each.toFixed(2)} ms an envelope (aim: 0.6, ${each <= 0.6 ? 'reached' : 'missed'})`,
  );
}

if (process.argv[2] === ONE_LIST) {
  makeOneList();
} else {
  assessments();
  timesPerSlot();
  await envelopes();
}
