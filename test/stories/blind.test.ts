import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unzipped } from '../../src/exports/datasets/zip.ts';
import { readIdentityFile } from '../../src/blinding/identity.ts';
import { unseal } from '../../src/blinding/seal.ts';
import {
  editStudy,
  enrolled,
  extendList,
  mustRun,
  randose,
  type Trial,
} from '../support/command-line.ts';

const ARM_TEXTS = ['ILT101', 'PLACEBO', 'interleukin-2', 'matching sterile powder'];

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What the master says, for the test to know what must be nowhere else. */
async function secrets(trial: Trial, batch = 'allocation') {
  const key = await readIdentityFile(readFileSync(trial.statistician), 'key', () =>
    Promise.reject(new Error('no passphrase')),
  );
  const master = readFileSync(join(trial.study, batch, 'master.age'));
  const identities = key.map(({ identity }) => identity);
  return JSON.parse(await unseal(master, identities, 'master')) as {
    seed: string;
    planFile: string;
  };
}

/** Writes everything that blinded people can export, as files that have their text in them. */
function exportAll({ study }: Trial): void {
  for (const what of ['transfer', 'accountability', 'ledger']) {
    for (const format of ['csv', 'json', 'ndjson', 'xpt', 'xlsx']) {
      mustRun('export', what, '--study', study, '--format', format);
    }
    const workbook = join(study, 'exports', `${what}.xlsx`);
    for (const [index, { content }] of unzipped(readFileSync(workbook)).entries()) {
      writeFileSync(join(study, 'exports', `${what}-${index}.xml`), content);
    }
    rmSync(workbook);
  }
  // TA, TE and TS are the protocol, whose arms study.yaml names for everyone.
  for (const format of ['csv', 'json', 'ndjson', 'xpt']) {
    const folder = join(study, 'exports', `sdtm-${format}`);
    mustRun('export', 'sdtm', '--study', study, '--format', format, '--output', folder);
    for (const name of [`ta.${format}`, `te.${format}`, `ts.${format}`, 'define.xml']) {
      rmSync(join(folder, name), { force: true });
    }
  }
  expect(existsSync(join(study, 'exports', 'sdtm-csv', 'ec.csv'))).toBe(true);
}

/** What REDCap calls the strata of DEPIL-2. */
const REDCAP = '\nredcap: { dag: { CRT: 1330 } }\n';

/** Everything blinded people can see, exports and printed output too, must be free of it. */
async function expectBlind(trial: Trial, batch?: string): Promise<void> {
  const { seed, planFile } = await secrets(trial, batch);
  const raw = Buffer.from(seed, 'hex');
  const forbidden = [
    ...ARM_TEXTS.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()]),
    seed,
    seed.toUpperCase(),
    raw.toString('base64').replace(/=+$/, ''),
    raw.toString('base64url'),
    'sizes',
    planFile,
  ].map((text) => Buffer.from(text));
  forbidden.push(raw, Buffer.from(raw).reverse());
  for (const file of filesOf(trial.study)) {
    let content: Buffer = readFileSync(file);
    if (file.endsWith('study.yaml')) {
      // Its own description of the arms is the one place where they are named.
      const text = content.toString();
      // What labels say of every kit names all of them at once.
      const outside = text
        .replace(/^arms:\n(?: .*\n)*/m, '')
        .replace(/^ +substance: ILT101 1 MUI ou placebo$/m, '');
      expect(outside.length).toBeLessThan(text.length);
      content = Buffer.from(outside);
    }
    for (const secret of forbidden) {
      const place = content.indexOf(secret);
      expect(place, `${relative(trial.study, file)} holds ${secret.toString()}`).toBe(-1);
    }
    // Block sizes: no file that is not sealed has a word of blocks.
    if (!file.endsWith('.age')) {
      expect(content.toString()).not.toMatch(/block/i);
    }
  }
}

