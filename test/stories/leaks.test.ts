import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  contentsOf,
  enrolled,
  mustRun,
  randose,
  RANDOSE,
  type Trial,
  unknownCopy,
} from '../support/command-line.ts';
import { ledgerOf, replaceIn } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

/** A finished study, its arms as a key holder knows them, and all that nobody may see of it. */
function finished(): { trial: Trial; arms: Map<string, string>; secrets: string[] } {
  const trial = enrolled();
  const list = mustRun(
    'open',
    '--reason',
    'example',
    '--study',
    trial.study,
    '--identity',
    trial.statistician,
  );
  const rows = list.trimEnd().split('\n').slice(1);
  const arms = new Map(rows.map((row) => [row.split(',')[0]!, row.split(',').at(-1)!]));
  const keys = [trial.officer, trial.statistician, trial.packer].map((file) => {
    return /AGE-SECRET-KEY-1\w+/.exec(readFileSync(file, 'utf8'))![0];
  });
  return { trial, arms, secrets: keys };
}

describe('a wrong file', () => {
  test('is not repeated in a message: neither a list with its arms nor a key', () => {
    const { trial } = finished();
    const { study, folder, statistician } = trial;
    const list = join(folder, 'unblinded-list.csv');
    const why = ['--reason', 'example', '--identity', statistician];
    mustRun('open', '--study', study, ...why, '--output', list);
    const text = readFileSync(list, 'utf8');
    const wrong = {
      'unblinded-list.csv': text,
      'semicolons.csv': text.replaceAll(',', ';'),
      'without-header.csv': text.slice(text.indexOf('\n') + 1),
      'kit-and-arm.csv': text.replace(/^.*,(\S+,\S+)$/gm, '$1'),
      'officer.key': readFileSync(trial.officer, 'utf8'),
      'armoured.key': '-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24\n',
      'a-text.yaml': `blocks: ${'x'.repeat(70)} ILT101\n`,
    };
    for (const [name, content] of Object.entries(wrong)) {
      const file = join(folder, name);
      writeFileSync(file, content);
      for (const words of [
        ['assess', '--plan', file],
        ['randomize', '--from', file, '--by', 'Example'],
        ['kit', 'received', '--from', file, '--by', 'Example'],
        ['kit', 'quarantined', '--from', file, '--by', 'Example', '--reason', 'example'],
        ['verify', '--commitment', file],
        ['verify', '--proof', file],
        ['ledger', '--compare', file],
        ['unblind', '--number', 'R001', '--reason', 'example', '--identity', file],
        ['unblind', '--number', 'R001', ...why, '--to', file],
      ]) {
        // A key is the right file for these.
        if (words.includes('unblind') && name === 'officer.key') continue;
        const { status, stdout, stderr } = randose(...words, '--study', study);
        expect(status, words.join(' ')).not.toBe(0);
        expect(stdout + stderr, words.join(' ')).not.toMatch(
          /ILT101|PLACEBO|AGE-SECRET-KEY-1\w|BEGIN AGE|YWdl/,
        );
      }
    }
  });
});

