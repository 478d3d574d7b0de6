import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kitsOfTrial, mustRun, randose, testFolder } from '../support/command-line.ts';
import { custodyTrial, type CustodyTrial, enrolOne, replaceIn } from '../support/custody.ts';
import { openable } from '../support/envelopes.ts';

/**
 * Somebody restores files of a study from a backup: each of them, and each two of them, from each earlier
 * state. Whatever is then run, as many envelopes open as before, and what is wrong is said.
 */
const STATES = ['allocated', 'enrolled', 'extended', 'rewrapped', 'now'] as const;
type State = (typeof STATES)[number];
/** What is restored: files that are alike go together. */
const PARTS = [
  ...['study.yaml', 'ledger.jsonl', 'allocation/manifest.json', 'allocation/envelopes'],
  ...['allocation/master.age', 'allocation/signing.age', 'allocation/list.csv', '.randose.home'],
  ...['allocation/batch-2', 'allocation/rewrap-1', 'superseded'],
] as const;

let made: CustodyTrial;
let backups: Record<State, string>;
let all: number;

beforeAll(async () => {
  made = custodyTrial('officers: any', afterAll);
  const { study, trial, key } = made;
  backups = Object.fromEntries(
    STATES.map((state) => [state, join(trial.folder, state)]),
  ) as typeof backups;
  const keep = (state: State) => {
    cpSync(study, backups[state], { recursive: true });
  };
  for (const name of ['A', 'B']) made.addPerson('officer', name, '--study', study);
  const plan = join(trial.folder, 'made-plan.yaml');
  mustRun('allocate', '--study', study, '--plan', plan);
  keep('allocated');
  enrolOne(study, 'CRT-001');
  keep('enrolled');
  replaceIn(join(study, 'study.yaml'), 'slots: 18', 'slots: 24');
  mustRun('allocate', '--extend', '--study', study, '--plan', plan, '--identity', key('A'));
  keep('extended');
  replaceIn(join(study, 'study.yaml'), 'name: B', 'name: C');
  mustRun('rewrap', '--study', study, '--identity', key('A'), '--reason', 'B marries', '--yes');
  keep('rewrapped');
  enrolOne(study, 'CRT-002');
  keep('now');
  all = await openable(study, made.key('A'));
});

function restore(study: string, state: State, parts: readonly string[]): void {
  for (const part of parts) {
    const [from, to] = [join(backups[state], part), join(study, part)];
    if (!existsSync(from)) continue; // a restore adds and replaces; it takes nothing away
    if (existsSync(to) && statSync(to).isDirectory()) rmSync(to, { recursive: true });
    cpSync(from, to, { recursive: true });
  }
}

const COMMANDS = (key: string, plan: string, folder: string, kit: string): string[][] => [
  ['rewrap'],
  ['rewrap', '--identity', key, '--reason', 'example', '--yes'],
  ['allocate', '--plan', plan],
  ['allocate', '--extend', '--plan', plan, '--identity', key, '--yes'],
  ['ledger', '--repair', '--by', 'E', '--reason', 'example', '--yes'],
  ['verify'],
  ['verify', '--regenerate', '--identity', key, '--remove-superseded'],
  ['cards', '--identity', key, '--output', join(folder, 'cards.pdf'), '--yes'],
  ['randomize', '--subject', 'X-1', '--site', 'CRT', '--day1', '2026-06-15', '--by', 'E', '--yes'],
  ['unblind', '--kit', kit, '--given-to', 'CRT-001', '--identity', key, '--reason', 'example'],
];

const cases = STATES.slice(0, -1).flatMap((state) =>
  PARTS.flatMap((one, index) => [
    { state, parts: [one] as string[] },
    ...PARTS.slice(index + 1).map((other) => ({ state, parts: [one, other] as string[] })),
  ]),
);

/** The ledger and study.yaml matter most; of the other pairs every ninth is taken. */
const chosen = cases.filter(({ parts }, index) => {
  const isLedger = parts.includes('ledger.jsonl') || parts.includes('study.yaml');
  return (
    (isLedger && parts.length === 1) ||
    index % 9 === 0 ||
    parts.join() === 'study.yaml,ledger.jsonl'
  );
});

test.each(chosen)('$parts from $state: no envelope is lost', async ({ state, parts }) => {
  const folder = testFolder();
  const study = join(folder, 'study');
  cpSync(backups.now, study, { recursive: true });
  restore(study, state, parts);
  const before = await openable(study, made.key('A'));
  expect(before).toBeLessThanOrEqual(all);
  const plan = join(made.trial.folder, 'made-plan.yaml');
  const [kit = ''] = kitsOfTrial({ study: backups.now });
  for (const words of COMMANDS(made.key('A'), plan, folder, kit)) {
    const { status, stderr } = randose(...words, '--study', study);
    const what = `${words.slice(0, 2).join(' ')}: ${stderr}`;
    expect(status, what).not.toBe(70);
    expect(status, what).not.toBeNull();
    if (words[0] === 'unblind') expect(status, what).toBe(0);
    expect(await openable(study, made.key('A')), what).toBeGreaterThanOrEqual(before);
  }
  expect(readdirSync(study)).toContain('allocation');
});
