import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { testWithPostgres } from '../../support/postgres.ts';
import {
  enrol,
  type Login,
  serve,
  type ServedStudy,
  twoSites,
} from '../../support/served-study.ts';

let made: Promise<ServedStudy> | undefined;
const served = () => (made ??= begin());
async function begin(): Promise<ServedStudy> {
  const study = await serve(twoSites());
  const s01 = await study.person('s01');
  const s08 = await study.person('s08');
  await s01.must(...enrol('S01-001', 'S01'));
  await s08.must(...enrol('S08-001', 'S08'));
  await s01.must(...enrol('S01-002', 'S01'));
  return study;
}

/** What psql says of a statement; empty if it was done. */
async function refusal(
  study: ServedStudy,
  user: Login,
  sql: string,
  variables = {},
): Promise<string> {
  return study.cluster.psql(sql, { user, database: 'study', variables }).then(
    () => '',
    (error: unknown) => String(error),
  );
}

async function tablesOf(study: ServedStudy): Promise<string[]> {
  const names = await study.sql("select tablename from pg_tables where schemaname = 'randose'");
  return names.trim().split('\n');
}

describe('a login with SQL', () => {
  testWithPostgres('check 11: reads and changes no table', async () => {
    const study = await served();
    const before = await study.lines();
    const tables = await tablesOf(study);
    expect(tables.length).toBeGreaterThan(15);
    for (const login of ['s08', 'inspector', 'statistician', 'officer'] as const) {
      const tried = tables.flatMap((table) => [
        `select * from randose.${table}`,
        `insert into randose.${table} overriding system value select * from randose.${table}`,
        `insert into randose.${table} default values`,
        `delete from randose.${table}`,
        `truncate randose.${table} cascade`,
        `drop table randose.${table} cascade`,
        `alter table randose.${table} disable trigger all`,
      ]);
      // One session for all: each failure is reported with its SQLSTATE.
      const script = `\\set ON_ERROR_STOP 0\n${tried.map((sql) => `${sql};\n\\echo :SQLSTATE`).join('\n')}`;
      const states = (await study.cluster.psql(script, { user: login, database: 'study' })).trim();
      expect([...new Set(states.split('\n'))]).toEqual(['42501']);
      expect(states.split('\n')).toHaveLength(tried.length);
      for (const sql of [
        'create table public.mine (one int)',
        'create table randose.mine (one int)',
        'create temporary table entries (one int)',
        'set role randose_owner',
        'set session authorization manager',
        `select randose.import_entries('{x}')`,
        `select randose.do_act(1, '{}')`,
        'create or replace function randose.me() returns int language sql as $$ select 1 $$',
      ]) {
        expect(await refusal(study, login, sql)).toMatch(/ERROR: {2}(?:42501|RD003|42704)/);
      }
    }
    expect(await study.lines()).toEqual(before);
  });

  testWithPostgres('check 11: not even as the owner changes what is recorded', async () => {
    const study = await served();
    const before = await study.lines();
    for (const table of ['entries', 'people_log', 'paths', 'files', 'studies', 'head']) {
      const column = (
        await study.sql(
          `select column_name from information_schema.columns where table_schema = 'randose' and table_name = '${table}' and is_generated = 'NEVER' and is_identity = 'NO' limit 1`,
        )
      ).trim();
      for (const sql of [
        `update randose.${table} set ${column} = ${column}`,
        `delete from randose.${table}`,
        `truncate randose.${table} cascade`,
      ]) {
        const text = await refusal(study, 'manager', `set role randose_owner; ${sql}`);
        expect(text).toContain('ERROR:  42501');
        expect(text).toContain('refused');
        // The superuser too, who has to take the trigger away first.
        await expect(study.sql(sql)).rejects.toThrow('42501');
      }
    }
    const again = `set role randose_owner; insert into randose.entries (seq, prev, hash, line, action, time) select seq + 1, prev, hash, line, action, time from randose.entries where seq = 2`;
    expect(await refusal(study, 'manager', again)).toContain('RD011');
    expect(await study.lines()).toEqual(before);
  });
});

