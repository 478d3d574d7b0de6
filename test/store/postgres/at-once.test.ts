import type { Sql } from 'postgres';
import { describe, expect, vi } from 'vitest';
import { readLedger } from '../../../src/ledger/chain.ts';
import { entriesOf } from '../../../src/ledger/entry.ts';
import type { SlotRow } from '../../../src/store/postgres/slot-rows.ts';
import { startCluster, testWithPostgres } from '../../support/postgres.ts';
import { enter, randomization, ready, TestLedger } from '../../support/postgres-ledger.ts';

vi.setConfig({ testTimeout: 300_000 });

const CLIENTS = 8;
const ACTS = 100;
const siteOf = (client: number) => `S0${client + 1}`;

/**
 * Randomizes as many participants as a client should, one after the other. After 'moved' it takes the next free slot, and
 * now and then it asks again for what it has.
 */
async function randomizeAll(sql: Sql, slots: readonly SlotRow[], client: number): Promise<number> {
  let tries = 0;
  let seen = 1;
  for (let count = 0; count < ACTS;) {
    tries += 1;
    const [{ taken } = { taken: '' }] = await sql<{ taken: string }[]>`select randose.taken()`;
    const used = new Set(taken.split(' '));
    const slot = slots.find(({ number }) => !used.has(number))!;
    const act = ready(randomization(slot, `P${client}-${count}`, siteOf(client)));
    const entered = await enter(sql, [act], { seen });
    if (entered.result === 'moved') continue;
    if (count % 10 === 0) {
      expect(await enter(sql, [act], { seen })).toMatchObject({
        result: 'replayed',
        lines: entered.lines,
      });
    }
    seen = entered.seq;
    count += 1;
  }
  return tries;
}

describe('eight clients at once', () => {
  for (const [name, strataOf] of [
    ['with strata of their own', (client: number) => `site=${siteOf(client)}`],
    ['with one stratum for all', () => 'sex=F'],
  ] as const) {
    testWithPostgres(`${name}, enter 800 acts: no gap, and no slot twice`, async () => {
      const ledger = await TestLedger.create(await startCluster(), 'study');
      const clients = Array.from({ length: CLIENTS }, (_, client) => client);
      const strata = new Map<string, number>();
      for (const client of clients) {
        strata.set(strataOf(client), (strata.get(strataOf(client)) ?? 0) + ACTS);
      }
      const slots = await ledger.list(Object.fromEntries(strata));
      await ledger.allocate(await ledger.login('statistician', [], ['statistician']));
      const logins: Sql[] = [];
      for (const client of clients) {
        logins.push(await ledger.login(`c${client}`, [siteOf(client)], ['coordinator']));
      }
      const start = performance.now();
      const tries = await Promise.all(
        clients.map(async (client) =>
          randomizeAll(
            logins[client]!,
            slots.filter(({ stratum }) => stratum === strataOf(client)),
            client,
          ),
        ),
      );
      const seconds = (performance.now() - start) / 1000;
      const { entries, problems, head } = readLedger(await ledger.text());
      expect(problems).toEqual([]);
      expect(head).toEqual({ ...(await ledger.head()) });
      const all = entriesOf(entries, 'randomization');
      expect(all).toHaveLength(CLIENTS * ACTS);
      expect(new Set(all.map(({ subject }) => subject.toUpperCase())).size).toBe(CLIENTS * ACTS);
      for (const stratum of strata.keys()) {
        const given = all.filter((one) => one.stratum === stratum).map(({ number }) => number);
        expect(given).toEqual(
          slots.filter((one) => one.stratum === stratum).map(({ number }) => number),
        );
      }
      expect(tries.every((count) => count >= ACTS)).toBe(true);
      process.stdout.write(
        `${name}: ${Math.round((CLIENTS * ACTS) / seconds)} acts/s, ${tries.join(' ')} tries\n`,
      );
      await ledger.close();
    });
  }
});
