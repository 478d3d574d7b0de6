import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { RandoseError } from '../errors.ts';
import type { ReadyAct } from '../ledger/chain.ts';
import type { Act, Entry } from '../ledger/entry.ts';
import { isStoppedByLock } from '../ledger/lock.ts';
import { currentIdsOf, underFirstIds } from '../ledger/subject-ids.ts';
import type { EnteredActs } from './ledger-store.ts';
import { openStudy, type OpenStudy, type StudyPlace } from './open-study.ts';
import { keepStudyFile } from './folder/kept-study.ts';
import { noteGiven } from './entered.ts';
import { requireUnlocked } from './locked.ts';
import { areSameActs, makeReady, type Signing } from './ready.ts';

/** What somebody has decided on a study as it was read. */
export interface Decision {
  readonly acts: readonly Act[];
  /** What the acts give, a line each: reported if `show` fails, or if its answer cannot be written. */
  readonly gives: readonly string[];
  /** Shows the answer. Called once, after the acts are entered. */
  readonly show: (entered: EnteredActs) => void | Promise<void>;
  /** What somebody should see before the acts are entered. */
  readonly before?: Preview;
}

/** What is shown before acts are entered. */
export interface Preview {
  readonly text: string;
  readonly warnings: readonly string[];
  /** A question to be answered with yes, if the acts cannot be taken back. */
  readonly question?: string;
  /** What is shown above the question instead, so that all of it is on one screen. */
  readonly brief?: { readonly text: string; readonly warnings: readonly string[] };
}

/** Looks at a decision before it is entered. */
export interface Look {
  /** Whether it asks a person, who must not keep others waiting. */
  readonly asks: boolean;
  /** @returns whether the acts are to be entered */
  readonly see: (decision: Decision) => boolean | Promise<boolean>;
}

/** A decision whose acts are entered. */
interface Done {
  readonly decision: Decision;
  readonly entered: EnteredActs;
}

/** Who signs, and who looks first. */
interface Recording {
  readonly signing?: Signing | undefined;
  /** Sees each decision that differs from the one before; nothing is entered if it says no. */
  readonly look?: Look | undefined;
}

/** How often to decide again if others enter something in between; many sites share a database. */
const MOST_TRIES = { folder: 8, database: 40 };
/** The longest pause before deciding again, in milliseconds. */
const LONGEST_PAUSE_MS = 200;
/** After this number of tries, whoever neither signs nor asks takes the lock first, and decides inside it. */
const TRIES_WITHOUT_LOCK = 3;

/**
 * Changes a study: the only way to do so. The study is read, the decision made on what was read, its acts are
 * entered, and then its answer is shown. No lock is held while somebody decides or signs; if the ledger has
 * moved in the meantime, the decision is made again.
 *
 * @param decide depends on nothing but the study that it gets; it refuses by throwing
 * @throws RandoseError what `decide` throws; `bad-data` if the database is locked and an act would change what it says;
 *   `locked` if others were faster each time
 */
export async function record(
  study: StudyPlace,
  { signing, look }: Recording,
  decide: (open: OpenStudy) => Decision | Promise<Decision>,
): Promise<void> {
  let before: { decision: Decision; text: string; ready: ReadyAct[] } | undefined;
  const earlier = await enteredEarlier(study, decide);
  if (earlier !== undefined) return show(earlier.decision, earlier.entered);
  const enter = async (): Promise<Done | 'stopped' | undefined> => {
    const open = await openStudy(study);
    const decision = await decide(open);
    if (decision.acts.some(isStoppedByLock)) requireUnlocked(open.entries);
    const isSame = before?.text === open.text && areSameActs(before.decision.acts, decision.acts);
    if (!isSame && look !== undefined && !(await look.see(decision))) return 'stopped';
    if (decision.acts.length === 0) return { decision, entered: nothingEntered(open) };
    // The same acts keep their ids and their signatures, wherever they come in the ledger.
    const ready = isSame
      ? before!.ready
      : makeReady(open, underFirstIds(open.entries, decision.acts), signing);
    before = { decision, text: open.text, ready };
    const entered = await study.ledger.append(open, ready);
    if (entered.result === 'moved') return undefined;
    const entries = currentIdsOf(open.entries, entered.entries);
    keepStudyFile({ ...open, entries: [...open.entries, ...entries] });
    return { decision, entered: { ...entered, entries } };
  };
  for (let tries = 1; tries <= MOST_TRIES[study.ledger.kind]; tries += 1) {
    const mayWait = study.ledger.kind === 'folder' && signing === undefined && look?.asks !== true;
    const done = await (mayWait && tries > TRIES_WITHOUT_LOCK
      ? study.ledger.exclusive(enter)
      : enter());
    if (done === 'stopped') return;
    if (done !== undefined) return show(done.decision, done.entered);
    // Of several who were too slow at once, none waits as long as another.
    await setTimeout(randomInt(1, Math.min(10 * tries, LONGEST_PAUSE_MS)));
  }
  throw new RandoseError('locked', 'others are recording in this study at the same time', {
    hint: 'Nothing was recorded. Run the command again.',
  });
}

/**
 * Makes sure that acts would be recorded, before something is done that nobody can take back. Nothing is recorded.
 *
 * @param open the study that they were decided on
 * @throws RandoseError what `record` would throw after the decision
 */
export async function requireRecordable(
  { ledger }: StudyPlace,
  open: OpenStudy,
  acts: readonly Act[],
): Promise<void> {
  if (acts.some(isStoppedByLock)) requireUnlocked(open.entries);
  await ledger.requireTaken(open, makeReady(open, underFirstIds(open.entries, acts)));
}

/**
 * The decision of an earlier run of the same command that did not learn whether its acts were entered, if they were: it is
 * made on the study as it was without them. So whoever lost the connection gets the same answer again.
 */
async function enteredEarlier(
  { settled = [], ...study }: StudyPlace,
  decide: (open: OpenStudy) => Decision | Promise<Decision>,
): Promise<Done | undefined> {
  const entered = settled.findLast((one) => one.entered !== undefined)?.entered;
  if (entered === undefined) return undefined;
  const ids = new Set(entered.entries.map(({ id }) => id));
  const open = await openStudy(study);
  const before = open.entries.filter(({ id }) => id === undefined || !ids.has(id));
  const taken = new Set(open.taken);
  for (const entry of entered.entries) {
    if (entry.action === 'randomization') taken.delete(entry.number);
  }
  try {
    const decision = await decide({ ...open, entries: before, taken });
    const acts = underFirstIds(before, decision.acts);
    const isSame =
      acts.length === entered.entries.length &&
      acts.every((act, at) => isActOf(act, entered.entries[at]!));
    return isSame ? { decision, entered } : undefined;
  } catch (error) {
    if (error instanceof RandoseError) return undefined; // another command, which is refused by itself
    throw error;
  }
}

/** Whether an entry is that of an act: it has its members, and others of its own. */
function isActOf(act: Act, entry: Entry): boolean {
  const members = new Map<string, unknown>(Object.entries(entry));
  return Object.entries(act).every(
    ([name, value]) => value === undefined || isDeepStrictEqual(members.get(name), value),
  );
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
