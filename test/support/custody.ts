import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unseal } from '../../src/blinding/seal.ts';
import type { Role } from '../../src/study/study.ts';
import {
  depil2In,
  FIXTURES,
  folderWith,
  mustRun,
  testFolder,
  type Trial,
  type WhenOver,
} from './command-line.ts';

/** A trial that names nobody yet, and keys made for it. */
export interface CustodyTrial {
  readonly trial: Trial;
  readonly study: string;
  /** The path of somebody's key. */
  readonly key: (name: string) => string;
  /** Makes somebody's key; with --study study.yaml names them too. @returns the recipient */
  readonly addPerson: (role: Role, name: string, ...words: string[]) => string;
}

/** A study made by `init`, with its custody written over. */
export function custodyTrial(custody = 'officers: any', whenOver?: WhenOver): CustodyTrial {
  const made = madeIn(testFolder(whenOver));
  initialize(made, custody);
  return made;
}

/**
 * The same, of which all tests share what was done on it.
 *
 * @param what says in full what was done
 */
export function custodyTrialWith(
  what: string,
  custody: string,
  begin: (made: CustodyTrial) => void,
): CustodyTrial {
  const folder = folderWith('made', `${custody}; ${what}`, (folder) => {
    const made = madeIn(folder);
    initialize(made, custody);
    begin(made);
  });
  return madeIn(folder);
}

function initialize({ trial, study }: CustodyTrial, custody: string): void {
  cpSync(join(FIXTURES, 'depil-2'), trial.study, { recursive: true });
  mustRun('init', study, '--plan', join(trial.folder, 'made-plan.yaml'));
  replaceIn(join(study, 'study.yaml'), 'custody:\n  officers: any', `custody:\n  ${custody}`);
}

function madeIn(folder: string): CustodyTrial {
  const trial = depil2In(folder);
  const study = join(folder, 'made');
  const key = (name: string) => join(trial.folder, `${name}.key`);
  return {
    trial,
    study,
    key,
    addPerson(role, name, ...words) {
      const about = ['--role', role, '--name', name, '--output', key(name), '--no-passphrase'];
      return mustRun('keygen', ...about, ...words).trim();
    },
  };
}

/** Draws and seals the list of such a trial, and randomizes some participants. */
export function sealAndEnrol({ trial, study }: CustodyTrial, participants = 2): void {
  mustRun('allocate', '--study', study, '--plan', join(trial.folder, 'made-plan.yaml'));
  for (let n = 1; n <= participants; n += 1) enrolOne(study, `CRT-00${n}`);
}

export function enrolOne(study: string, subject: string): void {
  const words = ['--subject', subject, '--site', 'CRT', '--day1', '2026-06-15', '--by', 'Example'];
  mustRun('randomize', '--study', study, ...words);
}

/** The entries of a study's ledger. */
export function ledgerOf(study: string): Record<string, unknown>[] {
  const lines = readFileSync(join(study, 'ledger.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Replaces a text in a file, which must be there. */
export function replaceIn(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(file, text.replace(from, to));
}

/** The secret key on the code-break card of a slot of a trial. */
export async function cardKeyOf({ study, officer }: Trial, number: string): Promise<string> {
  const identity = /AGE-SECRET-KEY-\S+/.exec(readFileSync(officer, 'utf8'))![0];
  const sealed = readFileSync(join(study, 'allocation', 'cards.age'));
  const { cards } = JSON.parse(await unseal(sealed, [identity], 'cards')) as {
    cards: { number: string; identity: string }[];
  };
  return cards.find((one) => one.number === number)!.identity;
}
