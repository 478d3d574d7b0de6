/** Where things are in a study folder; paths are relative to it, with forward slashes. */
export const STUDY_FILE = 'study.yaml';
export const ALLOCATION = 'allocation';
export const LIST_FILE = 'allocation/list.csv';
export const MANIFEST_FILE = 'allocation/manifest.json';
export const ENVELOPES = 'allocation/envelopes';
export const MASTER_FILE = 'allocation/master.age';
export const PACKING_FILE = 'allocation/packing.age';
export const CALENDARS = 'calendars';
export const LEDGER_FILE = 'ledger.jsonl';
export const LOCK_FILE = '.randose.lock';

/** The envelope of a slot. */
export function envelopeFile(randomizationNumber: string): string {
  return `${ENVELOPES}/${randomizationNumber}.age`;
}
