import { howPendingEntered } from '../ledger-of.ts';
import { join } from 'node:path';
import { checkSealedFiles, type DesignPart, type Manifest } from '../../blinding/manifest.ts';
import { sha256 } from '../../digest.ts';
import type { Problem } from '../../errors.ts';
import { checkAmendments } from '../../ledger/amendments.ts';
import { checkAdditionalDoses } from '../../ledger/additional-doses.ts';
import { checkAttendances } from '../../ledger/attendances.ts';
import { checkKitEvents } from '../../ledger/check-kits.ts';
import { type Head, readLedger, START, TORN } from '../../ledger/chain.ts';
import { checkVisits } from '../../ledger/doses.ts';
import { checkAssignments } from '../../ledger/check-assignments.ts';
import { isOfOthers } from '../../ledger/hidden-slots.ts';
import { checkLock } from '../../ledger/lock.ts';
import { checkFacts } from '../../ledger/participant-facts.ts';
import { checkReplacements } from '../../ledger/replacement-rules.ts';
import { randomizations } from '../../ledger/enrolment.ts';
import { entriesOf, type Entry } from '../../ledger/entry.ts';
import { checkSubjectIdsInLedger, withCurrentIds } from '../../ledger/subject-ids.ts';
import { checkTransfers } from '../../ledger/transfers.ts';
import { checkMaskedTables } from '../../ledger/masked-tables.ts';
import {
  checkOpenings,
  checkOpenedParticipants,
  ofNobodyText,
  openingsOfNobody,
} from '../../ledger/openings.ts';
import { backwardTimes } from '../../ledger/times.ts';
import { ALLOCATION, LEDGER_FILE, STUDY_FILE } from '../../study/layout.ts';
import type { Domain } from '../../study/study.ts';
import { subjectKey } from '../../study/identifiers.ts';
import { readStudy } from '../../study/study-file.ts';
import { readText } from '../../system/files.ts';
import { waitingActs } from '../folder/pending.ts';
import { batchOfFile } from '../opening/envelope-paths.ts';
import { findStrays } from '../folder/stray-files.ts';
import type { InspectedLedger } from '../ledger-store.ts';
import { requireDomain } from '../open-study.ts';
import { checkAllocations, checkKits, checkRestorations, checkStudy } from './check-study.ts';
import { checkDay1, checkVisitNames } from './check-visits.ts';
import { kitFindings } from './kit-findings.ts';
import { type FolderReader, readerOf } from './folder-reader.ts';
import {
  findWrappings,
  readBatch,
  readDigests,
  withManifest,
  withOriginals,
  withoutManifests,
} from './read-batches.ts';
import { checkSignatures } from './signed-manifests.ts';

/** What is wrong in a study folder, and how much was checked. */
interface Inspection {
  readonly problems: readonly Problem[];
  readonly checked: { readonly files: number; readonly slots: number; readonly entries: number };
  readonly entries: readonly Entry[];
  /** Where the ledger ends. */
  readonly head: Head;
  /** What is not wrong, but worth telling. A sentence each. */
  readonly notes: readonly string[];
  /** What somebody has to do, and is not wrong either. A sentence each. */
  readonly todos: readonly string[];
  /** How many officers are needed together to open what is in force; 1 if nothing says it. */
  readonly needed: number;
  /** The numbers of the ledger's complete lines that are not as randose wrote them. */
  readonly alteredLines: readonly number[];
}

/**
 * Compares everything in a study folder with everything else, without a key. It does not stop at the
 * first problem. Then it looks for files that do not belong to the study.
 *
 * @param database the ledger, if it is in a database
 * @throws RandoseError `usage` if the study has the other domain
 */
