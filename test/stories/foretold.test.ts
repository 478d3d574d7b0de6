import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  allocated,
  kitsOfTrial,
  mustRun,
  RANDOSE,
  randose,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { enrolOne, ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

/** What makes the next `verify` fail is told by the command that makes it. */

const WHO = ['--by', 'E. Example'];
const enrolWords = (study: string, subject: string) => [
  ...['randomize', '--study', study, '--subject', subject, '--site', 'CRT'],
  ...['--day1', '2026-06-15', ...WHO],
];

testWithTool(['ssh-keygen', '-?'])(
  'a key that signs and that allowed-signers does not list',
  () => {
    const trial = allocated();
    const key = join(trial.folder, 'id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const file = join(trial.study, 'allowed-signers');
    const sign = (subject: string) => randose(...enrolWords(trial.study, subject), '--sign', key);
    const none = sign('CRT-001');
    expect(none.status).toBe(0);
    expect(none.stderr).toContain('signs, but allowed-signers does not exist: randose verify will');
    const line = / {2}(NAME@EXAMPLE\.ORG namespaces="randose-ledger" ssh-ed25519 AAAA\S+)/.exec(
      none.stderr,
    )![1]!;
    writeFileSync(file, `# nobody yet\n`);
    expect(sign('CRT-002').stderr).toContain('signs, but allowed-signers does not list it');
    writeFileSync(file, `${line.replace('namespaces', 'valid-before="20200101",namespaces')}\n`);
    expect(sign('CRT-003').stderr).toContain('lists it as expired');
    writeFileSync(file, `${line.replace('NAME@EXAMPLE.ORG', 'e@example.org')}\n`);
    expect(sign('CRT-004').stderr).not.toContain('warning');
    mustRun('verify', '--study', trial.study);
  },
);

describe('a secret key in the study folder', () => {
  test('is told by the command that is given it, and by verify', () => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    const key = join(trial.study, 'officer.key');
    cpSync(trial.officer, key);
    const opened = randose(
      ...['unblind', '--study', trial.study, '--subject', 'CRT-001', '--identity', key],
      ...['--reason', 'SAE'],
    );
    expect(opened.status).toBe(0);
    expect(opened.stderr).toContain('is a secret key inside the study folder');
    const { status, stdout } = randose('verify', '--study', trial.study);
    expect(status).toBe(1);
    expect(stdout).toContain('officer.key: has a secret key in it');
  });
});

test('a clock that is before the last entry [R-066]', () => {
  const trial = allocated();
  const words = [RANDOSE, ...enrolWords(trial.study, 'CRT-001')];
  const twoDays = 2 * 24 * 60 * 60 * 1000;
  const env = {
    ...process.env,
    RANDOSE_TEST_CLOCK: String(Number(process.env.RANDOSE_TEST_CLOCK) - twoDays),
  };
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env });
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/warning: the clock says .* UTC, but the last ledger entry is of .* UTC/);
  expect(mustRun('verify', '--study', trial.study)).toMatch(
    /ledger entry 2 \(.*UTC\) is dated before entry 1 \(.*UTC\): a clock was wrong\./,
  );
});

describe('a clock that is long after the last entry', () => {
  const inDays = (days: number) =>
    String(Number(process.env.RANDOSE_TEST_CLOCK) + days * 86_400_000);
  const TOLD = /the clock says .* UTC, and the last ledger entry is of .* UTC, \d+ days\s+before/;
  const receivedWords = (trial: Trial) =>
    kitsOfTrial(trial).map((kit) => [
      ...['kit', 'received', '--study', trial.study, '--kits', kit],
      ...['--date', '2026-05-28', ...WHO],
    ]);

  test('gives a warning in a script, from 181 days on, and stops no code-break', () => {
    const trial = allocated();
    const after = (days: number, ...words: string[]) => {
      const env = { ...process.env, RANDOSE_TEST_CLOCK: inDays(days) };
      return spawnSync(process.execPath, [RANDOSE, ...words], { encoding: 'utf8', env });
    };
    const [one, other] = receivedWords(trial);
    expect(after(179, ...one!).stderr).not.toMatch(TOLD);
    const late = after(400, ...other!);
    expect(late.status, late.stderr).toBe(0);
    expect(late.stderr).toMatch(TOLD);
    const why = ['--kit', kitsOfTrial(trial)[0]!, '--given-to', 'CRT-001', '--reason', 'SAE'];
    const opened = after(
      800,
      'unblind',
      '--study',
      trial.study,
      '--identity',
      trial.officer,
      ...why,
    );
    expect(opened.status).toBe(0);
    expect(opened.stderr).toMatch(TOLD);
  });

  testWithTool(['expect', '-v'])('is asked about on a terminal', () => {
    const trial = allocated();
    const clock = process.env.RANDOSE_TEST_CLOCK;
    process.env.RANDOSE_TEST_CLOCK = inDays(3 * 365);
    const [words] = receivedWords(trial);
    const { status, text } = atTerminal(trial.study, words!, [['Is the clock right? [y/N]', 'n']]);
    process.env.RANDOSE_TEST_CLOCK = clock;
    expect(status).toBe(64);
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(TOLD);
    expect(text).toContain('Set the clock of this machine, and run the command again.');
    expect(ledgerOf(trial.study)).toHaveLength(1);
  });
});

