import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RandoseError } from '../errors.ts';
import { asKnown } from './files.ts';

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, where the system tells: a number may be given to another one later. */
  readonly started: string;
  readonly token: string;
}

/** The file that a process writes who it is to, and links into the lock's place. */
const CLAIM = '.randose.claim.';
const PATIENCE_MS = 20_000;
const PAUSE_MS = 25;
/** After so long a claim that is empty is nobody's: its process died as it wrote. */
const UNFINISHED_MS = 60_000;

/**
 * Does work that one process at a time may do. Others wait their turn.
 *
 * The lock is a file, made by a hard link, which is atomic on network shares too. A lock whose
 * process has died on this machine is cleared; one that another machine holds never is.
 *
 * @param path the lock's file
 * @param patienceMs how long to wait for a turn
 * @throws RandoseError `locked`, with the holder, where the turn does not come
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid) ?? '',
    token: randomBytes(16).toString('hex'),
  };
  await acquire(path, holder, patienceMs);
  try {
    sweepDeadClaims(dirname(path));
    return await work();
  } finally {
    if (readHolder(path)?.token === holder.token) rmSync(path, { force: true });
  }
}

async function acquire(path: string, holder: Holder, patienceMs: number): Promise<void> {
  const claim = join(dirname(path), `${CLAIM}${holder.token}`);
  try {
    writeFileSync(claim, JSON.stringify(holder), { flag: 'wx' });
  } catch (error) {
    // A full disk makes the file and then has no room for what is in it.
    rmSync(claim, { force: true });
    throw asKnown(error, dirname(path));
  }
  try {
    const deadline = performance.now() + patienceMs;
    while (!tryLink(claim, path)) {
      const other = readHolder(path);
      if (other !== undefined && isDead(other) && clear(path, other, claim)) continue;
      if (performance.now() > deadline) throw locked(path, other);
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

/**
 * Removes a dead process's lock. Only who holds the second lock may do so, and only after reading
 * the first one again: otherwise two could clear it in turn, the later one a fresh lock.
 */
function clear(path: string, dead: Holder, claim: string): boolean {
  const clearing = `${path}.clearing`;
  if (!tryLink(claim, clearing)) return false;
  try {
    if (readHolder(path)?.token === dead.token) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(clearing, { force: true });
  }
}

/** Removes what processes left behind that were killed while they waited their turn. */
function sweepDeadClaims(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(CLAIM))) {
    const file = join(folder, name);
    const other = readHolder(file);
    const isLeft = other === undefined ? isOld(file) : isDead(other);
    if (isLeft) rmSync(file, { force: true });
  }
}

/** Whether a claim without content is older than it takes to write one. */
function isOld(file: string): boolean {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written > UNFINISHED_MS;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw asKnown(error, dirname(to));
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isDead({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  const now = startOf(pid);
  return now !== undefined && started !== '' && now !== started;
}

/** The boot and the tick at which a process started (Linux); undefined where it cannot be told. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The command's name, in parentheses, may hold anything: count fields behind it (proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function locked(path: string, other: Holder | undefined): RandoseError {
  const who = other === undefined ? 'another process' : `process ${other.pid} on ${other.host}`;
  return new RandoseError('locked', `the study is in use by ${who}`, {
    hint: `Try again in a moment. If you are sure that no randose runs on ${other?.host ?? 'any machine'}, remove ${path} and, if it is there, ${path}.clearing.`,
  });
}
