/** Where things are in a study folder; paths are relative to it, with forward slashes. */
export const STUDY_FILE = 'study.yaml';
export const ALLOCATION = 'allocation';
export const CALENDARS = 'calendars';
export const LEDGER_FILE = 'ledger.jsonl';
export const LOCK_FILE = '.randose.lock';

/** Where the files of one batch of the allocation list are. */
export interface BatchFiles {
  readonly folder: string;
  readonly list: string;
  readonly manifest: string;
  readonly envelopes: string;
  readonly master: string;
  readonly packing: string;
}

/** The first batch lies in allocation/ itself, each further one in a folder of its own below it. */
export function batchFiles(batch: number): BatchFiles {
  const folder = batch === 1 ? ALLOCATION : `${ALLOCATION}/batch-${batch}`;
  return {
    folder,
    list: `${folder}/list.csv`,
    manifest: `${folder}/manifest.json`,
    envelopes: `${folder}/envelopes`,
    master: `${folder}/master.age`,
    packing: `${folder}/packing.age`,
  };
}

/** The envelope of a slot. */
export function envelopeFile(slot: { readonly batch: number; readonly number: string }): string {
  return `${batchFiles(slot.batch).envelopes}/${slot.number}.age`;
}
