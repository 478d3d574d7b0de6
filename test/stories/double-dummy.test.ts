import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIXTURES, jsonOf, mustRun, randose, testFolder } from '../support/command-line.ts';

const DESIGN = join(FIXTURES, 'designs', 'double-dummy');
const BY = ['--by', 'E. Example, pharmacist, Example Hospital'];
const DAY1 = '2026-06-01';
const OFFICER = ['--identity', join(FIXTURES, 'keys', 'officer.key')];
const WHY = ['--reason', 'an example'];
const PACKER = ['--identity', join(FIXTURES, 'keys', 'packer.key')];

/** The kits of a slot, as list.csv has them. */
interface SlotKits {
  readonly number: string;
  readonly tablets: string;
  readonly spare: string;
  readonly syringe: string;
}

/** The design with its list drawn. @param changes of its study.yaml */
function allocated(...changes: [from: string, to: string][]): {
  readonly study: string;
  readonly folder: string;
  readonly slots: readonly SlotKits[];
} {
  const folder = testFolder();
  const study = join(folder, 'study');
  mkdirSync(study);
  const text = changes.reduce(
    (before, [from, to]) => before.replace(from, to),
    readFileSync(join(DESIGN, 'study.yaml'), 'utf8'),
  );
  writeFileSync(join(study, 'study.yaml'), text);
  cpSync(join(DESIGN, 'plan.yaml'), join(folder, 'plan.yaml'));
  mustRun('allocate', '--study', study, '--plan', join(folder, 'plan.yaml'), ...BY);
  return { study, folder, slots: slotsIn(study, 'allocation') };
}

function slotsIn(study: string, folder: string): SlotKits[] {
  const [head, ...rows] = readFileSync(join(study, folder, 'list.csv'), 'utf8')
    .trim()
    .split('\n');
  expect(head).toMatch(
    /^randomization_number,stratum,sequence_in_stratum,kit_tablets,spare_kits_tablets,kit_(syringe|drops,spare_kits_drops)(,replacement_for)?$/,
  );
  return rows.map((row) => {
    const [number, , , tablets, spare, syringe] = row.split(',') as [string, ...string[]];
    return { number, tablets: tablets!, spare: spare!, syringe: syringe! };
  });
}

function on(study: string) {
  const at = ['--study', study];
  return {
    run: (...words: string[]) => mustRun(...words, ...at),
    refused: (...words: string[]) => {
      const ran = randose(...words, ...at);
      expect(ran.status).not.toBe(0);
      return ran.stderr;
    },
    found: (...words: string[]) => {
      const ran = randose(...words, ...at);
      expect(ran.status).toBe(1);
      return ran.stdout;
    },
    talk: (...words: string[]) => randose(...words, ...at).stderr,
    json: (...words: string[]) => jsonOf(...words, ...at),
    randomize: (subject: string) =>
      jsonOf('randomize', '--subject', subject, '--site', 'PAR', '--day1', DAY1, ...BY, ...at),
  };
}

