import { type DrawingContext, qrcode } from 'bwip-js/generic';

/** A QR code: the number of modules on a side, and the outlines of its dark parts. */
interface QrCode {
  readonly side: number;
  /** Closed, filled by the even-odd rule; in modules from the upper left corner, without quiet zone. */
  readonly outlines: readonly (readonly (readonly [x: number, y: number])[])[];
}

/**
 * Makes a QR code (ISO/IEC 18004). It can be read if a quarter of it is lost to folds and smudges (level Q).
 *
 * @param text ASCII; capital letters, digits and hyphens take the least room
 */
export function qrCode(text: string): QrCode {
  return qrcode<QrCode>({ bcid: 'qrcode', text, eclevel: 'Q', scale: 1 } as never, outlined());
}

/** A drawing that keeps outlines, in modules. bwip-js draws a QR code with polygons only. */
function outlined(): DrawingContext<QrCode> {
  const outlines: [number, number][][] = [];
  let side = 0;
  return {
    scale: () => [1, 1],
    measure: notDrawn,
    init: (width) => (side = width),
    line: notDrawn,
    polygon: (points) => outlines.push(points),
    hexagon: notDrawn,
    ellipse: notDrawn,
    fill: () => undefined,
    text: notDrawn,
    end: () => ({ side, outlines }),
  };
}

function notDrawn(): never {
  throw new Error('a QR code has polygons only');
}
