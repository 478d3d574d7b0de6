import { readRecipient, sealFor } from './seal.ts';

/** Envelopes that are sealed together. Each is for the same people, and for one recipient of its own. */
export interface EnvelopeGroup {
  readonly texts: readonly string[];
  /** As many as there are texts. */
  readonly recipients: readonly string[];
}

/** A sealed file: its bytes, or what reads them from where they wait. */
export type SealedFile = Uint8Array | Iterable<Uint8Array>;

/** What seals envelopes for the same people. */
export interface Sealer<File = SealedFile> {
  /** How many groups it seals at the same time. */
  readonly sideBySide: number;
  /** Seals a group. @returns the age files, in the order of the texts */
  seal(group: EnvelopeGroup): Promise<File[]>;
  /** Frees what it holds. It seals nothing afterwards. */
  close(): void;
}

/**
 * Makes what seals envelopes.
 *
 * @param people who can open each of them: age recipients
 * @param count how many envelopes there will be
 */
export type OpenSealer = (people: readonly string[], count: number) => Sealer | Promise<Sealer>;

/** Seals in this thread. */
export function sealerHere(people: readonly string[]): Sealer<Uint8Array> {
  const common = people.map(readRecipient);
  return {
    sideBySide: 1,
    seal: async ({ texts, recipients }) => {
      const files: Uint8Array[] = [];
      for (const [place, text] of texts.entries()) {
        files.push(await sealFor([...common, recipients[place]!])(text));
      }
      return files;
    },
    close: () => undefined,
  };
}
