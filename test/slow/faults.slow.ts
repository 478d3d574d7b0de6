import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLedger } from '../../src/ledger/chain.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { inspectStudy } from '../../src/store/verify/inspect-study.ts';
import {
  allocated,
  depil2,
  labelled,
  mustRun,
  RANDOSE,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { replaceIn } from '../support/custody.ts';

/**
 * Each command is killed ahead of every call that changes the disk or prints something, and in the
 * middle of every content that it writes: the points are counted by a run that is not killed. Whatever
 * is left must be the study as before or as after, and the same command finishes or begins it anew.
 *
 * What a command does to many files alike, such as envelopes, counts at the first two of them and the last. With
 * SLOW=all, at every one.
 */
const HOOK = join(import.meta.dirname, '..', 'support', 'kill-at.cjs');
const SIDE_BY_SIDE = 2;

interface Ran {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(words: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', HOOK, RANDOSE, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (data: Buffer) => (text[name] += data.toString()));
    }
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve({ status, signal, ...text });
    });
  });
}

/** The environment of a user who knows of no other copy of the study. */
function apart(copy: string): Record<string, string> {
  return { XDG_STATE_HOME: join(copy, 'state') };
}

/** A command, and the study that it is killed on. */
interface Case {
  readonly name: string;
  /** Made once; each point has a copy of the folder. */
  readonly prepare: () => Trial;
  /** The command line, for a copy of the folder. */
  readonly words: (folder: string) => string[];
  /** What the same command says when it is done already. */
  readonly doneAlready: RegExp;
  /** Holds a study that was left, before the command is run again, against what may be. */
  readonly check: (entries: readonly Entry[], killed: Ran) => void;
}

const count = (entries: readonly Entry[], action: Entry['action']) =>
  entries.filter((entry) => entry.action === action).length;

const cases: Case[] = [
  {
    name: 'randomize',
    prepare: () => allocated(afterAll),
    words: (folder) => [
      ...['randomize', '--study', join(folder, 'depil-2'), '--by', 'Example'],
      ...['--from', join(folder, 'participants.csv')],
    ],
    doneAlready: /nobody was randomized: 18 problems/,
    check: (entries) => {
      expect([0, 18]).toContain(count(entries, 'randomization'));
    },
  },
  {
    name: 'unblind',
    prepare: () => {
      const trial = allocated(afterAll);
      mustRun('randomize', '--study', trial.study, '--from', trial.participants, '--by', 'Example');
      return trial;
    },
    words: (folder) => [
      ...['unblind', '--study', join(folder, 'depil-2'), '--subject', 'CRT-007'],
      ...['--identity', join(folder, 'officer.key'), '--reason', 'example'],
    ],
    doneAlready: /^$/,
    check: (entries, { stdout }) => {
      expect(count(entries, 'randomization')).toBe(18);
      if (stdout !== '') expect(count(entries, 'code-break intent')).toBe(1);
      if (/ILT101|PLACEBO/.test(stdout)) expect(count(entries, 'code-break outcome')).toBe(1);
    },
  },
  {
    name: 'allocate',
    prepare: () => depil2(afterAll),
    words: (folder) => [
      ...['allocate', '--study', join(folder, 'depil-2'), '--plan', join(folder, 'plan.yaml')],
    ],
    doneAlready: /already has its allocation list/,
    check: (entries) => {
      expect(entries.length).toBeLessThanOrEqual(1);
    },
  },
  {
    name: 'allocate --extend',
    prepare: () => {
      const trial = allocated(afterAll);
      replaceIn(join(trial.study, 'study.yaml'), 'slots: 18', 'slots: 24');
      return trial;
    },
    words: (folder) => [
      ...['allocate', '--extend', '--study', join(folder, 'depil-2')],
      ...['--plan', join(folder, 'plan.yaml'), '--identity', join(folder, 'officer.key')],
    ],
    doneAlready: /every stratum already has the slots/,
    check: (entries) => {
      expect([1, 2]).toContain(count(entries, 'allocation'));
    },
  },
  {
    name: 'rewrap',
    prepare: () => {
      const trial = allocated(afterAll);
      replaceIn(join(trial.study, 'study.yaml'), 'name: Example Officer', 'name: Other Officer');
      return trial;
    },
    words: (folder) => [
      ...['rewrap', '--study', join(folder, 'depil-2'), '--reason', 'example'],
      ...['--identity', join(folder, 'officer.key'), join(folder, 'packer.key')],
    ],
    doneAlready: /everything is already encrypted for the people/,
    check: (entries) => {
      expect(count(entries, 'rewrap outcome')).toBeLessThanOrEqual(1);
    },
  },
  {
    name: 'cards',
    prepare: () => allocated(afterAll),
    words: (folder) => [
      ...['cards', '--study', join(folder, 'depil-2'), '--output', join(folder, 'cards.pdf')],
      ...['--identity', join(folder, 'officer.key')],
    ],
    doneAlready: /were already made|exists already/,
    check: (entries) => {
      expect(count(entries, 'card making intent')).toBeLessThanOrEqual(1);
    },
  },
  {
    name: 'labels',
    prepare: () => labelled(afterAll),
    words: (folder) => [
      ...['labels', '--study', join(folder, 'depil-2'), '--by', 'Example'],
      ...['--output', join(folder, 'depil-2', 'labels', 'boxes.pdf')],
    ],
    doneAlready: /exists already/,
    check: (entries) => {
      expect(count(entries, 'labels')).toBeLessThanOrEqual(1);
    },
  },
  {
    name: 'packing',
    prepare: () => allocated(afterAll),
    words: (folder) => [
      ...['packing', '--study', join(folder, 'depil-2'), '--identity', join(folder, 'packer.key')],
      ...['--output', join(folder, 'packing.csv'), '--reason', 'example'],
    ],
    doneAlready: /exists already/,
    check: (entries) => {
      expect(count(entries, 'packing intent')).toBeLessThanOrEqual(1);
    },
  },
];

