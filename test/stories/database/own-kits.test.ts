import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { atTerminal } from '../../support/at-terminal.ts';
import { mustRun } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import {
  enrol,
  type Person,
  serve,
  type ServedStudy,
  twoSites,
} from '../../support/served-study.ts';
import { testWithTool } from '../../support/tools.ts';

let made: Promise<ServedStudy> | undefined;
const served = () => (made ??= begin());
async function begin(): Promise<ServedStudy> {
  const study = await serve(twoSites());
  await (await study.person('s01')).must(...enrol('S01-001', 'S01'));
  await (await study.person('s08')).must(...enrol('S08-001', 'S08'));
  return study;
}

const BY = ['--by', 'F. Example, pharmacist, Example Pharmacy'];
const PRINTED = 'Were they printed?';
const testAtTerminal = testWithTool(['expect', '-v']);

/** Asks for labels at a terminal, and says that they were printed. */
function labels({ folder, url, environment }: Person, ...words: string[]) {
  const file = join(folder, 'labels', 'at-terminal.pdf');
  const typed = ['labels', '--output', file, ...words, ...BY, '--study', folder, '--ledger', url];
  const seen = atTerminal(folder, typed, [], environment);
  return { ...seen, text: seen.text.replace(/\s+/g, ' '), isWritten: existsSync(file) };
}

describe('a person at a terminal', () => {
  testAtTerminal(
    'prints no labels that the server does not record',
    async () => {
      const study = await served();
      const s01 = await study.person('s01');
      const before = await study.lines();
      const all = labels(s01);
      expect(all.text).not.toContain(PRINTED);
      expect(all.text).toContain('login s01 is not of the site of kit');
      expect(all).toMatchObject({ status: 66, isWritten: false });

      const file = join(s01.folder, 'study.yaml');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace('L2026-01', 'L2026-02'));
      const other = labels(s01, '--site', 'S01');
      writeFileSync(file, text);
      expect(other.text).not.toContain(PRINTED);
      expect(other.text).toContain('randose pull');
      expect(other).toMatchObject({ status: 65, isWritten: false });
      expect(await study.lines()).toEqual(before);
    },
    240_000,
  );

  testAtTerminal(
    'prints those of the own site, which are recorded afterwards',
    async () => {
      const study = await served();
      const { folder, url, environment } = await study.person('s01');
      const file = join(folder, 'labels', 'own.pdf');
      const typed = ['labels', '--output', file, '--site', 'S01', ...BY, '--study', folder];
      const before = await study.lines();
      const seen = atTerminal(folder, [...typed, '--ledger', url], [[PRINTED, 'y']], environment);
      expect(seen).toMatchObject({
        status: 0,
        text: expect.stringContaining('Recorded:') as string,
      });
      expect(existsSync(file)).toBe(true);
      const after = (await study.lines()).slice(before.length);
      expect(after).toHaveLength(1);
      expect(after[0]).toContain('"action":"labels"');
    },
    240_000,
  );

  testAtTerminal('prints no labels of a locked study, in a folder either', () => {
    const study = twoSites();
    const by = ['--by', 'A. Example, data manager, Hospital', '--study', study];
    mustRun('lock', '--reason', 'all queries closed', ...by);
    const file = join(study, 'labels', 'late.pdf');
    const { status, text } = atTerminal(study, ['labels', '--output', file, ...by], []);
    expect(text).not.toContain(PRINTED);
    expect(text).toContain('the database was locked');
    expect(status).toBe(65);
    expect(existsSync(file)).toBe(false);
  });
});

describe('the kits of one site', () => {
  testWithPostgres('have all their records there, and nothing is said of others', async () => {
    const study = await served();
    const s01 = await study.person('s01');
    const kits = (site: string) =>
      study.sql(`select kit from randose.slots where site = '${site}' order by sequence desc`);
    const [own = ''] = (await kits('S01')).split('\n');
    const [other = ''] = (await kits('S08')).split('\n');
    const UNSEEN = 'this login sees what its own sites recorded';
    for (const words of [['S01-001'], [own], ['--site', 'S01']]) {
      expect((await s01.run('kit', ...words)).stderr, words.join(' ')).not.toContain(UNSEEN);
    }
    for (const words of [[], [other], ['--site', 'S08']]) {
      expect((await s01.run('kit', ...words)).stderr, words.join(' ')).toContain(UNSEEN);
    }
  });
});
