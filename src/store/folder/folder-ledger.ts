import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import { type Problem, RandoseError } from '../../errors.ts';
import {
  formatEntries,
  formatHead,
  type Head,
  readLedger,
  type ReadyAct,
  REPAIR,
  TORN,
} from '../../ledger/chain.ts';
import { readChain, type SoundChain } from '../../ledger/chain-bytes.ts';
import type { Sight } from '../../ledger/hidden-slots.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { now } from '../../system/clock.ts';
import { decodeText, exists, readBytes, replace } from '../../system/files.ts';
import { RESTORE } from '../../words.ts';
import { noteEntered } from '../entered.ts';
import type {
  EnteredActs,
  InspectedLedger,
  LedgerStore,
  LedgerView,
  SettledActs,
} from '../ledger-store.ts';
import { makeReady } from '../ready.ts';
import { continuedElsewhere, onlyCopy } from './ledger-marker.ts';
import { studyFileIfReadable } from './study-folder.ts';
import { withStudyLock } from './study-lock.ts';
import { forgetWaiting, hasPending, type WaitingActs, waitingActs } from './pending.ts';

/** How a change of a study folder is made. */
export interface FolderOptions {
  /** Called under the lock, around everything that changes the study. */
  readonly around?: <T>(work: () => Promise<T>) => Promise<T>;
  /** How long to wait for a turn, if not as long as usual. */
  readonly patienceMs?: number | undefined;
  /** Whether it is the copy of a ledger in a database: it is read, and never written. */
  readonly isCopy?: boolean;
}

/** A study's ledger in its folder, ledger.jsonl. */
export class FolderLedger implements LedgerStore {
  readonly kind = 'folder';
  readonly #root: string;
  readonly #around: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #patienceMs: number | undefined;
  readonly #isCopy: boolean;
  #isHeld = false;
  /** What was read or written last, and its head: what has not changed is not read twice. */
  #known: { readonly bytes: Buffer; readonly head: Head } | undefined;

