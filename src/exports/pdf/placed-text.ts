import type { Fonts } from './font-metrics.ts';

/** Lengths are in points of 1/72 inch, from the upper left corner of the label. */
export interface LabelSize {
  readonly width: number;
  readonly height: number;
}

/** A line of text where it stands: `y` is the top of its line. */
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
