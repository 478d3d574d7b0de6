import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { contentsOf, FIXTURES, mustRun, randose, testFolder } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import { enrol, serve, type ServedStudy, twoSites } from '../../support/served-study.ts';

/** A study with a signed entry whose signer has accents, in a database. */
let made: Promise<{ served: ServedStudy; before: Buffer }> | undefined;
const moved = () => (made ??= move());
async function move(): Promise<{ served: ServedStudy; before: Buffer }> {
  const study = twoSites();
  const key = join(testFolder(afterAll), 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'key', '-f', key]);
  appendFileSync(
    join(study, 'allowed-signers'),
    `zoe@example.org namespaces="randose-ledger" ${readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')}\n`,
  );
  const at = ['--study', study, '--by', 'Zoë Noël, “coordinator”, Hôpital \\ 例'];
  mustRun(...enrol('S01-001', 'S01'), ...at, '--sign', key);
  mustRun(
    'withdraw',
    'S01-001',
    '--from',
    'study',
    '--date',
    '2026-05-28',
    '--reason',
    'déménagé; "loin"',
    ...at,
  );
  const before = readFileSync(join(study, 'ledger.jsonl'));
  return { served: await serve(study), before };
}

describe('the ledger of a folder, moved into a database', () => {
  testWithPostgres('check 1: has the same bytes there', async () => {
    const { served, before } = await moved();
    const lines = await served.lines();
    expect(`${lines.join('\n')}\n`).toBe(before.toString());
    expect(before.toString()).toContain('"signature":"');
    expect(before.toString()).toContain('Zoë');

    const ledger = readFileSync(join(served.manager.folder, 'ledger.jsonl'));
    expect(ledger.subarray(0, before.length)).toEqual(before);
    const rest = ledger.subarray(before.length).toString();
    expect(rest.split('\n')).toHaveLength(2);
    expect(JSON.parse(rest)).toMatchObject({ action: 'continuation', store: 'postgres' });
  });

  testWithPostgres('says where the ledger in the database ends, to be filed', async () => {
    const study = twoSites();
    const { imported, manager } = await serve(study);
    const receipt = /^Ledger (\d+:[0-9a-f]{64})$/m.exec(imported)?.[1] ?? '';
    expect(imported).toContain('The ledger in the database ends at:\n');
    expect(imported).toContain('is in this folder alone');
    expect(await manager.must('verify', '--expect', receipt)).toContain('Nothing disagrees');
  });

  testWithPostgres('has the code-breaks too that wait to be entered', async () => {
    const study = twoSites();
    const by = ['--by', 'N. Night, physician, Hospital', '--study', study];
    mustRun(...enrol('S01-001', 'S01'), ...by);
    const ledger = join(study, 'ledger.jsonl');
    const sound = readFileSync(ledger);
    // A ledger that cannot be read does not stop a code-break.
    writeFileSync(ledger, sound.toString().replace('"S01-001"', '"S01-00X"'));
    const key = join(FIXTURES, 'keys', 'officer.key');
    const number = /"number":"([^"]*)"/.exec(sound.toString())?.[1] ?? '';
    randose('unblind', number, '--identity', key, '--reason', 'anaphylaxis', ...by);
    writeFileSync(ledger, sound);
    expect(existsSync(join(study, 'pending'))).toBe(true);

    const served = await serve(study);
    expect((await served.lines()).join('\n')).toContain('anaphylaxis');
    expect(existsSync(join(study, 'pending'))).toBe(false);
    const own = readFileSync(ledger, 'utf8').split('\n').slice(0, -2);
    expect(await served.lines()).toEqual(own);
  });

  testWithPostgres('check 2: comes out as a folder that needs no database', async () => {
    const { served } = await moved();
    const out = join(testFolder(), 'out');
    const inspector = await served.person('inspector');
    const { status, stderr } = await inspector.type(
      'ledger',
      '--export',
      out,
      '--ledger',
      inspector.url,
    );
    expect(stderr).not.toContain('error');
    expect(status).toBe(0);
    const ledger = readFileSync(join(out, 'ledger.jsonl'), 'utf8');
    expect(ledger).toBe(`${(await served.lines()).join('\n')}\n`);
    // Without the database, and by whoever has never seen the study.
    expect(mustRun('verify', '--study', out)).toContain('Nothing disagrees');
    for (const line of ledger.split('\n').slice(0, -1)) {
      const { hash } = JSON.parse(line) as { hash: string };
      const input = `${line.slice(0, line.indexOf(`,"hash":"${hash}"`))}}`;
      expect(execFileSync('sha256sum', { input, encoding: 'utf8' })).toBe(`${hash}  -\n`);
    }
  });

  testWithPostgres(
    'is an archive there: read without a database, and never recorded in',
    async () => {
      const { served } = await moved();
      const out = join(testFolder(), 'archive');
      const { manager } = served;
      await manager.type('ledger', '--export', out, '--ledger', manager.url);
      const before = (await served.lines()).length;
      const copy = ['--study', out];
      for (const words of [['status'], ['calendar'], ['kit'], ['deviations'], ['ledger']]) {
        expect(randose(...words, ...copy)).toMatchObject({ status: 0 });
      }
      expect(mustRun('status', ...copy)).toContain('1 randomized');
      // Also if the database is named, as it is for whoever works on the study.
      for (const named of [[], ['--ledger', manager.url]]) {
        const { status, stderr } = await manager.type(
          ...enrol('S01-009', 'S01'),
          ...copy,
          ...named,
        );
        expect(status).not.toBe(0);
        expect(stderr).toContain('this folder is a copy of a study');
      }
      expect(await served.lines()).toHaveLength(before);
      const pulled = await manager.type('pull', out, '--ledger', manager.url);
      expect(pulled.status).not.toBe(0);
      expect(pulled.stderr).toContain('has a ledger.jsonl of its own');
      expect(mustRun('verify', ...copy)).toContain('Nothing disagrees');
    },
  );

  testWithPostgres('check 3: is extended there alone', async () => {
    const { served } = await moved();
    const { folder } = served.manager;
    const before = contentsOf(folder);
    const by = ['--by', 'A, nurse, Example', '--json'];
    const { status, stdout, stderr } = randose(...enrol('X', 'S08'), '--study', folder, ...by);
    expect(status).toBe(65);
    expect(stdout + stderr).toContain('--ledger');
    expect(contentsOf(folder)).toEqual(before);
    expect(existsSync(join(folder, 'pending'))).toBe(false);
  });

  testWithPostgres('check 19: is the same whatever encoding the client names', async () => {
    const { served } = await moved();
    const inspector = await served.person('inspector');
    const texts: Buffer[] = [];
    for (const encoding of ['UTF8', 'LATIN1']) {
      const out = join(testFolder(), encoding);
      const person = inspector.with({ PGCLIENTENCODING: encoding });
      const { status } = await person.type('ledger', '--export', out, '--ledger', person.url);
      expect(status).toBe(0);
      texts.push(readFileSync(join(out, 'ledger.jsonl')));
    }
    expect(texts[0]).toEqual(texts[1]);
    expect(texts[0]?.toString()).toContain('Zoë');
  });
});