describe('a site', () => {
  testWithPostgres('check 12: sees its own participants, and of others hashes', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const all = (await study.lines()).length;
    const text = await s08.must('ledger', '--json');
    expect(text).toContain('S08-001');
    expect(text).not.toContain('S01-00');
    const { entries } = (JSON.parse(text) as { data: { entries: unknown[] } }).data;
    expect(entries).toHaveLength(all - 2);

    const verified = await s08.must('verify');
    expect(verified).toMatch(/2 of \d+ entries .*hash/);
    expect(await s08.json('verify')).toMatchObject({
      checked: { hidden: 2 },
      ledger: { seq: all },
    });
    // The receipt of another site is compared by its hash.
    const receipts = (await study.lines()).map((line) => {
      const { seq, hash } = JSON.parse(line) as { seq: number; hash: string };
      return `${seq}:${hash}`;
    });
    expect(await s08.must('verify', '--expect', ...receipts)).toContain(
      `All ${receipts.length} receipts are in the ledger`,
    );
    for (const words of [['status'], ['calendar', 'S01-001'], ['ledger', 'S01-001']]) {
      const { stdout, stderr } = await s08.run(...words);
      expect(stdout).not.toContain('S01-001');
      expect(stdout + stderr.replaceAll(words.join(' '), '')).not.toMatch(
        /entry 2\b.*randomization/,
      );
    }
    // Nor with SQL.
    const seen = await study.cluster.psql('select * from randose.read_ledger()', {
      user: 's08',
      database: 'study',
    });
    expect(seen).not.toContain('S01-00');
    const inspector = await study.person('inspector');
    expect(await inspector.must('ledger', '--json')).toContain('S01-001');
    expect(await inspector.json('verify')).toMatchObject({ checked: { hidden: 0 } });
  });

  testWithPostgres(
    'check 13: enters nothing for another site, and nothing that randose would not',
    async () => {
      const study = await served();
      const s08 = await study.person('s08');
      const before = await study.lines();

      const elsewhere = await s08.run(...enrol('S01-009', 'S01'));
      expect(elsewhere.status).toBe(66);
      expect(elsewhere.stderr).toContain('Nothing was recorded');
      // An id that only the other site can see.
      const known = await s08.run(...enrol('S01-001', 'S08', '--id-is-right'));
      expect(known.status).toBe(65);
      expect(known.stderr).toContain('by a participant of this site or of another one');

      const file = join(s08.folder, 'study.yaml');
      const own = readFileSync(file, 'utf8');
      writeFileSync(file, own.replace('Test trial', 'Text trial'));
      const stale = await s08.run(...enrol('S08-009', 'S08'));
      expect(stale.status).toBe(65);
      expect(stale.stderr).toContain('randose pull');
      writeFileSync(file, own);

      // What the command line never sends.
      const line = before.find((one) => one.includes('"S08-001"')) ?? '';
      const like = JSON.parse(line) as Record<string, unknown>;
      const place = new Set(['seq', 'time', 'prev', 'hash']);
      const act = Object.fromEntries(Object.entries(like).filter(([name]) => !place.has(name)));
      const numbers = (
        await study.sql(
          "select number, kit from randose.slots where site = 'S08' and held_in is null order by sequence",
        )
      )
        .trim()
        .split('\n')
        .map((row) => row.split('|'));
      const slotAt = (index: number) => ({ number: numbers[index]![0], kit: numbers[index]![1] });
      let ids = 0;
      const actOf = (changes: object) => {
        ids += 1;
        return {
          ...act,
          subject: 'S08-010',
          ...slotAt(0),
          id: String(ids).padStart(32, 'c'),
          ...changes,
        };
      };
      const enter = async (text: string) =>
        refusal(
          study,
          's08',
          `select result from randose.enter(100000, array[:'act'], array[null]::text[], true)`,
          { act: text },
        );
      const whole = JSON.stringify(actOf({}));
      expect(await enter(whole)).toContain('RD014'); // nobody has seen entry 100000
      const seen = before.length;
      const enterNow = async (text: string) =>
        refusal(
          study,
          's08',
          `select result from randose.enter(${seen}, array[:'act'], array[null]::text[], false)`,
          { act: text },
        );
      for (const [text, state] of [
        [JSON.stringify(actOf(slotAt(1))), 'RD005'],
        [JSON.stringify(actOf({ site: 'S01' })), 'RD00'],
        [JSON.stringify(actOf({ unknown: 1 })), 'RD001'],
        [whole.replace('{', '{"seq":1,'), 'RD001'],
        [whole.replace(/\}$/, ',"seq":1}'), 'RD001'],
        [whole.replace('"subject":', '"subject":"S08-011","subject":'), 'RD001'],
        [whole.replace('{', '{ '), 'RD001'],
        [JSON.stringify(actOf({ study: 'a'.repeat(64) })), 'RD002'],
        [JSON.stringify(actOf({ subject: 'S08-001' })), 'RD006'],
        [JSON.stringify(actOf({ subject: 's01-001' })), 'RD006'],
        [JSON.stringify(actOf({ id: (act as { id: string }).id })), 'RD008'],
        [JSON.stringify({ ...actOf({}), action: 'lock' }), 'RD00'],
      ] as const) {
        expect(await enterNow(text)).toContain(state);
      }
      expect(await study.lines()).toEqual(before);
      // The same text, as it is right, is taken.
      expect(await enterNow(whole)).toBe('');
      expect(await study.lines()).toHaveLength(before.length + 1);
    },
  );

  testWithPostgres('is told how to print the labels of its own kits', async () => {
    const study = await served();
    const s01 = await study.person('s01');
    const before = await study.lines();
    const labels = ['labels', '--output', join(s01.folder, 'labels', 'all.pdf')];
    const { status, stderr } = await s01.run(...labels);
    expect(stderr).toMatch(/login s01 is not of the site of kit [0-9A-Z]{7}\n/);
    expect(stderr).toContain('For the kits of your own site, add: --site S01\n');
    expect(status).toBe(66);
    expect(await study.lines()).toEqual(before);
    expect(existsSync(join(s01.folder, 'labels', 'all.pdf'))).toBe(false);
    await s01.must(...labels, '--site', 'S01');
  });

  testWithPostgres('check 14: learns nothing from the hash of an entry of others', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const kit = (
      await study.sql(`select kit from randose.slots where site = 'S08' order by sequence limit 1`)
    ).trim();
    const texts: Record<string, unknown>[] = [];
    for (let times = 0; times < 2; times += 1) {
      await s08.must('kit', 'received', '--kits', kit, '--date', '2026-05-28');
      await s08.must('kit', 'retracted', '--kits', kit, '--reason', 'mistake');
      texts.push(JSON.parse((await study.lines()).at(-1) ?? '') as Record<string, unknown>);
    }
    expect(texts[0]?.id).toMatch(/^[0-9a-f]{32}$/);
    expect(texts[0]?.id).not.toBe(texts[1]?.id);
    expect(texts[0]?.hash).not.toBe(texts[1]?.hash);
  });
});
