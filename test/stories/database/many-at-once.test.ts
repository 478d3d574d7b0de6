import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { testFolder } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import { crowdAt, expectSoundList } from '../../support/crowd.ts';
import { serve, twoSites } from '../../support/served-study.ts';

describe('eight people at once', () => {
  testWithPostgres('check 4: get a slot each, in order, at two sites', async () => {
    const study = await serve(twoSites({ slots: [402, 402] }));
    await crowdAt(study, { clients: 8, fromFile: 98, single: 2 });
    await expectSoundList(study, { participants: 800, perStratum: [400, 400] });
  });

  testWithPostgres(
    'check 4: get a slot each, in order, of one stratum for both sites',
    async () => {
      const study = await serve(twoSites({ slotsByAge: 801 }));
      await crowdAt(study, { clients: 8, fromFile: 98, single: 2, factor: 'age=LT65' });
      await expectSoundList(study, { participants: 800, perStratum: [800] });
    },
  );

  testWithPostgres(
    'check 5: lose no act that was acknowledged, however often they are killed',
    async () => {
      const study = await serve(twoSites({ slots: [30, 30] }));
      const receipts = await crowdAt(study, {
        clients: 8,
        fromFile: 5,
        single: 2,
        kills: 8,
        restarts: 1,
      });
      await expectSoundList(study, { participants: 56, perStratum: [28, 28] });
      expect(receipts.length).toBeGreaterThan(12);
      const inspector = await study.person('inspector');
      expect(await inspector.must('verify', '--expect', ...receipts)).toContain(
        'Nothing disagrees',
      );
    },
  );

  testWithPostgres('check 20: sign, each what they entered', async () => {
    const folder = twoSites();
    const key = join(testFolder(afterAll), 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'key', '-f', key]);
    const [kind, text] = readFileSync(`${key}.pub`, 'utf8').split(' ');
    writeFileSync(
      join(folder, 'allowed-signers'),
      `zoe@example.org namespaces="randose-act,randose-ledger" ${kind} ${text}\n`,
    );
    const study = await serve(folder);
    await crowdAt(study, { clients: 8, fromFile: 0, single: 1, more: ['--sign', key] });
    const inspector = await study.person('inspector');
    const verified = await inspector.run('verify', '--json');
    const { data } = JSON.parse(verified.stdout) as { data: { problems: { message: string }[] } };
    expect(data).toMatchObject({
      signatures: { signed: 8, unsigned: 1, signers: ['zoe@example.org'] },
    });
    // The people of this test have another clock than the server, and verify says so.
    const others = data.problems.filter(({ message }) => !message.startsWith('was signed at'));
    expect(others).toEqual([]);
  });
});
