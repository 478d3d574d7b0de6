import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  enrolled,
  FIXTURES,
  jsonOf,
  mustRun,
  randose,
  testFolder,
} from '../support/command-line.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

type Row = Record<string, string>;
const BY = ['--by', 'E. Example, nurse, Example Hospital'];
const WHY = ['--reason', 'example'];
const DAY1 = ['--day1', '2026-06-01'];
const key = (role: string) => ['--identity', join(FIXTURES, 'keys', `${role}.key`)];

let study: string;

/** An open-label trial with three participants. */
beforeAll(() => {
  const folder = testFolder(afterAll);
  study = join(folder, 'study');
  mkdirSync(study);
  const design = join(FIXTURES, 'designs', 'open-label');
  cpSync(join(design, 'study.yaml'), join(study, 'study.yaml'));
  mustRun('allocate', '--study', study, '--plan', join(design, 'plan.yaml'), ...BY);
  for (const subject of ['PAR-001', 'PAR-002', 'PAR-003']) {
    const about = ['--subject', subject, '--site', 'PAR', '--day1', '2026-06-01'];
    mustRun('randomize', '--study', study, ...about, ...BY);
  }
});

const reveal = (...words: string[]) => randose('reveal', ...words, '--study', study);

test('an arm is revealed on record: the intent, then the outcome, and no reason is needed', () => {
  const ran = reveal('PAR-001', ...key('officer'));
  expect(ran.status).toBe(0);
  expect(ran.stderr).toContain('Check passed: this is the allocation that was sealed');
  const [intent, outcome] = ledgerOf(study).slice(-2);
  expect(intent).toMatchObject({
    action: 'reveal intent',
    subject: 'PAR-001',
    number: 'R001',
    reason: null,
    key: 'Example Officer, officer',
  });
  expect(outcome).toMatchObject({ action: 'reveal outcome', result: 'opened', error: null });
  expect(JSON.stringify([intent, outcome])).not.toMatch(/NEW|USUAL/);
});

test('a second time says so; and the arm is that of the list', () => {
  const again = jsonOf('reveal', '--number', 'R001', '--study', study, ...key('officer'));
  expect(again).toMatchObject({ subject: 'PAR-001', revealedBefore: expect.any(String) as string });
  const { arm } = jsonOf('unblind', 'PAR-001', '--study', study, ...key('officer'), ...WHY);
  expect(again.arm).toEqual(arm);
  expect(reveal('PAR-001', ...key('officer')).stderr).toMatch(
    /PAR-001 was revealed before, on .*\nThere was a code-break of PAR-001: /,
  );
});
test('a corrected id is revealed under both, and stays in the ledger under the first', () => {
  mustRun('correct', 'PAR-002', '--new-id', 'PAR-102', '--study', study, ...BY, ...WHY);
  expect(reveal('PAR-102', ...key('officer')).stdout).toContain('PAR-102 (randomized as PAR-002)');
  expect(ledgerOf(study).at(-2)).toMatchObject({ subject: 'PAR-002', number: 'R002' });
});

test('it is no code-break: in the status, in the ledger, and in the unblinded table', () => {
  const status = jsonOf('status', '--study', study);
  expect(status).toMatchObject({
    codeBreaks: { opened: 1, refused: 0, withoutOutcome: 0 },
    reveals: { opened: 4, refused: 0, withoutOutcome: 0 },
  });
  const text = mustRun('ledger', '--study', study, '--kind', 'reveal');
  expect(text).toContain('reveal of PAR-001 (R001): intent');
  expect(text).toContain('reveal of PAR-001: opened, intent ');
  mustRun('randomize', '--study', study, '--subject', 'PAR-004', '--site', 'PAR', ...DAY1, ...BY);
  expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
  const table = mustRun('unblind', '--all', '--study', study, ...key('statistician'), ...WHY);
  const rows: Row[] = parse(table, { columns: true });
  const dates = rows.map(({ UNBLDTC, REVLDTC }) => [UNBLDTC !== '', REVLDTC !== '']);
  expect(dates).toEqual([
    [true, true],
    [false, true],
    [false, false],
    [false, false],
  ]);
});
test('a code-break of it names reveal, and does not say that the others are blinded', () => {
  const { stderr } = randose('unblind', 'PAR-001', '--study', study, ...key('officer'), ...WHY);
  expect(stderr).toContain(
    'This study is open label, and unblind counts as a code-break in it too.',
  );
  expect(stderr).not.toContain('still blinded');
});