/** What a study may have wrong after a kill: each mended by the same command, or told for ever. */
const KNOWN = [
  /has no outcome: somebody may have seen/,
  /is still sealed to the people before the rewrap/,
  /belongs to a rewrap that is not in the ledger/,
  /belongs to a batch that is not in the ledger\. To finish/,
  // The change of study.yaml is what the command is for.
  /^was changed after the list was sealed: (custody|strata)$/,
];
const FOR_EVER = KNOWN.slice(0, 1);

describe.each(cases)('$name', ({ name, prepare, words, doneAlready, check }) => {
  let folder: string;
  let points: string[];

  beforeAll(async () => {
    const trial = prepare();
    folder = join(trial.folder, 'prepared');
    cpSync(trial.study, join(folder, 'depil-2'), { recursive: true });
    cpSync(trial.plan, join(folder, 'plan.yaml'));
    cpSync(trial.participants, join(folder, 'participants.csv'));
    for (const key of ['officer', 'packer'] as const)
      cpSync(trial[key], join(folder, `${key}.key`));
    const copy = join(testFolder(afterAll), 'counted');
    cpSync(folder, copy, { recursive: true });
    const file = join(copy, 'points');
    const counted = await run(words(copy), { ...apart(copy), RANDOSE_TEST_POINTS: file });
    if (counted.status !== 0) throw new Error(counted.stderr);
    points = readFileSync(file, 'utf8').split('\n');
  });

  test('is all or nothing, wherever it is killed', async () => {
    const all = points.flatMap((point, index) => {
      if (process.env.SLOW !== 'all' && isLikeOthers(points, index)) return [];
      return point.endsWith('(can be half)')
        ? [`${index + 1}`, `${index + 1}/half`]
        : [`${index + 1}`];
    });
    expect(all.length).toBeGreaterThan(8);
    const whole = testFolder();
    const work = async () => {
      for (let point = all.shift(); point !== undefined; point = all.shift()) {
        const copy = join(whole, point.replace('/', '-'));
        cpSync(folder, copy, { recursive: true });
        await killAt(point, copy);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  });

  async function killAt(point: string, copy: string): Promise<void> {
    const study = join(copy, 'depil-2');
    const where = `${name}, killed at ${point}: ${points[Number.parseInt(point, 10) - 1]}`;
    const killed = await run(words(copy), { ...apart(copy), RANDOSE_TEST_KILL_AT: point });
    expect(killed.signal, where).toBe('SIGKILL');
    expect(killed.stderr, where).not.toMatch(/a bug in randose/);
    const left = stateOf(study);
    check(left.entries, killed);
    for (const problem of left.problems)
      expect(matches(KNOWN, problem), `${where}: ${problem}`).toBe(true);
    aMinuteLater(study);
    const again = await run(words(copy), apart(copy));
    const isDone = again.status === 0 || (doneAlready.test(again.stderr) && again.stdout === '');
    expect(isDone, `${where}, then: ${again.stderr}`).toBe(true);
    const after = stateOf(study);
    for (const problem of after.problems) {
      expect(matches(FOR_EVER, problem), `${where}, then: ${problem}`).toBe(true);
    }
    // What was entered stays, and a list that the ledger speaks of is never drawn again.
    expect(after.entries.slice(0, left.entries.length)).toEqual(left.entries);
    const numbers = after.entries.flatMap((entry) =>
      entry.action === 'randomization' ? [entry.number] : [],
    );
    expect(new Set(numbers).size).toBe(numbers.length);
    // Where it was refused before its turn came, the lock of the dead is for the next one to clear.
    const leftovers = readdirSync(study).filter((file) => {
      return file !== '.randose.home' && file !== '.randose.study.yaml' && /^\.|partial/.test(file);
    });
    if (again.status === 0) expect(leftovers, where).toEqual([]);
  }
});

/** Whether two calls before it and one after it do the same to files whose names differ in numbers alone. */
function isLikeOthers(points: readonly string[], index: number): boolean {
  // A descriptor's number does not say which file it is.
  if (points[index]!.includes('descriptor')) return false;
  const kind = (point: string) => point.replace(/[0-9A-F]{4,}|\d+/gi, '#');
  const isSame = (point: string) => kind(point) === kind(points[index]!);
  return points.slice(0, index).filter(isSame).length >= 2 && points.slice(index + 1).some(isSame);
}

/** A lock's claim that was cut off in its content is nobody's after a minute. */
function aMinuteLater(study: string): void {
  const now = Date.now() + Number(process.env.RANDOSE_TEST_CLOCK);
  const before = new Date(now - 120_000);
  for (const name of readdirSync(study)) {
    if (name.startsWith('.randose.claim.')) utimesSync(join(study, name), before, before);
  }
}

function matches(known: readonly RegExp[], problem: string): boolean {
  return known.some((pattern) => pattern.test(problem));
}

/** What of a study can be read, and what verify says of it; nothing of one that is not allocated. */
function stateOf(study: string): { entries: readonly Entry[]; problems: string[] } {
  const ledger = join(study, 'ledger.jsonl');
  const entries = existsSync(ledger) ? readLedger(readFileSync(ledger, 'utf8')).entries : [];
  if (!existsSync(join(study, 'allocation'))) return { entries, problems: [] };
  const { problems } = inspectStudy(study, 'production', () => undefined);
  return { entries, problems: problems.map(({ message }) => message) };
}
