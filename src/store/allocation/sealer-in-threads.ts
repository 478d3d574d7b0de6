import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isSea } from 'node:sea';
import type { Worker } from 'node:worker_threads';
import {
  type EnvelopeGroup,
  type OpenSealer,
  type Sealer,
  sealerHere,
} from '../../blinding/sealer.ts';
import { exists } from '../../system/files.ts';
import { TemporaryFile } from '../../system/temporary-file.ts';
import type { SealedGroup } from './sealing-thread.ts';

/** Fewer envelopes are sealed before a thread has started, and take little memory. */
const FEWEST = 512;
/** Each thread needs memory of its own. */
const MOST_THREADS = 4;
/** What a thread makes is soon done with: more of it at the same time would only take more memory. */
const YOUNG_GENERATION_MB = 12;
/** The program of a thread. It is beside the one that runs; sources and the single executable have none. */
const PROGRAM = join(import.meta.dirname, 'sealing-thread.cjs');

/**
 * Seals many envelopes in as many threads as the machine runs at the same time, up to four; sealed, they wait in a temporary
 * file. A thread that cannot start, or stops, costs time only: what it was given is sealed here.
 */
export const sealerInThreads: OpenSealer = async (people, count) => {
  const here = sealerHere(people);
  if (count < FEWEST) return here;
  const threads = Math.min(availableParallelism(), MOST_THREADS);
  if (threads < 2 || isSea() || !exists(PROGRAM)) return withFilesOnDisk(here);
  const { Worker: Thread } = await import('node:worker_threads');
  const settings = {
    workerData: people,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  };
  const all = Array.from({ length: threads }, () => new Thread(PROGRAM, settings));
  let free = all;
  for (const thread of all) {
    // It may stop while it has nothing to seal, too. An error is followed by its exit.
    thread
      .on('error', () => undefined)
      .once('exit', () => {
        free = free.filter((one) => one !== thread);
      });
  }
  return withFilesOnDisk({
    sideBySide: threads,
    seal: async (group) => {
      const [thread, ...others] = free;
      if (thread === undefined) return here.seal(group);
      free = others;
      const files = await sealedBy(thread, group);
      if (files === undefined) return here.seal(group);
      free = [...free, thread];
      return files;
    },
    close: () => {
      for (const thread of all) void thread.terminate();
    },
  });
};

/** What seals, with the sealed files in a temporary file until they are used. */
function withFilesOnDisk(sealer: Sealer<Uint8Array>): Sealer {
  const waiting = new TemporaryFile();
  return { ...sealer, seal: async (group) => waiting.keep(await sealer.seal(group)) };
}

/** The age files of a group that a thread seals; undefined if the thread stops before. */
function sealedBy(thread: Worker, group: EnvelopeGroup): Promise<Uint8Array[] | undefined> {
  return new Promise((resolve) => {
    const stopped = () => {
      resolve(undefined);
    };
    thread.once('exit', stopped);
    thread.once('message', ({ bytes, lengths }: SealedGroup) => {
      thread.off('exit', stopped);
      let end = 0;
      resolve(lengths.map((length) => bytes.subarray(end, (end += length))));
    });
    thread.postMessage(group);
  });
}
