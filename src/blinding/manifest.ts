import * as v from 'valibot';
import { type Problem, RandoseError } from '../errors.ts';
import { ALGORITHM } from '../randomization/generator.ts';
import { type Slot, slotsPerStratum } from '../randomization/list.ts';
import { batchFiles, envelopeFile, STUDY_FILE } from '../study/layout.ts';
import type { Study } from '../study/study.ts';
import type { Commitment } from './commitment.ts';
import { DIGEST_TEXT, sha256 } from '../digest.ts';
import { parseJson } from './parse-json.ts';

const DIGEST = v.pipe(v.string(), v.regex(DIGEST_TEXT));
const PEOPLE = v.array(v.strictObject({ name: v.string(), recipient: v.string() }));
const MANIFEST = v.strictObject({
  randose: v.literal('manifest'),
  version: v.literal(2),
  software: v.string(),
  study: v.string(),
  domain: v.picklist(['production', 'dummy']),
  batch: v.number(),
  rewrap: v.number(),
  list: v.string(),
  algorithm: v.number(),
  created: v.string(),
  slots: v.number(),
  strata: v.array(v.strictObject({ stratum: v.string(), slots: v.number() })),
  design: v.strictObject({
    identity: DIGEST,
    arms: DIGEST,
    strata: DIGEST,
    numbers: DIGEST,
    schedule: DIGEST,
    custody: DIGEST,
  }),
  custody: v.strictObject({
    rule: v.picklist(['any', 'threshold']),
    needed: v.number(),
    recipient: v.nullable(v.string()),
    officers: PEOPLE,
    statisticians: PEOPLE,
    packers: PEOPLE,
    cardMakers: PEOPLE,
  }),
  commitment: v.strictObject({ leaves: v.number(), root: DIGEST }),
  files: v.record(v.string(), DIGEST),
});

/** The public record of what was sealed: counts and digests, no arm and no block. */
export type Manifest = v.InferOutput<typeof MANIFEST>;

/**
 * Who can open what is sealed: any officer; or as many together as are needed, by way of the study key,
 * whose public half is `recipient`.
 */
export type SealedCustody = Manifest['custody'];

/** What a manifest says that follows from neither the study nor its slots. */
export interface ManifestFacts {
  readonly batch: number;
  /** How often the batch was sealed anew. */
  readonly rewrap: number;
  readonly list: string;
  /** An instant in ISO 8601, UTC. */
  readonly created: string;
  /** The name and version of what made it. */
  readonly software: string;
  readonly custody: SealedCustody;
  readonly commitment: Commitment;
}

/** The parts of study.yaml that a sealed list, or what is made from it, rests on. */
export type DesignPart = keyof Manifest['design'];

/**
 * The manifest of a freshly sealed batch.
 *
 * @param slots the batch's slots, in the order of their strata
 * @param files path → content of everything that was sealed, and of study.yaml and list.csv
 */
export function makeManifest(
  study: Study,
  slots: readonly Slot[],
  files: ReadonlyMap<string, Uint8Array | string>,
  facts: ManifestFacts,
): Manifest {
  return {
    randose: 'manifest',
    version: 2,
    software: facts.software,
    study: study.id,
    domain: study.domain,
    batch: facts.batch,
    rewrap: facts.rewrap,
    list: facts.list,
    algorithm: ALGORITHM,
    created: facts.created,
    slots: slots.length,
    strata: strataOf(slots),
    design: designDigests(study),
    custody: facts.custody,
    commitment: facts.commitment,
    files: Object.fromEntries([...files].map(([path, content]) => [path, sha256(content)])),
  };
}

/** The text of a manifest.json (docs/FORMATS.md). */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/**
 * @throws RandoseError `bad-data` where the text is no manifest of this version, that batch and that
 *   rewrap
 */
export function parseManifest(text: string, batch: number, rewrap = 0): Manifest {
  const result = v.safeParse(MANIFEST, parseJson(text));
  const manifest = result.success ? result.output : undefined;
  if (manifest?.batch === batch && manifest.rewrap === rewrap) return manifest;
  throw new RandoseError('bad-data', `${batchFiles(batch, rewrap).manifest} cannot be read`, {
    hint: 'Restore the file from a backup: it is written once, and never changed.',
  });
}

/** The parts of the study that are no longer what they were when the list was sealed. */
export function changedParts(manifest: Manifest, study: Study): DesignPart[] {
  const now = designDigests(study);
  return (Object.keys(now) as DesignPart[]).filter((part) => now[part] !== manifest.design[part]);
}

/** A batch as it is checked. */
export interface CheckedBatch {
  readonly manifest: Manifest;
  /** The manifests that held before, the first one first. */
  readonly earlier: readonly Manifest[];
  /** Where the list can be read. */
  readonly slots: readonly Slot[] | undefined;
}

/**
 * Holds the files of a study folder against the manifests of its batches, and each batch's list
 * against its envelopes.
 *
 * @param digests path → SHA-256 of every file there is: study.yaml and all of allocation/ but the
 *   manifests
 * @returns what does not agree, each with its file; empty where all is as it was sealed
 */
