import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { testFolder } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import { enrol, serve, type ServedStudy, twoSites } from '../../support/served-study.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

let made: Promise<ServedStudy> | undefined;
const served = () => (made ??= serve(twoSites()));

describe('a database that cannot be reached', () => {
  testWithPostgres('is told with what was done, and what still works', async () => {
    const s08 = await (await served()).person('s08');
    for (const ports of [[1], [1, 2]]) {
      const { status, stderr } = await s08.through(...ports).run(...enrol('S08-001', 'S08'));
      expect(stderr).toMatch(/(?:cannot connect to|none of the 2 servers)/);
      expect(stderr).toContain('Nothing was recorded. Check the host and the port');
      expect(stderr).toMatch(
        /^An emergency code-break works without the database: randose unblind .*SUBJECT/m,
      );
      expect(status).toBe(75);
    }
  });

  testWithPostgres('is waited for in seconds that somebody can read', async () => {
    const study = await served();
    const s08 = await study.person('s08');
    const proxy = await startProxy(study.cluster);
    proxy.fallSilent();
    const { stderr } = await s08.through(proxy.port).run(...enrol('S08-001', 'S08'));
    expect(stderr).toMatch(/within \d+(?:\.\d)? s$/m);
  });

  testWithPostgres('because nobody may read the password ends with the command', async () => {
    const s08 = await (await served()).person('s08');
    const file = join(testFolder(afterAll), '.pgpass');
    writeFileSync(file, '*:*:*:*:secret\n');
    chmodSync(file, 0o644);
    const { PGPASSWORD, ...environment } = s08.environment;
    expect(PGPASSWORD).not.toBe('');
    const { stderr } = await s08
      .with({ ...environment, PGPASSWORD: '', PGPASSFILE: file })
      .run('status');
    expect(stderr).toMatch(
      /\. \S+ was not read, because others than you can read it\. Run: chmod 600 \S+\n/,
    );
    expect(stderr).not.toMatch(/chmod 600 \S+ \S/);
  });

  testWithPostgres('because nobody named it asks for its service too', async () => {
    const s08 = await (await served()).person('s08');
    for (const words of [
      [...enrol('S08-001', 'S08'), '--study', s08.folder],
      ['pull', s08.folder],
      ['ledger', '--duties', '--study', s08.folder],
    ]) {
      const { stderr } = await s08.with({ RANDOSE_LEDGER: '' }).type(...words);
      expect(stderr).toContain('PGSERVICE or RANDOSE_LEDGER');
    }
  });
});
