import type { Assessment } from '../assessment/assessment.ts';
import { BAND_LEGEND, bandHeight, bandPlot, type Spread } from './band-plot.ts';
import { armsIn, type Candidate, longestStratum, shortNames, titles, unitOf } from './candidate.ts';
import { greatestOf } from './extremes.ts';
import { type Markup, markup } from './markup.ts';
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
  type PositionScale,
  positionScale,
  range,
} from './position-scale.ts';
import { plotSpace } from './svg-plot.ts';

const HEIGHT = 190;

/** The difference of the first arm from its share after each position of a stratum: one panel per candidate. */
export function imbalanceFigure(candidates: readonly Candidate[]): Markup {
  const [first] = candidates;
  if (first === undefined) return markup``;
  const longest = longestStratum(first.assessment);
  const { slots } = longest;
  const columns = panelColumns(candidates.length, slots);
  const space = plotSpace(panelWidth(columns), HEIGHT);
  const x = positionScale(slots, unitOf({ arms: armsIn(first.assessment, longest) }), space.width);
  const height = bandHeight(
    candidates.flatMap(({ assessment }) => spreads(assessment, x, range(1, slots))),
  );
  const arm = first.assessment.arms[0]?.arm ?? '';
  const headings = titles(candidates);
  const panels = candidates.map(({ assessment }, index): Panel => {
    const all = spreads(assessment, x, range(1, slots));
    const heading = headings[index]!;
    return {
      heading,
      plot: bandPlot(
        {
          id: `imbalance-${index + 1}`,
          title: `Imbalance by position, ${heading}`,
          description: `Number of ${arm} minus its share, after each position of a stratum of ${slots}. Greatest standard deviation ${greatestOf(all.map(({ deviation }) => deviation)).toFixed(4)}; greatest possible difference ${greatestOf(all.map(({ greatest }) => greatest)).toFixed(4)}.`,
          x: { title: 'position in the stratum', ticks: x.ticks },
          marks: [breakMark(x, space)],
        },
        `${arm} minus its share`,
        x.runs.map(([from, to]) => [
          // Before the first position there is no imbalance.
          ...(from === 1 ? [{ at: x.at(0), deviation: 0, greatest: 0 }] : []),
          ...spreads(assessment, x, range(from, to)),
        ]),
        height,
        space,
      ),
    };
  });
  return markup`${legend(BAND_LEGEND)}${panelGrid(panels, columns)}${numbersBehind(
    `For each position in the stratum: standard deviation of the number of ${arm}, and the greatest possible difference of any arm from its share`,
    [
      'Position',
      ...shortNames(candidates, 28).flatMap((name) => [`${name}: deviation`, `${name}: greatest`]),
    ],
    drawnPositions(x.runs).map((position) => [
      String(position),
      ...candidates.flatMap(({ assessment }) =>
        spreads(assessment, x, [position]).flatMap(({ deviation, greatest }) => [
          deviation.toFixed(4),
          greatest.toFixed(4),
        ]),
      ),
    ]),
  )}`;
}

function spreads(assessment: Assessment, x: PositionScale, positions: readonly number[]): Spread[] {
  const { greatest, variance } = longestStratum(assessment).imbalanceByPosition;
  return positions.map((position) => ({
    at: x.at(position),
    deviation: Math.sqrt(Math.max(0, variance[0]?.[position - 1] ?? 0)),
    greatest: greatest[position - 1] ?? 0,
  }));
}
