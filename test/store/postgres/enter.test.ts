import type { Sql } from 'postgres';
import { afterAll, describe, expect } from 'vitest';
import { readLedger } from '../../../src/ledger/chain.ts';
import type { Act, EntryOf } from '../../../src/ledger/entry.ts';
import type { SlotRow } from '../../../src/store/postgres/slot-rows.ts';
import { EXAMPLE_INTENT } from '../../support/ledger.ts';
import { type Cluster, startCluster, testWithPostgres } from '../../support/postgres.ts';
import {
  enter,
  putStudy,
  randomization,
  ready,
  refusal,
  TestLedger,
  WHO,
} from '../../support/postgres-ledger.ts';

let cluster: Promise<Cluster> | undefined;
const open: TestLedger[] = [];
let made = 0;
afterAll(async () => {
  await Promise.all(open.map(async (ledger) => ledger.close()));
});

interface Trial {
  readonly ledger: TestLedger;
  readonly slots: readonly SlotRow[];
  readonly statistician: Sql;
  readonly s01: Sql;
  readonly s08: Sql;
}
/** A trial of its own: two sites, without participants. */
async function trial(
  strata: Readonly<Record<string, number>> = { 'site=S01': 5, 'site=S08': 5 },
): Promise<Trial> {
  const name = `t${(made += 1)}`;
  const ledger = await TestLedger.create(await (cluster ??= startCluster()), name);
  open.push(ledger);
  const statistician = await ledger.login(`${name}_statistician`, [], ['statistician']);
  const s01 = await ledger.login(`${name}_s01`, ['S01'], ['coordinator', 'pharmacist']);
  const s08 = await ledger.login(`${name}_s08`, ['S08'], ['coordinator', 'pharmacist']);
  const slots = await ledger.list(strata);
  await ledger.allocate(statistician);
  return { ledger, slots, statistician, s01, s08 };
}
const actOf = (action: string, more: object) =>
  ready({ action, who: WHO, ...more } as unknown as Act);
const dose = (subject: string, kit: string | null = null) =>
  actOf('dose', {
    subject,
    visit: 'D1',
    deviations: [],
    date: '2026-12-01',
    result: 'given',
    kit,
    corrects: null,
  });
const kitEvent = (kit: string, event: string, more: object = {}) =>
  actOf('kit', { kit, event, date: '2026-12-01', units: 1, corrects: null, ...more });
const transfer = (subject: string, from: string, to: string) =>
  actOf('transfer', { subject, from, to, date: '2026-12-02' });
const outcome = (intent: number, action = 'code-break outcome', more: object = {}) =>
  actOf(action, { intent, result: 'opened', error: null, ...more });
/** The sequences of the entries that a login sees. */
const seen = async (ledger: TestLedger, sql: Sql) =>
  readLedger(await ledger.text(sql)).entries.map(({ seq }) => seq);

