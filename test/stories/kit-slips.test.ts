import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePublicList } from '../../src/randomization/public-list.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { FIXTURES, mustRun, randose, type Ran, twoSitesBegun } from '../support/command-line.ts';

/* What a pharmacist mistypes at the desk: each slip is told of before anything leaves the pharmacy. */

const BY = ['--by', 'F. Example, pharmacist, Example Hospital'];
const WHY = ['--reason', 'example'];
const TWO_MORE = 'subject,site,day1\nCRT-005,CRT,2026-06-02\nCRT-006,CRT,2026-06-02\n';
let study = '';

/** The kit and the spare kit of a slot, from 1: CRT has six slots, then LYO three. */
function kitsOf(slot: number): [kit: string, spare: string] {
  const text = readFileSync(join(study, 'allocation', 'list.csv'), 'utf8');
  const { kit, spares = [] } = parsePublicList(text, 1)[slot - 1]!;
  return [kit!, spares[0]!];
}

function kit(event: string, kits: string, ...words: string[]): Ran {
  return randose('kit', event, '--kits', kits, ...words, ...BY, '--study', study);
}

beforeAll(() => {
  study = twoSitesBegun(afterAll);
});

test('kits of two sites in one delivery are told of', () => {
  const [first, spare] = kitsOf(1);
  const [far] = kitsOf(7);
  const { stderr } = kit('received', [first, spare, far].join());
  expect(stderr).toContain(`these kits are of several sites (CRT 2, LYO 1): ${far} of LYO.`);
  expect(kit('received', [2, 3, 4].map((slot) => kitsOf(slot)[0]).join()).stderr).not.toContain(
    'several sites',
  );
});

test('a second kit while the first one is in use is told of', () => {
  const [first, spare] = kitsOf(1);
  expect(kit('dispensed', first, '--subject', 'CRT-001').stderr).not.toContain('already');
  expect(kit('dispensed', spare, '--subject', 'CRT-001').stderr).toMatch(
    new RegExp(`CRT-001 has kit ${first} already, dispensed on [\\d-]+ and not returned`),
  );
});

test('nobody who stopped, or should not be in the study, gets a kit without a deviation', () => {
  const stop = ['--from', 'treatment', '--date', '2026-05-28', ...WHY, ...BY, '--study', study];
  mustRun('withdraw', 'CRT-002', ...stop);
  const [own] = kitsOf(2);
  const refused = kit('dispensed', own, '--subject', 'CRT-002');
  expect(refused.status).toBe(65);
  expect(refused.stderr).toContain(
    `kit ${own}: CRT-002 was withdrawn from treatment on 2026-05-28: DO NOT GIVE IT`,
  );
  expect(kit('dispensed', own, '--subject', 'CRT-002', '--deviation', ...WHY).status).toBe(0);
  mustRun('randomized-in-error', 'CRT-003', ...WHY, ...BY, '--study', study);
  const [wrong] = kitsOf(3);
  expect(kit('dispensed', wrong, '--subject', 'CRT-003').stderr).toContain(
    `kit ${wrong}: CRT-003 was randomized in error`,
  );
  expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
});

test('no more units come back than are left, and a kit is lost as a whole', () => {
  const [first] = kitsOf(1);
  const given = ['--visit', 'D1', '--date', '2026-06-01', '--kit', first, ...BY];
  mustRun('dose', 'CRT-001', ...given, '--study', study);
  const back = kit('returned', first, '--units', '9');
  expect(back.status).toBe(65);
  expect(back.stderr).toContain(`kit ${first} has at most 8 units: 1 of its 9 was given.`);
  const [fourth] = kitsOf(4);
  expect(kit('lost', fourth, '--units', '2').stderr).toContain(
    `nobody can be treated from the other 7 units of kit ${fourth} then`,
  );
  expect(kit('dispensed', first, '--subject', 'CRT-004').stderr).toContain(
    `CRT-004's kits: ${fourth} (lost: DO NOT GIVE IT), then the spare`,
  );
  const file = join(study, '..', 'lost.pdf');
  const labels = ['--kits', fourth, '--output', file, '--dry-run', '--study', study];
  expect(randose('labels', ...labels, ...BY).stderr).toContain(
    `kit ${fourth} was lost: do not use its labels.`,
  );
});

