import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { FIXTURES, jsonOf, mustRun, randose, testFolder } from '../support/command-line.ts';

const DAY1 = ['--day1', '2026-06-01'];
const BY = ['--by', 'E. Example, pharmacist, Example Hospital'];
const WHY = ['--reason', 'example', ...BY];

/** A study with a list. */
interface Made {
  readonly study: string;
  readonly plan: string;
  /** Runs a command on it. */
  readonly on: (...words: string[]) => string;
  readonly key: (name: string) => string[];
  /** The rows of a list.csv. */
  readonly list: (batch: string) => Record<string, string>[];
  /** Changes study.yaml. */
  readonly edit: (from: string, to: string) => void;
}

function made(text: string, plan: string): Made {
  const folder = testFolder();
  const study = join(folder, 'study');
  mkdirSync(study);
  const yaml = join(study, 'study.yaml');
  const planFile = join(folder, 'plan.yaml');
  writeFileSync(yaml, text);
  writeFileSync(planFile, plan);
  mustRun('allocate', '--study', study, '--plan', planFile, ...BY);
  return {
    study,
    plan: planFile,
    on: (...words) => mustRun(...words, '--study', study),
    key: (name) => ['--identity', join(FIXTURES, 'keys', `${name}.key`)],
    list: (batch) => rowsOf(readFileSync(join(study, 'allocation', batch, 'list.csv'), 'utf8')),
    edit: (from, to) => {
      const before = readFileSync(yaml, 'utf8');
      expect(before).toContain(from);
      writeFileSync(yaml, before.replace(from, to));
    },
  };
}

function rowsOf(csv: string): Record<string, string>[] {
  return parse(csv, { columns: true });
}

/** Each replacement slot with the arm and the stratum of the slot that it is for. */
function expectSameArms(list: readonly Record<string, string>[], slots: number): void {
  const byNumber = new Map(list.map((row) => [row.randomization_number, row]));
  const twins = list.filter((row) => row.replacement_for !== '');
  expect(twins).toHaveLength(slots);
  for (const { replacement_for: number, arm, stratum, batch } of twins) {
    expect({ arm, stratum, batch }).toEqual({
      arm: byNumber.get(number)?.arm,
      stratum: byNumber.get(number)?.stratum,
      batch: byNumber.get(number)?.batch,
    });
  }
}

const PEOPLE = /officers:[^]*/.exec(
  readFileSync(join(FIXTURES, 'designs', 'sentinels', 'study.yaml'), 'utf8'),
)![0];

const CROSSOVER = `randose: 1
study: { id: EX-RX, title: Example of replacement slots, sponsor: Example }
arms:
  - { code: AB, name: Active then placebo, type: active, ratio: 2, periods: [Active, Placebo] }
  - { code: BA, name: Placebo then active, type: active, ratio: 1, periods: [Placebo, Active] }
sites:
  - { code: PAR, name: Example Hospital, country: FR, timeZone: Europe/Paris }
  - { code: LYO, name: Other Hospital, country: FR, timeZone: Europe/Paris }
factors:
  - { name: cohort, levels: [sentinel, main] }
stratifyBy: [cohort]
strata:
  - { cohort: sentinel, slots: 2, ratio: { AB: 1, BA: 1 } }
  - { cohort: main, slots: 6 }
replacements: { offset: 500 }
schedule:
  periods:
    - { name: Period 1, days: 1-28 }
    - { name: Period 2, days: 57-84 }
  injections:
    - { phase: treatment, days: [1, 57], window: ±1 }
supplies: { kit: { spares: 1 } }
${PEOPLE}`;

const SENTINELS = `blocks: { sizes: [3] }
strata:
  - { cohort: sentinel, blocks: { sizes: [2] } }
`;

