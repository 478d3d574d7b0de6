import { initWasm, Resvg } from '@resvg/resvg-wasm';
import wasm from '@resvg/resvg-wasm/index_bg.wasm';
import { LABEL_FONTS } from './label-fonts.ts';

/** Turns SVG into pictures, with the fonts of labels. */
interface PictureMaker {
  /** @returns a PNG file */
  readonly png: (svg: string, dotsPerPoint: number) => Uint8Array;
  /** @returns the dots, row by row; true is dark */
  readonly dots: (svg: string, dotsPerPoint: number) => readonly (readonly boolean[])[];
}

let isReady: Promise<void> | undefined;

/** Loads resvg, which draws an SVG the same on every machine; it is part of the bundle. */
export async function pictureMaker(): Promise<PictureMaker> {
  isReady ??= initWasm(wasm);
  await isReady;
  const render = (svg: string, dotsPerPoint: number) =>
    new Resvg(svg, {
      fitTo: { mode: 'zoom', value: dotsPerPoint },
      font: { fontBuffers: Object.values(LABEL_FONTS) },
    }).render();
  return {
    png: (svg, dotsPerPoint) => render(svg, dotsPerPoint).asPng(),
    dots: (svg, dotsPerPoint) => {
      const { pixels, width, height } = render(svg, dotsPerPoint);
      return Array.from({ length: height }, (_, y) =>
        Array.from({ length: width }, (__, x) => pixels[4 * (y * width + x)]! < 128),
      );
    },
  };
}
