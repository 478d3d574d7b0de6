/**
 * Returns a text in a colour. chalk colours each argument and joins them: `texts.map(colour.cyan)` would print the
 * index too. With `never` that does not compile; write `texts.map((text) => colour.cyan(text))`.
 */
type Colour = (text: string, ...none: never[]) => string;

/** The colours that the command line uses; each function returns the text, in colour or unchanged. */
export interface Palette {
  readonly bold: Colour;
  readonly dim: Colour;
  readonly red: Colour;
  readonly green: Colour;
  readonly yellow: Colour;
  readonly cyan: Colour;
}

const asItIs = (text: string) => text;

/** No colour: for files, pipes, NO_COLOR and terminals without colour. */
export const PLAIN: Palette = {
  bold: asItIs,
  dim: asItIs,
  red: asItIs,
  green: asItIs,
  yellow: asItIs,
  cyan: asItIs,
};

/**
 * The palette for a stream. chalk is loaded only if colours are shown. It does not know NO_COLOR
 * (https://no-color.org), so the level is decided here.
 *
 * @param depth how many bits of colour the stream shows; 1 is none
 */
export async function paletteFor(depth: number, environment: NodeJS.ProcessEnv): Promise<Palette> {
  const { NO_COLOR, TERM } = environment;
  const isUnwanted = (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb';
  if (isUnwanted || depth < 4) return PLAIN;
  const { Chalk } = await import('chalk');
  return new Chalk({ level: depth >= 24 ? 3 : depth >= 8 ? 2 : 1 });
}
