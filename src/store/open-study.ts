import { join } from 'node:path';
import { sha256 } from '../digest.ts';
import {
  changedParts,
  type DesignPart,
  commitsToSameList,
  type Manifest,
  OTHER_LIST,
  parseManifest,
} from '../blinding/manifest.ts';
import { type Problem, RandoseError } from '../errors.ts';
import type { Head } from '../ledger/chain.ts';
import type { Entry } from '../ledger/entry.ts';
import { type Wrapping, wrappingsOf } from '../ledger/wrappings.ts';
import type { Slot } from '../randomization/list.ts';
import { parsePublicList } from '../randomization/public-list.ts';
import {
  ALLOCATION,
  type BatchFiles,
  batchFiles,
  LEDGER_FILE,
  STUDY_FILE,
} from '../study/layout.ts';
import type { Domain, Study } from '../study/study.ts';
import { RESTORE } from '../words.ts';
import { exists, readText } from '../system/files.ts';
import { checkSignatures, type SigningKeyInForce } from './verify/signed-manifests.ts';
import { isAllocated, type LoadedStudy, loadStudy } from './folder/study-folder.ts';
import type { LedgerStore } from './ledger-store.ts';

/** One batch of a study's allocation list, as everyone may see it. */
export interface SealedBatch {
  readonly manifest: Manifest;
  /** The batch's slots, in the order of their numbers. */
  readonly slots: readonly Slot[];
}

/** Where a study is, and what a command takes it for. */
export interface StudyPlace {
  readonly root: string;
  /** A rehearsal is never taken for a trial, nor a trial for a rehearsal. */
  readonly domain: Domain;
  readonly ledger: LedgerStore;
}

/** A study with its sealed list and its ledger, all of it checked enough to be worked with. */
export interface OpenStudy extends LoadedStudy {
  /** In their order; there is one at least. */
  readonly batches: readonly SealedBatch[];
  /** Of the latest batch, which knows study.yaml as it is to be now. */
  readonly manifest: Manifest;
  /** Of all batches, in their order. */
  readonly slots: readonly Slot[];
  readonly entries: readonly Entry[];
  /** Where the ledger ends. */
  readonly head: Head;
  /** What signs a further batch or a rewrap; undefined if the list was made before there was one. */
  readonly signing: SigningKeyInForce | undefined;
}

/**
 * Opens an allocated study.
 *
 * @throws RandoseError `not-found` before allocation; `usage` if it is of the other domain; `not-trusted` if
 *   manifest, list or ledger have changed
 */
export async function openStudy({ root, domain, ledger }: StudyPlace): Promise<OpenStudy> {
  const loaded = loadStudy(root);
  requireDomain(loaded.study, domain);
  if (!isAllocated(root)) {
    if (exists(join(root, LEDGER_FILE))) {
      throw untrusted(`${ALLOCATION}/ is gone, but ${LEDGER_FILE} speaks of it`);
    }
    throw new RandoseError('not-found', 'this study has no allocation list yet', {
      hint: 'A statistician makes it: randose allocate --plan FILE',
    });
  }
  const { entries, head } = await ledger.read();
  const batches = [...wrappingsOf(entries)].map(([batch, wrappings], index) => {
    if (wrappings[0]?.rewrap !== 0 || batch !== index + 1) {
      throw untrusted(`${LEDGER_FILE} does not speak of batch after batch`);
    }
    return openBatch(root, wrappings, domain);
  });
  const latest = batches.at(-1);
  if (latest === undefined) throw untrusted(`${LEDGER_FILE} speaks of no allocation list`);
  const slots = batches.flatMap((batch) => batch.slots);
  const signed = checkSignatures(root, entries);
  if (signed.problems.length > 0) {
    const problems = signed.problems.map(({ problem }) => problem);
    throw untrusted('what was sealed after the first batch is not signed', problems);
  }
  const { inForce: signing } = signed;
  return { ...loaded, batches, manifest: latest.manifest, slots, entries, head, signing };
}

/**
 * Opens a batch as it is in force, and compares what it commits to with what it was allocated with: a
 * rewrap that somebody made up has a root of its own, and envelopes that lead to it.
 */