test('a double-dummy trial from the first label to the last count [R-090]', () => {
  const { study, folder, slots } = allocated();
  const [first, second] = slots as [SlotKits, SlotKits];
  const { run, refused, talk, json, randomize } = on(study);

  // Labels: of the syringes one for each injection, of the tablets one for the bottle.
  const check = run('check', first.syringe);
  expect(check).toContain('  Type    syringe\n  Slot    R001, not assigned yet\n');
  expect(check).toContain('  Lot     S2026-01\n  Use by  2027-12-31\n');
  expect(run('check', first.spare)).toContain('  Type    tablets\n  Slot    spare kit of R001');
  const stock = run('labels', '--output', join(folder, 'outer.pdf'), ...BY);
  expect(stock).toContain('48 labels (outer) of 48 kits');
  expect(stock).toContain('tablets, lot T2026-01, use by 2028-06-30; syringe, lot S2026-01');
  const vials = ['labels', '--sheet', 'L7651', '--output', join(folder, 'units.pdf'), ...BY];
  expect(run(...vials)).toContain('48 labels (unit) of 16 kits');
  const labelled = (type: string, ...more: string[]) =>
    ['labels', '--type', type, '--output', join(folder, 'x.csv'), ...more, ...BY] as const;
  const units = labelled('tablets', '--format', 'csv', '--only', 'units');
  expect(refused(...units)).toContain('Only the kit has a label');
  expect(refused(...labelled('drops'))).toContain('Its types are: tablets, syringe');
  const marked = run(...labelled('tablets', '--format', 'csv'));
  expect(marked).toContain('32 labels (outer and unit) of 32 kits');
  expect(marked).toContain('32 labels say REPRINT');

  const { participants } = randomize('PAR-001') as { participants: unknown };
  expect(participants).toEqual([
    expect.objectContaining({
      number: 'R001',
      kit: first.tablets,
      kits: [
        { type: 'tablets', kit: first.tablets },
        { type: 'syringe', kit: first.syringe },
      ],
    }),
  ]);
  const own = ['labels', '--subject', 'PAR-001', '--format', 'csv', ...BY];
  run(...own, '--output', join(folder, 'own.csv'));
  const labels = readFileSync(join(folder, 'own.csv'), 'utf8').trim().split('\n').slice(1);
  expect(labels.map((row) => row.split(',').slice(0, 7).join())).toEqual([
    `outer,${first.tablets},Treatment No.,,PAR-001,,`,
    `outer,${first.syringe},Treatment No.,,PAR-001,,`,
    `unit,${first.syringe},Treatment No.,1,PAR-001,D1,2026-06-01`,
    `unit,${first.syringe},Treatment No.,2,PAR-001,D29,2026-06-29`,
    `unit,${first.syringe},Treatment No.,3,PAR-001,D57,2026-07-27`,
  ]);
  expect(labels[0]).toContain(
    'Exampline 10 mg or placebo,"tablets, by mouth, bottle of 84 tablets"',
  );
  expect(labels[1]).toContain('"solution for injection, subcutaneous use, 3 pre-filled syringes"');

  // Each type has its own account.
  const kits = (event: string, codes: string, ...more: string[]) =>
    ['kit', event, '--kits', codes, '--date', DAY1, ...more, ...BY] as const;
  const came = run(...kits('received', [first.tablets, first.spare, first.syringe].join(',')));
  expect(came).toBe(
    `2 kits (tablets): received on 2026-06-01 Mon, 84 units each, 168 in all.\nkit ${first.syringe} (syringe): received on 2026-06-01 Mon, 3 units.\n`,
  );
  expect(refused(...kits('dispensed', second.syringe, '--subject', 'PAR-001'))).toContain(
    `PAR-001's kits: tablets ${first.tablets}, then the spare ${first.spare}; syringe ${first.syringe}.`,
  );
  expect(talk(...kits('dispensed', first.tablets, '--subject', 'PAR-001'))).toContain(
    'PAR-001 was given no kit of syringe yet.',
  );
  expect(talk(...kits('dispensed', first.syringe, '--subject', 'PAR-001'))).not.toContain(
    'given no kit',
  );

  // Injections come from the syringes, whatever was dispensed last.
  const dose = ['dose', 'PAR-001', '--visit', 'D1', '--date', DAY1, ...BY];
  const wrong = `kit: ${first.tablets} is a kit of tablets, from which no injection is given: PAR-001 has ${first.syringe}`;
  expect(refused(...dose, '--kit', first.tablets)).toContain(wrong);
  run(...dose);
  const calendar = run('calendar', 'PAR-001');
  expect(calendar).toContain(
    `(R001, kit ${first.tablets} (tablets), ${first.syringe} (syringe), site PAR)\nInjections: from kit ${first.syringe} (syringe)\n`,
  );
  const [head, row] = run('calendar', '--format', 'csv').split('\n');
  expect(head).toMatch(/,replaced_by,kits$/);
  expect(row).toMatch(new RegExp(`^PAR-001,PAR,R001,${first.syringe},injection,D1,`));
  expect(row).toMatch(
    new RegExp(`,${first.tablets} \\(tablets\\); ${first.syringe} \\(syringe\\)$`),
  );
  run('calendar', 'PAR-001', '--format', 'ics', '--output', join(folder, 'x.ics'));
  const ics = readFileSync(join(folder, 'x.ics'), 'utf8').replaceAll('\r\n ', '');
  expect(ics.match(new RegExp(`Kit ${first.syringe} \\(syringe\\)`, 'g'))).toHaveLength(3);

  const end = ['--date', '2026-07-27', ...BY];
  run('kit', 'returned', '--kits', first.tablets, '--units', '4', ...end);
  expect(run('check', first.tablets)).toContain(
    '  Units   84 dispensed, 80 taken, 4 returned, 0 open\n',
  );
  const status = run('status');
  expect(status).toMatch(/PAR {3}tablets +16 +16 +2 +1 +1 +0 +1\n/);
  expect(status).toContain('Units (tablets): 84 dispensed, 80 taken, 4 returned, 0 not yet');
  expect(status).toContain('Units (syringe): 3 dispensed, 1 given, 0 returned, 2 not yet');
  expect(json('status').units).toEqual([
    expect.objectContaining({ kit: first.tablets, type: 'tablets', taken: 80, open: 0 }),
    expect.objectContaining({ kit: first.syringe, type: 'syringe', given: 1, open: 2 }),
  ]);
  expect(run('verify')).toMatch(/^verified/);

  // The packing list is for those who fill the kits. An emergency takes any code.
  const packing = run('packing', ...PACKER, ...BY);
  expect(packing).toMatch(/^kit,kit_type,arm_code,arm_name\n/);
  const armOf = (kit: string) => new RegExp(`^${kit},\\w+,(\\w+),`, 'm').exec(packing)![1]!;
  expect(armOf(first.tablets)).toBe(armOf(first.syringe));
  const opened = json('unblind', '--kit', first.syringe, ...OFFICER, '--reason', 'sick', ...BY);
  expect(opened).toMatchObject({
    subject: 'PAR-001',
    proven: true,
    otherKits: [],
    arm: { code: armOf(first.syringe) },
  });
  const all = ['unblind', '--all', ...OFFICER, '--reason', 'end', '--format', 'csv'];
  const [names, person] = run(...all).split('\n');
  expect(names).toMatch(/,REPLBY,KITNO_tablets,KITNO_syringe$/);
  expect(person).toMatch(new RegExp(`,${first.tablets},${first.syringe}$`));
  expect(run(...all, '--doses').split('\n')[1]).toContain(`,R001,${first.syringe},`);
  expect(run('open', ...OFFICER, '--reason', 'end').split('\n')[1]).toMatch(
    new RegExp(`,${first.tablets},${first.spare},${first.syringe},(ORAL|INJ)$`),
  );
  expect(run('verify', '--regenerate', ...OFFICER)).toContain('match, 16 of 16 slots');
});

