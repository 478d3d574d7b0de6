import bwipjs from 'bwip-js/generic';

/** A QR code as its modules: rows from the top, true where it is dark. */
export type Modules = readonly (readonly boolean[])[];

/**
 * A QR code (ISO/IEC 18004) of a text, with a quarter of it to spare for folds and smudges (level Q).
 *
 * @param text ASCII; capital letters, digits and hyphens take least room
 */
export function qrCode(text: string): Modules {
  const [code] = bwipjs.raw('qrcode', text, 'eclevel=Q');
  if (code === undefined || !('pixs' in code)) throw new Error('no QR code was made');
  const { pixs, pixx: width, pixy: height } = code;
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (__, column) => pixs[row * width + column] === 1),
  );
}