describe('acts', () => {
  testWithPostgres(
    'are entered all or none, and are the same entries if they are sent again',
    async () => {
      const { ledger, slots, s01, s08, statistician } = await trial();
      const acts = [
        ready(randomization(slots[5]!, 'S08-001')),
        ready(randomization(slots[6]!, 'S08-002')),
      ];
      const first = await enter(s08, acts);
      expect(first).toMatchObject({ result: 'done', seq: 3 });
      await enter(s01, [ready(randomization(slots[0]!, 'S01-001'))]);
      await enter(s08, [dose('S08-001')]);
      expect(await enter(s08, acts, { seen: 1 })).toMatchObject({
        result: 'replayed',
        lines: first.lines,
        seq: 5,
      });
      expect(await refusal(enter(s08, [acts[0]!, dose('S08-001')]))).toBe('RD008');
      expect(
        await refusal(enter(s08, [{ ...acts[0]!, text: acts[0]!.text.replace('nurse', 'Nurse') }])),
      ).toBe('RD008');
      expect(await refusal(enter(s08, [{ ...acts[0]!, signature: 'another' }]))).toBe('RD008');
      // Nobody learns an entry by its id, and nobody enters under the id of another.
      for (const other of [s01, statistician])
        expect(await refusal(enter(other, acts))).toBe('RD008');
      const twin = dose('S08-002');
      expect(await refusal(enter(s08, [twin, twin]))).toBe('RD008');
      const { problems, entries } = readLedger(await ledger.text());
      expect(problems).toEqual([]);
      expect(entries).toHaveLength(5);
    },
  );

  testWithPostgres('are never entered once their sender was told that they were not', async () => {
    const { ledger, slots, s08 } = await trial();
    const first = [ready(randomization(slots[5]!, 'S08-001'))];
    const second = [ready(randomization(slots[5]!, 'S08-002'))];
    expect(await enter(s08, first, { seen: null })).toMatchObject({ result: 'moved', seq: 1 });
    expect(await enter(s08, second)).toMatchObject({ result: 'done', seq: 2 });
    // The network brings them after all.
    expect(await refusal(enter(s08, first))).toBe('RD008');
    expect(await refusal(enter(s08, first, { anyway: true }))).toBe('RD008');
    expect(await enter(s08, first, { seen: null })).toMatchObject({ result: 'moved' });
    expect(await enter(s08, second, { seen: null })).toMatchObject({ result: 'replayed' });
    expect(readLedger(await ledger.text()).entries).toHaveLength(2);
  });

  testWithPostgres('are not entered if something newer was there to see', async () => {
    const { slots, s01, s08, statistician, ledger } = await trial();
    await enter(s08, [ready(randomization(slots[5]!, 'S08-001'))]);
    await enter(s01, [ready(randomization(slots[0]!, 'S01-001'))]);
    expect(await enter(s08, [dose('S08-001')], { seen: 1 })).toMatchObject({
      result: 'moved',
      lines: [],
      seq: 3,
    });
    expect(await enter(statistician, [dose('S08-001')], { seen: 1 })).toMatchObject({
      result: 'moved',
    });
    // What S08 may not see does not keep it waiting, nor anybody central who acts on a participant of S08.
    expect(await enter(s08, [dose('S08-001')], { seen: 2 })).toMatchObject({
      result: 'done',
      seq: 4,
    });
    expect(await enter(s01, [dose('S01-001')], { seen: 3 })).toMatchObject({ seq: 5 });
    expect(await enter(statistician, [dose('S08-001')], { seen: 4 })).toMatchObject({
      result: 'done',
      seq: 6,
    });
    expect(await enter(s08, [dose('S08-001')], { seen: 0, anyway: true })).toMatchObject({
      result: 'done',
      seq: 7,
    });
    expect(await refusal(enter(s08, [dose('S08-001')], { seen: 8 }))).toBe('RD014');
    expect((await ledger.head()).seq).toBe(7);
  });

  testWithPostgres('of a shared stratum get the next slot of it, and none twice', async () => {
    const { ledger, slots, s01, s08 } = await trial({ 'sex=F': 3 });
    await enter(s01, [ready(randomization(slots[0]!, 'S01-001', 'S01'))]);
    // S08 does not see that entry: it tries again with what is taken now.
    expect(
      await enter(s08, [ready(randomization(slots[0]!, 'S08-001', 'S08'))], { seen: 1 }),
    ).toMatchObject({ result: 'moved' });
    expect((await s08`select randose.taken()`)[0]).toEqual({ taken: 'R001' });
    expect(await refusal(enter(s08, [ready(randomization(slots[2]!, 'S08-001', 'S08'))]))).toBe(
      'RD005',
    );
    expect(await enter(s08, [ready(randomization(slots[1]!, 'S08-001', 'S08'))])).toMatchObject({
      result: 'done',
    });
    expect(await refusal(enter(s08, [ready(randomization(slots[1]!, 'S08-002', 'S08'))]))).toBe(
      'RD005',
    );
    expect(await seen(ledger, s08)).toEqual([1, 3]);
  });

  testWithPostgres(
    'of a locked database are refused, but for openings; it is locked and unlocked in turn',
    async () => {
      const { slots, s08, statistician } = await trial();
      await enter(s08, [ready(randomization(slots[5]!, 'S08-001'))]);
      expect(await refusal(enter(statistician, [actOf('unlock', {})]))).toBe('RD007');
      await enter(statistician, [actOf('lock', {})]);
      expect(await refusal(enter(s08, [dose('S08-001')]))).toBe('RD007');
      expect(await refusal(enter(statistician, [actOf('lock', {})]))).toBe('RD007');
      const { seq } = await enter(s08, [ready({ ...EXAMPLE_INTENT, subject: 'S08-001' } as Act)]);
      await enter(s08, [outcome(seq, 'code-break outcome', { subject: 'S08-001' })]);
      await enter(statistician, [actOf('unlock', {})]);
      expect(await enter(s08, [dose('S08-001')])).toMatchObject({ result: 'done' });
    },
  );

  testWithPostgres(
    'bring a new study.yaml into force if its file is there, and the right login brings it',
    async () => {
      const { ledger, slots, s08, statistician } = await trial();
      await enter(s08, [ready(randomization(slots[5]!, 'S08-001'))]);
      const old = dose('S08-001');
      expect(
        await refusal(
          enter(statistician, [
            ready(
              {
                action: 'amendment',
                who: WHO,
                amendment: 'A2',
                from: '2026-12-01',
                applies: 'everyone',
                digest: 'a'.repeat(64),
              } as unknown as Act,
              'e'.repeat(64),
            ),
          ]),
        ),
      ).toBe('RD002');
      await putStudy(statistician, `study: B ${ledger.database}`);
      expect(await refusal(enter(s08, [dose('S08-001')]))).toBe('RD002');
      await enter(statistician, [
        actOf('amendment', {
          amendment: 'A2',
          from: '2026-12-01',
          applies: 'everyone',
          digest: 'a'.repeat(64),
        }),
      ]);
      expect(await refusal(enter(s08, [old]))).toBe('RD002');
      expect(await enter(s08, [dose('S08-001')])).toMatchObject({ result: 'done' });
      // A code-break is entered under any, also under none.
      expect(
        await enter(s08, [ready({ ...EXAMPLE_INTENT, subject: 'S08-001' } as Act, 'f'.repeat(64))]),
      ).toMatchObject({ result: 'done' });
      await putStudy(statistician, 'study: A');
    },
  );
});

