import { figureGroups, guesserText, marksText, totalsText } from '../../../report/figures.ts';
import {
  type Candidate,
  ratioOfArms,
  shortNames,
  sizesText,
  strataText,
  type Yardsticks,
} from '../../../report/candidate.ts';
import {
  BRACKETS_TEXT,
  YARDSTICK_HEADS,
  yardstickRows,
  YARDSTICKS_TEXT,
} from '../../../report/yardsticks.ts';
import type { Palette } from '../../output/palette.ts';
import { characters, wrapped } from '../../../system/text-lines.ts';

const GAP = 2;
const INDENT = '  ';
/** So that three plans fit in 80 columns. */
const MOST_NAME = 14;

/**
 * Plans side by side for the terminal: one row per figure, one column per candidate; as many candidates as fit,
 * the others below.
 *
 * @param candidates plans for one design
 * @param columns the width of the terminal
 * @param yardsticks what any list of the design gives away
 */
export function formatAssessmentTable(
  candidates: readonly Candidate[],
  study: string,
  colour: Palette,
  columns: number,
  yardsticks: Yardsticks,
): string {
  const [first] = candidates;
  if (first === undefined) return '';
  const plans = candidates.length === 1 ? '1 plan' : `${candidates.length} plans`;
  const lines = [
    `${colour.bold(`${study}: ${plans} assessed`)}  ${colour.red('CONFIDENTIAL')}`,
    '',
    ...wrapped(`Ratio   ${ratioOfArms(first.assessment)}`, columns),
    `Strata  ${strataText(first.assessment)}`,
    '',
    ...candidates.flatMap(({ name, assessment }) =>
      wrapped(`${name}: ${sizesText(assessment)}`, columns),
    ),
    '',
    ...tables(candidates, colour, columns),
    ...yardstickTable(yardsticks, colour, columns),
    ...wrapped(guesserText(candidates), columns),
    ...wrapped(totalsText(candidates), columns),
    ...wrapped(marksText(candidates), columns),
    '',
    ...wrapped(
      'CONFIDENTIAL: these figures name block sizes. Blinded staff must not see them.',
      columns,
    ).map((line) => colour.yellow(line)),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function tables(candidates: readonly Candidate[], colour: Palette, columns: number): string[] {
  const groups = figureGroups(candidates);
  const names = shortNames(candidates, MOST_NAME);
  const labels = INDENT.length + longest(groups.flatMap(({ rows }) => rows.map((r) => r.label)));
  const width = longest([...names, ...groups.flatMap(({ rows }) => rows.flatMap((r) => r.cells))]);
  const atOnce = Math.max(1, Math.floor((columns - labels) / (width + GAP)));
  const lines: string[] = [];
  for (let from = 0; from < candidates.length; from += atOnce) {
    const cells = (texts: readonly string[]) =>
      texts
        .slice(from, from + atOnce)
        .map((text) => padStart(text, width + GAP))
        .join('');
    lines.push(colour.bold(' '.repeat(labels) + cells(names)));
    for (const { heading, rows } of groups) {
      lines.push(...wrapped(heading, columns).map((line) => colour.cyan(line)));
      for (const { label, cells: texts } of rows) {
        lines.push(padEnd(INDENT + label, labels) + cells(texts));
      }
      lines.push('');
    }
  }
  return lines;
}

/** What any list gives away at least, by its greatest difference from the ratio; empty if it is not known. */
function yardstickTable(yardsticks: Yardsticks, colour: Palette, columns: number): string[] {
  const rows = yardstickRows(yardsticks);
  if (rows.length === 0) return [];
  const widths = YARDSTICK_HEADS.map((head, index) =>
    longest([head, ...rows.map((row) => row[index]!)]),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => padStart(cell, widths[index]! + GAP)).join('');
  const heading = 'The least that any list gives away, in excess over always guessing';
  return [
    ...wrapped(heading, columns).map((one) => colour.cyan(one)),
    colour.bold(line(YARDSTICK_HEADS)),
    ...rows.map(line),
    ...wrapped(`${YARDSTICKS_TEXT} ${BRACKETS_TEXT}`, columns),
    '',
  ];
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - characters(text))) + text;
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - characters(text)));
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, characters(text)), 0);
}
