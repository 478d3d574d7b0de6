import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { sha256 } from '../../src/digest.ts';
import { quoted } from '../../src/words.ts';
import { contentsOf } from '../support/command-line.ts';
import { type Base, LATER } from './bases.ts';
import { anyTyped, type Typed, wordsOf } from './commands.ts';
import { anyDamage, coverUp, type Damage, damageFile, fraction, picked } from './damage.ts';
import { type Look, type Verdict, verdictOn } from './judge.ts';
import { changedTexts, lookAt } from './written.ts';
import type { Result, Runs } from './processes.ts';

/** A trial, what is broken in it, and what is typed then. */
export interface Case {
  readonly base: number;
  readonly damage: readonly Damage[];
  /** Whether somebody made the damaged study agree with itself again. */
  readonly covered: boolean;
  /** Whether the folder still says where it was before: then it is a copy, and not the study itself. */
  readonly isCopy: boolean;
  readonly typed: readonly Typed[];
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  base: fraction,
  damage: fc.array(anyDamage, { minLength: 1, maxLength: 3 }),
  covered: fc.noBias(fc.nat(2)).map((n) => n === 0),
  isCopy: fc.noBias(fc.nat(3)).map((n) => n === 0),
  typed: fc.array(anyTyped, { minLength: 2, maxLength: 7 }),
});

/** A case of a seed. The same number is the same case, whichever ran before. */
export function caseOf(seed: string, number: number): Case {
  const digest = Buffer.from(sha256(`${seed}/${number}`), 'hex');
  return fc.sample(anyCase, { seed: digest.readInt32LE(), numRuns: 1 })[0]!;
}

/** A command that did what no command may do. */
export interface Finding extends Verdict {
  readonly words: readonly string[];
  readonly result: Result;
  /** What was broken. */
  readonly broken: readonly string[];
}

/** What a case did. */
export interface Ran {
  readonly finding: Finding | undefined;
  readonly results: readonly { readonly words: readonly string[]; readonly result: Result }[];
}

const run = promisify(execFile);

/** Where the trials are, how command lines run, and how long they may take until they are killed. */
export interface Setting {
  readonly bases: readonly Base[];
  readonly runs: Runs;
  readonly longest: number;
}

/** Makes the broken folder of a case. */
export async function breakBase(one: Case, { bases }: Setting) {
  const base = picked(bases, one.base);
  const folder = mkdtempSync(join(tmpdir(), 'randose-fuzz-'));
  await run('cp', ['-r', `${base.folder}/.`, folder]);
  const study = join(folder, 'study');
  if (!one.isCopy) await run('rm', ['-f', join(study, '.randose.home')]);
  const before = one.covered ? contentsOf(study) : undefined;
  const broken = one.damage.map((damage) => damageFile(folder, base.files, damage));
  if (before !== undefined) coverUp(study, before);
  return { base, folder, broken };
}

/** Removes the folder of a case. */
async function removeFolder(folder: string): Promise<void> {
  await run('rm', ['-rf', folder]);
}

/** Runs a case, up to the first command that does what none may do. */
export async function runCase(one: Case, setting: Setting): Promise<Ran> {
  const { base, folder, broken } = await breakBase(one, setting);
  const results: { words: readonly string[]; result: Result }[] = [];
  let finding: Finding | undefined;
  // What is in no file cannot be repeated by a command.
  const texts = one.damage.length === 0 ? '' : brokenTexts(folder, broken);
  try {
    for (const [index, typed] of one.typed.entries()) {
      const { words, template } = wordsOf(typed, base);
      const [before, ledger] = [lookAt(folder), ledgerText(folder)];
      const result = await setting.runs(orderOf(one, index, words, folder), setting.longest);
      results.push({ words, result });
      const after = lookAt(folder);
      const ledgers = [ledger, ledgerText(folder)] as const;
      const look: Look = { base, words, template, result, folder, before, after, ledgers, texts };
      const verdict = await verdictOn(look, broken, async () => undamaged(one, typed, setting));
      if (verdict === undefined) continue;
      finding = { ...verdict, words, result, broken };
      break;
    }
  } finally {
    await removeFolder(folder);
  }
  return { finding, results };
}

function orderOf(one: Case, index: number, words: readonly string[], folder: string) {
  return {
    words,
    folder,
    machine: `${index}/${LATER + index * 60_000}`,
    env: { XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') },
  };
}

/** What the same command says and writes if nothing is broken. */
async function undamaged(one: Case, typed: Typed, setting: Setting): Promise<string> {
  const whole = { ...one, damage: [], covered: false };
  const { base, folder } = await breakBase(whole, setting);
  try {
    const { words } = wordsOf(typed, base);
    const before = lookAt(folder);
    const { stdout, stderr } = await setting.runs(
      orderOf(whole, 0, words, folder),
      setting.longest,
    );
    return stdout + stderr + changedTexts(folder, before, lookAt(folder)).join('\n');
  } finally {
    await removeFolder(folder);
  }
}

function ledgerText(folder: string): string | undefined {
  const file = join(folder, 'study', 'ledger.jsonl');
  const isThere = existsSync(file) && statSync(file).isFile();
  return isThere ? readFileSync(file, 'latin1') : undefined;
}

function brokenTexts(folder: string, broken: readonly string[]): string {
  return broken
    .map((text) => join(folder, text.slice(0, text.indexOf(': '))))
    .map((file) => (existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : ''))
    .join('\n');
}

/** The smallest case that still finds the same. */
export async function smallest(one: Case, kind: string, setting: Setting): Promise<Case> {
  let best = one;
  const tryOne = async (candidate: Case): Promise<void> => {
    const { finding } = await runCase(candidate, setting);
    if (finding?.kind === kind) best = candidate;
  };
  const without = <T>(list: readonly T[], at: number) => list.filter((_, index) => index !== at);
  for (let at = best.typed.length - 1; at >= 0; at -= 1) {
    if (best.typed.length > 1) await tryOne({ ...best, typed: without(best.typed, at) });
  }
  for (let at = best.damage.length - 1; at >= 0; at -= 1) {
    await tryOne({ ...best, damage: without(best.damage, at) });
  }
  if (best.covered) await tryOne({ ...best, covered: false });
  if (best.isCopy) await tryOne({ ...best, isCopy: false });
  return best;
}

/** A command line as a shell takes it. */
export function shown(words: readonly string[]): string {
  const short = words.map((word) => (word.length > 300 ? `${word.slice(0, 300)}…` : word));
  return `randose ${short.map((word) => quoted(word)).join(' ')}`;
}
