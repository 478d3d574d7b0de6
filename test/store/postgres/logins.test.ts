import type { Sql } from 'postgres';
import { afterAll, describe, expect } from 'vitest';
import type { ReadyAct } from '../../../src/ledger/chain.ts';
import { type Act, ACTIONS } from '../../../src/ledger/entry.ts';
import type { SlotRow } from '../../../src/store/postgres/slot-rows.ts';
import { EXAMPLE_INTENT } from '../../support/ledger.ts';
import { type Cluster, startCluster, testWithPostgres } from '../../support/postgres.ts';
import {
  enter,
  OWNER,
  randomization,
  ready,
  refusal,
  TestLedger,
  WHO,
} from '../../support/postgres-ledger.ts';

interface Trial {
  readonly cluster: Cluster;
  readonly ledger: TestLedger;
  readonly slots: readonly SlotRow[];
  readonly statistician: Sql;
  readonly inspector: Sql;
  readonly s01: Sql;
  readonly s08: Sql;
}
let begun: Promise<Trial> | undefined;
afterAll(async () => {
  await (await begun)?.ledger.close();
});

/** Two sites, each with a participant: entries 1 to 3. */
async function trial(): Promise<Trial> {
  return (begun ??= begin());
}
async function begin(): Promise<Trial> {
  const cluster = await startCluster();
  const ledger = await TestLedger.create(cluster, 'study');
  const statistician = await ledger.login('statistician', [], ['statistician']);
  const inspector = await ledger.login('inspector', [], ['inspector']);
  const s01 = await ledger.login('s01', ['S01'], ['coordinator', 'pharmacist']);
  const s08 = await ledger.login('s08', ['S08'], ['coordinator', 'pharmacist']);
  const slots = await ledger.list({ 'site=S01': 20, 'site=S08': 20 });
  await ledger.allocate(statistician);
  await enter(s01, [ready(randomization(slots[0]!, 'S01-001'))]);
  await enter(s08, [ready(randomization(slots[20]!, 'S08-001'))]);
  return { cluster, ledger, slots, statistician, inspector, s01, s08 };
}
/** Another act with the same id, or another text. */
function changed(act: ReadyAct, from: string | RegExp, to: string): ReadyAct {
  const text = act.text.replace(from, to);
  if (text === act.text) throw new Error(`the act has no ${String(from)}`);
  return { ...act, text };
}
const dose = (subject: string, kit: string | null = null) =>
  ({
    action: 'dose',
    who: WHO,
    subject,
    visit: 'D1',
    deviations: [],
    date: '2026-12-01',
    result: 'given',
    kit,
    corrects: null,
  }) as unknown as Act;

/** Statements that try everything with each table, and keep the SQLSTATE of each refusal in a setting. */
function attempts(tables: readonly string[]): string {
  const statements = ['select * from', 'delete from', 'truncate', 'drop table', 'lock table'];
  return `do $$
    declare name text; attempt text; answers text := '';
    begin
      foreach name in array '{${tables.join()}}'::text[] loop
        foreach attempt in array '{${statements.join()}}'::text[] || 'insert into'::text loop
          begin
            execute attempt || ' randose.' || name || case attempt when 'insert into' then ' default values' else '' end;
            answers := answers || attempt || ' ' || name || ' was taken ';
          exception when others then answers := answers || sqlstate || ' ';
          end;
        end loop;
      end loop;
      perform set_config('test.answers', answers, true);
    end $$`;
}

