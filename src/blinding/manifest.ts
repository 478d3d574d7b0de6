import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type Problem, RandoseError } from '../errors.ts';
import { ALGORITHM } from '../randomization/generator.ts';
import type { Slot } from '../randomization/list.ts';
import { ENVELOPES, envelopeFile, LIST_FILE, MANIFEST_FILE, STUDY_FILE } from '../study/layout.ts';
import type { Study } from '../study/study.ts';

const DIGEST = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const MANIFEST = v.strictObject({
  randose: v.literal('manifest'),
  version: v.literal(1),
  software: v.string(),
  study: v.string(),
  list: v.string(),
  algorithm: v.number(),
  created: v.string(),
  slots: v.number(),
  design: v.strictObject({
    identity: DIGEST,
    arms: DIGEST,
    strata: DIGEST,
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
 * The manifest of a freshly sealed list.
 *
 * @param files path → content of everything that was sealed, and of study.yaml and list.csv
 * @param facts `created` is an instant in ISO 8601, UTC; `software` the name and version that made it
 */
export function makeManifest(
  study: Study,
  files: ReadonlyMap<string, Uint8Array | string>,
  facts: { list: string; created: string; software: string; slots: number },
): Manifest {
  return {
    randose: 'manifest',
    version: 1,
    software: facts.software,
    study: study.id,
    list: facts.list,
    algorithm: ALGORITHM,
    created: facts.created,
    slots: facts.slots,
    design: designDigests(study),
    files: Object.fromEntries([...files].map(([path, content]) => [path, sha256(content)])),
  };
}

/** The text of allocation/manifest.json (docs/FORMATS.md). */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** @throws RandoseError `bad-data` where the text is no manifest of this version */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const result = v.safeParse(MANIFEST, json);
  if (result.success) return result.output;
  throw new RandoseError('bad-data', `${MANIFEST_FILE} cannot be read`, {
    hint: 'Restore the file from a backup: it is written once, by randose allocate.',
  });
}

/** The parts of the study that are no longer what they were when the list was sealed. */
export function changedParts(manifest: Manifest, study: Study): DesignPart[] {
  const now = designDigests(study);
  return (Object.keys(now) as DesignPart[]).filter((part) => now[part] !== manifest.design[part]);
}

/**
 * Holds the files of a study folder against its manifest, and the list against the envelopes.
 *
 * @param digests path → SHA-256 of every file there is: study.yaml and all of allocation/ but the
 *   manifest
 * @returns what does not agree, each with its file; empty where all is as it was sealed
 */
export function checkSealedFiles(
  manifest: Manifest,
  list: readonly Slot[] | undefined,
  digests: ReadonlyMap<string, string>,
): Problem[] {
  const problems: Problem[] = [];
  for (const [file, sealed] of Object.entries(manifest.files)) {
    const found = digests.get(file);
    if (found === undefined) {
      problems.push({ file, message: 'is missing' });
    } else if (found !== sealed && file !== STUDY_FILE) {
      problems.push({ file, message: 'is not the file that was sealed: its digest differs' });
    }
  }
  for (const file of digests.keys()) {
    if (!(file in manifest.files)) {
      problems.push({ file, message: 'is not in the manifest: randose did not put it there' });
    }
  }
  if (list === undefined) return problems;
  if (list.length !== manifest.slots) {
    const message = `has ${list.length} slots, but the manifest says ${manifest.slots}`;
    problems.push({ file: LIST_FILE, message });
  }
  const expected = new Set(list.map((slot) => envelopeFile(slot.number)));
  const named = Object.keys(manifest.files).filter((file) => file.startsWith(`${ENVELOPES}/`));
  for (const file of expected) {
    if (!named.includes(file)) {
      problems.push({ file: MANIFEST_FILE, message: `names no ${file}, which list.csv has` });
    }
  }
  for (const file of named) {
    if (!expected.has(file)) {
      problems.push({ file: LIST_FILE, message: `has no slot for ${file}` });
    }
  }
  return problems;
}

function designDigests(study: Study): Manifest['design'] {
  const of = (part: unknown) => sha256(JSON.stringify(part));
  const people = (list: Study['officers']) => list.map(({ name, recipient }) => [name, recipient]);
  return {
    identity: of(study.id),
    arms: of(study.arms.map(({ code, name, type, ratio }) => [code, name, type, ratio])),
    strata: of(study.strata.map(({ id, slots }) => [id, slots])),
    schedule: of([
      study.schedule.phases.map(({ name, days }) => [name, days]),
      study.schedule.assessments.map(({ name, days }) => [name, days]),
    ]),
    custody: of([people(study.officers), people(study.statisticians), people(study.packers)]),
  };
}
