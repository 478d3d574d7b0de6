import * as v from 'valibot';
import { RandoseError } from '../errors.ts';
import type { Manifest } from './manifest.ts';

/** The facts of one batch that are published before the first participant. */
interface PublishedBatch {
  readonly manifest: Manifest;
  /** The SHA-256 of its manifest.json, as it was allocated. */
  readonly digest: string;
  /** The head of the ledger at its allocation: `sequence:hash`. */
  readonly ledger: string;
}

const KEYS = [
  ...['study', 'batch', 'list', 'created', 'software', 'algorithm', 'slots', 'leaves'],
  ...['root', 'manifest', 'ledger'],
] as const;
type Key = (typeof KEYS)[number];

/** One batch in a publication, as texts. */
export type Commitments = Readonly<Record<Key, string>>;

/** The part of the publication about one batch. */
export function publicationOf({ manifest, digest, ledger }: PublishedBatch): Commitments {
  const { study, batch, list, created, software, algorithm, slots, commitment } = manifest;
  const { leaves, root } = commitment;
  const numbers = { batch, algorithm, slots, leaves };
  const texts = Object.entries(numbers).map(([key, number]) => [key, String(number)]);
  return {
    study,
    list,
    created,
    software,
    root,
    manifest: digest,
    ledger,
    ...(Object.fromEntries(texts) as Record<keyof typeof numbers, string>),
  };
}

/**
 * The short text that is filed or published before the first participant. From then on nobody can replace the
 * list, its seed or an arm without being noticed. It contains no arm and no block.
 */
export function formatPublication(batches: readonly Commitments[]): string {
  const paragraphs = batches.map((batch) =>
    KEYS.map((key) => `${key.padEnd(11)}${batch[key]}\n`).join(''),
  );
  return `${COMMITMENT_TITLE}\n\n${paragraphs.join('\n')}`;
}

/** The first line of a commitment. */
export const COMMITMENT_TITLE = 'randose commitment 1';

const PARAGRAPH = v.strictObject(
  Object.fromEntries(KEYS.map((key) => [key, v.string()])) as Record<
    Key,
    v.StringSchema<undefined>
  >,
);

/**
 * Reads a filed commitment.
 *
 * @param file its name, for the errors
 * @throws RandoseError `bad-data` if it is not a commitment
 */
export function readPublication(text: string, file: string): Commitments[] {
  const [title, ...paragraphs] = text
    .replace(/\r\n/g, '\n')
    .trim()
    .split(/\n{2,}/);
  const batches = paragraphs.map((paragraph) => {
    const pairs = paragraph.split('\n').map((line) => /^(\S+)\s+(.*?)\s*$/.exec(line) ?? []);
    return v.safeParse(
      PARAGRAPH,
      Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, value])),
    );
  });
  const read = batches.flatMap((batch) => (batch.success ? [batch.output] : []));
  const isCommitment = title === COMMITMENT_TITLE;
  if (isCommitment && read.length > 0 && read.length === batches.length) return read;
  const why = isCommitment
    ? 'its lines are not those of a commitment'
    : `it does not begin with "${COMMITMENT_TITLE}"`;
  throw new RandoseError('bad-data', `${file} is not a commitment: ${why}`, {
    hint: 'Get the text that was filed before the first participant, whole, from where it was filed, such as the trial master file or the registry. A commitment that is printed now from this study proves nothing about it.',
  });
}
