import { describe, expect } from 'vitest';
import { join } from 'node:path';
import { FIXTURES } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import {
  enrol,
  type Person,
  serve,
  type ServedStudy,
  twoSites,
} from '../../support/served-study.ts';

interface Trial {
  readonly study: ServedStudy;
  readonly s01: Person;
  readonly s08: Person;
  /** The number and the kit of S08-001 and S08-002. */
  readonly slots: readonly { readonly number: string; readonly kit: string }[];
}

/** Three participants of S08, one of S01, whose first slot is not that of the list. */
let made: Promise<Trial> | undefined;
const trial = () => (made ??= begin());
async function begin(): Promise<Trial> {
  const study = await serve(twoSites());
  const [s01, s08] = [await study.person('s01'), await study.person('s08')];
  const slots = [];
  for (const one of ['S08-001', 'S08-002', 'S08-003']) {
    const data = await s08.json(...enrol(one, 'S08'));
    const [{ number, kit } = { number: '', kit: '' }] = data.participants as {
      number: string;
      kit: string;
    }[];
    slots.push({ number, kit });
  }
  await s01.must(...enrol('S01-001', 'S01'));
  return { study, s01, s08, slots };
}

const ARM = /Active|Placebo/;
const officer = join(FIXTURES, 'keys', 'officer.key');
const open = (...who: readonly string[]) => [
  'unblind',
  ...who,
  ...['--identity', officer, '--reason', 'an emergency', '--by', 'N. Night, physician, Hospital'],
];
const NOTHING_WRONG = 'Nothing disagrees';

describe('an emergency at another site', () => {
  testWithPostgres(
    'is opened by the number or the kit, and nobody is told a falsehood',
    async () => {
      const { study, s01, slots } = await trial();
      const bySubject = await s01.run(...open('S08-001'));
      expect(bySubject.status).not.toBe(0);
      expect(bySubject.stderr).toContain('no entry that is known here says which slot S08-001 has');
      expect(bySubject.stderr).not.toContain('is not randomized');
      expect(bySubject.stderr).toContain('--kit CODE');
      const { number, kit } = slots[0]!;
      for (const who of [['--number', number], [kit]]) {
        const { status, stdout, stderr } = await s01.run(...open(...who));
        expect(stdout).toMatch(ARM);
        expect(stdout).toContain(number);
        expect(stderr).toContain('The code-break is in the ledger');
        expect(status).toBe(0);
      }
      // A slot that nobody has is not opened all the same.
      const free = await s01.run(...open('--number', 'R006'));
      expect(free.stdout).not.toMatch(ARM);
      for (const login of ['s01', 's08', 'inspector', 'manager'] as const) {
        const person = await study.person(login);
        expect(await person.must('verify')).toContain(NOTHING_WRONG);
      }
    },
  );
});

describe('a report of one site', () => {
  testWithPostgres('says that it is one, and whose kit it does not know', async () => {
    const { s01, s08, slots } = await trial();
    const seen = await s01.run('check', slots[1]!.kit);
    expect(seen.stderr).toContain(`DO NOT GIVE IT: ${slots[1]!.number}`);
    for (const words of [['status'], ['kit'], ['export', 'transfer', '--force']]) {
      const { stderr } = await s01.run(...words);
      expect(stderr).toContain('this login sees what its own sites recorded');
    }
    const status = await s01.must('status');
    expect(status).toMatch(/site=S01 +12 +1 +11/);
    expect(status).not.toContain('site=S08');
    expect((await s08.run('check', slots[1]!.kit)).stderr).not.toContain('DO NOT GIVE IT');
  });
});

describe('a participant who is transferred', () => {
  testWithPostgres('is verified by the new site, which does not see those before', async () => {
    const { study, s01, s08, slots } = await trial();
    // The server's clock is the real one.
    const today = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Paris' }).format();
    const to = ['--to', 'S01', '--date', today, '--reason', 'moved house'];
    await s08.with({ RANDOSE_TEST_CLOCK: '0' }).must('transfer', 'S08-003', ...to, '--yes');
    expect(await s01.must('calendar', '--subject', 'S08-003')).toContain('S08-003');
    expect(await s01.must('verify')).toContain(NOTHING_WRONG);
    // An injection from a kit of the other site: S08 sees that, and not whose it is.
    const given = ['dose', 'S01-001', '--visit', 'D1', '--date', '2026-06-01'];
    await s01.must(
      ...given,
      '--kit',
      slots[1]!.kit,
      '--deviation',
      '--reason',
      'a mistake',
      '--yes',
    );
    for (const login of ['s01', 's08'] as const) {
      const person = await study.person(login);
      const { stdout, stderr } = await person.run('verify');
      expect(stdout + stderr).not.toContain('was not randomized before');
    }
  });
});

describe('an outage', () => {
  testWithPostgres('is survived by whoever was randomized last, and by a number', async () => {
    const { study, s01, s08 } = await trial();
    await s01.must(...enrol('S01-002', 'S01'));
    const data = await s08.json(...enrol('S08-004', 'S08'));
    const [{ number } = { number: '' }] = data.participants as { number: string }[];
    await study.cluster.stop('fast');
    const last = await s01.run(...open('S01-002'));
    expect(last.stdout).toMatch(ARM);
    const unseen = await s01.run(...open('--number', number));
    expect(unseen.stdout).toMatch(ARM);
    expect(unseen.status).toBe(0);
    await study.cluster.start();
    const entered = await s01.run('ledger', '--enter-pending');
    expect(entered.status).toBe(0);
    expect(entered.stdout).toContain('2 entries entered late');
    expect((await s01.run('ledger', '--enter-pending')).stderr).toContain('pending/ is empty');
  });
});
