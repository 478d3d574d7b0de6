import { type Connection, type Row, ServerError } from './connection.ts';
import { type Head, type ReadyAct, START } from '../../ledger/chain.ts';
import { refusalOf } from './refusals.ts';
import type { Parameter } from './values.ts';

/** What a login may do, how far the ledger is, and how its server is set up. */
export interface Standing {
  readonly schemaVersion: number;
  /** The hash of the first entry; null if there is none. */
  readonly firstHash: string | null;
  readonly seq: number;
  readonly hash: string;
  /** The digest of study.yaml in force; null if the ledger is empty. */
  readonly study: string | null;
  readonly login: string;
  readonly sites: readonly string[];
  readonly duties: readonly string[];
  readonly seesAll: boolean;
  /** Whether an act waits for a standby before it is acknowledged. */
  readonly isSynchronous: boolean;
  readonly synchronousCommit: string;
}

/** A line of a ledger, as the server has it. */
export interface ServedLine {
  readonly seq: number;
  readonly hash: string;
  readonly line: string;
}

/** A ledger as a login may see it, or its end. */
export interface ServedLedger {
  readonly head: Head;
  /** When the last entry was made, ISO 8601 in UTC; undefined if there is none. */
  readonly lastTime: string | undefined;
  readonly lines: readonly ServedLine[];
}

/** Whether acts that were sent were entered, and their lines. */
export interface Answer {
  readonly result: 'done' | 'replayed' | 'moved';
  readonly lines: readonly string[];
  readonly seq: number;
  readonly hash: string;
}

/** A file of the study: where it is, and the SHA-256 of its content. */
export interface ServedFile {
  readonly path: string;
  readonly digest: string;
}

/** How many files are sent or fetched at once, and how many bytes at most unless one file has more. */
const PORTION = { files: 500, bytes: 4_000_000 };

const ENTER = 'select * from randose.enter($1::bigint, $2::text[], $3::text[], $4)';

function entering(seen: number | null, acts: readonly ReadyAct[], anyway: boolean): Parameter[] {
  const signatures = acts.map(({ signature }) => signature ?? null);
  return [seen, acts.map(({ text }) => text), signatures, anyway];
}

/** The functions of the schema `randose`, which are all that a login can use. */
export class Server {
  readonly #connection: Connection;

  readonly #deadlineMs: number | undefined;

  /** @param deadlineMs how long each statement may take, if not as long as usual */
  constructor(connection: Connection, deadlineMs?: number) {
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
  }

  async whoami(): Promise<Standing> {
    const [row] = await this.#connection.query('select * from randose.whoami()');
    return {
      schemaVersion: Number(row?.schema_version),
      firstHash: row?.first_hash as string | null,
      seq: Number(row?.seq),
      hash: row?.hash as string,
      study: row?.study as string | null,
      login: row?.login as string,
      sites: row?.sites as string[],
      duties: row?.duties as string[],
      seesAll: row?.sees_all as boolean,
      isSynchronous: row?.is_synchronous as boolean,
      synchronousCommit: row?.synchronous_commit as string,
    };
  }

  /** The entries after a sequence that the login may see, and where the ledger ends, of one moment. */
  async readLedger(after = 0): Promise<ServedLedger> {
    const rows = await this.#ask('select * from randose.read_ledger($1)', [after]);
    const [end, ...lines] = rows.map(({ seq, hash, line, at }) => {
      return { seq: Number(seq), hash: hash as string, line: line as string, at: at as string };
    });
    const { seq = 0, hash = START.hash, at } = end ?? {};
    return { head: { seq, hash }, lastTime: at ?? undefined, lines };
  }

  /** The hashes of entries, in their order; those of entries that do not exist are left out. */
  async hashes(from: number, to: number): Promise<string[]> {
    const [row] = await this.#ask('select randose.hashes($1, $2) as hashes', [from, to]);
    const hex = Buffer.from(row?.hashes as Uint8Array).toString('hex');
    return hex.match(/.{64}/g) ?? [];
  }

  /** The numbers of the slots in use, in the strata that the login's sites may use. */
  async taken(): Promise<Set<string>> {
    const [row] = await this.#ask('select randose.taken() as taken');
    return new Set((row?.taken as string).split(' ').filter((number) => number !== ''));
  }

