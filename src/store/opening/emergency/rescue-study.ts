import { join } from 'node:path';
import type { Commitments } from '../../../blinding/published.ts';
import { RandoseError } from '../../../errors.ts';
import type { Head } from '../../../ledger/chain.ts';
import { mistypedReceipt } from '../../../ledger/mistyped-receipt.ts';
import { entriesOf, type Entry } from '../../../ledger/entry.ts';
import type { SalvagedLedger } from '../../../ledger/salvage.ts';
import { withCurrentIds } from '../../../ledger/subject-ids.ts';
import {
  ALLOCATION,
  LEDGER_FILE,
  STUDY_FILE,
  SUPERSEDED,
  UNFINISHED,
} from '../../../study/layout.ts';
import { type Domain, DUMMY_MARK, type Study } from '../../../study/study.ts';
import { exists, readableFilesBelow } from '../../../system/files.ts';
import {
  type HomeView,
  enterFromCommand,
  lastUsedCopy,
  placeText,
  rivalsOf,
  viewHome,
} from '../../folder/home.ts';
import { checkSignatures } from '../../verify/signed-manifests.ts';
import { batchOfFile, numberOfFile } from '../envelope-paths.ts';
import { rescueBatch, type RescuedBatch } from './rescue-batch.ts';
import { type ChangedFile, orUndefined, rescueLedger, rescueStudyFile } from './rescue-files.ts';

/** A study, as far as it can be read: for a code-break, which no other file may stop. */
export interface RescuedStudy {
  readonly root: string;
  /** Whether the ledger is in a database, so that there are no copies of it in folders. */
  readonly isInDatabase: boolean;
  /** The folder among its copies; undefined if that could not be found, or if the ledger is in a database. */
  readonly home: HomeView | undefined;
  readonly domain: Domain;
  /** Undefined if study.yaml cannot be read or has errors. */
  readonly study: Study | undefined;
  /** The content of study.yaml, even if it has errors; empty if it cannot be read. */
  readonly text: Uint8Array | string;
  /** Its `whole` entries have each participant's current id (`subject-ids.ts`). */
  readonly ledger: SalvagedLedger;
  /**
   * Why the ledger that is there is not the one of this study as it is: it is older than one that was seen here, has
   * other entries, or does not name the manifest that is there. Whoever restores the right one replaces it, and what was
   * entered in it. Undefined if nothing says so.
   */
  readonly notTheLedger: string | undefined;
  readonly batches: readonly RescuedBatch[];
  /** Every envelope in the folder, old ones too, as paths relative to it. */
  readonly envelopes: readonly string[];
  /** What could not be checked, a line each, without a full stop. */
  readonly doubts: readonly string[];
  /** Files of which only line ends or the encoding were changed, which is proven. */
  readonly changed: readonly ChangedFile[];
}

/** The batch that an envelope's path names; undefined if nothing in it can be read. */
export function batchOfEnvelope({ batches }: RescuedStudy, file: string): RescuedBatch | undefined {
  return batches.find(({ batch }) => batch === batchOfFile(file));
}

/** What somebody filed before the trial, and has brought. */
export interface Filed {
  /** The commitments of each batch; undefined if none was given. */
  readonly commitments: readonly Commitments[] | undefined;
  readonly receipts: readonly Head[];
}

/**
 * Reads what can be read of a study folder. Whatever is missing, damaged or altered becomes a doubt.
 *
 * @param served the ledger, if it is in a database
 * @throws RandoseError `not-found` if there is no envelope in the folder
 */
export function rescueStudy(
  root: string,
  { commitments, receipts }: Filed,
  served?: SalvagedLedger,
): RescuedStudy {
  const envelopes = findEnvelopes(root);
  if (envelopes.length === 0) throw noEnvelopes(root);
  const file = rescueStudyFile(root);
  const ledger = served ?? rescueLedger(root);
  const home = served === undefined ? orUndefined(() => viewHome(root)) : undefined;
  const missing = receipts.filter((receipt) => !hasHead(ledger.sound, receipt));
  const trusted = missing.length === 0 ? ledger.sound : [];
  const unsigned = orUndefined(() => checkSignatures(root, trusted).problems) ?? [];
  const known = { trusted, unsigned, commitments, envelopes };
  const batches = batchesOf(ledger.entries, envelopes).map((one) => rescueBatch(root, one, known));
  const domain = domainOf(envelopes);
  return {
    root,
    isInDatabase: served !== undefined,
    home,
    domain,
    study: file.study,
    text: file.text,
    ledger: { ...ledger, whole: [...withCurrentIds(ledger.whole)] },
    notTheLedger: whyNotTheLedger(home, batches, ledger),
    batches: batches.map(({ batch }) => batch),
    envelopes,
    doubts: [
      ...file.doubts,
      ...ledgerDoubts(ledger, home?.older),
      ...(home === undefined ? [] : [...rivalDoubts(home), ...copyDoubts(home)]),
      ...missing.map(
        (receipt) =>
          mistypedReceipt(receipt, ledger.sound) ??
          `${LEDGER_FILE} does not match the filed receipt of entry ${receipt.seq}`,
      ),
      ...batches.flatMap(({ doubts }) => doubts),
      ...domainDoubts(file.study, domain),
    ],
    changed: [
      ...(ledger.changes.length === 0 ? [] : [{ file: LEDGER_FILE, changes: ledger.changes }]),
      ...batches.flatMap(({ changed }) => changed),
    ],
  };
}

