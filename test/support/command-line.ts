import { quoted } from '../../src/words.ts';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { setClockFor } from './clock.ts';
import { runKept } from './kept-command.ts';
import { shareStudy } from './shared-studies.ts';
import { differences, documentOf } from './json-documents.ts';
import { makeTestFolder, removeTestFolders } from './test-folders.ts';
import { withExampleParticulars } from '../../src/study/depil-2.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
export const FIXTURES = join(PROJECT, 'fixtures');
/** The built command line, as it is installed. */
export const RANDOSE = join(PROJECT, 'dist', 'randose.cjs');

/** No command may take longer: what hangs fails, with status null. */
export const LONGEST_MS = 120_000;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the built command line to its end.
 *
 * In a test file, the first run of each command is a process of its own, as a person starts it: `allocate`,
 * `kit shipped`, `kit received` (its first two words tell it). Later runs, and all runs of `mustRun`, go to one process that stays (kept-command.ts): to
 * start Node and to load the program takes longer than most commands. If anything but the program's own variables has
 * changed in the environment, the command has a process of its own. With RANDOSE_TEST_ALONE=yes, every command has.
 */
export function randose(...words: string[]): Ran {
  return run(process.cwd(), words, isFirst(words));
}

/** Runs the built command line in a folder. */
export function randoseIn(folder: string, ...words: string[]): Ran {
  return run(folder, words, isFirst(words));
}

/** Runs the built command line in a process of its own, for tests of the process itself. */
export function randoseAlone(...words: string[]): Ran {
  return run(process.cwd(), words, true);
}

const seen = new Set<string>();

/** Whether no test of this file has looked at this command before, or at this part of it. */
function isFirst(words: readonly string[]): boolean {
  const command = words.slice(0, 2).filter((word) => /^[a-z-]+$/.test(word));
  const name = command.join(' ');
  const isNew = !seen.has(name);
  seen.add(name);
  return isNew;
}

function run(cwd: string, words: readonly string[], isAlone: boolean): Ran {
  setClockFor(words, cwd);
  const mustBeAlone = isAlone || process.env.RANDOSE_TEST_ALONE === 'yes';
  const order = { program: RANDOSE, cwd, words, longest: LONGEST_MS };
  const ran = mustBeAlone ? undefined : runKept(order);
  const { status, stdout, stderr } = ran ?? runAlone(cwd, words);
  requireKnownDocument(words, stdout);
  return { status, stdout: withoutTyped(words, stdout), stderr: withoutTyped(words, stderr) };
}

function runAlone(cwd: string, words: readonly string[]): Ran {
  return spawnSync(process.execPath, [RANDOSE, ...words], {
    cwd,
    encoding: 'utf8',
    input: '',
    timeout: LONGEST_MS,
  });
}

/** Whatever a test is about, the JSON that a command prints in it has what its schema says. */
export function requireKnownDocument(words: readonly string[], stdout: string): void {
  const printed = documentOf(words, stdout);
  if (printed === undefined) return;
  const wrong = differences(printed.name, printed.document);
  if (wrong.length === 0) return;
  throw new Error(`docs/schemas: randose ${words.join(' ')}\n${wrong.join('\n')}\n${stdout}`);
}

/**
 * What is printed, without the --study that a test types: hints repeat it, and it differs from run to run.
 * test/cli/typed-study.test.ts is about that.
 */
function withoutTyped(words: readonly string[], text: string): string {
  const index = words.indexOf('--study');
  return index === -1 ? text : text.replaceAll(` --study ${quoted(words[index + 1] ?? '')}`, '');
}

/** Runs the built command line, and fails the test with its words if it does not succeed. */
export function mustRun(...words: string[]): string {
  const { status, stdout, stderr } = run(process.cwd(), words, false);
  if (status !== 0) throw new Error(`randose ${words.join(' ')}: ${status}\n${stderr}${stdout}`);
  return stdout;
}

/** The `data` of a command that succeeds under --json. */
export function jsonOf(...words: string[]): Record<string, unknown> {
  const document = JSON.parse(mustRun(...words, '--json')) as { data: Record<string, unknown> };
  return document.data;
}

/** Starts the built command line and does not wait: for several at once. */
export function startRandose(...words: string[]): Promise<Ran> {
  setClockFor(words, process.cwd());
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [RANDOSE, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (status) => {
      requireKnownDocument(words, stdout);
      resolve({ status, stdout, stderr });
    });
  });
}

/**
 * From here on, until the test is over, commands run as another user would: one who has seen no study
 * before.
 */
export function asAnotherUser(): void {
  const before = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = testFolder();
  onTestFinished(() => {
    process.env.XDG_STATE_HOME = before;
  });
}

/** Takes what is to be done when a test, or all that share something, is over. */
export type WhenOver = (work: () => void) => void;

/** A folder for one test, gone when it is over. */
export function testFolder(whenOver: WhenOver = onTestFinished): string {
  const folder = makeTestFolder();
  whenOver(() => {
    removeTestFolders([folder]);
  });
  return folder;
}

/** Where the files of a DEPIL-2 study in a test folder are. */
export interface Trial {
  readonly folder: string;
  readonly study: string;
  readonly plan: string;
  readonly participants: string;
  readonly officer: string;
  readonly statistician: string;
  readonly packer: string;
}

/** A copy of a study that nobody knows as one, so that no command says which folder it is. @returns its folder */
export function unknownCopy({ study }: Pick<Trial, 'study'>): string {
  asAnotherUser();
  const copy = join(testFolder(), 'study');
  cpSync(study, copy, { recursive: true });
  rmSync(join(copy, '.randose.home'), { force: true });
  return copy;
}

