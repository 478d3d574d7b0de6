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
}

/**
 * Asks a person at the terminal for the key. Lists the key files that it finds, with whose they are.
 *
 * @throws Cancelled
 */
export async function askForKey(
  output: Output,
  { root, people, needed, hasCards }: KeyQuestion,
): Promise<Pick<KeyFlags, 'identity' | 'card'>> {
  const found = findKeys(root);
  for (const [index, key] of found.entries()) {
    output.say(`  ${index + 1}  ${key.file}${ownerText(people, key)}`);
  }
  if (needed > 1) {
    output.say(`${needed} officers are needed: name ${needed} keys, with spaces between them.`);
  }
  const number = found.length > 0 ? 'its number above, ' : '';
  const card = hasCards ? ', or "card" for a code-break card' : '';
  for (;;) {
    const typed = (await ask(`Which key? Type ${number}a file${card}: `)).trim();
    if (hasCards && /^["']?card["']?$/i.test(typed)) return { card: true };
    const files = filesOf(typed, found);
    const missing = files.filter((file) => !exists(file));
    if (files.length > 0 && missing.length === 0) return { identity: files };
    for (const file of missing) output.say(`There is no key at ${file}.`);
  }
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

function ownerText(people: Study | undefined, { recipients }: FoundKey): string {
  if (recipients.length === 0 || people === undefined) return '';
  const owners = ownersOfRecipients(people, recipients);
  return owners.length > 0 ? `: ${owners.map(formatWho).join('; ')}` : ': not a key of this study';
}
