import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAssignments } from '../../src/ledger/check-assignments.ts';
import {
  type Assignment,
  assignNextFree,
  assignReplacement,
  findRandomization,
  kitsOfEntry,
  meantByKit,
  meantId,
  meantSubject,
  nearlyFull,
  randomizations,
  replacementUse,
  requireRandomization,
  strataUse,
} from '../../src/ledger/enrolment.ts';
import { kitAccounts } from '../../src/ledger/accountability.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { whyNot } from '../../src/ledger/kit-rules.ts';
import { type Participant, readParticipant } from '../../src/ledger/participants.ts';
import { makeAllocationList, ownKits } from '../../src/randomization/list.ts';
import { design, EXAMPLE_SEED, planOf } from '../support/designs.ts';
import { failureOf } from '../support/failure.ts';
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

  test('can be all of a stratum', () => {
    const all = new Set(['R007', 'R008', 'R009']);
    expect(strataUse(slots, [], all)[1]).toEqual({
      stratum: 'site=S2',
      slots: 3,
      used: 3,
      left: 0,
    });
    expect(assignNextFree(study, slots, [], [person('A', 'S2')], all).ok).toBe(false);
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

test('a participant is found by an id of before, but not instead of the one who has it now', () => {
  const entries = ledgerOf(...assign([], person('A'), person('B')));
  const correction = {
    ...entries[1]!,
    action: 'subject correction',
    seq: 9,
    newId: 'C',
  } as unknown as Entry;
  expect(findRandomization([...entries, correction], 'c')?.number).toBe('R001');
  expect(findRandomization([...entries, correction], 'b')?.number).toBe('R002');
});

describe('a subject id that nobody has', () => {
  const [first, second] = slots;
  const entries = ledgerOf(...assign([], person('CRT-001'), person('CRT-012')));
  const refused = (typed: string, known: readonly Entry[] = entries) =>
    failureOf(() => requireRandomization(known, typed));
  const CHECK = 'Check the subject id. To list participants, run: randose calendar';

  test('is refused, and one that somebody has is not', () => {
    expect(requireRandomization(entries, ' crt-012 ').number).toBe('R002');
    expect(refused('LYO-9')).toEqual({
      code: 'bad-data',
      message: 'subject "LYO-9" is not randomized in this study',
      problems: [],
      hint: CHECK,
    });
  });

  test('but is like that of one participant is refused, and the hint names that one', () => {
    expect(refused('CRT_O01').hint).toBe(`Did you mean CRT-001? ${CHECK}`);
    expect(refused('CRT\u2013001').hint).toBe(
      `It has an en dash (U+2013) in the place of "-": type CRT-001. ${CHECK}`,
    );
    expect(refused('ROO1').hint).toBe(`Did you mean R001 (CRT-001)? ${CHECK}`);
  });

  test('but is like those of two is refused without a guess', () => {
    const both = ledgerOf(...assign([], person('CRT-1'), person('CRT_1')));
    expect(meantSubject(both, 'CRT1')).toBe('');
    expect(meantSubject(ledgerOf(...assign([], person('CRT-1'))), 'CRT1')).toBe(
      'Did you mean CRT-1? ',
    );
    expect(refused('CRT1', both).hint).toBe(CHECK);
  });

  test('but is a randomization number or a kit is refused, and the hint says whose', () => {
    expect(refused(' r002 ')).toEqual({
      code: 'bad-data',
      message: '" r002 " is the randomization number of CRT-012, not a subject id',
      problems: [],
      hint: 'For this participant, type: --subject CRT-012',
    });
    expect(refused(second!.kit!.toLowerCase())).toMatchObject({
      message: `"${second!.kit!.toLowerCase()}" is the kit of CRT-012, not a subject id`,
      hint: 'For this participant, type: --subject CRT-012',
    });
    expect(refused('R003').message).toBe('subject "R003" is not randomized in this study');
  });

  test('but is one of the kits of a participant is refused, and participants without kits are not named', () => {
    const [one, other] = randomizations(entries);
    const { kit, ...bare } = one!;
    const kits = [
      { type: 'tablets', kit: other!.kit! },
      { type: 'syringe', kit: kit! },
    ];
    const ledger = [bare as Entry, { ...other!, kits }];
    expect(refused(kit!, ledger).message).toBe(`"${kit}" is the kit of CRT-012, not a subject id`);
  });

  test('is a number that two participants may have meant without a guess', () => {
    const [one, other] = randomizations(entries);
    const alike = [
      { ...one!, number: 'R-1' },
      { ...other!, number: 'R01' },
    ];
    expect(meantId(alike.slice(1), 'R1')).toBe('Did you mean R01 (CRT-012)? ');
    expect(meantId(alike, 'R1')).toBe('');
  });

  test('typed as a kit code is told apart from one', () => {
    const text = 'names the participant CRT-001 (R001), not a kit. ';
    expect(meantByKit(entries, ' crt-001 ')).toBe(`crt-001 ${text}`);
    expect(meantByKit(entries, ' r001 ')).toBe(`r001 ${text}`);
    expect(meantByKit(entries, 'CRT_001')).toBe('Did you mean CRT-001? ');
    expect(meantByKit(entries, first!.kit!)).toBe('');
  });
});

test('the kits of a participant are one of each type, or one, or none', () => {
  expect(kitsOfEntry({})).toEqual([]);
  expect(kitsOfEntry({ kit: 'K1' })).toEqual(['K1']);
  const kits = [
    { type: 'tablets', kit: 'K1' },
    { type: 'syringe', kit: 'K2' },
  ];
  expect(kitsOfEntry({ kit: 'K1', kits })).toEqual(['K1', 'K2']);
});

test('a participant gets the kits of the slot, of all types, and the Day 1 that was planned', () => {
  const kitTypes = [
    { type: 'tablets', spares: 1 },
    { type: 'syringe', spares: 0 },
  ];
  const typed = { ...design([2, 1], [3]), kitTypes, spareKits: 1 };
  const list = makeAllocationList(typed, planOf([3]), EXAMPLE_SEED);
  const [first] = list;
  const about = { subject: 'A', site: 'S1', stratum: 'site=S1', number: 'R001' };
  expect(assignNextFree(study, list, [], [person('A')])).toEqual({
    ok: true,
    value: [{ ...about, kit: first!.kit, kits: ownKits(first!), day1: '2026-06-01' }],
  });
  const bare = makeAllocationList(
    { ...design([2, 1], [3]), hasKits: false },
    planOf([3]),
    EXAMPLE_SEED,
  );
  const unplanned = { ...person('A'), day1: undefined };
  const assigned = assignNextFree(study, bare, [], [unplanned]);
  expect(assigned.ok && assigned.value).toStrictEqual([about]);
});

describe('a list with replacement slots', () => {
  const twice = { ...design([2, 1], [3, 3]), replacements: { offset: 100 } };
  const list = makeAllocationList(twice, planOf([3]), EXAMPLE_SEED);
  const replaced = (site: string, taken: readonly string[] = []) => {
    const entries = ledgerOf(...assign([], person('A')));
    const [old] = randomizations(entries);
    const asked = { ...person('B', site), place: { file: 'p.csv', line: 2 } };
    return assignReplacement(study, list, entries, asked, old!, new Set(taken));
  };

  test('gives the replacement slot, and the next free slot to others', () => {
    expect(replaced('S1')).toMatchObject({ ok: true, value: [{ number: 'R101', replaces: 'A' }] });
    const done = replaced('S1');
    if (!done.ok) throw new Error('bad example');
    const entries = ledgerOf(...assign([], person('A')), ...done.value);
    expect(assignNextFree(study, list, entries, [person('C')])).toMatchObject({
      value: [{ number: 'R002' }],
    });
    expect(strataUse(list, randomizations(entries))).toEqual([
      { stratum: 'site=S1', slots: 3, used: 1, left: 2 },
      { stratum: 'site=S2', slots: 3, used: 0, left: 3 },
    ]);
    expect(replacementUse(list, randomizations(entries))).toEqual({ slots: 6, used: 1 });
    expect(replacementUse(slots, randomizations(entries))).toBeUndefined();
  });

  test('does not give it twice', () => {
    expect(replaced('S1', ['R101', 'R001'])).toEqual({
      ok: false,
      problems: [
        {
          file: 'p.csv',
          line: 2,
          message:
            'the replacement slot R101 is in use already: another site has replaced the participant',
        },
      ],
    });
  });

  test('does not give it at another site', () => {
    expect(replaced('S2')).toEqual({
      ok: false,
      problems: [
        {
          file: 'p.csv',
          line: 2,
          message:
            'the replacement slot R101 is for site S1, not for S2: randomize at S1, and transfer the participant afterwards',
        },
      ],
    });
  });

  test('does not give it in another country', () => {
    const strata = [{ id: 'country=FR/sex=F', slots: 3 }];
    const ofCountry = makeAllocationList({ ...twice, strata }, planOf([3]), EXAMPLE_SEED);
    const sites = [
      { code: 'CRT', name: 'A', country: 'FR' },
      { code: 'BER', name: 'B', country: 'DE' },
    ];
    const [slot] = ofCountry;
    const { number, stratum } = slot!;
    const entries = ledgerOf({ subject: 'A' as never, site: 'CRT', stratum, number });
    const at = (site: string) =>
      assignReplacement(
        { sites, stratifyBy: ['country', 'sex'] },
        ofCountry,
        entries,
        { ...person('B', site), levels: { sex: 'M' } },
        randomizations(entries)[0]!,
      );
    // Whatever their own levels.
    expect(at('CRT')).toMatchObject({ value: [{ number: 'R101', stratum }] });
    expect(at('BER')).toMatchObject({
      problems: [
        {
          message:
            'the replacement slot R101 is for sites with country FR, not for BER: name such a site with --site',
        },
      ],
    });
  });
});

describe('a stratum is nearly full', () => {
  const use = (slots: number, left: number) => ({
    stratum: `${left} of ${slots}`,
    slots,
    used: slots - left,
    left,
  });
  const names = (all: readonly ReturnType<typeof use>[], few?: number) =>
    nearlyFull(all, few).map(({ stratum }) => stratum);

  test('if at most three slots are left, or a fifth', () => {
    expect(names([use(6, 4), use(6, 3), use(6, 0)])).toEqual(['3 of 6', '0 of 6']);
    expect(names([use(24, 5), use(24, 4), use(25, 5), use(100, 20), use(100, 21)])).toEqual([
      '4 of 24',
      '5 of 25',
      '20 of 100',
    ]);
  });

  test('if at most another number is left, which somebody has named', () => {
    expect(names([use(6, 2), use(6, 1), use(100, 2)], 1)).toEqual(['1 of 6']);
    expect(names([use(6, 0), use(6, 1)], 0)).toEqual(['0 of 6']);
  });

  test('only once it is in use', () => {
    expect(names([use(3, 3)])).toEqual([]);
    expect(names([use(3, 2)])).toEqual(['2 of 3']);
  });
});

test('a site that study.yaml describes otherwise than before takes nobody, with its place', () => {
  const sites = [{ code: 'CRT', name: 'A', country: 'FR' }];
  const strata = [{ id: 'country=FR', slots: 3 }];
  const list = makeAllocationList({ ...design([2, 1], []), strata }, planOf([3]), EXAMPLE_SEED);
  const asked = person('B', 'CRT');
  const first = assignNextFree({ sites, stratifyBy: ['country'] }, list, [], [person('A', 'CRT')]);
  const entries = ledgerOf(...(first.ok ? first.value : []));
  const message = (country: string | undefined) => {
    const now = [{ code: 'CRT', name: 'A', country }];
    const assigned = assignNextFree({ sites: now, stratifyBy: ['country'] }, list, entries, [
      asked,
    ]);
    return assigned.ok ? undefined : assigned.problems;
  };
  const text = (said: string) =>
    `study.yaml says country ${said} of site CRT, but A was randomized there in country=FR: set it back to FR`;
  expect(message('FR')).toBeUndefined();
  expect(message('DE')).toEqual([{ file: 'p.csv', line: 2, message: text('DE') }]);
  expect(message(undefined)).toEqual([{ file: 'p.csv', line: 2, message: text('nothing') }]);
});

test('the last slot of a stratum of one is told as its only slot', () => {
  const list = slots.slice(0, 1);
  const entries = ledgerOf(...assign([], person('A')));
  expect(assignNextFree(study, list, entries, [person('B')])).toMatchObject({
    problems: [
      {
        message: expect.stringMatching(
          /^stratum site=S1 is full: its only slot is used; none is left for B\. The statistician/,
        ) as string,
      },
    ],
  });
});

test('a site that has no slots yet takes nobody', () => {
  const sites = [...study.sites, { code: 'S3', name: 'S3' }];
  expect(assignNextFree({ ...study, sites }, slots, [], [person('A', 'S3')])).toMatchObject({
    problems: [{ message: expect.stringContaining('stratum site=S3 is full: all 0') as string }],
  });
});

test('a participant who was typed twice without a file is told so, without a line', () => {
  const typed = { ...person('A'), place: {} };
  expect(assignNextFree(study, slots, [], [typed, typed])).toEqual({
    ok: false,
    problems: [{ message: 'subject A is already in this file' }],
  });
});
