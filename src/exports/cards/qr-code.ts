import { type DrawingContext, qrcode } from 'bwip-js/generic';

/** A QR code in its modules: the number of them on a side, and the outlines of what is dark. */
export interface QrCode {
  readonly side: number;
  /** Closed outlines, filled by the even-odd rule; from the upper left corner, without quiet zone. */
  readonly outlines: readonly (readonly (readonly [x: number, y: number])[])[];
}

/**
 * A QR code (ISO/IEC 18004) of a text, with a quarter of it to spare for folds and smudges (level Q).
 *
 * @param text ASCII; capital letters, digits and hyphens take least room
 */
export function qrCode(text: string): QrCode {
  return qrcode<QrCode>({ bcid: 'qrcode', text, eclevel: 'Q', scale: 1 } as never, outlined());
}

/** Takes what bwip-js draws, a unit being a module; of a QR code that is polygons alone. */
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
  throw new Error('a QR code has none of that');
}
