import type { OptionValues } from '@commander-js/extra-typings';
import { type Problem, RandoseError } from '../../errors.ts';
import { isPlaceholder, whyNotStored } from '../../study/stored-text.ts';

/** The flags whose texts are kept in the ledger or in study.yaml as they are typed. */
const STORED = ['by', 'reason', 'name', 'subject', 'givenTo', 'purpose', 'openedBy'] as const;

/** What to write in the place of a placeholder. */
const EXAMPLES: Readonly<Record<string, string>> = {
  by: '"A. Example, pharmacist, Example Hospital"',
  openedBy: '"A. Example, officer, Example Hospital"',
  reason: '"the participant asked for another day"',
  name: '"A. Example"',
  purpose: '"interim 1"',
};

/** The commands that ask in the place of a placeholder: nothing else may stop a code-break. */
const ASKING = ['unblind'];

/** The flags without words that were copied from a printed card or a page: they count as missing. */
export function withoutPlaceholders<Flags extends OptionValues>(flags: Flags): Flags {
  const copied = STORED.filter((name) => {
    const text: unknown = flags[name];
    return typeof text === 'string' && isPlaceholder(text);
  });
  return Object.fromEntries(
    Object.entries(flags).filter(([name]) => !copied.some((one) => one === name)),
  ) as Flags;
}

/**
 * Refuses texts that must not be kept, and words copied from a help text or a page.
 *
 * @param command the command that is typed
 * @throws RandoseError `usage`, with every such flag
 */
export function requireStoredTexts(flags: OptionValues, command: string): void {
  const problems = STORED.flatMap((name): Problem[] => {
    const text: unknown = flags[name];
    if (typeof text !== 'string') return [];
    const flag = `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
    const why = whyNotStored(text);
    if (why !== undefined) return [{ message: `${flag} ${why}` }];
    if (ASKING.includes(command) || !isPlaceholder(text)) return [];
    const example = EXAMPLES[name];
    const such = example === undefined ? '' : `, such as ${example}`;
    return [{ message: `${flag}: write your own text in the place of "${text.trim()}"${such}` }];
  });
  const [first, ...others] = problems;
  if (first === undefined) return;
  throw new RandoseError('usage', others.length === 0 ? first.message : 'texts cannot be kept', {
    problems: others.length === 0 ? [] : problems,
    hint: 'Nothing was done.',
  });
}
