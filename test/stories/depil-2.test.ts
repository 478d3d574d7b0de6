import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  ageDecrypt,
  allocated,
  enrolled,
  jsonOf,
  mustRun,
  randose,
  randoseIn,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { lastScreen } from '../support/screen.ts';
import { testWithTool } from '../support/tools.ts';

function envelopes(trial: Trial): string[] {
  return readdirSync(join(trial.study, 'allocation', 'envelopes')).sort();
}

describe('the main job', () => {
  test('from the template to a verified trial, as a person types it [R-113]', () => {
    const folder = testFolder();
    const at = (name: string) => join(folder, name);
    mustRun('init', at('depil-2'), '--plan', at('plan.yaml'));
    expect(statSync(at('plan.yaml')).mode & 0o777).toBe(0o600);
    for (const role of ['officer', 'statistician', 'packer']) {
      const words = ['--role', role, '--name', `Example ${role}`, '--no-passphrase'];
      mustRun('keygen', ...words, '--output', at(`${role}.key`), '--study', at('depil-2'));
    }
    mustRun('allocate', '--study', at('depil-2'), '--plan', at('plan.yaml'));
    const one = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-15'];
    // Further commands from within the folder need no --study, as with git.
    const inside = randoseIn(at('depil-2/allocation'), 'randomize', ...one, '--by', 'Example');
    expect(inside).toMatchObject({ status: 0 });
    expect(inside.stdout).toMatch(/CRT-001 +CRT +R001 +[0-9A-Z]{7} +2026-06-15/);
    const opened = mustRun(
      ...['unblind', '--study', at('depil-2'), '--subject', 'CRT-001'],
      ...['--identity', at('officer.key'), '--reason', 'example'],
    );
    expect(opened).toMatch(/^ {2}(ILT101|PLACEBO) {2}/m);
    expect(mustRun('verify', '--study', at('depil-2'))).toMatch(
      /^verified: .*Nothing disagrees\.$/m,
    );
  });

  test('the eighteen open to twelve ILT101 and six PLACEBO', () => {
    const trial = enrolled();
    const codes = Array.from({ length: 18 }, (_, index) => {
      const subject = `CRT-${String(index + 1).padStart(3, '0')}`;
      const { arm } = jsonOf(
        ...['unblind', '--study', trial.study, '--subject', subject],
        ...['--identity', trial.officer, '--reason', 'example'],
      ) as { arm: { code: string } };
      return arm.code;
    });
    expect(codes.filter((code) => code === 'ILT101')).toHaveLength(12);
    expect(codes.filter((code) => code === 'PLACEBO')).toHaveLength(6);
    expect(mustRun('status', '--study', trial.study)).toContain(
      'Code-breaks: 18 opened, 0 refused',
    );
    expect(randose('verify', '--study', trial.study).status).toBe(0);
  });

  test('each calendar has the nine dates', () => {
    const trial = enrolled();
    const text = mustRun('calendar', '--study', trial.study, '--format', 'csv');
    const rows = parse(text, { columns: true }) as unknown as Record<string, string>[];
    const injections = rows.filter((row) => row.kind === 'injection');
    expect(injections).toHaveLength(18 * 9);
    const last = injections.filter((row) => row.subject === 'CRT-018');
    expect(last.map((row) => row.date)).toEqual([
      ...['2026-08-24', '2026-08-25', '2026-08-26', '2026-08-27', '2026-08-28'],
      ...['2026-09-07', '2026-09-14', '2026-09-21', '2026-09-28'],
    ]);
    expect(last.map((row) => row.study_day)).toEqual('1 2 3 4 5 15 22 29 36'.split(' '));
    expect(last[0]).toMatchObject({
      randomization_number: 'R018',
      visit: 'D1',
      phase: 'induction',
    });
  });
});

testWithTool(['age', '--version'])(
  'stock age opens what officers, statisticians and packers need [R-024]',
  () => {
    const trial = allocated();
    const within = (file: string) => join(trial.study, 'allocation', file);
    const arms = envelopes(trial).map((file) => {
      const text = ageDecrypt(trial.officer, within(`envelopes/${file}`));
      const content = JSON.parse(text) as { number: string; arm: { code: string } };
      expect(`${content.number}.age`).toBe(file);
      expect(lastScreen(text)).toMatch(/"number": "R0[^]*"kits":[^]*"code":[^]*"name":[^]*"type":/);
      return content.arm.code;
    });
    expect(arms.filter((code) => code === 'ILT101')).toHaveLength(12);
    expect(arms.filter((code) => code === 'PLACEBO')).toHaveLength(6);

    const master = JSON.parse(ageDecrypt(trial.statistician, within('master.age'))) as {
      slots: { arm: string; block: number; blockSize: number }[];
    };
    expect(master.slots.map((slot) => slot.arm)).toEqual(arms);
    for (const { block, blockSize } of master.slots) {
      const within = master.slots.filter((slot) => slot.block === block);
      expect([3, 6]).toContain(blockSize);
      expect(within).toHaveLength(blockSize);
      expect(within.filter((slot) => slot.arm === 'PLACEBO')).toHaveLength(blockSize / 3);
    }

    const packing = parse(ageDecrypt(trial.packer, within('packing.age')), {
      columns: true,
      skipEmptyLines: true,
    });
    const list = parse(readFileSync(within('list.csv'), 'utf8'), { columns: true });
    const kitOf = new Map(
      (list as unknown as Record<string, string>[]).map((row) => [
        row.kit,
        row.randomization_number,
      ]),
    );
    for (const row of packing as unknown as Record<string, string>[]) {
      const slot = Number(kitOf.get(row.kit)?.slice(1)) - 1;
      expect(row.arm_code).toBe(arms[slot]);
    }
  },
);

test('every envelope has one length, and so have two lists of the same study', () => {
  const sizes = (trial: Trial) =>
    ['master.age', 'packing.age', ...envelopes(trial).map((file) => `envelopes/${file}`)].map(
      (file) => statSync(join(trial.study, 'allocation', file)).size,
    );
  const [one, other] = [sizes(allocated()), sizes(allocated())];
  expect(one).toEqual(other);
  expect(new Set(one.slice(2)).size).toBe(1);
});

describe('allocate', () => {
  test('refuses to run twice, and changes nothing [R-011]', () => {
    const trial = allocated();
    const before = readFileSync(join(trial.study, 'allocation', 'manifest.json'), 'utf8');
    const again = randose('allocate', '--study', trial.study, '--plan', trial.plan);
    expect(again).toMatchObject({ status: 73, stdout: '' });
    expect(again.stderr).toContain('this study already has its allocation list');
    expect(readFileSync(join(trial.study, 'allocation', 'manifest.json'), 'utf8')).toBe(before);
  });

  test('leaves nothing unfinished behind', () => {
    const trial = allocated();
    expect(readdirSync(trial.study).sort()).toEqual([
      '.randose.home',
      '.randose.study.yaml',
      'allocation',
      'ledger.jsonl',
      'study.yaml',
    ]);
    expect(existsSync(join(trial.study, 'allocation.partial'))).toBe(false);
  });

  test('two lists of the same study and plan are different', () => {
    const list = () => readFileSync(join(allocated().study, 'allocation', 'list.csv'), 'utf8');
    expect(list()).not.toBe(list());
  });
});