describe('nobody', () => {
  testWithPostgres('changes, removes, adds or reads rows of a table (check 11)', async () => {
    const { ledger, statistician, inspector, s01, s08 } = await trial();
    const before = await ledger.head();
    const tables = (
      await ledger.owner<
        { name: string }[]
      >`select tablename as name from pg_tables where schemaname = 'randose'`
    ).map(({ name }) => name);
    expect(tables.length).toBeGreaterThan(15);
    for (const sql of [s01, s08, inspector, statistician]) {
      const [{ answers } = { answers: '' }] = await sql.begin(async (transaction) => {
        await transaction.unsafe(attempts(tables)).simple();
        return transaction<
          { answers: string }[]
        >`select current_setting('test.answers') as answers`;
      });
      expect(answers).toBe('42501 '.repeat(6 * tables.length));
      expect(await refusal(sql`update randose.entries set line = ''`)).toBe('42501');
      expect(await refusal(sql`update randose.people set duties = '{statistician}'`)).toBe('42501');
      expect(await refusal(sql`select setval('randose.people_log_number_seq', 1)`)).toBe('42501');
    }
    for (const table of ['entries', 'people_log', 'paths', 'files', 'studies', 'head']) {
      expect(await refusal(ledger.owner.unsafe(`delete from randose.${table}`)), table).toBe(
        '42501',
      );
      expect(await refusal(ledger.owner.unsafe(`truncate randose.${table} cascade`)), table).toBe(
        '42501',
      );
      const [{ name } = { name: '' }] = await ledger.owner<
        { name: string }[]
      >`select attname as name from pg_attribute where attrelid = ${`randose.${table}`}::regclass and attnum > 0 and attidentity = '' limit 1`;
      expect(
        await refusal(ledger.owner.unsafe(`update randose.${table} set ${name} = ${name}`)),
        table,
      ).toBe('42501');
    }
    const [last] = await ledger.owner`select * from randose.entries order by seq desc limit 1`;
    const forged = { ...last, seq: before.seq + 2 };
    expect(
      await refusal(ledger.owner`insert into randose.entries ${ledger.owner(forged as never)}`),
    ).toBe('RD011');
    expect(await ledger.head()).toEqual(before);
  });

  testWithPostgres('calls a function that is not meant for people', async () => {
    const { ledger, s08 } = await trial();
    const functions = await ledger.owner<{ name: string; call: string }[]>`
      select proname as name, format('select randose.%I(%s)', proname, (
        select string_agg(format('null::%s', format_type(type, null)), ', ') from unnest(proargtypes) as type
      )) as call from pg_proc where pronamespace = 'randose'::regnamespace and prorettype <> 'trigger'::regtype`;
    const open = [];
    for (const { name, call } of functions) {
      if ((await refusal(s08.unsafe(call))) !== '42501') open.push(name);
    }
    expect(open.sort()).toEqual([
      ...[
        'enter',
        'file_contents',
        'file_list',
        'grant_duty',
        'hashes',
        'people_list',
        'put_files',
        'put_slots',
      ],
      ...['read_ledger', 'remove_paths', 'revoke_duty', 'taken', 'whoami'],
    ]);
    expect(await refusal(s08`create table public.mine (a int)`)).toBe('42501');
    expect(await refusal(s08`create temporary table entries (a int)`)).toBe('42501');
    expect(
      await refusal(s08`create function randose.me() returns int language sql as 'select 1'`),
    ).toBe('42501');
    expect(await refusal(s08`set role randose_owner`)).toBe('42501');
    expect(await refusal(s08`alter table randose.entries disable trigger all`)).toBe('42501');
  });

  testWithPostgres(
    'takes a function or a table of their own in the place of one of these',
    async () => {
      const { cluster, ledger, slots } = await trial();
      const s08 = ledger.as('s08');
      // As if somebody had granted what createSchema revoked.
      await cluster.psql(
        'grant temporary on database study to s08; grant create on schema public to s08;',
        { database: 'study' },
      );
      await s08
        .unsafe(
          `
      create temporary table people as select 's08'::name as login, '{S01}'::text[] as sites, '{statistician}'::text[] as duties;
      create temporary table entries (seq bigint, hash text, line text, id uuid, login name, time text, prev text, action text);
      create temporary table sight as select ''::text as site, 1::bigint as seq;
      create temporary table duty_actions as select 'coordinator'::text as duty, 'allocation'::text as action;
      create temporary table head (one boolean);
      create function pg_temp.me() returns text language sql as 'select ''owner''';
      create function public.upper(text) returns text language sql as 'select ''A''';
      create function public.sha256(bytea) returns bytea language sql as 'select ''''::bytea';
      create operator public.<> (leftarg = text, rightarg = text, function = texteq);
      set search_path = pg_temp, public, randose, pg_catalog;
      set standard_conforming_strings = off; set timezone = 'Pacific/Apia'; set datestyle = 'German'; set quote_all_identifiers = on;
      set intervalstyle = 'sql_standard'; set bytea_output = 'escape'; set extra_float_digits = 0; set synchronous_commit = off;
    `,
        )
        .simple();
      expect((await s08`select * from randose.whoami()`)[0]).toMatchObject({
        sites: ['S08'],
        duties: ['coordinator', 'pharmacist'],
      });
      const before = await ledger.head();
      expect(await refusal(enter(s08, [ready(randomization(slots[1]!, 'S01-002'))]))).toBe('RD004');
      expect(await refusal(enter(s08, [ready({ action: 'lock', who: WHO })]))).toBe('RD003');
      expect(await ledger.head()).toEqual(before);
      expect((await enter(s08, [ready(dose('S08-001'))], { seen: before.seq })).result).toBe(
        'done',
      );
      await cluster.psql(
        'revoke temporary on database study from s08; revoke create on schema public from s08;',
        { database: 'study' },
      );
      for (const isolation of ['repeatable read', 'serializable']) {
        expect(
          await refusal(
            s08.begin(`isolation level ${isolation}`, async (sql) =>
              enter(sql as unknown as Sql, [ready(dose('S08-001'))]),
            ),
          ),
        ).toBe('RD001');
      }
      expect(
        await refusal(
          s08.begin('read only', async (sql) =>
            enter(sql as unknown as Sql, [ready(dose('S08-001'))]),
          ),
        ),
      ).toBe('25006');
    },
  );
});

