import { type KeyPair, recipientOf } from '../../blinding/identity.ts';
import {
  addLine,
  CARD_GROUPS,
  identityOf,
  keptGroups,
  looksLikeCardKey,
  nextGroup,
  NOTHING_TYPED,
  type TypedCard,
  withoutGroups,
  withoutWrongGroups,
} from '../../blinding/typed-card.ts';
import { RandoseError } from '../../errors.ts';
import { ask } from '../../system/prompts.ts';
import type { KeyDesk } from './keys.ts';
import { upperFirst } from '../../words.ts';

/**
 * Asks a person to scan or type the key of a code-break card, and shows what they type. What is wrong is named, and
 * asked again, until the key is right or the person cancels.
 *
 * @param typedBefore a line that was typed before this was asked
 * @throws RandoseError `usage` if there is no terminal to ask on; Cancelled
 */
export async function askForCard(
  { mayAsk, say }: KeyDesk,
  typedBefore?: string,
): Promise<KeyPair[]> {
  if (!mayAsk || !process.stdin.isTTY) {
    throw new RandoseError('usage', 'a key is needed, but there is no terminal to ask on', {
      hint: 'Write it to a file, and name the file with --identity FILE.',
    });
  }
  let given = typedBefore;
  if (given === undefined) {
    say('Scan the key, or type it in its shaded groups of six: one group, or several.');
    say(
      'Small letters are fine. AGE-SECRET-KEY-1 may be left out. To type a line again, type "back".',
    );
  }
  let typed: TypedCard = NOTHING_TYPED;
  /** The key before each line. */
  const before: TypedCard[] = [];
  for (;;) {
    const next = nextGroup(typed);
    const identity = next === undefined ? identityOf(typed) : undefined;
    const recipient = identity === undefined ? undefined : await recipientOf(identity);
    if (identity !== undefined && recipient !== undefined) return [{ identity, recipient }];
    const line = next === undefined ? undefined : (given ?? (await ask(questionOf(typed, next))));
    given = undefined;
    if (line !== undefined && /^back$/i.test(line.trim())) {
      const earlier = before.pop();
      if (earlier === undefined) say(FIRST_GROUP);
      typed = earlier ?? NOTHING_TYPED;
      continue;
    }
    const read = line === undefined ? withoutWrongGroups(typed) : addLine(typed, line);
    for (const problem of read.problems) say(problem);
    // A line of which nothing was taken is not one to go back over.
    if (line !== undefined && !isSameKey(read.typed, typed)) before.push(typed);
    typed = read.typed;
    if (line === undefined && nextGroup(typed) === undefined) {
      typed = await askWhichGroups(say, typed);
    } else if (read.problems.length > 0) {
      sayKept(say, typed);
    }
  }
}

const FIRST_GROUP = 'This is the first group of the key. Ctrl-C cancels.';

function isSameKey(one: TypedCard, other: TypedCard): boolean {
  return one.prefix === other.prefix && one.groups.join() === other.groups.join();
}

/** Shows a key whose wrong groups nothing tells, and asks which of them to type again. @throws Cancelled */
async function askWhichGroups(say: KeyDesk['say'], typed: TypedCard): Promise<TypedCard> {
  const numbered = typed.groups.map((group, at) => `${String(at + 1).padStart(4)} ${group ?? ''}`);
  const half = Math.ceil(CARD_GROUPS / 2);
  say(numbered.slice(0, half).join(''));
  say(numbered.slice(half).join(''));
  for (;;) {
    const answer = (await ask('Which groups differ? Their numbers, such as 3 or 2-10: ')).trim();
    if (looksLikeCardKey(answer)) return addLine(NOTHING_TYPED, answer).typed;
    const rest = withoutGroups(typed, answer);
    if (rest !== undefined) return rest;
    if (answer !== '')
      say(`Type numbers from 1 to ${CARD_GROUPS}. To type all again: 1-${CARD_GROUPS}`);
  }
}

/** Says what need not be typed again after a line with a mistake. */
function sayKept(say: KeyDesk['say'], typed: TypedCard): void {
  const kept = keptGroups(typed);
  const next = nextGroup(typed);
  if (kept === undefined || next === undefined) return;
  const orBack = next === 1 ? '' : ` If group ${next - 1} is wrong, type: back`;
  say(`${upperFirst(kept)} kept. Type group ${next} now, not the whole line.${orBack}`);
}

/** The group before the next one helps a person to find the place on the card. */
function questionOf({ groups }: TypedCard, next: number): string {
  const before = groups[next - 2];
  const place = before === undefined ? '' : `, after ${before}`;
  return `Key of the code-break card, group ${next} of ${CARD_GROUPS}${place}: `;
}
