import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePublicList } from '../../src/randomization/public-list.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { jsonOf, mustRun, randose, type Ran, twoSitesBegun } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

/* What a coordinator mistypes about visits: each slip is refused or told of before it is on record. */

const BY = ['--by', 'C. Example, coordinator, Example Hospital'];
const WHY = ['--reason', 'example'];
let study = '';

function dose(subject: string, visit: string, date: string, ...words: string[]): Ran {
  const about = [subject, '--visit', visit, '--date', date];
  return randose('dose', ...about, ...words, ...BY, '--study', study);
}

function attend(subject: string, visit: string, date: string, ...words: string[]): Ran {
  const about = [subject, '--visit', visit, '--date', date];
  return randose('attend', ...about, ...words, ...BY, '--study', study);
}

/** `D4 withdrawn`, for each deviation of a participant. */
function deviationsOf(subject: string): string[] {
  const { deviations } = jsonOf('deviations', '--study', study) as {
    deviations: Record<'subject' | 'visit' | 'rule', string>[];
  };
  const own = deviations.filter((one) => one.subject === subject);
  return own.map(({ visit, rule }) => `${visit} ${rule}`);
}

beforeAll(() => {
  study = twoSitesBegun(afterAll);
});

test('a kit of the study is no other kit, whoever has it and however it is written', () => {
  const text = readFileSync(join(study, 'allocation', 'list.csv'), 'utf8');
  const [first, second] = parsePublicList(text, 1);
  const other = ['--deviation', ...WHY, '--other-kit'];
  for (const kit of [first!.kit!, second!.kit!, ...(first!.spares ?? [])]) {
    const { status, stderr } = dose('CRT-001', 'D1', '2026-06-01', ...other, kit.toLowerCase());
    expect(status).toBe(64);
    expect(stderr).toContain(`error: --other-kit: ${kit} is a kit of this study\n`);
    expect(stderr).toContain(`--kit ${kit}\n`);
  }
  expect(dose('CRT-001', 'D1', '2026-06-01', ...other, 'LOT 77/A', '--dry-run').status).toBe(0);
});

testWithTool(['expect', '-v'])('other visits do not move along before somebody says yes', () => {
  const to = ['--visit', 'D1', '--date', '2026-06-03', ...WHY, ...BY];
  const question = 'move with D1. Move all of them?';
  const { text } = atTerminal(study, ['move', 'CRT-004', ...to], [[question, 'n']]);
  expect(text).toMatch(/\d+ other visits of CRT-004 move with D1/);
  expect(text).toContain('Cancelled. Nothing was recorded.');
  mustRun('move', 'CRT-004', ...to, '--study', study);
  const back = ['move', 'CRT-004', '--visit', 'D1', '--retract', ...WHY, ...BY];
  expect(atTerminal(study, back, [[question, 'y']]).status).toBe(0);
  // Nothing moves with an assessment.
  const alone = ['move', 'CRT-004', '--visit', 'D60', '--date', '2026-07-31', ...WHY, ...BY];
  expect(atTerminal(study, alone, []).status).toBe(0);
});

test('a missed injection was given from no kit', () => {
  const missed = dose('CRT-001', 'D1', '2026-06-01', '--not-done', '--kit', 'ABCDEFG', ...WHY);
  expect([missed.status, missed.stderr]).toEqual([
    64,
    expect.stringContaining('--kit: an injection that was missed was given from no kit'),
  ]);
});

test('an assessment is not weeks too early, nor at the wrong visit of two', () => {
  const early = attend('CRT-002', 'D60', '2026-05-30');
  expect([early.status, early.stderr]).toEqual([
    65,
    expect.stringContaining('order: the visit is after Day 1, which is 2026-06-01 Mon'),
  ]);
  expect(attend('CRT-002', 'D60', '2026-05-30', '--deviation', ...WHY).status).toBe(0);
  expect(deviationsOf('CRT-002')).toContain('D60 order');
  expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
});

test('what was given after a withdrawal is told of, and is a deviation', () => {
  for (const day of [1, 2, 3]) expect(dose('CRT-003', `D${day}`, `2026-06-0${day}`).status).toBe(0);
  const stop = ['--from', 'treatment', '--date', '2026-06-01', ...WHY, ...BY, '--study', study];
  const { status, stderr } = randose('withdraw', 'CRT-003', ...stop);
  expect(status).toBe(0);
  for (const visit of ['D2', 'D3']) {
    expect(stderr).toMatch(
      new RegExp(`${visit} .*withdrawn: after the withdrawal from treatment on 2026-06-01`),
    );
  }
  expect(stderr).not.toMatch(/D1 .*withdrawn/);
  const late = dose('CRT-003', 'D4', '2026-06-04');
  expect(late.status).toBe(65);
  expect(late.stderr).toContain('D4 is cancelled: withdrawn from treatment\n');
  expect(late.stderr).toContain('randose withdraw CRT-003 --retract');
  expect(late.stderr).not.toContain('amend');
  const [, command = ''] = /given all the same: randose (.*)/.exec(late.stderr) ?? [];
  const words = command
    .replace('ID', 'CRT-003')
    .replace('DATE', '2026-06-04')
    .replace('TEXT', 'example')
    .replace('WHO', 'Example');
  expect(randose(...words.split(' '), '--study', study).status).toBe(0);
  expect(deviationsOf('CRT-003').map((one) => one.replace(/^additional \d+/, 'more'))).toEqual([
    ...['D2 withdrawn', 'D3 withdrawn', 'more additional', 'more withdrawn'],
  ]);
  const back = ['--retract', ...WHY, ...BY, '--study', study];
  mustRun('withdraw', 'CRT-003', ...back);
  expect(deviationsOf('CRT-003').some((one) => one.includes('withdrawn'))).toBe(false);
  expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
});

test('the overview of calendars names who was randomized in error', () => {
  mustRun('randomized-in-error', 'CRT-004', ...WHY, ...BY, '--study', study);
  expect(mustRun('calendar', '--study', study)).toContain(
    '\nRandomized in error: 1 participant (CRT-004).\n',
  );
});

test('what is printed has a name that says so', () => {
  const words = ['--subject', 'CRT-001', '--output', 'x.docx', ...BY, '--study', study];
  const { status, stderr } = randose('labels', ...words);
  expect([status, stderr]).toEqual([64, expect.stringContaining('a name that ends with .pdf')]);
  expect(existsSync('x.docx')).toBe(false);
});

test('an action that kits do not have', () => {
  const { status, stderr } = randose('kit', 'found', '--kits', 'ABCDEFG', ...BY, '--study', study);
  expect([status, stderr]).toEqual([64, expect.stringContaining('kit has no command "found"\n')]);
});
