import { join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { exists } from '../../../system/files.ts';
import { counted } from '../../../words.ts';
import type { Format } from './command.ts';
import type { Description } from './export-datasets.ts';

/**
 * Refuses a folder that has the same datasets in another format that a file describes: it would describe only the new
 * ones, and the others would stay beside them as they were. `--force` replaces files, and removes none.
 *
 * @param names of the datasets, as their files begin
 * @throws RandoseError `would-overwrite` with these files
 */
export function refuseOtherFormats(
  folder: string,
  names: readonly string[],
  format: Format,
  { name, formats }: Description,
): void {
  if (!formats.includes(format)) return;
  const others = formats.filter((other) => other !== format);
  const found = others.flatMap((other) =>
    names.map((one) => `${one}.${other}`).filter((file) => exists(join(folder, file))),
  );
  if (found.length === 0) return;
  throw new RandoseError(
    'would-overwrite',
    `${folder} has ${counted(found.length, 'dataset')} in another format: ${found.join(', ')}`,
    {
      hint: `${name} describes the files of one format. Name another folder: --output DIR. Or remove these files first. Nothing was written.`,
    },
  );
}
