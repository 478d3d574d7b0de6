import { describe, expect, test } from 'vitest';
import { custodyOf } from '../../src/blinding/custody.ts';
import {
  changedParts,
  changedRatios,
  type CheckedBatch,
  checkSealedFiles,
  commitsToSameList,
  formatManifest,
  makeManifest,
  type Manifest,
  OTHER_LIST,
  parseManifest,
  sealedTreatments,
} from '../../src/blinding/manifest.ts';
import { sha256 } from '../../src/digest.ts';
import { type AllocatedSlot, makeAllocationList } from '../../src/randomization/list.ts';
import type { Study } from '../../src/study/study.ts';
import { EXAMPLE_SEED, planOf, templateStudy } from '../support/designs.ts';

const study: Study = templateStudy();
const RESTORE =
  'Restore it from a backup or another copy of the study folder, then run: randose verify';

const twoSlots = makeAllocationList(study, planOf([3]), EXAMPLE_SEED).slice(0, 2);
const inBatch = (batch: number) => twoSlots.map((slot): AllocatedSlot => ({ ...slot, batch }));

/** The manifest of a batch of two slots, and the digests of its files. */
function made(
  { batch = 1, rewrap = 0, list = 'ff', leaves = 3 } = {},
  of: Study = study,
  slots: readonly AllocatedSlot[] = inBatch(batch),
): { manifest: Manifest; digests: Map<string, string>; folder: string } {
  const own = batch === 1 ? 'allocation' : `allocation/batch-${batch}`;
  const folder = rewrap === 0 ? own : `${own}/rewrap-${rewrap}`;
  const names = slots.map(({ number }) => `${folder}/envelopes/${number}.age`);
  const signing = [`${folder}/signing.age`, `${folder}/signing.pub`];
  const paths = [`${own}/list.csv`, `${folder}/master.age`, ...signing, ...names];
  const files = new Map(paths.map((path) => [path, `content of ${path}`]));
  const manifest = makeManifest(of, slots, new Map(files).set('study.yaml', 'study'), {
    batch,
    rewrap,
    list,
    created: '2026-01-01T00:00:00Z',
    software: 'randose 0.1.0',
    custody: custodyOf(of, undefined),
    commitment: { leaves, root: '0'.repeat(64) },
  });
  const digests = [...files].map(([path, text]): [string, string] => [path, sha256(text)]);
  return { manifest, digests: new Map([...digests, ['study.yaml', sha256('study')]]), folder };
}

const said = (problems: ReturnType<typeof checkSealedFiles>) =>
  problems.map(({ file, message }) => `${file} ${message}`);
const checked = ({ manifest }: { manifest: Manifest }, more: Partial<CheckedBatch> = {}) => ({
  manifest,
  earlier: [],
  slots: undefined,
  ...more,
});

