import { readdirSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { jsonOf, randose, testFolder } from '../support/command-line.ts';

test('nothing that a blinded person sees depends on the arms', () => {
  // A folder of its own: what others left beside it is not what this run leaves.
  const temporary = testFolder();
  vi.stubEnv('TMPDIR', temporary);
  const { status, stdout } = randose('selftest');
  expect(stdout).toMatch(
    /^blind: two trials of 64 slots, all with exchanged arms; compared \d+ files .* Nothing shows/,
  );
  expect(status).toBe(0);
  // It leaves nothing in the user's state folder, as trials do.
  expect(readdirSync(process.env.XDG_STATE_HOME!)).toEqual([]);
  // Its studies, whose chance was given, are gone.
  expect(readdirSync(temporary)).toEqual([]);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What makes no study, or shows what is measured of a plan alone. */
const APART = ['init', 'keygen', 'assess', 'selftest', 'demo', 'docs', 'schema'];

test('every command takes part in it, or is named here', () => {
  const commands = COMMANDS.map(({ name }) => name);
  const seen = jsonOf('selftest').seen as string[];
  const taken = new Set(seen.map((words) => words.split(' ')[0]));
  expect(commands.filter((name) => !taken.has(name) && !APART.includes(name))).toEqual([]);
});