/** Every envelope in a study folder, in force or not, as a path relative to it. An interrupted run may have left some. */
function findEnvelopes(root: string): string[] {
  return [ALLOCATION, SUPERSEDED, UNFINISHED]
    .flatMap((folder) => {
      return readableFilesBelow(join(root, folder)).map((file) => `${folder}/${file}`);
    })
    .filter((file) => /\/envelopes\/[^/]+\.age$/.test(file));
}

function hasHead(entries: readonly Entry[], { seq, hash }: Head): boolean {
  return entries.some((entry) => entry.seq === seq && entry.hash === hash);
}

function whyNotTheLedger(
  home: HomeView | undefined,
  batches: readonly { readonly isAltered: boolean }[],
  { doubts: [first] }: SalvagedLedger,
): string | undefined {
  const { older, isSeen = false } = home ?? {};
  // A ledger that is missing, or that cannot be read, is not an older one.
  if (older?.now.seq === 0 && first !== undefined) return first;
  if (older?.gone !== undefined) return `${LEDGER_FILE} ${older.gone}`;
  if (older !== undefined) {
    return older.now.seq < older.seen.seq
      ? `${LEDGER_FILE} is an older one`
      : `${LEDGER_FILE} has other entries than the one that was seen here`;
  }
  // If the ledger is the one that was seen here, it is the manifest that somebody changed.
  const isOther = !isSeen && batches.some(({ isAltered }) => isAltered);
  return isOther ? `${LEDGER_FILE} and the manifest in ${ALLOCATION}/ do not fit` : undefined;
}

/** What is wrong with the ledger, and whether it is an old one. */
function ledgerDoubts({ doubts }: SalvagedLedger, older: HomeView['older']): string[] {
  const [first, ...others] = doubts;
  if (older === undefined) return [...doubts];
  const { now, seen } = older;
  // A ledger that is missing or empty is an old one too: that is one thing to say.
  if (now.seq === 0 && first !== undefined) {
    return [`${first}: it had ${seen.seq} entries when it was seen here last`, ...others];
  }
  return [
    ...doubts,
    now.seq < seen.seq
      ? `${LEDGER_FILE} ends at ${now.seq}, but a newer one, up to ${seen.seq}, was seen here: entries are missing. ${RESTORE_LEDGER}`
      : `${LEDGER_FILE} has other entries than the one that was seen here. ${RESTORE_LEDGER}`,
  ];
}

const RESTORE_LEDGER = 'Restore the newest one from a backup, and keep the folder pending/';

/** The other copies of the study that were used. */
function rivalDoubts(home: HomeView): string[] {
  return rivalsOf(home).map(({ path }) => {
    return `another copy of this study, at ${path}, has been used too: compare the number and the kit with the box`;
  });
}

/** That a code-break in a copy of the folder is not on record where the study is in use. */
function copyDoubts(home: HomeView): string[] {
  const { lastUsed, place } = home;
  if (lastUsed === undefined) return [];
  const used = placeText(lastUsed, place);
  if (lastUsedCopy(home) === undefined) {
    return [
      `whether this is the folder in use: the study was last used at ${used}. If that is another folder, enter this code-break there too: randose ledger --enter-from, there, with the ledger from here`,
    ];
  }
  return [
    `whether the ledger in use has the same entries: this folder is a copy, and the study was last used at ${used}. The ledger in use does not have this code-break: enter it there too, and keep that folder in use: ${enterFromCommand(lastUsed.path, place.path)}`,
  ];
}

/** The batches of which the ledger has an entry, or the folder an envelope. */
function batchesOf(entries: readonly Entry[], envelopes: readonly string[]): number[] {
  const found = new Set(entriesOf(entries, 'allocation').map(({ batch }) => batch));
  for (const file of envelopes) found.add(batchOfFile(file));
  return [...found].sort((a, b) => a - b);
}

/**
 * Whether most of the numbers are those of a rehearsal: each of them says so. A file that somebody adds or
 * alters changes nothing.
 */
function domainOf(envelopes: readonly string[]): Domain {
  const marked = envelopes.filter((file) => numberOfFile(file).startsWith(DUMMY_MARK));
  return 2 * marked.length > envelopes.length ? 'dummy' : 'production';
}

function domainDoubts(study: Study | undefined, domain: Domain): string[] {
  if (study === undefined || study.domain === domain) return [];
  const what = domain === 'dummy' ? 'a rehearsal' : 'a trial';
  return [`the randomization numbers say that this is ${what}, but ${STUDY_FILE} does not`];
}

function noEnvelopes(root: string): RandoseError {
  const isBegun = [STUDY_FILE, LEDGER_FILE].some((file) => exists(join(root, file)));
  const hasList = exists(join(root, LEDGER_FILE)) || exists(join(root, ALLOCATION));
  if (isBegun && !hasList) {
    return new RandoseError('not-found', 'this study has no allocation list yet', {
      hint: 'A statistician makes it: randose allocate --plan FILE',
    });
  }
  return new RandoseError('not-found', `${root} has no envelope`, {
    hint: `The envelopes are in ${ALLOCATION}/. Restore it from a backup. A folder with the envelopes is enough: randose unblind --study FOLDER opens them.`,
  });
}
