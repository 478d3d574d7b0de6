import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Command } from '@commander-js/extra-typings';
import {
  allocated,
  jsonOf,
  kitsOfTrial,
  mustRun,
  randoseIn,
  RANDOSE,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { EVERY } from '../support/terminal-story.ts';
import { testWithTool } from '../support/tools.ts';

let trial: Trial;
let kits: string[];

beforeAll(() => {
  trial = allocated(afterAll);
  kits = kitsOfTrial(trial);
  const by = ['--by', 'A. Example, nurse, Example Hospital', '--study', trial.study];
  for (const subject of ['CRT-001', 'CRT-002', 'CRT-004']) {
    const who = ['--subject', subject, '--site', 'CRT', '--day1', '2026-06-15'];
    mustRun('randomize', ...who, ...by);
  }
  const why = ['--reason', 'typed wrongly', ...by];
  mustRun('correct', 'CRT-004', '--new-id', 'CRT-003', ...why);
});

/** The lines that a shell gets in the study folder. */
function offered(...typed: string[]): string[] {
  const { status, stdout, stderr } = randoseIn(trial.study, 'completion', '--', ...typed);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}
const wordsIn = (lines: readonly string[]) => lines.map((line) => line.replace(/\t.*/, ''));

describe('what follows', () => {
  test('commands, their parts and options, with what they mean', () => {
    expect(offered('unb')).toEqual([expect.stringMatching(/^unblind\tOpen one participant/)]);
    expect(wordsIn(offered('help', 'un'))).toEqual(['unlock', 'unblind']);
    expect(wordsIn(offered('kit', 'rec'))).toEqual(['received']);
    expect(wordsIn(offered('kit', 'received', '--ki'))).toEqual(['--kits']);
    expect(wordsIn(offered('dose', '--subject', 'CRT-001', '--sub'))).toEqual([]);
    expect(wordsIn(offered('calendar', '--format', ''))).toContain('ics');
    expect(wordsIn(offered('calendar', '--format=i'))).toEqual(['--format=ics']);
    expect(wordsIn(offered('calendar', '--format', '=', 'i'))).toEqual(['ics']);
    expect(wordsIn(offered('docs', 'off'))).toEqual(['officer']);
    expect(wordsIn(offered('export', ''))).toContain('transfer');
    expect(wordsIn(offered('completion', ''))).toEqual(['bash', 'zsh', 'fish']);
    expect(wordsIn(offered('dose', 'CRT-001', '--du'))).toEqual([]);
  });

  test('participants, by their current ids; else numbers and kits', () => {
    expect(offered('unblind', 'CRT-')).toEqual(['CRT-001', 'CRT-002', 'CRT-003']);
    expect(offered('dose', '--subject', '')).toEqual(['CRT-001', 'CRT-002', 'CRT-003']);
    expect(offered('unblind', 'R00')).toEqual(Array.from({ length: 9 }, (_, i) => `R00${i + 1}`));
    expect(offered('check', kits[3]!.slice(0, 5))).toEqual([kits[3]]);
    expect(offered('randomize', '--subject', 'CRT-')).toEqual([]);
    expect(offered('correct', 'CRT-001', '--new-id', 'CRT-')).toEqual([]);
    expect(offered('replace', '--for', 'CRT-002')).toEqual(['CRT-002']);
  });

  test('visits, sites and kits of the study', () => {
    expect(offered('dose', 'CRT-001', '--visit', 'D1')).toEqual(['D1', 'D15']);
    // Nothing is injected at Day 60.
    expect(offered('attend', 'CRT-001', '--visit', 'D6')).toEqual(['D60']);
    expect(offered('dose', 'CRT-001', '--visit', 'D6')).toEqual([]);
    expect(offered('randomize', '--site', '')).toEqual(['CRT']);
    expect(offered('transfer', 'CRT-001', '--to', '')).toEqual(['CRT']);
    expect(offered('kit', 'shipped', '--to', 'C')).toEqual(['CRT']);
    const [first, second] = kits as [string, string];
    expect(offered('kit', 'received', '--kits', `${first},${second}`)).toEqual([
      `${first},${second}`,
    ]);
    expect(offered('kit', 'received', '--kits', `${first},${first}`)).toEqual([]);
  });

  test('files and folders, which the shell completes itself', () => {
    expect(offered('unblind', 'CRT-001', '--identity', '')).toEqual([':files']);
    expect(offered('unblind', 'CRT-001', '--identity', 'a.key', '')).toEqual([':files']);
    expect(wordsIn(offered('unblind', '--identity', 'a.key', '--rea'))).toEqual(['--reason']);
    expect(offered('status', '--study', 'x')).toEqual([':folders']);
    expect(offered('unblind', '--reason', 'x')).toEqual([]);
  });

  test('a part of a page, a sheet of labels, a month, and a file to check', () => {
    expect(offered('docs', 'formats', 'study')).toEqual(['study.yaml']);
    expect(offered('docs', 'formats', 'the-s')).toEqual(['the-sealed-files']);
    expect(mustRun('docs', 'formats', 'the-sealed-files')).toMatch(/^## The sealed files\n/);
    expect(offered('docs', 'formats', 'study.yaml', '')).toEqual([]);
    expect(offered('labels', '--sheet', 'L76')).toEqual(['L7651']);
    const months = offered('calendar', '--by', 'site', '--month', '');
    expect(months).toHaveLength(12);
    expect(months[0]).toMatch(/^20\d\d-\d\d$/);
    expect(offered('check', 'study')).toEqual([':files']);
    expect(randoseIn(testFolder(), 'completion', '--', 'check', '')).toMatchObject({
      status: 0,
      stdout: ':files\n',
    });
  });

  test('the study is the one that is named', () => {
    const folder = testFolder();
    const typed = ['completion', '--', 'unblind', '--study', trial.study, 'CRT-003'];
    expect(randoseIn(folder, ...typed).stdout).toBe('CRT-003\n');
    expect(randoseIn(folder, 'completion', '--', 'unblind', 'CRT')).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });
});

test('a damaged study offers nothing of it, and says nothing', () => {
  const study = testFolder();
  const asked = [
    ['unblind', ''],
    ['dose', '--visit', ''],
    ['randomize', '--site', ''],
    ['check', '--kit', ''],
  ];
  for (const content of ['', 'study: [', '\u0000\u001b[31m', '{}']) {
    writeFileSync(join(study, 'study.yaml'), content);
    writeFileSync(join(study, 'ledger.jsonl'), content);
    mkdirSync(join(study, 'allocation'), { recursive: true });
    writeFileSync(join(study, 'allocation', 'list.csv'), content);
    for (const typed of asked) {
      const said = randoseIn(study, 'completion', '--', ...typed);
      expect(said).toMatchObject({ status: 0, stdout: '', stderr: '' });
    }
  }
  rmSync(join(study, 'study.yaml'));
  mkdirSync(join(study, 'study.yaml'));
  for (const typed of asked) {
    expect(randoseIn(study, 'completion', '--', ...typed)).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
  }
});

test('no arm is offered, wherever somebody stops to type', async () => {
  const { completions } = await import('../../src/cli/completion/complete.ts');
  const { COMMANDS } = await import('../../src/cli/registry.ts');
  const lines: string[] = [];
  const stopAt = async (...typed: string[]) => {
    lines.push(...(await completions(typed, COMMANDS)).split('\n'));
  };
  for (const [name, entry] of EVERY) {
    const command = new Command(name);
    entry.define(command);
    const called = name.split(' ');
    const inStudy = [...called, '--study', trial.study];
    for (const start of ['', '-', 'I', 'P']) {
      await stopAt(...inStudy, start);
      await stopAt(...inStudy, 'CRT-001', start);
      for (const { long } of command.options) await stopAt(...inStudy, long!, start);
    }
  }
  const words = new Set(wordsIn(lines.filter((line) => line !== '')));
  expect(words).toContain('CRT-001');
  expect(words).toContain(kits[0]);
  for (const arm of ['ILT101', 'PLACEBO']) {
    expect([...words].filter((word) => word.toUpperCase().includes(arm))).toEqual([]);
    expect(lines.filter((line) => line.toUpperCase().includes(arm))).toEqual([]);
  }
});

/** A folder with a program `randose`, and the environment in which it is found. */
function installed() {
  const folder = testFolder();
  const file = join(folder, 'randose');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${RANDOSE}' "$@"\n`, { mode: 0o755 });
  const env = process.env;
  return {
    folder,
    env: {
      ...env,
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      TERM: 'dumb',
      LC_ALL: 'C.UTF-8',
    },
  };
}

describe('in the shells', () => {
  testWithTool(['bash', '--version'])(
    'bash offers what fits, and runs nothing that is typed',
    () => {
      const { folder, env } = installed();
      const asked = (line: string, ...typed: string[]) => {
        const script = `source <(randose completion bash); COMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}; _randose; printf '%s\\n' "\${COMPREPLY[@]}"; ${line}`;
        return spawnSync('bash', ['--norc', '-c', script], {
          cwd: trial.study,
          env,
          encoding: 'utf8',
        });
      };
      expect(asked('', 'randose', 'unblind', 'CRT-').stdout).toBe('CRT-001\nCRT-002\nCRT-003\n');
      expect(asked('', 'randose', 'unbl')).toMatchObject({ stdout: 'unblind\n', stderr: '' });
      expect(asked('complete -p randose', 'randose', 'x').stdout).toContain(
        'complete -F _randose randose',
      );
      asked('', 'randose', 'unblind', `$(touch ${join(folder, 'ran')})`);
      expect(spawnSync('ls', [join(folder, 'ran')]).status).not.toBe(0);
    },
  );

  /** Types a line in a shell on a terminal, with Tab as `\t`. */
  function typedIn(shell: string[], setUp: string, line: string, shown: string): void {
    const { env } = installed();
    const script = `
set timeout 40
log_user 1
spawn ${shell.join(' ')}
send "PS1='ready> '; ${setUp}; echo set-up\\r"
expect "\\nset-up"
send "${line}"
expect {
  "${shown}" {}
  timeout { exit 3 }
}
close
wait
`;
    const { stdout, status } = spawnSync('expect', ['-c', script], {
      cwd: trial.study,
      env,
      encoding: 'utf8',
    });
    expect(status, stdout).toBe(0);
  }

  for (const [shell, setUp] of [
    [['bash', '--norc', '--noprofile'], 'source <(randose completion bash)'],
    [['zsh', '-f'], 'autoload -Uz compinit; compinit -u -D; source <(randose completion zsh)'],
  ] as const) {
    const [name] = shell;
    testWithTool([name, '--version'])(`${name} on a terminal completes the one that fits`, () => {
      typedIn([...shell], setUp, 'randose cal\\tCRT-003 --form\\ttab\\t\\r', 'subject CRT-003');
      typedIn([...shell], setUp, 'randose status --study ./alloc\\t', 'tion/');
    });
  }

  testWithTool(['fish', '--version'])('fish offers what fits, with what it means', () => {
    const { env } = installed();
    const asked = (line: string) => {
      const script = `randose completion fish | source; complete -C '${line}'`;
      return spawnSync('fish', ['-N', '-c', script], { cwd: trial.study, env, encoding: 'utf8' })
        .stdout;
    };
    expect(asked('randose unblind CRT-')).toBe('CRT-001\nCRT-002\nCRT-003\n');
    expect(asked('randose unbl')).toMatch(/^unblind\tOpen one participant.*\n$/);
    expect(asked('randose unblind --identity ./stu')).toContain('./study.yaml');
    expect(asked('randose status --study ./all')).toContain('./allocation/');
  });
});

test('the script is printed for each shell', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    expect(jsonOf('completion', shell)).toEqual({ shell, script: mustRun('completion', shell) });
  }
  expect(randoseIn(testFolder(), 'completion', 'tcsh')).toMatchObject({ status: 64 });
  expect(randoseIn(testFolder(), 'completion')).toMatchObject({ status: 64 });
});
