import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { RandoseError } from '../errors.ts';
import { batchFiles } from '../study/layout.ts';
import { RESTORE } from '../words.ts';
import { haveKits, isReplacementSlot, type Slot, type SlotKits } from './list.ts';
import { KIT_TEXT, type KitNumber, NUMBER_TEXT, type RandomizationNumber } from './numbers.ts';
import { LONGEST_ROW } from '../study/longest-row.ts';

const COLUMNS = ['randomization_number', 'stratum', 'sequence_in_stratum'] as const;
/** A further column if slots have kits; with kit types one for each, with a low line and the type. */
const KITS = 'kit';
/** A further column if slots have spare kits: their codes, with a space between them. */
const SPARES = 'spare_kits';
/** The last column if slots have replacement slots: of these, the number of the slot that they are for. */
const REPLACEMENT_FOR = 'replacement_for';

const SEQUENCE_TEXT = /^[1-9]\d*$/;

/** The columns of the kits of one type, or of all kits if they are alike. */
interface KitColumns {
  readonly type: string | undefined;
  readonly hasSpares: boolean;
}

/** The names of such columns: `kit` and `spare_kits`; of a type `kit_TYPE` and `spare_kits_TYPE`. */
function namesOf({ type, hasSpares }: KitColumns): string[] {
  const end = type === undefined ? '' : `_${type}`;
  return [`${KITS}${end}`, ...(hasSpares ? [`${SPARES}${end}`] : [])];
}

/** Which kits the columns with these names are about; undefined if there are no such columns. */
function kitColumnsOf(names: readonly string[]): readonly KitColumns[] | undefined {
  const groups = names.flatMap((name): KitColumns[] => {
    if (name !== KITS && !name.startsWith(`${KITS}_`)) return [];
    const type = name === KITS ? undefined : name.slice(KITS.length + 1);
    const hasSpares = names.includes(namesOf({ type, hasSpares: true })[1]!);
    return [{ type, hasSpares }];
  });
  const areKnown = groups.flatMap(namesOf).join() === names.join();
  return areKnown && (groups.length < 2 || !names.includes(KITS)) ? groups : undefined;
}

/** The kits of a slot, from the cells of its row; undefined if these are not the kits of these columns. */
function kitsFrom(groups: readonly KitColumns[], row: readonly string[]): SlotKits | undefined {
  let at: number = COLUMNS.length;
  const next = () => row[at++] ?? '';
  const kits: { type: string; kit: KitNumber; spares?: KitNumber[] }[] = [];
  for (const { type = '', hasSpares } of groups) {
    const own = { type, kit: next() as KitNumber };
    const spares = hasSpares ? (next().split(' ') as KitNumber[]) : undefined;
    const areCodes =
      KIT_TEXT.test(own.kit) && spares?.every((code) => KIT_TEXT.test(code)) !== false;
    if (!areCodes) return undefined;
    kits.push(spares === undefined ? own : { ...own, spares });
  }
  if (at !== row.length) return undefined;
  const [first, ...further] = kits;
  if (first === undefined) return {};
  const { type, ...own } = first;
  return type === '' ? own : { ...own, kitType: type, further };
}

/** The slot of a row, without the cell for replacement slots; undefined if it is not one. */
function slotOf(
  batch: number,
  row: readonly string[],
  groups: readonly KitColumns[],
): Slot | undefined {
  const [number = '', stratum = '', sequence = ''] = row;
  const kits = kitsFrom(groups, row);
  const isSlot = NUMBER_TEXT.test(number) && stratum !== '' && SEQUENCE_TEXT.test(sequence);
  if (!isSlot || kits === undefined) return undefined;
  const own = { batch, number: number as RandomizationNumber, stratum };
  return { ...own, sequence: Number(sequence), ...kits };
}

