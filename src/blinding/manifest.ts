import * as v from 'valibot';
import { type Problem, RandoseError } from '../errors.ts';
import { ALGORITHM } from '../randomization/generator.ts';
import { lowestTerms } from '../randomization/blocks.ts';
import { isReplacementSlot, type Slot, slotsPerStratum } from '../randomization/list.ts';
import { batchFiles, envelopeFile, STUDY_FILE } from '../study/layout.ts';
import { type PeriodTreatment, scheduleParts, treatmentsOf } from '../study/sections/schedule.ts';
import { MOST_SPARES } from '../study/sections/supplies.ts';
import { ratioText, sharesIn, type Study } from '../study/study.ts';
import { counted, RESTORE } from '../words.ts';
import type { Commitment } from './commitment.ts';
import { type Content, DIGEST_TEXT, sha256 } from '../digest.ts';
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
  // Of the whole study, not of the batch alone. Missing if all strata have the ratio of the arms.
  ratios: v.exactOptional(
    v.array(v.strictObject({ stratum: v.string(), ratio: v.array(v.number()) })),
  ),
  // How many of the slots are replacement slots, which `strata` does not count; missing if there are none.
  replacements: v.exactOptional(v.number()),
  design: v.strictObject({
    identity: DIGEST,
    arms: DIGEST,
    strata: DIGEST,
    numbers: DIGEST,
    schedule: DIGEST,
    custody: DIGEST,
    replacements: v.exactOptional(DIGEST),
    kitTypes: v.exactOptional(DIGEST),
  }),
  custody: v.strictObject({
    rule: v.picklist(['any', 'threshold']),
    needed: v.number(),
    recipient: v.nullable(v.string()),
    officers: PEOPLE,
    statisticians: PEOPLE,
    packers: PEOPLE,
    cardMakers: PEOPLE,
    // Missing if there are none.
    preparers: v.exactOptional(PEOPLE),
  }),
  commitment: v.strictObject({ leaves: v.number(), root: DIGEST }),
  files: v.custom<Readonly<Record<string, string>>>(areDigests),
});

/** Whether it has a digest for each name. A long list has a file for each slot: a schema of each takes ten times as long. */
function areDigests(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return (
    isObject &&
    Object.values(value).every((one) => typeof one === 'string' && DIGEST_TEXT.test(one))
  );
}

/** The public record of the sealed files: counts and digests, without arms and blocks. */
export type Manifest = v.InferOutput<typeof MANIFEST>;

/**
 * Who can open the sealed files: any officer, or several together with the study key, whose public half is
 * `recipient`.
 */
export type SealedCustody = Manifest['custody'];

/** The facts in a manifest that follow from neither the study nor its slots. */
interface ManifestFacts {
  readonly batch: number;
  /** How often the batch was rewrapped. */
  readonly rewrap: number;
  readonly list: string;
  /** An instant in ISO 8601, UTC. */
  readonly created: string;
  /** The name and version of the program. */
  readonly software: string;
  readonly custody: SealedCustody;
  readonly commitment: Commitment;
}

/**
 * The parts of study.yaml that a sealed list, or a file made from it, depends on. `kits` is whether there are any, which
 * the digest of `numbers` covers; `blinding` is sealed in the digest of `identity`. The ledger, not the manifest, says
 * which `amendments` are in force.
 */
export type DesignPart = keyof Manifest['design'] | 'kits' | 'amendments' | 'blinding';

/**
 * Makes the manifest of a batch that was just sealed.
 *
 * @param slots the batch's slots, in the order of their strata
 * @param files the path and content of study.yaml, list.csv, and every sealed file
 */
export function makeManifest(
  study: Study,
  slots: readonly Slot[],
  files: Iterable<readonly [path: string, content: Content]>,
  facts: ManifestFacts,
): Manifest {
  const ratios = ownRatios(study);
  const replacements = slots.filter(isReplacementSlot).length;
  const digests: Record<string, string> = {};
  for (const [path, content] of files) digests[path] = sha256(content);
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
    ...(ratios.length > 0 && { ratios }),
    ...(replacements > 0 && { replacements }),
    design: designDigests(study),
    custody: facts.custody,
    commitment: facts.commitment,
    files: digests,
  };
}

