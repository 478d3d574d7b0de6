import { type Markup, markup } from './markup.ts';

/** One of several plots side by side, for one candidate or one stage. */
export interface Panel {
  readonly heading: string;
  readonly plot: Markup;
  /** A note about what the plot leaves out. */
  readonly note?: string;
}

/** The meaning of a line or shape in a plot. */
export interface LegendItem {
  /** A drawing of 34 by 14 units. */
  readonly sample: Markup;
  readonly text: string;
}

/** The total width of all columns of panels, in the units of the drawings. */
const FULL_WIDTH = 940;
const PANEL_GAP = 20;

/** The outer width of a panel, for a number of columns. */
export function panelWidth(columns: number): number {
  return (FULL_WIDTH - (columns - 1) * PANEL_GAP) / columns;
}

/** The number of columns of panels: a panel with more positions must be wider. */
export function panelColumns(panels: number, positions: number): number {
  if (panels === 1 || positions > 36) return 1;
  return panels === 3 && positions <= 24 ? 3 : 2;
}

/** Panels in columns; a page break never divides a panel. */
export function panelGrid(panels: readonly Panel[], columns: number): Markup {
  return markup`<div class="panels" style="--columns: ${columns}">
${panels.map(
  ({ heading, plot, note }) => markup`<figure class="panel">
<figcaption>${heading}</figcaption>
${plot}
${note === undefined ? '' : markup`<p class="note">${note}</p>`}
</figure>
`,
)}</div>
`;
}

/** The key to a plot's lines and shapes. */
export function legend(items: readonly LegendItem[]): Markup {
  return markup`<ul class="legend">${items.map(
    ({ sample, text }) =>
      markup`<li><svg class="plot" viewBox="0 0 34 14" width="34" height="14" aria-hidden="true">${sample}</svg>${text}</li>`,
  )}</ul>
`;
}

/** The numbers behind a plot, for people who cannot see it or want to check it. */
export function numbersBehind(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Markup {
  return markup`<details class="numbers"><summary>The numbers behind the plot</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="data"><caption>${caption}</caption>
<thead><tr>${head.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([name = '', ...cells]) =>
      markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div></details>
`;
}
