import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import type { Ran } from './command-line.ts';

/** A command line for the process that stays. */
export interface Order {
  /** The built program. */
  readonly program: string;
  readonly cwd: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Then the process is killed, in milliseconds. */
  readonly longest: number;
  /** What the process prints after the command, to say that nothing more comes. */
  readonly mark: string;
}

/** Where the process that stays is. */
interface Kept {
  readonly thread: Worker;
  readonly port: MessagePort;
  readonly answered: Int32Array<SharedArrayBuffer>;
}

const { KeptProcess } = createRequire(import.meta.url)(
  './kept-process.cjs',
) as typeof import('./kept-process.cjs');

/** Time for the thread itself, in milliseconds. */
const MARGIN_MS = 30_000;

let kept: Kept | undefined;
/** What the process that stays is started with. */
let usual: string | undefined;

/** Notes the environment in which commands go to the process that stays: that of now. */
export function noteSurroundings(): void {
  usual = surroundingsOf(process.env);
}

/**
 * Runs the built program in a process that stays: it loads the program once, and runs one command line after the other,
 * several times as fast as a process for each. What a command reads each time is given to it as a process of its own has
 * it: its words, its folder, its environment, the clock of the test, an empty input. What it prints is read from the
 * descriptors 1 and 2 of a real process.
 *
 * @returns undefined if a process that has started cannot have the environment of now (`variesWithCommand`)
 */
export function runKept(order: Omit<Order, 'env' | 'mark'>): Ran | undefined {
  if (surroundingsOf(process.env) !== usual) return undefined;
  kept ??= start();
  const full: Order = { ...order, env: { ...process.env }, mark: newMark() };
  return asked(kept, full, order.longest + MARGIN_MS) as Ran;
}

/** Processes that stay, by what they are for and their surroundings. */
const others = new Map<string, InstanceType<typeof KeptProcess>>();

/**
 * The same, without blocking: the test may be the other end of what the command reaches.
 *
 * @param what the process is for: each has its own, which runs one command after the other
 */
export function startKept(what: string, order: Omit<Order, 'mark'>): Promise<Ran> {
  const name = JSON.stringify([what, surroundingsOf(order.env)]);
  const other = others.get(name) ?? new KeptProcess();
  others.set(name, other);
  return other.run({ ...order, mark: newMark() });
}

/** Ends the processes that stay. Without it, they end as soon as the process of the test does. */
export async function endKept(): Promise<void> {
  await Promise.all([...others.values()].map((other) => other.end()));
  others.clear();
  if (kept === undefined) return;
  const ending = kept;
  kept = undefined;
  asked(ending, 'end', MARGIN_MS);
  await ending.thread.terminate();
}

function newMark(): string {
  return `\0${randomUUID()}`;
}

function start(): Kept {
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(join(import.meta.dirname, 'kept-owner.cjs'), {
    workerData: { port: port2, answered },
    transferList: [port2],
    execArgv: [],
  });
  thread.unref();
  return { thread, port: port1, answered };
}

/** Asks the thread, and waits. */
function asked({ port, answered }: Kept, order: Order | 'end', longest: number): unknown {
  Atomics.store(answered, 0, 0);
  port.postMessage(order);
  Atomics.wait(answered, 0, 0, longest);
  const answer = receiveMessageOnPort(port) as { message: unknown } | undefined;
  if (answer === undefined) throw new Error('the process that stays does not answer');
  return answer.message;
}

const VARYING: readonly string[] = ['PGPASSWORD', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME'];

/**
 * Whether the program reads a variable each time that it needs it. All others can have a say when Node starts, or what
 * is read of them may be kept: PATH, HOME, NODE_OPTIONS, the locale, the zone.
 */
function variesWithCommand(name: string): boolean {
  return name.startsWith('RANDOSE_') || VARYING.includes(name);
}

function surroundingsOf(env: NodeJS.ProcessEnv): string {
  const fixed = Object.entries(env).filter(([name]) => !variesWithCommand(name));
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- a test may set it, in this thread: there is no race
  const umask = process.umask();
  return JSON.stringify([umask, fixed.sort()]);
}