describe('openings', () => {
  testWithPostgres('have one outcome, of the same kind as their intent', async () => {
    const { slots, s08, statistician } = await trial();
    const { seq } = await enter(s08, [ready(randomization(slots[5]!, 'S08-001'))]);
    expect(await refusal(enter(s08, [outcome(seq)]))).toBe('RD009');
    expect(await refusal(enter(s08, [outcome(999)]))).toBe('RD009');
    const intent = await enter(s08, [ready({ ...EXAMPLE_INTENT, subject: 'S08-001' } as Act)]);
    expect(await refusal(enter(statistician, [outcome(intent.seq, 'list opening outcome')]))).toBe(
      'RD009',
    );
    expect(await enter(s08, [outcome(intent.seq)])).toMatchObject({ result: 'done' });
    expect(await refusal(enter(s08, [outcome(intent.seq)]))).toBe('RD009');
  });

  testWithPostgres(
    'are never stopped: of unknown participants, and of those of another site',
    async () => {
      const { ledger, slots, s01, s08 } = await trial();
      await enter(s01, [ready(randomization(slots[0]!, 'S01-001'))]);
      const unknown = {
        ...EXAMPLE_INTENT,
        subject: 'somebody whom nobody knows by any name that an id could have',
        number: null,
      };
      expect(await enter(s08, [ready(unknown as Act)])).toMatchObject({ result: 'done', seq: 3 });
      expect(
        await enter(s08, [
          ready({ ...unknown, subject: '(no subject id)', number: 'R001' } as Act),
        ]),
      ).toMatchObject({ result: 'done', seq: 4 });
      expect(await enter(s08, [outcome(4)])).toMatchObject({ result: 'done', seq: 5 });
      const byCard = { ...unknown, subject: 'x', key: 'code-break card of R001' };
      expect(await enter(s08, [ready(byCard as Act)])).toMatchObject({ result: 'done', seq: 6 });
      expect(await seen(ledger, s08)).toEqual([1, 3, 4, 5, 6]);
      expect(await seen(ledger, s01)).toEqual([1, 2, 4, 5, 6]);
    },
  );

  testWithPostgres('whose outcome names somebody else are seen by that site too', async () => {
    const { ledger, slots, s01, s08 } = await trial();
    await enter(s01, [ready(randomization(slots[0]!, 'S01-001'))]);
    const { seq } = await enter(s08, [
      ready({ ...EXAMPLE_INTENT, subject: '(no subject id)', number: null } as Act),
    ]);
    expect(await seen(ledger, s01)).toEqual([1, 2]);
    await enter(s08, [outcome(seq, 'code-break outcome', { subject: 'S01-001' })]);
    expect(await seen(ledger, s01)).toEqual([1, 2, 3, 4]);
  });

  testWithPostgres('that were made without the database are entered once', async () => {
    const { slots, s08 } = await trial();
    await enter(s08, [ready(randomization(slots[5]!, 'S08-001'))]);
    const late = () =>
      actOf('late code-break', {
        subject: 'S08-001',
        number: 'R006',
        key: null,
        to: null,
        kit: null,
        reason: 'x',
        opened: '2026-01-01T00:00:00Z',
        result: 'opened',
        error: null,
        pending: 'a'.repeat(64),
      });
    expect(await enter(s08, [late()], { seen: 0, anyway: true })).toMatchObject({ result: 'done' });
    expect(await refusal(enter(s08, [late()]))).toBe('RD010');
  });
});

