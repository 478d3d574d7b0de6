import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { custodyOf } from '../../src/blinding/custody.ts';
import { drawKeyPair } from '../../src/store/draw.ts';
import { type Content, partsOf, sha256 } from '../../src/digest.ts';
import {
  changedParts,
  changedRatios,
  checkSealedFiles,
  formatManifest,
  makeManifest,
  parseManifest,
} from '../../src/blinding/manifest.ts';
import { unseal } from '../../src/blinding/seal.ts';
import {
  formatMaster,
  formatPackingList,
  readMaster,
  readPackingList,
} from '../../src/blinding/sealed-list.ts';
import { readCardKeys } from '../../src/blinding/card-keys.ts';
import { readEnvelope } from '../../src/blinding/envelope.ts';
import { type OpenSealer, sealerHere } from '../../src/blinding/sealer.ts';
import { sealContents, sealList } from '../../src/blinding/sealing.ts';
import { readSigningSecret, signingKeyFrom } from '../../src/blinding/signing-key.ts';
import { unwrapStudyKey } from '../../src/blinding/study-key.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import { MOST_PLAN_BYTES } from '../../src/randomization/plan.ts';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import type { Stratum, Study } from '../../src/study/study.ts';
import {
  EXAMPLE_SEED,
  exampleSalts,
  anyNumbers,
  planOf,
  salted,
  templateStudy,
  withoutBatch,
} from '../support/designs.ts';

const officer = await drawKeyPair();
const statistician = await drawKeyPair();
const packer = await drawKeyPair();
const cardMaker = await drawKeyPair();
const cards = await Promise.all(Array.from({ length: 18 }, () => drawKeyPair()));
const person = (name: string, { recipient }: { recipient: string }) => ({ name, recipient });
const study: Study = {
  ...templateStudy(),
  officers: [person('O', officer)],
  statisticians: [person('S', statistician)],
  packers: [person('P', packer)],
  cardMakers: [person('C', cardMaker)],
};
const planFile = 'blocks: { sizes: [3, 6] }\n';

/** The study with its arms exchanged: the active arm is now called placebo, everything else is the same. */
function exchanged(original: Study): Study {
  const [first, second] = original.arms as [Study['arms'][number], Study['arms'][number]];
  return {
    ...original,
    arms: [
      { ...second, ratio: first.ratio },
      { ...first, ratio: second.ratio },
    ],
  };
}

async function sealed(of: Study, blockSizes = [3, 6], plan = planFile) {
  const slots = makeAllocationList(of, planOf(blockSizes), EXAMPLE_SEED);
  const secrets = {
    batch: 1,
    list: 'ff',
    seed: EXAMPLE_SEED,
    salts: exampleSalts(slots.length),
    studyFile: STUDY_TEMPLATE,
    planFile: plan,
    cards,
    studyKey: undefined,
    signingKey: undefined,
    created: '2026-01-01T00:00:00Z',
  };
  return { slots, ...(await sealList(of, slots, secrets)) };
}

function bytesOf(content: Content): Buffer {
  return Buffer.concat([...partsOf(content)].map((part) => Buffer.from(part)));
}

function lengths(files: ReadonlyMap<string, Content>): [string, number][] {
  return [...files].map(([path, content]) => [path, bytesOf(content).length]);
}

