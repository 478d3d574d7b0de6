import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as v from 'valibot';
import { RandoseError } from '../errors.ts';
import { batchFiles } from '../study/layout.ts';
import { RESTORE } from '../words.ts';
import { haveKits, kitsOf, type Slot } from './list.ts';
import { KIT_TEXT, type KitNumber, NUMBER_TEXT, type RandomizationNumber } from './numbers.ts';

const COLUMNS = ['randomization_number', 'stratum', 'sequence_in_stratum'] as const;
/** A further column if slots have kits. */
const KITS = 'kit';
/** A further column if slots have spare kits: their codes, with a space between them. */
const SPARES = 'spare_kits';

const KIT = v.pipe(
  v.string(),
  v.regex(KIT_TEXT),
  v.transform((text) => text as KitNumber),
);
const CELLS = [
  v.pipe(v.string(), v.regex(NUMBER_TEXT)),
  v.pipe(v.string(), v.nonEmpty()),
  v.pipe(v.string(), v.regex(/^[1-9]\d*$/), v.transform(Number)),
] as const;
const SPARE_CODES = v.pipe(
  v.string(),
  v.transform((text) => text.split(' ')),
  v.array(KIT),
);

type Row = [number: string, stratum: string, sequence: number];

function slotOf([number, stratum, sequence]: Row): Omit<Slot, 'batch'> {
  return { number: number as RandomizationNumber, stratum, sequence };
}

type RowShape = v.GenericSchema<unknown, Omit<Slot, 'batch'>>;

/** The shape of a row, by the columns after those that every list has. */
const ROWS: Readonly<Record<string, RowShape>> = {
  '': v.pipe(v.strictTuple([...CELLS]), v.transform(slotOf)),
  [KITS]: v.pipe(
    v.strictTuple([...CELLS, KIT]),
    v.transform(([number, stratum, sequence, kit]) => {
      return { ...slotOf([number, stratum, sequence]), kit };
    }),
  ),
  [`${KITS},${SPARES}`]: v.pipe(
    v.strictTuple([...CELLS, KIT, SPARE_CODES]),
    v.transform(([number, stratum, sequence, kit, spares]) => {
      return { ...slotOf([number, stratum, sequence]), kit, spares };
    }),
  ),
};

/** A batch of the allocation list as everyone may see it, list.csv: no arm and no block. */
export function formatPublicList(slots: readonly Slot[]): string {
  const hasKits = haveKits(slots);
  const hasSpares = slots.some(({ spares }) => spares !== undefined);
  return stringify(
    slots.map((slot) => {
      const kit = hasKits ? [slot.kit] : [];
      const spares = hasSpares ? [kitsOf(slot).slice(1).join(' ')] : [];
      return [slot.number, slot.stratum, slot.sequence, ...kit, ...spares];
    }),
    {
      header: true,
      columns: [...COLUMNS, ...(hasKits ? [KITS] : []), ...(hasSpares ? [SPARES] : [])],
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
    const [header, ...rows]: string[][] = parse(text, { relaxColumnCount: true });
    const columns = header ?? [];
    const shape = ROWS[columns.slice(COLUMNS.length).join()];
    if (shape === undefined || columns.slice(0, COLUMNS.length).join() !== COLUMNS.join()) {
      throw bad(file, 1, `expected the columns ${COLUMNS.join()}, and ${KITS} if it has kits`);
    }
    return rows.map((row, index) => {
      const result = v.safeParse(shape, row);
      if (!result.success) throw bad(file, index + 2, `not a slot: ${row.join()}`);
      return { batch, ...result.output };
    });
  } catch (error) {
    if (error instanceof RandoseError) throw error;
    throw bad(file, 1, 'not a CSV file');
  }
}

function bad(file: string, line: number, message: string): RandoseError {
  return new RandoseError('bad-data', `${file} cannot be read`, {
    problems: [{ file, line, column: 1, message }],
    hint: RESTORE,
  });
}