export function inspectStudy(
  root: string,
  domain: Domain,
  tellProgress: (done: number, total: number) => void,
  database?: InspectedLedger,
): Inspection {
  const reader = readerOf(root);
  const studyText = reader.attempt(() => readText(join(root, STUDY_FILE))) ?? '';
  const study = readStudy(studyText, STUDY_FILE);
  if (study.ok) requireDomain(study.value, domain);
  const { entries, head, alteredLines } =
    database === undefined ? readEntries(reader) : entriesFrom(reader, database);
  const digests = readDigests(reader, tellProgress);
  const wrappings = findWrappings(root, entries);
  const batches = [...wrappings].map(([batch, own]) => readBatch(reader, batch, own, domain));

  const sealed = withManifest(batches);
  const originals = withOriginals(reader, digests, sealed);
  const files = withoutManifests(originals, wrappings).set(STUDY_FILE, sha256(studyText));
  // Of a batch whose manifest cannot be read, that is the problem: nothing says what its files should be.
  const isRead = (batch: number) => sealed.some(({ manifest }) => manifest.batch === batch);
  for (const file of [...files.keys()].filter((one) => one !== STUDY_FILE)) {
    const batch = batchOfFile(file);
    if (wrappings.has(batch) && !isRead(batch)) files.delete(file);
  }
  const latest = sealed.at(-1)?.manifest;
  const slots = batches.flatMap((batch) => batch.slots ?? []);
  const change = checkStudy(study, latest, studyText, entries, slots);
  const foreign = otherList(entries, sealed);
  // Of the ledger of another list each entry would be a problem, and none the cause.
  const hasAllSlots = foreign.length === 0 && batches.every((batch) => batch.slots !== undefined);
  const strays = findStrays(root, entries, domain === 'dummy');
  const whole = (database?.hidden ?? 0) === 0 ? entries : ofShownParticipants(entries);
  const kits =
    study.ok && hasAllSlots
      ? kitFindings(study.value, slots, withCurrentIds(whole))
      : { problems: [], notes: [] };
  const problems = [
    ...foreign,
    ...reader.problems,
    ...checkSealedFiles(sealed, files),
    ...checkPending(root, entries),
    ...checkSignatures(root, entries).problems.map(({ problem }) => problem),
    ...change.problems,
    ...checkRestorations(entries),
    ...checkOpenings(whole),
    ...checkMaskedTables(whole),
    ...checkOpenedParticipants(whole, study.ok ? study.value.blinding === 'open label' : undefined),
    ...checkAmendments(whole),
    ...checkSubjectIdsInLedger(whole),
    ...checkFacts(whole),
    ...checkReplacements(whole),
    ...checkLock(whole),
    ...checkTransfers(whole, study.ok ? study.value.sites.map(({ code }) => code) : undefined),
    ...checkVisits(whole),
    ...checkAttendances(whole),
    ...checkAdditionalDoses(whole),
    // Under another schedule than the one in force nobody can say which visits there are.
    ...(study.ok && hasSchedule(change.parts)
      ? [...checkDay1(study.value, whole), ...checkVisitNames(study.value, whole)]
      : []),
    ...(hasAllSlots
      ? checkAssignments(
          slots,
          ofOwnStrata(whole, database),
          study.ok ? study.value.sites : undefined,
          database?.taken,
        )
      : []),
    ...(hasAllSlots
      ? checkKitEvents(
          slots,
          whole,
          study.ok ? study.value.sites.map(({ code }) => code) : undefined,
        )
      : []),
    ...(study.ok ? checkKits(slots, study.value) : []),
    ...kits.problems,
    ...strays.problems,
  ];
  const manifests = sealed.reduce((sum, { earlier }) => sum + 1 + earlier.length, 0);
  const checked = {
    files: files.size + manifests,
    slots: slots.length,
    entries: entries.length,
  };
  const notes = [
    ...change.notes,
    ...backwardTimes(entries),
    ...openingsOfNobody(entries).map(ofNobodyText),
    ...strays.notes,
    ...kits.notes,
  ];
  const needed = latest?.custody.needed ?? 1;
  const about = { notes, todos: change.todos, needed, alteredLines };
  return { problems, checked, entries, head, ...about };
}

/**
 * The entries about nobody, and about participants whose randomization is shown. Of another site's participant a site sees
 * but some entries, such as an injection from its kit: nobody can compare them with the others.
 */
function ofShownParticipants(entries: readonly Entry[]): Entry[] {
  const shown = new Set(randomizations(entries).map(({ subject }) => subjectKey(subject)));
  return entries.filter(({ subject }) => subject === null || shown.has(subjectKey(subject)));
}

/** The entries without the randomizations of other sites' strata: which slots were free there is not known. */
function ofOwnStrata(
  entries: readonly Entry[],
  database: InspectedLedger | undefined,
): readonly Entry[] {
  if (database === undefined) return entries;
  return entries.filter(
    (one) => one.action !== 'randomization' || !isOfOthers(database, one.stratum),
  );
}

/** That the ledger is about another list than the sealed files: those of two studies were mixed. */
function otherList(
  entries: readonly Entry[],
  sealed: readonly { readonly manifest: Pick<Manifest, 'batch' | 'list'> }[],
): Problem[] {
  const lists = new Map(entriesOf(entries, 'allocation').map(({ batch, list }) => [batch, list]));
  const other = sealed.find(({ manifest: { batch, list } }) => {
    return (lists.get(batch) ?? list) !== list;
  });
  if (other === undefined) return [];
  const { batch, list } = other.manifest;
  const message = `is the ledger of another list: its batch ${batch} is ${lists.get(batch) ?? ''}, that in ${ALLOCATION}/ is ${list}. Put back the ledger of this list, or the list of this ledger. Entries were not compared with the slots`;
  return [{ file: LEDGER_FILE, message }];
}

function hasSchedule(changed: readonly DesignPart[]): boolean {
  return !changed.includes('schedule') && !changed.includes('amendments');
}

/** The entries of the ledger, with its chain checked. */
function readEntries(reader: FolderReader): {
  readonly entries: readonly Entry[];
  readonly head: Head;
  readonly alteredLines: readonly number[];
} {
  const read = reader.attempt(() => readLedger(reader.text(LEDGER_FILE)));
  const { entries, head, problems } = read ?? { entries: [], head: START, problems: [] };
  [...problems, ...checkAllocations(entries)].forEach(reader.report);
  const altered = problems.filter(({ message }) => !message.startsWith(TORN));
  const lines = altered.flatMap(({ line }) => line ?? []);
  return { entries, head, alteredLines: [...new Set(lines)] };
}

/** The entries of a ledger in a database, with what is wrong with them. */
function entriesFrom(
  reader: FolderReader,
  { entries, head, problems }: InspectedLedger,
): ReturnType<typeof readEntries> {
  [...problems, ...checkAllocations(entries)].forEach(reader.report);
  return { entries, head, alteredLines: [] };
}

/** The acts in pending/ that are not in the ledger. */
function checkPending(root: string, entries: readonly Entry[]): Problem[] {
  const { acts, files, unreadable } = waitingActs(root, entries);
  const message = `is not in the ledger yet. To enter it, run: ${howPendingEntered(root)}`;
  return [
    ...(acts.length > 0 ? files : []).map((file) => ({ file, message })),
    ...unreadable.map((file) => ({ file, message: 'cannot be read' })),
  ];
}
