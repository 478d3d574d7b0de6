import type { Assessment } from '../assessment/assessment.ts';
import type { BlockSize } from '../randomization/blocks.ts';
import { ratioText } from '../study/study.ts';
import { figureGroups, guesserText, marksText, tellingArms, totalsText } from './figures.ts';
import { MEANINGS, SOURCES } from './meaning.ts';
import { ASSESSMENT_STYLE } from './style.ts';
import {
  blocksText,
  type Candidate,
  hasRatios,
  longestStratum,
  ratioOfArms,
  shortNames,
  sizesText,
  strataText,
  type Yardsticks,
} from './candidate.ts';
import { comparisonFigure } from './comparison-plot.ts';
import { imbalanceFigure } from './imbalance-plot.ts';
import { Markup, markup } from './markup.ts';
import { predictabilityFigure } from './predictability-plot.ts';
import { recruitmentFigure, totalsFigure } from './totals-plot.ts';
import { yardstickFigure } from './yardstick-plot.ts';
import { YARDSTICKS_TEXT } from './yardsticks.ts';

/** The facts of the report. It has no date, so that it can be reproduced byte for byte. */
interface ReportFacts {
  readonly study: string;
  readonly title: string;
  readonly software: string;
  /** What any list of the design gives away. */
  readonly yardsticks: Yardsticks;
}

/** The most candidates in one table: with more, the columns are too narrow for A4. */
const MOST_COLUMNS = 5;

/**
 * An assessment as one HTML file for a screen and for A4, without scripts and without anything loaded from
 * elsewhere.
 *
 * @param candidates plans for one design: the same arms, strata and slots
 */