test('a kit that was lost, or has expired, is named with its type, and replaced by one of that type', () => {
  const { study, slots } = allocated(['expiry: 2027-12', 'expiry: 2026-04']);
  const [first] = slots as [SlotKits];
  const { run, talk } = on(study);
  run('kit', 'received', '--kits', `${first.tablets},${first.spare},${first.syringe}`, ...BY);
  run('kit', 'lost', '--kits', first.tablets, ...BY);
  const warned = talk('randomize', '--subject', 'PAR-001', '--site', 'PAR', '--day1', DAY1, ...BY);
  expect(warned).toContain(
    `kit ${first.tablets} (tablets) of R001 was lost: use its spare kit ${first.spare}, which is in stock`,
  );
  expect(warned).toContain(
    `kit ${first.syringe} (syringe) of R001 (lot S2026-01) expired on 2026-04-30`,
  );
  expect(warned).toContain('no spare kit can be used instead');
  const reported = talk('status');
  expect(reported).toContain(`kit ${first.tablets} (tablets) of R001 was lost`);
  run('kit', 'dispensed', '--kits', first.spare, '--subject', 'PAR-001', '--date', DAY1, ...BY);
  expect(talk('status')).not.toContain('was lost');
});

test('types are sealed; units, spare kits and texts are not', () => {
  const { study, folder, slots } = allocated();
  const { run, refused, json, randomize } = on(study);
  randomize('PAR-001');
  const file = join(study, 'study.yaml');
  const accepted = readFileSync(file, 'utf8');
  const edited = (...changes: [string | RegExp, string][]) => {
    writeFileSync(
      file,
      changes.reduce((text, [from, to]) => text.replace(from, to), accepted),
    );
  };
  const next = ['randomize', '--subject', 'PAR-002', '--site', 'PAR', '--day1', DAY1, ...BY];
  edited([/type: tablets/g, 'type: pills']);
  const renamed = refused(...next);
  expect(renamed).toContain('changed after the list was sealed: supplies.kits (the kit types)');
  expect(renamed).toContain('no type can be added, removed, renamed or moved afterwards');
  edited(
    [/ {2}kits:[^]*(?= {2}packaged:)/, ''],
    [/type: \w+, lot/g, 'lot'],
    [/.*lot: S2026.*\n/, ''],
  );
  expect(refused(...next)).toContain('kit types');
  const plan = join(folder, 'plan.yaml');
  const more = ['allocate', '--extend', '--plan', plan, ...OFFICER, ...BY];
  edited([/type: tablets/g, 'type: pills'], ['slotsPerSite: 8', 'slotsPerSite: 12']);
  expect(refused(...more)).toContain('supplies.kits (the kit types)');
  // More slots, with another number of spare kits.
  edited(
    ['units: 84', 'units: 90'],
    ['      storage: Store at 2', '      spares: 2\n      storage: Store at 2'],
    ['slotsPerSite: 8', 'slotsPerSite: 12'],
  );
  expect(json('status').spareKits).toEqual({ latestBatch: 0, later: 2 });
  expect(run(...more)).toContain('8 slots');
  const added = readFileSync(join(study, 'allocation', 'batch-2', 'list.csv'), 'utf8').split('\n');
  expect(added[0]).toMatch(/kit_tablets,spare_kits_tablets,kit_syringe,spare_kits_syringe$/);
  expect(added[1]).toMatch(/^R017,site=PAR,9,\w{7},\w{7},\w{7},\w{7} \w{7}$/);
  const known = new Set(slots.flatMap(({ tablets, spare, syringe }) => [tablets, spare, syringe]));
  const codes = added.slice(1, -1).flatMap((row) => row.split(',').slice(3).join(' ').split(' '));
  expect(codes.filter((code) => known.has(code))).toEqual([]);
  expect(run('verify', '--regenerate', ...OFFICER)).toContain('match, 24 of 24 slots');
});

