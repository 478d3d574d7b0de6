import { randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { sha256 } from '../../src/digest.ts';
import { type ReadyAct, readyActs } from '../../src/ledger/chain.ts';
import type { Act } from '../../src/ledger/entry.ts';
import { schemaScript } from '../../src/store/postgres/create-schema.ts';
import type { Duty } from '../../src/store/postgres/duties.ts';
import type { SlotRow } from '../../src/store/postgres/slot-rows.ts';
import type { Cluster } from './postgres.ts';

/** The login that owns the database, and may create roles. */
export const OWNER = 'dba';

/** What `enter` answers. */
export interface Entered {
  readonly result: 'done' | 'replayed' | 'moved';
  readonly lines: readonly string[];
  readonly seq: number;
  readonly hash: string;
}

/** A ledger in a database of its own. */
export class TestLedger {
  readonly cluster: Cluster;
  readonly database: string;
  /** The owner of the database. */
  readonly owner: Sql;
  readonly #open: Sql[] = [];

  private constructor(cluster: Cluster, database: string) {
    this.cluster = cluster;
    this.database = database;
    this.owner = this.as(OWNER);
  }

  /** Makes a ledger in a new database, whose owner is not a superuser. */
  static async create(cluster: Cluster, database: string): Promise<TestLedger> {
    await cluster.createDatabase(database);
    const isNew =
      (await cluster.psql(`select count(*) from pg_roles where rolname = '${OWNER}';`)).trim() ===
      '0';
    if (isNew) await cluster.createLogin(OWNER, 'example');
    await cluster.psql(
      `alter role ${OWNER} createrole; alter database ${database} owner to ${OWNER};`,
    );
    const ledger = new TestLedger(cluster, database);
    await ledger.owner.begin((transaction) => transaction.unsafe(schemaScript()).simple());
    return ledger;
  }

  /** A connection of a login. */
  as(login: string, max = 1): Sql {
    const settings = this.cluster.environment(login, this.database);
    const sql = postgres({
      host: this.cluster.host,
      port: this.cluster.port,
      user: login,
      password: settings.PGPASSWORD,
      database: this.database,
      max,
      types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
      onnotice: () => undefined,
    });
    this.#open.push(sql);
    return sql;
  }

  /** Makes a login with its sites and duties. @returns a connection of it */
  async login(name: string, sites: readonly string[], duties: readonly Duty[]): Promise<Sql> {
    await this.cluster.createLogin(name, 'example');
    await this
      .owner`select randose.grant_duty(${name}, ${[...sites]}::text[], ${[...duties]}::text[], 'test')`;
    return this.as(name);
  }

  /** Puts slots into the list: numbers from R001 on, kits KIT-001 on. @param strata the number of slots of each stratum */
  async list(strata: Readonly<Record<string, number>>): Promise<SlotRow[]> {
    const slots: SlotRow[] = [];
    for (const [stratum, count] of Object.entries(strata)) {
      const site = /(?:^|\/)site=([^/]*)/.exec(stratum)?.[1] ?? null;
      for (let sequence = 1; sequence <= count; sequence += 1) {
        const place = String(slots.length + 1).padStart(3, '0');
        slots.push({
          number: `R${place}`,
          batch: 1,
          stratum,
          sequence,
          kit: `KIT${place}`,
          allKits: [`KIT${place}`],
          site,
        });
      }
    }
    await this.owner`select randose.put_slots(${JSON.stringify(slots)}::text::jsonb)`;
    return slots;
  }

  /** Puts study.yaml, and enters the allocation, as the statistician does. */
  async allocate(statistician: Sql): Promise<void> {
    await putStudy(statistician, 'study: A');
    await enter(statistician, [
      ready({ action: 'allocation', who: WHO, batch: 1, list: 'ff', manifest: 'a'.repeat(64) }),
    ]);
  }

  async head(): Promise<{ seq: number; hash: string }> {
    const [row] = await this.owner`select seq, hash from randose.read_ledger() limit 1`;
    return row as unknown as { seq: number; hash: string };
  }

  /** The whole ledger, as the file has it. */
  async text(sql = this.owner): Promise<string> {
    const rows = await sql`select line from randose.read_ledger() offset 1`;
    return rows.map(({ line }) => `${String(line)}\n`).join('');
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map(async (sql) => sql.end({ timeout: 1 })));
  }
}

export const WHO = { name: 'A. Example', role: 'nurse', organisation: 'Example' };

/** An act that is ready to be entered. */
export function ready(act: Act, study: string = studyInForce): ReadyAct {
  const circumstances = { software: 'randose 0', study, signer: null, seen: null };
  return readyActs([act], circumstances, () => randomBytes(16).toString('hex'))[0]!;
}

/** The digest of the study.yaml that was put last. */
let studyInForce = 'b'.repeat(64);

/** Puts a study.yaml among the files; acts are under it from now on. */
export async function putStudy(sql: Sql, text: string): Promise<void> {
  await sql`select randose.put_files(array['study.yaml'], array[${Buffer.from(text)}::bytea])`;
  studyInForce = sha256(text);
}

/** A randomization that takes a slot. */
export function randomization(
  slot: SlotRow,
  subject: string,
  site = slot.site ?? 'S01',
  more: object = {},
): Act {
  const { stratum, number, kit } = slot;
  const about = { subject, site, stratum, number, ...(kit !== undefined && { kit }) };
  return {
    action: 'randomization',
    who: WHO,
    ...about,
    day1: '2026-12-01',
    ...more,
  } as unknown as Act;
}

/** Enters acts. @param seen by default, all that the login can see now */
export async function enter(
  sql: Sql,
  acts: readonly ReadyAct[],
  { seen, anyway = false }: { readonly seen?: number | null; readonly anyway?: boolean } = {},
): Promise<Entered> {
  const texts = acts.map(({ text }) => text);
  const signatures = acts.map(({ signature }) => signature ?? null);
  const last =
    seen === undefined
      ? (await sql<{ seq: number }[]>`select max(seq) as seq from randose.read_ledger()`)[0]!.seq
      : seen;
  const [row] = await sql<Entered[]>`
    select * from randose.enter(${last}, ${texts}::text[], ${signatures as string[]}::text[], ${anyway})`;
  return row!;
}

/** The SQLSTATE with which the server refuses something; 'taken' if it does not. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'taken';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
