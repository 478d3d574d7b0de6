import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { custodyTrial, type CustodyTrial, ledgerOf, sealAndEnrol } from '../support/custody.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { ageDecrypt, jsonOf, mustRun, randose } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const BY = ['--by', 'E. Example, nurse, Example Hospital'];
const WHY = ['--reason', 'example'];
const withAge = testWithTool(['age', '--version']);

let made: CustodyTrial;
let study: string;

/** A blinded trial with two participants, an officer, a statistician and a preparer, who have a key each. */
beforeAll(() => {
  made = custodyTrial('officers: any', afterAll);
  ({ study } = made);
  const inStudy = ['--study', study];
  made.addPerson('officer', 'Example Officer', ...inStudy);
  made.addPerson('statistician', 'Example Statistician', ...inStudy);
  made.addPerson('preparer', 'Example Preparer', ...inStudy);
  made.addPerson('preparer', 'Other Preparer');
  sealAndEnrol(made);
});

const key = (name: string) => ['--identity', made.key(name)];
const file = (name: string) => join(made.trial.folder, name);
const prepare = (...words: string[]) =>
  randose('prepare', ...words, '--study', study, ...key('Example Officer'));

test('an officer seals one arm to the preparer: on record, and nobody else sees it [R-051]', () => {
  const ran = prepare('CRT-001', '--output', file('one.age'));
  expect([ran.status, ran.stdout]).toEqual([0, '']);
  expect(ran.stderr).toContain('It is encrypted for Example Preparer (age1');
  expect(ran.stderr).toContain('Nobody here has seen the arm');
  expect(ran.stderr).not.toMatch(/ILT101|PLACEBO/);
  const [intent, outcome] = ledgerOf(study).slice(-2);
  expect(intent).toMatchObject({
    action: 'preparation intent',
    subject: 'CRT-001',
    number: 'R001',
    preparer: 'Example Preparer',
    to: expect.stringMatching(/^age1/) as string,
    key: 'Example Officer, officer',
    reason: null,
  });
  expect(outcome).toMatchObject({ action: 'preparation outcome', result: 'opened', error: null });
  expect(JSON.stringify([intent, outcome])).not.toMatch(/ILT101|PLACEBO/);
  expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
});

withAge('the preparer reads the arm that was sealed, with its proof; the officer cannot', () => {
  const text = ageDecrypt(made.key('Example Preparer'), file('one.age'));
  expect(() => ageDecrypt(made.key('Example Officer'), file('one.age'))).toThrow();
  const list = mustRun(
    ...['open', '--study', study, ...key('Example Statistician'), ...WHY, '--output', '-'],
  );
  const rows: Record<string, string>[] = parse(list, { columns: true });
  const arm = rows.find((row) => row.randomization_number === 'R001')?.arm ?? 'none';
  expect(text).toMatch(new RegExp(`^#   ${arm}  `, 'm'));
  expect(text).toContain('# Reason: preparation of the treatment');
});

withAge("the preparer's key opens no envelope, of no slot", () => {
  const folder = join(study, 'allocation', 'envelopes');
  const envelopes = readdirSync(folder);
  expect(envelopes.length).toBeGreaterThan(2);
  for (const one of envelopes) {
    expect(() => ageDecrypt(made.key('Example Preparer'), join(folder, one))).toThrow();
  }
  const tried = randose('unblind', 'CRT-002', '--study', study, ...key('Example Preparer'), ...WHY);
  expect(tried.status).toBe(77);
});

test('it is no code-break: in the status, in the ledger, and in the unblinded table', () => {
  const again = prepare('--number', 'R001', '--output', file('two.age'), ...WHY);
  expect(again.stderr).toMatch(/It was prepared for CRT-001 once before, the last on .* for Ex/);
  expect(jsonOf('status', '--study', study)).toMatchObject({
    codeBreaks: { opened: 0 },
    preparations: { opened: 2, refused: 0, withoutOutcome: 0 },
  });
  expect(mustRun('status', '--study', study)).toContain('Preparations: 2 opened');
  expect(mustRun('ledger', '--study', study, '--kind', 'preparation')).toContain(
    'preparation for CRT-001 (R001), sealed to Example Preparer: intent',
  );
  const table = mustRun(
    ...['unblind', '--all', '--study', study, ...key('Example Statistician'), ...WHY],
  );
  const rows: Record<string, string>[] = parse(table, { columns: true });
  expect(rows.map(({ UNBLDTC }) => UNBLDTC)).toEqual(['', '']);
});

test('without a file the sealed text is on stdout, or in the JSON', () => {
  expect(prepare('CRT-001').stdout).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
  const json = jsonOf(...['prepare', 'CRT-001', '--study', study, ...key('Example Officer')]);
  expect(json).toMatchObject({ preparer: 'Example Preparer', number: 'R001' });
  expect(json.answer).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
  expect(JSON.stringify({ ...json, answer: '' })).not.toMatch(/ILT101|PLACEBO/);
});

