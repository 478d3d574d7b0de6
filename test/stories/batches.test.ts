import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  asAnotherUser,
  contentsOf,
  depil2,
  editStudy,
  enrolled,
  jsonOf,
  extendList,
  mustRun,
  planFile,
  randose,
  type Trial,
} from '../support/command-line.ts';

const MORE: [string, string] = ['    slots: 18', '    slots: 24'];
const NEW_SITE: [string, string][] = [
  ['\nstrata:\n', '\n  - code: LYO\n    name: Example Hospital Lyon\n\nstrata:\n'],
  ['    slots: 18\n', '    slots: 18\n  - site: LYO\n    slots: 6\n'],
];

function extend({ study, plan, officer }: Trial, ...words: string[]) {
  const key = ['--identity', officer];
  return randose('allocate', '--extend', '--study', study, '--plan', plan, ...key, ...words);
}

describe('a further batch', () => {
  test('adds slots, and changes no existing byte: only the ledger gets longer [R-010]', () => {
    const trial = enrolled();
    const before = contentsOf(trial.study);
    editStudy(trial, MORE);
    expect(extend(trial)).toMatchObject({ status: 0 });
    const after = contentsOf(trial.study);
    for (const [file, content] of before) {
      if (file === 'study.yaml' || file === '.randose.study.yaml') continue;
      if (file === 'ledger.jsonl') {
        expect(after.get(file)!.subarray(0, content.length)).toEqual(content);
      } else {
        expect(after.get(file), file).toEqual(content);
      }
    }
    const added = [...after.keys()].filter((file) => !before.has(file)).sort();
    expect(added).toEqual([
      'allocation/batch-2/card-recipients.csv',
      'allocation/batch-2/cards.age',
      ...[19, 20, 21, 22, 23, 24].map((n) => `allocation/batch-2/envelopes/R0${n}.age`),
      'allocation/batch-2/list.csv',
      'allocation/batch-2/manifest.json',
      'allocation/batch-2/manifest.sig',
      'allocation/batch-2/master.age',
      'allocation/batch-2/packing.age',
    ]);
  });

  test('continues where the first ended: numbers, sequences, and kits that are all new', () => {
    const trial = enrolled();
    editStudy(trial, MORE);
    extendList(trial);
    const rows = ['allocation/list.csv', 'allocation/batch-2/list.csv'].flatMap((file) =>
      readFileSync(join(trial.study, file), 'utf8').trimEnd().split('\n').slice(1),
    );
    expect(rows).toHaveLength(24);
    for (const [index, row] of rows.entries()) {
      expect(row).toMatch(
        new RegExp(`^R0${String(index + 1).padStart(2, '0')},site=CRT,${index + 1},`),
      );
    }
    expect(new Set(rows.map((row) => row.split(',')[3])).size).toBe(24);
    const by = ['--by', 'Example Coordinator'];
    const words = ['--subject', 'CRT-019', '--site', 'CRT', '--day1', '2026-07-06', ...by];
    expect(jsonOf('randomize', '--study', trial.study, ...words)).toMatchObject({
      participants: [{ number: 'R019' }],
    });
    const identity = ['--identity', trial.officer, '--reason', 'example'];
    expect(
      jsonOf('unblind', '--study', trial.study, '--subject', 'CRT-019', ...identity),
    ).toMatchObject({ number: 'R019' });
    const regenerate = ['--regenerate', '--identity', trial.statistician];
    expect(jsonOf('verify', '--study', trial.study, ...regenerate)).toMatchObject({
      verified: true,
      regenerated: true,
      checked: { slots: 24 },
    });
  });

  test('has more spare kits than the batch before, or fewer, and each list can be made again', () => {
    const trial = allocated();
    const on = ['--study', trial.study];
    editStudy(trial, ['    spares: 0', '    spares: 2']);
    const none = extend(trial);
    expect(none.status).toBe(64);
    expect(none.stderr).toContain('it counts for slots that are added later.');
    editStudy(trial, MORE);
    const look = extend(trial, '--dry-run');
    expect(look.stdout).toContain('Spare kits        2 for each new slot (each slot so far has 0)');
    expect(extend(trial)).toMatchObject({ status: 0 });
    editStudy(trial, ['    spares: 2', '    spares: 1'], ['    slots: 24', '    slots: 30']);
    expect(extend(trial, '--dry-run').stdout).toContain(
      '1 for each new slot (each slot so far has 0 or 2)',
    );
    expect(extend(trial)).toMatchObject({ status: 0 });
    const spares = (batch: string) => {
      const text = readFileSync(join(trial.study, 'allocation', batch, 'list.csv'), 'utf8');
      return parse<Record<string, string>>(text, { columns: true }).map(
        ({ spare_kits: kits }) => kits?.split(' ').length ?? 0,
      );
    };
    expect(spares('')).toEqual(new Array(18).fill(0));
    expect(spares('batch-2')).toEqual(new Array(6).fill(2));
    expect(spares('batch-3')).toEqual(new Array(6).fill(1));
    const { kits } = jsonOf('kit', ...on) as { kits: { number: string; isSpare: boolean }[] };
    expect(kits).toHaveLength(18 + 6 * 3 + 6 * 2);
    const keys = ['--identity', trial.statistician];
    expect(jsonOf('verify', ...on, '--regenerate', ...keys)).toMatchObject({ verified: true });
    const packed = jsonOf('packing', ...on, '--identity', trial.packer) as { kits: unknown[] };
    expect(packed.kits).toHaveLength(48);
    // A number that waits for later slots stops nobody, and no rewrap.
    editStudy(trial, ['    spares: 1', '    spares: 3'], ['name: Example Officer', 'name: Other']);
    const why = ['--reason', 'example'];
    mustRun('rewrap', ...on, '--identity', trial.officer, ...why);
    expect(mustRun('verify', ...on)).toMatch(/^verified/);
    expect(jsonOf('status', ...on).spareKits).toEqual({ latestBatch: 1, later: 3 });
    expect(jsonOf('verify', ...on, '--regenerate', ...keys)).toMatchObject({ verified: true });
  });

  test('adds a site, under another plan', () => {
    const trial = allocated();
    editStudy(trial, ...NEW_SITE);
    const refused = ['--subject', 'L1', '--site', 'LYO', '--day1', '2026-07-06', '--by', 'Example'];
    const early = randose('randomize', '--study', trial.study, ...refused);
    expect(early.status).toBe(65);
    expect(early.stderr).toContain('randose allocate --extend');
    const plan = planFile(trial, 'blocks: { sizes: [6] }');
    expect(extend({ ...trial, plan })).toMatchObject({ status: 0 });
    expect(jsonOf('randomize', '--study', trial.study, ...refused)).toMatchObject({
      participants: [{ number: 'R019', stratum: 'site=LYO' }],
    });
    mustRun('verify', '--study', trial.study);
    const filed = join(trial.folder, 'commitment.txt');
    const { stderr } = randose('commitment', '--study', trial.study, '--output', filed);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'with both batches. 1 participant of batch 2 is randomized already. If it was not filed',
    );
    // And a third one.
    editStudy(trial, ['    slots: 6\n', '    slots: 12\n'], MORE);
    expect(extend(trial)).toMatchObject({ status: 0 });
    expect(jsonOf('status', '--study', trial.study)).toMatchObject({
      batches: 3,
      strata: [
        { stratum: 'site=CRT', slots: 24 },
        { stratum: 'site=LYO', slots: 12 },
      ],
    });
    mustRun('verify', '--study', trial.study, '--regenerate', '--identity', trial.officer);
  });

  test.each<[string, [string, string][], number, string]>([
    ['no more slots', [], 64, 'every stratum already has the slots in study.yaml'],
    [
      'fewer slots',
      [['    slots: 18', '    slots: 15']],
      78,
      'stratum site=CRT already has 18 slots, which cannot be removed; study.yaml has 15: ask for at least 18',
    ],
    [
      'slots that blocks cannot fill',
      [['    slots: 18', '    slots: 22']],
      78,
      'stratum site=CRT gets 4 more slots, which whole blocks of 3 or 6 (depil-2-plan.yaml) cannot fill exactly; slots: 24 (6 more) would fit',
    ],
    [
      'another ratio',
      [MORE, ['ratio: 1', 'ratio: 2']],
      65,
      'was changed after the list was sealed: arms',
    ],
    [
      'another schedule',
      [MORE, ['weeks: 3-6', 'weeks: 3-5']],
      65,
      'was changed after the list was sealed: schedule',
    ],
    [
      'other numbers',
      [MORE, ['\nstrata:\n', '\nnumbers: { randomization: { prefix: A } }\nstrata:\n']],
      65,
      'was changed after the list was sealed: numbers',
    ],
    [
      'a new factor',
      [
        ['    slots: 18', '    slotsPerStratum: 18'],
        ['\nstrata:\n', '\nfactors:\n  - name: sex\n    levels: [F, M]\nstrata:\n'],
      ],
      78,
      'study.yaml:37:11: factor "sex" is new, but the factors cannot change after allocation: remove it',
    ],
    [
      'an unclear level',
      [
        ['    slots: 18', '    slots: 24'],
        ['    name: Hôpital Albert Chenevier, Créteil, France', '    name: NO'],
      ],
      78,
      'write "NO" in quotes: many programs read NO as false',
    ],
    ['other officers', [MORE, ['name: Example Officer', 'name: Other']], 65, 'sealed: custody'],
  ])('is refused for %s, and nothing changes', (_, changes, status, message) => {
    const trial = allocated();
    if (changes.length > 0) editStudy(trial, ...changes);
    const before = contentsOf(trial.study);
    const ran = extend(trial);
    expect(ran.stderr).toContain(message);
    expect(ran.status).toBe(status);
    expect(contentsOf(trial.study)).toEqual(before);
  });

  test('needs a first batch', () => {
    expect(extend(depil2())).toMatchObject({ status: 66 });
    const { study, plan } = depil2();
    const keyless = randose('allocate', '--extend', '--study', study, '--plan', plan);
    expect(keyless.stderr).toContain('this study has no allocation list yet');
  });

  test('that was interrupted before its ledger entry is finished, not drawn again [R-012]', () => {
    const trial = enrolled();
    const ledger = join(trial.study, 'ledger.jsonl');
    const before = readFileSync(ledger);
    editStudy(trial, MORE);
    extendList(trial);
    const list = readFileSync(join(trial.study, 'allocation', 'batch-2', 'list.csv'));
    writeFileSync(ledger, before);
    asAnotherUser(); // who has not seen the entry that is lost
    expect(randose('verify', '--study', trial.study).status).toBe(1);
    expect(extend(trial)).toMatchObject({ status: 0 });
    expect(readFileSync(join(trial.study, 'allocation', 'batch-2', 'list.csv'))).toEqual(list);
    mustRun('verify', '--study', trial.study, '--regenerate', '--identity', trial.statistician);
  });

  test('that was interrupted before its folder was complete is started again', () => {
    const trial = enrolled();
    mkdirSync(join(trial.study, 'allocation.partial', 'envelopes'), { recursive: true });
    editStudy(trial, MORE);
    expect(extend(trial)).toMatchObject({ status: 0 });
    expect(existsSync(join(trial.study, 'allocation.partial'))).toBe(false);
    mustRun('verify', '--study', trial.study);
  });

  test.each<[string, (trial: Trial, place: string) => void, string]>([
    [
      'a rehearsal',
      (trial, place) => {
        const dummy = join(trial.folder, 'DUMMY-depil-2');
        mustRun('allocate', '--dummy', '--study', trial.study, '--plan', trial.plan);
        editStudy({ ...trial, study: dummy }, ['    slots: 24', '    slots: 30']);
        const words = ['--dummy', '--study', dummy, '--plan', trial.plan];
        const key = join(dummy, 'keys', 'DUMMY-officer.key');
        mustRun('allocate', '--extend', ...words, '--identity', key);
        cpSync(join(dummy, 'allocation', 'batch-2'), place, { recursive: true });
      },
      'belongs to DUMMY-DEPIL-2, a rehearsal (DUMMY)',
    ],
    [
      'another copy of the study, under another study file',
      (trial, place) => {
        const copy = join(trial.folder, 'copy');
        cpSync(trial.study, copy, { recursive: true });
        editStudy({ ...trial, study: copy }, ['    slots: 24', '    slots: 30']);
        extendList(trial, copy);
        cpSync(join(copy, 'allocation', 'batch-2'), place, { recursive: true });
      },
      'does not have the slots in study.yaml',
    ],
    [
      'an interrupted copy',
      (trial, place) => {
        const copy = join(trial.folder, 'copy');
        cpSync(trial.study, copy, { recursive: true });
        extendList(trial, copy);
        cpSync(join(copy, 'allocation', 'batch-2'), place, { recursive: true });
        rmSync(join(place, 'envelopes', 'R020.age'));
      },
      'R020.age: is missing',
    ],
  ])('that somebody else put there is not used: %s', (_, plant, message) => {
    const trial = enrolled();
    editStudy(trial, MORE);
    plant(trial, join(trial.study, 'allocation', 'batch-2'));
    asAnotherUser(); // who does not know of the copy
    const before = contentsOf(trial.study);
    const ran = extend(trial);
    expect(ran.status).toBe(65);
    expect(ran.stderr).toContain(message);
    expect(contentsOf(trial.study)).toEqual(before);
    expect(randose('verify', '--study', trial.study).stdout).toContain(
      'belongs to a batch that is not in the ledger',
    );
  });

  test('of another study is not taken for one of this study', () => {
    const [one, other] = [enrolled(), enrolled()];
    for (const trial of [one, other]) {
      editStudy(trial, MORE);
      extendList(trial);
    }
    const place = (trial: Trial) => join(trial.study, 'allocation', 'batch-2');
    renameSync(place(one), `${place(one)}-old`);
    renameSync(place(other), place(one));
    renameSync(`${place(one)}-old`, place(other));
    expect(randose('verify', '--study', one.study)).toMatchObject({ status: 1 });
    const words = ['--subject', 'N', '--site', 'CRT', '--day1', '2026-07-06', '--by', 'Example'];
    expect(randose('randomize', '--study', one.study, ...words)).toMatchObject({ status: 65 });
  });
});

describe('a stratum that is nearly full', () => {
  test('gives a warning in time: in status, and when somebody gets a slot [R-059]', () => {
    const trial = allocated();
    const rows = Array.from({ length: 15 }, (_, index) => `S${index},CRT,2026-06-01`);
    const file = planFile(trial, `subject,site,day1\n${rows.slice(0, 14).join('\n')}\n`, 'p.csv');
    const take = ['randomize', '--study', trial.study, '--by', 'Example'];
    expect(randose(...take, '--from', file).stderr).not.toContain('nearly full');
    expect(jsonOf('status', '--study', trial.study)).toMatchObject({ nearlyFull: [] });
    const one = ['--subject', 'S14', '--site', 'CRT', '--day1', '2026-06-01'];
    expect(randose(...take, ...one).stderr).toContain(
      'warning: stratum site=CRT is nearly full: 3 of 18 slots left.',
    );
    expect(randose('status', '--study', trial.study).stderr).toContain('randose allocate --extend');
    expect(jsonOf('status', '--study', trial.study)).toMatchObject({ nearlyFull: ['site=CRT'] });
    expect(jsonOf('status', '--study', trial.study, '--warn-at', '2')).toMatchObject({
      nearlyFull: [],
    });
  });
});
