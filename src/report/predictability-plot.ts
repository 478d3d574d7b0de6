import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Assessment, StratumAssessment } from '../assessment/assessment.ts';
import { alwaysShare, alwaysText } from './figures.ts';
import { armsIn, type Candidate, longestStratum, shortNames, titles, unitOf } from './candidate.ts';
import { greatestOf, leastOf } from './extremes.ts';
import { type Markup, markup, px } from './markup.ts';
import {
  legend,
  numbersBehind,
  type Panel,
  panelColumns,
  panelGrid,
  panelWidth,
} from './plot-figure.ts';
import {
  breakMark,
  drawnPositions,
  drawnRuns,
  positionScale,
  range,
  type Run,
} from './position-scale.ts';
import { plotSpace, svgPlot } from './svg-plot.ts';

const HEIGHT = 190;
/** Positions closer than this are drawn without dots. */
const DOT_ROOM = 8;

/** How well each position of a stratum can be guessed: one panel per candidate. */
export function predictabilityFigure(candidates: readonly Candidate[]): Markup {
  const [first] = candidates;
  if (first === undefined) return markup``;
  const slots = longestStratum(first.assessment).slots;
  const columns = panelColumns(candidates.length, slots);
  const ofStratum = { arms: armsIn(first.assessment, longestStratum(first.assessment)) };
  const always = alwaysText(ofStratum);
  const headings = titles(candidates);
  const names = shortNames(candidates, 28);
  const drawn = drawnPositions(drawnRuns(slots));
  return markup`${legend([
    {
      sample: markup`<path class="best" d="M1 7H33"/><circle class="best-dot" cx="17" cy="7" r="3"/>`,
      text: 'best guess: probability that it is correct',
    },
    {
      sample: markup`<path class="certain" d="M12 14V2H22V14Z"/>`,
      text: 'certain: probability that the assignment is known in advance',
    },
    {
      sample: markup`<path class="always" d="M1 7H33"/>`,
      text: `${always}: ${alwaysShare(ofStratum).toFixed(4)}`,
    },
  ])}${panelGrid(
    candidates.map(({ assessment }, index) => panel(assessment, headings[index]!, index, columns)),
    columns,
  )}${numbersBehind(
    'For each position in the stratum: probability that the best guess is correct, and that the assignment is known in advance',
    ['Position', ...names.flatMap((name) => [`${name}: best`, `${name}: certain`])],
    drawn.map((position) => [
      String(position),
      ...candidates.flatMap(({ assessment }) => {
        const { best, certain } = longestStratum(assessment).guessByPosition;
        return [best, certain].map((values) => (values[position - 1] ?? 0).toFixed(4));
      }),
    ]),
  )}`;
}

function panel(assessment: Assessment, heading: string, index: number, columns: number): Panel {
  const stratum = longestStratum(assessment);
  const ofStratum = { arms: armsIn(assessment, stratum) };
  const { best, certain } = stratum.guessByPosition;
  const space = plotSpace(panelWidth(columns), HEIGHT);
  const x = positionScale(stratum.slots, unitOf(ofStratum), space.width);
  const y = scaleLinear([0, 1], [space.height, 0]);
  const half = Math.max(0.5, x.step * 0.36);
  const columnsOfCertain = drawnPositions(x.runs)
    .filter((position) => (certain[position - 1] ?? 0) > 0)
    .map((position) => {
      const [from, to] = [x.at(position) - half, x.at(position) + half];
      return `M${px(from)} ${px(space.height)}V${px(y(certain[position - 1]!))}H${px(to)}V${px(space.height)}Z`;
    });
  const path = line<number>(
    (position) => px(x.at(position)),
    (position) => px(y(best[position - 1] ?? 0)),
  );
  const always = y(alwaysShare(ofStratum));
  const { note, text } = inBetween(stratum, x.runs);
  return {
    heading,
    plot: svgPlot({
      id: `guess-${index + 1}`,
      title: `Predictability by position, ${heading}`,
      description: `Best guess between ${fixed(leastOf(best))} and ${fixed(greatestOf(best))}, on average ${fixed(stratum.correctGuess.best)}; certain assignments on average ${fixed(stratum.correctGuess.certain)}; ${alwaysText(ofStratum)} ${fixed(alwaysShare(ofStratum))}. ${text}`,
      space,
      x: { title: 'position in the stratum', ticks: x.ticks },
      y: {
        title: 'probability',
        ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => ({ at: y(value), text: String(value) })),
      },
      ground: [markup`<path class="certain" d="${columnsOfCertain.join('')}"/>`],
      marks: [
        markup`<path class="always" d="M0 ${px(always)}H${px(space.width)}"/>`,
        ...x.runs.map(
          ([from, to]) => markup`<path class="best" d="${path(range(from, to)) ?? ''}"/>`,
        ),
        ...(x.step < DOT_ROOM
          ? []
          : drawnPositions(x.runs).map(
              (position) =>
                markup`<circle class="best-dot" cx="${px(x.at(position))}" cy="${px(y(best[position - 1] ?? 0))}" r="3"/>`,
            )),
        breakMark(x, space),
      ],
    }),
    ...(note !== undefined && { note }),
  };
}

/** A summary of the positions that the break in the axis hides. */
function inBetween(
  { guessByPosition: { best, certain } }: StratumAssessment,
  runs: readonly Run[],
): { note?: string; text: string } {
  const [first, last] = runs;
  if (first === undefined || last === undefined) return { text: '' };
  const [from, to] = [first[1], last[0] - 1];
  const hidden = best.slice(from, to);
  const note = `Positions ${from + 1} to ${to} are not drawn: best guess from ${fixed(leastOf(hidden))} to ${fixed(greatestOf(hidden))}, on average ${fixed(mean(hidden))}; certain on average ${fixed(mean(certain.slice(from, to)))}.`;
  return { note, text: note };
}

function fixed(value: number): string {
  return value.toFixed(4);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
