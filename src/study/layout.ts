/** Where things are in a study folder; paths are relative to it, with forward slashes. */
export const STUDY_FILE = 'study.yaml';
export const ALLOCATION = 'allocation';
export const CALENDARS = 'calendars';
export const LABELS = 'labels';
/** Up to where each participant's calendar was exported, for `calendar --changes`. */
export const LAST_EXPORT = 'last-export.json';
export const LEDGER_FILE = 'ledger.jsonl';
export const LOCK_FILE = '.randose.lock';
/** Sealed files that were replaced, and unfinished ones: kept until somebody has verified the rest. */
export const SUPERSEDED = 'superseded';
/** Acts that could not be entered in the ledger, a file each, until a command enters them. */
export const PENDING = 'pending';
/** A random mark of this folder, and where it has been used: tells a copy from the folder itself. */
export const HOME_FILE = '.randose.home';
/** Whose ssh keys sign entries of the ledger, as OpenSSH writes such a file (ssh-keygen(1)). */
export const SIGNERS_FILE = 'allowed-signers';

/** Where the files of one batch of the allocation list are. */
export interface BatchFiles {
  readonly folder: string;
  readonly list: string;
  /** The public half of each slot's code-break card. */
  readonly cardRecipients: string;
  /** The folder of what is sealed; the batch's own until it is sealed anew. */
  readonly sealed: string;
  readonly manifest: string;
  readonly envelopes: string;
  readonly master: string;
  readonly packing: string;
  readonly cards: string;
  /** The study key, wrapped for the officers, where it takes several of them. */
  readonly custody: string;
  /** The signature of the manifest, of what was sealed after the first batch. */
  readonly signature: string;
  /** The secret half of the signing key, sealed; with the first batch and each rewrap of it. */
  readonly signing: string;
  /** Its public half. */
  readonly signingKey: string;
}

/**
 * The first batch lies in allocation/ itself, each further one in a folder of its own below it. What
 * is sealed lies in the batch's folder, and after a rewrap in one below that.
 *
 * @param rewrap how often the batch was sealed anew
 */
export function batchFiles(batch: number, rewrap = 0): BatchFiles {
  const folder = batch === 1 ? ALLOCATION : `${ALLOCATION}/batch-${batch}`;
  const sealed = rewrap === 0 ? folder : `${folder}/rewrap-${rewrap}`;
  return {
    folder,
    list: `${folder}/list.csv`,
    cardRecipients: `${folder}/card-recipients.csv`,
    sealed,
    manifest: `${sealed}/manifest.json`,
    envelopes: `${sealed}/envelopes`,
    master: `${sealed}/master.age`,
    packing: `${sealed}/packing.age`,
    cards: `${sealed}/cards.age`,
    custody: `${sealed}/custody`,
    signature: `${sealed}/manifest.sig`,
    signing: `${sealed}/signing.age`,
    signingKey: `${sealed}/signing.pub`,
  };
}

/** The envelope of a slot. */
export function envelopeFile(
  slot: { readonly batch: number; readonly number: string },
  rewrap = 0,
): string {
  return `${batchFiles(slot.batch, rewrap).envelopes}/${slot.number}.age`;
}