describe('an altered record is found', () => {
  test('list.csv with the kits of two types exchanged', () => {
    const { study, slots } = allocated();
    const [first] = slots as [SlotKits];
    const { found, randomize, run } = on(study);
    randomize('PAR-001');
    const list = join(study, 'allocation', 'list.csv');
    const text = readFileSync(list, 'utf8');
    writeFileSync(
      list,
      text
        .replace(first.tablets, 'x')
        .replace(first.syringe, first.tablets)
        .replace('x', first.syringe),
    );
    expect(found('verify')).toContain('allocation/list.csv');
    // The envelope has the codes, and opens all the same.
    const code = ['--kit', first.syringe, ...OFFICER, '--reason', 'sick', ...BY];
    expect(run('unblind', ...code)).toContain('Subject PAR-001, randomization number R001');
  });

  test('a master list cannot say that a kit is of another type', () => {
    const { study } = allocated();
    const list = join(study, 'allocation', 'list.csv');
    const text = readFileSync(list, 'utf8');
    writeFileSync(
      list,
      text.replace('kit_tablets,spare_kits_tablets', 'kit_pills,spare_kits_pills'),
    );
    expect(on(study).found('verify')).toContain('allocation/list.csv');
  });
});

describe('an emergency', () => {
  test('takes the code of a kit of any type, whatever is left of the folder', () => {
    const { study, slots } = allocated();
    const [first, second] = slots as [SlotKits, SlotKits];
    const { run, randomize } = on(study);
    randomize('PAR-001');
    randomize('PAR-002');
    rmSync(join(study, 'allocation', 'list.csv'));
    const why = [...OFFICER, '--reason', 'sick', ...BY];
    expect(run('unblind', '--kit', first.syringe, ...why)).toContain('number R001');
    expect(run('unblind', '--subject', 'PAR-002', ...why)).toContain(
      `kit ${second.tablets}, ${second.spare}, ${second.syringe}`,
    );
    rmSync(join(study, 'ledger.jsonl'));
    expect(run('unblind', '--kit', second.syringe, ...why)).toContain('number R002');
  });

  test('a ledger that names the syringe of another slot is not trusted', () => {
    const { study, slots } = allocated();
    const [first, second] = slots as [SlotKits, SlotKits];
    const { found, refused, randomize } = on(study);
    randomize('PAR-001');
    const file = join(study, 'ledger.jsonl');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(first.syringe, second.syringe));
    expect(found('verify')).toContain(
      `PAR-001 has R001 (kit ${first.tablets} (tablets), ${second.syringe} (syringe)), but the next free slot was R001 (kit ${first.tablets} (tablets), ${first.syringe} (syringe))`,
    );
    const why = [...OFFICER, '--reason', 'sick', ...BY];
    expect(refused('unblind', '--subject', 'PAR-001', ...why)).toContain(
      "Use the code on the participant's kit",
    );
  });
});

