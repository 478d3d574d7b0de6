import type { Fonts } from './font-metrics.ts';

/** The size of a label. Lengths are in points of 1/72 inch. */
export interface LabelSize {
  readonly width: number;
  readonly height: number;
}

/** A line of text and its place, from the upper left corner of the label; `y` is the top of the line. */
export interface PlacedText {
  readonly font: keyof Fonts;
  readonly size: number;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** White in a black box. */
  readonly box?: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
}

/** Points as millimetres, for a person. */
export function inMillimetres(points: number): string {
  return `${((points * 25.4) / 72).toFixed(1)} mm`;
}
