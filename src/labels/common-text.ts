import { type Problem, RandoseError } from '../errors.ts';
import { STUDY_FILE } from '../study/layout.ts';
import type { Site, Study } from '../study/study.ts';
import type { LabelText } from '../study/sections/supplies.ts';
import { COMPARED, type CommonText, packagedText } from '../study/packaged.ts';

/**
 * Lot, expiry and texts of a batch of the allocation list. A text for one arm, one batch or one kit type takes precedence
 * over a text for all.
 *
 * @param type of the kits; undefined if all kits are alike
 * @throws RandoseError `invalid-study`, naming each text that differs between arms: labels that differ unblind
 */
export function commonText(
  { arms, sites, supplies }: Pick<Study, 'arms' | 'sites' | 'supplies'>,
  batch: number,
  type?: string,
): CommonText {
  const byArm = arms.map(({ code }) => ({ code, text: packagedText(supplies, code, batch, type) }));
  const languages = [undefined, ...sites].flatMap((site) => languagesAt({ supplies }, site));
  const problems: Problem[] = [];
  for (const name of COMPARED) {
    const said = byArm.map(({ code, text }) => `${code}: ${shown(text[name])}`);
    const values = new Set(
      byArm.map(({ text }) =>
        languages.map((language) => inLanguage(text[name], language)).join('\n'),
      ),
    );
    if (values.size > 1) {
      problems.push({
        file: STUDY_FILE,
        message: `supplies${type === undefined ? '' : `, ${type}`}: ${name} differs, ${said.join('; ')}`,
      });
    }
  }
  if (problems.length === 0) return byArm[0]?.text ?? {};
  throw new RandoseError('invalid-study', 'the labels of the arms differ', {
    problems,
    hint: 'Anyone who sees two kits could tell their arms apart. Package all arms alike, with one lot number, and correct study.yaml. Nothing was printed.',
  });
}

/** The languages of the labels at a site. */
export function languagesAt(
  { supplies }: Pick<Study, 'supplies'>,
  site: Pick<Site, 'languages'> | undefined,
): readonly string[] {
  return site?.languages ?? supplies.labels.languages;
}

/** A text of study.yaml in one language. */
export function inLanguage(text: LabelText | undefined, language: string): string | undefined {
  return typeof text === 'object' ? text[language] : text;
}

function shown(text: LabelText | undefined): string {
  if (text === undefined) return 'nothing';
  return typeof text === 'string' ? text : Object.values(text).join(' / ');
}
