import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { FIXTURES } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import {
  enrol,
  type Person,
  serve,
  type ServedStudy,
  twoSites,
} from '../../support/served-study.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

let made: Promise<ServedStudy> | undefined;
const served = () => (made ??= begin());
async function begin(): Promise<ServedStudy> {
  const study = await serve(twoSites());
  const s08 = await study.person('s08');
  await s08.must(...enrol('S08-001', 'S08'));
  await s08.must(...enrol('S08-002', 'S08'));
  await s08.must('status');
  return study;
}

const opening = (subject: string) => [
  ...['unblind', subject, '--identity', join(FIXTURES, 'keys', 'officer.key')],
  ...['--reason', 'anaphylaxis', '--by', 'N. Night, physician, Hospital'],
];

/** Every arm of an opened participant; the table is the statistician's. */
const ARM = /Active|Placebo/;

async function expectShown(person: Person, subject: string): Promise<void> {
  const begun = performance.now();
  const { status, stdout, stderr } = await person.run(...opening(subject));
  expect(stdout).toMatch(ARM);
  expect(stderr).toContain('NOT IN THE LEDGER');
  expect(stderr).toContain(
    `randose ledger --study ${person.folder} --ledger ${person.url} --enter-pending`,
  );
  expect(status).toBe(0);
  // 5 s, and the time to start on a busy machine.
  expect(performance.now() - begun).toBeLessThan(25_000);
}

describe('an emergency', () => {
  testWithPostgres('check 17: is not stopped by a database that is stopped', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const before = await study.lines();
    await study.cluster.stop('fast');
    await expectShown(s08, 'S08-001');

    const begun = performance.now();
    const { status, stdout, stderr } = await s08.run(...enrol('S08-003', 'S08'));
    expect(status).toBe(75);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('is not known whether');
    expect(performance.now() - begun).toBeLessThan(25_000);

    await study.cluster.start();
    expect(await study.lines()).toEqual(before);
    await s08.must('ledger', '--enter-pending');
    const after = await study.lines();
    expect(after).toHaveLength(before.length + 1);
    expect(after.at(-1)).toContain('"action":"late code-break"');
    expect(after.at(-1)).toContain('anaphylaxis');
    expect(await s08.must('verify')).toContain('Nothing disagrees');
    expect(await s08.must('ledger', 'S08-001')).toContain('anaphylaxis');
  });

  testWithPostgres('check 17: is not stopped by a database that says nothing', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const proxy = await startProxy(study.cluster);
    proxy.fallSilent();
    await expectShown(s08.through(proxy.port), 'S08-002');
    const before = await study.lines();
    // Whatever is entered next brings it with it.
    await s08.must(...enrol('S08-004', 'S08'));
    const after = await study.lines();
    expect(after).toHaveLength(before.length + 2);
    expect(after.at(-2)).toContain('"action":"late code-break"');
  });

  testWithPostgres('check 17: is on record at once if the database answers', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const before = await study.lines();
    const { status, stdout, stderr } = await s08.run(...opening('S08-002'));
    expect(status).toBe(0);
    expect(stdout).toMatch(ARM);
    expect(stderr).toContain('The code-break is in the ledger');
    const after = (await study.lines()).slice(before.length);
    expect(after.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual([
      'code-break intent',
      'code-break outcome',
    ]);
  });

  testWithPostgres('check 17: is not stopped by a standby that does not answer', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const second = await study.cluster.standby({ name: 'second', synchronous: true });
    await second.stop('fast');
    const begun = performance.now();
    const { status, stdout, stderr } = await s08.run(...opening('S08-001'));
    expect(stdout).toMatch(ARM);
    expect(stderr).toContain('NOT IN THE LEDGER');
    expect(status).toBe(0);
    expect(performance.now() - begun).toBeLessThan(25_000);
    await second.start();
    // The intent was entered after all: it is there once the second server has it.
    let before = await study.lines();
    while (!before.at(-1)!.includes('"action":"code-break intent"')) {
      await pause(50);
      before = await study.lines();
    }
    await s08.must(...enrol('S08-005', 'S08'));
    // It gets its outcome: one code-break, and not a second one that is late.
    const after = (await study.lines()).slice(before.length);
    expect(after[0]).toContain('"action":"code-break outcome"');
    expect(after).toHaveLength(2);
    expect(await s08.must('verify')).toContain('Nothing disagrees');
  });
});
