import { describe, expect } from 'vitest';
import { testWithPostgres } from '../../support/postgres.ts';
import { enrol, type Person, receiptIn, serve, twoSites } from '../../support/served-study.ts';

/** Does something. @returns the receipt */
async function receiptOf(person: Person, words: readonly string[]): Promise<string> {
  return receiptIn(await person.must(...words, '--json')) ?? '';
}

describe('a server that is lost', () => {
  testWithPostgres('check 9: had given every act to its synchronous standby', async () => {
    const study = await serve(twoSites());
    const second = await study.cluster.standby({ name: 'second', synchronous: true });
    const s08 = (await study.person('s08')).through(study.cluster.port, second.port);
    const receipts: string[] = [];
    for (const subject of ['S08-901', 'S08-902', 'S08-903']) {
      receipts.push(await receiptOf(s08, enrol(subject, 'S08')));
    }
    await study.cluster.stop('immediate');

    const before = await s08.run(...enrol('S08-904', 'S08'));
    expect(before.status).toBe(75);
    expect(before.stderr).toContain('it is a standby');
    await second.promote();
    receipts.push(await receiptOf(s08, enrol('S08-904', 'S08')));
    expect(await s08.must('verify', '--expect', ...receipts)).toContain(
      'All 4 receipts are in the ledger',
    );
    expect(new Set(receipts).size).toBe(4);
  });

  testWithPostgres('check 10: is refused by whoever saw more in it', async () => {
    const study = await serve(twoSites());
    const s08 = await study.person('s08');
    await s08.must(...enrol('S08-001', 'S08'));
    const restored = await study.cluster.restoredFromBackup();
    const lines = async () =>
      restored.psql('select line from randose.entries order by seq', { database: 'study' });
    const before = await lines();
    const receipt = await receiptOf(s08, enrol('S08-002', 'S08'));

    const older = s08.through(restored.port);
    for (const words of [
      enrol('S08-003', 'S08'),
      enrol('S08-002', 'S08'),
      ['withdraw', 'S08-001', '--from', 'study', '--date', '2026-05-28', '--reason', 'moved'],
      ['status'],
      ['ledger'],
    ]) {
      const { status, stderr, stdout } = await older.run(...words);
      expect(stderr).toContain('the ledger went back');
      expect(stderr).toContain(receipt.slice(0, 10));
      expect(stdout).not.toMatch(/Ledger \d+:/);
      expect(status).toBe(words[0] === 'ledger' ? 1 : 65);
    }
    const verified = await older.run('verify', '--expect', receipt);
    expect(verified.status).toBe(1);
    expect(verified.stdout).toContain('the ledger went back');
    expect(await lines()).toBe(before);

    // Another site, which saw nothing of it, is not stopped; and the head of S08 is still missing.
    const s01 = await study.person('s01');
    await s01.through(restored.port).must(...enrol('S01-001', 'S01'));
    expect((await older.run(...enrol('S08-003', 'S08'))).stderr).toContain('the ledger went back');

    // To go on all the same is an act of its own, on record.
    const by = ['--by', 'Example, data manager', '--reason', 'the disk is gone'];
    await older.must('ledger', '--accept-older', ...by);
    await older.must(...enrol('S08-003', 'S08'));
  });
});
