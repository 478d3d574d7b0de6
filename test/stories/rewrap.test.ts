import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asAnotherUser, contentsOf, jsonOf, mustRun, randose } from '../support/command-line.ts';
import {
  custodyTrialWith,
  type CustodyTrial,
  enrolOne,
  ledgerOf,
  replaceIn,
  sealAndEnrol,
} from '../support/custody.ts';

/** A study of two officers, of whom one is to be replaced. */
function changing(custody = 'officers: any'): CustodyTrial {
  return custodyTrialWith('two officers, two participants', custody, (made) => {
    for (const name of ['A', 'B']) made.addPerson('officer', name, '--study', made.study);
    sealAndEnrol(made);
  });
}

function replaceB({ study, addPerson }: CustodyTrial): void {
  const recipient = addPerson('officer', 'C');
  const text = readFileSync(join(study, 'study.yaml'), 'utf8');
  const [, before] = /name: B\n\s+recipient: (\S+)/.exec(text)!;
  replaceIn(join(study, 'study.yaml'), before!, recipient);
  replaceIn(join(study, 'study.yaml'), 'name: B', 'name: C');
}

const rewrap = ({ study, key }: CustodyTrial, ...names: string[]) =>
  randose('rewrap', '--study', study, '--identity', ...names.map(key), '--reason', 'B leaves');
const unblind = ({ study, key }: CustodyTrial, ...names: string[]) => {
  const words = ['unblind', '--study', study, '--subject', 'CRT-001', '--reason', 'example'];
  return randose(...words, '--identity', ...names.map(key));
};
const enrol = (study: string) =>
  randose(...['randomize', '--study', study, '--subject', 'CRT-009', '--site', 'CRT'], ...DAY1);
const DAY1 = ['--day1', '2026-06-15', '--by', 'Example'];
const rootOf = ({ study }: CustodyTrial) =>
  (jsonOf('commitment', '--study', study).batches as { root: string }[]).map(({ root }) => root);