describe('a site sees', () => {
  testWithPostgres(
    'the earlier entries of a participant who comes to it, and of the kits',
    async () => {
      const { ledger, slots, s01, s08 } = await trial();
      await enter(s01, [kitEvent('KIT001', 'received')]);
      await enter(s01, [ready(randomization(slots[0]!, 'S01-001'))]);
      await enter(s01, [dose('S01-001', 'KIT001')]);
      await enter(s01, [kitEvent('KIT002', 'received')]);
      expect(await seen(ledger, s08)).toEqual([1]);
      await enter(s01, [transfer('S01-001', 'S01', 'S08')]);
      expect(await seen(ledger, s08)).toEqual([1, 2, 3, 4, 6]);
      expect(await enter(s08, [dose('S01-001', 'KIT001')])).toMatchObject({ result: 'done' });
      expect(await seen(ledger, s01)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(await refusal(enter(s08, [kitEvent('KIT002', 'lost')]))).toBe('RD004');
    },
  );

  testWithPostgres(
    'the records of a kit that is sent to it, and not the participant who had it',
    async () => {
      const { ledger, slots, s01, s08 } = await trial();
      await enter(s01, [kitEvent('KIT002', 'received')]);
      await enter(s01, [kitEvent('KIT002', 'shipped', { from: 'S01', to: 'S08' })]);
      expect(await seen(ledger, s08)).toEqual([1, 2, 3]);
      expect(await enter(s08, [kitEvent('KIT002', 'received')])).toMatchObject({ result: 'done' });
      // A kit can arrive where nobody expected it. That shows its records, and nothing of a participant.
      await enter(s01, [ready(randomization(slots[0]!, 'S01-001'))]);
      await enter(s01, [dose('S01-001', 'KIT001')]);
      await enter(s01, [kitEvent('KIT001', 'received')]);
      expect(await enter(s08, [kitEvent('KIT001', 'received', { site: 'S08' })])).toMatchObject({
        result: 'done',
        seq: 8,
      });
      expect(await seen(ledger, s08)).toEqual([1, 2, 3, 4, 7, 8]);
    },
  );

  testWithPostgres('that its kit was used elsewhere', async () => {
    const { ledger, slots, s01, s08 } = await trial();
    await enter(s08, [ready(randomization(slots[5]!, 'S08-001'))]);
    await enter(s08, [dose('S08-001', 'KIT003')]);
    expect(await seen(ledger, s01)).toEqual([1, 3]);
  });

  testWithPostgres('kits of no site while they belong to nobody', async () => {
    const { ledger, slots, s01, s08 } = await trial({ 'sex=F': 3 });
    await enter(s01, [kitEvent('KIT001', 'quarantined')]);
    await enter(s01, [ready(randomization(slots[0]!, 'S01-001', 'S01'))]);
    await enter(s01, [kitEvent('KIT001', 'released')]);
    expect(await seen(ledger, s08)).toEqual([1, 2]);
    expect(await seen(ledger, s01)).toEqual([1, 2, 3, 4]);
  });
});

describe('a participant', () => {
  testWithPostgres(
    'has ids that nobody else ever gets, and records under the first one',
    async () => {
      const { ledger, slots, s08, statistician } = await trial();
      await enter(s08, [ready(randomization(slots[5]!, 'S08-001'))]);
      await enter(s08, [actOf('subject correction', { subject: 'S08-001', newId: 'S08-010' })]);
      expect(await refusal(enter(s08, [dose('S08-010')]))).toBe('RD004');
      expect(await enter(s08, [dose('s08-001')])).toMatchObject({ result: 'done' });
      for (const id of ['S08-001', 's08-010'])
        expect(await refusal(enter(s08, [ready(randomization(slots[6]!, id))]))).toBe('RD006');
      await enter(s08, [ready(randomization(slots[6]!, 'S08-002'))]);
      expect(
        await refusal(
          enter(s08, [actOf('subject correction', { subject: 'S08-002', newId: 'S08-010' })]),
        ),
      ).toBe('RD006');
      expect(
        await enter(s08, [actOf('subject correction', { subject: 'S08-001', newId: 'S08-001' })]),
      ).toMatchObject({ result: 'done' });
      expect(
        await enter(statistician, [ready({ ...EXAMPLE_INTENT, subject: 'S08-010' } as Act)]),
      ).toMatchObject({ result: 'done' });
      expect(await seen(ledger, s08)).toContain(7);
    },
  );

  testWithPostgres('is replaced once, by whoever gets the replacement slot', async () => {
    const { ledger, slots, s08, statistician } = await trial();
    const twin: SlotRow = {
      ...slots[5]!,
      number: 'R101',
      kit: 'KIT101',
      allKits: ['KIT101'],
      replacementFor: slots[5]!.number,
    };
    await statistician`select randose.put_slots(${JSON.stringify([twin])}::text::jsonb)`;
    await enter(s08, [ready(randomization(slots[5]!, 'S08-001'))]);
    await enter(s08, [ready(randomization(slots[6]!, 'S08-002'))]);
    const replacing = (slot: SlotRow, subject: string, replaces: string) =>
      ready(randomization(slot, subject, 'S08', { replaces }));
    expect(await refusal(enter(s08, [ready(randomization(twin, 'S08-003'))]))).toBe('RD005');
    expect(await refusal(enter(s08, [replacing(twin, 'S08-003', 'S08-002')]))).toBe('RD005');
    expect(await refusal(enter(s08, [replacing(slots[7]!, 'S08-003', 'S08-001')]))).toBe('RD005');
    expect(await refusal(enter(s08, [replacing(twin, 'S08-003', 'S08-404')]))).toBe('RD005');
    expect(await enter(s08, [replacing(twin, 'S08-003', 'S08-001')])).toMatchObject({
      result: 'done',
    });
    expect(await refusal(enter(s08, [replacing(slots[7]!, 'S08-004', 'S08-001')]))).toBe('RD005');
    // Who has a replacement slot has none for somebody else: the next slot of the stratum.
    expect(await enter(s08, [replacing(slots[7]!, 'S08-004', 'S08-003')])).toMatchObject({
      result: 'done',
    });
    expect(
      readLedger(await ledger.text()).entries.map(
        (entry) => (entry as Partial<EntryOf<'randomization'>>).number,
      ),
    ).toEqual([undefined, 'R006', 'R007', 'R101', 'R008']);
  });
});

describe('files', () => {
  testWithPostgres('have paths within the study, and keep what they were', async () => {
    const { ledger, s08, statistician } = await trial();
    const put = async (path: string, text: string) =>
      statistician`select randose.put_files(array[${path}], array[${Buffer.from(text)}::bytea])`;
    for (const path of [
      '/etc/passwd',
      '../a',
      'a/../b',
      'a/./b',
      'a//b',
      '.randose',
      'a\\b',
      'C:a',
      'a b',
      'a\n',
      '',
      'é',
      '-a',
      'a'.repeat(301),
    ]) {
      expect(await refusal(put(path, 'x')), path).toBe('RD013');
    }
    await put('allocation/list.csv', 'one');
    await put('allocation/list.csv', 'one');
    await put('allocation/list.csv', 'two');
    await put('allocation/gone.csv', 'two');
    await statistician`select randose.remove_paths(array['allocation/gone.csv', 'never'])`;
    const list = await s08<{ path: string; digest: string }[]>`select * from randose.file_list()`;
    expect(list.map(({ path }) => path)).toEqual(['allocation/list.csv', 'study.yaml']);
    const [file] = await s08`select * from randose.file_contents(array[${list[0]!.digest}])`;
    expect(file).toMatchObject({ digest: list[0]!.digest, content: Buffer.from('two') });
    expect(
      await ledger.owner`select count(*)::int as n from randose.paths where path like 'allocation/%'`,
    ).toMatchObject([{ n: 4 }]);
  });

  testWithPostgres('and slots of the list never change', async () => {
    const { slots, statistician } = await trial();
    const put = async (...rows: SlotRow[]) =>
      refusal(statistician`select randose.put_slots(${JSON.stringify(rows)}::text::jsonb)`);
    expect(await put(...slots)).toBe('taken');
    expect(await put({ ...slots[0]!, kit: 'KIT999' })).toBe('RD013');
    expect(await put({ ...slots[0]!, number: 'R900', sequence: 9, allKits: [] })).toBe('RD013');
    expect(await put({ ...slots[0]!, number: 'R900', sequence: 6, allKits: ['KIT002'] })).toBe(
      'RD013',
    );
    expect(
      await put({ ...slots[0]!, number: 'R900', sequence: 6, kit: 'KIT900', allKits: ['KIT900'] }),
    ).toBe('taken');
  });
});