/** The text of a manifest.json (docs/FORMATS.md). */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/**
 * Reads a manifest.
 *
 * @throws RandoseError `bad-data` if the text is not a manifest of this version, that batch and that rewrap
 */
export function parseManifest(text: string, batch: number, rewrap = 0): Manifest {
  const result = v.safeParse(MANIFEST, parseJson(text));
  const manifest = result.success ? result.output : undefined;
  if (manifest?.batch === batch && manifest.rewrap === rewrap) return manifest;
  throw new RandoseError('bad-data', `${batchFiles(batch, rewrap).manifest} cannot be read`, {
    hint: RESTORE,
  });
}

/**
 * The parts of the study that have changed since the list was sealed. Each batch has the number of spare kits that
 * study.yaml has when it is made: another number changes no slot that there is.
 */
export function changedParts(manifest: Manifest, study: Study): DesignPart[] {
  const now = designDigests(study);
  const known = Object.keys({ ...now, ...manifest.design }) as (keyof typeof now)[];
  const parts = known.filter(
    (part) =>
      now[part] !== manifest.design[part] &&
      !(part === 'numbers' && hasSealedNumbers(manifest, study)),
  );
  const isOfKits = hasSealedNumbers(manifest, { ...study, hasKits: !study.hasKits });
  const isOfBlinding = hasSealedIdWithOtherBlinding(manifest, study);
  return parts.map((part) => {
    if (part === 'numbers' && isOfKits) return 'kits';
    return part === 'identity' && isOfBlinding ? 'blinding' : part;
  });
}

/** Whether the study would have the identity that was sealed, if its arms could be known or not as they were then. */
function hasSealedIdWithOtherBlinding({ design }: Manifest, study: Study): boolean {
  const blinding = study.blinding === 'open label' ? 'blinded' : 'open label';
  return designDigests({ ...study, blinding }).identity === design.identity;
}

/** The treatments of an arm in the periods of a crossover, as they were sealed; none if study.yaml was changed. */
export function sealedTreatments(
  manifest: Manifest,
  study: Study,
  code: string,
): PeriodTreatment[] {
  const arm = study.arms.find((one) => one.code === code);
  const changed = changedParts(manifest, study);
  const isSealed = !changed.includes('arms') && !changed.includes('schedule');
  return arm !== undefined && isSealed ? treatmentsOf(arm, study.schedule) : [];
}

/** Whether the numbers are those that were sealed. Their digest covers the number of spare kits too. */
function hasSealedNumbers({ design }: Manifest, study: Study): boolean {
  return Array.from({ length: MOST_SPARES + 1 }, (_, spareKits) => spareKits).some(
    (spareKits) => designDigests({ ...study, spareKits }).numbers === design.numbers,
  );
}

/** A stratum whose ratio in study.yaml is not the one that its slots were sealed with. */
export interface ChangedRatio {
  readonly stratum: string;
  /** Its own ratio, in lowest terms and in the order of the arms; undefined: that of the arms. */
  readonly sealed: readonly number[] | undefined;
  readonly now: readonly number[] | undefined;
}

/**
 * The strata that have slots, and another ratio in study.yaml than when they were sealed. Other slots of a stratum can
 * be added later, but never with another ratio.
 *
 * @param manifest of the latest batch
 * @param slots of all batches
 */
export function changedRatios(
  manifest: Pick<Manifest, 'ratios'>,
  study: Study,
  slots: readonly Slot[],
): ChangedRatio[] {
  const sealed = ratioOf(manifest.ratios);
  const now = ratioOf(ownRatios(study));
  const asked = new Set(study.strata.map(({ id }) => id));
  return [...slotsPerStratum(slots).keys()]
    .filter((stratum) => asked.has(stratum) && sealed(stratum)?.join() !== now(stratum)?.join())
    .map((stratum) => ({ stratum, sealed: sealed(stratum), now: now(stratum) }));
}

function ratioOf(ratios: Manifest['ratios']): (id: string) => readonly number[] | undefined {
  const byStratum = new Map(ratios?.map(({ stratum, ratio }) => [stratum, ratio]));
  return (stratum) => byStratum.get(stratum);
}