describe('a manifest', () => {
  test('has the facts about its batch, counts and digests, and no arm', () => {
    const { manifest } = made();
    expect(manifest).toMatchObject({
      randose: 'manifest',
      version: 2,
      software: 'randose 0.1.0',
      study: 'DEPIL-2',
      domain: 'production',
      batch: 1,
      rewrap: 0,
      list: 'ff',
      algorithm: 1,
      created: '2026-01-01T00:00:00Z',
      slots: 2,
      strata: [{ stratum: 'site=CRT', slots: 2 }],
      commitment: { leaves: 3, root: '0'.repeat(64) },
    });
    expect(manifest.files['allocation/list.csv']).toBe(sha256('content of allocation/list.csv'));
    expect(formatManifest(manifest)).not.toMatch(/ILT101|PLACEBO/);
  });

  test('has ratios, replacement slots and their digests only if there are any', () => {
    const { manifest } = made();
    for (const key of ['ratios', 'replacements']) expect(key in manifest).toBe(false);
    expect(Object.keys(manifest.design)).toEqual([
      ...['identity', 'arms', 'strata', 'numbers', 'schedule', 'custody'],
    ]);
  });

  test('counts replacement slots apart from the strata', () => {
    const [first, second] = twoSlots as [AllocatedSlot, AllocatedSlot];
    const more = { ...study, replacements: { offset: 100 } };
    const slots = [first, { ...second, replacementFor: first.number }];
    const { manifest } = made({}, more, slots);
    expect(manifest).toMatchObject({ slots: 2, replacements: 1 });
    expect(manifest.strata).toEqual([{ stratum: 'site=CRT', slots: 1 }]);
    expect(manifest.design.replacements).toBe(sha256('100'));
  });

  test('is two-space JSON with a line end, and reads back', () => {
    const { manifest } = made();
    const text = formatManifest(manifest);
    expect(text.split('\n').slice(0, 3)).toEqual([
      '{',
      '  "randose": "manifest",',
      '  "version": 2,',
    ]);
    expect(text.endsWith('\n}\n')).toBe(true);
    expect(parseManifest(text, 1)).toEqual(manifest);
  });

  test.each([
    null,
    [],
    '',
    5,
    { a: sha256('a'), b: 1 },
    { a: 'x' },
    { a: [sha256('a')] },
    undefined,
  ])('is not read if it has %j in the place of digests', (files) => {
    const text = JSON.stringify({ ...made().manifest, files });
    expect(() => parseManifest(text, 1)).toThrow('allocation/manifest.json cannot be read');
  });

  test.each([
    ['allocation/manifest.json', 1, 0, { batch: 2 }],
    ['allocation/manifest.json', 1, 0, { rewrap: 1 }],
    ['allocation/batch-2/rewrap-1/manifest.json', 2, 1, { batch: 2 }],
    ['allocation/batch-2/rewrap-1/manifest.json', 2, 1, { rewrap: 1 }],
  ])('%s is not read if it is of another batch or rewrap', (file, batch, rewrap, of) => {
    const text = formatManifest(made(of).manifest);
    expect(() => parseManifest(text, batch, rewrap)).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: `${file} cannot be read`,
        hint: RESTORE,
      }),
    );
  });

  test.each([
    '',
    '{}',
    'null',
    formatManifest(made().manifest).replace('"version": 2', '"version": 3'),
  ])('is not read if it is something else: %#', (text) => {
    expect(() => parseManifest(text, 1)).toThrow('allocation/manifest.json cannot be read');
  });
});

describe('the digest of a part of the study', () => {
  const digestsOf = (of: Study) => made({}, of, []).manifest.design;
  const json = (...parts: unknown[]) => sha256(JSON.stringify(parts));

  // Each is as docs/FORMATS.md has it: a digest that changed would report every study as changed.
  test('is over JSON of its values in a fixed order', () => {
    const people = (names: readonly { name: string; recipient: string }[]) =>
      names.map(({ name, recipient }) => [name, recipient]);
    const { arms, strata, numbers, schedule, custody } = study;
    const [{ randomization, kits }] = [numbers];
    expect(digestsOf(study)).toEqual({
      identity: json('DEPIL-2', 'production'),
      arms: json(...arms.map(({ code, name, type, ratio }) => [code, name, type, ratio])),
      strata: json(...strata.map(({ id, slots }) => [id, slots])),
      numbers: json(
        ...[randomization.prefix, randomization.site, randomization.width ?? null],
        ...[randomization.check, kits.prefix, kits.site, kits.width],
      ),
      schedule: json(
        ...[schedule.phases, schedule.assessments].map((all) =>
          all.map(({ name, days, ...rules }) => {
            return [name, days, ...(Object.keys(rules).length === 0 ? [] : [rules])];
          }),
        ),
      ),
      custody: json(
        custody,
        people(study.officers),
        people(study.statisticians),
        people(study.packers),
        people(study.cardMakers),
      ),
    });
  });

  test('has what a study can have in addition, after the rest', () => {
    const person = { name: 'P', recipient: 'age1p' };
    const more: Study = {
      ...study,
      blinding: 'open label',
      arms: study.arms.map((arm) => ({ ...arm, periods: ['A', 'B'] })),
      strata: [...study.strata, { id: 'site=X', slots: 2, ratio: { ILT101: 2, PLACEBO: 2 } }],
      spareKits: 2,
      hasKits: false,
      preparers: [person],
      kitTypes: [{ type: 'tablets', spares: 1 }],
      numbers: { ...study.numbers, randomization: { ...study.numbers.randomization, width: 5 } },
    };
    const { randomization, kits } = study.numbers;
    expect(digestsOf(more)).toMatchObject({
      identity: json('DEPIL-2', 'production', 'open label'),
      arms: json(
        ...study.arms.map(({ code, name, type, ratio }) => [code, name, type, ratio, ['A', 'B']]),
      ),
      strata: json(...study.strata.map(({ id, slots }) => [id, slots]), ['site=X', 2, [1, 1]]),
      numbers: json(
        ...[randomization.prefix, randomization.site, 5],
        ...[randomization.check, kits.prefix, kits.site, kits.width, 2, 'no kits'],
      ),
      custody: json(study.custody, [], [], [], [], [['P', 'age1p']]),
      kitTypes: json('tablets'),
    });
  });
});

