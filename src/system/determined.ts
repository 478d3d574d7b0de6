import { AsyncLocalStorage } from 'node:async_hooks';
import { createCipheriv, randomBytes } from 'node:crypto';

/** Where chance and time come from, in a self-test: not from the machine. */
interface Determined {
  readonly bytes: (count: number) => Uint8Array;
  readonly now: () => string;
}

/** Bound to the calls below one `withDetermined`; nothing else in the process can come by it. */
const determined = new AsyncLocalStorage<Determined>();

/**
 * Does work for which chance and time are given: the same seed draws the same, and each look at the
 * clock is a second after the one before. For the self-test, whose studies are thrown away.
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

/** Whether this is a self-test, which leaves nothing outside its own folder. */
export function isDetermined(): boolean {
  return determined.getStore() !== undefined;
}

/** Random bytes from the operating system; in a self-test the ones that are given. */
export function drawBytes(count: number): Buffer {
  return Buffer.from(determined.getStore()?.bytes(count) ?? randomBytes(count));
}

/** What time it is, as milliseconds of ISO 8601 in UTC; in a self-test the one that is given. */
export function readClock(): string {
  return determined.getStore()?.now() ?? new Date().toISOString();
}

/**
 * Whether this is a self-test. A digest that has to differ if arms differ is explained there in a text; in
 * the compressed bytes of a PDF it cannot be, so the self-test has a blank in its place.
 */
export function isSelfTest(): boolean {
  return determined.getStore() !== undefined;
}
