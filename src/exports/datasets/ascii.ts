import anyAscii from 'any-ascii';
import { type Problem, RandoseError } from '../../errors.ts';
import { counted } from '../../words.ts';
import { madeWhenRead } from '../made-when-read.ts';
import { type Cell, type Dataset, isAscii, type MeasuredDataset, measuring } from './dataset.ts';

/** A text that has another form in ASCII. */
export interface Changed {
  /** Where it is first: its column, and the keys of its row. */
  readonly where: string;
  readonly was: string;
  readonly now: string;
  /** How often the dataset has it. */
  readonly count: number;
}

/** A dataset in ASCII, and what was changed for it, each text once. */
interface Ascii {
  readonly dataset: MeasuredDataset;
  readonly changed: readonly Changed[];
}

/** The most values that an error lists. */
const MOST_LISTED = 20;

/**
 * A dataset whose texts and labels are ASCII, as SAS transport files need them: `Hôpital` becomes `Hopital`, `10⁶` becomes `10^6`.
 *
 * @throws RandoseError `bad-data` with the values of which nothing would be left, or more than their column takes
 */
export function inAscii(whole: MeasuredDataset): Ascii {
  const { name, label, columns, rows, extents } = whole;
  const changed = new Map<string, Changed>();
  const problems: Problem[] = [];
  const ascii = (where: () => string, was: string): string => {
    if (isAscii(was)) return was;
    const known = changed.get(was);
    const now = known?.now ?? asciiOf(was);
    changed.set(was, { where: known?.where ?? where(), was, now, count: (known?.count ?? 0) + 1 });
    return now;
  };
  const placeOf = placesIn(whole);
  const checked = (cell: Cell, index: number, row: readonly Cell[]): Cell => {
    if (typeof cell !== 'string') return cell;
    const { name: column, length } = columns[index]!;
    const where = () => `${column} of ${placeOf(row)}`;
    const now = ascii(where, cell);
    if (now === '' && cell !== '') {
      problems.push({ message: `${where()}: "${cell}" has nothing that ASCII can write` });
    } else if (length !== undefined && now.length > length) {
      problems.push({ message: `${where()}: "${now}" has more than ${length} characters` });
    }
    return now;
  };
  const labelled = {
    ...whole,
    label: ascii(() => `the label of ${name}`, label).slice(0, LONGEST_LABEL),
    columns: columns.map((column) => {
      const now = ascii(() => `the label of ${column.name}`, column.label);
      return { ...column, label: now.slice(0, LONGEST_LABEL) };
    }),
  };
  const fits = ({ isAscii, longest }: (typeof extents)[number], index: number) =>
    isAscii && longest <= (columns[index]!.length ?? longest);
  if (extents.every(fits)) return { dataset: labelled, changed: [...changed.values()] };
  const { add, measures } = measuring(labelled);
  for (const row of rows) add(row.map((cell, index) => checked(cell, index, row)));
  if (problems.length > 0) throw refusal(name, problems);
  const nowOf = (cell: Cell) =>
    typeof cell === 'string' ? (changed.get(cell)?.now ?? cell) : cell;
  const converted = madeWhenRead(function* () {
    for (const row of rows) yield row.map(nowOf);
  });
  return {
    dataset: { ...labelled, rows: converted, ...measures() },
    changed: [...changed.values()],
  };
}

/** The most characters of a label; ASCII can need more of them than other letters. */
const LONGEST_LABEL = 40;

function refusal(name: string, problems: readonly Problem[]): RandoseError {
  const more = problems.length - MOST_LISTED;
  const rest = more > 0 ? [{ message: `and ${counted(more, 'further value')}` }] : [];
  return new RandoseError(
    'bad-data',
    `${counted(problems.length, 'value')} of ${name} cannot be written as XPT`,
    {
      problems: [...problems.slice(0, MOST_LISTED), ...rest],
      hint: 'Use --format json, xlsx or csv. Nothing was written.',
    },
  );
}

/** Names a row by its keys; that of the study is the same in each. */
function placesIn({ columns }: Dataset): (row: readonly Cell[]) => string {
  const keys = columns
    .flatMap(({ key, name }, index) =>
      key === undefined || name === 'STUDYID' ? [] : { key, name, index },
    )
    .toSorted((a, b) => a.key - b.key);
  return (row) => keys.map(({ name, index }) => `${name} ${row[index] ?? ''}`).join(', ');
}

/** Raised digits, and what they are. Beside another digit, they must not look like a part of its number. */
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻';
const LEVEL = '0123456789+-';

/** A text in the letters of ASCII. What has no letters there disappears. */
function asciiOf(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+/gu, (raised) => {
      return `^${Array.from(raised, (one) => LEVEL[RAISED.indexOf(one)]).join('')}`;
    })
    // 1½ is not 11/2.
    .replace(/(?<=\d)(?=[¼-¾⅐-⅞↉])/gu, ' ');
  // Tabs and line ends are ASCII, but no text of a table.
  return anyAscii(plain)
    .replace(/[^ -~]+/g, ' ')
    .trim();
}
