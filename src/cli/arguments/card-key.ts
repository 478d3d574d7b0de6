import { type KeyPair, recipientOf } from '../../blinding/identity.ts';
import {
  addLine,
  CARD_GROUPS,
  identityOf,
  keptGroups,
  nextGroup,
  NOTHING_TYPED,
  type TypedCard,
  withoutWrongGroups,
} from '../../blinding/typed-card.ts';
import { RandoseError } from '../../errors.ts';
import { ask } from '../../system/prompts.ts';
import type { KeyDesk } from './keys.ts';

/**
 * Asks a person to scan or type the key of a code-break card, and shows what they type. What is wrong is named, and
 * asked again, until the key is right or the person cancels.
 *
 * @throws RandoseError `usage` if there is no terminal to ask on; Cancelled
 */
export async function askForCard({ mayAsk, say }: KeyDesk): Promise<KeyPair[]> {
  if (!mayAsk || !process.stdin.isTTY) {
    throw new RandoseError('usage', 'a key is needed, but there is no terminal to ask on', {
      hint: 'Write it to a file, and name the file with --identity FILE.',
    });
  }
  say('Scan the key, or type it in its shaded groups of six: one group, or several.');
  say(
    'Small letters are fine. AGE-SECRET-KEY-1 may be left out. To type a line again, type "back".',
  );
  let typed: TypedCard = NOTHING_TYPED;
  /** The key before each line. */
  const before: TypedCard[] = [];
  for (;;) {
    const next = nextGroup(typed);
    const identity = next === undefined ? identityOf(typed) : undefined;
    const recipient = identity === undefined ? undefined : await recipientOf(identity);
    if (identity !== undefined && recipient !== undefined) return [{ identity, recipient }];
    const line = next === undefined ? undefined : await ask(questionOf(typed, next));
    if (line !== undefined && /^back$/i.test(line.trim())) {
      typed = before.pop() ?? NOTHING_TYPED;
      continue;
    }
    if (line !== undefined && line.trim() !== '') before.push(typed);
    const read = line === undefined ? withoutWrongGroups(typed) : addLine(typed, line);
    for (const problem of read.problems) say(problem);
    typed = read.typed;
    if (read.problems.length > 0) sayKept(say, typed);
  }
}

/** Says what need not be typed again after a line with a mistake. */
function sayKept(say: KeyDesk['say'], typed: TypedCard): void {
  const kept = keptGroups(typed);
  const next = nextGroup(typed);
  if (kept === undefined || next === undefined) return;
  say(
    `${kept.charAt(0).toUpperCase()}${kept.slice(1)} kept. Type group ${next} now, not the whole line.`,
  );
}

/** The group before the next one helps a person to find the place on the card. */
function questionOf({ groups }: TypedCard, next: number): string {
  const before = groups[next - 2];
  const place = before === undefined ? '' : `, after ${before}`;
  return `Key of the code-break card, group ${next} of ${CARD_GROUPS}${place}: `;
}
