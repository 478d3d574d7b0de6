import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { layLabels } from '../../../src/exports/labels/layout.ts';
import { labelSize } from '../../../src/exports/labels/pdf.ts';
import { SHEETS } from '../../../src/labels/sheets.ts';
import { readStudy } from '../../../src/study/study-file.ts';
import { exampleLabels, kitsToLabel, LABELLED_TEMPLATE, METRICS } from '../../support/labels.ts';

interface Yaml {
  readonly supplies: { readonly kit: { readonly spares: number } };
}

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/pharmacist.md'), 'utf8');
/** The parts `supplies` that the page shows, whole or not. */
const SUPPLIES = [...PAGE.matchAll(/```yaml\n(supplies:\n[\s\S]*?)```/g)].map(
  ([, block = '']) => block,
);

test('the part supplies that docs/pharmacist.md shows can replace that of the template, also after allocation', () => {
  const template = parse(LABELLED_TEMPLATE) as Yaml;
  expect(SUPPLIES).toHaveLength(2);
  for (const block of SUPPLIES) {
    const { supplies } = parse(block) as Yaml;
    expect(supplies.kit.spares).toBe(template.supplies.kit.spares);
    expect(readStudy(stringify({ ...template, supplies }), 'study.yaml')).toMatchObject({
      ok: true,
    });
  }
  expect(PAGE).toContain('```yaml\ninvestigator: Dr Example\n```');
});

test('the labels that docs/pharmacist.md describes fit the sheets that it names', () => {
  const template = parse(LABELLED_TEMPLATE) as Yaml;
  const whole = SUPPLIES.find((block) => block.includes('\n  labels:')) ?? '';
  const { supplies } = parse(whole) as Yaml;
  const study = readStudy(stringify({ ...template, supplies }), 'study.yaml');
  if (!study.ok) throw new Error(JSON.stringify(study.problems));
  for (const [kind, name] of [
    ['outer', 'L7163'],
    ['unit', 'L7651'],
  ] as const) {
    const sheet = SHEETS.find((one) => one.name === name)!;
    const made = exampleLabels(study.value, [kind], kitsToLabel(study.value), 'eu-ctr');
    expect(PAGE).toContain(name);
    expect(layLabels(made, labelSize(sheet), METRICS, name)).toHaveLength(made.length);
  }
});
