import { join } from 'node:path';
import { sha256 } from '../digest.ts';
import {
  changedRatios,
  type DesignPart,
  commitsToSameList,
  type Manifest,
  OTHER_LIST,
  parseManifest,
} from '../blinding/manifest.ts';
import { type Problem, RandoseError } from '../errors.ts';
import type { Head } from '../ledger/chain.ts';
import type { Entry } from '../ledger/entry.ts';
import type { Sight } from '../ledger/hidden-slots.ts';
import { compareAmendments } from '../ledger/amendments.ts';
import { withCurrentIds } from '../ledger/subject-ids.ts';
import { type Wrapping, wrappingsOf } from '../ledger/wrappings.ts';
import { onlyAddsSlots, type Slot } from '../randomization/list.ts';
import { parsePublicList } from '../randomization/public-list.ts';
import {
  ALLOCATION,
  type BatchFiles,
  batchFiles,
  LEDGER_FILE,
  STUDY_FILE,
} from '../study/layout.ts';
import { type Amendment, type Domain, ratioText, sharesIn, type Study } from '../study/study.ts';
import { placeInYaml } from '../study/yaml-file.ts';
import { EXTEND, PULL, RESTORE, RESTORE_STUDY } from '../words.ts';
import { decodeText, exists, readBytes } from '../system/files.ts';
import { amendHint, changedDesign, insteadOf } from './changed-study.ts';
import { explainedByLineEnds } from './verify/changed-line-ends.ts';
import { checkSignatures, type SigningKeyInForce } from './verify/signed-manifests.ts';
import { isAllocated, type LoadedStudy, loadStudy } from './folder/study-folder.ts';
import type { LedgerStore, SettledActs } from './ledger-store.ts';

/** The public part of one batch of a study's allocation list. */
export interface SealedBatch {
  readonly manifest: Manifest;
  /** The batch's slots, in the order of their numbers. */
  readonly slots: readonly Slot[];
}

/** The place of a study, and whether the command expects a trial or a rehearsal. */
export interface StudyPlace {
  readonly root: string;
  /** What the study must be, so that nobody mistakes a rehearsal for a trial. */
  readonly domain: Domain;
  readonly ledger: LedgerStore;
  /** The acts of earlier commands that did not learn whether they were entered. */
  readonly settled?: readonly SettledActs[];
}

/** A study with its sealed list and its ledger, checked enough to work with. */
export interface OpenStudy extends LoadedStudy, Sight {
  /** The batches in their order; at least one. */
  readonly batches: readonly SealedBatch[];
  /** The manifest of the latest batch. It names study.yaml as it must be now. */
  readonly manifest: Manifest;
  /** The slots of all batches, in their order. */
  readonly slots: readonly Slot[];
  /** Each under its participant's current id (`subject-ids.ts`). */
  readonly entries: readonly Entry[];
  /** Where the ledger ends. */
  readonly head: Head;
  /** When the last entry of the ledger was made, ISO 8601 in UTC. The last one in `entries` can be older. */
  readonly lastTime: string;
  /** The key that signs a further batch or a rewrap; undefined if the list has none. */
  readonly signing: SigningKeyInForce | undefined;
}

/**
 * Opens an allocated study.
 *
 * @throws RandoseError `not-found` before allocation; `usage` if it has the other domain; `not-trusted` if
 *   manifest, list or ledger have changed
 */
export async function openStudy(place: StudyPlace): Promise<OpenStudy> {
  try {
    return await openAsSealed(place);
  } catch (error) {
    throw explainedByLineEnds(place.root, error);
  }
}

async function openAsSealed({ root, domain, ledger }: StudyPlace): Promise<OpenStudy> {
  const loaded = loadStudy(root);
  requireDomain(loaded.study, domain);
  if (!isAllocated(root)) {
    if (exists(join(root, LEDGER_FILE))) {
      throw untrusted(`${ALLOCATION}/ is missing, but ${LEDGER_FILE} names it`);
    }
    throw new RandoseError('not-found', 'this study has no allocation list yet', {
      hint: 'A statistician makes it: randose allocate --plan FILE',
    });
  }
  const { entries: written, head, lastTime = '', ownSites, taken } = await ledger.read();
  const hint = ledger.kind === 'database' ? PULL : RESTORE;
  const known = new Map<string, Manifest>();
  const batches = [...wrappingsOf(written)].map(([batch, wrappings], index) => {
    if (wrappings[0]?.rewrap !== 0 || batch !== index + 1) {
      throw untrusted(`${LEDGER_FILE} does not have the batches in order`);
    }
    const manifests = wrappings.map((wrapping) => openManifest(root, wrapping, hint));
    for (const manifest of manifests) known.set(filesOf(manifest).manifest, manifest);
    return openBatch(root, manifests, domain, hint);
  });
  const latest = batches.at(-1);
  if (latest === undefined) throw untrusted(`${LEDGER_FILE} has no entry about an allocation list`);
  const slots = batches.flatMap((batch) => batch.slots);
  const signed = checkSignatures(root, written, known);
  if (signed.problems.length > 0) {
    const problems = signed.problems.map(({ problem }) => problem);
    throw untrusted('a batch or a rewrap after the first batch is not signed', problems);
  }
  const { inForce: signing } = signed;
  const entries = withCurrentIds(written);
  const list = { batches, manifest: latest.manifest, slots, ownSites, taken };
  return { ...loaded, ...list, entries, head, lastTime, signing };
}