describe('a rewrap', () => {
  test('warns if the umask keeps others from the new files', () => {
    const made = changing();
    replaceB(made);
    const { study } = made;
    const before = process.umask(0o077);
    const { status, stderr } = rewrap(made, 'A');
    process.umask(before);
    expect(status).toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'others cannot read allocation/rewrap-1, because',
    );
    const [, command = ''] = /(chmod -R go\+rX allocation\/rewrap-1)/.exec(stderr)!;
    execFileSync('sh', ['-c', command], { cwd: study });
    const file = join(study, 'allocation/rewrap-1/manifest.json');
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  test.each(['here', 'on another machine'])(
    'that the ledger lacks is the one thing to say, if the newer one was seen %s',
    (where) => {
      const made = changing();
      const { study } = made;
      const file = join(study, 'ledger.jsonl');
      const before = readFileSync(file);
      replaceB(made);
      expect(rewrap(made, 'A').status).toBe(0);
      const newest = readFileSync(file);
      writeFileSync(file, before);
      if (where !== 'here') asAnotherUser();
      const what = where === 'here' ? 'ends at 3:' : 'is older than allocation/rewrap-1/';
      const said = () => randose('verify', '--study', study).stdout;
      expect(said().split('\n')[1]).toContain(`  ledger.jsonl: ${what}`);
      expect(said()).toContain('25 files in allocation/rewrap-1/, and 22 earlier files were moved');
      expect(said()).toContain('To do: restore the newest ledger from a backup');
      expect(said()).not.toMatch(/R001\.age|randose rewrap|remove-superseded/);
      const status = mustRun('status', '--study', study);
      expect(status).toContain(`Nobody can be randomized now: ledger.jsonl ${what}`);
      expect(status).not.toContain('randose rewrap');
      rmSync(file);
      expect(said()).toMatch(/^NOT VERIFIED: .*\n {2}ledger\.jsonl: is missing.*\nNo ledger/);
      writeFileSync(file, '');
      expect(said()).toMatch(/^NOT VERIFIED: .*\n {2}ledger\.jsonl: is empty.*\nNo ledger/);
      const refused = enrol(study);
      expect(refused.stderr).toContain('ledger.jsonl');
      expect(refused.stderr).not.toContain('--accept-older');
      writeFileSync(file, newest);
      expect(randose('verify', '--study', study).status).toBe(0);
    },
  );

  test('is where a missing envelope is looked for, and what to do without a backup is said', () => {
    const made = changing();
    replaceB(made);
    expect(rewrap(made, 'A').status).toBe(0);
    rmSync(join(made.study, 'allocation/rewrap-1/envelopes/R001.age'));
    rmSync(join(made.study, 'superseded'), { recursive: true });
    const { status, stderr } = unblind(made, 'A');
    expect(status).toBe(66);
    const said = stderr.replace(/\s+/g, ' ');
    expect(said).toContain('Restore allocation/rewrap-1/envelopes/R001.age from a backup');
    expect(said).toContain('whoever can open the list finds the arm in it');
  });

  test('seals the same contents to the people whom study.yaml names now, and to nobody else [R-037]', () => {
    const made = changing();
    const { study, trial, key } = made;
    const commitment = join(trial.folder, 'commitment.txt');
    mustRun('commitment', '--study', study, '--output', commitment);
    const sheet = join(trial.folder, 'cards.pdf');
    mustRun('cards', '--study', study, '--identity', key('A'), '--output', sheet);
    const [arm, root] = [unblind(made, 'B').stdout, rootOf(made)];
    replaceB(made);
    const words = ['--subject', 'CRT-009', '--site', 'CRT', '--day1', '2026-06-15', '--by', 'E'];
    const refused = randose('randomize', '--study', study, ...words);
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('randose rewrap');
    expect(rewrap(made, 'A').status).toBe(0);
    expect(unblind(made, 'C').stdout).toBe(arm);
    expect(unblind(made, 'B')).toMatchObject({ status: 77, stdout: '' });
    expect(rootOf(made)).toEqual(root);
    mustRun('verify', '--study', study, '--commitment', commitment);
    const again = ['verify', '--study', study, '--regenerate', '--identity', key('C')];
    expect(mustRun(...again)).toContain('match, 18 of 18 slots');
    expect(readdirSync(join(study, 'allocation'))).toEqual([
      ...['card-recipients.csv', 'list.csv', 'manifest.json', 'rewrap-1', 'signing.pub'],
    ]);
    expect(
      ledgerOf(study).filter(({ action }) => String(action).startsWith('rewrap')),
    ).toMatchObject([
      { action: 'rewrap intent', reason: 'B leaves', key: 'A, officer' },
      { action: 'rewrap outcome', result: 'opened', manifests: [{ batch: 1, rewrap: 1 }] },
    ]);
    enrolOne(study, 'CRT-009');
    // And once more: then rewrap-1 is of before.
    replaceIn(join(study, 'study.yaml'), 'name: C', 'name: D');
    expect(rewrap(made, 'C').status).toBe(0);
    expect(unblind(made, 'A').stdout).toBe(arm);
    mustRun('verify', '--study', study, '--commitment', commitment);
  });

  test('changes custody from one officer alone to several together, and back', () => {
    const made = changing();
    const arm = unblind(made, 'A').stdout;
    replaceIn(
      join(made.study, 'study.yaml'),
      'custody:\n  officers: any',
      'custody:\n  threshold: 2 of 2',
    );
    expect(rewrap(made, 'A').status).toBe(0);
    expect(unblind(made, 'A').status).toBe(77);
    expect(unblind(made, 'A', 'B').stdout).toBe(arm);
    replaceIn(
      join(made.study, 'study.yaml'),
      'custody:\n  threshold: 2 of 2',
      'custody:\n  officers: any',
    );
    expect(rewrap(made, 'A').status).toBe(77);
    expect(rewrap(made, 'A', 'B').status).toBe(0);
    expect(unblind(made, 'B').stdout).toBe(arm);
    mustRun('verify', '--study', made.study);
  });

  test('takes every batch', () => {
    const made = changing();
    replaceIn(join(made.study, 'study.yaml'), 'slots: 18', 'slots: 24');
    const plan = join(made.trial.folder, 'made-plan.yaml');
    mustRun(
      'allocate',
      '--extend',
      '--study',
      made.study,
      '--plan',
      plan,
      '--identity',
      made.key('A'),
    );
    replaceB(made);
    expect(rewrap(made, 'B').stdout).toContain('24 of 24 envelopes and the list');
    mustRun('verify', '--study', made.study, '--regenerate', '--identity', made.key('C'));
  });

  test.each<[string, (made: CustodyTrial) => void, string[], number, string]>([
    ['with the key of a new officer', () => undefined, ['C'], 77, 'use the key of A or B. Whoever'],
    [
      'of an envelope that was exchanged',
      ({ study }) => {
        const envelope = (n: number) => join(study, `allocation/envelopes/R00${n}.age`);
        writeFileSync(envelope(5), readFileSync(envelope(6)));
      },
      ['A'],
      65,
      'NOT TRUSTED',
    ],
    [
      'of a list that is gone',
      ({ study }) => {
        rmSync(join(study, 'allocation/master.age'));
      },
      ['A'],
      66,
      'does not exist',
    ],
    [
      'where more than people was changed',
      ({ study }) => {
        replaceIn(join(study, 'study.yaml'), 'type: placebo', 'type: active');
      },
      ['A'],
      65,
      'was changed after the list was sealed',
    ],
  ])('%s is refused, and changes nothing', (_, damage, names, status, message) => {
    const made = changing();
    replaceB(made);
    damage(made);
    const before = contentsOf(made.study);
    const refused = rewrap(made, ...names);
    expect(refused).toMatchObject({ status, stdout: '' });
    expect(refused.stderr).toContain(message);
    const after = contentsOf(made.study);
    before.delete('ledger.jsonl');
    after.delete('ledger.jsonl');
    expect(after).toEqual(before);
  });

  test('is refused if everything is sealed to the right people already', () => {
    const made = changing();
    const before = contentsOf(made.study);
    expect(rewrap(made, 'A')).toMatchObject({ status: 64, stdout: '' });
    expect(contentsOf(made.study)).toEqual(before);
  });
});
