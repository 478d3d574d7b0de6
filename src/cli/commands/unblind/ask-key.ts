import { basename } from 'node:path';
import { looksLikeCardKey } from '../../../blinding/typed-card.ts';
import { RandoseError } from '../../../errors.ts';
import { formatWho } from '../../../ledger/who.ts';
import { findKeys, type FoundKey } from '../../../store/opening/find-keys.ts';
import { recipientsOfFile, requireKeyFiles } from '../../../store/opening/keys.ts';
import { attempt } from '../../../store/opening/on-record.ts';
import { ownersOfRecipients, type People } from '../../../store/opening/owners.ts';
import { exists, isSpecialFile } from '../../../system/files.ts';
import { listed, upperFirst } from '../../../words.ts';
import { askOrBack } from '../../arguments/ask-or-back.ts';
import type { Output } from '../../output/output.ts';
import { NO_KEY_FOUND } from '../../study/found-keys.ts';
import { tooFewText } from '../../study/officers-needed.ts';

/** What is known about the keys that may open something. */
interface KeyQuestion {
  /** The study folder. */
  readonly root: string;
  /** Undefined if nothing that can be read names anybody. */
  readonly people: People | undefined;
  /** How many officers are needed together. */
  readonly needed: number;
  /** Whether a code-break card may be used instead. */
  readonly hasCards: boolean;
  /** The public halves of the keys that open envelopes; undefined if it is not about envelopes, or if nothing says it. */
  readonly openers: ReadonlySet<string> | undefined;
  /** The key files that were named before; fewer than are needed. */
  readonly named?: readonly string[];
}

/** What a person named as the key. */
export interface NamedKey {
  readonly identity?: string[];
  readonly card?: boolean;
  /** What they typed or scanned of a card's key already. */
  readonly cardLine?: string;
}

/**
 * Asks a person at the terminal for the key. Lists the key files that it finds, with whose they are. If several
 * officers are needed, each may name their key in an answer of their own. A key that cannot open an envelope is asked
 * again once: the same answer a second time is taken, for nothing is proven here.
 *
 * @throws WentBack if the question before is to be asked again; Cancelled
 */