describe('the files of an allocation', () => {
  test('are the lists, an envelope for each slot, the master, the packing list and the cards', async () => {
    const { files } = await sealed(study);
    expect([...files.keys()]).toEqual([
      'allocation/list.csv',
      'allocation/card-recipients.csv',
      ...Array.from({ length: 18 }, (_, index) => {
        return `allocation/envelopes/R0${String(index + 1).padStart(2, '0')}.age`;
      }),
      'allocation/master.age',
      'allocation/packing.age',
      'allocation/cards.age',
    ]);
  });

  test('have the same lengths, and the same public list, when the arms are exchanged [R-021]', async () => {
    const [one, other] = [await sealed(study), await sealed(exchanged(study))];
    expect(one.slots.map((slot) => slot.arm)).not.toEqual(other.slots.map((slot) => slot.arm));
    expect(lengths(other.files)).toEqual(lengths(one.files));
    expect(other.files.get('allocation/list.csv')).toBe(one.files.get('allocation/list.csv'));
  });

  test('have the same lengths and the same public list with kit types too', async () => {
    const kitTypes = [
      { type: 'tablets', spares: 1 },
      { type: 'syringe', spares: 0 },
    ];
    const typed = { ...study, spareKits: 1, kitTypes };
    const [one, other] = [await sealed(typed), await sealed(exchanged(typed))];
    expect(lengths(other.files)).toEqual(lengths(one.files));
    expect(other.files.get('allocation/list.csv')).toBe(one.files.get('allocation/list.csv'));
    const open = async (path: string, { identity }: { identity: string }) =>
      Buffer.from(await unseal(one.files.get(path) as Uint8Array, [identity], path)).toString();
    const packing = await open('allocation/packing.age', packer);
    expect(packing).toMatch(/^kit,kit_type,arm_code,arm_name\n\w{7},(tablets|syringe),/);
    const expected = { file: 'packing.age', slots: one.slots, arms: study.arms };
    const read = readPackingList(packing, expected);
    expect(read).toHaveLength(18 * 3);
    const [slot] = one.slots;
    expect(read).toContainEqual({
      kit: slot!.further![0]!.kit,
      type: 'syringe',
      arm: slot!.arm,
      armName: study.arms.find(({ code }) => code === slot!.arm)!.name,
    });
    const wrong = packing.replace(/,tablets,/, ',syringe,');
    expect(() => readPackingList(wrong, expected)).toThrow('its kits are not those');
    const master = await open('allocation/master.age', officer);
    const about = { file: 'master.age', study: typed.id, batch: 1, list: 'ff', slots: one.slots };
    expect(readMaster(master, about).slots[0]).toMatchObject({
      kitType: 'tablets',
      further: slot!.further!,
    });
    const renamed = one.slots.map((own) => ({ ...own, kitType: 'pills' }));
    expect(() => readMaster(master, { ...about, slots: renamed })).toThrow('its slots are not');
  });

  test('have the same lengths for all block sizes and plans', async () => {
    const plans: [number[], string][] = [
      [[3], 'blocks: { sizes: [3] }'],
      [[18], `# ${'long '.repeat(1000)}\nblocks: { sizes: [18] }`],
      [[3, 6, 9], '# "quoted"\n'.repeat(MOST_PLAN_BYTES / 11)],
    ];
    const { files } = await sealed(study);
    for (const [blockSizes, plan] of plans) {
      expect(lengths((await sealed(study, blockSizes, plan)).files)).toEqual(lengths(files));
    }
  });

  test('open only for the people to whom they are sealed [R-022]', async () => {
    const { files } = await sealed(study);
    const opens = async (path: string, { identity }: { identity: string }) =>
      unseal(files.get(path) as Uint8Array, [identity], path).then(
        () => true,
        () => false,
      );
    const table: Record<string, boolean[]> = {};
    for (const path of [
      'allocation/envelopes/R001.age',
      'allocation/master.age',
      'allocation/packing.age',
      'allocation/cards.age',
    ]) {
      const keys = [officer, statistician, packer, cardMaker, cards[0]!, cards[1]!];
      table[path] = await Promise.all(keys.map((key) => opens(path, key)));
    }
    expect(table).toEqual({
      'allocation/envelopes/R001.age': [true, false, false, false, true, false],
      'allocation/master.age': [true, true, false, false, false, false],
      'allocation/packing.age': [false, false, true, false, false, false],
      'allocation/cards.age': [false, false, false, true, false, false],
    });
  });

  test('without a packer the packing list is sealed to the officers', async () => {
    const { files } = await sealed({ ...study, packers: [] });
    const packing = files.get('allocation/packing.age') as Uint8Array;
    expect(await unseal(packing, [officer.identity], 'it')).toMatch(/^kit,arm_code,arm_name\n/);
  });

  test('the master has the seed, the plan, the study and every slot', async () => {
    const { slots, files } = await sealed(study);
    const text = await unseal(
      files.get('allocation/master.age') as Uint8Array,
      [statistician.identity],
      'it',
    );
    const master = JSON.parse(text) as Record<string, unknown>;
    expect(master).toMatchObject({
      study: 'DEPIL-2',
      algorithm: 1,
      seed: Buffer.from(EXAMPLE_SEED).toString('hex'),
      planFile,
      studyFile: STUDY_TEMPLATE,
      slots: withoutBatch(salted(slots)),
      salt: exampleSalts(18).list,
    });
  });

  test('the packing list is in the order of the kits, not of the slots', async () => {
    const { slots, files } = await sealed(study);
    const text = await unseal(
      files.get('allocation/packing.age') as Uint8Array,
      [packer.identity],
      'it',
    );
    const rows = text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(',').slice(0, 2));
    const expected = slots.map((slot) => [slot.kit as string, slot.arm]).sort();
    expect(rows).toEqual(expected);
  });
});