describe('a change of study.yaml after the list was sealed', () => {
  const person = { name: 'P', recipient: 'age1p' };
  const { randomization, kits } = study.numbers;
  const withNumbers = (change: object, ofKits: object = {}): Study => ({
    ...study,
    numbers: { randomization: { ...randomization, ...change }, kits: { ...kits, ...ofKits } },
  });

  test.each<[string, string[], Study]>([
    ['nothing', [], study],
    ['the number of spare kits, up to nine', [], { ...study, spareKits: 9 }],
    ['the prefix of numbers', ['numbers'], withNumbers({ prefix: 'X' })],
    ['the site in numbers', ['numbers'], withNumbers({ site: !randomization.site })],
    ['the check of numbers', ['numbers'], withNumbers({ check: !randomization.check })],
    ['the width of kit codes', ['numbers'], withNumbers({}, { width: kits.width + 1 })],
    ['the prefix of kit codes', ['numbers'], withNumbers({}, { prefix: '9' })],
    ['the site in kit codes', ['numbers'], withNumbers({}, { site: !kits.site })],
    ['that there are no kits', ['kits'], { ...study, hasKits: false }],
    [
      'that there are no kits, with spare kits',
      ['kits'],
      { ...study, hasKits: false, spareKits: 3 },
    ],
    [
      'that there are no kits, and numbers',
      ['numbers'],
      { ...withNumbers({ prefix: 'X' }), hasKits: false },
    ],
    ['packers', ['custody'], { ...study, packers: [person] }],
    ['card makers', ['custody'], { ...study, cardMakers: [person] }],
    ['statisticians', ['custody'], { ...study, statisticians: [person] }],
    ['preparers', ['custody'], { ...study, preparers: [person] }],
    ['replacement slots', ['replacements'], { ...study, replacements: { offset: 100 } }],
    ['kit types', ['kitTypes'], { ...study, kitTypes: [{ type: 'tablets', spares: 0 }] }],
    ['the domain', ['identity'], { ...study, domain: 'dummy' }],
    ['the blinding and the id', ['identity'], { ...study, blinding: 'open label', id: 'X' }],
    [
      'several parts, in their order',
      ['blinding', 'arms', 'kits'],
      { ...study, blinding: 'open label', arms: study.arms.toReversed(), hasKits: false },
    ],
  ])('of %s is named: %j', (_, parts, now) => {
    expect(changedParts(made().manifest, now)).toEqual(parts);
  });

  test('of the number of spare kits is none, from as many as there can be too', () => {
    const { manifest } = made({}, { ...study, spareKits: 9 });
    expect(changedParts(manifest, study)).toEqual([]);
    expect(changedParts(manifest, { ...study, hasKits: false })).toEqual(['kits']);
  });

  test('is named for a part that the study no longer has', () => {
    const kitTypes = [{ type: 'tablets', spares: 1 }];
    const more: Study = { ...study, replacements: { offset: 100 }, kitTypes };
    const { manifest } = made({}, more, []);
    expect(changedParts(manifest, study)).toEqual(['replacements', 'kitTypes']);
    const otherSpares = { ...more, kitTypes: [{ type: 'tablets', spares: 2 }] };
    expect(changedParts(manifest, otherSpares)).toEqual([]);
  });

  test('of a study that is open label to a blinded one is named', () => {
    const { manifest } = made({}, { ...study, blinding: 'open label' });
    expect(changedParts(manifest, { ...study, blinding: 'blinded' })).toEqual(['blinding']);
  });

  test('of a study without kits to one with kits is named', () => {
    const { manifest } = made({}, { ...study, hasKits: false });
    expect(changedParts(manifest, study)).toEqual(['kits']);
    expect(changedParts(manifest, { ...study, hasKits: false, spareKits: 1 })).toEqual([]);
  });
});