export function checkSealedFiles(
  batches: readonly CheckedBatch[],
  digests: ReadonlyMap<string, string>,
): Problem[] {
  const problems: Problem[] = [];
  const named = new Set<string>();
  for (const batch of batches) {
    const { manifest, slots } = batch;
    for (const [file, sealed] of namedFiles(batch)) {
      named.add(file);
      const found = digests.get(file);
      if (found === undefined) {
        problems.push({ file, message: 'is missing' });
      } else if (found !== sealed && file !== STUDY_FILE) {
        problems.push({ file, message: 'is not the file that was sealed: its digest differs' });
      }
    }
    problems.push(...checkRewraps(batch));
    if (slots !== undefined) problems.push(...checkListed(manifest, slots));
  }
  const before = new Set(
    batches.flatMap(({ earlier }) => earlier.flatMap(({ files }) => Object.keys(files))),
  );
  for (const file of digests.keys()) {
    if (named.has(file) || file === STUDY_FILE) continue;
    const message = before.has(file)
      ? 'is still sealed to the people of before: randose rewrap --identity FILE proves what is in force, and moves it aside'
      : file.startsWith(`${batchFiles(batches.length + 1).folder}/`)
        ? 'is of a batch that the ledger does not know: allocate --extend finishes one that was cut short'
        : /\/rewrap-\d+\//.test(file)
          ? 'is of a rewrap that the ledger does not know. Either the ledger is an old one: restore the newest. Or a rewrap was cut short: run it again. Do not delete the file'
          : 'is not in the manifest: randose did not put it there';
    problems.push({ file, message });
  }
  return problems;
}

/** What a batch's manifest names, and the signing keys of before, which check the signatures of before. */
function namedFiles({ manifest, earlier }: CheckedBatch): [file: string, digest: string][] {
  const keys = earlier.flatMap(({ batch, rewrap, files }): [string, string][] => {
    const { signingKey } = batchFiles(batch, rewrap);
    const digest = files[signingKey];
    return digest === undefined ? [] : [[signingKey, digest]];
  });
  return [...keys, ...Object.entries(manifest.files)];
}

/** Whether two manifests of a batch promise the same: however often it is rewrapped, that stays. */
export function hasSamePromise(one: Manifest, other: Manifest): boolean {
  const promise = ({ study, domain, list, algorithm, slots, strata, commitment }: Manifest) =>
    JSON.stringify([study, domain, list, algorithm, slots, strata, commitment]);
  return promise(one) === promise(other);
}

function checkRewraps({ manifest, earlier }: CheckedBatch): Problem[] {
  const all = [...earlier, manifest];
  return all.slice(1).flatMap((one) => {
    if (hasSamePromise(all[0]!, one)) return [];
    const { manifest: file } = batchFiles(one.batch, one.rewrap);
    return [{ file, message: OTHER_PROMISE }];
  });
}

/** What is wrong with a manifest that does not promise what the batch was allocated with. */
export const OTHER_PROMISE = 'commits to another list than the batch was allocated with';

/** A batch's list and its manifest must speak of the same slots. */
function checkListed(manifest: Manifest, slots: readonly Slot[]): Problem[] {
  const problems: Problem[] = [];
  const { batch, rewrap, commitment } = manifest;
  const files = batchFiles(batch, rewrap);
  const listed = JSON.stringify(strataOf(slots));
  if (slots.length !== manifest.slots || listed !== JSON.stringify(manifest.strata)) {
    const message = `has ${slots.length} slots, but not those of the strata in the manifest, which says ${manifest.slots}`;
    problems.push({ file: files.list, message });
  }
  if (commitment.leaves !== manifest.slots + 1) {
    const message = `commits to ${commitment.leaves} leaves for ${manifest.slots} slots, not to one each and one for the list`;
    problems.push({ file: files.manifest, message });
  }
  const expected = new Set(slots.map((slot) => envelopeFile(slot, rewrap)));
  for (const file of expected) {
    if (!(file in manifest.files)) {
      problems.push({ file: files.manifest, message: `names no ${file}, which list.csv has` });
    }
  }
  for (const file of Object.keys(manifest.files)) {
    if (file.startsWith(`${files.envelopes}/`) && !expected.has(file)) {
      problems.push({ file: files.list, message: `has no slot for ${file}` });
    }
  }
  return problems;
}

/** How many slots each stratum has, in the order of the list. */
function strataOf(slots: readonly Slot[]): Manifest['strata'] {
  return [...slotsPerStratum(slots)].map(([stratum, count]) => ({ stratum, slots: count }));
}

function designDigests(study: Study): Manifest['design'] {
  const of = (part: unknown) => sha256(JSON.stringify(part));
  const people = (list: Study['officers']) => list.map(({ name, recipient }) => [name, recipient]);
  return {
    identity: of([study.id, study.domain]),
    arms: of(study.arms.map(({ code, name, type, ratio }) => [code, name, type, ratio])),
    strata: of(study.strata.map(({ id, slots }) => [id, slots])),
    numbers: of([
      study.numbers.randomization.prefix,
      study.numbers.randomization.site,
      study.numbers.randomization.width ?? null,
      study.numbers.randomization.check,
      study.numbers.kits.prefix,
      study.numbers.kits.site,
      study.numbers.kits.width,
      // As they were before there could be any, where there are none.
      ...(study.spareKits > 0 ? [study.spareKits] : []),
    ]),
    // What a schedule does not say is left out: a simple one has the digest that it always had.
    schedule: of([
      study.schedule.phases.map(({ name, days, ...rules }) => [name, days, ...said(rules)]),
      study.schedule.assessments.map(({ name, days, ...rules }) => [name, days, ...said(rules)]),
    ]),
    custody: of([
      study.custody,
      people(study.officers),
      people(study.statisticians),
      people(study.packers),
      people(study.cardMakers),
    ]),
  };
}

function said(rules: object): object[] {
  return Object.keys(rules).length === 0 ? [] : [rules];
}