describe('calendars that were exported', () => {
  let trial: Trial;

  beforeAll(() => {
    trial = allocated(afterAll);
    enrolOne(trial.study, 'CRT-001');
    enrolOne(trial.study, 'CRT-002');
    mustRun(
      'calendar',
      '--study',
      trial.study,
      '--format',
      'ics',
      '--at',
      '09:00',
      '--alarm',
      '1d',
    );
    mustRun('calendar', '--study', trial.study, '--format', 'ics', '--by', 'site');
  });

  function copy() {
    const study = join(testFolder(), 'study');
    cpSync(trial.study, study, { recursive: true });
    return { study, file: join(study, 'calendars', 'CRT-001.ics') };
  }

  test('agree with the ledger', () => {
    expect(mustRun('verify', '--study', trial.study)).not.toContain('calendars/');
  });

  test('are told if any line of one was changed by hand', () => {
    const { study, file } = copy();
    const original = readFileSync(file, 'utf8');
    const lines = original.split('\r\n');
    const begin = lines.indexOf('BEGIN:VEVENT');
    // Each kind of line once, in the second event: the first one to have it.
    const second = lines.indexOf('BEGIN:VEVENT', begin + 1);
    const end = lines.indexOf('END:VEVENT', second);
    for (let index = second + 1; index < end; index += 1) {
      const changed = lines.with(
        index,
        lines[index]!.replace(/\w(?=\W*$)/, (x) => (x === '1' ? '2' : '1')),
      );
      writeFileSync(file, changed.join('\r\n'));
      const { status, stdout } = randose('verify', '--study', study);
      expect(status, lines[index]).toBe(1);
      expect(stdout).toContain('calendars/CRT-001.ics: was changed after it was exported');
    }
    writeFileSync(file, original);
    mustRun('verify', '--study', study);
  }, 120_000);

  test('are told with the command that writes them again', () => {
    const { study, file } = copy();
    writeFileSync(file, readFileSync(file, 'utf8').replace('T090000', 'T100000'));
    const { stdout } = randose('verify', '--study', study);
    const command = /To write it again: randose (.*)/.exec(stdout)![1]!.split(' ');
    expect(command).toContain('--at');
    mustRun(...command, '--study', study);
    mustRun('verify', '--study', study);
  });

  test('of nobody are told', () => {
    const { study, file } = copy();
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^X-WR-CALNAME:.*\r\n/m, ''));
    const { status, stdout } = randose('verify', '--study', study);
    expect(status).toBe(1);
    expect(stdout).toContain('calendars/CRT-001.ics: names no participant or site of this study');
  });

  test('that are older than the ledger are something to do, not wrong', () => {
    const { study } = copy();
    const visit = ['--subject', 'CRT-001', '--visit', 'D1', '--date', '2026-06-15', '--yes'];
    mustRun('dose', '--study', study, ...visit, ...WHO);
    const stdout = mustRun('verify', '--study', study);
    expect(stdout).toContain('To do: calendars/CRT-001.ics is from before entry 4 of the ledger.');
    expect(stdout).toContain('To do: calendars/CRT.ics is from before entry 4 of the ledger.');
    expect(stdout).not.toContain('CRT-002.ics');
    enrolOne(study, 'CRT-003');
    expect(mustRun('verify', '--study', study)).toContain(
      'calendars/CRT.ics is from before entry 4',
    );
  });

  test('with other line ends are the same calendars', () => {
    const { study, file } = copy();
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\r\n', '\n'));
    expect(mustRun('verify', '--study', study)).toContain(
      'calendars/CRT-001.ics has other line ends.',
    );
    rmSync(file);
    mustRun('verify', '--study', study);
    appendFileSync(file, '');
    expect(randose('verify', '--study', study).status).toBe(1);
  });
});