testWithTool(['expect', '-v'])('on a terminal a code-break of it is asked for', () => {
  const before = ledgerOf(study).length;
  const words = ['unblind', 'PAR-003', '--study', study, ...key('officer'), ...WHY];
  const { text } = atTerminal(study, words, [['Break the code all the same? [y/N]', 'n']]);
  expect(text).toContain('randose reveal');
  expect(ledgerOf(study)).toHaveLength(before);
});

test('a masked table warns of those who were revealed', () => {
  const words = ['--masked', '--until', '2026-05-28', '--purpose', 'interim 1'];
  const ran = randose('unblind', '--all', ...words, '--study', study, ...key('statistician'));
  expect(ran.stderr).toContain(
    'warning: the arm of 2 participants in this table was opened or reveal',
  );
});

test('nothing is opened of a free slot, of nobody, without a key, or by a dry run [R-052]', () => {
  const before = ledgerOf(study).length;
  const officer = key('officer');
  const free = reveal('R009', ...officer);
  expect([free.status, free.stderr]).toEqual([
    65,
    expect.stringContaining('no participant has the number R009 yet'),
  ]);
  expect(reveal('PAR-009', ...officer).stderr).toContain('"PAR-009" is not a participant');
  expect(reveal(...officer).stderr).toContain('error: reveal needs the participant: ID,');
  expect(reveal('PAR-001').stderr).toContain('error: reveal needs --identity');
  expect(reveal('PAR-001', '--number', 'R001', ...officer).status).toBe(64);
  expect(reveal('PAR-001', ...officer, '--by', 'NAME').status).toBe(64);
  expect(reveal('PAR-001', ...officer, '--dry-run').stdout).toContain('Dry run: nothing was open');
  expect(ledgerOf(study)).toHaveLength(before);
});

test('the wrong key is an attempt on record', () => {
  const ran = reveal('PAR-003', ...key('packer'));
  expect(ran.status).toBe(77);
  expect(ran.stderr).toContain('It can be opened by: Example Officer.');
  expect(ledgerOf(study).at(-1)).toMatchObject({ result: 'refused', error: 'wrong-key' });
});

test('a study that is blinded reveals nothing, and study.yaml cannot say otherwise later', () => {
  const trial = enrolled();
  const words = ['reveal', 'CRT-001', '--study', trial.study, '--identity', trial.officer];
  const before = ledgerOf(trial.study).length;
  const refused = randose(...words);
  expect(refused).toMatchObject({ status: 64, stdout: '' });
  expect(refused.stderr).toContain('error: DEPIL-2 is blinded: no arm is revealed in it\n');
  expect(refused.stderr).toContain('randose unblind');
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('\narms:', '\nblinding: open label\narms:'));
  const changed = randose(...words);
  expect(changed.status).toBe(65);
  expect(changed.stderr).toContain('study.yaml was changed after the list was sealed: blinding');
  writeFileSync(file, text.replace('\narms:', '\nblinding: open\narms:'));
  expect(randose(...words).stderr).toContain('expected blinded or open label');
  expect(ledgerOf(trial.study)).toHaveLength(before);
  // Saying what is the default changes nothing.
  writeFileSync(file, text.replace('\narms:', '\nblinding: blinded\narms:'));
  const verify = randose('verify', '--study', trial.study).stdout;
  expect(verify).toContain("The edits don't affect the list");
});