/**
 * Opens a batch as it is in force, and checks that it commits to the list with which it was allocated. A
 * forged rewrap has another root, and envelopes that match it.
 *
 * @param manifests that of the allocation, and those of its rewraps in their order
 * @param hint what to do if a file is missing
 */
function openBatch(
  root: string,
  manifests: readonly Manifest[],
  domain: Domain,
  hint: string,
): SealedBatch {
  const [first, ...rewraps] = manifests;
  const manifest = rewraps.at(-1) ?? first;
  if (first === undefined || manifest === undefined) throw new Error('a batch without a manifest');
  const files = filesOf(manifest);
  const other = rewraps.find((one) => !commitsToSameList(first, one));
  if (other !== undefined) throw untrusted(`${filesOf(other).manifest} ${OTHER_LIST}`);
  if (manifest.domain !== domain) {
    throw untrusted(
      `${STUDY_FILE} belongs to a ${domainName(domain)}, but ${files.manifest} belongs to a ${domainName(manifest.domain)}`,
    );
  }
  const path = join(root, files.list);
  const list = readBytes(path, hint);
  const digest = sha256(list);
  if ([first, manifest].some(({ files: sealed }) => sealed[files.list] !== digest)) {
    throw untrusted(`${files.list} is not the list that was sealed`);
  }
  return { manifest, slots: parsePublicList(decodeText(list, path), manifest.batch) };
}

function openManifest(
  root: string,
  { batch, rewrap, manifest: digest }: Wrapping,
  hint: string,
): Manifest {
  const { manifest: file } = batchFiles(batch, rewrap);
  const path = join(root, file);
  const bytes = readBytes(path, hint);
  if (digest !== sha256(bytes)) throw untrusted(`${file} is not the one that the ledger names`);
  return parseManifest(decodeText(bytes, path), batch, rewrap);
}

/** Where the files of a batch are now. */
export function filesOf({ batch, rewrap }: Manifest): BatchFiles {
  return batchFiles(batch, rewrap);
}

/** `trial` or `rehearsal (DUMMY)`. */
export function domainName(domain: Domain): string {
  return domain === 'dummy' ? 'rehearsal (DUMMY)' : 'trial';
}

/**
 * Refuses a rehearsal if a trial is expected, and a trial if a rehearsal is.
 *
 * @throws RandoseError `usage`
 */
export function requireDomain(study: Study, domain: Domain): void {
  if (study.domain !== domain) refuseDomain(study.id, study.domain);
}

/**
 * Refuses a study of the other domain than the one that was expected.
 *
 * @param domain the domain that it has
 * @throws RandoseError `usage`, always
 */
export function refuseDomain(id: string, domain: Domain): never {
  if (domain === 'production') {
    throw new RandoseError('usage', `${id} is a trial, not a rehearsal`, {
      hint: 'Run the command without --rehearsal. To make a rehearsal of it: randose allocate --rehearsal --plan FILE',
    });
  }
  throw new RandoseError('usage', `${id} is a rehearsal (DUMMY), not a trial`, {
    hint: 'Never treat a participant with a rehearsal. To work on it, add --rehearsal.',
  });
}

/** The domain that a study must have. @param rehearsal whether somebody says that it is a rehearsal */
export function domainOf({ rehearsal = false }: { readonly rehearsal?: boolean }): Domain {
  return rehearsal ? 'dummy' : 'production';
}

/** The parts of study.yaml that say when visits are. */
export const SCHEDULE_PARTS = ['schedule', 'amendments'] as const satisfies DesignPart[];

/** The part that must be unchanged for one that is sealed with it. */
const PART_OF: Partial<Record<DesignPart, DesignPart>> = {
  kits: 'numbers',
  kitTypes: 'numbers',
  replacements: 'numbers',
  blinding: 'identity',
};