function openBatch(root: string, wrappings: readonly Wrapping[], domain: Domain): SealedBatch {
  const [first, ...rewraps] = wrappings.map((wrapping) => openManifest(root, wrapping));
  const manifest = rewraps.at(-1) ?? first;
  if (first === undefined || manifest === undefined) throw new Error('a batch without a manifest');
  const files = filesOf(manifest);
  const other = rewraps.find((one) => !commitsToSameList(first, one));
  if (other !== undefined) throw untrusted(`${filesOf(other).manifest} ${OTHER_LIST}`);
  if (manifest.domain !== domain) {
    throw untrusted(
      `${STUDY_FILE} is of a ${NAME_OF[domain]}, but ${files.manifest} is of a ${NAME_OF[manifest.domain]}`,
    );
  }
  const listText = readText(join(root, files.list), RESTORE);
  for (const { files: sealed } of [first, manifest]) {
    if (sealed[files.list] !== sha256(listText)) {
      throw untrusted(`${files.list} is not the list that was sealed`);
    }
  }
  return { manifest, slots: parsePublicList(listText, manifest.batch) };
}

function openManifest(root: string, { batch, rewrap, manifest: digest }: Wrapping): Manifest {
  const { manifest: file } = batchFiles(batch, rewrap);
  const text = readText(join(root, file), RESTORE);
  if (digest !== sha256(text)) throw untrusted(`${file} is not the one that the ledger names`);
  return parseManifest(text, batch, rewrap);
}

/** The files of a batch, where they are now. */
export function filesOf({ batch, rewrap }: Manifest): BatchFiles {
  return batchFiles(batch, rewrap);
}

const NAME_OF: Record<Domain, string> = { production: 'trial', dummy: 'rehearsal (DUMMY)' };

/**
 * Refuses a rehearsal where a trial is expected, and a trial where a rehearsal is.
 *
 * @throws RandoseError `usage`
 */
export function requireDomain(study: Study, domain: Domain): void {
  if (study.domain !== domain) refuseDomain(study.id, study.domain);
}

/**
 * Says that a study is of another domain than it was taken for.
 *
 * @param domain what it is
 * @throws RandoseError `usage`, always
 */
export function refuseDomain(id: string, domain: Domain): never {
  if (domain === 'production') {
    throw new RandoseError('usage', `${id} is a trial, not a rehearsal`, {
      hint: 'Run the command without --rehearsal. To make a rehearsal of it: randose allocate --rehearsal',
    });
  }
  throw new RandoseError('usage', `${id} is a rehearsal (DUMMY), not a trial`, {
    hint: 'No participant may be treated by it. To work on the rehearsal, add --rehearsal.',
  });
}

/** What a command takes its study for. @param rehearsal whether somebody says that it is a rehearsal */
export function domainOf({ rehearsal = false }: { readonly rehearsal?: boolean }): Domain {
  return rehearsal ? 'dummy' : 'production';
}

/**
 * Refuses where a part of study.yaml that matters for the act was changed after the list was sealed.
 *
 * @throws RandoseError `not-trusted`
 */
export function requireUnchanged(open: OpenStudy, needed: readonly DesignPart[]): void {
  const changed = changedParts(open.manifest, open.study).filter((part) => needed.includes(part));
  if (changed.length === 0) return;
  if (changed.every((part) => part === 'strata')) {
    throw new RandoseError('not-trusted', `${STUDY_FILE} ${describeChange(changed)}`, {
      hint: 'If it was extended, a statistician makes the slots: randose allocate --extend --plan FILE. Else restore it from a backup.',
    });
  }
  if (changed.every((part) => part === 'custody')) {
    throw new RandoseError('not-trusted', `${STUDY_FILE} ${describeChange(changed)}`, {
      hint: 'If somebody was added or removed, an officer seals everything anew: randose rewrap. Else restore it from a backup.',
    });
  }
  throw untrusted(`${STUDY_FILE} ${describeChange(changed)}`);
}

/** What study.yaml did, with the parts that were changed. */
export function describeChange(parts: readonly DesignPart[]): string {
  return `was changed after the list was sealed: ${parts.join(', ')}`;
}

function untrusted(message: string, problems: readonly Problem[] = []): RandoseError {
  return new RandoseError('not-trusted', message, { problems, hint: RESTORE });
}
