import type { Entry } from './entry.ts';

/** One sealing of a batch, by its allocation or by a rewrap. Its manifest says to whom. */
export interface Wrapping {
  readonly batch: number;
  /** 0 for the allocation, then the number of the rewrap. */
  readonly rewrap: number;
  /** The SHA-256 of the manifest. */
  readonly manifest: string;
}

/** Every wrapping of each batch, the one in use last; batches in the order of the ledger. */
export function wrappingsOf(entries: readonly Entry[]): Map<number, Wrapping[]> {
  const wrappings = new Map<number, Wrapping[]>();
  const add = (wrapping: Wrapping) => {
    wrappings.set(wrapping.batch, [...(wrappings.get(wrapping.batch) ?? []), wrapping]);
  };
  for (const entry of entries) {
    if (entry.action === 'allocation') {
      add({ batch: entry.batch, rewrap: 0, manifest: entry.manifest });
    }
    if (entry.action === 'rewrap outcome') entry.manifests.forEach(add);
  }
  return wrappings;
}
