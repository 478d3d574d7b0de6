import { formatWho } from '../../../ledger/who.ts';
import { findKeys, type FoundKey } from '../../../store/opening/find-keys.ts';
import { ownersOfRecipients } from '../../../store/opening/owners.ts';
import type { Study } from '../../../study/study.ts';
import { exists } from '../../../system/files.ts';
import { ask } from '../../../system/prompts.ts';
import type { KeyFlags } from '../../arguments/options.ts';
import type { Output } from '../../output/output.ts';

/** What is known about the keys that may open something. */
interface KeyQuestion {
  /** The study folder. */
  readonly root: string;
  /** Undefined if study.yaml cannot be read. */
  readonly people: Study | undefined;
  /** How many officers are needed together. */
  readonly needed: number;
  /** Whether a code-break card may be used instead. */
  readonly hasCards: boolean;
  /** The public halves of the keys that open envelopes; undefined if it is not about envelopes, or if nothing says it. */
  readonly openers: ReadonlySet<string> | undefined;
}

/**
 * Asks a person at the terminal for the key. Lists the key files that it finds, with whose they are. An answer that
 * cannot open an envelope is asked again once: the same answer a second time is taken, for nothing is proven here.
 *
 * @throws Cancelled
 */
export async function askForKey(
  output: Output,
  question: KeyQuestion,
): Promise<Pick<KeyFlags, 'identity' | 'card'>> {
  const { root, needed, hasCards } = question;
  const found = findKeys(root).toSorted((a, b) => rank(question, a) - rank(question, b));
  for (const [index, key] of found.entries()) {
    output.say(`  ${index + 1}  ${key.file}${ownerText(question, key)}`);
  }
  if (needed > 1) {
    output.say(`${needed} officers are needed: name ${needed} keys, with spaces between them.`);
  }
  const number = found.length > 0 ? 'its number above, ' : '';
  const card = hasCards ? ', or "card" for a code-break card' : '';
  let doubted: string | undefined;
  for (;;) {
    const typed = (await ask(`Which key? Type ${number}a file${card}: `)).trim();
    if (hasCards && /^["']?card["']?$/i.test(typed)) return { card: true };
    const files = filesOf(typed, found);
    const missing = files.filter((file) => !exists(file));
    for (const file of missing) output.say(missingText(file, found.length, hasCards));
    if (files.length === 0 || missing.length > 0) continue;
    const doubts = doubtsOf(question, found, files);
    if (doubts.length === 0 || typed === doubted) return { identity: files };
    for (const doubt of doubts) output.say(doubt);
    output.say('To try it all the same, type the same answer again.');
    doubted = typed;
  }
}

/** Keys that open envelopes come first, and those that surely open none come last. */
function rank(question: KeyQuestion, key: FoundKey): number {
  if (opensNone(question, key)) return 2;
  return key.recipients.some((one) => question.openers?.has(one)) ? 0 : 1;
}

/** Whether a key is that of somebody in the study who opens no envelope. Of any other key, nobody knows it. */
function opensNone({ people, openers }: KeyQuestion, { recipients }: FoundKey): boolean {
  if (openers === undefined || people === undefined) return false;
  if (recipients.some((one) => openers.has(one))) return false;
  return ownersOfRecipients(people, recipients).length > 0;
}

/** Why keys cannot open an envelope, as far as that is known before they are opened. */
function doubtsOf(
  question: KeyQuestion,
  found: readonly FoundKey[],
  files: readonly string[],
): string[] {
  const { needed } = question;
  const wrong = found.filter((key) => files.includes(key.file) && opensNone(question, key));
  const able = files.length - wrong.length;
  return [
    ...wrong.map((key) => `${key.file} opens no envelope: use an officer's key.`),
    ...(able < needed && needed > 1
      ? [`${needed} officers are needed: name the keys of ${needed} officers.`]
      : []),
  ];
}

function missingText(file: string, count: number, hasCards: boolean): string {
  if (!/^\d{1,3}$/.test(file) || count === 0) return `There is no key at ${file}.`;
  const numbers = count === 1 ? 'the number 1' : `a number from 1 to ${count}`;
  return `There is no key ${file}. Type ${numbers}${hasCards ? ', a file, or card' : ', or a file'}.`;
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
