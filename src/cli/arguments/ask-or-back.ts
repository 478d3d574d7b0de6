import { ask } from '../../system/prompts.ts';

/** Somebody answered a question with `back`: they want to answer the question before it again. */
export class WentBack extends Error {}

/**
 * Asks a question, as `ask`.
 *
 * @returns the answer, without spaces around it
 * @throws WentBack if the answer is `back`; Cancelled
 */
export async function askOrBack(question: string): Promise<string> {
  const typed = (await ask(question)).trim();
  if (/^["']?back["']?$/i.test(typed)) throw new WentBack();
  return typed;
}

/** What is said to `back` if there is no question before. */
export const FIRST_QUESTION = 'This is the first question. Ctrl-C cancels.';