export async function askForKey(output: Output, question: KeyQuestion): Promise<NamedKey> {
  const { root, needed, hasCards } = question;
  const found = findKeys(root).toSorted((a, b) => rank(question, a) - rank(question, b));
  for (const [index, key] of found.entries()) {
    output.say(`  ${index + 1}  ${key.file}${ownerText(question, key)}`);
  }
  if (found.length === 0) output.say(NO_KEY_FOUND);
  let named = question.named ?? [];
  if (named.length > 0) {
    output.say(`${tooFewText(needed, named)} Name the others too.`);
  } else if (needed > 1) {
    output.say(
      `${needed} officers are needed: name ${needed} keys, one after the other or at once.`,
    );
  }
  const number = found.length > 0 ? 'its number above, ' : '';
  const card = hasCards ? ', or "card" for a code-break card' : '';
  let doubted: string | undefined;
  for (;;) {
    const which = named.length === 0 ? 'Which key?' : `And key ${named.length + 1} of ${needed}?`;
    const typed = await askOrBack(`${which} Type ${number}a file${card}: `);
    if (hasCards && /^["']?card["']?$/i.test(typed)) return { card: true };
    if (looksLikeCardKey(typed)) {
      if (hasCards) return { card: true, cardLine: typed };
      output.say('This is the key of a code-break card, which opens one participant only.');
      continue;
    }
    const files = filesOf(typed, found);
    const problems = await problemsOf(files, found, hasCards);
    for (const problem of problems) output.say(problem);
    if (files.length === 0 || problems.length > 0) continue;
    const all = [...new Set([...named, ...files])];
    const wrong = files.filter((file) => opensNone(question, keyIn(file, found)));
    if (wrong.length > 0 && typed !== doubted) {
      for (const file of wrong) output.say(`${file} opens no envelope: use an officer's key.`);
      output.say('To use it anyway, type the same answer again.');
      doubted = typed;
      continue;
    }
    if (all.length >= needed) return { identity: all };
    if (all.length === named.length) {
      if (typed === doubted) return { identity: all };
      output.say('This key is named already. To try without another one, type it once more.');
      doubted = typed;
      continue;
    }
    named = all;
    output.say(`${all.length} of ${needed}: ${listed(all)}.`);
  }
}

/** What is wrong with the files of an answer. An answer that is not a path may be a secret, and is not repeated. */
async function problemsOf(
  files: readonly string[],
  found: readonly FoundKey[],
  hasCards: boolean,
): Promise<string[]> {
  const missing = files.filter((file) => !exists(file));
  if (missing.length > 0) {
    const texts = missing.map((file) => missingText(file, found, hasCards));
    return [...new Set(texts)];
  }
  return keyProblems(files);
}

/** Why files are not key files, as far as it shows without a passphrase: a sentence each, and what to do. */
export async function keyProblems(files: readonly string[]): Promise<string[]> {
  // What can be read only once is not read to look at it.
  const done = await attempt(() => requireKeyFiles(files.filter((file) => !isSpecialFile(file))));
  if (done.ok) return [];
  if (!(done.error instanceof RandoseError)) throw done.error;
  const { message, hint } = done.error;
  return [`${upperFirst(message)}.`, ...(hint === undefined ? [] : [hint])];
}

/** Keys that open envelopes come first, and those that surely open none come last. */
function rank(question: KeyQuestion, key: FoundKey): number {
  if (opensNone(question, key)) return 2;
  return key.recipients.some((one) => question.openers?.has(one)) ? 0 : 1;
}

/** The key in a file, which may be one that was found. What can be read only once is not read to look at it. */
function keyIn(file: string, found: readonly FoundKey[]): FoundKey {
  const known = found.find((key) => key.file === file);
  return known ?? { file, recipients: isSpecialFile(file) ? [] : recipientsOfFile(file) };
}

/** Whether a key is that of somebody in the study who opens no envelope. Of any other key, nobody knows it. */
function opensNone({ people, openers }: KeyQuestion, { recipients }: FoundKey): boolean {
  if (openers === undefined || people === undefined) return false;
  if (recipients.some((one) => openers.has(one))) return false;
  return ownersOfRecipients(people, recipients).length > 0;
}

function missingText(file: string, found: readonly FoundKey[], hasCards: boolean): string {
  const orCard = hasCards ? ', a file, or card' : ', or a file';
  if (/^\d{1,3}$/.test(file)) {
    if (found.length === 0)
      return `There is no key ${file}: none was found. Type a file${hasCards ? ', or card' : ''}.`;
    const numbers = found.length === 1 ? 'the number 1' : `a number from 1 to ${found.length}`;
    return `There is no key ${file}. Type ${numbers}${orCard}.`;
  }
  const name = basename(file);
  const near = found.findIndex((key) => basename(key.file) === name);
  if (near !== -1) {
    return `There is no key at ${file}. Did you mean ${found[near]!.file}? Type ${near + 1}.`;
  }
  if (/[/\\]|\.\w{1,12}$/.test(file)) return `There is no key at ${file}.`;
  return 'This names no key file. A passphrase is asked for later, and is not shown.';
}

/** The files of an answer: numbers of the list, or paths. A single path may have spaces in it. */
function filesOf(typed: string, found: readonly FoundKey[]): string[] {
  const path = typed.replace(/^(["'])(.*)\1$/, '$2');
  const words = typed.split(/[\s,]+/).filter((word) => word !== '');
  const numbered = words.map((word) =>
    /^\d{1,3}$/.test(word) ? found[Number(word) - 1]?.file : undefined,
  );
  const isPath = path !== '' && numbered.every((file) => file === undefined) && exists(path);
  return isPath ? [path] : [...new Set(words.map((word, index) => numbered[index] ?? word))];
}

function ownerText(question: KeyQuestion, key: FoundKey): string {
  const { people } = question;
  if (key.recipients.length === 0 || people === undefined) return '';
  const owners = ownersOfRecipients(people, key.recipients);
  if (owners.length === 0) return ': not a key of this study';
  const opens = opensNone(question, key) ? ' (opens no envelope)' : '';
  return `: ${owners.map(formatWho).join('; ')}${opens}`;
}
