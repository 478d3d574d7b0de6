import { type Markup, markup, px } from './markup.ts';

/** The area of a plot in which the data are drawn. Places in it count from its upper left corner. */
export interface PlotSpace {
  readonly width: number;
  readonly height: number;
}

/** A mark on an axis: its place and its text. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

interface Axis {
  readonly title: string;
  readonly ticks: readonly Tick[];
}

/** A plot with axes, and its title and description for screen readers. */
export interface Plot {
  /** Unique in the document. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly space: PlotSpace;
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn under the marks, and cut off at the edges of the space. */
  readonly ground?: readonly Markup[];
  readonly marks: readonly Markup[];
}

const LEFT = 58;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 42;

/** The space within a plot of the given outer width. */
export function plotSpace(outerWidth: number, height: number): PlotSpace {
  return { width: outerWidth - LEFT - RIGHT, height };
}

/** A plot as one SVG element. Its colours and lines are classes of the document's style. */
export function svgPlot(plot: Plot): Markup {
  const { id, title, description, space, x, y, ground = [], marks } = plot;
  const { width, height } = space;
  const outerWidth = width + LEFT + RIGHT;
  const outerHeight = height + TOP + BOTTOM;
  return markup`<svg class="plot" role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${px(outerWidth)} ${px(outerHeight)}">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
<g transform="translate(${LEFT} ${TOP})">
<g class="grid">${y.ticks.map(({ at }) => markup`<path d="M0 ${px(at)}H${px(width)}"/>`)}</g>
<svg class="ground" width="${px(width)}" height="${px(height)}">${ground}</svg>
<path class="axis" d="M0 0V${px(height)}H${px(width)}"/>
${marks}
<g class="ticks">${y.ticks.map(
    ({ at, text }) => markup`<text x="-8" y="${px(at + 4)}" text-anchor="end">${text}</text>`,
  )}${x.ticks.map(
    ({ at, text }) =>
      markup`<path class="axis" d="M${px(at)} ${px(height)}v5"/><text x="${px(at)}" y="${px(height + 18)}" text-anchor="middle">${text}</text>`,
  )}</g>
<g class="axis-title"><text x="${px(width / 2)}" y="${px(height + 36)}" text-anchor="middle">${x.title}</text>
<text transform="translate(-46 ${px(height / 2)}) rotate(-90)" text-anchor="middle">${y.title}</text></g>
</g>
</svg>`;
}
