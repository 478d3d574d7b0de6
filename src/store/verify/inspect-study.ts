import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import {
  changedParts,
  checkSealedFiles,
  type Manifest,
  parseManifest,
} from '../../blinding/manifest.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { readLedger } from '../../ledger/chain.ts';
import { checkKitEvents } from '../../ledger/accountability.ts';
import { checkVisits } from '../../ledger/doses.ts';
import { checkAssignments } from '../../ledger/enrolment.ts';
import { entriesOf, type Entry } from '../../ledger/entry.ts';
import { checkOpenings } from '../../ledger/openings.ts';
import { plainText } from '../../ledger/salvage.ts';
import { wrappingsOf } from '../../ledger/wrappings.ts';
import { readKit } from '../../randomization/kit-check.ts';
import { FIRST_BATCH, kitsOf, type Slot } from '../../randomization/list.ts';
import { parsePublicList } from '../../randomization/public-list.ts';
import { ALLOCATION, batchFiles, LEDGER_FILE, STUDY_FILE } from '../../study/layout.ts';
import type { Domain, Study } from '../../study/study.ts';
import { readStudy } from '../../study/study-file.ts';
import { exists, filesBelow, isSpecialFile, readBytes, readText } from '../../system/files.ts';
import { describeChange, requireDomain } from '../open-study.ts';
import { waitingActs } from '../folder/pending.ts';
import { checkSignatures } from './signed-manifests.ts';
import { findStrays } from '../folder/stray-files.ts';

/** What was found in a study folder, and how much was looked at. */
export interface Inspection {
  readonly problems: readonly Problem[];
  readonly checked: { readonly files: number; readonly slots: number; readonly entries: number };
  readonly entries: readonly Entry[];
  /** What is as it may be, and is told all the same. */
  readonly notes: readonly string[];
}

/** After how many files somebody who waits is told. */
const TELL_EVERY = 256;

/**
 * Compares everything in a study folder with everything else, without a key: all of it, whatever is
 * found on the way. Then looks for files that are not the study's.
 *
 * @throws RandoseError `usage` where the study is of the other domain
 */
export function inspectStudy(
  root: string,
  domain: Domain,
  tellProgress: (done: number, total: number) => void,
): Inspection {
  const problems: Problem[] = [];
  const tell = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      const { message, problems: details } = error;
      problems.push(...(details.length > 0 ? details : [{ message }]));
      return undefined;
    }
  };
  /** A text as it was written: what an editor did to its line ends is told once, and undone. */
  const told = new Set<string>();
  const plain = (file: string, content: Uint8Array): string => {
    const { text, changes } = plainText(content);
    for (const change of told.has(file) ? [] : changes) {
      const message = `${change}: randose writes UTF-8 with line feeds. If no other line names this file, nothing else in it differs: restore it from a backup`;
      problems.push({ file, message });
    }
    told.add(file);
    return text;
  };
  const studyText = tell(() => readText(join(root, STUDY_FILE))) ?? '';
  const study = readStudy(studyText, STUDY_FILE);
  if (study.ok) requireDomain(study.value, domain);
  const { entries, problems: chainProblems } = tell(() =>
    readLedger(plain(LEDGER_FILE, readBytes(join(root, LEDGER_FILE)))),
  ) ?? {
    entries: [],
    problems: [],
  };
  problems.push(...chainProblems, ...checkAllocations(entries));
  const digests = new Map<string, string>([[STUDY_FILE, sha256(studyText)]]);
  const files = filesBelow(join(root, ALLOCATION)).map((file) => `${ALLOCATION}/${file}`);
  for (const [index, file] of files.entries()) {
    if (isSpecialFile(join(root, file))) {
      problems.push({ file, message: 'is not a regular file: randose did not put it there' });
      continue;
    }
    const content = tell(() => readBytes(join(root, file)));
    if (content !== undefined) {
      digests.set(file, sha256(file.endsWith('.age') ? content : plain(file, content)));
    }
    if (index % TELL_EVERY === 0) tellProgress(index, files.length);
  }
  tellProgress(files.length, files.length);
  const wrappings = wrappingsOf(entries);
  for (const batch of wrappings.size > 0 ? [] : batchesOnDisk(root)) wrappings.set(batch, []);
  const manifestOf = (batch: number, rewrap: number, digest: string | undefined) => {
    const { manifest: file } = batchFiles(batch, rewrap);
    const text = tell(() => plain(file, readBytes(join(root, file))));
    digests.delete(file);
    // Its signature is checked below, along the ledger.
    if (rewrap > 0 || batch > 1) digests.delete(batchFiles(batch, rewrap).signature);
    if (text === undefined) return undefined;
    if (digest !== sha256(text)) {
      problems.push({ file, message: 'is not the manifest that the ledger speaks of' });
    }
    const manifest = tell(() => parseManifest(text, batch, rewrap));
    if (manifest !== undefined && manifest.domain !== domain) {
      problems.push({ file, message: `is of another domain: ${manifest.domain}` });
    }
    return manifest;
  };
  const batches = [...wrappings].map(([batch, history]) => {
    const { list } = batchFiles(batch);
    const slots = tell(() => parsePublicList(plain(list, readBytes(join(root, list))), batch));
    const known = history.length > 0 ? history : [{ rewrap: 0, manifest: undefined }];
    const manifests = known.map(({ rewrap, manifest }) => manifestOf(batch, rewrap, manifest));
    const manifest = manifests.at(-1);
    const earlier = manifests.slice(0, -1).filter((one) => one !== undefined);
    return { manifest, earlier, slots };
  });
  const sealed = batches.flatMap(({ manifest, ...rest }) =>
    manifest ? [{ manifest, ...rest }] : [],
  );
  problems.push(...checkSealedFiles(sealed, digests));
  const { acts, files: waiting, unreadable } = waitingActs(root, entries);
  if (acts.length > 0) {
    const message = 'is not in the ledger yet: randose ledger --enter-pending';
    problems.push(...waiting.map((file) => ({ file, message })));
  }
  problems.push(...unreadable.map((file) => ({ file, message: 'cannot be read' })));
  const signatures = checkSignatures(root, entries);
  problems.push(...signatures.problems.map(({ problem }) => problem));
  const latest = sealed.at(-1)?.manifest;
  const notes: string[] = [];
  if (signatures.unsigned.length > 0) {
    notes.push(
      `${signatures.unsigned.join(', ')}: not signed, since the list was made by an earlier version of randose. The next rewrap brings a signing key.`,
    );
  }
  if (latest !== undefined) {
    const change = checkStudy(study, latest, digests.get(STUDY_FILE), entries);
    problems.push(...change.problems);
    notes.push(...change.notes);
  } else if (!study.ok) problems.push(...study.problems);
  const slots = batches.flatMap((batch) => batch.slots ?? []);
  problems.push(...checkOpenings(entries), ...checkVisits(entries));
  if (batches.every((batch) => batch.slots !== undefined)) {
    problems.push(...checkAssignments(slots, entries), ...checkKitEvents(slots, entries));
  }
  if (study.ok) problems.push(...checkKits(slots, study.value));
  const strays = findStrays(root, entries, domain === 'dummy');
  problems.push(...strays.problems);
  notes.push(...strays.notes);
  const checked = {
    files: digests.size + sealed.reduce((sum, { earlier }) => sum + 1 + earlier.length, 0),
    slots: slots.length,
    entries: entries.length,
  };
  return { problems, checked, entries, notes };
}

