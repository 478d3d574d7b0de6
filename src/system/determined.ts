import { AsyncLocalStorage } from 'node:async_hooks';
import { createCipheriv, randomBytes } from 'node:crypto';

/** The random bytes and the time that a self-test uses instead of the machine's. */
interface Determined {
  readonly bytes: (count: number) => Uint8Array;
  readonly now: () => string;
}

/** Bound to the calls within one `withDetermined`; no other code in the process can reach it. */
const determined = new AsyncLocalStorage<Determined>();

/**
 * Runs work with given random bytes and time: the same seed draws the same bytes, and each reading of the
 * clock is one second after the one before. Only for the self-test, which deletes its studies afterwards.
 *
 * @param seed 32 bytes
 * @param start an instant in ISO 8601
 */
export async function withDetermined<T>(
  seed: Uint8Array,
  start: string,
  work: () => Promise<T>,
): Promise<T> {
  const stream = createCipheriv('aes-256-ctr', seed, Buffer.alloc(16));
  let time = Date.parse(start);
  return determined.run(
    {
      bytes: (count) => stream.update(Buffer.alloc(count)),
      now: () => {
        time += 1000;
        return new Date(time).toISOString();
      },
    },
    work,
  );
}

/** Whether a self-test is running: chance and time are given, and the user's state folder is left alone. */
export function isSelfTest(): boolean {
  return determined.getStore() !== undefined;
}

/** Random bytes from the operating system; in a self-test from its seed. */
export function drawBytes(count: number): Buffer {
  return Buffer.from(determined.getStore()?.bytes(count) ?? randomBytes(count));
}

/** The current time, ISO 8601, UTC, to the millisecond; in a self-test the given one. */
export function readClock(): string {
  return determined.getStore()?.now() ?? new Date().toISOString();
}
