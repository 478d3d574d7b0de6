import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import {
  ageDecrypt,
  allocated,
  editStudy,
  jsonOf,
  kitsOfTrial,
  extendList,
  mustRun,
  planFile,
  randose,
  type Trial,
} from '../support/command-line.ts';
import { scanned } from '../support/labels.ts';
import { testWithTool } from '../support/tools.ts';

const withAge = testWithTool(['age', '--version']);
const withPdftotext = testWithTool(['pdftotext', '-v']);
const withDmtxread = testWithTool(['dmtxread', '--version']);

function packing(trial: Trial, name: string, ...words: string[]): string {
  const file = join(trial.folder, name);
  mustRun(
    'packing',
    '--study',
    trial.study,
    '--identity',
    trial.packer,
    '--output',
    file,
    ...words,
  );
  return file;
}

const ledgerText = ({ study }: Trial) => readFileSync(join(study, 'ledger.jsonl'), 'utf8');

withAge(
  'the packers get their list, kit to arm, as stock age opens it, and it is on record [R-091]',
  () => {
    const trial = allocated();
    const file = packing(trial, 'packing.csv', '--reason', 'packing of lot 1');
    const rows = parse(readFileSync(file), { columns: true }) as unknown as Record<
      string,
      string
    >[];
    const stock = ageDecrypt(trial.packer, join(trial.study, 'allocation', 'packing.age'));
    expect(rows.map((row) => `${row.kit},${row.arm_code}`)).toEqual(
      stock
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',').slice(0, 2).join(',')),
    );
    expect(rows.map(({ kit }) => kit)).not.toEqual([]);
    expect(rows.filter(({ arm_code: arm }) => arm === 'ILT101')).toHaveLength(12);
    expect(rows.filter(({ arm_code: arm }) => arm === 'PLACEBO')).toHaveLength(6);
    expect(new Set(rows.map(({ kit }) => kit))).toEqual(new Set(kitsOfTrial(trial)));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [, intent, outcome] = ledgerText(trial)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(intent).toMatchObject({
      action: 'packing intent',
      batches: [1],
      reason: 'packing of lot 1',
      who: { name: 'Example Packer', role: 'packer' },
    });
    expect(outcome).toMatchObject({ action: 'packing outcome', result: 'opened', intent: 2 });
    expect(ledgerText(trial)).not.toMatch(/ILT101|PLACEBO/);
    expect(mustRun('ledger', '--study', trial.study, '--kind', 'packing')).toContain(
      'packing, batch 1: intent',
    );
    expect(mustRun('status', '--study', trial.study)).toContain(
      'Packing list: 1 opened, 0 refused',
    );
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  },
);

withPdftotext('as a PDF it has a page an arm, with every kit of it and of no other [R-091]', () => {
  const trial = allocated();
  const rows = parse(readFileSync(packing(trial, 'a.csv', '--reason', 'to compare')), {
    columns: true,
  }) as unknown as Record<string, string>[];
  const file = packing(trial, 'a.pdf', '--format', 'pdf', '--reason', 'to print it');
  const pages = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).split('\f');
  expect(pages).toHaveLength(3);
  for (const [index, arm] of ['ILT101', 'PLACEBO'].entries()) {
    expect(pages[index]).toContain(arm);
    expect(pages[index]).toContain('CONFIDENTIAL');
    for (const { kit, arm_code: own } of rows) {
      expect(pages[index]!.includes(kit!)).toBe(own === arm);
    }
  }
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

withDmtxread('its bar codes are those kits', () => {
  const trial = allocated();
  const file = packing(trial, 'a.pdf', '--format', 'pdf', '--reason', 'to print it');
  const png = execFileSync('pdftoppm', ['-r', '300', '-png', '-f', '1', '-singlefile', file], {
    maxBuffer: 1 << 26,
  });
  const rows = parse(readFileSync(packing(trial, 'a.csv', '--reason', 'to compare')), {
    columns: true,
  }) as unknown as Record<string, string>[];
  const active = rows.filter(({ arm_code: arm }) => arm === 'ILT101').map(({ kit }) => kit!);
  expect(scanned(png, trial.folder, 12).toSorted()).toEqual(active.toSorted());
});

test('another key opens nothing, and the attempt is on record', () => {
  const trial = allocated();
  const file = join(trial.folder, 'a.csv');
  const words = ['packing', '--study', trial.study, '--output', file];
  const { status, stdout, stderr } = randose(...words, '--identity', trial.statistician);
  expect(status).toBe(77);
  expect(existsSync(file)).toBe(false);
  expect(stdout + stderr).not.toMatch(/ILT101|PLACEBO/);
  expect(ledgerText(trial)).toContain('"packing outcome"');
  expect(ledgerText(trial)).toContain('"refused"');
  expect(mustRun('status', '--study', trial.study)).toContain('Packing list: 0 opened, 1 refused');
});

test('it is never written into the study, nor over a file', () => {
  const trial = allocated();
  const words = ['packing', '--study', trial.study, '--identity', trial.packer];
  const before = ledgerText(trial);
  expect(randose(...words, '--output', join(trial.study, 'a.csv')).status).toBe(64);
  expect(randose(...words, '--output', join(trial.study, 'labels', 'a.csv')).status).toBe(64);
  writeFileSync(join(trial.folder, 'there.csv'), 'mine');
  expect(randose(...words, '--output', join(trial.folder, 'there.csv')).status).toBe(73);
  expect(readFileSync(join(trial.folder, 'there.csv'), 'utf8')).toBe('mine');
  expect(randose(...words, '--format', 'pdf').status).toBe(64);
  expect(ledgerText(trial).startsWith(before)).toBe(true);
  expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
});

test('a further batch has a list of its own', () => {
  const trial = allocated();
  editStudy(trial, ['    slots: 18', '    slots: 24']);
  extendList(trial);
  const kits = (...words: string[]) => {
    const data = jsonOf('packing', '--study', trial.study, '--identity', trial.packer, ...words);
    return (data.kits as object[]).length;
  };
  expect(kits()).toBe(24);
  expect(kits('--batch', '2', '--reason', 'packed later')).toBe(6);
  const none = randose(
    'packing',
    '--study',
    trial.study,
    '--identity',
    trial.packer,
    '--batch',
    '3',
  );
  expect(none).toMatchObject({ status: 64 });
  expect(none.stderr).toContain('there is no batch 3');
});

test('spare kits are packed as the kit of their slot is', () => {
  const trial = allocated();
  const other = planFile(trial, readFileSync(trial.plan, 'utf8'));
  const study = join(trial.folder, 'spare');
  mustRun('init', study);
  const yaml = readFileSync(join(trial.study, 'study.yaml'), 'utf8').replace(
    'spares: 0',
    'spares: 2',
  );
  writeFileSync(join(study, 'study.yaml'), yaml);
  mustRun('allocate', '--study', study, '--plan', other);
  const { kits } = jsonOf('packing', '--study', study, '--identity', trial.packer) as {
    kits: { kit: string; arm_code: string }[];
  };
  expect(kits).toHaveLength(54);
  const armOf = new Map(kits.map(({ kit, arm_code: arm }) => [kit, arm]));
  const rows = readFileSync(join(study, 'allocation', 'list.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  for (const row of rows) {
    const [, , , kit = '', spares = ''] = row.split(',');
    for (const spare of spares.split(' ')) expect(armOf.get(spare)).toBe(armOf.get(kit));
  }
});