test('labels of one type that differ between arms are not made', () => {
  const { study, folder } = allocated([
    '  labels:\n    profile',
    '    - { type: tablets, arm: INJ, lot: T-PLACEBO }\n  labels:\n    profile',
  ]);
  const { run, refused } = on(study);
  const labels = (type: string) =>
    ['labels', '--type', type, '--output', join(folder, 'x.pdf'), ...BY] as const;
  const differ = refused(...labels('tablets'));
  expect(differ).toContain('the labels of the arms differ');
  expect(differ).toContain('supplies, tablets: lot differs, ORAL: T2026-01; INJ: T-PLACEBO');
  expect(run(...labels('syringe'))).toContain('16 labels (outer) of 16 kits');
});

test('use-by labels are for the kits of the type whose month has changed', () => {
  const { study, folder, slots } = allocated();
  const { run, talk } = on(study);
  run('labels', '--output', join(folder, 'outer.pdf'), ...BY);
  const file = join(study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('expiry: 2027-12', 'expiry: 2028-03'));
  expect(talk('status')).toContain('the labels of 16 kits show use by 2027-12-31');
  const useBy = ['labels', '--use-by', '--format', 'csv', ...BY];
  const made = run(...useBy, '--output', join(folder, 'use-by.csv'));
  expect(made).toContain('16 labels (use-by) of 16 kits. They show syringe, lot S2026-01, use by');
  expect(talk('status')).not.toContain('show use by');
  expect(run('check', slots[0]!.syringe)).toContain('Use by  2028-03-31');
  expect(run('check', slots[0]!.tablets)).toContain('Use by  2028-06-30');
  expect(run('verify')).toMatch(/^verified/);
});