/** What a batch of so many slots has beside its slots, with the same card for each. */
const secretsFor = (slots: number) => ({
  batch: 1,
  list: 'ff',
  seed: EXAMPLE_SEED,
  salts: exampleSalts(slots),
  studyFile: STUDY_TEMPLATE,
  planFile,
  cards: Array.from({ length: slots }, (_, index) => cards[index % cards.length]!),
  studyKey: undefined,
  signingKey: undefined,
  created: '2026-01-01T00:00:00Z',
});

describe('the files of an allocation can be opened again:', () => {
  const opened = async (content: unknown, { identity }: { identity: string }) =>
    unseal(content as Uint8Array, [identity], 'it');

  test('each envelope by an officer and by its card, and it leads to the root', async () => {
    const { slots, files, commitment } = await sealed(study);
    expect(commitment.leaves).toBe(19);
    for (const [index, slot] of slots.entries()) {
      const file = files.get(`allocation/envelopes/${slot.number}.age`);
      const expected = { study: 'DEPIL-2', list: 'ff', slot, index, commitment };
      for (const key of [officer, cards[index]!]) {
        expect(readEnvelope(await opened(file, key), expected).arm.code).toBe(slot.arm);
      }
    }
  });

  test('the cards by the card maker, with the key of each slot', async () => {
    const { slots, files } = await sealed(study);
    const expected = { file: 'cards.age', study: 'DEPIL-2', list: 'ff', slots };
    const read = readCardKeys(await opened(files.get('allocation/cards.age'), cardMaker), expected);
    expect(read.map(({ identity }) => identity)).toEqual(cards.map(({ identity }) => identity));
    expect(files.get('allocation/card-recipients.csv')).toBe(
      `randomization_number,recipient\n${slots.map(({ number }, at) => `${number},${cards[at]!.recipient}\n`).join('')}`,
    );
  });

  test('with a threshold by the officers together', async () => {
    const [second, studyKey] = [await drawKeyPair(), await drawKeyPair()];
    const shared: Study = {
      ...study,
      custody: { rule: 'threshold', needed: 2, of: 2 },
      officers: [person('O', officer), person('P', second)],
    };
    const slots = makeAllocationList(study, planOf([3]), EXAMPLE_SEED);
    const signingKey = signingKeyFrom(new Uint8Array(32).fill(7));
    const secrets = { ...secretsFor(18), batch: 2, studyKey, signingKey };
    const ofBatch2 = slots.map((slot) => ({ ...slot, batch: 2 }));
    const { files, custody } = await sealList(shared, ofBatch2, secrets);
    expect(custody).toMatchObject({ rule: 'threshold', recipient: studyKey.recipient });
    expect([...files.keys()].filter((path) => !path.includes('/envelopes/'))).toEqual(
      [
        ...['list.csv', 'card-recipients.csv', 'master.age', 'packing.age', 'cards.age'],
        ...['signing.age', 'signing.pub', 'custody/1-2.age'],
      ].map((name) => `allocation/batch-2/${name}`),
    );
    const folder = 'allocation/batch-2/custody/';
    const wrapped = new Map([['1-2.age', files.get(`${folder}1-2.age`) as Uint8Array]]);
    const sharing = { officers: shared.officers, needed: 2, recipient: studyKey.recipient };
    const own = await unwrapStudyKey(wrapped, sharing, [officer, second]);
    expect(await opened(files.get('allocation/batch-2/master.age'), own)).toContain('"seed"');
    expect(await opened(files.get('allocation/batch-2/envelopes/R001.age'), own)).toContain('R001');
    const signing = await opened(files.get('allocation/batch-2/signing.age'), statistician);
    expect(readSigningSecret(signing, signingKey.publicKey)).toEqual(signingKey);
    expect(String(bytesOf(files.get('allocation/batch-2/signing.pub')!))).toBe(
      `randose signing key 1 DEPIL-2 ${signingKey.publicKey}\n`,
    );
  });

  test('without a threshold there is no study key, even if one is given', async () => {
    const slots = makeAllocationList(study, planOf([3]), EXAMPLE_SEED).slice(0, 1);
    const { files } = await sealList(study, slots, { ...secretsFor(1), studyKey: officer });
    expect([...files.keys()].filter((path) => path.includes('custody'))).toEqual([]);
  });

  test('a list without kits has no packing list', async () => {
    const slots = makeAllocationList({ ...study, hasKits: false }, planOf([3]), EXAMPLE_SEED);
    const { files } = await sealList(study, slots, secretsFor(18));
    expect([...files.keys()].filter((path) => path.includes('packing'))).toEqual([]);
  });

  test('a least predictable list has its tables in the master', async () => {
    const tables = [{ ratio: [2, 1], slots: 1, places: [[[0, 0]]] }];
    const slots = makeAllocationList(study, planOf([3]), EXAMPLE_SEED).slice(0, 1);
    const { files } = await sealList(study, slots, { ...secretsFor(1), tables });
    const text = await opened(files.get('allocation/master.age'), officer);
    expect(JSON.parse(text)).toMatchObject({ version: 3, tables });
  });
});

