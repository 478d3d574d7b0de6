import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { formatEntries, readLedger, readyActs, START } from '../../../src/ledger/chain.ts';
import type { Act } from '../../../src/ledger/entry.ts';
import { chained } from '../../support/ledger.ts';
import { type Cluster, startCluster, testWithPostgres } from '../../support/postgres.ts';
import {
  enter,
  randomization,
  ready,
  refusal,
  TestLedger,
  WHO,
} from '../../support/postgres-ledger.ts';

let cluster: Cluster | undefined;
const open: TestLedger[] = [];
afterAll(async () => {
  await Promise.all(open.map(async (ledger) => ledger.close()));
});
async function newLedger(name: string): Promise<TestLedger> {
  cluster ??= await startCluster();
  const ledger = await TestLedger.create(cluster, name);
  open.push(ledger);
  return ledger;
}
async function importText(ledger: TestLedger, text: string): Promise<void> {
  await ledger.owner`select * from randose.import_entries(${text.trimEnd().split('\n')}::text[])`;
}

/** Entries of S01 and S08, signed and with accents. */
function signedLedger(acts: readonly Act[], time = '2026-06-01T08:00:00.000Z') {
  const seen = { head: `0:${'0'.repeat(64)}`, time };
  const circumstances = {
    software: 'randose 0',
    study: 'c'.repeat(64),
    signer: 'SHA256:example',
    seen,
  };
  let id = 0;
  const drawId = () => (id += 1).toString(16).padStart(32, '0');
  const sign = (texts: readonly string[]) =>
    texts.map((text) => `-----BEGIN\n"${text.length}" \\ é\n-----END\n`);
  return formatEntries(START, readyActs(acts, circumstances, drawId, sign), time);
}

describe('a ledger that moves into the database', () => {
  testWithPostgres('is the same there, byte for byte: an older one without ids', async () => {
    const ledger = await newLedger('older');
    const text = readFileSync(
      join(import.meta.dirname, '../../stories/older-ledger/ledger.jsonl'),
      'utf8',
    );
    const slots = readLedger(text).entries.flatMap((entry, index) =>
      entry.action === 'randomization'
        ? [
            {
              number: entry.number,
              batch: 1,
              stratum: entry.stratum,
              sequence: index,
              kit: entry.kit,
              allKits: [entry.kit],
              site: entry.site,
            },
          ]
        : [],
    );
    const rows = slots.map((slot, index) => ({
      ...slot,
      sequence: slots.slice(0, index).filter((one) => one.stratum === slot.stratum).length + 1,
    }));
    await ledger.owner`select randose.put_slots(${JSON.stringify(rows)}::text::jsonb)`;
    await importText(ledger, text);
    expect(await ledger.text()).toBe(text);
    expect(await ledger.head()).toMatchObject({ seq: text.trimEnd().split('\n').length });
  });

  testWithPostgres(
    'keeps accents, signatures and the order of older members, and goes on from there',
    async () => {
      const ledger = await newLedger('signed');
      const [slot, next] = await ledger.list({ 'site=S08': 3 });
      const who = {
        name: 'Zoë Müller-Łukasz',
        role: 'infirmière',
        organisation: 'Hôpital 日本 👩‍⚕️',
      };
      const first: Act = {
        action: 'allocation',
        who,
        batch: 1,
        list: 'ff',
        manifest: 'a'.repeat(64),
      };
      const { text, head } = signedLedger(
        [first, randomization(slot!, 'S08-001')],
        '2099-01-01T00:00:00.000Z',
      );
      await importText(ledger, text);
      expect(await ledger.text()).toBe(text);
      const site = await ledger.login('signed_s08', ['S08'], ['coordinator']);
      const act = randomization(next!, 'S08-002');
      const { lines } = await enter(site, [ready(act, 'c'.repeat(64))]);
      // The clock of the server is far behind the last entry: the time of a ledger never goes back.
      expect(readLedger(text + `${lines[0]!}\n`)).toMatchObject({
        problems: [],
        entries: { 2: { time: '2099-01-01T00:00:00.000Z', prev: head.hash } },
      });
      expect(
        await refusal(enter(site, [ready(randomization(next!, 'S08-003'), 'c'.repeat(64))])),
      ).toBe('RD005');

      const other = await newLedger('older_order');
      const older = chained(
        START,
        `{"software":"randose 0","study":"${'c'.repeat(64)}","who":{"name":"é","role":"","organisation":""},"action":"allocation","subject":null,"reason":null,"meaning":"m","list":"ff","manifest":"${'a'.repeat(64)}","batch":1,"signer":null}`,
        '2026-01-01T00:00:00.000Z',
      );
      await importText(other, older);
      expect(await other.text()).toBe(older);
    },
  );

  testWithPostgres(
    'is refused if it is not a whole ledger from its beginning, or by others than the owner',
    async () => {
      const ledger = await newLedger('refused');
      const manager = await ledger.login('refused_manager', [], ['data manager']);
      const { text } = signedLedger(
        Array.from({ length: 3 }, () => ({ action: 'lock', who: WHO }) as const),
      );
      const [one = '', two = '', three = ''] = text.split('\n');
      const attempt = async (...lines: string[]) =>
        refusal(ledger.owner`select * from randose.import_entries(${lines}::text[])`);
      expect(await refusal(manager`select * from randose.import_entries(${[one]}::text[])`)).toBe(
        '42501',
      );
      expect(await attempt(two)).toBe('RD011');
      expect(await attempt(one, three)).toBe('RD011');
      expect(await attempt(one.replace('nurse', 'Nurse'))).toBe('RD011');
      expect(await attempt(one.replace('"signature":"', '"signature":"x" ,"y":"'))).toBe('RD001');
      expect(await attempt(one.replace(/,"signature":.*/, '}'))).toBe('RD001');
      expect(await attempt(one, one)).toBe('RD011');
      expect(await attempt(`${one}\n`)).toBe('RD001');
      expect(await ledger.head()).toMatchObject({ seq: 0 });
      // The hash does not cover the signature: its owner's key says whether it is right.
      expect(await attempt(one.replace(/"signature":.*/, '"signature":"another"}'), two)).toBe(
        'taken',
      );
      expect(await attempt(three)).toBe('taken');
      expect(readLedger(await ledger.text()).problems).toEqual([]);
    },
  );
});
