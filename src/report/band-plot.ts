import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { greatestOf } from './extremes.ts';
import { type Markup, markup, px } from './markup.ts';
import type { LegendItem } from './plot-figure.ts';
import { type Plot, type PlotSpace, svgPlot } from './svg-plot.ts';

/** The difference from the ratio at one position or stage, in either direction. */
export interface Spread {
  /** The place on the x axis. */
  readonly at: number;
  readonly deviation: number;
  readonly greatest: number;
}

/** The greatest height of the axis, in standard deviations: with more, one could not be seen. */
const MOST_DEVIATIONS = 7;

export const BAND_LEGEND: readonly LegendItem[] = [
  { sample: markup`<path class="band-1" d="M1 1H33V13H1Z"/>`, text: '± 1 standard deviation' },
  { sample: markup`<path class="band-2" d="M1 1H33V13H1Z"/>`, text: '± 2 standard deviations' },
  { sample: markup`<path class="greatest" d="M1 7H33"/>`, text: 'greatest possible difference' },
];

/** The height of the axis that all of these need, so that plots side by side can be compared. */
export function bandHeight(spreads: readonly Spread[]): number {
  const deviation = greatestOf(spreads.map((spread) => spread.deviation));
  const greatest = greatestOf(spreads.map((spread) => spread.greatest));
  const wanted = Math.max(2 * deviation, Math.min(greatest, MOST_DEVIATIONS * deviation));
  return wanted === 0 ? 1 : wanted * 1.08;
}

/**
 * Bands of one and two standard deviations about the ratio, and the greatest possible difference.
 *
 * @param runs the drawn places, in runs without a gap
 * @param height from `bandHeight`
 */
export function bandPlot(
  frame: Pick<Plot, 'id' | 'title' | 'description' | 'x'> & { readonly marks?: readonly Markup[] },
  yTitle: string,
  runs: readonly (readonly Spread[])[],
  height: number,
  space: PlotSpace,
): Markup {
  const y = scaleLinear([-height, height], [space.height, 0]);
  const band = (deviations: number) =>
    area<Spread>()
      .x(({ at }) => px(at))
      .y0(({ deviation }) => px(y(-deviations * deviation)))
      .y1(({ deviation }) => px(y(deviations * deviation)));
  const greatest = (sign: number) =>
    line<Spread>(
      ({ at }) => px(at),
      (spread) => px(y(sign * spread.greatest)),
    );
  return svgPlot({
    ...frame,
    space,
    y: {
      title: yTitle,
      ticks: y.ticks(7).map((value) => ({ at: y(value), text: signed(value) })),
    },
    ground: runs.flatMap((run) => [
      markup`<path class="band-2" d="${band(2)(run) ?? ''}"/><path class="band-1" d="${band(1)(run) ?? ''}"/>`,
      ...[1, -1].map((sign) => markup`<path class="greatest" d="${greatest(sign)(run) ?? ''}"/>`),
    ]),
    marks: [
      markup`<path class="zero" d="M0 ${px(y(0))}H${px(space.width)}"/>`,
      ...(frame.marks ?? []),
    ],
  });
}

function signed(value: number): string {
  const text = String(Number(Math.abs(value).toFixed(6)));
  return value === 0 ? '0' : value > 0 ? `+${text}` : `−${text}`;
}