describe('envelopes are sealed in groups', () => {
  const slots = makeAllocationList(
    { ...study, strata: [{ id: 'site=CRT', slots: 600 }] },
    planOf([3]),
    EXAMPLE_SEED,
  );
  const secrets = secretsFor(600);

  /** Seals nothing, and keeps what it was asked for. */
  function pretended(sideBySide: number, fails = false) {
    const asked: { people: readonly string[]; count: number; sizes: number[]; closed: number } = {
      people: [],
      count: 0,
      sizes: [],
      closed: 0,
    };
    const open: OpenSealer = (people, count) => {
      Object.assign(asked, { people, count });
      return {
        sideBySide,
        seal: async ({ texts, recipients }) => {
          asked.sizes.push(texts.length);
          // The later a group begins, the sooner it is done.
          for (let turn = asked.sizes.length; turn < 4; turn += 1) await Promise.resolve();
          if (fails) throw new Error('the thread has ended');
          return texts.map((text, at) => Buffer.from(`${recipients[at]!} ${text}`));
        },
        close: () => {
          asked.closed += 1;
        },
      };
    };
    return { asked, open };
  }

  test.each([1, 2, 3])('of 32, %i side by side, and stay in their order', async (sideBySide) => {
    const { asked, open } = pretended(sideBySide);
    const progress: number[] = [];
    const { files } = await sealList(study, slots, secrets, (n) => progress.push(n), open);
    expect(asked).toEqual({
      people: [officer.recipient],
      count: 600,
      sizes: [...Array<number>(18).fill(32), 24],
      closed: 1,
    });
    expect(progress).toHaveLength(19);
    expect(progress.at(-1)).toBe(600);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    for (const index of [0, 1, 31, 32, 63, 64, 575, 576, 599]) {
      const { number } = slots[index]!;
      const text = String(bytesOf(files.get(`allocation/envelopes/${number}.age`)!));
      expect(text.startsWith(`${secrets.cards[index]!.recipient} {`)).toBe(true);
      expect(text).toContain(`"number": "${number}"`);
    }
  });

  test('one after the other, if there is one thread, and the number so far is told', async () => {
    const progress: number[] = [];
    await sealList(study, slots, secrets, (n) => progress.push(n), pretended(1).open);
    expect(progress).toEqual([...Array.from({ length: 18 }, (_, group) => 32 * (group + 1)), 600]);
  });

  test('and what seals them is closed, also if it fails', async () => {
    const { asked, open } = pretended(1, true);
    await expect(sealList(study, slots, secrets, undefined, open)).rejects.toThrow(
      'the thread has ended',
    );
    expect(asked.closed).toBe(1);
  });

  test('in this thread one at a time', async () => {
    const sealer = sealerHere([officer.recipient]);
    expect(sealer.sideBySide).toBe(1);
    const recipients = [cards[0]!.recipient, cards[1]!.recipient];
    const [one, two] = await sealer.seal({ texts: ['one', 'two'], recipients });
    for (const key of [officer, cards[0]!]) {
      expect(await unseal(one!, [key.identity], 'it')).toBe('one');
    }
    for (const key of [officer, cards[1]!]) {
      expect(await unseal(two!, [key.identity], 'it')).toBe('two');
    }
    await expect(unseal(two!, [cards[0]!.identity], 'it')).rejects.toThrow('does not open');
    sealer.close();
  });

  test('and each slot has a salt of its own', async () => {
    const fewer = { ...secrets, salts: exampleSalts(599) };
    await expect(sealList(study, slots, fewer)).rejects.toThrow('each slot has a salt of its own');
  });
});

