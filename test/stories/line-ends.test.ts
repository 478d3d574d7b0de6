import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allocated, mustRun, randose, type Trial, unknownCopy } from '../support/command-line.ts';
import { enrolOne } from '../support/custody.ts';

let trial: Trial;

beforeAll(() => {
  trial = allocated(afterAll);
  enrolOne(trial.study, 'CRT-001');
});

/** A copy of the study in which one file was changed, byte by byte. */
function withChanged(file: string, change: (content: Buffer) => Buffer) {
  const study = unknownCopy(trial);
  const path = join(study, file);
  const original = readFileSync(path);
  writeFileSync(path, change(original));
  return { study, isOriginal: () => readFileSync(path).equals(original) };
}

const latin = (change: (text: string) => string) => (content: Buffer) =>
  Buffer.from(change(content.toString('latin1')), 'latin1');
const crlf = latin((text) => text.replaceAll('\n', '\r\n'));
const withMark = latin((text) => `\u00ef\u00bb\u00bf${text}`);
const withoutEnd = latin((text) => text.trimEnd());
const withLine = latin((text) => `${text}\n`);
const utf16 = (content: Buffer) => Buffer.from(`\ufeff${content.toString('utf8')}`, 'utf16le');

const LEDGER = 'ledger.jsonl';
const LIST = 'allocation/list.csv';
const MANIFEST = 'allocation/manifest.json';
const REPAIR = 'To put them back, run: randose verify --repair-line-ends';

describe.each<[string, string, (content: Buffer) => Buffer, string]>([
  ['CRLF', LEDGER, crlf, 'has other line ends (CRLF)'],
  ['a byte order mark', LEDGER, withMark, 'begins with a byte order mark'],
  ['no line feed at the end', LEDGER, withoutEnd, 'has no line end at its end'],
  ['an empty line at the end', LEDGER, withLine, 'has empty lines at its end'],
  ['UTF-16', LEDGER, utf16, 'is encoded as UTF-16 instead of UTF-8'],
  ['CRLF', LIST, crlf, 'has other line ends (CRLF)'],
  ['no line feed at the end', LIST, withoutEnd, 'has no line end at its end'],
  ['CRLF', MANIFEST, crlf, 'has other line ends (CRLF)'],
  ['a byte order mark', MANIFEST, withMark, 'begins with a byte order mark'],
  ['CRLF', 'allocation/signing.pub', crlf, 'has other line ends (CRLF)'],
  ['CRLF', 'allocation/master.age', crlf, 'has other line ends (CRLF)'],
  ['CRLF', 'allocation/envelopes/R001.age', crlf, 'has other line ends (CRLF)'],
])('%s in %s', (_, file, change, text) => {
  test('is all that verify tells, stops no code-break, and is put back', () => {
    const { study, isOriginal } = withChanged(file, change);
    const { status, stdout } = randose('verify', '--study', study);
    expect(status).toBe(1);
    const problems = stdout.split('\n').filter((line) => /^ {2}(?!Ledger)/.test(line));
    expect(problems).toEqual([`  ${file}: ${text}; nothing else in it differs. ${REPAIR}`]);

    const opened = randose(
      ...['unblind', '--study', study, '--subject', 'CRT-001', '--identity', trial.officer],
      ...['--reason', 'SAE'],
    );
    expect(opened.status, opened.stderr).toBe(0);
    expect(opened.stdout).not.toContain('NOT CHECKED');
    expect(opened.stderr).toContain('Check passed');

    const document = randose('verify', '--study', study, '--repair-line-ends', '--json').stdout;
    const { data: repaired } = JSON.parse(document) as { data: unknown };
    // A code-break that could not be entered waits beside the ledger.
    expect(repaired).toMatchObject({ verified: file !== LEDGER, repaired: [file] });
    expect(isOriginal()).toBe(true);
    if (file === LEDGER) mustRun('ledger', '--study', study, '--enter-pending');
    mustRun('verify', '--study', study);
  });
});

describe('every other command says it, and changes nothing', () => {
  test.each([
    ['status'],
    ['ledger'],
    ['calendar'],
    ['ledger', '--repair', '--by', 'E. Example', '--reason', 'power cut'],
    ['randomize', '--subject', 'CRT-2', '--site', 'CRT', '--day1', '2026-06-15', '--by', 'E'],
  ])('%s', (...words) => {
    for (const file of words[0] === 'ledger' ? [LEDGER] : [LEDGER, LIST, MANIFEST]) {
      const { study } = withChanged(file, crlf);
      const before = readFileSync(join(study, LEDGER));
      const { status, stderr } = randose(...words, '--study', study);
      expect(status).toBe(65);
      expect(stderr).toContain('the line ends of 1 file were changed');
      expect(stderr).toContain(`${file}: has other line ends (CRLF); nothing else in it differs`);
      expect(stderr).toContain(REPAIR);
      expect(readFileSync(join(study, LEDGER))).toEqual(before);
    }
  });
});

test('a last entry without its line feed is put back, never removed', () => {
  const { study, isOriginal } = withChanged(LEDGER, withoutEnd);
  const words = ['--by', 'E. Example', '--reason', 'power cut'];
  expect(randose('ledger', '--study', study, '--repair', ...words).status).toBe(65);
  mustRun('verify', '--study', study, '--repair-line-ends');
  expect(isOriginal()).toBe(true);
});

test('a file that differs in more is not put back', () => {
  const { study } = withChanged(LIST, (content) =>
    crlf(latin((text) => text.replace('R001', 'R010'))(content)),
  );
  const before = readFileSync(join(study, LIST));
  const { status, stdout, stderr } = randose('verify', '--study', study, '--repair-line-ends');
  expect(status).toBe(1);
  expect(stderr).toContain('nothing was put back');
  expect(stdout).toContain('allocation/list.csv: has other line ends (CRLF), and differs in more');
  expect(stdout).toContain('allocation/list.csv: is not the file that was sealed');
  expect(readFileSync(join(study, LIST))).toEqual(before);
});

test('study.yaml may have any line ends', () => {
  const { study } = withChanged('study.yaml', crlf);
  expect(mustRun('verify', '--study', study)).not.toContain('study.yaml');
  enrolOne(study, 'CRT-002');
  expect(mustRun('verify', '--study', study)).not.toContain('study.yaml');
});

test('--yes means nothing else to verify', () => {
  const { status, stderr } = randose('verify', '--study', trial.study, '--yes');
  expect(status).toBe(64);
  expect(stderr).toContain('--yes needs --repair-line-ends');
});
