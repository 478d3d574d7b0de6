import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as v from 'valibot';
import { RandoseError } from '../errors.ts';
import { batchFiles } from '../study/layout.ts';
import { RESTORE } from '../words.ts';
import { kitsOf, type Slot } from './list.ts';
import { KIT_TEXT, type KitNumber, NUMBER_TEXT, type RandomizationNumber } from './numbers.ts';

const COLUMNS = ['randomization_number', 'stratum', 'sequence_in_stratum', 'kit'] as const;
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
  KIT,
] as const;
const KITS = v.pipe(
  v.string(),
  v.transform((text) => text.split(' ')),
  v.array(KIT),
);

type Row = [number: string, stratum: string, sequence: number, kit: KitNumber];

function slotOf([number, stratum, sequence, kit]: Row): Omit<Slot, 'batch'> {
  return { number: number as RandomizationNumber, stratum, sequence, kit };
}

const ROW = v.pipe(v.strictTuple([...CELLS]), v.transform(slotOf));
const ROW_WITH_SPARES = v.pipe(
  v.strictTuple([...CELLS, KITS]),
  v.transform(([number, stratum, sequence, kit, spares]) => {
    return { ...slotOf([number, stratum, sequence, kit]), spares };
  }),
);

/** A batch of the allocation list as everyone may see it, list.csv: no arm and no block. */
export function formatPublicList(slots: readonly Slot[]): string {
  const hasSpares = slots.some(({ spares }) => spares !== undefined);
  return stringify(
    slots.map((slot) => {
      const spares = hasSpares ? [kitsOf(slot).slice(1).join(' ')] : [];
      return [slot.number, slot.stratum, slot.sequence, slot.kit, ...spares];
    }),
    { header: true, columns: hasSpares ? [...COLUMNS, SPARES] : [...COLUMNS] },
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
    const hasSpares = header?.at(-1) === SPARES;
    if ((hasSpares ? header.slice(0, -1) : header)?.join() !== COLUMNS.join()) {
      throw bad(file, 1, `expected the columns ${COLUMNS.join()}`);
    }
    const shape = hasSpares ? ROW_WITH_SPARES : ROW;
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
