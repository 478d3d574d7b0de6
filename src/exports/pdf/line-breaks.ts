import LineBreaker from 'linebreak';

/**
 * Breaks a text into lines where Unicode allows it (UAX #14): at blanks and behind hyphens, never inside a word.
 * If a line is wide enough, it keeps together what belongs together: a number with its groups and its unit, a
 * visit with the word before it, a value with the colon before it, and a colon with the French blank before it. A dot
 * that separates two texts is left out where the line ends between them.
 *
 * @param width of a line
 * @param keepsTogether false if the room is so small that this does not matter
 * @returns the lines; undefined if a piece that cannot be broken is wider than a line
 */
export function linesOf(
  text: string,
  width: number,
  widthOf: (text: string) => number,
  keepsTogether = true,
): string[] | undefined {
  const lines: string[] = [];
  let line = '';
  const add = (piece: string): boolean => {
    if (line !== '' && widthOf(withoutEnd(line + piece)) > width) {
      lines.push(withoutEnd(line));
      line = '';
    }
    line += line === '' && lines.length > 0 ? piece.replace(/^\s*·\s+/, '') : piece;
    return widthOf(withoutEnd(line)) <= width;
  };
  const fits = (piece: string) => widthOf(withoutEnd(piece)) <= width;
  for (const glued of piecesOf(keepsTogether ? text.replace(GLUED, NO_BREAK) : text)) {
    const piece = glued.replaceAll(NO_BREAK, ' ');
    const parts = fits(piece) ? [piece] : piecesOf(piece);
    // In the end, break at any blank: UAX #14 keeps a quotation mark with the word behind its blank.
    const all = parts.flatMap((part) => (fits(part) ? part : (part.match(/[^ ]* */g) ?? [])));
    if (!all.every(add)) return undefined;
  }
  return [...lines, withoutEnd(line)].filter((one) => one !== '');
}

/** A line without blanks at its end, and without a dot that separates it from the next text. */
function withoutEnd(line: string): string {
  return line.replace(/(?:\s+·)?\s*$/, '');
}

const NO_BREAK = '\u00a0';
/** The blanks within what belongs together. */
const GLUED = / (?=[:;!?·»]|[DJG]-?\d)|(?<=[«:]) |(?<=\d) (?=[\p{L}\d°%µ])/gu;

/** The pieces of a text between the places where a line may end, with the blanks behind them. */
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