describe('the study folder, to its last byte', () => {
  test('has no arm, no seed and no block size in it, before and after a code-break [R-020]', async () => {
    const trial = enrolled();
    const exports = join(trial.study, 'calendars');
    mustRun('calendar', '--study', trial.study, '--format', 'ics', '--output', exports);
    for (const format of ['csv', 'json', 'table']) {
      const file = join(exports, `all.${format}`);
      mustRun('calendar', '--study', trial.study, '--format', format, '--output', file);
    }
    appendFileSync(join(trial.study, 'study.yaml'), REDCAP);
    mustRun('export', 'redcap', '--study', trial.study);
    const excel = ['--csv-for', 'excel-fr', '--output', join(exports, 'excel.csv')];
    mustRun('calendar', '--study', trial.study, ...excel);
    exportAll(trial);
    await expectBlind(trial);
    const officer = ['--identity', trial.officer, '--reason', 'example'];
    const opened = mustRun('unblind', '--study', trial.study, '--subject', 'CRT-001', ...officer);
    // The search would find what it looks for.
    expect(ARM_TEXTS.some((text) => opened.includes(text))).toBe(true);
    const wrong = ['--identity', trial.packer, '--reason', 'example'];
    expect(
      randose('unblind', '--study', trial.study, '--subject', 'CRT-002', ...wrong).status,
    ).toBe(77);
    await expectBlind(trial);
  });

  test('nor has it with a further batch, and after the list was opened', async () => {
    const trial = enrolled();
    editStudy(trial, ['    slots: 18', '    slots: 24']);
    extendList(trial);
    const table = mustRun(
      'open',
      '--reason',
      'example',
      '--study',
      trial.study,
      '--identity',
      trial.statistician,
    );
    expect(ARM_TEXTS.some((text) => table.includes(text))).toBe(true);
    await expectBlind(trial);
    await expectBlind(trial, 'allocation/batch-2');
  });

  test('nothing that is printed for blinded people has one in it either', () => {
    const trial = enrolled();
    const [, row = ''] = readFileSync(join(trial.study, 'allocation/list.csv'), 'utf8').split('\n');
    const kit = row.split(',')[3]!;
    const printed = [
      ['status'],
      ['check', '--kit', kit],
      ['verify', '--regenerate', '--identity', trial.statistician],
      ['status', '--json'],
      ['verify'],
      ['verify', '--json'],
      ['calendar'],
      ['calendar', '--subject', 'CRT-003'],
      ['calendar', '--format', 'ics', '--subject', 'CRT-003'],
      ['calendar', '--json'],
    ].map((words) => {
      const { stdout, stderr } = randose(...words, '--study', trial.study);
      return stdout + stderr;
    });
    for (const text of printed) {
      expect(text.length).toBeGreaterThan(20);
      for (const arm of ARM_TEXTS) expect(text.toLowerCase()).not.toContain(arm.toLowerCase());
      expect(text).not.toMatch(/block/i);
    }
  });

  test('an entry about a code-break has the same length whichever arm was opened', () => {
    const trial = enrolled();
    const lengths = new Map<string, Set<number>>();
    for (let index = 1; index <= 9; index += 1) {
      const copy = join(trial.folder, `copy-${index}`);
      cpSync(trial.study, copy, { recursive: true });
      const before = statSync(join(copy, 'ledger.jsonl')).size;
      const words = ['--identity', trial.officer, '--reason', 'example', '--json'];
      const { stdout } = randose(
        'unblind',
        '--study',
        copy,
        '--subject',
        `CRT-00${index}`,
        ...words,
      );
      const { data } = JSON.parse(stdout) as { data: { arm: { code: string } } };
      const added = statSync(join(copy, 'ledger.jsonl')).size - before;
      lengths.set(data.arm.code, (lengths.get(data.arm.code) ?? new Set()).add(added));
    }
    expect([...lengths.keys()].sort()).toEqual(['ILT101', 'PLACEBO']);
    expect(lengths.get('ILT101')).toEqual(lengths.get('PLACEBO'));
  });

  test('git, or any program that packs it, finds nothing either', () => {
    const trial = enrolled();
    const packed = execFileSync(
      'tar',
      ['-cf', '-', '-C', trial.study, 'allocation', 'ledger.jsonl'],
      {
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    for (const arm of ARM_TEXTS) expect(packed.indexOf(arm)).toBe(-1);
  });
});