describe('the ratios of strata', () => {
  const strata = (...ratios: (Study['strata'][number]['ratio'] | undefined)[]): Study => ({
    ...study,
    strata: ratios.map((ratio, index) => {
      return { id: `site=S${index}`, slots: 6, ...(ratio && { ratio }) };
    }),
  });
  const equal = { ILT101: 1, PLACEBO: 1 };
  const slotsOf = (...ids: string[]) =>
    ids.map((stratum): AllocatedSlot => ({ ...twoSlots[0]!, stratum }));

  test('that differ from the one of the arms are in the manifest', () => {
    const { manifest } = made({}, strata(undefined, equal, { ILT101: 4, PLACEBO: 2 }));
    expect(manifest.ratios).toEqual([{ stratum: 'site=S1', ratio: [1, 1] }]);
  });

  test('are compared for strata that have slots and are still in study.yaml', () => {
    const { manifest } = made({}, strata(equal, equal, equal));
    const now = strata(undefined, equal);
    const slots = slotsOf('site=S0', 'site=S1', 'site=S2');
    expect(changedRatios(manifest, now, slots)).toEqual([
      { stratum: 'site=S0', sealed: [1, 1], now: undefined },
    ]);
    expect(changedRatios(manifest, now, slotsOf('site=S1', 'site=S2'))).toEqual([]);
    const plain = made({}, strata(undefined)).manifest;
    expect(changedRatios(plain, strata(equal), slotsOf('site=S0'))).toEqual([
      { stratum: 'site=S0', sealed: undefined, now: [1, 1] },
    ]);
  });

  test('of batches are the same, or the later batch is reported', () => {
    const ids = ['site=S0', 'site=S1'];
    const batches = [
      strata(equal, equal),
      strata(equal),
      strata({ ILT101: 3, PLACEBO: 1 }, equal),
    ].map((of, index) => {
      const slots = slotsOf(...ids).map((slot) => ({ ...slot, batch: index + 1 }));
      return made({ batch: index + 1 }, of, slots);
    });
    const digests = new Map(batches.flatMap((batch) => [...batch.digests]));
    expect(
      said(
        checkSealedFiles(
          batches.map((batch) => checked(batch)),
          digests,
        ),
      ),
    ).toEqual([
      'allocation/batch-2/manifest.json has stratum site=S1 with the ratio of the arms, but an earlier batch has it with 1:1',
      'allocation/batch-3/manifest.json has stratum site=S0 with 3:1, but an earlier batch has it with 1:1',
    ]);
  });
});