/** The strata that have another ratio than the arms, each with it in lowest terms: 4:2 is 2:1. */
function ownRatios({ arms, strata }: Study): NonNullable<Manifest['ratios']> {
  const usual = lowestTerms(sharesIn(arms, {})).join();
  return strata.flatMap((stratum) => {
    const ratio = lowestTerms(sharesIn(arms, stratum));
    return ratio.join() === usual ? [] : [{ stratum: stratum.id, ratio }];
  });
}

/** A batch to be checked. */
export interface CheckedBatch {
  readonly manifest: Manifest;
  /** The earlier manifests of the batch, from the first. */
  readonly earlier: readonly Manifest[];
  /** Undefined if the list cannot be read. */
  readonly slots: readonly Slot[] | undefined;
}

/**
 * Compares the files of a study folder with the manifests of its batches, and each batch's list with its
 * envelopes.
 *
 * @param digests path → SHA-256 of every existing file: study.yaml and all of allocation/ except the
 *   manifests
 * @returns each difference, with its file; empty if everything is as it was sealed
 */
export function checkSealedFiles(
  batches: readonly CheckedBatch[],
  digests: ReadonlyMap<string, string>,
): Problem[] {
  const problems: Problem[] = [];
  const named = new Set<string>();
  const ratios = new Map<string, string>();
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
    problems.push(...checkRewraps(batch), ...checkRatios(manifest, ratios));
    if (slots !== undefined) problems.push(...checkListed(manifest, slots));
  }
  const before = new Set(
    batches.flatMap(({ earlier }) => earlier.flatMap(({ files }) => Object.keys(files))),
  );
  for (const file of digests.keys()) {
    if (named.has(file) || file === STUDY_FILE) continue;
    const message = before.has(file)
      ? 'is still sealed to the people before the rewrap. To check the files in use and move this one aside, run: randose rewrap --identity FILE --reason TEXT'
      : file.startsWith(`${batchFiles(batches.length + 1).folder}/`)
        ? 'belongs to a batch that is not in the ledger. To finish an interrupted batch, run: randose allocate --extend'
        : /\/rewrap-\d+\//.test(file)
          ? 'belongs to a rewrap that is not in the ledger. Either the ledger is old: restore the newest. Or the rewrap was interrupted: run it again. Do not delete the file'
          : 'is not in the manifest: randose did not put it there';
    problems.push({ file, message });
  }
  return problems;
}

/** The files in a batch's manifest, and the earlier signing keys, which check the earlier signatures. */
function namedFiles({ manifest, earlier }: CheckedBatch): [file: string, digest: string][] {
  const keys = earlier.flatMap(({ batch, rewrap, files }): [string, string][] => {
    const { signingKey } = batchFiles(batch, rewrap);
    const digest = files[signingKey];
    return digest === undefined ? [] : [[signingKey, digest]];
  });
  return [...keys, ...Object.entries(manifest.files)];
}

/** Whether two manifests of a batch commit to the same list. A rewrap never changes that. */
export function commitsToSameList(one: Manifest, other: Manifest): boolean {
  const fixed = ({ study, domain, list, algorithm, slots, strata, commitment }: Manifest) =>
    JSON.stringify([study, domain, list, algorithm, slots, strata, commitment]);
  return fixed(one) === fixed(other);
}

/**
 * Checks that the strata of a batch have the ratio that they had in the batches before it.
 *
 * @param known the ratio of each stratum so far, as text; the strata of the batch are added
 */
function checkRatios(manifest: Manifest, known: Map<string, string>): Problem[] {
  const own = ratioOf(manifest.ratios);
  return manifest.strata.flatMap(({ stratum }) => {
    const ratio = own(stratum);
    const text = ratio === undefined ? 'the ratio of the arms' : ratioText(ratio);
    const before = known.get(stratum) ?? text;
    known.set(stratum, before);
    if (before === text) return [];
    const file = batchFiles(manifest.batch, manifest.rewrap).manifest;
    const message = `has stratum ${stratum} with ${text}, but an earlier batch has it with ${before}`;
    return [{ file, message }];
  });
}

function checkRewraps({ manifest, earlier }: CheckedBatch): Problem[] {
  const all = [...earlier, manifest];
  return all.flatMap((one) => {
    if (commitsToSameList(all[0]!, one)) return [];
    const { manifest: file } = batchFiles(one.batch, one.rewrap);
    return [{ file, message: OTHER_LIST }];
  });
}

