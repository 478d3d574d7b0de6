import { join } from 'node:path';
import { formatManifest, makeManifest, sha256 } from '../../blinding/manifest.ts';
import { sealedFor, sealList } from '../../blinding/sealing.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { type Head, headOf, readLedger } from '../../ledger/chain.ts';
import { parseWho, type Who } from '../../ledger/who.ts';
import { accountName } from '../../platform/account.ts';
import { now } from '../../platform/clock.ts';
import { drawIdentifier, drawSeed } from '../../platform/entropy.ts';
import {
  exists,
  liesWithin,
  makeFolder,
  moveFolder,
  readText,
  removeFolder,
  writeAllSynced,
} from '../../platform/files.ts';
import {
  appendToLedger,
  findStudyFolder,
  invalidStudy,
  isAllocated,
  type LoadedStudy,
  withStudyLock,
} from '../../platform/study-folder.ts';
import { makeAllocationList } from '../../randomization/list.ts';
import { type Plan, readPlan } from '../../randomization/plan.ts';
import {
  ALLOCATION,
  ENVELOPES,
  LEDGER_FILE,
  MANIFEST_FILE,
  STUDY_FILE,
} from '../../study/layout.ts';
import { type Person, ratioText } from '../../study/study.ts';
import { readStudy } from '../../study/study-file.ts';
import { SOFTWARE } from '../../version.ts';
import type { Output } from '../output.ts';
import { formatReceipt } from '../receipt.ts';

interface AllocateOptions {
  readonly study?: string;
  readonly plan: string;
  readonly by?: string;
}

/** The folder that is filled before it becomes `allocation`, whole or not at all. */
const UNFINISHED = `${ALLOCATION}.partial`;

/** `randose allocate`: makes the list, seals it, and begins the ledger. */
export async function allocate(output: Output, options: AllocateOptions): Promise<void> {
  const root = findStudyFolder(options.study);
  const who: Who =
    options.by === undefined
      ? { name: accountName(), role: 'operating system account', organisation: '' }
      : parseWho(options.by);
  if (liesWithin(options.plan, root)) {
    throw new RandoseError('usage', `${options.plan} lies inside the study folder`, {
      hint: 'Blinded people read that folder: move the plan, which has the block sizes, elsewhere.',
    });
  }
  await withStudyLock(root, async () => {
    refuseTwice(root);
    const finished = finishCutShort(root);
    if (finished !== undefined) {
      output.result(
        { ledger: finished },
        `The list of an allocation that was cut short is in its place now.\n\n${formatReceipt(finished)}\n`,
      );
      return;
    }
    const { loaded, plan, planFile } = readBoth(root, options.plan);
    const { study } = loaded;
    const seed = drawSeed();
    const list = drawIdentifier();
    const slots = makeAllocationList(study, plan, seed);
    const secrets = { list, seed, studyFile: loaded.text, planFile };
    const files = await sealList(study, slots, secrets, (sealed) => {
      output.progress(sealed, slots.length, 'sealing envelopes');
    });
    const manifest = formatManifest(
      makeManifest(study, new Map([[STUDY_FILE, loaded.text], ...files]), {
        list,
        created: now(),
        software: SOFTWARE,
        slots: slots.length,
      }),
    );
    const head = install(loaded, files, manifest, { list, who });
    const recipients = sealedFor(study);
    const strata = study.strata.length === 1 ? '1 stratum' : `${study.strata.length} strata`;
    if (study.packers.length === 0) {
      output.warn('study.yaml names no packer: the packing list is sealed to the officers.');
    }
    output.result(
      { study: study.id, list, slots: slots.length, strata: study.strata.length, ledger: head },
      `${study.id}: ${slots.length} slots in ${strata}, ${ratioText(study.arms)}, drawn and sealed.\n
  allocation/envelopes/    one a slot, for ${names(recipients.envelopes)}
  allocation/master.age    the list, its seed and plan, for ${names(recipients.master)}
  allocation/packing.age   kit to arm, for ${names(recipients.packing)}
  allocation/list.csv      numbers and kits, for everyone: no arm in it\n
${formatReceipt(head)}\n`,
    );
    output.say(
      `A copy of ${options.plan} is sealed in master.age: lock the file away or destroy it.`,
    );
  });
}

function refuseTwice(root: string): void {
  if (isAllocated(root)) {
    throw new RandoseError('would-overwrite', 'this study has its allocation list already', {
      hint: 'A list is made once. Nothing was changed.',
    });
  }
}

/**
 * Finishes an allocation that was cut short between its ledger and its folder: the list was drawn
 * and sealed, and drawing another one would be a choice between two.
 *
 * @returns the ledger's head; undefined where nothing was begun
 * @throws RandoseError `not-trusted` where the ledger speaks of a list that is not there
 */
function finishCutShort(root: string): Head | undefined {
  const ledger = join(root, LEDGER_FILE);
  if (!exists(ledger)) return undefined;
  const { entries, problems } = readLedger(readText(ledger));
  const [first] = entries;
  const manifest = join(root, MANIFEST_FILE.replace(ALLOCATION, UNFINISHED));
  const isCutShort =
    problems.length === 0 &&
    entries.length === 1 &&
    first?.action === 'allocation' &&
    exists(manifest) &&
    sha256(readText(manifest)) === first.manifest;
  if (!isCutShort) {
    throw new RandoseError(
      'not-trusted',
      `${LEDGER_FILE} speaks of a list, but ${ALLOCATION}/ is gone`,
      {
        hint: `Restore ${ALLOCATION}/ from a backup: a second list would be a choice between two.`,
      },
    );
  }
  moveFolder(join(root, UNFINISHED), join(root, ALLOCATION));
  return headOf(entries);
}

/** Reads both files, and tells of every problem in either at once. */
function readBoth(
  root: string,
  planPath: string,
): { loaded: LoadedStudy; plan: Plan; planFile: string } {
  const text = readText(join(root, STUDY_FILE));
  const planFile = readText(planPath, 'randose init --plan FILE makes one.');
  const study = readStudy(text, STUDY_FILE, true);
  const plan = readPlan(planFile, planPath, study.design);
  const problems: Problem[] = [];
  if (!study.ok) problems.push(...study.problems);
  if (!plan.ok) problems.push(...plan.problems);
  if (!study.ok || !plan.ok) throw invalidStudy(problems);
  return { loaded: { root, text, study: study.value }, plan: plan.value, planFile };
}

/**
 * Puts the allocation in its place. The ledger comes first, the folder last: until it is there,
 * nothing is allocated, and a run that was cut short is finished by the next one.
 */
function install(
  loaded: LoadedStudy,
  files: ReadonlyMap<string, Uint8Array | string>,
  manifest: string,
  act: { list: string; who: Who },
): Head {
  const { root } = loaded;
  const unfinished = join(root, UNFINISHED);
  const within = (file: string) => join(root, file.replace(ALLOCATION, UNFINISHED));
  removeFolder(unfinished);
  makeFolder(within(ENVELOPES));
  const all = [...files, [MANIFEST_FILE, manifest] as const];
  writeAllSynced(new Map(all.map(([file, content]) => [within(file), content])));
  const head = appendToLedger(loaded, headOf([]), [
    { action: 'allocation', who: act.who, list: act.list, manifest: sha256(manifest) },
  ]);
  moveFolder(unfinished, join(root, ALLOCATION));
  return head;
}

function names(people: readonly Person[]): string {
  return people.map((person) => person.name).join(', ');
}