/** The columns that the kits of slots need: those of their types, or of kits that are alike. */
function kitColumnsIn(slots: readonly Slot[]): KitColumns[] {
  if (!haveKits(slots)) return [];
  const hasSpares = slots.some(({ spares }) => spares !== undefined);
  const [first] = slots;
  const further = first?.further ?? [];
  return [
    { type: first?.kitType, hasSpares },
    ...further.map(({ type, spares }) => ({ type, hasSpares: spares !== undefined })),
  ];
}

/** The names of the columns that the kits of slots need, and the cells of a slot, each without a comma. */
export function kitTable(slots: readonly Slot[]): {
  readonly names: readonly string[];
  readonly cellsOf: (slot: Slot) => string[];
} {
  const groups = kitColumnsIn(slots);
  return { names: groups.flatMap(namesOf), cellsOf: (slot) => kitCells(slot, groups) };
}

/** The kits of a slot for these columns; spare kits have a space between them. */
function kitCells(slot: SlotKits, groups: readonly KitColumns[]): string[] {
  const kits = [slot, ...(slot.further ?? [])];
  return groups.flatMap(({ hasSpares }, index) => {
    const { kit = '', spares = [] } = kits[index] ?? {};
    return hasSpares ? [kit, spares.join(' ')] : [kit];
  });
}

/** A batch of the allocation list as everyone may see it, list.csv: no arm and no block. */
export function formatPublicList(slots: readonly Slot[]): string {
  const { names, cellsOf } = kitTable(slots);
  const hasReplacements = slots.some(isReplacementSlot);
  return stringify(
    slots.map((slot) => {
      const replaced = hasReplacements ? [slot.replacementFor ?? ''] : [];
      return [slot.number, slot.stratum, slot.sequence, ...cellsOf(slot), ...replaced];
    }),
    {
      header: true,
      columns: [...COLUMNS, ...names, ...(hasReplacements ? [REPLACEMENT_FOR] : [])],
    },
  );
}

/**
 * Reads a batch's list.csv.
 *
 * @throws RandoseError `bad-data`, with the line, if the text is not such a list
 */
export function parsePublicList(text: string, batch: number): Slot[] {
  const file = batchFiles(batch).list;
  try {
    const [header, ...rows] = rowsOf(text);
    const hasReplacements = header?.at(-1) === REPLACEMENT_FOR;
    const columns = hasReplacements ? header.slice(0, -1) : (header ?? []);
    const groups = kitColumnsOf(columns.slice(COLUMNS.length));
    if (groups === undefined || columns.slice(0, COLUMNS.length).join() !== COLUMNS.join()) {
      throw bad(file, 1, `expected the columns ${COLUMNS.join()}, and ${KITS} if it has kits`);
    }
    return rows.map((row, index) => {
      const slot = slotOf(batch, hasReplacements ? row.slice(0, -1) : row, groups);
      const replaced = hasReplacements ? row.at(-1)! : '';
      if (slot === undefined || !(replaced === '' || NUMBER_TEXT.test(replaced))) {
        throw bad(file, index + 2, `not a slot: ${row.join()}`);
      }
      return replaced === '' ? slot : { ...slot, replacementFor: replaced as RandomizationNumber };
    });
  } catch (error) {
    if (error instanceof RandoseError) throw error;
    throw bad(file, 1, 'not a CSV file');
  }
}

/**
 * The rows of a list. A list that needs no quotation marks, as nearly all, has its cells between commas: the CSV library
 * takes ten times as long to find them, and each command reads the list.
 *
 * @throws CsvError if it is not CSV
 */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n');
  const isPlain = !/["\r]/.test(text) && lines.every(({ length }) => length < LONGEST_ROW);
  if (!isPlain) return parse(text, { relaxColumnCount: true, maxRecordSize: LONGEST_ROW });
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.split(','));
}

function bad(file: string, line: number, message: string): RandoseError {
  return new RandoseError('bad-data', `${file} cannot be read`, {
    problems: [{ file, line, column: 1, message }],
    hint: RESTORE,
  });
}