  constructor(
    root: string,
    { around = (work) => work(), patienceMs, isCopy = false }: FolderOptions = {},
  ) {
    this.#root = root;
    this.#isCopy = isCopy;
    this.#around = around;
    this.#patienceMs = patienceMs;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a store is asynchronous, a file need not be
  async read(): Promise<LedgerView> {
    const bytes = this.#readBytes();
    if (isContinuedElsewhere(bytes)) throw continuedElsewhere();
    const { entries, head } = readSound(bytes, this.#file);
    this.#known = { bytes, head };
    return { entries, head, lastTime: entries.at(-1)?.time, ...SEES_ALL };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a store is asynchronous, a file need not be
  async inspect(): Promise<InspectedLedger> {
    const { entries, head, problems } = readLedger(readLedgerText(this.#root, RESTORE));
    const hashes = entries.map(({ hash }) => hash);
    const about = { notes: [], hidden: 0, ...SEES_ALL };
    return { entries, head, problems, hashes, ...about };
  }

  async append(
    view: Pick<LedgerView, 'head'>,
    acts: readonly ReadyAct[],
  ): Promise<EnteredActs | { readonly result: 'moved' }> {
    // eslint-disable-next-line @typescript-eslint/require-await -- `exclusive` takes asynchronous work
    return this.exclusive(async () => this.#append(view.head, acts));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a store is asynchronous, a file takes what was decided on it
  async requireTaken(): Promise<void> {
    if (this.#isCopy) throw onlyCopy();
  }

  async exclusive<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#isHeld) return work();
    return withStudyLock(
      this.#root,
      async () => {
        this.#isHeld = true;
        try {
          return await this.#around(async () => work());
        } finally {
          this.#isHeld = false;
        }
      },
      this.#patienceMs,
    );
  }

  /** Whoever writes the file learns at once whether it was written. */
  settle(): Promise<readonly SettledActs[]> {
    return Promise.resolve([]);
  }

  share(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Adds acts to the file, all or none, and syncs it. To be called under the study's lock.
   *
   * The new ledger is written beside the old one and replaces it: no power cut and no full disk can leave half
   * an entry, or half a file of participants.
   */
  #append(head: Head, acts: readonly ReadyAct[]): EnteredActs | { readonly result: 'moved' } {
    if (this.#isCopy) throw onlyCopy();
    const file = this.#file;
    const before = exists(file) ? this.#readBytes() : Buffer.alloc(0);
    if (isContinuedElsewhere(before)) throw continuedElsewhere();
    const hasMoved = formatHead(this.#headOf(before)) !== formatHead(head);
    if (hasMoved) return replayOf(readSound(before, file), acts) ?? { result: 'moved' };
    // Code-breaks that could not be entered when they happened come first; nobody signs them now. Whoever asks for
    // nothing else gets all of them.
    const options = { isPatient: acts.length > 0 };
    const waiting = hasPending(this.#root)
      ? waitingActs(this.#root, readSound(before, file).entries, options)
      : NOTHING;
    const readyLate = makeReady({ text: studyFileIfReadable(this.#root), head }, waiting.acts);
    const time = now();
    const late = formatEntries(head, readyLate, time);
    const added = formatEntries(late.head, acts, time);
    const bytes = Buffer.concat([before, Buffer.from(late.text + added.text)]);
    writeLedger(file, bytes, added.head);
    this.#known = { bytes, head: added.head };
    forgetWaiting(this.#root, waiting.files);
    return { result: 'done', entries: added.entries, head: added.head };
  }

  #headOf(bytes: Buffer): Head {
    const known = this.#known;
    return known?.bytes.equals(bytes) === true ? known.head : readSound(bytes, this.#file).head;
  }

  get #file(): string {
    return join(this.#root, LEDGER_FILE);
  }

  #readBytes(): Buffer {
    return bufferOf(readBytes(this.#file, RESTORE));
  }
}

/** Whether a ledger ends with the entry that its file is continued in a database. */
export function isContinuedElsewhere(ledger: Buffer): boolean {
  const last = ledger.subarray(ledger.lastIndexOf('\n', -2) + 1);
  // A quote within a text of an entry has a backslash before it: these can only be members.
  return last.includes(',"action":"continuation",');
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** @throws RandoseError `not-trusted` if a ledger is damaged; `bad-data` if it is not UTF-8 */
function readSound(bytes: Buffer, file: string): SoundChain {
  const sound = isUtf8(bytes) ? readChain(bytes) : undefined;
  if (sound !== undefined) return sound;
  const read = readLedger(decodeLedger(bytes, file));
  if (read.problems.length > 0) throw damaged(read.problems, read.torn !== '');
  return read;
}

/** Everybody who uses a folder sees every entry. */
const SEES_ALL: Sight = { ownSites: undefined, taken: new Set() };

const NOTHING: WaitingActs = { acts: [], files: [], unreadable: [] };

/** The entries of acts, in a ledger that has all of them; undefined if it does not. */
function replayOf(
  { entries, head }: SoundChain,
  acts: readonly ReadyAct[],
): EnteredActs | undefined {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const found = acts.flatMap(({ id }) => byId.get(id) ?? []);
  if (acts.length === 0 || found.length < acts.length) return undefined;
  return { result: 'replayed', entries: found, head };
}

/**
 * Replaces the ledger by one with another end, and notes its head, so that a later error can name it.
 *
 * @throws RandoseError if it cannot be written; also if it is in its place and the disk does not confirm it
 */
export function writeLedger(file: string, content: string | Uint8Array, head: Head): void {
  try {
    replace(file, content);
  } catch (error) {
    if (isThere(file, content)) noteEntered(head);
    throw error;
  }
  noteEntered(head);
}

function isThere(file: string, content: string | Uint8Array): boolean {
  try {
    return Buffer.from(content).equals(readBytes(file));
  } catch {
    return false;
  }
}

/**
 * The text of the ledger.
 *
 * @throws RandoseError `not-found`; `bad-data` if it is not UTF-8
 */
export function readLedgerText(root: string, hint?: string): string {
  const file = join(root, LEDGER_FILE);
  return decodeLedger(readBytes(file, hint), file);
}

/** The text after the last line feed was cut off, maybe within a character; the rest must be complete. */
function decodeLedger(bytes: Uint8Array, file: string): string {
  const { whole, tail } = splitLedger(bytes);
  return `${decodeText(whole, file)}${new TextDecoder().decode(tail)}`;
}

/** A ledger's complete lines, and the text after the last of them. */
export function splitLedger(bytes: Uint8Array): { whole: Uint8Array; tail: Uint8Array } {
  const end = bytes.lastIndexOf(0x0a) + 1;
  return { whole: bytes.subarray(0, end), tail: bytes.subarray(end) };
}

/** Only an incomplete last line can be repaired; complete lines cannot. */
function damaged(problems: readonly Problem[], isTorn: boolean): RandoseError {
  if (!isTorn || problems.length > 1) {
    return new RandoseError('not-trusted', `${LEDGER_FILE} is damaged`, {
      problems,
      hint: RESTORE,
    });
  }
  const line = problems[0]?.line;
  const place = line === undefined ? '' : ` (line ${line})`;
  return new RandoseError('not-trusted', `the last line of ${LEDGER_FILE}${place} ${TORN}`, {
    hint: `Remove it, with an entry about it: ${REPAIR}`,
  });
}
