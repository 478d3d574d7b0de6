import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as v from 'valibot';
import { RandoseError } from '../errors.ts';
import { batchFiles } from '../study/layout.ts';
import type { Slot } from './list.ts';
import { KIT_TEXT, type KitNumber, NUMBER_TEXT, type RandomizationNumber } from './numbers.ts';

const COLUMNS = ['randomization_number', 'stratum', 'sequence_in_stratum', 'kit'] as const;

const ROW = v.pipe(
  v.strictTuple([
    v.pipe(v.string(), v.regex(NUMBER_TEXT)),
    v.pipe(v.string(), v.nonEmpty()),
    v.pipe(v.string(), v.regex(/^[1-9]\d*$/), v.transform(Number)),
    v.pipe(v.string(), v.regex(KIT_TEXT)),
  ]),
  v.transform(([number, stratum, sequence, kit]): Omit<Slot, 'batch'> => ({
    number: number as RandomizationNumber,
    stratum,
    sequence,
    kit: kit as KitNumber,
  })),
);

/** A batch of the allocation list as everyone may see it, list.csv: no arm and no block. */
export function formatPublicList(slots: readonly Slot[]): string {
  return stringify(
    slots.map((slot) => [slot.number, slot.stratum, slot.sequence, slot.kit]),
    { header: true, columns: [...COLUMNS] },
  );
}

/**
 * Reads a batch's list.csv back.
 *
 * @throws RandoseError `bad-data`, with the line, where the text is no such list
 */
export function parsePublicList(text: string, batch: number): Slot[] {
  const file = batchFiles(batch).list;
  try {
    const [header, ...rows]: string[][] = parse(text, { relaxColumnCount: true });
    if (header?.join() !== COLUMNS.join()) {
      throw bad(file, 1, `expected the columns ${COLUMNS.join()}`);
    }
    return rows.map((row, index) => {
      const result = v.safeParse(ROW, row);
      if (!result.success) throw bad(file, index + 2, `no slot: ${row.join()}`);
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
    hint: 'Restore the file from a backup: randose verify says whether it is the one that was sealed.',
  });
}