/** The problem of a manifest that commits to another list. */
export const OTHER_LIST = 'commits to a list other than the one with which the batch was allocated';

/** Checks that a batch's list and its manifest have the same slots. */
function checkListed(manifest: Manifest, slots: readonly Slot[]): Problem[] {
  const problems: Problem[] = [];
  const { batch, rewrap, commitment } = manifest;
  const files = batchFiles(batch, rewrap);
  const listed = JSON.stringify(strataOf(slots));
  const replacements = slots.filter(isReplacementSlot).length;
  if (
    slots.length !== manifest.slots ||
    replacements !== (manifest.replacements ?? 0) ||
    listed !== JSON.stringify(manifest.strata)
  ) {
    const message = `has ${counted(slots.length, 'slot')}, but not those of the strata in the manifest, which has ${manifest.slots}`;
    problems.push({ file: files.list, message });
  }
  if (commitment.leaves !== manifest.slots + 1) {
    const message = `commits to ${counted(commitment.leaves, 'leaf', 'leaves')} for ${counted(manifest.slots, 'slot')}, instead of one for each slot and one for the list`;
    problems.push({ file: files.manifest, message });
  }
  const expected = new Set(slots.map((slot) => envelopeFile(slot, rewrap)));
  for (const file of expected) {
    if (!(file in manifest.files)) {
      problems.push({
        file: files.manifest,
        message: `does not name ${file}, which is in list.csv`,
      });
    }
  }
  for (const file of Object.keys(manifest.files)) {
    if (file.startsWith(`${files.envelopes}/`) && !expected.has(file)) {
      problems.push({ file: files.list, message: `has no slot for ${file}` });
    }
  }
  return problems;
}

/** The number of slots of each stratum, without replacement slots, in the order of the list. */
function strataOf(slots: readonly Slot[]): Manifest['strata'] {
  return [...slotsPerStratum(slots)].map(([stratum, count]) => ({ stratum, slots: count }));
}

function designDigests(study: Study): Manifest['design'] {
  const of = (part: unknown) => sha256(JSON.stringify(part));
  const own = ratioOf(ownRatios(study));
  const people = (list: Study['officers']) => list.map(({ name, recipient }) => [name, recipient]);
  return {
    // A blinded study has the digest that it had before a study could be open label.
    identity: of([
      study.id,
      study.domain,
      ...(study.blinding === 'open label' ? [study.blinding] : []),
    ]),
    // Without treatments of periods an arm is in the digest as it was before arms could have them.
    arms: of(
      study.arms.map(({ code, name, type, ratio, periods }) => {
        const treatments = periods === undefined ? [] : [periods];
        return [code, name, type, ratio, ...treatments];
      }),
    ),
    // Without a ratio of its own a stratum is in the digest as it was before strata could have one.
    strata: of(
      study.strata.map(({ id, slots }) =>
        [id, slots, own(id)].filter((part) => part !== undefined),
      ),
    ),
    numbers: of([
      study.numbers.randomization.prefix,
      study.numbers.randomization.site,
      study.numbers.randomization.width ?? null,
      study.numbers.randomization.check,
      study.numbers.kits.prefix,
      study.numbers.kits.site,
      study.numbers.kits.width,
      // Without spare kits the digest stays as it was before spare kits existed.
      ...(study.spareKits > 0 ? [study.spareKits] : []),
      // With kits it stays as it was before studies without kits existed.
      ...(study.hasKits ? [] : ['no kits']),
    ]),
    schedule: of(scheduleParts(study.schedule)),
    custody: of([
      study.custody,
      people(study.officers),
      people(study.statisticians),
      people(study.packers),
      people(study.cardMakers),
      // Without preparers the digest stays as it was before there were any.
      ...(study.preparers.length > 0 ? [people(study.preparers)] : []),
    ]),
    // Without replacement slots there is no digest, as before there were any.
    ...(study.replacements !== undefined && { replacements: of(study.replacements.offset) }),
    // Without kit types there is none either. Their spare kits may differ from batch to batch.
    ...(study.kitTypes.length > 0 && { kitTypes: of(study.kitTypes.map(({ type }) => type)) }),
  };
}
