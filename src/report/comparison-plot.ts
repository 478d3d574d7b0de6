import { scaleLinear } from 'd3-scale';
import { type Candidate, shortNames } from './candidate.ts';
import { type Markup, markup, px } from './markup.ts';
import { numbersBehind, panelGrid, panelWidth } from './plot-figure.ts';
import { markerPath, MOST_NAME, placeLabels, plain, COLOURS } from './scatter-points.ts';
import { plotSpace, svgPlot } from './svg-plot.ts';

const HEIGHT = 280;

/** The trade-off between predictability and imbalance: one point for each candidate. */
export function comparisonFigure(candidates: readonly Candidate[]): Markup {
  const panels = [
    { axis: 'greatest standard deviation in a stratum', value: greatestDeviation },
    { axis: 'greatest possible difference in a stratum', value: greatestDifference },
  ];
  return markup`${panelGrid(
    panels.map(({ axis, value }, index) => ({
      heading: `Excess of the best guesser against the ${axis}`,
      plot: scatter(`comparison-${index + 1}`, axis, candidates, value),
    })),
    panels.length,
  )}${numbersBehind(
    'For each plan: excess of the best guesser, and the imbalance in a stratum at the worst position',
    ['Plan', 'Excess', 'Greatest standard deviation', 'Greatest possible difference'],
    candidates.map((candidate) => [
      candidate.name,
      ...[excess, greatestDeviation, greatestDifference].map((value) =>
        value(candidate).toFixed(4),
      ),
    ]),
  )}`;
}

function scatter(
  id: string,
  axis: string,
  candidates: readonly Candidate[],
  imbalance: (candidate: Candidate) => number,
): Markup {
  const space = plotSpace(panelWidth(2), HEIGHT);
  const x = scaleLinear([0, 1.25 * Math.max(0.01, ...candidates.map(excess))], [0, space.width]);
  const y = scaleLinear([0, 1.2 * Math.max(0.01, ...candidates.map(imbalance))], [space.height, 0]);
  const points = candidates.map((one) => ({ x: x(excess(one)), y: y(imbalance(one)) }));
  const names = shortNames(candidates, MOST_NAME);
  const labels = placeLabels(points, names, space);
  const values = candidates.map(
    (one, index) => `${names[index]!}: ${excess(one).toFixed(4)}, ${imbalance(one).toFixed(4)}`,
  );
  return svgPlot({
    id,
    title: `Comparison of the plans: excess of the best guesser and ${axis}`,
    description: `${values.join('; ')}. Closer to the lower left corner is better.`,
    space,
    x: {
      title: 'excess of the best guesser',
      ticks: x.ticks(5).map((value) => ({ at: x(value), text: plain(value) })),
    },
    y: {
      title: axis,
      ticks: y.ticks(6).map((value) => ({ at: y(value), text: plain(value) })),
    },
    marks: [
      markup`<text class="hint" x="8" y="${px(space.height - 8)}">↙ less of both</text>`,
      ...points.map(
        (point, index) =>
          markup`<path class="candidate-${(index % COLOURS) + 1}" transform="translate(${px(point.x)} ${px(point.y)})" d="${markerPath(index)}"/><text class="label" x="${px(labels[index]!.x)}" y="${px(labels[index]!.y)}">${names[index]!}</text>`,
      ),
    ],
  });
}

function excess({ assessment }: Candidate): number {
  return assessment.correctGuess.excess;
}

function greatestDeviation({ assessment }: Candidate): number {
  return Math.sqrt(Math.max(0, ...assessment.imbalance.greatestVariance));
}

function greatestDifference({ assessment }: Candidate): number {
  return assessment.imbalance.greatest;
}
