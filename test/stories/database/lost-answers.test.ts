import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Ran } from '../../support/command-line.ts';
import { type Cluster, testWithPostgres } from '../../support/postgres.ts';
import {
  enrol,
  type Person,
  serve,
  type ServedStudy,
  twoSites,
} from '../../support/served-study.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

let made: Promise<ServedStudy> | undefined;
const served = () => (made ??= serve(twoSites({ slots: [12, 30] })));

let followed: Promise<Cluster> | undefined;
/** The same, with a standby that every act waits for. */
const standby = () =>
  (followed ??= served().then(async ({ cluster }) =>
    cluster.standby({ name: 'second', synchronous: true }),
  ));

/** How many entries of the ledger have a text, and how many there are. */
async function count(study: ServedStudy, text = ''): Promise<number> {
  return (await study.lines()).filter((line) => line.includes(text)).length;
}

/** Runs a command whose answer is lost after the server has committed. */
async function withoutAnswer({ cluster }: ServedStudy, person: Person, words: readonly string[]) {
  const proxy = await startProxy(cluster);
  void proxy.loseAnswerTo('randose.enter(');
  return person.through(proxy.port).run(...words);
}

/** That a command said that the outcome is unknown, and nothing that could be taken for an answer. */
function expectUnknown({ status, stdout, stderr }: Ran): void {
  expect(stderr).toContain('it is not known whether');
  expect(stderr).toContain('Run the same command again');
  expect(stderr).not.toMatch(/[Nn]othing was recorded/);
  expect(status).toBe(75);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/[0-9a-f]{64}/);
}

/** What a randomization gave, as JSON says it. */
function givenBy({ status, stdout, stderr }: Ran): { number: string; seq: number } {
  expect(stderr).not.toContain('error:');
  expect(status).toBe(0);
  const { data } = JSON.parse(stdout) as {
    data: { participants: { number: string }[]; ledger: { seq: number } };
  };
  return { number: data.participants[0]?.number ?? '', seq: data.ledger.seq };
}

describe('an answer that is lost', () => {
  testWithPostgres('check 6: comes when the same command is run again', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const words = enrol('S08-601', 'S08');
    expectUnknown(await withoutAnswer(study, s08, words));
    const before = await study.lines();
    expect(before.at(-1)).toContain('S08-601');
    const entered = JSON.parse(before.at(-1) ?? '') as { number: string; seq: number };

    const again = givenBy(await s08.run(...words, '--json'));
    expect(again).toEqual({ number: entered.number, seq: entered.seq });
    expect(await study.lines()).toEqual(before);
  });

  testWithPostgres('check 6: has its own receipt, whatever others entered since', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const words = enrol('S08-605', 'S08');
    expectUnknown(await withoutAnswer(study, s08, words));
    const own = JSON.parse((await study.lines()).at(-1) ?? '') as { seq: number; hash: string };
    await (await study.person('s01')).must(...enrol('S01-605', 'S01'));
    const { stdout, stderr } = await s08.run(...words);
    expect(stdout).toContain('S08-605');
    expect(stderr).toContain(`it is recorded (entry ${own.seq}, randomization of S08-605`);
    expect(stderr).toContain(`Ledger ${own.seq}:${own.hash}\n`);
    // The newest entry is noted all the same.
    await s08.must('status');
  });

  testWithPostgres('check 6: is told by whatever command comes next', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    expectUnknown(await withoutAnswer(study, s08, enrol('S08-602', 'S08')));
    const { status, stderr } = await s08.run(...enrol('S08-603', 'S08'));
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /outcome of what was sent on .* was unknown: it is recorded \(entry \d+, .*S08-602/,
    );
    expect(await count(study, '"S08-602"')).toBe(1);
    expect(await count(study, '"S08-603"')).toBe(1);
    // It is told once.
    expect(
      (
        await s08.run(
          'withdraw',
          'S08-602',
          '--from',
          'study',
          '--date',
          '2026-05-28',
          '--reason',
          'x',
        )
      ).stderr,
    ).not.toContain('unknown');
  });

  testWithPostgres('check 6: is found out too if nothing was entered', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const proxy = await startProxy(study.cluster);
    // Nothing of the act reaches the server.
    void proxy.loseRequest('randose.enter(');
    const words = enrol('S08-604', 'S08');
    expectUnknown(await s08.through(proxy.port).run(...words));
    expect(await count(study, '"S08-604"')).toBe(0);
    const { status, stderr } = await s08.run(...words);
    expect(stderr).toMatch(
      /it was not recorded, and will not be \(randomization of S08-604: .*Day 1 2026-06-01\)\./,
    );
    expect(status).toBe(0);
    expect(await count(study, '"S08-604"')).toBe(1);
  });

  testWithPostgres('check 7: stays away while the standby is stopped', async () => {
    const study = await served();
    const second = await standby();
    const s08 = await study.person('s08');
    const words = enrol('S08-701', 'S08');
    await second.stop('fast');
    const begun = performance.now();
    expectUnknown(await s08.run(...words));
    // 15 s, and the time to start on a busy machine.
    expect(performance.now() - begun).toBeLessThan(40_000);
    await second.start();
    const { number } = givenBy(await s08.run(...words, '--json'));
    expect(await count(study, '"S08-701"')).toBe(1);
    expect((await study.lines()).find((line) => line.includes('"S08-701"'))).toContain(number);
  });

  testWithPostgres('check 8: is not taken for a success if the wait is cancelled', async () => {
    const study = await served();
    const second = await standby();
    const s08 = await study.person('s08');
    const words = enrol('S08-801', 'S08');
    await second.stop('fast');
    const running = s08.run(...words);
    const cancel = `select pg_cancel_backend(pid) from pg_stat_activity where usename = 's08' and wait_event = 'SyncRep'`;
    while (!(await study.sql(cancel)).includes('t')) await pause(20);
    const ran = await running;
    expectUnknown(ran);
    expect(ran.stderr).toContain('canceling wait for synchronous replication');
    await second.start();
    givenBy(await s08.run(...words, '--json'));
    expect(await count(study, '"S08-801"')).toBe(1);
  });
});
