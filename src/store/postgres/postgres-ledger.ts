import { sha256 } from '../../digest.ts';
import { RandoseError } from '../../errors.ts';
import { readSeenLines } from '../../ledger/chain-bytes.ts';
import { type Head, type ReadyAct, readPart, START } from '../../ledger/chain.ts';
import { type Entry } from '../../ledger/entry.ts';
import { STUDY_FILE } from '../../study/layout.ts';
import { NAME_DATABASE } from '../../words.ts';
import { noteEntered } from '../entered.ts';
import { readLedgerLines } from '../folder/ledger-lines.ts';
import { readMarker } from '../folder/ledger-marker.ts';
import { forgetWaiting, hasPending, waitingActs } from '../folder/pending.ts';
import { studyFileIfReadable } from '../folder/study-folder.ts';
import { withStudyLock } from '../folder/study-lock.ts';
import type {
  AppendOptions,
  EnteredActs,
  InspectedLedger,
  LedgerStore,
  LedgerView,
  SettledActs,
  SharedFiles,
} from '../ledger-store.ts';
import { noteOpened } from '../opened-ledgers.ts';
import { makeReady } from '../ready.ts';
import type { Duty } from './duties.ts';
import { newestSeen, noteNewest, wentBack } from './newest-head.ts';
import { noDuty, type OpenedServer, openServer } from './open-server.ts';
import { addSeenLines, keepSeenLines, seenLines } from './seen-entries.ts';
import { forgetSent, keepSent, sentBefore } from './sent-acts.ts';
import type { Answer, Server, Standing } from './server.ts';
import { filesAt, servedSlots } from './shared-files.ts';

/** How a ledger in a database is used. */
export interface DatabaseOptions {
  /** Called around everything that changes files of the study folder. */
  readonly around?: <T>(work: () => Promise<T>) => Promise<T>;
  /** How long to wait for the database, if not as long as usual. */
  readonly patienceMs?: number | undefined;
}

/** A study's ledger in a PostgreSQL database; the study folder has its files. */
export class PostgresLedger implements LedgerStore {
  readonly kind = 'database';
  readonly #root: string;
  readonly #url: string | undefined;
  readonly #around: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #patienceMs: number | undefined;
  #opened: Promise<OpenedServer> | undefined;
  #isHeld = false;
  /** The end of the ledger when it was read last, or when something was entered. */
  #lastSeen = 0;

  /** @param url undefined if the environment names the database, as libpq reads it */
  constructor(
    root: string,
    url: string | undefined,
    { around = (work) => work(), patienceMs }: DatabaseOptions = {},
  ) {
    this.#root = root;
    this.#url = url;
    this.#around = around;
    this.#patienceMs = patienceMs;
  }

