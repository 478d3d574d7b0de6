import { sha256 } from '../../../digest.ts';
import { RandoseError } from '../../../errors.ts';
import type { Label, LabelKind } from '../../../labels/label.ts';
import { type KitToLabel, makeLabels } from '../../../labels/labels.ts';
import { printedTexts } from '../../../labels/printed.ts';
import { makeUseByLabels } from '../../../labels/use-by-labels.ts';
import type { Act, LabelKinds } from '../../../ledger/entry.ts';
import { requireKits } from '../../../ledger/kits.ts';
import type { Who } from '../../../ledger/who.ts';
import { type OpenStudy, requireUnchanged, SCHEDULE_PARTS } from '../../../store/open-study.ts';
import type { ProfileName } from '../../../study/profiles.ts';
import { makeUpOf } from '../../../study/sections/supplies.ts';
import type { Study } from '../../../study/study.ts';
import { chosenKits } from '../../arguments/chosen-kits.ts';
import type { Output } from '../../output/output.ts';
import type { LabelsFlags } from './command.ts';
import { kitsToLabel, kitsToRelabel } from './kits-to-label.ts';
import { labelFile, type LabelFile } from './label-files.ts';
import type { LabelFormat } from './label-format.ts';

/** The labels that are asked for, made but not yet written. */
export interface Run {
  readonly open: OpenStudy;
  readonly profile: ProfileName;
  readonly kinds: readonly LabelKind[];
  readonly kits: readonly KitToLabel[];
  readonly labels: readonly Label[];
  readonly made: LabelFile;
}

/** @throws RandoseError if there is nothing to label, or the labels cannot be made */
export async function makeRun(
  output: Output,
  open: OpenStudy,
  options: LabelsFlags,
  format: LabelFormat,
): Promise<Run> {
  requireKits(open.slots);
  const { study } = open;
  const { subject, unit, specimen = false, useBy = false } = options;
  const dated = subject === undefined ? [] : SCHEDULE_PARTS;
  requireUnchanged(open, ['identity', 'numbers', ...dated]);
  const profile = profileFor(study, options);
  const chosen = chosenKits(open, options);
  if (useBy) {
    const kits = kitsToRelabel(open, chosen, options.kits !== undefined, specimen);
    const labels = makeUseByLabels(study, profile, kits);
    const kinds = [...new Set(labels.map(({ kind }) => kind))];
    return {
      open,
      profile,
      kinds,
      kits,
      labels,
      made: await labelFile(output, study, format, labels),
    };
  }
  const wantedKits = kitsToLabel(open, chosen, subject, specimen);
  const hasOuter = wantedKits.some(({ type }) => makeUpOf(study.supplies, type).outer);
  const kinds = kindsOf(options, format, hasOuter);
  const all = makeLabels(study, profile, kinds, wantedKits);
  const labelled = new Set(all.map(({ kit }) => kit));
  // A kit of a type without outer packaging has no outer label.
  const kits = wantedKits.filter(({ kit, type }) => type === undefined || labelled.has(kit));
  const wanted = all.filter((label) => unit?.includes(label.unit ?? 0) ?? true);
  if (wanted.length === 0) {
    const isCounted = wantedKits.some(
      ({ type }) => makeUpOf(study.supplies, type).unitLabels === false,
    );
    throw new RandoseError('bad-data', 'nothing is left to label', {
      hint: isCounted
        ? 'Only the kit has a label (study.yaml says unitLabels: false), not its units: leave out --only and --unit.'
        : 'The kits do not have this unit, or no injection is left to give.',
    });
  }
  const made = await labelFile(output, study, format, wanted);
  return { open, profile, kinds, kits, labels: wanted, made };
}

function profileFor({ supplies }: Study, options: LabelsFlags): ProfileName {
  const profile = options.profile ?? supplies.labels.profile;
  if (profile !== undefined) return profile;
  throw new RandoseError('usage', 'no profile: the law that says what labels must have', {
    hint: 'Add --profile, or supplies.labels.profile in study.yaml: eu-ctr (Regulation 536/2014), eu-annex13 (before it) or us-312.6.',
  });
}

/** The kinds that are asked for; else those that the sheet is made for, and both for a participant. */
function kindsOf(
  { only, unit, sheet, subject }: LabelsFlags,
  format: LabelFormat,
  hasOuter: boolean,
): LabelKind[] {
  if (!hasOuter) {
    if (only !== 'outer') return ['unit'];
    throw new RandoseError('usage', 'kits have no outer label: study.yaml says outer: false');
  }
  if (unit !== undefined && only !== 'outer') return ['unit'];
  if (only !== undefined) return [only === 'outer' ? 'outer' : 'unit'];
  const isForBoth = subject !== undefined || format.format === 'csv';
  if (sheet === undefined && isForBoth) return ['outer', 'unit'];
  if (format.sheet.isForUnits) return ['unit'];
  return isForBoth ? ['outer', 'unit'] : ['outer'];
}

/** The record of a run. */
export function actOf(
  { format, reason, unit, useBy = false }: LabelsFlags,
  run: Run,
  who: Who,
): Act {
  const { open, profile, kinds, kits, labels: made } = run;
  const shown = printedTexts(open.study, kinds, productsIn(kits), unit === undefined);
  return {
    action: 'labels',
    who,
    subject: kits[0]?.subject ?? null,
    reason: reason ?? null,
    labels: useBy ? 'use-by' : (kinds.join(' and ') as LabelKinds),
    profile,
    format,
    kits: kits.map(({ kit }) => kit),
    reprints: reprintsOf(run),
    count: made.length,
    output: sha256(run.made.content),
    ...(shown.length === 0 ? {} : { printed: shown }),
    ...(useBy || unit !== undefined ? {} : { units: unitsOf(open.study, kits) }),
  };
}

/** How many units kits have now, of each type. */
function unitsOf({ supplies }: Study, kits: readonly KitToLabel[]) {
  return [...new Set(kits.map(({ type }) => type))].map((type) => {
    return { ...(type !== undefined && { type }), units: makeUpOf(supplies, type).units };
  });
}

/** The batches and types of kits, on which lot and expiry depend. */
export function productsIn(kits: readonly KitToLabel[]) {
  return kits.map(({ slot: { batch }, type }) => ({ batch, type }));
}

/** The kits that had labels of these kinds before. */
export function reprintsOf({ kits, kinds }: Run): string[] {
  return kits.filter(({ had }) => had.some((kind) => kinds.includes(kind))).map(({ kit }) => kit);
}

/** The labels that are marked as reprints. */
export function reprintedLabels({ labels, kits }: Run): Label[] {
  const had = new Set(kits.flatMap(({ kit, had: kinds }) => kinds.map((kind) => `${kind} ${kit}`)));
  return labels.filter(({ kind, kit }) => had.has(`${kind} ${kit}`));
}