describe('a site', () => {
  testWithPostgres(
    'sees its own entries and those of the study, and the hashes of all (check 12)',
    async () => {
      const { ledger, inspector, s01, s08, slots } = await trial();
      const { seq } = await ledger.head();
      const texts = { s01: await ledger.text(s01), s08: await ledger.text(s08) };
      expect(texts.s08).toContain('S08-001');
      expect(texts.s08).toContain('"allocation"');
      expect(texts.s08).not.toContain('S01-001');
      expect(texts.s01).toContain('S01-001');
      expect(texts.s01).not.toContain('S08-001');
      expect(await ledger.text(inspector)).toBe(await ledger.text());
      const [{ hashes } = { hashes: Buffer.of() }] = await s08<
        { hashes: Buffer }[]
      >`select randose.hashes(1, ${seq})`;
      const all = await ledger.owner<
        { hash: string }[]
      >`select hash from randose.read_ledger() offset 1`;
      expect(hashes.toString('hex')).toBe(all.map(({ hash }) => hash).join(''));
      expect((await s08`select randose.taken()`)[0]).toEqual({ taken: slots[20]!.number });
      expect((await inspector`select randose.taken()`)[0]).toEqual({
        taken: `${slots[0]!.number} ${slots[20]!.number}`,
      });
    },
  );

  testWithPostgres(
    'enters nothing that is not its own, not next, or not as randose writes it (check 13)',
    async () => {
      const { ledger, s08, slots } = await trial();
      const before = await ledger.head();
      const act = ready(randomization(slots[21]!, 'S08-002'));
      for (const [wrong, code] of [
        [ready(randomization(slots[1]!, 'S01-002')), 'RD004'],
        [ready(randomization(slots[1]!, 'S01-002', 'S08')), 'RD005'],
        [ready(randomization(slots[22]!, 'S08-002')), 'RD005'],
        [ready(randomization({ ...slots[21]!, number: 'R999' }, 'S08-002')), 'RD005'],
        [ready(randomization({ ...slots[21]!, kit: 'KIT999' }, 'S08-002')), 'RD005'],
        [ready(randomization({ ...slots[21]!, stratum: 'site=S08/sex=F' }, 'S08-002')), 'RD005'],
        [ready(randomization(slots[21]!, 's08-001')), 'RD006'],
        [ready(randomization(slots[21]!, 'S01-001')), 'RD006'],
        [ready(randomization(slots[21]!, 'S08-002'), 'd'.repeat(64)), 'RD002'],
        [ready(dose('S01-001')), 'RD004'],
        [ready(dose('S08-404')), 'RD004'],
        [ready(dose('S08-001', 'KIT999')), 'RD005'],
        [changed(act, '{', '{"seq":1,'), 'RD001'],
        [changed(act, '{', '{"arm":"A",'), 'RD001'],
        [changed(act, '"subject":"S08-002"', '"subject":"S08-002","subject":"S08-002"'), 'RD001'],
        [
          changed(act, '"subject":"S08-002","reason":null', '"reason":null,"subject":"S08-002"'),
          'RD001',
        ],
        [changed(act, ',"id"', ', "id"'), 'RD001'],
        [changed(act, ',"id"', ',\n"id"'), 'RD001'],
        [changed(act, 'S08-002', 'S08\\u002d002'), 'RD001'],
        [changed(act, 'A. Example', '\\u0000'), 'RD001'],
        [changed(act, 'A. Example', '\\ud800'), 'RD001'],
        [changed(act, /"seen":null/, '"seen":{"head":"1:2","time":"x"}'), 'RD001'],
        [changed(act, /,"id":"[0-9a-f]*","seen":null/, ''), 'RD001'],
        [changed(act, /$/, ' garbage'), 'RD001'],
        [{ ...act, text: `[${act.text}]` }, 'RD001'],
        [{ ...act, text: '' }, 'RD001'],
        [{ ...act, text: '{' }, 'RD001'],
        [{ ...act, text: "'); drop table randose.entries; --" }, 'RD001'],
        [{ ...act, signature: 'a signature without a signer' }, 'RD001'],
        [changed(act, '"signer":null', '"signer":"SHA256:x"'), 'RD001'],
        [changed(act, 'A. Example', '\0'), '22021'],
      ] as const) {
        expect(await refusal(enter(s08, [wrong])), wrong.text).toBe(code);
      }
      expect(
        await refusal(
          enter(s08, [ready(dose('S08-001')), ready(randomization(slots[22]!, 'S08-002'))]),
        ),
      ).toBe('RD005');
      expect(await refusal(enter(s08, []))).toBe('RD001');
      expect(
        await refusal(s08`select randose.enter(1, '{{a,b},{c,d}}', '{{a,b},{c,d}}', true)`),
      ).toBe('RD001');
      expect(await refusal(s08`select randose.enter(1, null, null, null)`)).toBe('RD001');
      expect(await ledger.head()).toEqual(before);
      const strange = { ...WHO, name: `'); drop table randose.entries; -- "\\ \u2028\u0085` };
      expect((await enter(s08, [ready({ ...dose('S08-001'), who: strange })])).result).toBe('done');
      expect(await ledger.text(s08)).toContain('drop table randose.entries');
    },
  );

  testWithPostgres('cannot guess an entry of another from its hash (check 14)', async () => {
    const { s08 } = await trial();
    const same = dose('S08-001');
    const { lines } = await enter(s08, [ready(same), ready(same)]);
    const hashes = lines.map((line) => (JSON.parse(line) as { hash: string }).hash);
    expect(new Set(hashes).size).toBe(2);
    const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('duties', () => {
  testWithPostgres(
    'decide who enters what; readers enter nothing, and revoked ones learn nothing',
    async () => {
      const { cluster, ledger, inspector, s08, statistician } = await trial();
      const before = await ledger.head();
      const officer = await ledger.login('officer', [], ['officer']);
      const investigator = await ledger.login('investigator', ['S08'], ['investigator']);
      for (const [sql, act, code] of [
        [inspector, EXAMPLE_INTENT, 'RD003'],
        [inspector, dose('S08-001'), 'RD003'],
        [s08, { action: 'lock', who: WHO }, 'RD003'],
        [s08, { action: 'list opening intent', who: WHO, key: null }, 'RD003'],
        [
          s08,
          { action: 'allocation', who: WHO, batch: 2, list: 'ff', manifest: 'a'.repeat(64) },
          'RD003',
        ],
        [officer, dose('S08-001'), 'RD003'],
        [investigator, { action: 'repair', who: WHO, removed: '' }, 'RD003'],
        [statistician, { action: 'repair', who: WHO, removed: '' }, 'RD003'],
      ] as [Sql, Act, string][]) {
        expect(await refusal(enter(sql, [ready(act)])), act.action).toBe(code);
      }
      for (const sql of [s08, inspector, officer, statistician]) {
        expect(
          await refusal(sql`select randose.grant_duty('s08', '{}', '{statistician}', 'me')`),
        ).toBe('RD003');
        expect(await refusal(sql`select randose.revoke_duty('s01', 'me')`)).toBe('RD003');
      }
      for (const sql of [s08, inspector]) {
        expect(
          await refusal(sql`select randose.put_files(array['study.yaml'], array['x'::bytea])`),
        ).toBe('RD003');
        expect(await refusal(sql`select randose.remove_paths(array['study.yaml'])`)).toBe('RD003');
        expect(await refusal(sql`select randose.put_slots('[]')`)).toBe('RD003');
      }
      expect(await ledger.head()).toEqual(before);
      const manager = await ledger.login('manager', [], ['data manager']);
      expect(
        await refusal(
          manager`select randose.grant_duty('nobody', '{}', '{monitor}', 'M. Example')`,
        ),
      ).toBe('RD012');
      expect(
        await refusal(manager`select randose.grant_duty('officer', '{}', '{king}', 'M. Example')`),
      ).toBe('RD012');
      expect(
        await refusal(
          manager`select randose.grant_duty('officer', '{}', '{pharmacist}', 'M. Example')`,
        ),
      ).toBe('RD012');
      expect(
        await refusal(
          manager`select randose.grant_duty('officer', '{""}', '{pharmacist}', 'M. Example')`,
        ),
      ).toBe('RD012');
      await manager`select randose.revoke_duty('investigator', 'M. Example')`;
      expect(await ledger.text(investigator)).toBe('');
      expect(await refusal(enter(investigator, [ready(EXAMPLE_INTENT)], { seen: 0 }))).toBe(
        'RD003',
      );
      expect(await refusal(investigator`select * from randose.file_list()`)).toBe('RD003');
      expect((await investigator`select randose.hashes(1, 100)`)[0]!.hashes).toEqual(Buffer.of());
      const log =
        await ledger.owner`select login, duties, by_login from randose.people_log where login = 'investigator' order by number`;
      expect(log).toMatchObject([
        { duties: ['investigator'], by_login: OWNER },
        { duties: [], by_login: 'manager' },
      ]);
      await cluster.createLogin('stranger', 'example');
      expect(await refusal(ledger.as('stranger')`select 1`)).toBe('42501');
    },
  );

  testWithPostgres(
    'are for every kind of entry: the server has the table of the program',
    async () => {
      const { ledger } = await trial();
      const rows = await ledger.owner<{ action: string }[]>`select action from randose.actions`;
      expect(rows.map(({ action }) => action).sort()).toEqual([...ACTIONS].sort());
    },
  );
});