describe('sealed files', () => {
  const first = made();
  const withFile = (...paths: string[]) =>
    new Map([...first.digests, ...paths.map((path): [string, string] => [path, 'x'])]);

  test('as they were sealed have no problem, and study.yaml may have been changed since', () => {
    const changed = new Map(first.digests).set('study.yaml', sha256('another'));
    expect(checkSealedFiles([checked(first, { slots: twoSlots })], changed)).toEqual([]);
  });

  test('are all there, study.yaml too', () => {
    const found = said(checkSealedFiles([checked(first)], new Map()));
    expect(found).toHaveLength(Object.keys(first.manifest.files).length);
    expect(found).toContain('study.yaml is missing');
    expect(found).toContain('allocation/master.age is missing');
  });

  test.each([
    ['study.yaml', []],
    [
      'allocation/note.txt',
      ['allocation/note.txt is not in the manifest: randose did not put it there'],
    ],
    [
      'allocation/batch-2/list.csv',
      [
        'allocation/batch-2/list.csv belongs to a batch that is not in the ledger. To finish an interrupted batch, run: randose allocate --extend',
      ],
    ],
    [
      'allocation/batch-3/list.csv',
      ['allocation/batch-3/list.csv is not in the manifest: randose did not put it there'],
    ],
    [
      'allocation/batch-20.txt',
      ['allocation/batch-20.txt is not in the manifest: randose did not put it there'],
    ],
    [
      'allocation/rewrap-12/master.age',
      [
        'allocation/rewrap-12/master.age belongs to a rewrap that is not in the ledger. Either the ledger is old: restore the newest. Or the rewrap was interrupted: run it again. Do not delete the file',
      ],
    ],
    [
      'allocation/rewrap-1.txt',
      ['allocation/rewrap-1.txt is not in the manifest: randose did not put it there'],
    ],
    [
      'allocation/rewrap-x/master.age',
      ['allocation/rewrap-x/master.age is not in the manifest: randose did not put it there'],
    ],
  ])('that the manifest does not name: %s', (path, problems) => {
    expect(said(checkSealedFiles([checked(first)], withFile(path)))).toEqual(problems);
  });

  test('of an interrupted first batch are told; study.yaml is there before it', () => {
    const found = checkSealedFiles(
      [],
      new Map([
        ['study.yaml', 'x'],
        ['allocation/list.csv', 'x'],
      ]),
    );
    expect(said(found)).toEqual([
      'allocation/list.csv belongs to a batch that is not in the ledger. To finish an interrupted batch, run: randose allocate --extend',
    ]);
  });

  test('of before a rewrap are told, except the key that checks its signature', () => {
    const rewrapped = made({ rewrap: 1 });
    const digests = new Map([...first.digests, ...rewrapped.digests]);
    const batch = checked(rewrapped, { earlier: [first.manifest], slots: twoSlots });
    const old = ['master.age', 'signing.age', 'envelopes/R001.age', 'envelopes/R002.age'];
    expect(said(checkSealedFiles([batch], digests))).toEqual(
      old.map(
        (name) =>
          `allocation/${name} is still sealed to the people before the rewrap. To check the files in use and move this one aside, run: randose rewrap --identity FILE --reason TEXT`,
      ),
    );
    const gone = new Map(
      [...digests].filter(([path]) => !old.some((name) => path === `allocation/${name}`)),
    );
    expect(checkSealedFiles([batch], gone)).toEqual([]);
    expect(said(checkSealedFiles([batch], gone.set('allocation/signing.pub', 'x')))).toEqual([
      'allocation/signing.pub is not the file that was sealed: its digest differs',
    ]);
    gone.delete('allocation/signing.pub');
    expect(said(checkSealedFiles([batch], gone))).toEqual(['allocation/signing.pub is missing']);
  });

  test('of before a rewrap may have no key for signatures', () => {
    const files = Object.entries(first.manifest.files).filter(
      ([path]) => !path.includes('signing'),
    );
    const earlier = { ...first.manifest, files: Object.fromEntries(files) };
    const rewrapped = made({ rewrap: 1 });
    const batch = checked(rewrapped, { earlier: [earlier], slots: twoSlots });
    expect(checkSealedFiles([batch], rewrapped.digests)).toEqual([]);
  });
});

describe('a rewrap', () => {
  const before = made().manifest;

  test.each<[string, Partial<Manifest>, boolean]>([
    ['people', { custody: { ...before.custody, officers: [] } }, true],
    ['time, program and files', { created: '2027', software: 'randose 2', files: {} }, true],
    ['study', { study: 'X' }, false],
    ['domain', { domain: 'dummy' }, false],
    ['list', { list: 'fe' }, false],
    ['algorithm', { algorithm: 2 }, false],
    ['number of slots', { slots: 3 }, false],
    ['strata', { strata: [] }, false],
    ['commitment', { commitment: { leaves: 3, root: '1'.repeat(64) } }, false],
  ])('with other %s', (_, change, isSame) => {
    expect(commitsToSameList(before, { ...before, ...change })).toBe(isSame);
  });

  test('that commits to another list is reported, each one', () => {
    const rewraps = [
      made({ rewrap: 1, list: 'fe' }),
      made({ rewrap: 2 }),
      made({ rewrap: 3, list: 'fd' }),
    ];
    const [one, two, last] = rewraps.map(({ manifest }) => manifest) as [
      Manifest,
      Manifest,
      Manifest,
    ];
    const batch = { manifest: last, earlier: [before, one, two], slots: undefined };
    const digests = new Map([made(), ...rewraps].flatMap((each) => [...each.digests]));
    const others = said(checkSealedFiles([batch], digests)).filter((text) => text.includes('list'));
    expect(OTHER_LIST).toBe(
      'commits to a list other than the one with which the batch was allocated',
    );
    expect(others).toEqual([
      `allocation/rewrap-1/manifest.json ${OTHER_LIST}`,
      `allocation/rewrap-3/manifest.json ${OTHER_LIST}`,
    ]);
  });
});

