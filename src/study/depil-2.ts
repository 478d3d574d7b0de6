import * as v from 'valibot';
import { parseDocument } from 'yaml';
import participants from './templates/depil-2/participants.csv';
import plan from './templates/depil-2/plan.yaml';
import study from './templates/depil-2/study.yaml';
import type { Study } from './study.ts';

/**
 * DEPIL-2 (NCT04133233), the trial that randose was made for and the template it ships with.
 * Facts: ClinicalTrials.gov, and the published report of the trial.
 */
export const STUDY_TEMPLATE = study;

/** The confidential half of the template. */
export const PLAN_TEMPLATE = plan;

/** Eighteen invented participants with their first days. */
export const EXAMPLE_PARTICIPANTS = participants;

/** The name of the product on the labels of another study, if it is that of the template; undefined if it is not. */
export function templateSubstance({
  id,
  supplies,
}: Pick<Study, 'id' | 'supplies'>): string | undefined {
  const { substance } = supplies.labels;
  const template: unknown = parseDocument(STUDY_TEMPLATE).toJS();
  const own = v.parse(NAMED_PRODUCT, template);
  const isOther = !id.endsWith(own.study.id);
  return isOther && typeof substance === 'string' && substance === own.supplies.labels.substance
    ? substance
    : undefined;
}

/** The parts of the template that say which study and which product it is about. */
const NAMED_PRODUCT = v.object({
  study: v.object({ id: v.string() }),
  supplies: v.object({ labels: v.object({ substance: v.string() }) }),
});

/** What labels need and nobody has published, invented: for the demo, the self-test and examples. */
const EXAMPLE_PARTICULARS: readonly (readonly [after: RegExp, added: string])[] = [
  [/^ {4}timeZone: Europe\/Paris\n/m, '    investigator: Dr Exemple\n'],
  [/^ {4}spares: .*\n/m, '  packaged: [{lot: L2026-01, expiry: 2027-06}]\n'],
  [
    /^ {4}languages: \[fr\]\n/m,
    `    contact: {name: Pharmacie Exemple, address: "1 rue de l'Exemple, 94000 Créteil", phone: +33 1 00 00 00 00}
    directions: Voir le guide d'administration remis au site
    storage: À conserver entre 2 °C et 8 °C, à l'abri de la lumière
`,
  ],
];

/** The template, or a study made from it, with the particulars that its labels lack. */
export function withExampleParticulars(template: string): string {
  return EXAMPLE_PARTICULARS.reduce(
    (text, [after, added]) => text.replace(after, (line) => line + added),
    template,
  );
}
