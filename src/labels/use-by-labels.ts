import { type Problem, RandoseError } from '../errors.ts';
import { STUDY_FILE } from '../study/layout.ts';
import { makeUpOf } from '../study/sections/supplies.ts';
import type { ProfileName } from '../study/profiles.ts';
import type { Label } from './label.ts';
import { caption, type LabelledStudy, lineOf, type Wording } from './label-text.ts';
import { type KitToLabel, marksOf, wordings } from './labels.ts';
import { packagedKey } from './missing-particulars.ts';

/** The rule that such labels follow (EudraLex, Volume 4, Annex 13, 2010). */
const PARAGRAPH = 'Annex 13, 33';

/**
 * Makes additional labels for kits whose use-by date has changed: they state the new date and repeat the batch
 * number (Annex 13, 33), with kit code and trial, so that none gets onto another kit. There is one for the outer
 * packaging, or one for each unit if there is none: those are the labels that show the date.
 *
 * @throws RandoseError `invalid-study` if the labels of the arms differ, or lot or expiry is missing
 */
export function makeUseByLabels(
  study: LabelledStudy,
  profile: ProfileName,
  kits: readonly KitToLabel[],
): Label[] {
  const wordingFor = wordings(study, profile);
  const problems = new Map<string, Problem>();
  for (const { text, type } of new Set(kits.map(wordingFor))) {
    for (const name of ['lot', 'expiry'] as const) {
      if (text[name] !== undefined) continue;
      const message = `${packagedKey(name, type)} is missing: ${PARAGRAPH} asks for it on a use-by label`;
      problems.set(message, { file: STUDY_FILE, message });
    }
  }
  if (problems.size > 0) {
    throw new RandoseError('invalid-study', 'use-by labels cannot be made', {
      problems: [...problems.values()],
      hint: 'Add what is missing to study.yaml. No label was made.',
    });
  }
  return kits.flatMap((one) => {
    const wording = wordingFor(one);
    const { outer, units } = makeUpOf(study.supplies, one.type);
    if (outer) return [useByLabel(wording, one, null, units)];
    return Array.from({ length: units }, (_, index) => useByLabel(wording, one, index + 1, units));
  });
}

function useByLabel(wording: Wording, one: KitToLabel, unit: number | null, units: number): Label {
  const kind = unit === null ? 'outer' : 'unit';
  const which = unit === null ? '' : ` of unit ${unit}`;
  const dated = lineOf(wording, 'lot', 'outer');
  const trial = lineOf(wording, 'trial', 'small');
  return {
    kind,
    name: `the use-by label${which} of kit ${one.kit}`,
    kit: one.kit,
    caption: caption(wording, 'kit'),
    unit,
    contact: undefined,
    lines: [
      ...(unit === null
        ? []
        : [{ kind: 'injection' as const, text: `${unit}/${units}`, isStrong: true }]),
      ...(dated === undefined ? [] : [dated]),
      ...(trial === undefined ? [] : [trial]),
    ],
    marks: marksOf(wording, one.had.includes(kind), one.isSpecimen ?? false),
    subject: null,
    visit: null,
    date: null,
  };
}