/** A copy of the DEPIL-2 fixture, not allocated yet. */
export function depil2(whenOver?: WhenOver): Trial {
  const trial = depil2In(testFolder(whenOver));
  cpSync(join(FIXTURES, 'depil-2'), trial.study, { recursive: true });
  return trial;
}

/** Where the files of the DEPIL-2 study are, if it is in this folder. */
export function depil2In(folder: string): Trial {
  const study = join(folder, 'depil-2');
  return {
    folder,
    study,
    plan: join(FIXTURES, 'depil-2-plan.yaml'),
    participants: join(FIXTURES, 'depil-2-participants.csv'),
    officer: join(FIXTURES, 'keys', 'officer.key'),
    statistician: join(FIXTURES, 'keys', 'statistician.key'),
    packer: join(FIXTURES, 'keys', 'packer.key'),
  };
}

/**
 * A DEPIL-2 study on which something was done: for one test a copy of what all tests share that begin with it, else
 * one of its own.
 *
 * @param what says in full what was done
 */
export function begun(what: string, begin: (trial: Trial) => void, whenOver?: WhenOver): Trial {
  const make = (folder: string) => {
    const trial = depil2In(folder);
    cpSync(join(FIXTURES, 'depil-2'), trial.study, { recursive: true });
    begin(trial);
  };
  return depil2In(folderWith('depil-2', what, make, whenOver));
}

/**
 * A folder with a study: for one test a copy of what all tests share that begin with it, else one of its own.
 *
 * @param study the name of the study's folder in it
 * @param what says in full what is made
 */
export function folderWith(
  study: string,
  what: string,
  make: (folder: string) => void,
  whenOver?: WhenOver,
): string {
  const folder = testFolder(whenOver);
  if (whenOver === undefined) shareStudy(`${study}: ${what}`, folder, study, make);
  else make(folder);
  return folder;
}

/** The same, with its list drawn and sealed. */
export function allocated(whenOver?: WhenOver): Trial {
  return begun('allocated', drawList, whenOver);
}

function drawList({ study, plan }: Trial): void {
  mustRun('allocate', '--study', study, '--plan', plan);
}

/** A study whose labels lack nothing, with its list drawn and sealed. */
export function labelled(whenOver?: WhenOver): Trial {
  return begun('labelled', drawLabelledList, whenOver);
}

/** The same, with its eighteen participants randomized. */
export function labelledAndEnrolled(): Trial {
  return begun('labelled and enrolled', (trial) => {
    drawLabelledList(trial);
    enrol(trial);
  });
}

function drawLabelledList(trial: Trial): void {
  const file = join(trial.study, 'study.yaml');
  writeFileSync(file, withExampleParticulars(readFileSync(file, 'utf8')));
  drawList(trial);
}

/** The study with two sites, with its list drawn and four participants at CRT, whose Day 1 is 1 June 2026. @returns its folder */
export function twoSitesBegun(whenOver?: WhenOver): string {
  const make = (folder: string) => {
    const study = join(folder, 'tst-1');
    cpSync(join(FIXTURES, 'two-sites'), study, { recursive: true });
    writeFileSync(join(folder, 'plan.yaml'), 'blocks: {sizes: [3]}\n');
    const by = ['--by', 'S. Example, statistician, Example Hospital'];
    mustRun('allocate', '--plan', join(folder, 'plan.yaml'), '--study', study, ...by);
    for (const subject of ['CRT-001', 'CRT-002', 'CRT-003', 'CRT-004']) {
      const who = ['--subject', subject, '--site', 'CRT', '--day1', '2026-06-01'];
      mustRun('randomize', ...who, '--study', study, ...by);
    }
  };
  return join(folderWith('tst-1', 'begun', make, whenOver), 'tst-1');
}

/** The codes of a trial's kits, in the order of the list. */
export function kitsOfTrial({ study }: Pick<Trial, 'study'>): string[] {
  const rows = readFileSync(join(study, 'allocation', 'list.csv'), 'utf8')
    .trim()
    .split('\n');
  return rows.slice(1).map((row) => row.split(',')[3]!);
}

/** The same, with its eighteen participants randomized. */
export function enrolled(whenOver?: WhenOver): Trial {
  const begin = (trial: Trial) => {
    drawList(trial);
    enrol(trial);
  };
  return begun('enrolled', begin, whenOver);
}

/** Randomizes the eighteen participants of a trial. */
export function enrol({ study, participants }: Trial): void {
  mustRun('randomize', '--study', study, '--from', participants, '--by', 'Example Coordinator');
}

/** Adds the batch that study.yaml asks for, signed with the officer's key. */
export function extendList({ study, plan, officer }: Trial, folder = study): void {
  mustRun('allocate', '--extend', '--study', folder, '--plan', plan, '--identity', officer);
}

/** Changes a trial's study.yaml. */
export function editStudy({ study }: Trial, ...changes: [from: string, to: string][]): void {
  const file = join(study, 'study.yaml');
  const text = changes.reduce(
    (before, [from, to]) => {
      if (!before.includes(from)) throw new Error(`study.yaml has no ${from}`);
      return before.replace(from, to);
    },
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, text);
}

/** Writes a plan beside a trial. @returns its path */
export function planFile({ folder }: Trial, text: string, name = 'plan.yaml'): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Every file of a folder, with its content. */
export function contentsOf(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [relative(folder, file), readFileSync(file)]));
}

/** Makes a key file under a passphrase one that opens at once (quicken.mjs). */
export function quicken(file: string, passphrase: string): void {
  execFileSync(process.execPath, [join(import.meta.dirname, 'quicken.mjs'), file, passphrase]);
}

/** What stock age says is in a file. */
export function ageDecrypt(identity: string, file: string): string {
  return execFileSync('age', ['-d', '-i', identity, file], { encoding: 'utf8' });
}