test('a rewrap seals what it is given, and keeps what is already sealed', async () => {
  const slots = makeAllocationList(study, planOf([3]), EXAMPLE_SEED).slice(0, 2);
  const [packing, sealedCards] = [Buffer.from('sealed packing list'), Buffer.from('sealed cards')];
  const contents = {
    envelopeOf: (index: number) => Promise.resolve(`envelope ${index}`),
    master: () => 'master',
    packing: () => packing,
    cards: () => sealedCards,
  };
  const place = {
    batch: 1,
    rewrap: 2,
    studyKey: undefined,
    signingKey: undefined,
    created: '2026-01-01T00:00:00Z',
    recipients: cards.slice(0, 2).map(({ recipient }) => recipient),
  };
  const progress: number[] = [];
  const tell = (sealedSoFar: number) => progress.push(sealedSoFar);
  const files = await sealContents(study, slots, contents, place, tell, sealerHere);
  expect([...files.keys()]).toEqual(
    ['envelopes/R001.age', 'envelopes/R002.age', 'master.age', 'packing.age', 'cards.age'].map(
      (name) => `allocation/rewrap-2/${name}`,
    ),
  );
  expect(progress).toEqual([2]);
  expect(files.get('allocation/rewrap-2/packing.age')).toBe(packing);
  expect(files.get('allocation/rewrap-2/cards.age')).toBe(sealedCards);
  const second = files.get('allocation/rewrap-2/envelopes/R002.age')!;
  expect(await unseal(bytesOf(second), [cards[1]!.identity], 'it')).toBe('envelope 1');
});

test('sealed spaces have room for the longest texts of a study', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
    .map((t) => t.slice(0, 100));
  fc.assert(
    fc.property(
      text,
      text,
      fc.integer({ min: 1, max: 400 }),
      anyNumbers,
      (one, two, multiple, numbers) => {
        const arms = [
          { code: 'A'.repeat(20), name: one, type: 'active' as const, ratio: 2 },
          { code: 'B', name: two, type: 'placebo' as const, ratio: 1 },
        ];
        const strata = [{ id: 'site=X', slots: 3 * multiple }];
        const slots = makeAllocationList(
          { id: 'T', domain: 'dummy', numbers, arms, strata },
          planOf([3 * multiple]),
          EXAMPLE_SEED,
        );
        const plan = '"\\\n\t'.repeat(MOST_PLAN_BYTES / 4);
        const master = {
          study: 'T',
          domain: 'production' as const,
          batch: 1,
          list: 'f',
          seed: '0'.repeat(64),
          studyFile: one,
          planFile: plan,
          salt: '0'.repeat(64),
          slots: salted(slots),
        };
        expect(() => formatMaster(master, { arms, strata })).not.toThrow();
        expect(() => formatPackingList(slots, arms)).not.toThrow();
      },
    ),
    { numRuns: 40 },
  );
});