test('replacement slots in a crossover with a ratio per stratum, spare kits and an amendment, to the lock', () => {
  const { study, plan, on, key, list, edit } = made(CROSSOVER, SENTINELS);
  const first = list('.');
  expect(Object.keys(first[0]!).slice(3)).toEqual(['kit', 'spare_kits', 'replacement_for']);
  const kitsOf = ({ kit = '', spare_kits: spares = '' }) => [kit, ...spares.split(' ')];
  const start = (subject: string, cohort: string) =>
    on(
      ...['randomize', '--subject', subject, '--site', 'PAR'],
      ...['--factor', `cohort=${cohort}`, ...DAY1, ...BY],
    );
  start('PAR-001', 'sentinel');
  start('PAR-002', 'main');
  on('dose', 'PAR-001', '--visit', 'D1', '--date', '2026-06-01', ...BY);
  on('withdraw', 'PAR-001', '--from', 'study', '--date', '2026-06-01', ...WHY);

  // The list does not say the site: the participant who replaces one can be at another. The amendment counts for them.
  edit(
    'supplies:',
    `amendments:
  - id: A1
    from: 2026-06-01
    applies: later participants
    schedule:
      periods: [{ name: Period 1, days: 1-28 }, { name: Period 2, days: 57-84 }]
      injections: [{ phase: treatment, days: [1, 64], window: ±1 }]
supplies:`,
  );
  on('amend', '--id', 'A1', ...WHY);
  const replaced = on(
    ...['replace', '--subject', 'LYO-003', '--for', 'PAR-001', '--site', 'LYO'],
    ...['--factor', 'cohort=main', '--day1', '2026-06-08', ...BY],
  );
  expect(replaced).toMatch(/^LYO-003 +LYO +cohort=sentinel +R501 .* PAR-001$/m);
  expect(on('calendar', 'LYO-003')).toMatch(/D64 +Period 2 +Injection 2 of 2/);
  // A spare kit of a replacement slot takes the place of its kit.
  const twin = first.find((row) => row.randomization_number === 'R501')!;
  const [own, spare] = kitsOf(twin) as [string, string];
  on('kit', 'lost', '--kits', own, '--date', '2026-06-08', ...WHY);
  on(...['dose', 'LYO-003', '--visit', 'D1', '--date', '2026-06-08', '--kit', spare], ...BY);
  expect(on('check', spare)).toContain('spare kit of R501, replacement slot of R001, of LYO-003');

  // A further batch: other spare kits, more slots of both strata, replacement slots for them too.
  edit('spares: 1', 'spares: 2');
  edit('slots: 2,', 'slots: 4,');
  edit('slots: 6 }', 'slots: 9 }');
  const extend = ['allocate', '--extend', '--plan', plan, ...key('statistician'), ...BY];
  edit('offset: 500', 'offset: 600');
  const refused = randose(...extend, '--study', study);
  expect(refused.status).toBe(65);
  expect(refused.stderr).toContain('Replacement slots are sealed with the list');
  edit('offset: 600', 'offset: 500');
  expect(on(...extend)).toContain('batch 2, 5 slots and as many replacement slots in 2 strata');
  const second = list('batch-2');
  expect(second.map((row) => [row.randomization_number, row.replacement_for])).toEqual([
    ...['R009', 'R010', 'R011', 'R012', 'R013'].map((number) => [number, '']),
    ...['R009', 'R010', 'R011', 'R012', 'R013'].map((number) => [
      number.replace('R0', 'R5'),
      number,
    ]),
  ]);
  const kits = [...first, ...second].flatMap(kitsOf);
  expect(new Set(kits).size).toBe(16 * 2 + 10 * 3);
  expect(jsonOf('status', '--study', study)).toMatchObject({
    strata: [
      { stratum: 'cohort=sentinel', slots: 4, used: 1, left: 3 },
      { stratum: 'cohort=main', slots: 9, used: 1, left: 8 },
    ],
    replacementSlots: { slots: 13, used: 1 },
  });
  expect(on('verify', '--regenerate', ...key('officer'))).toContain('match, 26 of 26 slots');
  const packed = on('packing', ...key('packer'), '--output', '-', ...WHY);
  expect(packed.trim().split('\n')).toHaveLength(1 + kits.length);

  // Who saw the arm of one knows the letter of both.
  const opened = on('unblind', 'PAR-001', ...key('officer'), ...WHY);
  expect(opened).toMatch(/Period 1: (Active|Placebo)\n {2}Period 2: (Active|Placebo)\n/);
  expect(opened).toContain('Same arm: R501 is the replacement slot of R001, and LYO-003 has R501.');
  const file = join(testFolder(), 'MASKED.json');
  const masked = randose(
    ...['unblind', '--all', '--masked', '--until', '2026-06-08', '--purpose', 'interim 1'],
    ...[...key('statistician'), ...BY, '--study', study, '--output', file],
  );
  expect(masked.stderr).toContain('the arm of 2 participants in this table was opened');
  const { participants } = JSON.parse(readFileSync(file, 'utf8')) as {
    participants: Record<string, string>[];
  };
  const letterOf = new Map(participants.map((row) => [row.SUBJID, row.ARMCD]));
  expect(letterOf.get('LYO-003')).toBe(letterOf.get('PAR-001'));

  // Nobody is randomized in the place of somebody else once the database is locked.
  on('withdraw', 'PAR-002', '--from', 'study', '--date', '2026-06-08', ...WHY);
  on('lock', ...WHY);
  const next = ['--for', 'PAR-002', '--factor', 'cohort=main', '--day1', '2026-06-15', ...BY];
  const locked = randose('replace', '--subject', 'PAR-004', ...next, '--study', study);
  expect(locked.status).not.toBe(0);
  expect(locked.stderr).toContain('locked');

  const rows = rowsOf(on('unblind', '--all', ...key('statistician'), ...WHY, '--format', 'csv'));
  const [old, , by] = rows as [Record<string, string>, unknown, Record<string, string>];
  expect(Object.keys(old).slice(-7)).toEqual([
    'RANDSUBJ',
    'SITECUR',
    'REVLDTC',
    'REPLACES',
    'REPLBY',
    'TRT01P',
    'TRT02P',
  ]);
  expect([old.REPLBY, by.REPLACES]).toEqual(['LYO-003', 'PAR-001']);
  expect([by.ARMCD, by.TRT01P, by.TRT02P]).toEqual([old.ARMCD, old.TRT01P, old.TRT02P]);
  const open = on('open', ...key('statistician'), ...WHY, '--output', '-');
  expect(open.split('\n')[0]).toMatch(/,kit,spare_kits,arm,replacement_for$/);
  expectSameArms(rowsOf(open), 13);
  expect(on('verify')).toMatch(/^verified/);
});