describe('the process tree', () => {
  testWithTool(['strace', '-V'])(
    'has no secret in arguments, environment or files, and nothing in temporary folders [R-027]',
    () => {
      const { trial, secrets } = finished();
      const { study, folder, officer, packer } = trial;
      const passphrase = 'never to be seen 4711';
      writeFileSync(join(folder, 'passphrase'), `${passphrase}\n`);
      const recipient = /age1\w+/.exec(readFileSync(packer, 'utf8'))![0];
      const ssh = join(folder, 'id');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', ssh]);
      const signer = `example@example.org ${readFileSync(`${ssh}.pub`, 'utf8')}`;
      writeFileSync(join(study, 'allowed-signers'), signer);
      const key = join(folder, 'new.key');
      const at = ['--study', study];
      const why = ['--identity', officer, '--reason', 'example'];
      const other = join(folder, 'other');
      mkdirSync(other);
      cpSync(join(study, 'study.yaml'), join(other, 'study.yaml'));
      const rewrapped = join(folder, 'rewrapped');
      cpSync(study, rewrapped, { recursive: true });
      replaceIn(join(rewrapped, 'study.yaml'), 'name: Example Officer', 'name: Other Officer');
      const commands: readonly (readonly string[])[] = [
        [
          ...['keygen', '--role', 'officer', '--name', 'New', '--output', key],
          ...['--passphrase-file', join(folder, 'passphrase')],
        ],
        ['allocate', '--study', other, '--plan', trial.plan],
        ['unblind', ...at, '--subject', 'CRT-007', ...why, '--proof', join(folder, 'proof.txt')],
        ['unblind', ...at, '--subject', 'CRT-008', ...why, '--to', recipient],
        ['unblind', ...at, '--subject', 'CRT-009', ...why, '--sign', ssh],
        ['unblind', ...at, '--all', ...why, '--output', join(folder, 'all.csv')],
        ['cards', ...at, '--identity', officer, '--output', join(folder, 'cards.pdf')],
        ['verify', ...at, '--regenerate', '--identity', officer],
        ['rewrap', '--study', rewrapped, ...why, '--yes'],
      ];
      const temporary = join(folder, 'temporary');
      mkdirSync(temporary);
      for (const words of commands) {
        const trace = join(folder, 'trace');
        const calls =
          'trace=execve,open,openat,creat,mkdir,rename,link,symlink,unlink,write,pwrite64';
        const strace = ['-f', '-v', '-s', '65536', '-e', calls, '-o', trace];
        const { status, stderr } = spawnSync(
          'strace',
          [...strace, process.execPath, RANDOSE, ...words],
          { encoding: 'utf8', env: { ...process.env, TMPDIR: temporary }, timeout: 60_000 },
        );
        expect(status, stderr).toBe(0);
        const lines = readFileSync(trace, 'utf8').split('\n');
        expect(lines.length).toBeGreaterThan(10);
        // With the key of the arm in hand, that is in no file but the one that was named.
        const named = /proof\.txt|all\.csv|cards\.pdf|new\.key/;
        for (const line of lines) {
          const isPrinted = /write\((1|2), /.test(line);
          if (line.includes('execve(')) {
            for (const secret of [...secrets, passphrase]) expect(line).not.toContain(secret);
            expect(line).not.toMatch(/ILT101|PLACEBO/);
          }
          if (
            /(open|openat|creat)\(.*O_(CREAT|WRONLY|RDWR)/.test(line) &&
            !line.includes('/dev/')
          ) {
            const isExpected =
              line.includes(study) ||
              line.includes(other) ||
              line.includes(rewrapped) ||
              named.test(line) ||
              line.includes(process.env.XDG_STATE_HOME!);
            expect(isExpected || line.includes('randose-signature-'), line).toBe(true);
          }
          if (/write(64)?\(/.test(line) && !isPrinted) {
            for (const secret of [...secrets, passphrase]) expect(line).not.toContain(secret);
          }
        }
        expect(readdirSync(temporary), words[0]).toEqual([]);
      }
      // Nothing but what is sealed has an arm in it, and what is sealed shows none.
      for (const root of [study, other, rewrapped]) {
        for (const [file, content] of contentsOf(root)) {
          if (file === 'study.yaml' || file === '.randose.study.yaml') continue;
          expect(content.toString('latin1'), file).not.toMatch(/ILT101|PLACEBO|subcutaneous/);
          for (const secret of secrets) expect(content.includes(secret)).toBe(false);
        }
      }
    },
  );
});

describe('whatever the arm is', () => {
  /** What differs by participant and is public. */
  const masked = (text: string) =>
    text
      .replace(/CRT-\d{3}/g, 'SUBJECT')
      .replace(/\bR\d{3}\b/g, 'NUMBER')
      .replace(/\b[34679ACDEFGHJKMNPQRTWXY]{7}\b/g, 'KIT')
      .replace(/[0-9a-f]{64}/g, 'HASH')
      .replace(/Ledger \d+/g, 'Ledger N');

  test.each<[string, (study: string, number: string) => void, (trial: Trial) => string]>([
    ['a wrong key', () => undefined, (trial) => trial.packer],
    [
      'an envelope with a byte flipped',
      (study, number) => {
        const file = join(study, `allocation/envelopes/${number}.age`);
        const bytes = readFileSync(file);
        bytes[bytes.length - 1]! ^= 1;
        writeFileSync(file, bytes);
      },
      (trial) => trial.officer,
    ],
    [
      'the envelope of another',
      (study, number) => {
        const next =
          number === 'R018' ? 'R001' : `R${String(Number(number.slice(1)) + 1).padStart(3, '0')}`;
        const at = (name: string) => join(study, `allocation/envelopes/${name}.age`);
        writeFileSync(at(number), readFileSync(at(next)));
      },
      (trial) => trial.officer,
    ],
  ])('%s is reported in the same words', (_, damage, key) => {
    const { trial, arms } = finished();
    const told = new Set<string>();
    for (const number of arms.keys()) {
      const study = unknownCopy(trial);
      damage(study, number);
      const subject = number.replace('R', 'CRT-');
      const words = ['unblind', '--study', study, '--subject', subject, '--reason', 'example'];
      const { status, stdout, stderr } = randose(...words, '--identity', key(trial));
      told.add(JSON.stringify([status, stdout, masked(stderr)]));
    }
    expect([...arms.values()]).toEqual(expect.arrayContaining(['ILT101', 'PLACEBO']));
    expect([...told]).toHaveLength(1);
  });

  test('a code-break prints the same words but for the arm, and adds as many bytes to the ledger', () => {
    const { trial, arms } = finished();
    const told = new Set<string>();
    const added = new Set<number>();
    for (const number of [...arms.keys()].slice(0, 9)) {
      const study = unknownCopy(trial);
      const before = readFileSync(join(study, 'ledger.jsonl')).length;
      const words = [
        'unblind',
        '--study',
        study,
        '--reason',
        'example',
        '--identity',
        trial.officer,
      ];
      const { stdout, stderr } = randose(...words, '--subject', number.replace('R', 'CRT-'));
      const [arm = ''] = /^ {2}(ILT101|PLACEBO) .*$/m.exec(stdout) ?? [];
      expect(arm.trim().split(' ')[0]).toBe(arms.get(number));
      told.add(masked(stdout.replace(arm, 'ARM') + stderr));
      added.add(readFileSync(join(study, 'ledger.jsonl')).length - before);
      expect(JSON.stringify(ledgerOf(study).slice(-2))).not.toMatch(/ILT101|PLACEBO/);
    }
    expect([...told]).toHaveLength(1);
    expect([...added]).toHaveLength(1);
  });
});
