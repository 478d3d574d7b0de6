/** The places of files in a study folder. Paths are relative to it, with forward slashes. */
export const STUDY_FILE = 'study.yaml';
/** A copy of the study.yaml that was accepted last, so that an edit that goes wrong can be undone. */
export const KEPT_STUDY_FILE = '.randose.study.yaml';
/** The JSON Schema of study.yaml, for editors. `init` writes it; nothing reads it. */
export const STUDY_SCHEMA_FILE = 'study.schema.json';
/** That of the plan, beside the plan and so outside the study folder. */
export const PLAN_SCHEMA_FILE = 'plan.schema.json';
export const ALLOCATION = 'allocation';
/** What is drawn or rewrapped is written here, and moved into its place when it is whole. */
export const UNFINISHED = `${ALLOCATION}.partial`;
export const CALENDARS = 'calendars';
export const EXPORTS = 'exports';
export const LABELS = 'labels';
/** The last entry that each participant's exported calendar has, for `calendar --changes`. */
export const LAST_EXPORT = 'last-export.json';
export const LEDGER_FILE = 'ledger.jsonl';
/** That the ledger of this folder is in a database: which kind, of which study, with which first entry. No host, no secret. */
export const LEDGER_STORE_FILE = 'ledger-store';
/** The entries of a ledger in a database that were seen here last, for an outage. */
export const SEEN_ENTRIES_FILE = 'seen-entries.jsonl';
export const LOCK_FILE = '.randose.lock';
/** Sealed files that were replaced, and unfinished ones. randose keeps them until somebody has verified the rest. */
export const SUPERSEDED = 'superseded';
/** Acts that could not be entered in the ledger, one file each, until a command enters them. */
export const PENDING = 'pending';
/** A random mark of this folder, and the places where it was used. It tells a copy from the folder itself. */
export const HOME_FILE = '.randose.home';
/** The people whose ssh keys sign entries of the ledger, in the format of OpenSSH (ssh-keygen(1)). */
export const SIGNERS_FILE = 'allowed-signers';

/** Where the files of one batch of the allocation list are. */
export interface BatchFiles {
  readonly folder: string;
  readonly list: string;
  /** The public half of each slot's code-break card. */
  readonly cardRecipients: string;
  /** The folder of what is sealed: the batch's own until a rewrap. */
  readonly sealed: string;
  readonly manifest: string;
  readonly envelopes: string;
  readonly master: string;
  readonly packing: string;
  readonly cards: string;
  /** The study key, wrapped for the officers, if several of them must open together. */
  readonly custody: string;
  /** The signature of the manifest, for everything that was sealed after the first batch. */
  readonly signature: string;
  /** The secret half of the signing key, sealed, with the first batch and each rewrap of it. */
  readonly signing: string;
  /** Its public half. */
  readonly signingKey: string;
}

/**
 * The first batch is in allocation/ itself, and each further one in its own folder below. What is sealed is
 * in the batch's folder, and after a rewrap in a folder below that.
 *
 * @param rewrap how often the batch was rewrapped
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
