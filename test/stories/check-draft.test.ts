import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  FIXTURES,
  jsonOf,
  mustRun,
  randose,
  randoseIn,
  testFolder,
} from '../support/command-line.ts';

/** A folder with a study.yaml and a plan that are being written, under other names. */
function draft(change: (study: string) => string = (text) => text, sizes = '[3, 6]'): string {
  const folder = testFolder();
  const study = readFileSync(join(FIXTURES, 'depil-2', 'study.yaml'), 'utf8');
  writeFileSync(join(folder, 'my trial.yml'), change(study));
  writeFileSync(join(folder, 'blocks.yaml'), `blocks: { sizes: ${sizes} }\n`);
  return folder;
}

const BOTH = ['check', 'my trial.yml', '--plan', 'blocks.yaml'];

describe('randose check of a study that is being written', () => {
  test('shows what would be drawn, and changes nothing', () => {
    const folder = draft();
    const { status, stdout, stderr } = randoseIn(folder, ...BOTH);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('my trial.yml and blocks.yaml have no errors.');
    expect(stdout).toContain('allocate would draw and seal 18 slots of DEPIL-2 in 1 stratum:');
    expect(stdout).toMatch(/^ {2}Envelopes for {5}Example Officer$/m);
    expect(stdout).toMatch(/^ {2}Kits {14}18 kits in all$/m);
    expect(stdout).toContain(
      'my trial.yml: supplies.labels.contact is missing: Annex 13, 26(a) asks for it on the outer label',
    );
    // Each gap is told once, with all labels that lack it.
    expect(stdout.match(/\.lot is missing/g)).toHaveLength(1);
    expect(stdout).toContain(
      '26(c) asks for it on the outer label; Annex 13, 30(c) asks for it on the label of a unit (small)',
    );
    // As allocate warns.
    expect(stderr).toContain('DO NOT USE THIS FOR A TRIAL: study.yaml has example keys');
    expect(stderr).toContain('names no card maker');
    // Others may see the screen.
    expect(stdout + stderr).not.toMatch(/\[3, 6\]|block size/);
    expect(stdout).not.toContain('Drawn by');
  });

  test('names every error of both files, with its line', () => {
    const folder = draft((text) => text.replace('country: FR', 'country: France'), '[3, 4]');
    const { status, stderr } = randoseIn(folder, ...BOTH);
    expect(status).toBe(78);
    expect(stderr).toMatch(/^error: my trial\.yml and blocks\.yaml: 2 problems$/m);
    expect(stderr).toMatch(/^ {2}my trial\.yml:\d+:\d+: sites\[0\]\.country: expected two/m);
    expect(stderr).toMatch(/^ {2}blocks\.yaml:1:22: block size 4 is not a multiple of 3/m);
    const failed = JSON.parse(randoseIn(folder, ...BOTH, '--json').stdout) as {
      error: { problems: unknown[] };
    };
    expect(failed.error.problems).toHaveLength(2);
  });

  test.each([
    '# mine\nblocks: { sizes: [3, 6] }\n',
    'strata: [{ site: CRT, blocks: { sizes: [3] } }]\n',
  ])('says so if only a plan is named: %j', (text) => {
    const folder = draft();
    writeFileSync(join(folder, 'blocks.yaml'), text);
    for (const words of [
      ['check', 'blocks.yaml'],
      ['check', 'blocks.yaml', '--plan', 'my trial.yml'],
    ]) {
      expect(randoseIn(folder, ...words)).toMatchObject({
        status: 64,
        stderr:
          'error: blocks.yaml is a plan, not a study.yaml\nName both: randose check study.yaml --plan blocks.yaml\n',
      });
    }
  });

  test('refuses a region without holidays, for which no calendar could be made', () => {
    const folder = draft((text) => text.replace('country: FR', 'country: FR\n    region: ZZ'));
    for (const words of [BOTH, BOTH.slice(0, 2)]) {
      const { status, stderr } = randoseIn(folder, ...words);
      expect(status).toBe(78);
      expect(stderr).toContain('site CRT: unknown region "ZZ" of FR. Use one of: ');
    }
  });

  test('under a threshold, names nobody while there are no officers', () => {
    const folder = draft((text) => {
      return text
        .replace(/^officers:\n(?: {2}.*\n)+/m, '')
        .replace('officers: any', 'threshold: 2 of 3');
    });
    const { stdout } = randoseIn(folder, ...BOTH);
    expect(stdout).toMatch(/^ {2}Envelopes for {5}nobody yet$/m);
  });

  test('says what is missing before allocate', () => {
    const folder = testFolder();
    mustRun('init', join(folder, 'trial'), '--plan', join(folder, 'plan.yaml'));
    const file = join(folder, 'trial', 'study.yaml');
    const { status, stdout } = randose('check', file, '--plan', join(folder, 'plan.yaml'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {2}Envelopes for {5}nobody yet$/m);
    expect(stdout).toMatch(/^Before allocate:\n {2}\S*study\.yaml:\d+:\d+: officers: nobody is/m);
    const data = jsonOf('check', file, '--plan', join(folder, 'plan.yaml'));
    expect(data).toMatchObject({ ready: false, study: 'DEPIL-2', slots: 18, kits: 18 });
    expect(data.toDo).toHaveLength(1);
    const own = draft();
    const files = [join(own, 'my trial.yml'), '--plan', join(own, 'blocks.yaml')];
    const ready = JSON.parse(mustRun('check', ...files, '--json')) as {
      data: object;
      warnings: string[];
    };
    expect(ready.data).toMatchObject({ ready: true, toDo: [], sealed: false });
    expect(ready.warnings).toHaveLength(3);
  });

  test('counts the kits of kit types, spare kits and replacement slots', () => {
    const design = (name: string, what: string) => join(FIXTURES, 'designs', name, what);
    const kits = (name: string) =>
      jsonOf('check', design(name, 'study.yaml'), '--plan', design(name, 'plan.yaml')).kits;
    expect(kits('double-dummy')).toBe(48);
    expect(kits('replacements')).toBe(48);
    expect(kits('no-kits-surgery')).toBeNull();
  });

  test('without a plan checks study.yaml alone', () => {
    const { status, stdout } = randoseIn(draft(), 'check', 'my trial.yml');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^my trial\.yml has no errors\.$/m);
    expect(stdout).toContain('none is named: --plan FILE');
  });

  test('warns of a plan that blinded people would read', () => {
    const folder = draft();
    mkdirSync(join(folder, 'trial'));
    for (const [from, to] of [
      ['my trial.yml', 'study.yaml'],
      ['blocks.yaml', 'blocks.yaml'],
    ] as const) {
      writeFileSync(join(folder, 'trial', to), readFileSync(join(folder, from)));
    }
    const words = ['check', 'trial/study.yaml', '--plan', 'trial/blocks.yaml'];
    expect(randoseIn(folder, ...words).stderr).toContain('allocate refuses it there');
  });

  test('says that a list is sealed', () => {
    const { study, plan } = allocated();
    const file = join(study, 'study.yaml');
    expect(mustRun('check', file)).toBe(`${file} has no errors. Its list is sealed.\n`);
    expect(randose('check', file, '--plan', plan)).toMatchObject({ status: 64 });
  });

  test('is not mixed up with the check of a kit', () => {
    const folder = draft();
    expect(randoseIn(folder, 'check', 'none.yaml').status).toBe(66);
    expect(randoseIn(folder, 'check', 'my trial.yml', '--kit', '474WW4E')).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('it goes with --plan alone') as string,
    });
    expect(randoseIn(folder, 'check', '474WW4E', '--plan', 'blocks.yaml')).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('--plan goes with a study.yaml') as string,
    });
  });
});
