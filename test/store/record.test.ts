import { randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { formatHead, START } from '../../src/ledger/chain.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import { forgetEntered, lastEntered } from '../../src/store/entered.ts';
import { FolderLedger } from '../../src/store/folder/folder-ledger.ts';
import type { LedgerStore } from '../../src/store/ledger-store.ts';
import { openStudy, type StudyPlace } from '../../src/store/open-study.ts';
import { schemaScript } from '../../src/store/postgres/create-schema.ts';
import { importLedger } from '../../src/store/postgres/import-ledger.ts';
import { connectTo, openServer } from '../../src/store/postgres/open-server.ts';
import { PostgresLedger } from '../../src/store/postgres/postgres-ledger.ts';
import { makeReady, type Signing } from '../../src/store/ready.ts';
import { record } from '../../src/store/record.ts';
import { allocated, contentsOf, testFolder, type Trial } from '../support/command-line.ts';
import { type Cluster, startCluster, testWithPostgres } from '../support/postgres.ts';

const WHO = { name: 'Example', role: 'pharmacist', organisation: '' };
const ends: (() => void)[] = [];
let trial: Trial;

beforeAll(() => {
  trial = allocated((work) => ends.push(work));
});
afterAll(() => {
  for (const end of ends) end();
});

/** A study that has its list and nothing else, for one test; its ledger is in its folder. */
function place(): StudyPlace {
  const root = join(testFolder(), 'study');
  cpSync(trial.study, root, { recursive: true });
  onTestFinished(forgetEntered);
  return { root, domain: 'production', ledger: new FolderLedger(root) };
}

let server: Promise<Cluster> | undefined;

/** The same with its ledger in a database of its own. */
async function servedPlace(): Promise<StudyPlace> {
  const study = place();
  // Each database has other entries of the same study: nobody has seen those of another one.
  process.env.XDG_STATE_HOME = join(testFolder(), 'state');
  server ??= startCluster();
  const cluster = await server;
  const database = `study${randomUUID().replaceAll('-', '')}`;
  await cluster.createDatabase(database);
  const url = `postgres:///${database}?host=${cluster.socketFolder}&port=${cluster.port}&user=postgres`;
  const connection = await connectTo(url);
  await connection.begin(() => connection.query(schemaScript()));
  await connection.close();
  const opened = await openServer(url);
  await importLedger(study, opened, { who: WHO, signing: undefined }, () => undefined);
  await opened.server.grantDuty('postgres', { sites: [], duties: ['data manager'], by: 'test' });
  await opened.connection.close();
  return served(study.root, url);
}

function served(root: string, url: string): StudyPlace {
  const ledger = new PostgresLedger(root, url);
  onTestFinished(async () => ledger.close());
  urls.set(ledger, url);
  return { root, domain: 'production', ledger };
}
const urls = new WeakMap<LedgerStore, string>();

/** The same study as another process opens it, with a store of its own. */
function elsewhere({ root, ledger }: StudyPlace): StudyPlace {
  const url = urls.get(ledger);
  return url === undefined
    ? { root, domain: 'production', ledger: new FolderLedger(root) }
    : served(root, url);
}

/** That the first kit of a study was received, on a date. */
async function received(study: StudyPlace, date = '2026-06-01'): Promise<Act> {
  const [slot] = (await openStudy(study)).slots;
  const about = { kit: slot!.kit!, event: 'received', units: 9, corrects: null } as const;
  return { action: 'kit', who: WHO, date: date as never, ...about };
}

/** Enters something as another process does, with a store of its own. */
async function enterElsewhere(study: StudyPlace, act: Act): Promise<void> {
  await record(elsewhere(study), {}, () => ({ acts: [act], gives: [], show: () => undefined }));
}

async function entriesOf(study: StudyPlace): Promise<readonly Entry[]> {
  return (await elsewhere(study).ledger.read()).entries;
}

/** Signs with the text itself, and counts how often. */
function countingSigner(): { signing: Signing; times: () => number } {
  let times = 0;
  const sign = (texts: readonly string[]) => {
    times += 1;
    return texts.map((text) => `signature ${times} of ${text.length}`);
  };
  return { signing: { signer: 'SHA256:example', sign }, times: () => times };
}

describe.each([
  ['in the folder', test, () => Promise.resolve(place())],
  ['in a database', testWithPostgres, servedPlace],
] as const)('recording with the ledger %s', (_, testHere, makePlace) => {
  testHere('enters the acts, and then shows the answer', async () => {
    const study = await makePlace();
    const act = await received(study);
    let shown = 0;
    await record(study, {}, (open) => {
      expect(open.entries).toHaveLength(1);
      return {
        acts: [act],
        gives: ['one kit'],
        show: async ({ entries, head }) => {
          expect(await entriesOf(study)).toHaveLength(2);
          expect(entries).toMatchObject([{ seq: 2, action: 'kit' }]);
          expect(head.seq).toBe(2);
          shown += 1;
        },
      };
    });
    expect(shown).toBe(1);
    expect(lastEntered()).toMatchObject({ head: { seq: 2 }, gives: ['one kit'] });
  });

  testHere('enters and shows nothing if it is refused', async () => {
    const study = await makePlace();
    await entriesOf(study); // whoever reads a database keeps what they saw
    const before = contentsOf(study.root);
    const refused = record(study, {}, () => {
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(contentsOf(study.root)).toEqual(before);
  });

  testHere('decides again if the ledger has moved in the meantime, and shows once', async () => {
    const study = await makePlace();
    const act = await received(study);
    const seen: number[] = [];
    let shown = 0;
    await record(study, {}, async (open) => {
      seen.push(open.head.seq);
      if (seen.length < 3) await enterElsewhere(study, act);
      const dated = { ...act, date: `2026-06-0${open.head.seq}` } as Act;
      return { acts: [dated], gives: [], show: () => void (shown += 1) };
    });
    expect(seen).toEqual([1, 2, 3]);
    expect(shown).toBe(1);
    expect((await entriesOf(study)).at(-1)).toMatchObject({ seq: 4, date: '2026-06-03' });
  });

  testHere('ends although others record without a pause', async () => {
    const study = await makePlace();
    const act = await received(study);
    let tries = 0;
    await record(study, {}, async () => {
      tries += 1;
      // Under the lock nobody else can: from then on this one waits for its turn.
      if (tries <= 3) await enterElsewhere(study, act);
      return { acts: [act], gives: [], show: () => undefined };
    });
    expect(tries).toBe(4);
    expect(await entriesOf(study)).toHaveLength(5);
  });

  testHere('signs an act once, outside the lock, wherever it comes in the ledger', async () => {
    const study = await makePlace();
    const act = await received(study);
    const { signing, times } = countingSigner();
    let tries = 0;
    await record(study, { signing }, async () => {
      tries += 1;
      if (tries === 1) await enterElsewhere(study, act);
      return { acts: [act], gives: [], show: () => undefined };
    });
    expect([tries, times()]).toEqual([2, 1]);
    const [first, other, own] = await entriesOf(study);
    expect(own).toMatchObject({
      seq: 3,
      prev: other!.hash,
      signer: 'SHA256:example',
      seen: { head: `1:${first!.hash}` },
    });
    expect(own!.signature).toMatch(/^signature 1 of /);
  });

  testHere('signs again if the decision is another one', async () => {
    const study = await makePlace();
    const act = await received(study);
    const { signing, times } = countingSigner();
    await record(study, { signing }, async ({ head }) => {
      if (head.seq === 1) await enterElsewhere(study, act);
      const dated = { ...act, date: `2026-06-0${head.seq}` } as Act;
      return { acts: [dated], gives: [], show: () => undefined };
    });
    expect(times()).toBe(2);
    const [, other, own] = await entriesOf(study);
    expect(own).toMatchObject({ date: '2026-06-02', seen: { head: formatHead(other!) } });
  });

  testHere('whose answer cannot be shown says that it is recorded, and is not a bug', async () => {
    const study = await makePlace();
    const act = await received(study);
    const done = record(study, {}, () => ({
      acts: [act],
      gives: ['kit ABC: received'],
      show: () => {
        throw new TypeError('no such column');
      },
    }));
    await expect(done).rejects.toMatchObject({
      code: 'io-error',
      message: 'this is recorded, but the result cannot be shown: no such column',
    });
    expect(await entriesOf(study)).toHaveLength(2);
    expect(lastEntered()?.gives).toEqual(['kit ABC: received']);
  });

  testHere('takes an act that is sent twice once', async () => {
    const study = await makePlace();
    const open = await openStudy(study);
    const ready = makeReady(open, [await received(study)]);
    const first = await study.ledger.append(open, ready);
    const again = await elsewhere(study).ledger.append(open, ready);
    expect(first.result).toBe('done');
    expect(again).toEqual({ ...first, result: 'replayed' });
    expect(await entriesOf(study)).toHaveLength(2);
  });

  testHere('takes nothing that was decided on an older one', async () => {
    const study = await makePlace();
    const ready = makeReady(await openStudy(study), [await received(study)]);
    const before = await entriesOf(study);
    expect(await study.ledger.append({ head: START }, ready)).toEqual({ result: 'moved' });
    expect(await entriesOf(study)).toEqual(before);
  });
});

describe("the folder's ledger", () => {
  test('does work alone, and can be extended within it', async () => {
    const study = place();
    const store: LedgerStore = study.ledger;
    const act = await received(study);
    const order: string[] = [];
    const one = store.exclusive(async () => {
      order.push('one begins');
      const open = await openStudy(study);
      expect((await store.append(open, makeReady(open, [act]))).result).toBe('done');
      order.push('one ends');
    });
    const other = enterElsewhere(study, act).then(() => order.push('other'));
    await Promise.all([one, other]);
    expect(order).toEqual(['one begins', 'one ends', 'other']);
    expect(await entriesOf(study)).toHaveLength(3);
    await store.close();
  });
});
