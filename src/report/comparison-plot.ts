import { scaleLinear } from 'd3-scale';
import { symbol, symbolsFill } from 'd3-shape';
import { type Candidate, shortNames } from './candidate.ts';
import { type Markup, markup, px } from './markup.ts';
import { numbersBehind, panelGrid, panelWidth } from './plot-figure.ts';
import { type PlotSpace, plotSpace, svgPlot } from './svg-plot.ts';

const HEIGHT = 280;
const MOST_NAME = 22;
/** The approximate width of a letter: the real width is not known here. */
const LETTER_WIDTH = 6.6;
const LINE_HEIGHT = 15;
/** The number of colours in the style. */
const COLOURS = 7;

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

interface Point {
  readonly x: number;
  readonly y: number;
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

/** Markers differ in shape, so that they can be distinguished without colour. */
function markerPath(index: number): string {
  const path = symbol(symbolsFill[index % symbolsFill.length], 90)() ?? '';
  return path.replace(/-?\d+\.\d+/g, (number) => String(px(Number(number))));
}

/** Places each label close to its point, without overlapping other labels or points. */
function placeLabels(
  points: readonly Point[],
  names: readonly string[],
  space: PlotSpace,
): Point[] {
  interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }
  const boxAt = (left: number, baseline: number, width: number): Box => ({
    left,
    right: left + width,
    top: baseline - 11,
    bottom: baseline + 4,
  });
  const meets = (a: Box, b: Box) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const taken = points.map(({ x, y }) => boxAt(x - 6, y + 4, 12));
  return points.map(({ x, y }, index) => {
    const width = Array.from(names[index] ?? '').length * LETTER_WIDTH;
    const places = [0, 1, -1, 2, -2, 3, -3, 4, -4].flatMap((line) => [
      { x: x + 11, y: y + 4 + line * LINE_HEIGHT },
      { x: x - 11 - width, y: y + 4 + line * LINE_HEIGHT },
      ...(line === 0 ? [] : [{ x: x - width / 2, y: y + 4 + line * LINE_HEIGHT }]),
    ]);
    const isFree = (place: Point) => {
      const box = boxAt(place.x, place.y, width);
      const isInside =
        box.left >= 2 && box.right <= space.width && box.top >= 0 && box.bottom <= space.height;
      return isInside && !taken.some((other) => meets(box, other));
    };
    const place = places.find(isFree) ?? { x: x + 11, y: y + 4 };
    taken.push(boxAt(place.x, place.y, width));
    return place;
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

function plain(value: number): string {
  return String(Number(value.toFixed(6)));
}
