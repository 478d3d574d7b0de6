import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fontMetrics } from '../../src/exports/pdf/font-metrics.ts';
import { FONTS } from '../../src/system/fonts.ts';
import { STUDY_TEMPLATE, withExampleParticulars } from '../../src/study/depil-2.ts';
import { readStudy } from '../../src/study/study-file.ts';
import type { Study } from '../../src/study/study.ts';
import type { ProfileName } from '../../src/study/profiles.ts';
import type { KitNumber, RandomizationNumber } from '../../src/randomization/numbers.ts';
import type { Label, LabelKind } from '../../src/labels/label.ts';
import { type KitToLabel, makeLabels } from '../../src/labels/labels.ts';

/** The template with all that its labels need. */
export const LABELLED_TEMPLATE = withExampleParticulars(STUDY_TEMPLATE);

export const METRICS = fontMetrics(FONTS);

/** The study of the template after changes. */
export function labelledStudy(...changes: [from: string | RegExp, to: string][]): Study {
  let text = LABELLED_TEMPLATE;
  for (const [from, to] of changes) {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`the template has no ${String(from)}`);
    text = changed;
  }
  const checked = readStudy(text, 'study.yaml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** The template's labels in two languages. */
export const BILINGUAL: readonly [from: string, to: string][] = [
  ['languages: [fr]', 'languages: [fr, en]'],
  [
    'substance: ILT101 1 MUI ou placebo',
    'substance: {fr: ILT101 1 MUI ou placebo, en: ILT101 1 MIU or placebo}',
  ],
  [
    'form: poudre stérile pour injection',
    'form: {fr: poudre stérile pour injection, en: sterile powder for injection}',
  ],
  ['route: voie sous-cutanée', 'route: {fr: voie sous-cutanée, en: subcutaneous}'],
  ['contents: 9 flacons', 'contents: {fr: 9 flacons, en: 9 vials}'],
  ['unitContents: 1 flacon', 'unitContents: {fr: 1 flacon, en: 1 vial}'],
];

/** Codes that the check character fits: of 7 characters, as DEPIL-2 has them. */
const KIT_CODES = ['474WW4E', 'PGRC4YT', 'T9GJ79D', 'C94H96K', '773GGAQ', '9P7NJHW'];

/** Kits of the first slots, in stock. */
export function kitsToLabel(
  study: Study,
  codes: readonly string[] = KIT_CODES,
  changes: Partial<KitToLabel> = {},
): KitToLabel[] {
  const days = study.schedule.phases.flatMap((phase) => phase.days);
  return codes.map((code, index) => ({
    kit: code as KitNumber,
    slot: {
      number: `R${String(index + 1).padStart(3, '0')}` as RandomizationNumber,
      batch: 1,
      stratum: 'site=CRT',
      sequence: index + 1,
      kit: code as KitNumber,
    },
    site: 'CRT',
    subject: null,
    injections: days.map((day, place) => ({ index: place + 1, visit: `D${day}`, date: null })),
    had: [],
    ...changes,
  }));
}

/** Labels of a study's kits. */
export function exampleLabels(
  study: Study = labelledStudy(),
  kinds: readonly LabelKind[] = ['outer', 'unit'],
  kits: readonly KitToLabel[] = kitsToLabel(study),
  profile: ProfileName = 'eu-annex13',
): Label[] {
  return makeLabels(study, profile, kinds, kits);
}

/** All that is on a label, to be read. */
export function wordsOn({ kit, contact, lines }: Label): string {
  const { caption = '', phone = '', text = '' } = contact ?? {};
  return [kit, caption, phone, text, ...lines.map((line) => line.text)].join('\n');
}

/** What dmtxread finds in a picture: all codes, in any order. */
export function scanned(picture: Uint8Array, folder: string, most: number): string[] {
  const file = `${folder}/scan.png`;
  writeFileSync(file, picture);
  const words = ['-n', '-N', `${most}`, '-m', '20000', file];
  const found = execFileSync('dmtxread', words, { encoding: 'utf8' });
  return found.split('\n').filter((line) => line !== '');
}
