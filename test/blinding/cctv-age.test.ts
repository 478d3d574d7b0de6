import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { armor, Decrypter } from 'age-encryption';
import * as files from 'cctv-age';
import { describe, expect, test } from 'vitest';
import { unseal } from '../../src/blinding/seal.ts';
import { RandoseError } from '../../src/errors.ts';

/**
 * The age test vectors of the Community Cryptography Test Vectors (github.com/C2SP/CCTV): files that
 * an implementation must read, and files that it must refuse, with the stage. They test first the
 * library, then randose's own code that uses it.
 */
interface Vector {
  readonly name: string;
  readonly expect: string;
  /** SHA-256 of the plaintext that may be released, also if the file fails later. */
  readonly payload: string | undefined;
  readonly identities: readonly string[];
  readonly passphrases: readonly string[];
  readonly armored: boolean;
  readonly file: Uint8Array;
}

const EXPECTATIONS = [
  'success',
  'no match',
  'HMAC failure',
  'header failure',
  'payload failure',
  'armor failure',
];
const KEYS = [
  ...['expect', 'payload', 'identity', 'passphrase', 'armored', 'compressed', 'file key'],
  'comment',
];

function readVector(name: string, bytes: Uint8Array): Vector {
  const whole = Buffer.from(bytes);
  const end = whole.indexOf('\n\n');
  const pairs = whole
    .subarray(0, end)
    .toString()
    .split('\n')
    .map((line) => /^([^:]+): (.*)$/.exec(line)!.slice(1) as [string, string]);
  for (const [key] of pairs) expect(KEYS, `${name} has what is not known here`).toContain(key);
  const all = (key: string) => pairs.filter((pair) => pair[0] === key).map((pair) => pair[1]);
  const [expectation] = all('expect');
  expect(EXPECTATIONS).toContain(expectation);
  const body = whole.subarray(end + 2);
  return {
    name,
    expect: expectation!,
    payload: all('payload')[0],
    identities: all('identity'),
    passphrases: all('passphrase'),
    armored: all('armored').includes('yes'),
    file: all('compressed').includes('zlib') ? inflateSync(body) : body,
  };
}

const vectors = Object.entries(files as unknown as Record<string, Uint8Array>).map(
  ([name, bytes]) => readVector(name, bytes),
);

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

test('all of them are there', () => {
  expect(vectors).toHaveLength(143);
});

/**
 * Refused, as they must be, but because of a wrong HMAC instead of an invalid header: the library
 * accepts an HMAC of any length and finds it unequal. Nothing is opened either way.
 */
const UNEQUAL_LENGTH = ['hmac_garbage', 'hmac_missing', 'hmac_truncated'];

/**
 * Refused, as they must be, but after one chunk less of plaintext than the vectors say: the library
 * keeps a full chunk until it knows whether another follows, while the reference implementation
 * tries the chunk both ways and releases it. The number of chunks that the library releases:
 */
const HELD_BACK: Readonly<Record<string, 0 | 1>> = {
  armor_garbage_encoded: 0,
  stream_no_final_full: 0,
  stream_no_final_two_chunks_full: 1,
  stream_trailing_garbage_long: 0,
  stream_trailing_garbage_short: 0,
  stream_two_final_chunks: 0,
  stream_two_final_chunks_full: 0,
  stream_two_final_chunks_second: 1,
};
const ONE_CHUNK = vectors.find(({ name }) => name === 'stream_no_final_two_chunks')!.payload!;

function expected({ name, expect: result, payload }: Vector) {
  if (UNEQUAL_LENGTH.includes(name)) return { result: 'HMAC failure', payload: undefined };
  const chunks = HELD_BACK[name];
  if (chunks === undefined) return { result, payload };
  return { result, payload: chunks === 0 ? sha256('') : ONE_CHUNK };
}

describe('the library', () => {
  test.each(vectors)('$name: $expect', async (vector) => {
    expect(await outcome(vector, Number.POSITIVE_INFINITY)).toEqual(expected(vector));
  });

  test.each(
    vectors.filter(({ file, passphrases }) => file.length < 3000 && passphrases.length === 0),
  )('$name: $expect, in small pieces', async (vector) => {
    for (const most of [1, 7]) {
      expect(await outcome(vector, most)).toEqual(expected(vector));
    }
  });

  async function outcome(vector: Vector, most: number) {
    let file = vector.file;
    if (vector.armored) {
      try {
        file = armor.decode(Buffer.from(file).toString('latin1'));
      } catch {
        return { result: 'armor failure', payload: undefined };
      }
    }
    const decrypter = new Decrypter();
    for (const identity of vector.identities) decrypter.addIdentity(identity);
    for (const passphrase of vector.passphrases) decrypter.addPassphrase(passphrase);
    let plaintext: ReadableStream<Uint8Array>;
    try {
      plaintext = await decrypter.decrypt(inPieces(file, most));
    } catch (error) {
      return { result: stageOf(error), payload: undefined };
    }
    const released = createHash('sha256');
    let result = 'success';
    try {
      for await (const chunk of plaintext) released.update(chunk);
    } catch {
      result = 'payload failure';
    }
    return { result, payload: released.digest('hex') };
  }

  function stageOf(error: unknown): string {
    if (!(error instanceof Error)) return 'no error';
    if (error.message === "no identity matched any of the file's recipients") return 'no match';
    return error.message === 'invalid header HMAC' ? 'HMAC failure' : 'header failure';
  }

  function inPieces(file: Uint8Array, most: number): ReadableStream<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (let from = 0; from < file.length; from += most) {
      pieces.push(file.subarray(from, Math.min(file.length, from + most)));
    }
    return ReadableStream.from(pieces);
  }
});

describe('unseal', () => {
  // The vectors for keys; randose opens nothing else with a passphrase.
  test.each(vectors.filter(({ identities }) => identities.length > 0))(
    '$name: $expect',
    async (vector) => {
      const { identities, armored, file } = vector;
      const result = await unseal(file, identities, 'the file').catch((error: unknown) => error);
      if (vector.expect === 'success' && !armored) {
        const decrypter = new Decrypter();
        for (const identity of identities) decrypter.addIdentity(identity);
        const plaintext = await decrypter.decrypt(file);
        expect(sha256(plaintext)).toBe(vector.payload);
        // randose seals only text; some of the long vectors are not text.
        if (isUtf8(plaintext)) expect(result === Buffer.from(plaintext).toString()).toBe(true);
        else expect((result as RandoseError).code).toBe('not-trusted');
        return;
      }
      expect(result).toBeInstanceOf(RandoseError);
      expect((result as RandoseError).code).toBe(refusal(vector));
    },
  );

  function refusal({ name, expect: expectation, armored }: Vector): string {
    // randose seals without armor, and does not read it.
    if (armored) return 'not-trusted';
    // Only with its passphrase could one see that this header is not allowed; without it there is
    // just no stanza for the key.
    if (name === 'scrypt_and_x25519') return 'wrong-key';
    return expectation === 'no match' ? 'wrong-key' : 'not-trusted';
  }
});