test('a kit that was never dispensed is not brought back: what to record is said', () => {
  const [fourth] = kitsOf(3);
  const { status, stderr } = kit('returned', fourth, '--units', '9');
  expect(status).toBe(65);
  expect(stderr).toContain(`kit ${fourth} was never dispensed, by its records`);
  expect(stderr).toContain(`randose kit dispensed --kits ${fourth} --subject CRT-003 --date DATE`);
  expect(stderr).toContain(`randose kit returned-to-depot --kits ${fourth} --by WHO`);
  expect(stderr).not.toContain('retracted');
});

test('a lost kit whose spare is not received yet: the spare is named', () => {
  const [fifth, spare] = kitsOf(5);
  kit('lost', fifth);
  const who = ['--subject', 'CRT-005', '--site', 'CRT', '--day1', '2026-06-02', '--dry-run'];
  expect(randose('randomize', ...who, '--study', study, ...BY).stderr).toContain(
    `kit ${fifth} of R005 was lost: do not treat anybody from it. Its spare kit ${spare} is not recorded as received`,
  );
});

test('a kit from which somebody else was treated is told of, and has fewer units', () => {
  const [sixth, spare] = kitsOf(6);
  expect(kit('received', [sixth, spare].join()).status).toBe(0);
  const given = ['--visit', 'D1', '--date', '2026-06-01', '--kit', sixth, '--deviation', ...WHY];
  mustRun('dose', 'CRT-004', ...given, ...BY, '--study', study);
  const who = ['--from', join(study, '..', 'two.csv'), ...BY, '--study', study];
  writeFileSync(join(study, '..', 'two.csv'), TWO_MORE);
  const used = `kit ${sixth} of R006 has 8 of its 9 units: D1 of CRT-004 was given from it`;
  const { stderr } = randose('randomize', ...who);
  expect(stderr).toContain(`${used}: use its spare kit ${spare}, which is in stock.`);
  const before = `kit ${sixth} has 8 of its 9 units: D1 of CRT-004 was given from it. Kit ${spare} of the same slot is full, and in stock.`;
  const out = kit('dispensed', sixth, '--subject', 'CRT-006');
  expect(out.stdout).toMatch(new RegExp(`^kit ${sixth}: dispensed on .*, CRT-006, 8 units\\.\n`));
  expect(out.stderr).toContain(before);
  expect(mustRun('check', sixth, '--study', study)).toContain('8 dispensed, 0 given, 8 open');
  const back = kit('returned', sixth, '--units', '9');
  expect(back.stderr).toContain(`kit ${sixth} has at most 8 units`);
  expect(kit('returned', sixth, '--units', '8').stdout).toContain(', 8 units');
  expect(randose('verify', '--study', study).stdout).not.toContain(`${sixth} of CRT-006: 8 units`);
  kit('retracted', sixth, ...WHY);
  // Whose injection it was is said, and not whose kit it is.
  expect(kit('retracted', sixth, ...WHY).stderr).toContain(
    `1 injection of CRT-004 was given from kit ${sixth}.`,
  );
});

test('a refused date: the dates that are offered are before the kit was lost', () => {
  const both = kitsOf(1).join(); // CRT-001 has them, and had D1 on 1 June
  expect(kit('lost', both, '--date', '2026-06-03').status).toBe(0);
  const who = ['--visit', 'D2', ...BY, '--study', study];
  expect(randose('dose', 'CRT-001', ...who, '--date', '2026-05-31').stderr).toContain(
    'Allowed: 2026-06-02 Tue.\n',
  );
});

test('the lot is in the table of kits as soon as there are two', () => {
  const table = () => mustRun('kit', '--study', study).split('\n');
  expect(table()[0]).not.toContain('Lot');
  const file = join(study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  const more = text
    .replace('slots: 3 }', 'slots: 6 }')
    .replace('expiry: 2027-06 }', 'expiry: 2027-06 }\n    - { batch: 2, lot: L2026-07 }');
  writeFileSync(file, more);
  const key = ['--identity', join(FIXTURES, 'keys', 'statistician.key')];
  const plan = ['--plan', join(study, '..', 'plan.yaml')];
  mustRun('allocate', '--extend', ...plan, ...key, '--study', study, ...BY);
  expect(table()[0]).toMatch(/^Kit +No\. +Subject +Lot +Use by +Received +Dispensed +State +Since/);
  expect(table().filter((row) => / R\d{3} +L2026-07 /.test(row))).toHaveLength(6);
});
