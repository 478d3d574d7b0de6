import { symbol, symbolsFill } from 'd3-shape';
import { px } from './markup.ts';
import type { PlotSpace } from './svg-plot.ts';

/** The longest name of a point, in characters. */
export const MOST_NAME = 22;
/** The approximate width of a letter: the real width is not known here. */
const LETTER_WIDTH = 6.6;
const LINE_HEIGHT = 15;
/** The number of colours in the style. */
export const COLOURS = 7;

/** A place in a plot. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Markers differ in shape, so that they can be distinguished without colour. */
export function markerPath(index: number): string {
  const path = symbol(symbolsFill[index % symbolsFill.length], 90)() ?? '';
  return path.replace(/-?\d+\.\d+/g, (number) => String(px(Number(number))));
}

/** Places each label close to its point, without overlapping other labels or points. */
export function placeLabels(
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

/** A number on an axis, without trailing zeros. */
export function plain(value: number): string {
  return String(Number(value.toFixed(6)));
}
