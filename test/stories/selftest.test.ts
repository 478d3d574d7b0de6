import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import type { Installation } from '../../src/system/installation.ts';
import { FIXTURES, jsonOf, RANDOSE, randose, testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

test('nothing that a blinded person sees depends on the arms [R-018]', () => {
  // A folder of its own: what others left beside it is not what this run leaves.
  const temporary = testFolder();
  vi.stubEnv('TMPDIR', temporary);
  const { status, stdout } = randose('selftest');
  expect(stdout).toMatch(
    /^blind: two trials of 64 slots, all with exchanged arms; compared \d+ files .* Nothing shows/,
  );
  expect(stdout).toMatch(/^lists: (\d+) of \1 published lists are made as published\.$/m);
  expect(status).toBe(0);
  // It leaves nothing in the user's state folder, as trials do.
  expect(readdirSync(process.env.XDG_STATE_HOME!)).toEqual([]);
  // Its studies, whose chance was given, are gone.
  expect(readdirSync(temporary)).toEqual([]);
});

testWithTool(['pdftotext', '-v'])(
  'the report says what is installed, with the digests that sha256sum gives [R-112]',
  () => {
    const file = join(testFolder(), 'iq.pdf');
    const weekly = join(FIXTURES, 'designs', 'weekly');
    const design = ['--study', weekly, '--plan', join(weekly, 'plan.yaml')];
    const data = jsonOf('selftest', ...design, '--report', file);
    const { program, software } = data.installation as Installation;
    const study = createHash('sha256').update(readFileSync(join(weekly, 'study.yaml')));
    const sum = study.digest('hex');
    expect(data).toMatchObject({
      design: sum,
      blind: true,
      report: file,
      vectors: { different: [] },
    });
    const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    expect(text).toMatch(/^ *PASSED$/m);
    const sums = 'export LC_ALL=C; sha256sum *.cjs | sha256sum; sha256sum randose.cjs';
    const shell = execFileSync('sh', ['-c', sums], { cwd: dirname(RANDOSE), encoding: 'utf8' });
    expect(shell.match(/^[0-9a-f]{64}/gm)).toEqual([program.sha256OfAll, program.sha256]);
    for (const one of [sum, software, program.sha256, program.sha256OfAll, process.version]) {
      expect(text).toContain(one);
    }
    // A record that somebody may have signed is not replaced, and that is said before anything else is done.
    const before = readFileSync(file);
    const again = randose('selftest', '--report', file);
    expect([again.status, again.stderr]).toEqual([73, expect.stringContaining('add --force')]);
    expect(again.stderr).not.toContain('Two trials');
    expect(readFileSync(file)).toEqual(before);
  },
);

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What makes no study, shows what is measured of a plan alone, or needs a database. */
const APART = [
  ...['init', 'keygen', 'assess', 'selftest', 'demo', 'docs', 'schema', 'completion'],
  'pull',
];

test('the report has a name that says PDF', () => {
  const file = join(testFolder(), 'iq.txt');
  expect(randose('selftest', '--report', file)).toMatchObject({
    status: 64,
    stderr: `error: --report ${file}: what is written is a PDF\nGive the file a name that ends with .pdf. Nothing was done.\n`,
  });
});

test('every command takes part in it, or is named here [R-019]', () => {
  const commands = COMMANDS.map(({ name }) => name);
  const seen = jsonOf('selftest').seen as string[];
  const taken = new Set(seen.map((words) => words.split(' ')[0]));
  expect(commands.filter((name) => !taken.has(name) && !APART.includes(name))).toEqual([]);
});
