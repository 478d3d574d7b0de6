import { expect, test, vi } from 'vitest';
import { hideExperimentalWarnings } from '../../src/system/node-warnings.ts';
import { allocated, depil2, randoseAlone } from '../support/command-line.ts';

/** What Node says of itself begins with the number of its process. */
const OF_NODE = /\(node:\d+\)|ExperimentalWarning|--trace-warnings/;

test('whoever seals a list or opens an envelope reads nothing about Node', () => {
  const fresh = depil2();
  const sealed = randoseAlone('allocate', '--study', fresh.study, '--plan', fresh.plan);
  expect([sealed.status, sealed.stderr]).toEqual([0, expect.not.stringMatching(OF_NODE)]);
  const { study, officer } = allocated();
  const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-01', '--by', 'Example'];
  const randomized = randoseAlone('randomize', ...who, '--study', study);
  expect([randomized.status, randomized.stderr]).toEqual([0, expect.not.stringMatching(OF_NODE)]);
  const why = ['--identity', officer, '--reason', 'an emergency'];
  const opened = randoseAlone('unblind', 'CRT-001', '--study', study, ...why);
  expect([opened.status, opened.stderr]).toEqual([0, expect.not.stringMatching(OF_NODE)]);
});

test.each([
  ['of an interface that may change', ['It may change', 'ExperimentalWarning'], false],
  ['the same, as Node can also say it', ['It may change', { type: 'ExperimentalWarning' }], false],
  ['of something old', ['It is old', 'DeprecationWarning', 'DEP0001'], true],
  ['of an error', [new Error('It leaks')], true],
  ['with details', ['It is odd', { code: 'ODD', detail: 'very' }], true],
])('a warning %s: %j, shown: %j', (_, about, isShown) => {
  const shown = vi.spyOn(process, 'emitWarning').mockReturnValue();
  hideExperimentalWarnings();
  (process.emitWarning as (...words: unknown[]) => void)(...about);
  const { calls } = shown.mock;
  shown.mockRestore();
  expect(calls).toHaveLength(isShown ? 1 : 0);
  if (isShown) expect(calls[0]?.slice(0, about.length)).toEqual(about);
});
