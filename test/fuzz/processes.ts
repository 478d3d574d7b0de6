import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { program as config } from '../../rolldown.config.ts';
import { RANDOSE } from '../support/command-line.ts';

const MACHINE = join(import.meta.dirname, 'machine.cjs');

/** A command line, and what the machine is like on which it runs. */
export interface Order {
  readonly words: readonly string[];
  readonly folder: string;
  /** As RANDOSE_FUZZ_MACHINE in machine.cjs. */
  readonly machine: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Result {
  /** Null if the process did not come to its end: it crashed, or it took too long. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  /** Milliseconds of the processor: other programs do not make it longer. */
  readonly cpu: number;
}

/** Runs a command line; what takes longer than this is killed. */
export type Runs = (order: Order, longest: number) => Promise<Result>;

/** Bundles the worker as the program is bundled. @returns its path */
export async function bundleWorker(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'randose-fuzz-worker-'));
  const { plugins } = config as { plugins: { name?: string }[] };
  const bundle = await rolldown({
    input: { worker: join(import.meta.dirname, 'worker.ts') },
    platform: 'node',
    // The licences and the bill of materials are about the program.
    plugins: plugins.filter(({ name = '' }) =>
      /^file-|^folder-|^holiday-|^unused-/.test(name),
    ) as never,
    cwd: join(import.meta.dirname, '..', '..'),
    logLevel: 'warn',
  });
  await bundle.write({
    dir,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    dynamicImportInCjs: false,
  });
  return join(dir, 'worker.cjs');
}

/** A process that stays, for many command lines. It is started anew if it crashes, and now and then. */
export class Worker {
  readonly #path: string;
  #child: ChildProcess | undefined;
  #runs = 0;
  #said = '';

  constructor(path: string) {
    this.#path = path;
  }

  readonly run: Runs = async (order, longest) => {
    if (this.#runs > 400) this.end();
    const child = (this.#child ??= this.#start());
    this.#runs += 1;
    const begin = performance.now();
    return new Promise((resolve) => {
      const done = (result: Partial<Result>, isOver: boolean): void => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        const milliseconds = performance.now() - begin;
        resolve({ status: null, stdout: '', stderr: this.#said, milliseconds, cpu: 0, ...result });
        if (isOver) this.end();
      };
      const timer = setTimeout(() => {
        done({ stderr: `${this.#said}\nkilled: it took longer than ${longest} ms\n` }, true);
      }, longest);
      child.once('message', (result: Result) => {
        done(result, false);
      });
      child.once('exit', () => {
        done({}, true);
      });
      child.send(order);
    });
  };

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#runs = 0;
  }

  #start(): ChildProcess {
    this.#said = '';
    const child = fork(this.#path, {
      execArgv: ['--require', MACHINE],
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr!.on('data', (data: Buffer) => (this.#said += data.toString()));
    return child;
  }
}

/** Runs a command line as its user does: the built program, in a process of its own. */
export const runAlone: Runs = ({ words, folder, machine, env }, longest) =>
  new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, ['--require', MACHINE, RANDOSE, ...words], {
      cwd: folder,
      env: { ...process.env, ...env, NODE_OPTIONS: '', RANDOSE_FUZZ_MACHINE: machine },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      timeout: longest,
      killSignal: 'SIGKILL',
    });
    const kept = { stdout: '', stderr: '' };
    let used = '';
    child.stdout!.on('data', (data: Buffer) => (kept.stdout += data.toString()));
    child.stderr!.on('data', (data: Buffer) => (kept.stderr += data.toString()));
    child.stdio[3]!.on('data', (data: Buffer) => (used += data.toString()));
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, ...kept, milliseconds: performance.now() - begin, cpu: Number(used) });
    });
  });
