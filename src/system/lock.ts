import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RandoseError } from '../errors.ts';
import { lookAtItself } from './look.ts';
import { kindOf, readRegular } from './regular-file.ts';
import { asKnown, isCode } from './system-error.ts';

/** The process that holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, empty if unknown. A later process may get the same number. */
  readonly started: string;
  readonly token: string;
}

/** How the names of claims begin: a process writes one about itself, then links it to the lock's path. */
const CLAIM = '.randose.claim.';
const PATIENCE_MS = 20_000;
const PAUSE_MS = 25;
/** The age after which an empty claim is abandoned: its process died while writing it. */
const UNFINISHED_MS = 60_000;

/**
 * Runs work that only one process at a time may do. Other processes wait.
 *
 * The lock is a file, made by a hard link, which is atomic on network shares too. The lock of a process
 * that died on this machine is cleared; a lock of another machine never is.
 *
 * @param path the lock's file
 * @param patienceMs how long to wait for a turn
 * @throws RandoseError `locked`, with the holder, if another process keeps the lock for too long
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
    if (readHolder(path)?.token === holder.token) remove(path);
  }
}

async function acquire(path: string, holder: Holder, patienceMs: number): Promise<void> {
  const claim = join(dirname(path), `${CLAIM}${holder.token}`);
  try {
    writeFileSync(claim, JSON.stringify(holder), { flag: 'wx' });
  } catch (error) {
    // On a full disk the file exists but has no content.
    tidyUp(claim);
    throw asKnown(error, dirname(path));
  }
  try {
    const deadline = performance.now() + patienceMs;
    while (!tryLink(claim, path)) {
      requireLockFile(path);
      const other = readHolder(path);
      if (other !== undefined && isDead(other) && clear(path, other, claim)) continue;
      if (performance.now() > deadline) throw locked(path, other);
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  } finally {
    tidyUp(claim);
  }
}

/**
 * Removes a dead process's lock. A process does this only if it holds the second lock, and only after
 * reading the first one again: otherwise of two processes the later one could remove a new lock.
 */
function clear(path: string, dead: Holder, claim: string): boolean {
  const clearing = `${path}.clearing`;
  if (!tryLink(claim, clearing)) {
    requireLockFile(clearing);
    return false;
  }
  try {
    if (readHolder(path)?.token === dead.token) remove(path);
    return true;
  } finally {
    remove(clearing);
  }
}

/**
 * Removes the claims of processes that were killed while they waited. A claim that cannot be read or removed
 * stays: it blocks nobody.
 */
function sweepDeadClaims(folder: string): void {
  for (const name of claimsIn(folder)) {
    const file = join(folder, name);
    const found = placeOf(file);
    if (found?.isFile() !== true) continue;
    const other = readHolder(file);
    // An empty claim is abandoned if it is older than the time that writing one takes.
    const isLeft = other === undefined ? Date.now() - found.mtimeMs > UNFINISHED_MS : isDead(other);
    if (isLeft) tidyUp(file);
  }
}

function claimsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((entry) => entry.startsWith(CLAIM));
  } catch {
    return [];
  }
}

/** What is at a path, links not followed; undefined also if the system refuses to look. */
function placeOf(path: string) {
  try {
    return lookAtItself(path);
  } catch {
    return undefined;
  }
}

/**
 * Checks that the lock is a file. Anything else would never go away, so randose does not wait for it.
 *
 * @throws RandoseError `locked`
 */
function requireLockFile(path: string): void {
  const found = placeOf(path);
  if (found === undefined || found.isFile()) return;
  throw new RandoseError('locked', `${notALock(path)} (${kindOf(found)})`, {
    hint: 'Find out who put it there. Remove it and run the command again.',
  });
}

function notALock(path: string): string {
  return `the study is locked by something that randose did not make: ${path}`;
}

/** @throws RandoseError if the system refuses */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw asKnown(error, path);
  }
}

function tidyUp(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A claim blocks nobody; the next process that gets the lock removes it.
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw asKnown(error, dirname(to));
  }
}

/** @returns undefined if there is no lock, or the file is not a lock */
function readHolder(path: string): Holder | undefined {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(readRegular(path)));
    return isHolder(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(read: unknown): read is Holder {
  if (typeof read !== 'object' || read === null) return false;
  const { pid, host, started, token } = read as Partial<Record<keyof Holder, unknown>>;
  return (
    Number.isSafeInteger(pid) && [host, started, token].every((one) => typeof one === 'string')
  );
}

function isDead({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
  const now = startOf(pid);
  return now !== undefined && started !== '' && now !== started;
}

/** The boot and the tick at which a process started (Linux); undefined if unknown. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The command's name, in parentheses, may contain anything: count the fields after it (proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function locked(path: string, other: Holder | undefined): RandoseError {
  return new RandoseError('locked', whoHas(path, other), {
    hint: `Try again in a moment. If you are sure that randose is not running on ${other?.host ?? 'any machine'}, remove ${path} and, if it exists, ${path}.clearing.`,
  });
}

function whoHas(path: string, other: Holder | undefined): string {
  if (other !== undefined) return `the study is in use by process ${other.pid} on ${other.host}`;
  try {
    readRegular(path);
    return notALock(path);
  } catch {
    // Another account may have the lock, and others may not read its files.
    return 'the study is in use by another process';
  }
}
