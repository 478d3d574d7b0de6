import { scaleLinear } from 'd3-scale';
import { type Markup, markup, px } from './markup.ts';
import type { PlotSpace, Tick } from './svg-plot.ts';

/** The most positions that can be seen: of more, only the first and the last are drawn. */
const MOST_DRAWN = 72;
const FIRST_DRAWN = 44;
const LAST_DRAWN = 20;
/** The width of the break in the axis, in positions. */
const BREAK = 3;
/** The width of a digit of a tick, and the gap between two ticks. */
const DIGIT_WIDTH = 7;
const TICK_GAP = 12;

/** Positions from one to another, both included. */
export type Run = readonly [from: number, to: number];

/** An axis for the positions of a stratum. */
export interface PositionScale {
  readonly at: (position: number) => number;
  /** The width of one position. */
  readonly step: number;
  /** The drawn positions. */
  readonly runs: readonly Run[];
  readonly ticks: readonly Tick[];
  /** The place of the break, if there is one. */
  readonly gap?: { readonly from: number; readonly to: number };
}

/**
 * Makes an axis of positions in a stratum. The middle of a long stratum repeats itself; so the axis has a break
 * there, and each position stays wide enough to be seen.
 *
 * @param slots the last position
 * @param unit the size of the smallest block: ticks are where blocks can end
 * @param width the length of the axis
 */
export function positionScale(slots: number, unit: number, width: number): PositionScale {
  const runs = drawnRuns(slots);
  const isBroken = runs.length > 1;
  const left = isBroken ? slots - LAST_DRAWN - FIRST_DRAWN - BREAK : 0;
  const place = scaleLinear()
    .domain([0, slots - left + 0.5])
    .range([0, width]);
  const at = (position: number) =>
    place(isBroken && position > FIRST_DRAWN ? position - left : position);
  const step = place(1) - place(0);
  const room = TICK_GAP + DIGIT_WIDTH * String(slots).length;
  const every = [1, unit, 2 * unit, 4 * unit].find((count) => count * step >= room) ?? 8 * unit;
  return {
    at,
    step,
    runs,
    ticks: runs.flatMap(([from, to]) =>
      range(from, to)
        .filter((position) => position % every === 0)
        .map((position) => ({ at: at(position), text: String(position) })),
    ),
    ...(isBroken && { gap: { from: at(FIRST_DRAWN), to: at(slots - LAST_DRAWN + 1) } }),
  };
}

/** The drawn positions of a stratum with a number of slots. */
export function drawnRuns(slots: number): readonly Run[] {
  if (slots <= MOST_DRAWN) return [[1, slots]];
  return [
    [1, FIRST_DRAWN],
    [slots - LAST_DRAWN + 1, slots],
  ];
}

/** All positions of the runs. */
export function drawnPositions(runs: readonly Run[]): number[] {
  return runs.flatMap(([from, to]) => range(from, to));
}

/** The positions from one to another, both included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** The mark that shows that positions are left out. */
export function breakMark({ gap }: PositionScale, { height }: PlotSpace): Markup {
  if (gap === undefined) return markup``;
  const middle = (gap.from + gap.to) / 2;
  const stroke = (at: number) => `M${px(at - 4)} ${px(height + 6)}L${px(at + 4)} ${px(height - 6)}`;
  return markup`<path class="break" d="M${px(middle)} 0V${px(height)}"/><path class="axis" d="${stroke(middle - 3)}${stroke(middle + 3)}"/>`;
}
