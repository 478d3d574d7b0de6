import { scaleLinear } from 'd3-scale';
import { type Candidate, shortNames, type Yardsticks } from './candidate.ts';
import { type Markup, markup, px } from './markup.ts';
import { legend, numbersBehind, panelGrid, panelWidth } from './plot-figure.ts';
import { COLOURS, markerPath, MOST_NAME, placeLabels, plain } from './scatter-points.ts';
import { plotSpace, svgPlot } from './svg-plot.ts';
import { BRACKETS_TEXT, procedureName, YARDSTICK_HEADS, yardstickRows } from './yardsticks.ts';

const HEIGHT = 300;

/** How much the plans give away, above the curve of the least that any list does; known procedures beside them. */
export function yardstickFigure(candidates: readonly Candidate[], yardsticks: Yardsticks): Markup {
  const { curve, known } = yardsticks;
  const space = plotSpace(panelWidth(1), HEIGHT);
  const plans = candidates.map(({ assessment }) => ({
    largestImbalance: assessment.imbalance.greatest,
    excess: assessment.correctGuess.excess,
  }));
  const all = [...plans, ...curve, ...known];
  const most = (value: (one: (typeof all)[number]) => number) => Math.max(0.01, ...all.map(value));
  const x = scaleLinear([0, 1.1 * most((one) => one.largestImbalance)], [0, space.width]);
  const y = scaleLinear([0, 1.1 * most((one) => one.excess)], [space.height, 0]);
  const placeOf = (one: (typeof all)[number]) => ({ x: x(one.largestImbalance), y: y(one.excess) });
  const names = [
    ...shortNames(candidates, MOST_NAME),
    ...known.map((one) => (one.factor === undefined ? '' : `urn ${one.factor}`)),
  ];
  const labels = placeLabels([...plans, ...known].map(placeOf), names, space);
  const line = curve.map(placeOf).map((one) => `${px(one.x)} ${px(one.y)}`);
  const label = (index: number) =>
    markup`<text class="label" x="${px(labels[index]!.x)}" y="${px(labels[index]!.y)}">${names[index]!}</text>`;
  const plot = svgPlot({
    id: 'yardsticks',
    title: 'Excess of the best guesser against the greatest possible difference in a stratum',
    description: `${plans.map((one, index) => `${names[index]!}: ${one.largestImbalance.toFixed(4)}, ${one.excess.toFixed(4)}`).join('; ')}. The least possible: ${curve.map((one) => `${one.largestImbalance.toFixed(4)}, ${one.excess.toFixed(4)}`).join('; ')}.`,
    space,
    x: {
      title: 'greatest possible difference in a stratum, in participants',
      ticks: x.ticks(8).map((value) => ({ at: x(value), text: plain(value) })),
    },
    y: {
      title: 'excess of the best guesser',
      ticks: y.ticks(6).map((value) => ({ at: y(value), text: plain(value) })),
    },
    marks: [
      markup`<path class="best" d="M${line.join('L')}"/>`,
      ...curve
        .map(placeOf)
        .map((one) => markup`<circle class="best-dot" cx="${px(one.x)}" cy="${px(one.y)}" r="4"/>`),
      ...known.map((one, index) => {
        const at = placeOf(one);
        const mark = one.factor === undefined ? MAXIMAL : URN;
        return markup`<g transform="translate(${px(at.x)} ${px(at.y)})">${mark}</g>${label(plans.length + index)}`;
      }),
      ...plans
        .map(placeOf)
        .map(
          (one, index) =>
            markup`<path class="candidate-${(index % COLOURS) + 1}" transform="translate(${px(one.x)} ${px(one.y)})" d="${markerPath(index)}"/>${label(index)}`,
        ),
    ],
  });
  const samples = [
    {
      sample: markup`<path class="best" d="M2 7H32"/><circle class="best-dot" cx="17" cy="7" r="4"/>`,
      text: 'the least that any list gives away',
    },
    { sample: markup`<g transform="translate(17 7)">${MAXIMAL}</g>`, text: 'maximal procedure' },
    ...(known.some(({ factor }) => factor !== undefined)
      ? [
          {
            sample: markup`<g transform="translate(17 7)">${URN}</g>`,
            text: 'block urn design; urn 2 has two sets in the ratio at first',
          },
        ]
      : []),
  ];
  return markup`${legend(samples)}${panelGrid([{ heading: '', plot }], 1)}${numbersBehind(
    `Excess of the best guesser by the greatest possible difference in a stratum. ${BRACKETS_TEXT}`,
    YARDSTICK_HEADS,
    yardstickRows(yardsticks),
  )}${numbersBehind(
    'Known procedures: how far they leave the ratio',
    [
      'Procedure',
      'Greatest difference',
      'Excess',
      'Farthest from the ratio',
      'In the ratio at the end',
    ],
    known.map((one) => [
      procedureName(one),
      ...[one.largestImbalance, one.excess, one.fromRatio, one.balancedAtEnd].map((value) =>
        value.toFixed(4),
      ),
    ]),
  )}`;
}

/** Open marks: these are no plans of this study. */
const MAXIMAL = markup`<path class="known" d="M-4 -4L4 4M-4 4L4 -4"/>`;
const URN = markup`<path class="known" d="M-5 4H5L0 -5Z"/>`;
