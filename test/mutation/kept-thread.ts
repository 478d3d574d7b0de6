import type { Plugin } from 'vitest/config';
import { ThreadsPoolWorker, type PoolOptions, type WorkerRequest } from 'vitest/node';

/**
 * Runs tests in one thread that stays when they are done, with the modules that it has loaded. Vitest ends it after
 * each run, and the tests of a mutant would wait longer for modules than for themselves. It asks for `isolate: false`.
 */
export function keptThread(): Plugin {
  return {
    name: 'kept-thread',
    configureVitest({ project, vitest }) {
      const { config } = project;
      config.pool = 'kept-thread';
      vitest.onClose(() => kept?.end());
      config.poolRunner = {
        name: 'kept-thread',
        createPoolWorker: (options) => keptWorker(options),
      };
    },
  };
}

/** Runs after which there is a new thread: test files that are loaded again and again fill the memory. */
const MOST_RUNS = 60;

let kept: KeptThread | undefined;

function keptWorker(options: PoolOptions): KeptThread {
  kept ??= new KeptThread(options);
  return kept;
}

class KeptThread extends ThreadsPoolWorker {
  override readonly name = 'kept-thread';
  private readonly listeners: [event: string, callback: (message: unknown) => void][] = [];
  private started: Promise<void> | undefined;
  private runs = 0;

  override start(): Promise<void> {
    this.started ??= super.start();
    return this.started;
  }

  override on(event: string, callback: (message: unknown) => void): void {
    this.listeners.push([event, callback]);
    super.on(event, callback);
  }

  /** A thread that was told to stop would hear no more: it is not told. */
  override send(message: WorkerRequest): void {
    if (message.type !== 'stop') {
      super.send(message);
      return;
    }
    const stopped = { type: 'stopped', __vitest_worker_response__: true };
    for (const [event, callback] of this.listeners) if (event === 'message') callback(stopped);
  }

  override async stop(): Promise<void> {
    for (const [event, callback] of this.listeners.splice(0)) super.off(event, callback);
    this.runs += 1;
    if (this.runs === MOST_RUNS) await this.end();
  }

  async end(): Promise<void> {
    kept = undefined;
    await super.stop();
  }
}
