import { parentPort, workerData } from 'node:worker_threads';
import { type EnvelopeGroup, sealerHere } from '../../blinding/sealer.ts';

/** Sealed age files one after the other: bytes that belong to nobody else can be handed over without a copy. */
export interface SealedGroup {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The length of each file. */
  readonly lengths: readonly number[];
}

/** What a thread does that seals envelopes: it answers each group with its age files, until it is stopped. */
export function sealInThisThread(): void {
  const sealer = sealerHere(workerData as readonly string[]);
  parentPort?.on('message', (group: EnvelopeGroup) => {
    void sealer.seal(group).then((files) => {
      const bytes = new Uint8Array(files.reduce((sum, { length }) => sum + length, 0));
      let place = 0;
      for (const file of files) {
        bytes.set(file, place);
        place += file.length;
      }
      const sealed: SealedGroup = { bytes, lengths: files.map(({ length }) => length) };
      parentPort?.postMessage(sealed, [bytes.buffer]);
    });
  });
}
