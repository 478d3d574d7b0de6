import { describe, expect } from 'vitest';
import { testWithPostgres } from '../../support/postgres.ts';
import { type Person, serve, type ServedStudy, twoSites } from '../../support/served-study.ts';

let made: Promise<ServedStudy> | undefined;
const served = () => (made ??= serve(twoSites()));

const BY = ['--by', 'C. Martin, data manager, Example Hospital'];
const grant = (login: string, ...more: readonly string[]) => [
  ...['ledger', '--grant', login],
  ...more,
  ...BY,
];
const dutiesOf = async (person: Person, login: string) => {
  const { people } = (await person.json('ledger', '--duties')) as {
    people: { login: string; duties: string[]; sites: string[] }[];
  };
  return people.find((one) => one.login === login);
};

describe('a duty that the data manager gives', () => {
  testWithPostgres('is refused at a site that the study does not have', async () => {
    const { manager } = await served();
    const before = await dutiesOf(manager, 's08');
    for (const more of [[], ['--dry-run']]) {
      const words = grant('s08', '--duty', 'pharmacist', '--site', 'S01', 'XYZ', ...more);
      const { status, stdout, stderr } = await manager.run(...words);
      expect(stderr).toContain('site "XYZ" is unknown');
      expect(stderr).toContain('study.yaml has: S01, S08.');
      expect([status, stdout]).toEqual([64, '']);
    }
    expect(await dutiesOf(manager, 's08')).toEqual(before);
  });

  testWithPostgres('is shown with what it replaces', async () => {
    const { manager, cluster } = await served();
    await cluster.createLogin('newcomer', 'secret');
    const first = grant('newcomer', '--duty', 'pharmacist', '--site', 's01');
    expect(await manager.must(...first)).toBe(
      'newcomer had no duty, and is now pharmacist at S01.\n',
    );
    const second = grant('newcomer', '--duty', 'coordinator', 'pharmacist', '--site', 'S08');
    expect(await manager.must(...second, '--dry-run')).toContain('newcomer was pharmacist at S01');
    expect(await manager.must(...second)).toBe(
      'newcomer was pharmacist at S01, and is now coordinator and pharmacist at S08.\n',
    );
    expect(await manager.json(...grant('newcomer', '--duty', 'inspector'))).toEqual({
      login: 'newcomer',
      duties: ['inspector'],
      sites: [],
      was: { duties: ['coordinator', 'pharmacist'], sites: ['S08'] },
    });
    expect(await manager.must('ledger', '--revoke', 'newcomer', ...BY)).toBe(
      'newcomer was inspector, and has no duty now.\n',
    );
  });
});

describe('the last data manager', () => {
  testWithPostgres('keeps the duty until another login has it', async () => {
    const study = await served();
    const { manager, cluster } = study;
    await cluster.createLogin('second', 'secret');
    const leave = [
      grant('manager', '--duty', 'inspector'),
      ['ledger', '--revoke', 'manager', ...BY],
    ];
    for (const words of leave) {
      const { status, stderr } = await manager.run(...words);
      expect(stderr).toContain('no data manager would be left');
      expect(stderr).toMatch(
        /first: randose ledger .*--grant LOGIN --duty "data manager" --by WHO/,
      );
      expect(status).toBe(65);
    }
    expect(await dutiesOf(manager, 'manager')).toMatchObject({ duties: ['data manager'] });
    // Another data manager who cannot log in helps nobody.
    await manager.must(...grant('second', '--duty', 'data manager'));
    await study.sql('alter role second nologin');
    expect((await manager.run(...leave[0]!)).status).toBe(65);
    await study.sql('alter role second login');
    await manager.must(...grant('manager', '--duty', 'data manager', 'statistician'));
    await manager.must(...leave[1]!);
    // The owner of the database gives the duty back.
    await manager.must(...grant('manager', '--duty', 'data manager'));
  });
});