  /**
   * Enters acts, all or none.
   *
   * @param seen the last entry that was read; null to ask only whether the acts are in the ledger
   * @param anyway enters them although there are newer entries
   */
  async enter(seen: number | null, acts: readonly ReadyAct[], anyway: boolean): Promise<Answer> {
    const [row] = await this.#change(ENTER, entering(seen, acts, anyway));
    return {
      result: row?.result as Answer['result'],
      lines: row?.lines as string[],
      seq: Number(row?.seq),
      hash: row?.hash as string,
    };
  }

  /**
   * Enters acts, and takes them back at once.
   *
   * @param brought files that must be there before
   * @throws RandoseError in words if the server refuses them
   */
  async requireTaken(
    seen: number,
    acts: readonly ReadyAct[],
    brought: Iterable<readonly [path: string, content: Uint8Array]>,
  ): Promise<void> {
    const takenBack = new Error('taken back');
    try {
      await this.#connection.begin(async () => {
        await this.putFiles(brought);
        await this.#ask(ENTER, entering(seen, acts, false));
        throw takenBack;
      });
    } catch (error) {
      if (error !== takenBack) throw error;
    }
  }

  async importEntries(lines: readonly string[]): Promise<void> {
    await this.#change('select * from randose.import_entries($1::text[])', [lines]);
  }

  /** Adds slots of the list, in its order. */
  async putSlots(slots: readonly object[]): Promise<void> {
    await this.#change('select randose.put_slots($1::text::jsonb)', [JSON.stringify(slots)]);
  }

  /** Puts files in their places, in portions. @param tellProgress called with how many are there so far */
  async putFiles(
    files: Iterable<readonly [path: string, content: Uint8Array]>,
    tellProgress: (done: number) => void = () => undefined,
  ): Promise<void> {
    let portion: [string, Uint8Array][] = [];
    let bytes = 0;
    let done = 0;
    const send = async () => {
      const paths = portion.map(([path]) => path);
      const contents = portion.map(([, content]) => content);
      await this.#change('select randose.put_files($1::text[], $2::bytea[])', [paths, contents]);
      done += portion.length;
      tellProgress(done);
      portion = [];
      bytes = 0;
    };
    for (const [path, content] of files) {
      portion.push([path, content]);
      bytes += content.length;
      if (portion.length >= PORTION.files || bytes >= PORTION.bytes) await send();
    }
    if (portion.length > 0) await send();
  }

  async removePaths(paths: readonly string[]): Promise<void> {
    await this.#change('select randose.remove_paths($1::text[])', [paths]);
  }

  async fileList(): Promise<ServedFile[]> {
    const rows = await this.#ask('select * from randose.file_list()');
    return rows.map(({ path, digest }) => ({ path: path as string, digest: digest as string }));
  }

  /** The contents of files by their digests, in portions. */
  async *fileContents(digests: readonly string[]): AsyncGenerator<[string, Uint8Array]> {
    for (let at = 0; at < digests.length; at += PORTION.files) {
      const rows = await this.#ask('select * from randose.file_contents($1::text[])', [
        digests.slice(at, at + PORTION.files),
      ]);
      for (const { digest, content } of rows) {
        yield [digest as string, new Uint8Array(content as Uint8Array)];
      }
    }
  }

  async grantDuty(
    login: string,
    { sites, duties, by }: { sites: readonly string[]; duties: readonly string[]; by: string },
  ): Promise<void> {
    await this.#change('select randose.grant_duty($1, $2::text[], $3::text[], $4)', [
      login,
      sites,
      duties,
      by,
    ]);
  }

  async revokeDuty(login: string, by: string): Promise<void> {
    await this.#change('select randose.revoke_duty($1, $2)', [login, by]);
  }

  async people(): Promise<{ login: string; sites: string[]; duties: string[] }[]> {
    const rows = await this.#ask('select * from randose.people_list()');
    return rows as unknown as { login: string; sites: string[]; duties: string[] }[];
  }

  /** Asks for something that changes nothing. @throws RandoseError in words if the server refuses it */
  #ask(text: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return this.#do(text, parameters, false);
  }

  /** Changes something. If it is not known whether it was changed, that is an error of its own. @throws RandoseError as `#ask` */
  #change(text: string, parameters: readonly Parameter[]): Promise<Row[]> {
    return this.#do(text, parameters, true);
  }

  async #do(text: string, parameters: readonly Parameter[], commits: boolean): Promise<Row[]> {
    const patience = this.#deadlineMs === undefined ? {} : { deadlineMs: this.#deadlineMs };
    try {
      return await this.#connection.query(text, parameters, { commits, ...patience });
    } catch (error) {
      throw error instanceof ServerError ? refusalOf(error) : error;
    }
  }
}