test('replacement slots of clusters, without kits and schedule, in an open-label study', () => {
  const clusters = readFileSync(
    join(FIXTURES, 'designs', 'clusters', 'study.yaml'),
    'utf8',
  ).replace(
    'schedule: none',
    'blinding: open label\nreplacements: { offset: 100 }\nschedule: none',
  );
  const { study, plan, on, key, list, edit } = made(clusters, 'blocks: { sizes: [2, 4] }\n');
  expect(Object.keys(list('.')[0]!)).toEqual([
    ...['randomization_number', 'stratum', 'sequence_in_stratum', 'replacement_for'],
  ]);
  const beds = ['--factor', 'beds=LT20'];
  on('randomize', '--subject', 'PAR-WARD-01', '--site', 'PAR', ...beds, ...BY);
  on('randomized-in-error', 'PAR-WARD-01', ...WHY);
  const replaced = on(
    'replace',
    '--subject',
    'PAR-WARD-02',
    '--for',
    'PAR-WARD-01',
    ...beds,
    ...BY,
  );
  expect(replaced).toMatch(/^PAR-WARD-02 +PAR +beds=LT20 +R101 +PAR-WARD-01$/m);
  expect(replaced).toContain('PAR-WARD-01 had R001.');
  expect(on('check', 'R101')).toContain('number R101 is valid, replacement slot of R001.');
  expect(jsonOf('check', 'R101', '--study', study)).toMatchObject({ replacementFor: 'R001' });
  // A reveal is not a code-break: whoever replaces a cluster gets its slot all the same.
  const reveal = on('reveal', 'PAR-WARD-02', ...key('officer'), ...BY);
  expect(reveal).toContain(
    'Same arm: R101 is the replacement slot of R001, and PAR-WARD-01 has R001.',
  );
  on('randomize', '--subject', 'LYO-WARD-01', '--site', 'LYO', ...beds, ...BY);
  on('reveal', 'LYO-WARD-01', ...key('officer'), ...BY);
  on('withdraw', 'LYO-WARD-01', '--from', 'study', '--date', '2026-05-28', ...WHY);
  edit('slotsPerStratum: 8', 'slotsPerStratum: 12');
  on('allocate', '--extend', '--plan', plan, ...key('statistician'), ...BY);
  const next = ['--for', 'LYO-WARD-01', ...beds, ...BY];
  expect(on('replace', '--subject', 'LYO-WARD-02', ...next)).toContain('R102');
  expect(on('verify', '--regenerate', ...key('officer'))).toContain('match, 48 of 48 slots');
  const open = on('open', ...key('statistician'), ...WHY, '--output', '-');
  expect(open.split('\n')[0]).toMatch(/,sequence_in_block,arm,replacement_for$/);
  expectSameArms(rowsOf(open), 24);
  expect(on('verify')).toMatch(/^verified/);
});
