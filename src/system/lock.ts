import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RandoseError } from '../errors.ts';
import { lookAtItself } from './look.ts';
import { kindOf, readRegular } from './regular-file.ts';
import { asKnown, isCode } from './system-error.ts';

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
    if (readHolder(path)?.token === holder.token) remove(path);
  }
}

async function acquire(path: string, holder: Holder, patienceMs: number): Promise<void> {
  const claim = join(dirname(path), `${CLAIM}${holder.token}`);
  try {
    writeFileSync(claim, JSON.stringify(holder), { flag: 'wx' });
  } catch (error) {
    // A full disk makes the file and then has no room for what is in it.
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
 * Removes a dead process's lock. Only who holds the second lock may do so, and only after reading
 * the first one again: otherwise two could clear it in turn, the later one a fresh lock.
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
 * Removes what processes left behind that were killed while they waited their turn. What cannot be looked at or
 * removed stays: it keeps nobody out.
 */
function sweepDeadClaims(folder: string): void {
  for (const name of claimsIn(folder)) {
    const file = join(folder, name);
    const found = placeOf(file);
    if (found?.isFile() !== true) continue;
    const other = readHolder(file);
    // A claim without content that is older than it takes to write one.
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

/** What is at a path, links not followed; undefined also if nobody may look. */
function placeOf(path: string) {
  try {
    return lookAtItself(path);
  } catch {
    return undefined;
  }
}

/**
 * A lock is a file. Anything else in its place would never go away: randose does not wait for it.
 *
 * @throws RandoseError `locked`
 */
function requireLockFile(path: string): void {
  const found = placeOf(path);
  if (found === undefined || found.isFile()) return;
  throw new RandoseError('locked', `${notALock(path)} (${kindOf(found)})`, {
    hint: 'Find out who put it there. Remove it, and run the command again.',
  });
}

function notALock(path: string): string {
  return `the study is locked by something that is not randose's lock: ${path}`;
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
    // A claim keeps nobody out; the next process that gets the lock sweeps it away.
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

/** @returns undefined if there is no lock, or a file that is not one */
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
  return new RandoseError('locked', whoHas(path, other), {
    hint: `Try again in a moment. If you are sure that no randose runs on ${other?.host ?? 'any machine'}, remove ${path} and, if it is there, ${path}.clearing.`,
  });
}

function whoHas(path: string, other: Holder | undefined): string {
  if (other !== undefined) return `the study is in use by process ${other.pid} on ${other.host}`;
  try {
    readRegular(path);
    return notALock(path);
  } catch {
    // Another account may have it, which lets nobody else read its files.
    return 'the study is in use by another process';
  }
}
