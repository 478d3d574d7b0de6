import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAssignments } from '../../src/ledger/check-assignments.ts';
import {
  type Assignment,
  assignNextFree,
  assignReplacement,
  findRandomization,
  randomizations,
  replacementUse,
  strataUse,
} from '../../src/ledger/enrolment.ts';
import { kitAccounts } from '../../src/ledger/accountability.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { whyNot } from '../../src/ledger/kit-rules.ts';
import { type Participant, readParticipant } from '../../src/ledger/participants.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import { design, EXAMPLE_SEED, planOf } from '../support/designs.ts';
import { entriesOfActs } from '../support/ledger.ts';

const slots = makeAllocationList(design([2, 1], [6, 3]), planOf([3]), EXAMPLE_SEED);
const study = { sites: ['S1', 'S2'].map((code) => ({ code, name: code })), stratifyBy: ['site'] };
const allocation = {
  action: 'allocation',
  batch: 1,
  list: 'ff',
  manifest: '0'.repeat(64),
} as const;

function person(subject: string, site = 'S1', line = 2): Participant {
  const read = readParticipant({ subject, site, levels: {}, day1: '2026-06-01' }, [], {
    file: 'p.csv',
    line,
  });
  if (!read.ok) throw new Error('bad example');
  return read.value;
}

function ledgerOf(...assignments: Assignment[]): Entry[] {
  const who = { name: 'Example', role: '', organisation: '' };
  const given = assignments.map((each) => ({ action: 'randomization' as const, who, ...each }));
  const acts = [{ who, ...allocation }, ...given];
  return entriesOfActs(acts, { time: '2026-05-01T00:00:00.000Z' });
}

function assign(entries: readonly Entry[], ...people: Participant[]): Assignment[] {
  const assigned = assignNextFree(study, slots, entries, people);
  if (!assigned.ok) throw new Error(JSON.stringify(assigned.problems));
  return assigned.value;
}

describe('slots that are in use by participants whom the reader may not see', () => {
  const taken = new Set(['R001', 'R003', 'R004']);

  test('are never given again: the next free one is given', () => {
    const people = ['A', 'B', 'C'].map((subject) => person(subject));
    const assigned = assignNextFree(study, slots, [], people, taken);
    if (!assigned.ok) throw new Error(JSON.stringify(assigned.problems));
    const entries = ledgerOf(...assigned.value);
    expect(assigned.value.map(({ number }) => number)).toEqual(['R002', 'R005', 'R006']);
    expect(checkAssignments(slots, entries, undefined, taken)).toEqual([]);
    expect(checkAssignments(slots, entries)).toHaveLength(3);
    expect(assignNextFree(study, slots, entries, [person('D')], taken)).toMatchObject({
      problems: [
        { message: expect.stringContaining('full: all 6 slots are used; none is left') as string },
      ],
    });
  });

  test('count as used, once if the reader sees the participant too', () => {
    const entries = ledgerOf(...assign([], person('A')));
    expect(strataUse(slots, randomizations(entries), taken)).toEqual([
      { stratum: 'site=S1', slots: 6, used: 3, left: 3 },
      { stratum: 'site=S2', slots: 3, used: 0, left: 3 },
    ]);
  });

  test('are not given to a replacement', () => {
    const [first] = slots;
    const reserved = { ...slots[5]!, number: 'R106' as never, replacementFor: first!.number };
    const list = [...slots, reserved];
    const entries = ledgerOf(...assign([], person('A')));
    const [old] = randomizations(entries);
    const replaced = (hidden: readonly string[]) =>
      assignReplacement(study, list, entries, person('B'), old!, new Set(hidden));
    expect(replaced([])).toMatchObject({ value: [{ number: 'R106' }] });
    expect(replaced(['R106'])).toMatchObject({
      problems: [{ message: expect.stringContaining('R106 is in use already') as string }],
    });
    expect(replacementUse(list, [], new Set(['R106', 'R001']))).toEqual({ slots: 1, used: 1 });
  });
});

describe('the next free slot', () => {
  test('is taken in the given order, separately in each stratum [R-053]', () => {
    const taken = assign([], person('A'), person('B', 'S2'), person('C'), person('D', 'S2'));
    expect(taken.map(({ subject, number }) => `${subject} ${number}`)).toEqual([
      'A R001',
      'B R007',
      'C R002',
      'D R008',
    ]);
    expect(taken[0]).toMatchObject({ kit: slots[0]!.kit, stratum: 'site=S1', site: 'S1' });
  });

  test('follows the entries of the ledger', () => {
    const entries = ledgerOf(...assign([], person('A'), person('B')));
    expect(assign(entries, person('C'))).toMatchObject([{ number: 'R003' }]);
  });

  test.each<[string, Participant[], string]>([
    [
      'a subject of the ledger, in small letters',
      [person('a')],
      'subject a was randomized on 2026-05-01 (UTC): R001',
    ],
    [
      'a subject twice in a file',
      [person('B'), person('b', 'S1', 3)],
      'subject b is already in this file, at line 2',
    ],
    ['an unknown site', [person('B', 'S9')], 'site "S9" is unknown: study.yaml has S1, S2'],
    [
      'a full stratum',
      ['B', 'C', 'D', 'E'].map((subject, index) => person(subject, 'S2', index + 2)),
      'stratum site=S2 is full: all 3 slots are used; none is left for E. The statistician can add slots: raise the numbers under strata in study.yaml, then: randose allocate --extend --plan FILE --identity KEY',
    ],
  ])('is not given to %s; then nobody gets a slot', (_, people, message) => {
    const entries = ledgerOf(...assign([], person('A')));
    const assigned = assignNextFree(study, slots, entries, [person('Z'), ...people]);
    expect(assigned).toMatchObject({ ok: false, problems: [{ file: 'p.csv', message }] });
  });

  test('any order of participants and commands gives a ledger that passes the checks', () => {
    const arrivals = fc.array(fc.constantFrom('S1', 'S2'), { maxLength: 9 });
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 4 }), (sites, atOnce) => {
        const all: Assignment[] = [];
        const left = { S1: 6, S2: 3 };
        const people = sites
          .filter((site) => (left[site] -= 1) >= 0)
          .map((site, index) => person(`P${index}`, site));
        for (let first = 0; first < people.length; first += atOnce) {
          all.push(...assign(ledgerOf(...all), ...people.slice(first, first + atOnce)));
        }
        expect(all.map((each) => each.subject)).toEqual(people.map((each) => each.subject));
        expect(new Set(all.map((each) => each.number)).size).toBe(all.length);
        expect(checkAssignments(slots, ledgerOf(...all))).toEqual([]);
      }),
    );
  });
});