/**
 * study.yaml may be changed in what the list does not rest on, such as lots and closures. Every entry of the
 * ledger says under which text it was made, so such a change is on record once somebody has acted under it.
 */
function checkStudy(
  study: ReturnType<typeof readStudy>,
  manifest: Manifest,
  digest: string | undefined,
  entries: readonly Entry[],
): { problems: readonly Problem[]; notes: readonly string[] } {
  if (!study.ok) return { problems: study.problems, notes: [] };
  if (digest === manifest.files[STUDY_FILE]) return { problems: [], notes: [] };
  const problem = (message: string) => ({ problems: [{ file: STUDY_FILE, message }], notes: [] });
  const parts = changedParts(manifest, study.value);
  if (parts.length > 0) return problem(describeChange(parts));
  const change = 'was changed after the list was sealed, in nothing that the list rests on';
  const last = entries.findLastIndex((entry) => entry.study !== digest);
  const since = entries[last + 1];
  if (since === undefined) {
    return problem(`${change}; not on record yet: whatever is entered next puts it there`);
  }
  const note = `${STUDY_FILE} ${change}: on record since entry ${since.seq} of the ledger.`;
  return { problems: [], notes: [note] };
}

/** The batches that are there, where the ledger tells of none. */
function batchesOnDisk(root: string): number[] {
  const batches = [FIRST_BATCH];
  while (exists(join(root, batchFiles(batches.length + 1).manifest)))
    batches.push(batches.length + 1);
  return batches;
}

/** The ledger begins with the first batch, and every further one is the next. */
function checkAllocations(entries: readonly Entry[]): Problem[] {
  const allocations = entriesOf(entries, 'allocation');
  const isInOrder = allocations.every(({ batch }, index) => batch === index + 1);
  if (entries[0]?.action === 'allocation' && isInOrder) return [];
  const message = 'the ledger does not begin with the allocation of its list, batch after batch';
  return [{ file: LEDGER_FILE, line: 1, message }];
}

/** Every kit code is one, and no two slots have the same. */
function checkKits(slots: readonly Slot[], study: Study): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const slot of slots) {
    const { batch, number } = slot;
    const { list: file } = batchFiles(batch);
    for (const kit of kitsOf(slot)) {
      const read = readKit(kit, study);
      const other = seen.get(kit);
      if ('problem' in read) problems.push({ file, message: `${number}: ${read.problem}` });
      if (other !== undefined) {
        problems.push({ file, message: `${number} has the kit of ${other}` });
      }
      seen.set(kit, number);
    }
  }
  return problems;
}
