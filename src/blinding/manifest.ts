import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type Problem, RandoseError } from '../errors.ts';
import { ALGORITHM } from '../randomization/generator.ts';
import { type Slot, slotsPerStratum } from '../randomization/list.ts';
import { batchFiles, envelopeFile, STUDY_FILE } from '../study/layout.ts';
import type { Study } from '../study/study.ts';
import { parseJson } from './parse-json.ts';

const DIGEST = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const MANIFEST = v.strictObject({
  randose: v.literal('manifest'),
  version: v.literal(1),
  software: v.string(),
  study: v.string(),
  domain: v.picklist(['production', 'dummy']),
  batch: v.number(),
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
  files: v.record(v.string(), DIGEST),
});

/** The public record of what was sealed: counts and digests, no arm and no block. */
export type Manifest = v.InferOutput<typeof MANIFEST>;

/** The parts of study.yaml that a sealed list, or what is made from it, rests on. */
export type DesignPart = keyof Manifest['design'];

/** SHA-256, in hexadecimal, as sha256sum prints it. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * The manifest of a freshly sealed batch.
 *
 * @param slots the batch's slots, in the order of their strata
 * @param files path → content of everything that was sealed, and of study.yaml and list.csv
 * @param facts `created` is an instant in ISO 8601, UTC; `software` the name and version that made it
 */
export function makeManifest(
  study: Study,
  slots: readonly Slot[],
  files: ReadonlyMap<string, Uint8Array | string>,
  facts: { batch: number; list: string; created: string; software: string },
): Manifest {
  return {
    randose: 'manifest',
    version: 1,
    software: facts.software,
    study: study.id,
    domain: study.domain,
    batch: facts.batch,
    list: facts.list,
    algorithm: ALGORITHM,
    created: facts.created,
    slots: slots.length,
    strata: strataOf(slots),
    design: designDigests(study),
    files: Object.fromEntries([...files].map(([path, content]) => [path, sha256(content)])),
  };
}

/** The text of a manifest.json (docs/FORMATS.md). */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** @throws RandoseError `bad-data` where the text is no manifest of this version and that batch */
export function parseManifest(text: string, batch: number): Manifest {
  const result = v.safeParse(MANIFEST, parseJson(text));
  if (result.success && result.output.batch === batch) return result.output;
  throw new RandoseError('bad-data', `${batchFiles(batch).manifest} cannot be read`, {
    hint: 'Restore the file from a backup: it is written once, by randose allocate.',
  });
}

/** The parts of the study that are no longer what they were when the list was sealed. */
export function changedParts(manifest: Manifest, study: Study): DesignPart[] {
  const now = designDigests(study);
  return (Object.keys(now) as DesignPart[]).filter((part) => now[part] !== manifest.design[part]);
}

/**
 * Holds the files of a study folder against the manifests of its batches, and each batch's list
 * against its envelopes.
 *
 * @param batches each with its manifest, and its list where that can be read
 * @param digests path → SHA-256 of every file there is: study.yaml and all of allocation/ but the
 *   manifests
 * @returns what does not agree, each with its file; empty where all is as it was sealed
 */
export function checkSealedFiles(
  batches: readonly { manifest: Manifest; slots: readonly Slot[] | undefined }[],
  digests: ReadonlyMap<string, string>,
): Problem[] {
  const problems: Problem[] = [];
  const named = new Set<string>();
  for (const { manifest, slots } of batches) {
    for (const [file, sealed] of Object.entries(manifest.files)) {
      named.add(file);
      const found = digests.get(file);
      if (found === undefined) {
        problems.push({ file, message: 'is missing' });
      } else if (found !== sealed && file !== STUDY_FILE) {
        problems.push({ file, message: 'is not the file that was sealed: its digest differs' });
      }
    }
    if (slots !== undefined) problems.push(...checkListed(manifest, slots));
  }
  for (const file of digests.keys()) {
    if (!named.has(file) && file !== STUDY_FILE) {
      const message = file.startsWith(`${batchFiles(batches.length + 1).folder}/`)
        ? 'is of a batch that the ledger does not know: allocate --extend finishes one that was cut short'
        : 'is not in the manifest: randose did not put it there';
      problems.push({ file, message });
    }
  }
  return problems;
}

/** A batch's list and its manifest must speak of the same slots. */
function checkListed(manifest: Manifest, slots: readonly Slot[]): Problem[] {
  const problems: Problem[] = [];
  const files = batchFiles(manifest.batch);
  const listed = JSON.stringify(strataOf(slots));
  if (slots.length !== manifest.slots || listed !== JSON.stringify(manifest.strata)) {
    const message = `has ${slots.length} slots, but not those of the strata in the manifest, which says ${manifest.slots}`;
    problems.push({ file: files.list, message });
  }
  const expected = new Set(slots.map(envelopeFile));
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
    ]),
    schedule: of([
      study.schedule.phases.map(({ name, days }) => [name, days]),
      study.schedule.assessments.map(({ name, days }) => [name, days]),
    ]),
    custody: of([people(study.officers), people(study.statisticians), people(study.packers)]),
  };
}
