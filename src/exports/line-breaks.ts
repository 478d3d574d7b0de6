import LineBreaker from 'linebreak';

/**
 * Breaks a text into lines where Unicode lets it (UAX #14): at blanks, behind hyphens, never within a word.
 * What belongs together stays so where a line is wide enough for it: a number with its groups and what it counts,
 * a value with the colon before it, a colon or a question mark with the French blank before that.
 *
 * @param width of a line
 * @returns the lines; undefined where a piece that cannot be broken is wider than a line
 */
export function linesOf(
  text: string,
  width: number,
  widthOf: (text: string) => number,
): string[] | undefined {
  const lines: string[] = [];
  let line = '';
  const add = (piece: string): boolean => {
    if (line !== '' && widthOf((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
    return widthOf(line.trimEnd()) <= width;
  };
  for (const piece of piecesOf(text.replace(GLUED, NO_BREAK))) {
    const plain = piece.replaceAll(NO_BREAK, ' ');
    const fits = widthOf(plain.trimEnd()) <= width;
    if (!(fits ? [plain] : piecesOf(plain)).every(add)) return undefined;
  }
  return [...lines, line.trimEnd()].filter((one) => one !== '');
}

const NO_BREAK = '\u00a0';
/** The blanks within what belongs together. */
const GLUED = / (?=[:;!?·»])|(?<=[«:]) |(?<=\d) (?=[\p{L}\d°%µ])/gu;

/** The pieces of a text between the places at which a line may end, blanks behind them included. */
function piecesOf(text: string): string[] {
  const breaker = new LineBreaker(text);
  const pieces: string[] = [];
  let from = 0;
  for (let next = breaker.nextBreak(); next !== null; next = breaker.nextBreak()) {
    pieces.push(text.slice(from, next.position));
    from = next.position;
  }
  return pieces;
}