test('two oral treatments: without injections no type is injected', () => {
  const { study, slots } = allocated(
    ['  injections:\n    - { phase: treatment, days: [1, 29, 57], window: ±3 }\n', ''],
    ['units: each injection\n      injected: true', 'units: 30\n      spares: 1'],
    ['type: syringe', 'type: drops'],
    ['type: syringe', 'type: drops'],
    ['route: subcutaneous use', 'route: by mouth'],
  );
  const [{ tablets, syringe: drops }] = slots as [SlotKits];
  const { run, refused, talk, randomize } = on(study);
  randomize('PAR-001');
  const kits = ['--kits', `${tablets},${drops}`, '--date', DAY1, ...BY];
  run('kit', 'received', ...kits);
  run('kit', 'dispensed', '--subject', 'PAR-001', ...kits);
  run('kit', 'returned', '--kits', drops, '--units', '30', '--date', '2026-07-01', ...BY);
  expect(run('check', drops)).toContain('Units   30 dispensed, 0 taken, 30 returned, 0 open');
  expect(run('status')).toContain('Units (drops): 30 dispensed, 0 taken, 30 returned');
  const dose = ['dose', 'PAR-001', '--visit', 'D1', '--date', DAY1, ...BY];
  expect(refused(...dose)).toContain('has no injections');
  expect(run('calendar', 'PAR-001')).not.toContain('Injections:');
  run('kit', 'lost', '--kits', tablets, '--date', '2026-07-01', ...BY);
  expect(talk('status')).toContain(`kit ${tablets} (tablets) of R001 was lost`);
  run('withdraw', '--subject', 'PAR-001', '--from', 'study', '--date', DAY1, ...WHY, ...BY);
  expect(talk('status')).not.toContain('was lost');
  expect(run('verify')).toMatch(/^verified/);
});

test('replacement slots have kits of each type, and so has another copy of the ledger', () => {
  const {
    study,
    folder,
    slots: [, second],
  } = allocated(['supplies:\n', 'replacements: { offset: 100 }\n\nsupplies:\n']);
  const { run, found, randomize, json } = on(study);
  randomize('PAR-001');
  const other = join(folder, 'other');
  cpSync(study, other, { recursive: true });
  const there = on(other);
  there.run('randomize', '--subject', 'PAR-002', '--site', 'PAR', '--day1', DAY1, '--yes', ...BY);
  const twin = slotsIn(study, 'allocation').find(({ number }) => number === 'R101')!;
  const replaced = json(
    ...['replace', '--subject', 'PAR-101', '--for', 'PAR-001', '--day1', DAY1, '--deviation'],
    ...['--reason', 'stopped', '--yes', ...BY],
  ) as { participants: object[] };
  expect(replaced.participants[0]).toMatchObject({
    number: 'R101',
    kits: [
      { type: 'tablets', kit: twin.tablets },
      { type: 'syringe', kit: twin.syringe },
    ],
  });
  expect(found('ledger', '--compare', other).replaceAll(/\s+/g, ' ')).toContain(
    `PAR-002 has R002 (kit ${second!.tablets} (tablets), ${second!.syringe} (syringe)) in the other folder only`,
  );
  expect(run('verify', '--regenerate', ...OFFICER)).toContain('match, 32 of 32 slots');
});

test('an injection from a kit of another type is a deviation, and counts for that kit', () => {
  const { study, slots } = allocated();
  const [{ tablets, syringe }] = slots as [SlotKits];
  const { run, json, randomize } = on(study);
  randomize('PAR-001');
  const kits = ['--kits', `${tablets},${syringe}`, '--date', DAY1, ...BY];
  run('kit', 'received', ...kits);
  run('kit', 'dispensed', '--subject', 'PAR-001', ...kits);
  const dose = ['dose', 'PAR-001', '--visit', 'D1', '--date', DAY1, '--kit', tablets, ...BY];
  run(...dose, '--deviation', ...WHY);
  expect(run('deviations', '--format', 'csv')).toContain(
    `${tablets} is a kit of tablets, from which no injection is given: PAR-001 has ${syringe}`,
  );
  run('kit', 'returned', '--kits', tablets, '--units', '80', '--date', DAY1, ...BY);
  expect(run('check', tablets)).toContain(
    '  Units   84 dispensed, 1 given, 3 taken, 80 returned, 0 open\n',
  );
  expect(json('status').units).toContainEqual(
    expect.objectContaining({ kit: tablets, given: 1, taken: 3, open: 0 }),
  );
  const next = ['dose', 'PAR-001', '--visit', 'D1', '--date', DAY1, ...BY];
  run(...next, '--kit', syringe, '--correct', ...WHY);
  expect(run('deviations', '--format', 'csv')).not.toContain('is a kit of tablets');
  expect(run('verify')).toMatch(/^verified/);
});