/** Every part that the list, or a file made from it, depends on. Without them nobody can be randomized. */
export const ALL_PARTS: readonly DesignPart[] = [
  ...(['identity', 'blinding', 'arms', 'strata', 'numbers'] as const),
  ...(['kits', 'kitTypes', 'replacements', 'custody'] as const),
  ...SCHEDULE_PARTS,
];

/**
 * Refuses if a part of study.yaml that matters for the act has changed since the list was sealed.
 *
 * @throws RandoseError `not-trusted`
 */
export function requireUnchanged(open: OpenStudy, needed: readonly DesignPart[]): void {
  const changed = changedDesign(open).filter((part) => needed.includes(PART_OF[part] ?? part));
  if (changed.length === 0) return;
  if (changed.every((part) => part === 'amendments')) throw amendmentRefusal(open);
  if (changed.includes('strata')) requireSameRatios(open);
  if (changed.every((part) => part === 'strata') && onlyAddsSlots(open.study.strata, open.slots)) {
    throw new RandoseError('not-trusted', `${STUDY_FILE} ${describeChange(changed)}`, {
      hint: `If slots were added, a statistician makes them: ${EXTEND}. Otherwise bring back the accepted study.yaml: randose study --restore`,
    });
  }
  if (changed.every((part) => part === 'custody')) {
    throw new RandoseError('not-trusted', `${STUDY_FILE} ${describeChange(changed)}`, {
      hint: 'If a person was added or removed, an officer re-encrypts everything: randose rewrap. Otherwise bring back the accepted study.yaml: randose study --restore',
    });
  }
  throw new RandoseError('not-trusted', `${STUDY_FILE} ${describeChange(changed)}`, {
    hint: [RESTORE_STUDY, ...insteadOf(changed, open)].join('\n'),
  });
}

/** @throws RandoseError `not-trusted`, with its place, if a stratum that has slots has another ratio than they have */
export function requireSameRatios({
  study,
  manifest,
  slots,
  text,
}: Pick<OpenStudy, 'study' | 'manifest' | 'slots' | 'text'>): void {
  const changed = changedRatios(manifest, study, slots);
  const [first] = changed;
  if (first === undefined) return;
  const shown = (ratio: readonly number[] | undefined) =>
    ratioText(ratio ?? sharesIn(study.arms, {}));
  const problems = changed.map(({ stratum, sealed, now }) => {
    const message = `stratum ${stratum} was sealed with the ratio ${shown(sealed)}, which cannot change; ${STUDY_FILE} has ${shown(now)} now: write it back`;
    return { file: STUDY_FILE, message, ...placeInYaml(text, ['strata']) };
  });
  throw new RandoseError('not-trusted', `${STUDY_FILE} has another ratio for slots that exist`, {
    problems,
    hint: `To bring back the accepted ${STUDY_FILE}: randose study --restore\nFor another ratio from now on: add a level to a factor, such as a further cohort, with a row of its own and its ratio, then add its slots: ${EXTEND}`,
  });
}

/** That study.yaml has an amendment that is not in force, or not as it was put in force. */
export function amendmentRefusal({ study, entries }: OpenStudy): RandoseError {
  const { pending, changed } = compareAmendments(study, entries);
  const [altered] = changed;
  if (altered !== undefined) {
    const message = `${STUDY_FILE} no longer has amendment ${altered.amendment} as it was put in force (ledger entry ${altered.seq})`;
    return new RandoseError('not-trusted', message, {
      hint: `${RESTORE_STUDY}\nTo change the schedule again, write a further amendment.`,
    });
  }
  const [{ id }] = pending as [Amendment];
  return new RandoseError(
    'not-trusted',
    `${STUDY_FILE} has amendment ${id}, which is not in force`,
    {
      hint: `${amendHint(id)}\nTo leave it out: randose study --restore`,
    },
  );
}

/** Where a part is in study.yaml, if it is not called so there. */
const WRITTEN_AS: Partial<Record<DesignPart, string>> = {
  kits: 'supplies (whether there are kits)',
  kitTypes: 'supplies.kits (the kit types)',
};

/** The parts of study.yaml that changed, as what follows its name. */
export function describeChange(parts: readonly DesignPart[]): string {
  const names = parts.map((part) => WRITTEN_AS[part] ?? part);
  return `was changed after the list was sealed: ${names.join(', ')}`;
}

function untrusted(message: string, problems: readonly Problem[] = []): RandoseError {
  return new RandoseError('not-trusted', message, { problems, hint: RESTORE });
}