test('nothing is opened of a free slot, for nobody, for somebody else, or by a dry run', () => {
  const before = ledgerOf(study).length;
  const free = prepare('R009');
  expect([free.status, free.stderr]).toEqual([
    65,
    expect.stringContaining('no participant has the number R009 yet'),
  ]);
  expect(prepare('CRT-009').stderr).toContain('"CRT-009" is not a participant');
  expect(prepare().stderr).toContain('error: prepare needs the participant: ID,');
  const other = prepare('CRT-001', '--to', 'Other Preparer');
  expect([other.status, other.stderr]).toEqual([
    64,
    expect.stringMatching(/is not a preparer of DEPIL-2\n.*The preparers are: Example Preparer\./s),
  ]);
  expect(prepare('CRT-001', '--to', 'Example Officer').status).toBe(64);
  expect(prepare('CRT-001', '--dry-run', '--output', file('dry.age')).stdout).toContain(
    'Would open the envelope of R001 and seal the arm of CRT-001 to Example Preparer.',
  );
  expect(prepare('CRT-001', '--output', join(study, 'in.age')).status).not.toBe(0);
  expect(existsSync(file('dry.age'))).toBe(false);
  expect(ledgerOf(study)).toHaveLength(before);
});

test('the wrong key is an attempt on record, and nothing is written', () => {
  const words = ['prepare', 'CRT-001', '--study', study, '--output', file('wrong.age')];
  const ran = randose(...words, ...key('Example Statistician'));
  expect(ran.status).toBe(77);
  expect(existsSync(file('wrong.age'))).toBe(false);
  expect(ledgerOf(study).at(-1)).toMatchObject({
    action: 'preparation outcome',
    result: 'refused',
    error: 'wrong-key',
  });
});

testWithTool(['expect', '-v'])('a participant who was withdrawn is asked about', () => {
  mustRun(
    ...['withdraw', 'CRT-002', '--from', 'treatment', '--date', '2026-05-28'],
    ...['--study', study, ...BY, ...WHY],
  );
  const before = ledgerOf(study).length;
  const words = ['prepare', 'CRT-002', '--study', study, ...key('Example Officer')];
  const asked = [...words, '--output', file('withdrawn.age')];
  const { text } = atTerminal(study, asked, [['Seal it all the same? [y/N]', 'n']]);
  expect(text).toContain('CRT-002 was withdrawn from treatment on 2026-05-28.');
  expect(ledgerOf(study)).toHaveLength(before);
});

test('a preparer who is added later gets nothing before a rewrap, which is on record', () => {
  const key2 = readFileSync(made.key('Other Preparer'), 'utf8');
  const recipient = /age1\w+/.exec(key2)![0];
  const added = randose(
    ...['people', 'add', '--role', 'preparer', '--name', 'Other Preparer'],
    ...['--recipient', recipient, '--study', study],
  );
  expect(added.stderr).toContain('nothing can be prepared for Other Preparer, and nobody');
  const early = prepare('CRT-001', '--to', 'Other Preparer');
  expect([early.status, early.stderr]).toEqual([65, expect.stringContaining('randose rewrap')]);
  mustRun('rewrap', '--study', study, ...key('Example Officer'), ...WHY);
  const which = prepare('CRT-001');
  expect([which.status, which.stderr]).toEqual([
    64,
    expect.stringContaining('"Example Preparer", "Other Preparer"'),
  ]);
  expect(prepare('CRT-001', '--to', 'other preparer', '--output', file('other.age')).status).toBe(
    0,
  );
  expect(ledgerOf(study).at(-2)).toMatchObject({ preparer: 'Other Preparer', to: recipient });
  expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
});

test('a locked database prepares nothing', () => {
  mustRun('lock', '--study', study, ...BY, ...WHY);
  const ran = prepare('CRT-001', '--to', 'Example Preparer');
  expect([ran.status, ran.stderr]).toEqual([65, expect.stringContaining('was locked on')]);
});

test('a study without a preparer says how one is added, and its manifest is as it was before there were any', () => {
  const plain = custodyTrial();
  plain.addPerson('officer', 'Example Officer', '--study', plain.study);
  sealAndEnrol(plain);
  const words = ['prepare', 'CRT-001', '--identity', plain.key('Example Officer')];
  const none = randose(...words, '--study', plain.study);
  expect([none.status, none.stderr]).toEqual([
    64,
    expect.stringMatching(/study\.yaml names no preparer\n.*--role preparer/s),
  ]);
  const manifest = readFileSync(join(plain.study, 'allocation', 'manifest.json'), 'utf8');
  expect(manifest).not.toContain('preparers');
});