  async read(): Promise<LedgerView> {
    const { server, standing } = await this.#server();
    const first = firstOf(standing);
    const seen = newestSeen(first);
    const kept = standing.seesAll ? await this.#keptLines(server) : NONE_KEPT;
    const { head, lastTime, lines } = await server.readLedger(kept.head.seq);
    // The slots that are taken come after the entries: whatever was entered in between is in one of them.
    const taken = await server.taken();
    const [at] = seen === undefined ? [] : await server.hashes(seen.seq, seen.seq);
    if (seen !== undefined && at !== seen.hash) throw wentBack(head, seen);
    const added = lines.map(({ line }) => line);
    const entries = [...kept.entries, ...soundEntries(added, kept.head)];
    if (entries.length === 0) throw noDuty();
    noteNewest(first, head);
    keepSeenLines(this.#root, kept.lines, added);
    this.#lastSeen = head.seq;
    return { entries, head, lastTime, ownSites: ownSitesOf(standing), taken };
  }

  /** The entries that were seen before, if the ledger still begins with them. Only for whoever sees all. */
  async #keptLines(server: Server): Promise<KeptLines> {
    const lines = seenLines(this.#root);
    const { head, entries } = readSeenLines(lines) ?? NONE_KEPT;
    if (head.seq === 0 || head.seq !== lines.length) return NONE_KEPT;
    const [hash] = await server.hashes(head.seq, head.seq);
    return hash === head.hash ? { head, lines, entries } : NONE_KEPT;
  }

  async inspect(): Promise<InspectedLedger> {
    const { server, standing } = await this.#server();
    const seen = newestSeen(firstOf(standing));
    const { head, lines } = await server.readLedger();
    if (lines.length === 0 && head.seq > 0) throw noDuty();
    const hashes = await server.hashes(1, head.seq);
    const taken = await server.taken();
    const read = readPart(
      lines.map(({ line }) => line),
      hashes,
    );
    const back =
      seen !== undefined && hashes[seen.seq - 1] !== seen.hash
        ? [{ message: wentBack(head, seen).message }]
        : [];
    return {
      entries: read.entries,
      head,
      ownSites: ownSitesOf(standing),
      taken,
      problems: [...read.problems, ...back],
      notes: durabilityNotes(standing),
      hashes,
      hidden: hashes.length - lines.length,
    };
  }

  async append(
    { head }: Pick<LedgerView, 'head'>,
    acts: readonly ReadyAct[],
    { anyway = false }: AppendOptions = {},
  ): Promise<EnteredActs | { readonly result: 'moved' }> {
    const { server, standing } = await this.#server();
    await this.#enterWaiting({ isPatient: acts.length > 0 });
    if (acts.length === 0) return { result: 'done', entries: [], head: await this.#headNow() };
    const first = firstOf(standing);
    await this.#shareStudyFile(standing);
    const kept = keepSent(first, acts);
    const answer = await this.#answer(server.enter(head.seq, acts, anyway), kept);
    if (answer.result === 'moved') return { result: 'moved' };
    this.#keepOwn(standing, answer);
    return this.#entered(first, answer.result, answer.lines, answer);
  }

  async requireTaken({ head }: Pick<LedgerView, 'head'>, acts: readonly ReadyAct[]): Promise<void> {
    const { server, standing } = await this.#server();
    const brought = this.#bringsStudyFile(standing) ? filesAt(this.#root, [STUDY_FILE]) : [];
    await server.requireTaken(head.seq, acts, brought);
  }

  /** Keeps own entries among those that were seen, for an emergency before the next look. */
  #keepOwn({ seesAll }: Standing, { seq, lines }: Answer): void {
    const first = seq - lines.length + 1;
    // Whoever sees all keeps the ledger without gaps.
    if (!seesAll || first === this.#lastSeen + 1) addSeenLines(this.#root, lines);
    this.#lastSeen = seq;
  }

  async settle(): Promise<SettledActs[]> {
    const { server, standing } = await this.#server();
    const first = firstOf(standing);
    const settled: SettledActs[] = [];
    for (const { file, time, acts } of sentBefore(first)) {
      // Asking for the acts again waits for a standby too, as a look at the ledger would not.
      const answer = await this.#answer(server.enter(null, acts, false), file);
      const entered =
        answer.result === 'replayed'
          ? this.#entered(first, 'replayed', answer.lines, answer)
          : undefined;
      settled.push({ time, acts, entered });
    }
    return settled;
  }

  async share({ added, removed, batches }: SharedFiles): Promise<void> {
    const { server } = await this.#server();
    await server.putFiles(filesAt(this.#root, added));
    for (const batch of batches) await server.putSlots(servedSlots(this.#root, batch));
    if (removed.length === 0) return;
    const isRemoved = (path: string) =>
      removed.some((one) => path === one || path.startsWith(`${one}/`));
    const files = await server.fileList();
    await server.removePaths(files.flatMap(({ path }) => (isRemoved(path) ? [path] : [])));
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

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.connection.close();
  }

  /** The connection, which is opened once; the database is that of this study. */
  #server(): Promise<OpenedServer> {
    if (this.#opened === undefined) {
      noteOpened(this);
      this.#opened = openServer(this.#url, this.#patienceMs).then((opened) => {
        requireOwn(this.#root, opened.standing);
        return opened;
      });
    }
    return this.#opened;
  }

  async #headNow(): Promise<Head> {
    const { server } = await this.#server();
    const { seq, hash } = await server.whoami();
    return { seq, hash };
  }

  /** Enters code-breaks that could not be entered when they were made. Nobody signs them now. */
  async #enterWaiting(options: { readonly isPatient: boolean }): Promise<void> {
    if (!hasPending(this.#root)) return;
    const { server, standing } = await this.#server();
    // The intent of a code-break may have been sent, and be entered only now.
    await this.settle();
    const { head, lines } = await server.readLedger();
    const entries = soundEntries(lines.map(({ line }) => line));
    const { acts, files } = waitingActs(this.#root, entries, options);
    if (acts.length > 0) {
      const ready = makeReady({ text: studyFileIfReadable(this.#root), head }, acts);
      const kept = keepSent(firstOf(standing), ready);
      await this.#answer(server.enter(head.seq, ready, true), kept);
    }
    forgetWaiting(this.#root, files);
  }

  /** Whoever may put a new study.yaml in force has to bring it: the server takes no entry under one that it does not have. */
  async #shareStudyFile(standing: Standing): Promise<void> {
    if (!this.#bringsStudyFile(standing)) return;
    await this.share({ added: [STUDY_FILE], removed: [], batches: [] });
  }

  #bringsStudyFile({ study, duties }: Standing): boolean {
    const mayBring = duties.some((duty) => BRING_STUDY.includes(duty));
    return mayBring && sha256(studyFileIfReadable(this.#root)) !== study;
  }

  /** Waits for the answer to acts that were sent. Their file stays as long as nobody knows whether they were entered. */
  async #answer(sent: Promise<Answer>, kept: string | undefined): Promise<Answer> {
    try {
      const answer = await sent;
      forgetSent(kept);
      return answer;
    } catch (error) {
      if (error instanceof RandoseError && error.code === 'outcome-unknown') throw error;
      forgetSent(kept);
      throw error;
    }
  }

  #entered(
    first: string,
    result: EnteredActs['result'],
    lines: readonly string[],
    newest: Head,
  ): EnteredActs {
    noteNewest(first, { seq: newest.seq, hash: newest.hash });
    const entries = soundEntries(lines);
    // Of acts that were sent again, the newest entry can be another person's: it is not their receipt.
    const { seq, hash } = entries.at(-1) ?? newest;
    const head = { seq, hash };
    noteEntered(head);
    return { result, entries, head };
  }
}

/** Lines that were seen before, from the first one on. */
interface KeptLines {
  readonly head: Head;
  readonly lines: readonly string[];
  readonly entries: readonly Entry[];
}

const NONE_KEPT: KeptLines = { head: START, lines: [], entries: [] };

const BRING_STUDY: readonly string[] = [
  'statistician',
  'officer',
  'data manager',
] satisfies readonly Duty[];

/** The sites of a login that sees those alone. */
function ownSitesOf({ seesAll, sites }: Standing): readonly string[] | undefined {
  return seesAll ? undefined : sites;
}

/** That acts can be lost although they were acknowledged, if nobody has set up the servers otherwise. */
function durabilityNotes({ isSynchronous, synchronousCommit }: Standing): string[] {
  if (isSynchronous && synchronousCommit === 'remote_apply') return [];
  const what = isSynchronous
    ? `synchronous_commit is ${synchronousCommit}, and should be remote_apply`
    : 'no standby is synchronous (synchronous_standby_names)';
  return [
    `The database acknowledges an act before another server has it: ${what}. If this server is lost, acts that were acknowledged are lost without a trace.`,
  ];
}

/** @throws RandoseError `not-found` if the database has no list yet */
function firstOf({ firstHash }: Standing): string {
  if (firstHash !== null) return firstHash;
  throw new RandoseError('not-found', 'the ledger in this database is empty', {
    hint: 'The folder of the study has its ledger. To move it into the database: randose ledger --import --ledger URL --by WHO',
  });
}

/** @throws RandoseError `not-trusted` if a folder belongs to another ledger than that in the database */
function requireOwn(root: string, { firstHash }: Standing): void {
  const own = readMarker(root)?.first ?? readLedgerLines(root).first;
  if (own === undefined || firstHash === null || own === firstHash) return;
  throw new RandoseError('not-trusted', 'the database has the ledger of another study', {
    hint: `Nothing was done. ${NAME_DATABASE}. The folder is ${root}.`,
  });
}

/**
 * @param after the end of what was read before these lines
 * @throws RandoseError `not-trusted` if lines do not have the hashes that they name, or do not follow each other
 */
function soundEntries(lines: readonly string[], after = START): readonly Entry[] {
  const read = readSeenLines(lines, after);
  if (read !== undefined) return read.entries;
  const { entries, problems } = readPart(lines, undefined, after);
  if (problems.length === 0) return entries;
  throw new RandoseError('not-trusted', 'the ledger in the database is damaged', {
    problems,
    hint: 'Nothing was done. Tell the data manager: an inspector finds the cause with randose verify, and a backup has the entries.',
  });
}
