import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as v from 'valibot';
import { RandoseError } from '../errors.ts';
import { batchFiles } from '../study/layout.ts';
import { RESTORE } from '../words.ts';
import { haveKits, isReplacementSlot, kitsOf, type Slot } from './list.ts';
import { KIT_TEXT, type KitNumber, NUMBER_TEXT, type RandomizationNumber } from './numbers.ts';

const COLUMNS = ['randomization_number', 'stratum', 'sequence_in_stratum'] as const;
/** A further column if slots have kits. */
const KITS = 'kit';
/** A further column if slots have spare kits: their codes, with a space between them. */
const SPARES = 'spare_kits';
/** The last column if slots have replacement slots: of these, the number of the slot that they are for. */
const REPLACEMENT_FOR = 'replacement_for';

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

const REPLACED = v.optional(
  v.pipe(
    v.string(),
    v.regex(NUMBER_TEXT),
    v.transform((text) => text as RandomizationNumber),
  ),
);

type RowShape = v.GenericSchema<unknown, Omit<Slot, 'batch'>>;

/** The shape of a row, by the columns after those that every list has, without the one for replacement slots. */
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
  const hasReplacements = slots.some(isReplacementSlot);
  return stringify(
    slots.map((slot) => {
      const kit = hasKits ? [slot.kit] : [];
      const spares = hasSpares ? [kitsOf(slot).slice(1).join(' ')] : [];
      const replaced = hasReplacements ? [slot.replacementFor ?? ''] : [];
      return [slot.number, slot.stratum, slot.sequence, ...kit, ...spares, ...replaced];
    }),
    {
      header: true,
      columns: [
        ...COLUMNS,
        ...(hasKits ? [KITS] : []),
        ...(hasSpares ? [SPARES] : []),
        ...(hasReplacements ? [REPLACEMENT_FOR] : []),
      ],
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
    const hasReplacements = header?.at(-1) === REPLACEMENT_FOR;
    const columns = hasReplacements ? header.slice(0, -1) : (header ?? []);
    const shape = ROWS[columns.slice(COLUMNS.length).join()];
    if (shape === undefined || columns.slice(0, COLUMNS.length).join() !== COLUMNS.join()) {
      throw bad(file, 1, `expected the columns ${COLUMNS.join()}, and ${KITS} if it has kits`);
    }
    return rows.map((row, index) => {
      const result = v.safeParse(shape, hasReplacements ? row.slice(0, -1) : row);
      const last = hasReplacements ? row.at(-1) : '';
      const replaced = v.safeParse(REPLACED, last === '' ? undefined : last);
      if (!result.success || !replaced.success) {
        throw bad(file, index + 2, `not a slot: ${row.join()}`);
      }
      const { output: replacementFor } = replaced;
      return { batch, ...result.output, ...(replacementFor !== undefined && { replacementFor }) };
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
