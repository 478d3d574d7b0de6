import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { sha256 } from '../../../src/digest.ts';
import { contentsOf, FIXTURES, mustRun, testFolder } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import {
  enrol,
  type Person,
  serve,
  type ServedStudy,
  twoSites,
} from '../../support/served-study.ts';

/** A study whose three slots of S01 are in use; the statistician and the site have folders of their own. */
let made: Promise<{ study: ServedStudy; statistician: Person; s01: Person }> | undefined;
const served = () => (made ??= begin());
async function begin() {
  const study = await serve(twoSites({ slots: [3, 3] }));
  const s01 = await study.person('s01');
  for (const one of ['S01-001', 'S01-002', 'S01-003']) await s01.must(...enrol(one, 'S01'));
  return { study, statistician: await study.person('statistician'), s01 };
}

const keyOf = (who: string) => join(FIXTURES, 'keys', `${who}.key`);
const change = ({ folder }: Person, from: string, to: string) => {
  const file = join(folder, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
};

/** The digests of the files that all people of a study have alike. */
function sharedFiles({ folder }: Person): Record<string, string> {
  const shared = [...contentsOf(folder)].filter(([name]) =>
    /^(?:study\.yaml$|allocation\/|custody\/)/.test(name),
  );
  return Object.fromEntries(shared.map(([name, bytes]) => [name, sha256(bytes)] as const));
}

describe('a site that has a folder of its own', () => {
  testWithPostgres('keeps no study.yaml that it did not edit, and each that it did', async () => {
    const study = await serve(twoSites());
    const { manager } = study;
    const s01 = await study.person('s01');
    const s08 = await study.person('s08');
    const pulled = async (person: Person) =>
      person.type('pull', person.folder, '--ledger', person.url);
    const edited = (person: Person) =>
      readdirSync(person.folder).filter((name) => name.includes('edited'));
    // Each is put in force by an entry that S01 does not see.
    for (const [from, title] of [
      ['Test trial', 'Second title'],
      ['Second title', 'Third title'],
    ] as const) {
      change(manager, from, title);
      await manager.must(...enrol(title.replace(' title', '-1'), 'S08', '--id-is-right'));
      const { status, stderr, stdout } = await pulled(s01);
      expect(stderr).not.toContain('warning');
      expect([status, stdout]).toEqual([0, `Wrote 1 file to ${s01.folder}.\n`]);
      expect(edited(s01)).toEqual([]);
    }
    // A folder of an older version of randose has no copy of what it pulled; the entries say what was in force.
    rmSync(join(s08.folder, '.randose.study.yaml'), { force: true });
    expect((await pulled(s08)).stderr).not.toContain('warning');

    change(s01, 'Third title', 'My title');
    const compared = await s01.run('study', '--diff');
    expect(compared.stderr).toContain('randose pull');
    expect(compared.stderr).not.toContain('Somebody changed');
    const { stderr } = await pulled(s01);
    expect(stderr).toContain('study.yaml.edited');
    expect(edited(s01)).toEqual(['study.yaml.edited']);
    expect(readFileSync(join(s01.folder, 'study.yaml.edited'), 'utf8')).toContain('My title');
    // So is an edit of the data manager that is not in force yet, although the database may have its bytes.
    change(manager, 'Third title', 'Fourth title');
    expect((await pulled(manager)).stderr).toContain('study.yaml.edited');
  });

  testWithPostgres('gets a lot that the data manager writes, with their next entry', async () => {
    const study = await serve(twoSites());
    const { manager } = study;
    const s01 = await study.person('s01');
    const labels = ['labels', '--site', 'S01', '--output'];
    const [old, mine, late, now] = ['old', 'mine', 'late', 'now'].map((name) =>
      join(s01.folder, 'labels', `${name}.pdf`),
    );
    await s01.must(...labels, old!);
    // A pharmacist puts no study.yaml in force.
    change(s01, 'L2026-01', 'L2026-02');
    const own = await s01.run(...labels, mine!);
    expect([own.status, own.stderr]).toEqual([65, expect.stringContaining('randose pull')]);
    await s01.pull();
    // Nor does the data manager by writing it alone.
    change(manager, 'L2026-01', 'L2026-02');
    await s01.must('labels', '--site', 'S01', '--specimen', '--output', late!);
    const kit = (await study.sql(`select min(kit) from randose.kits`)).trim();
    await manager.must('kit', 'received', '--kits', kit, '--date', '2026-05-28');
    const before = await s01.run(...labels, late!, '--force');
    expect([before.status, before.stderr]).toEqual([65, expect.stringContaining('randose pull')]);
    await s01.pull();
    expect(await s01.must(...labels, now!)).toContain('L2026-02');
  });

  testWithPostgres('is told where the files are', async () => {
    const { s01 } = await served();
    rmSync(join(s01.folder, 'allocation', 'manifest.json'));
    const words = ['pull', '--ledger', s01.url];
    const { stdout } = await s01.typeIn(s01.folder, ...words);
    expect(stdout).toBe(`Wrote 1 file to ${s01.folder}.\n`);
    const again = await s01.typeIn(s01.folder, ...words);
    expect(again.stdout).toBe(`${s01.folder} has all files as they are in the database.\n`);
  });

  testWithPostgres('gets a list that is longer now, and is told so before', async () => {
    const { statistician, s01 } = await served();
    change(statistician, 'site: S01, slots: 3', 'site: S01, slots: 6');
    const plan = join(testFolder(afterAll), 'plan.yaml');
    writeFileSync(plan, 'blocks: {sizes: [3]}\n');
    const extend = ['allocate', '--extend', '--plan', plan, '--identity', keyOf('statistician')];
    await statistician.must(...extend, '--yes');

    const early = await s01.run(...enrol('S01-004', 'S01'));
    expect(early.status).not.toBe(0);
    expect(early.stderr).toContain('randose pull');
    await s01.pull();
    expect(sharedFiles(s01)).toEqual(sharedFiles(statistician));
    expect(await s01.must(...enrol('S01-004', 'S01'))).toContain('S01-004');
    expect(await s01.must('verify')).toContain('Nothing disagrees');
  });

  testWithPostgres('stays as it is if a login may not make the list longer', async () => {
    const study = await serve(twoSites({ slots: [3, 3] }));
    const { manager } = study;
    change(manager, 'site: S01, slots: 3', 'site: S01, slots: 6');
    const plan = join(testFolder(afterAll), 'plan.yaml');
    writeFileSync(plan, 'blocks: {sizes: [3]}\n');
    const before = { lines: await study.lines(), files: sharedFiles(manager) };
    const extend = ['allocate', '--extend', '--plan', plan, '--identity', keyOf('statistician')];
    const { status, stderr } = await manager.run(...extend, '--yes');
    expect(stderr).toContain('login manager may not enter this: allocation');
    expect(status).toBe(66);
    const after = { lines: await study.lines(), files: sharedFiles(manager) };
    expect(after).toEqual(before);
    expect(readdirSync(manager.folder)).not.toContain('allocation.partial');
  });

  testWithPostgres('gets envelopes that are wrapped anew, and no old ones are left', async () => {
    const { statistician, s01 } = await served();
    const before = sharedFiles(s01);
    const key = join(testFolder(afterAll), 'new-officer.key');
    const made = mustRun('keygen', '--name', 'New Officer', '--output', key, '--no-passphrase');
    const [recipient = ''] = /age1[0-9a-z]+/.exec(made) ?? [];
    expect(recipient).not.toBe('');
    change(
      statistician,
      'officers:\n',
      `officers:\n  - { name: New Officer, recipient: ${recipient} }\n`,
    );
    const rewrap = [
      'rewrap',
      '--identity',
      keyOf('officer'),
      keyOf('packer'),
      keyOf('statistician'),
    ];
    await statistician.must(...rewrap, '--reason', 'a second officer');

    const open = ['unblind', '--subject', 'S01-001', '--reason', 'an emergency', '--identity'];
    // Whoever has the old envelopes still opens them with the old key.
    const old = await s01.run(...open, keyOf('officer'));
    expect(old.stdout).toMatch(/Active|Placebo/);
    await s01.pull();
    expect(sharedFiles(s01)).toEqual(sharedFiles(statistician));
    expect(sharedFiles(s01)).not.toEqual(before);
    const opened = await s01.run(...open, key);
    expect(opened.stdout).toMatch(/Active|Placebo/);
    expect(opened.status).toBe(0);
    expect(await s01.must('verify')).toContain('Nothing disagrees');
  });
});
