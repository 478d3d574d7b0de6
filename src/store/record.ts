import { setTimeout } from 'node:timers/promises';
import { RandoseError } from '../errors.ts';
import type { ReadyAct } from '../ledger/chain.ts';
import type { Act } from '../ledger/entry.ts';
import type { EnteredActs } from './ledger-store.ts';
import { openStudy, type OpenStudy, type StudyPlace } from './open-study.ts';
import { noteGiven } from './entered.ts';
import { areSameActs, makeReady, type Signing } from './ready.ts';

/** What somebody has decided on a study as it was read. */
export interface Decision {
  readonly acts: readonly Act[];
  /** What the acts give, a line each: reported if `show` fails, or if its answer cannot be written. */
  readonly gives: readonly string[];
  /** Shows the answer. Called once, after the acts are entered. */
  readonly show: (entered: EnteredActs) => void | Promise<void>;
}

/** How often to decide again if others enter something in between. */
const MOST_TRIES = 8;
/** After this number of tries, whoever does not sign takes the lock first, and decides inside it. */
const TRIES_WITHOUT_LOCK = 3;

/**
 * Changes a study: the only way to do so. The study is read, the decision made on what was read, its acts are
 * entered, and then its answer is shown. No lock is held while somebody decides or signs; if the ledger has
 * moved in the meantime, the decision is made again.
 *
 * @param decide depends on nothing but the study that it gets; it refuses by throwing
 * @throws RandoseError what `decide` throws; `locked` if others were faster each time
 */
export async function record(
  study: StudyPlace,
  signing: Signing | undefined,
  decide: (open: OpenStudy) => Decision | Promise<Decision>,
): Promise<void> {
  let before: { decision: Decision; text: string; ready: ReadyAct[] } | undefined;
  const enter = async (): Promise<{ decision: Decision; entered: EnteredActs } | undefined> => {
    const open = await openStudy(study);
    const decision = await decide(open);
    if (decision.acts.length === 0) return { decision, entered: nothingEntered(open) };
    const isSame = before?.text === open.text && areSameActs(before.decision.acts, decision.acts);
    // The same acts keep their ids and their signatures, wherever they come in the ledger.
    const ready = isSame ? before!.ready : makeReady(open, decision.acts, signing);
    before = { decision, text: open.text, ready };
    const entered = await study.ledger.append(open, ready);
    return entered.result === 'moved' ? undefined : { decision, entered };
  };
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const hasToWait = tries > TRIES_WITHOUT_LOCK && signing === undefined;
    const done = await (hasToWait ? study.ledger.exclusive(enter) : enter());
    if (done !== undefined) return show(done.decision, done.entered);
    await setTimeout(5 * tries);
  }
  throw new RandoseError('locked', 'others are recording in this study at the same time', {
    hint: 'Nothing was recorded. Run the command again.',
  });
}

function nothingEntered({ head }: OpenStudy): EnteredActs {
  return { result: 'done', entries: [], head };
}

/** Shows the answer to acts that are entered. Whatever goes wrong now, they are entered. */
async function show({ show: answer, gives }: Decision, entered: EnteredActs): Promise<void> {
  if (entered.entries.length > 0) noteGiven(gives);
  try {
    await answer(entered);
  } catch (error) {
    if (error instanceof RandoseError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new RandoseError('io-error', `this is recorded, but the result cannot be shown: ${why}`, {
      hint: 'To read it: randose ledger. Please report this with the command that you typed.',
    });
  }
}
