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
  readonly supplies: { readonly labels: Record<string, unknown> };
}

test('the labels that docs/pharmacist.md describes fit the sheets that it names', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/pharmacist.md'), 'utf8');
  const [, snippet = ''] = /```yaml\n(supplies:\n {2}labels:[\s\S]*?)```/.exec(page) ?? [];
  const template = parse(LABELLED_TEMPLATE) as Yaml;
  const { labels } = (parse(snippet) as Yaml).supplies;
  const text = stringify({ ...template, supplies: { ...template.supplies, labels } });
  const study = readStudy(text, 'study.yaml');
  if (!study.ok) throw new Error(JSON.stringify(study.problems));
  for (const [kind, name] of [
    ['outer', 'L7163'],
    ['unit', 'L7651'],
  ] as const) {
    const sheet = SHEETS.find((one) => one.name === name)!;
    const made = exampleLabels(study.value, [kind], kitsToLabel(study.value), 'eu-ctr');
    expect(page).toContain(name);
    expect(layLabels(made, labelSize(sheet), METRICS, name)).toHaveLength(made.length);
  }
});