describe('a ledger is checked against the list', () => {
  const [a, b, c] = assign([], person('A'), person('B'), person('C')) as [
    Assignment,
    Assignment,
    Assignment,
  ];
  test.each<[string, Assignment[], number]>([
    ['a slot passed over', [a, c], 3],
    ['two slots exchanged', [b, a, c], 2],
    ['a slot given twice', [a, { ...b, number: a.number, kit: a.kit }], 3],
    ['another kit', [{ ...a, kit: b.kit }], 2],
    ['a subject twice', [a, { ...b, subject: a.subject }], 3],
    ['a stratum that is not on the list', [{ ...a, stratum: 'site=X' }], 2],
    ['a site of another stratum', [{ ...a, site: 'S2' }], 2],
  ])('%s is found, at its line', (_, assignments, line) => {
    const problems = checkAssignments(slots, ledgerOf(...assignments));
    expect(problems[0]).toMatchObject({ file: 'ledger.jsonl', line });
  });
});

describe('strata without the site', () => {
  const sites = [
    { code: 'CRT', name: 'A', country: 'FR' },
    { code: 'LYO', name: 'B', country: 'FR' },
    { code: 'BER', name: 'C', country: 'DE' },
  ];
  const strata = [
    { id: 'country=FR/sex=F', slots: 3 },
    { id: 'country=DE/sex=F', slots: 3 },
  ];
  const list = makeAllocationList({ ...design([2, 1], []), strata }, planOf([3]), EXAMPLE_SEED);
  const at = (subject: string, site: string) => ({
    ...person(subject, site),
    levels: { sex: 'F' },
  });
  const assigned = (entries: readonly Entry[], ...people: Participant[]) =>
    assignNextFree({ sites, stratifyBy: ['country', 'sex'] }, list, entries, people);
  const all = assigned([], at('A', 'CRT'), at('B', 'BER'), at('C', 'LYO'));
  const taken = all.ok ? all.value : [];

  test('take what study.yaml says of the site, and the site is recorded', () => {
    expect(taken.map(({ site, stratum, number }) => `${site} ${stratum} ${number}`)).toEqual([
      'CRT country=FR/sex=F R001',
      'BER country=DE/sex=F R004',
      'LYO country=FR/sex=F R002',
    ]);
    expect(checkAssignments(list, ledgerOf(...taken), sites)).toEqual([]);
  });

  test('a site that study.yaml puts elsewhere, or does not have, is found', () => {
    const entries = ledgerOf(...taken);
    const moved = sites.map((site) => (site.code === 'LYO' ? { ...site, country: 'DE' } : site));
    expect(checkAssignments(list, entries, moved)).toMatchObject([{ line: 4 }]);
    expect(checkAssignments(list, entries, sites.slice(0, 2))).toMatchObject([
      { line: 3, message: expect.stringContaining('which study.yaml does not have') as string },
    ]);
    // Without study.yaml, in an emergency, nobody can say.
    expect(checkAssignments(list, entries)).toEqual([]);
    const next = assignNextFree({ sites: moved, stratifyBy: ['country', 'sex'] }, list, entries, [
      at('D', 'LYO'),
    ]);
    expect(next).toMatchObject({
      problems: [{ message: expect.stringContaining('set it back to FR') as string }],
    });
  });

  test('kits belong to the site of the participant who has them, and to none before', () => {
    const kits = kitAccounts(list, ledgerOf(...taken));
    expect(kits.map(({ site }) => site)).toEqual([
      'CRT',
      'LYO',
      undefined,
      'BER',
      undefined,
      undefined,
    ]);
    expect(whyNot(kits[2]!, 'received', null)).toBe(
      `kit ${kits[2]!.kit} belongs to no site until a participant has it (R003): it cannot be received yet`,
    );
    expect(whyNot(kits[1]!, 'received', null)).toBeUndefined();
  });
});

test('a participant is found in upper and lower case, and with spaces around', () => {
  const entries = ledgerOf(...assign([], person('Crt-1')));
  expect(findRandomization(entries, ' CRT-1 ')?.number).toBe('R001');
  expect(findRandomization(entries, 'CRT-11')).toBeUndefined();
});
