import { describe, expect } from 'vitest';
import { crowdAt, expectSoundList } from '../support/crowd.ts';
import { testWithPostgres } from '../support/postgres.ts';
import { serve, twoSites } from '../support/served-study.ts';

describe('a ledger in PostgreSQL', () => {
  testWithPostgres(
    'has 8 × 100 acts once each, with killed commands and a server that crashes',
    async () => {
      const study = await serve(twoSites({ slots: [402, 402] }));
      const crowd = { clients: 8, fromFile: 75, single: 25, kills: 40, restarts: 5 };
      const receipts = await crowdAt(study, crowd);
      await expectSoundList(study, { participants: 800, perStratum: [400, 400] });
      expect(receipts.length).toBeGreaterThan(150);
      const inspector = await study.person('inspector');
      expect(await inspector.must('verify', '--expect', ...receipts)).toContain(
        'Nothing disagrees',
      );
    },
    500_000,
  );
});
