import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { FIXTURES, mustRun, testFolder } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import { enrol, serve, type ServedStudy, twoSites } from '../../support/served-study.ts';

/** A study of which an inspector has had a copy since before its ledger was moved. */
let made: Promise<{ study: ServedStudy; copy: string }> | undefined;
const served = () => (made ??= begin());
async function begin() {
  const root = twoSites();
  mustRun(...enrol('S01-001', 'S01'), '--study', root, '--by', 'A. Example');
  mustRun(...enrol('S08-001', 'S08'), '--study', root, '--by', 'A. Example');
  const copy = join(testFolder(afterAll), 'copy');
  cpSync(root, copy, { recursive: true });
  rmSync(join(copy, '.randose.home'), { force: true });
  return { study: await serve(root), copy };
}

const opening = (subject: string) => [
  ...['unblind', subject, '--identity', join(FIXTURES, 'keys', 'officer.key')],
  ...['--reason', 'anaphylaxis', '--by', 'N. Night, physician, Hospital'],
];
const ARM = /Active|Placebo/;

describe('a code-break that was made in a copy of the folder', () => {
  testWithPostgres('is entered in the database, once, by somebody who sees all', async () => {
    const { study, copy } = await served();
    const { manager } = study;
    // On another computer, which has the folder alone.
    const inspector = (await study.person('inspector')).elsewhere();
    const opened = await inspector.type(...opening('S08-001'), '--study', copy);
    expect(opened.stdout).toMatch(ARM);
    const before = await study.lines();

    const compared = await manager.run('ledger', '--compare', copy);
    expect(compared.stdout).toContain('--enter-from');
    const s01 = await study.person('s01');
    for (const way of ['--enter-from', '--compare']) {
      const { status, stderr } = await s01.run('ledger', way, copy);
      expect(stderr).toContain('this login sees what its own sites recorded');
      expect(status).not.toBe(0);
    }
    const dry = await manager.must('ledger', '--enter-from', copy, '--dry-run');
    expect(dry).toContain('enter 1 code-break');
    expect(await study.lines()).toEqual(before);

    const entered = await manager.must('ledger', '--enter-from', copy);
    expect(entered).toContain('1 code-break entered late');
    const after = (await study.lines()).slice(before.length);
    expect(after).toHaveLength(1);
    expect(after[0]).toContain('"action":"late code-break"');
    expect(after[0]).toContain('anaphylaxis');
    const again = await manager.run('ledger', '--enter-from', copy);
    expect(again.stderr).toContain('has no code-break that is missing here');
    expect(await manager.must('verify')).toContain('Nothing disagrees');
  });

  testWithPostgres('is entered from an exported copy too, where it has to wait', async () => {
    const { study } = await served();
    const { manager } = study;
    const archive = join(testFolder(), 'archive');
    await manager.type('ledger', '--export', archive, '--ledger', manager.url);
    const { status, stdout, stderr } = await manager.type(
      ...opening('S01-001'),
      ...['--study', archive],
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(ARM);
    expect(readdirSync(join(archive, 'pending'))).toHaveLength(1);
    expect(stderr).not.toContain('--enter-pending');
    expect(stderr).toContain(`randose ledger --study FOLDER --enter-from ${archive}`);
    for (const word of ['verify', 'status']) {
      const told = await manager.type(word, '--study', archive);
      expect(told.stdout + told.stderr).toContain(
        `randose ledger --study FOLDER --enter-from ${archive}`,
      );
    }
    const before = await study.lines();
    const entered = await manager.must('ledger', '--enter-from', archive);
    expect(entered).toContain('1 code-break entered late');
    const after = (await study.lines()).slice(before.length);
    expect(after).toHaveLength(1);
    expect(after[0]).toContain('"subject":"S01-001"');
    const again = await manager.run('ledger', '--enter-from', archive);
    expect(again.stderr).toContain('has no code-break that is missing here');
    expect(await manager.must('verify')).toContain('Nothing disagrees');
  });

  testWithPostgres('and only a file has a line to repair', async () => {
    const { study } = await served();
    const about = ['--reason', 'power cut', '--by', 'A. Example'];
    const { status, stderr } = await study.manager.run('ledger', '--repair', ...about);
    expect(status).toBe(64);
    expect(stderr).toContain('the ledger in a database has no incomplete line');
  });
});