describe('a list and its manifest', () => {
  const problems = (
    slots: readonly AllocatedSlot[],
    change: Partial<Manifest> = {},
    of: Parameters<typeof made>[0] = {},
  ) => {
    const { manifest, digests } = made(of);
    return said(
      checkSealedFiles([checked({ manifest: { ...manifest, ...change } }, { slots })], digests),
    );
  };
  const [first, second] = twoSlots as [AllocatedSlot, AllocatedSlot];
  const DIFFERS =
    'allocation/list.csv has 2 slots, but not those of the strata in the manifest, which has 2';

  test.each<[string, AllocatedSlot[]]>([
    ['another stratum', [first, { ...second, stratum: 'site=X' }]],
    ['a replacement slot', [first, { ...second, replacementFor: first.number }]],
  ])('do not have the same slots: %s', (_, slots) => {
    expect(problems(slots)).toEqual([DIFFERS]);
  });

  test('do not have the same replacement slots', () => {
    expect(problems(twoSlots, { replacements: 1 })).toEqual([DIFFERS]);
    const slots = [first, { ...second, replacementFor: first.number }];
    const strata = [{ stratum: 'site=CRT', slots: 1 }];
    expect(problems(slots, { replacements: 1, strata })).toEqual([]);
    expect(problems(slots, { strata })).toEqual([DIFFERS]);
  });

  test('do not have the same number of slots', () => {
    expect(problems(twoSlots, { slots: 3, commitment: { leaves: 4, root: '' } })).toEqual([
      DIFFERS.replace(/2$/, '3'),
    ]);
  });

  test.each([
    [2, '2 leaves'],
    [4, '4 leaves'],
    [1, '1 leaf'],
  ])('have one leaf for each slot and one for the list, not %i', (leaves, text) => {
    expect(problems(twoSlots, {}, { leaves })).toEqual([
      `allocation/manifest.json commits to ${text} for 2 slots, instead of one for each slot and one for the list`,
    ]);
  });

  test('have an envelope for each slot, and a slot for each envelope', () => {
    const other = { ...second, number: 'R009' as AllocatedSlot['number'] };
    expect(problems([first, other])).toEqual([
      'allocation/manifest.json does not name allocation/envelopes/R009.age, which is in list.csv',
      'allocation/list.csv has no slot for allocation/envelopes/R002.age',
    ]);
  });

  test('of a rewrap have the envelopes of the rewrap', () => {
    expect(problems([first, second], {}, { rewrap: 1 })).toEqual([]);
    expect(
      problems(
        [first, { ...second, number: 'R009' as AllocatedSlot['number'] }],
        {},
        { rewrap: 1 },
      ),
    ).toEqual([
      'allocation/rewrap-1/manifest.json does not name allocation/rewrap-1/envelopes/R009.age, which is in list.csv',
      'allocation/list.csv has no slot for allocation/rewrap-1/envelopes/R002.age',
    ]);
  });
});

describe('the treatments of an arm in the periods of a crossover', () => {
  const periods = [
    { name: 'Period 1', first: 1, last: 28 },
    { name: 'Period 2', first: 29, last: 56 },
  ] as unknown as NonNullable<Study['schedule']['periods']>;
  const crossover: Study = {
    ...study,
    schedule: { ...study.schedule, periods },
    arms: study.arms.map((arm, index) => ({
      ...arm,
      periods: index === 0 ? ['IL-2', 'Placebo'] : ['Placebo', 'IL-2'],
    })),
  };

  test('are those that were sealed', () => {
    const { manifest } = made({}, crossover);
    expect(sealedTreatments(manifest, crossover, study.arms[1]!.code)).toEqual([
      { period: 'Period 1', treatment: 'Placebo' },
      { period: 'Period 2', treatment: 'IL-2' },
    ]);
  });

  test('are not told for an unknown arm, or if arms or schedule were changed since', () => {
    const { manifest } = made({}, crossover);
    const [{ code }] = study.arms as [Study['arms'][number]];
    const told = (now: Study, arm = code) => sealedTreatments(manifest, now, arm);
    expect(told(crossover, 'X')).toEqual([]);
    const arms = crossover.arms.map((arm) => ({ ...arm, name: `${arm.name} 2` }));
    expect(told({ ...crossover, arms })).toEqual([]);
    const schedule = { ...crossover.schedule, assessments: [] };
    expect(told({ ...crossover, schedule })).toEqual([]);
    // Something else may have been changed.
    expect(told({ ...crossover, packers: [{ name: 'P', recipient: 'age1p' }] })).toHaveLength(2);
  });
});
