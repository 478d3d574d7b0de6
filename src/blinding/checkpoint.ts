import { makeTree } from './merkle-tree.ts';
import { RandoseError } from '../errors.ts';

/**
 * How far a ledger was, as a checkpoint of a transparency log says it (C2SP tlog-checkpoint,
 * https://c2sp.org/tlog-checkpoint). The leaves of its tree are the hashes of the entries, 32 bytes each.
 */
export interface Checkpoint {
  /** Which ledger: its study, and the beginning of the hash of its first entry. */
  readonly origin: string;
  /** How many entries. */
  readonly size: number;
  /** The root over their hashes, in hexadecimal. */
  readonly root: string;
}

/** The checkpoint of a ledger with these hashes of its entries, in their order; at least one. */
export function checkpointOf(study: string, hashes: readonly string[]): Checkpoint {
  return {
    origin: `randose/${study}/${hashes[0]!.slice(0, 16)}`,
    size: hashes.length,
    root: rootOver(hashes),
  };
}

/** The root over the hashes of the first entries of a ledger. */
export function rootOver(hashes: readonly string[]): string {
  return makeTree(hashes.map((hash) => Buffer.from(hash, 'hex'))).root;
}

/** A checkpoint as text: the body of a signed note, without a signature. Somebody files it, or signs it. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n`;
}

/**
 * Reads a checkpoint. Whatever follows the three lines, such as signatures of witnesses, is left to those who check them.
 *
 * @throws RandoseError `bad-data`, with the line, if it is not a checkpoint
 */
export function readCheckpoint(text: string, file: string): Checkpoint {
  const [origin = '', size = '', root = ''] = text.split(/\r?\n/);
  const bytes = Buffer.from(root, 'base64');
  const line =
    origin === ''
      ? 1
      : !/^[1-9]\d{0,8}$/.test(size)
        ? 2
        : bytes.length !== 32 || bytes.toString('base64') !== root
          ? 3
          : undefined;
  if (line === undefined) return { origin, size: Number(size), root: bytes.toString('hex') };
  throw new RandoseError('bad-data', `${file} is not a checkpoint`, {
    problems: [
      {
        file,
        line,
        message: `expected ${['the ledger', 'the number of entries', 'the root'][line - 1]!}`,
      },
    ],
    hint: 'It is a text of three lines that randose wrote: randose commitment --checkpoint --output FILE',
  });
}