describe('the manifest', () => {
  const facts = {
    batch: 1,
    rewrap: 0,
    list: 'ff',
    created: '2026-01-01T00:00:00Z',
    software: 'randose 0',
    custody: custodyOf(study, undefined),
    commitment: { leaves: 3, root: '0'.repeat(64) },
  };
  const file = (name: string) => `allocation/envelopes/${name}.age`;
  const contents = new Map([
    ['study.yaml', 'study'],
    ['allocation/list.csv', 'list'],
    [file('R001'), 'one'],
    [file('R002'), 'two'],
  ]);
  const digests = new Map([...contents].map(([path, text]) => [path, sha256(text)]));
  const slots = makeAllocationList(study, planOf([3]), EXAMPLE_SEED).slice(0, 2);
  const manifest = makeManifest(study, slots, contents, facts);
  const findings = (changes: [string, string | undefined][], list = slots) => {
    const found = new Map(digests);
    for (const [path, text] of changes) {
      if (text === undefined) found.delete(path);
      else found.set(path, sha256(text));
    }
    return checkSealedFiles([{ manifest, earlier: [], slots: list }], found).map(
      ({ file: path, message }) => `${path} ${message}`,
    );
  };

  test('agrees with the files that it was made from', () => {
    expect(findings([])).toEqual([]);
    expect(changedParts(manifest, study)).toEqual([]);
  });

  test('the digest is the one that sha256sum prints', () => {
    // FIPS 180-2, appendix B.1.
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('reports an envelope that was changed, lost, exchanged or added [R-104]', () => {
    expect(findings([[file('R001'), 'ONE']])).toEqual([
      `${file('R001')} is not the file that was sealed: its digest differs`,
    ]);
    expect(findings([[file('R001'), undefined]])).toEqual([`${file('R001')} is missing`]);
    expect(
      findings([
        [file('R001'), 'two'],
        [file('R002'), 'one'],
      ]),
    ).toHaveLength(2);
    expect(findings([[file('R003'), 'three']])).toEqual([
      `${file('R003')} is not in the manifest: randose did not put it there`,
    ]);
  });

  test('reports a list that does not have one slot for each envelope', () => {
    expect(findings([], slots.slice(0, 1))).toEqual([
      'allocation/list.csv has 1 slot, but not those of the strata in the manifest, which has 2',
      'allocation/list.csv has no slot for allocation/envelopes/R002.age',
    ]);
  });

  describe('with a stratum of its own ratio', () => {
    const sentinel = { id: 'site=NEW', slots: 2, ratio: { ILT101: 1, PLACEBO: 1 } };
    const more: Study = { ...study, strata: [...study.strata, sentinel] };
    const all = makeAllocationList(
      more,
      { ...planOf([3]), strata: [{ levels: { site: 'NEW' }, blocks: planOf([2]).blocks }] },
      EXAMPLE_SEED,
    );
    const own = makeManifest(more, all, contents, facts);
    const withRatio = (ratio: Stratum['ratio']): Study => ({
      ...study,
      strata: [...study.strata, { id: 'site=NEW', slots: 2, ...(ratio && { ratio }) }],
    });

    test('names it; the others are as before', () => {
      expect(own.ratios).toEqual([{ stratum: 'site=NEW', ratio: [1, 1] }]);
      expect('ratios' in manifest).toBe(false);
      expect(parseManifest(formatManifest(own), 1)).toEqual(own);
    });

    test('only another ratio is a change: not 2:2, and not an order of arms', () => {
      const same = withRatio({ PLACEBO: 2, ILT101: 2 });
      expect(changedParts(own, same)).toEqual([]);
      expect(changedRatios(own, same, all)).toEqual([]);
      const plain: Study = {
        ...study,
        strata: [{ ...study.strata[0]!, ratio: { ILT101: 4, PLACEBO: 2 } }],
      };
      expect(changedParts(manifest, plain)).toEqual([]);
    });

    test('another ratio is told for strata that have slots', () => {
      const other = withRatio({ ILT101: 5, PLACEBO: 1 });
      expect(changedParts(own, other)).toEqual(['strata']);
      expect(changedRatios(own, other, all)).toEqual([
        { stratum: 'site=NEW', sealed: [1, 1], now: [5, 1] },
      ]);
      expect(changedRatios(own, withRatio(undefined), all)).toEqual([
        { stratum: 'site=NEW', sealed: [1, 1], now: undefined },
      ]);
      expect(changedRatios(manifest, other, slots)).toEqual([]);
    });

    test('a batch that has the stratum with another ratio than before is reported', () => {
      const second = {
        ...makeManifest(withRatio({ ILT101: 5, PLACEBO: 1 }), all, contents, facts),
        batch: 2,
      };
      const found = checkSealedFiles(
        [own, second].map((one) => ({ manifest: one, earlier: [], slots: undefined })),
        digests,
      );
      expect(found.map(({ message }) => message)).toEqual([
        'has stratum site=NEW with 5:1, but an earlier batch has it with 1:1',
      ]);
    });
  });

  test('reports which part of the study was changed [R-095]', () => {
    expect(changedParts(manifest, exchanged(study))).toEqual(['arms']);
    expect(changedParts(manifest, { ...study, officers: [] })).toEqual(['custody']);
    expect(changedParts(manifest, { ...study, strata: [] })).toEqual(['strata']);
    expect(changedParts(manifest, { ...study, id: 'OTHER' })).toEqual(['identity']);
    expect(changedParts(manifest, { ...study, blinding: 'open label' })).toEqual(['blinding']);
    const other = { ...study, id: 'OTHER', blinding: 'open label' } as const;
    expect(changedParts(manifest, other)).toEqual(['identity']);
    expect(changedParts(manifest, { ...study, title: 'New' })).toEqual([]);
    expect(changedParts(manifest, { ...study, spareKits: 2 })).toEqual([]);
    const numbers = {
      ...study.numbers,
      randomization: { ...study.numbers.randomization, width: 7 },
    };
    expect(changedParts(manifest, { ...study, numbers })).toEqual(['numbers']);
    expect(changedParts(manifest, { ...study, numbers, spareKits: 2 })).toEqual(['numbers']);
    const schedule = { ...study.schedule, assessments: [] };
    expect(changedParts(manifest, { ...study, schedule })).toEqual(['schedule']);
  });
});
