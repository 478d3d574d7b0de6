import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { unseal } from '../../src/blinding/seal.ts';
import { depil2, editStudy, mustRun, type Trial } from '../support/command-line.ts';

const HOOK = join(import.meta.dirname, '..', 'support', 'count-threads.cjs');
const SLOTS = 600;
/** On a machine that runs one thread at a time there is none but the first. */
const THREADS = availableParallelism() < 2 ? 0 : Math.min(availableParallelism(), 4);

/** Runs randose. @returns how many threads started, apart from the one that runs */
function threadsOf({ folder }: Trial, ...words: string[]): number {
  const file = join(folder, `threads of ${words[0]}.txt`);
  vi.stubEnv('COUNT_THREADS_IN', file);
  const before = process.env.NODE_OPTIONS ?? '';
  vi.stubEnv('NODE_OPTIONS', `${before} --require ${HOOK}`);
  mustRun(...words);
  vi.stubEnv('NODE_OPTIONS', before);
  return existsSync(file) ? readFileSync(file, 'utf8').length : 0;
}

/** DEPIL-2 with so many slots, not allocated yet. */
function trialOf(slots: number): Trial {
  const trial = depil2();
  editStudy(trial, ['slots: 18', `slots: ${slots}`]);
  return trial;
}

/** Allocates, and encrypts again for an officer of another name. Both take the same number of threads. */
async function expectSealed(trial: Trial): Promise<void> {
  const { study, plan, officer } = trial;
  expect(threadsOf(trial, 'allocate', '--study', study, '--plan', plan)).toBe(THREADS);
  await expectCards(trial, 'allocation');
  // A rewrap opens every envelope, and proves it and its place in the list.
  editStudy(trial, ['name: Example Officer', 'name: Other']);
  const rewrap = ['rewrap', '--study', study, '--identity', officer, '--reason', 'an example'];
  expect(threadsOf(trial, ...rewrap)).toBe(THREADS);
  await expectCards(trial, 'allocation/rewrap-1');
  editStudy(trial, ['name: Other', 'name: Example Officer']);
  mustRun(...rewrap);
  expect(mustRun('verify', '--study', study)).toContain(`${SLOTS} slots`);
}

/** Cards open the envelopes of their slots: the first and the last, and those around the ends of groups of 32. */
async function expectCards({ study, officer }: Trial, folder: string): Promise<void> {
  const of = (name: string) => readFileSync(join(study, folder, name));
  const [key = ''] = /^AGE-SECRET-KEY-.*$/m.exec(readFileSync(officer, 'utf8')) ?? [];
  const { cards } = JSON.parse(await unseal(of('cards.age'), [key], 'cards.age')) as {
    readonly cards: readonly { readonly number: string; readonly identity: string }[];
  };
  for (const place of [0, 31, 32, 63, 64, 511, 512, SLOTS - 1]) {
    const { number, identity } = cards[place]!;
    const envelope = await unseal(of(`envelopes/${number}.age`), [identity], number);
    expect(JSON.parse(envelope)).toMatchObject({ number, index: place });
  }
}

describe('a long list is sealed in threads', () => {
  test('as many as the machine runs side by side, up to four', async () => {
    await expectSealed(trialOf(SLOTS));
  });

  test('and without them if they stop', async () => {
    vi.stubEnv('STOP_THREADS', 'yes');
    onTestFinished(() => {
      vi.stubEnv('STOP_THREADS', undefined);
    });
    await expectSealed(trialOf(SLOTS));
  });

  test('and what is sealed waits in memory if there is no temporary folder', async () => {
    const trial = trialOf(SLOTS);
    vi.stubEnv('TMPDIR', join(trial.folder, 'missing'));
    onTestFinished(() => {
      vi.stubEnv('TMPDIR', undefined);
    });
    mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
    await expectCards(trial, 'allocation');
  });
});

test('a short list is sealed in the thread that runs', () => {
  const trial = trialOf(18);
  expect(threadsOf(trial, 'allocate', '--study', trial.study, '--plan', trial.plan)).toBe(0);
});
