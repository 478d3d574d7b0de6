/**
 * One thousand labels, measured inside one process beside the drawing of their bar codes alone. Run by
 * bench/run.mjs.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { dataMatrix } from '../src/exports/pdf/data-matrix.ts';
import { fontMetrics } from '../src/exports/pdf/font-metrics.ts';
import { formatLabelPdf } from '../src/exports/labels/pdf.ts';
import { kitsOf, makeAllocationList } from '../src/randomization/list.ts';
import { weighted } from '../src/randomization/blocks.ts';
import { STUDY_TEMPLATE, withExampleParticulars } from '../src/study/depil-2.ts';
import { readStudy } from '../src/study/study-file.ts';
import { makeLabels } from '../src/labels/labels.ts';
import { SHEETS } from '../src/labels/sheets.ts';

const LABELS = 1_000;
const AIM = { milliseconds: 0.7, bytes: 500 };

const resolve = createRequire(join(process.cwd(), 'package.json')).resolve;
const font = (name: string) => readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
const fonts = {
  regular: font('DejaVuSansCondensed'),
  bold: font('DejaVuSansCondensed-Bold'),
  mono: font('DejaVuSansMono-Bold'),
};

const text = withExampleParticulars(STUDY_TEMPLATE).replace('slots: 18', `slots: ${LABELS + 2}`);
const checked = readStudy(text, 'study.yaml');
if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
const study = checked.value;
const plan = { blocks: weighted([3, 6]) };
const slots = makeAllocationList(study, plan, new Uint8Array(32).fill(7)).slice(0, LABELS);
const injections = study.schedule.phases
  .flatMap(({ days }) => days)
  .map((day, index) => ({ index: index + 1, visit: `D${day}`, date: null }));
const kits = slots.map((slot) => ({
  kit: slot.kit!,
  slot,
  site: 'CRT',
  subject: null,
  injections,
  had: [],
}));

/** Median time of five rounds, in milliseconds per label. A round before them is not counted: it lets the compiler finish. */
async function medianOf(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const begin = performance.now();
    await work();
    if (round > 0) times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[2]! / LABELS;
}

const bare = await medianOf(() => slots.flatMap(kitsOf).map((kit) => dataMatrix(kit, 14)));
const metrics = fontMetrics(fonts);
console.log(`${LABELS} labels as a PDF, beside drawing their bar codes alone`);
for (const [name, kind] of [
  ['L7163', 'outer'],
  ['L7651', 'unit'],
] as const) {
  const sheet = SHEETS.find((one) => one.name === name)!;
  const place = { sheet, startAt: 1, offset: { x: 0, y: 0 } };
  // As many kits as make a thousand labels, each with its own bar code: the units of one kit would share one.
  const make = () => {
    const made = makeLabels(study, 'eu-annex13', [kind], kits);
    return kind === 'outer' ? made : made.filter(({ unit }) => unit === 1);
  };
  let bytes = 0;
  const each = await medianOf(async () => {
    const { pdf } = await formatLabelPdf(study, place, make(), fonts, metrics);
    bytes = pdf.length / LABELS;
  });
  const verdict = (value: number, aim: number) =>
    `(aim: ${aim}, ${value <= aim ? 'reached' : 'missed'})`;
  console.log(
    `  ${kind} on ${name}: ${each.toFixed(2)} ms ${verdict(each, AIM.milliseconds)}, beside ${bare.toFixed(2)} ms for the bar code: ratio ${(each / bare).toFixed(2)}; ${bytes.toFixed(0)} bytes a label ${verdict(bytes, AIM.bytes)}`,
  );
}