export function formatAssessmentHtml(candidates: readonly Candidate[], facts: ReportFacts): string {
  const [first] = candidates;
  if (first === undefined) throw new Error('there is no plan to report on');
  const document = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>CONFIDENTIAL: ${facts.study}, assessment of plans</title>
<style>${new Markup(ASSESSMENT_STYLE)}</style>
</head>
<body>
<div class="running"><div><strong>CONFIDENTIAL</strong> · shows block sizes: not for blinded staff · ${facts.study}</div></div>
<main>
<h1>Assessment of plans</h1>
<p class="subtitle">${facts.study}: ${facts.title}</p>
<p class="warning"><strong>Blinded staff must not see this report.</strong> It shows block sizes that may be used for the randomization list. Keep it in the restricted part of the trial master file.</p>
${assessedPlans(candidates, first, facts)}
${comparisonTable(candidates)}
${candidates.length > 1 ? comparison(candidates) : ''}
${leastPossible(candidates, facts.yardsticks)}
${predictability(candidates, first)}
${imbalance(candidates, first)}
${totals(candidates, first)}
${meaning()}
${method(candidates)}
${choice()}
<footer>Made with ${facts.software}. The same plans and the same study always give the same report, byte for byte.</footer>
</main>
</body>
</html>
`;
  return document.text;
}

function assessedPlans(
  candidates: readonly Candidate[],
  { assessment }: Candidate,
  facts: ReportFacts,
): Markup {
  return markup`<section>
<h2>What was assessed</h2>
<dl class="facts">
<dt>Study</dt><dd>${facts.study}</dd>
<dt>Allocation ratio</dt><dd>${ratioOfArms(assessment)}</dd>
<dt>Strata</dt><dd>${strataText(assessment)}</dd>
<dt>Randomization</dt><dd>with a separate list for each stratum</dd>
<dt>Software</dt><dd>${facts.software}</dd>
</dl>
<table class="plans rows">
<caption>The plans</caption>
<colgroup><col><col><col><col><col></colgroup>
<thead><tr><th scope="col">Plan</th><th scope="col">Block sizes</th><th scope="col">Weights</th><th scope="col">The guesser knows</th><th scope="col">Figures</th></tr></thead>
<tbody>${candidates.map(
    ({ name, assessment: one }) =>
      markup`<tr><th scope="row">${name}</th><td data-label="Block sizes">${sizesCell(one)}</td><td data-label="Weights">${weightsCell(one)}</td><td data-label="The guesser knows">${KNOWN[one.guesserKnows]}</td><td data-label="Figures">${one.method}</td></tr>
`,
  )}</tbody>
</table>
</section>`;
}

const KNOWN: Readonly<Record<Assessment['guesserKnows'], string>> = {
  boundaries: 'where each block ends',
  sizes: 'the sizes and weights',
  chances: 'the chances of each arm',
};

function sizesCell(one: Assessment): string {
  if (one.leastPredictable !== undefined) return `none: ${sizesText(one)}`;
  const { blocks } = one.byStratum[0]!;
  return hasSizes(one) ? sizesText(one) : blocks.map(({ size }) => size).join(', ');
}

function weightsCell(one: Assessment): string {
  if (one.leastPredictable !== undefined) return '';
  return hasSizes(one) ? 'by stratum' : weightsText(one.byStratum[0]!.blocks);
}

/** Whether strata have different block sizes. */
function hasSizes({ byStratum }: Assessment): boolean {
  return new Set(byStratum.map(({ blocks }) => blocksText(blocks))).size > 1;
}

function weightsText(blocks: readonly BlockSize[]): string {
  if (blocks.length === 1) return 'one size';
  return blocks.map(({ weight }) => weight).join(' : ');
}

function comparisonTable(candidates: readonly Candidate[]): Markup {
  const tables: Markup[] = [];
  for (let from = 0; from < candidates.length; from += MOST_COLUMNS) {
    tables.push(figuresTable(candidates, from, Math.min(candidates.length, from + MOST_COLUMNS)));
  }
  return markup`<section>
<h2>The figures${candidates.length > 1 ? ' side by side' : ''}</h2>
<p>${guesserText(candidates)}</p>
<p>${totalsText(candidates)}</p>
<p>${marksText(candidates)}</p>
${tables}
</section>`;
}

function figuresTable(candidates: readonly Candidate[], from: number, to: number): Markup {
  const shown = candidates.slice(from, to);
  const names = shortNames(candidates, 28).slice(from, to);
  return markup`<div class="wide" style="--plans: ${shown.length}"><table class="figures">
<colgroup><col class="label"><col span="${shown.length}"></colgroup>
<thead><tr><th scope="col">Figure</th>${shown.map(
    ({ assessment }, index) =>
      markup`<th scope="col">${names[index]!}<br>${sizesText(assessment)}</th>`,
  )}</tr></thead>
${figureGroups(candidates).map(
  ({ heading, rows }) => markup`<tbody class="group">
<tr><th class="group" colspan="${shown.length + 1}" scope="rowgroup">${heading}</th></tr>
${rows.map(
  ({ label, cells }) =>
    markup`<tr><th scope="row"${label.startsWith(' ') ? markup` class="inner"` : ''}>${label.trim()}</th>${cells.slice(from, to).map((cell) => markup`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
`,
)}</table></div>
`;
}

function comparison(candidates: readonly Candidate[]): Markup {
  return markup`<section>
<h2>Comparison of the plans</h2>
<p>Longer blocks are harder to guess, but let the arms differ more from the ratio. Shorter blocks are easier to guess, but keep the arms closer to the ratio. If one plan is below and to the left of another, it is better in both.</p>
${comparisonFigure(candidates)}
</section>`;
}

function leastPossible(candidates: readonly Candidate[], yardsticks: Yardsticks): Markup {
  if (yardsticks.curve.length === 0) return markup``;
  return markup`<section>
<h2>How far is a plan from the least possible?</h2>
<p>Each plan, above the least that any list with the same greatest difference can give away. ${YARDSTICKS_TEXT} Only the dots are possible: between two of them, a bound is the same as the one before.</p>
${yardstickFigure(candidates, yardsticks)}
</section>`;
}

function predictability(candidates: readonly Candidate[], first: Candidate): Markup {
  return markup`<section>
<h2>How predictable is each position?</h2>
<p>For a guesser who has seen all earlier assignments of the stratum. ${whichStratum(first)}</p>
${predictabilityFigure(candidates)}
</section>`;
}

function imbalance(candidates: readonly Candidate[], first: Candidate): Markup {
  const { arms } = first.assessment;
  const others =
    arms.length === 2
      ? `For ${arms[1]!.arm} the figures are the same with opposite signs.`
      : 'The greatest possible difference is the greatest of all arms.';
  return markup`<section>
<h2>How far can a stratum be from the ratio?</h2>
<p>The number of ${arms[0]!.arm} so far, minus its share of the slots so far. ${others} ${whichStratum(first)}</p>
${imbalanceFigure(candidates)}
</section>`;
}

function totals(candidates: readonly Candidate[], first: Candidate): Markup {
  const { assessment } = first;
  const { arms } = assessment;
  const shown =
    tellingArms(assessment).length === 1 ? ` All other participants are in ${arms[1]!.arm}.` : '';
  const course =
    assessment.strata === 1
      ? ''
      : markup`<h3>During recruitment</h3>
<p>The total of ${arms[0]!.arm} over all strata, minus its share. The bands assume that participants come from the strata at random; the greatest possible difference is the greatest for any numbers per stratum.</p>
${recruitmentFigure(candidates)}`;
  return markup`<section>
<h2>How far can the totals be from the ratio?</h2>
<p>The probability of each total over all strata, at the given stages.${shown} When all slots are used, every block is complete and the ratio is exact.${assessment.strata === 1 ? ' There is only one stratum: for the time during recruitment see the section above.' : ''}</p>
${totalsFigure(candidates)}
${course}
</section>`;
}

function whichStratum({ assessment }: Candidate): string {
  const { slots, strata, ids, ratio } = longestStratum(assessment);
  if (assessment.byStratum.length > 1) {
    const which = hasRatios(assessment) ? ` (${ids[0]!}, ${ratioText(ratio)})` : '';
    return `The longest stratum is shown, with ${slots} slots${which}.`;
  }
  return strata === 1 ? '' : `This is the same for each of the ${strata} strata.`;
}

function meaning(): Markup {
  return markup`<section>
<h2>What the figures mean</h2>
<table class="meaning rows">
<colgroup><col><col><col></colgroup>
<thead><tr><th scope="col">Figure</th><th scope="col">Meaning</th><th scope="col">Source</th></tr></thead>
<tbody>${MEANINGS.map(
    ({ figure, text, source }) =>
      markup`<tr><th scope="row">${figure}</th><td>${text}</td><td data-label="Source">${source}</td></tr>
`,
  )}</tbody>
</table>
<ul class="sources">${SOURCES.map((source) => markup`<li>${source}</li>`)}</ul>
</section>`;
}

function method(candidates: readonly Candidate[]): Markup {
  return markup`<section>
<h2>How the figures were calculated</h2>
<p>Exact figures are calculated from the design, over all possible lists. If there are too many cases, they are simulated: correct guesses are averaged over lists drawn in the same way as the software draws them, and totals over random orders of participants; the standard error is given. The number of lists is exact, or an upper bound if marked with ≤.</p>
<ul>${candidates.map(
    ({ name, assessment }) =>
      markup`<li><strong>${name}</strong>: ${guessMethod(assessment)}; ${totalsMethod(assessment)}.</li>
`,
  )}</ul>
</section>`;
}

function guessMethod({ method, standardError }: Candidate['assessment']): string {
  return method === 'exact'
    ? 'correct guesses exact'
    : `correct guesses simulated, standard error ${standardError.best.toFixed(4)} (best guesser) and ${standardError.certain.toFixed(4)} (certain)`;
}

function totalsMethod({ imbalance: { method, standardError } }: Candidate['assessment']): string {
  return method === 'exact'
    ? 'totals exact'
    : `totals simulated, standard error of a probability at most ${standardError.toFixed(4)}`;
}

function choice(): Markup {
  return markup`<section class="choice">
<h2>The choice</h2>
<table>
<tbody>
${['Chosen plan', 'Reason', 'Name and role', 'Date and signature'].map(
  (what) => markup`<tr><th scope="row">${what}</th><td></td></tr>
`,
)}</tbody>
</table>
</section>`;
}
