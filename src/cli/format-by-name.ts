import type { Command } from '@commander-js/extra-typings';
import { extname } from 'node:path';
import { RandoseError } from '../errors.ts';

/** Endings by which people and programs tell what a file is. */
const ENDINGS = [
  ...['csv', 'html', 'ics', 'json', 'ndjson', 'ods', 'pdf', 'xls', 'xlsx', 'xpt', 'zpl'],
];

/**
 * The name of a file says its format too: `--output x.csv` without `--format` means CSV. A name that says another
 * format than is written would mislead everybody who gets the file.
 *
 * @throws RandoseError `usage` if the name and the format disagree
 */
export function takeFormatFromName(command: Command): void {
  const choices = command.options.find(({ long }) => long === '--format')?.argChoices;
  const [output, format] = ['output', 'format'].map((name): unknown =>
    command.getOptionValue(name),
  );
  if (choices === undefined || typeof output !== 'string') return;
  const ending = extname(output).slice(1).toLowerCase();
  if (format === undefined && choices.includes(ending)) {
    command.setOptionValueWithSource('format', ending, 'implied');
  }
  if (typeof format !== 'string') return;
  // A sheet of labels or a page is printed: a program opens it by its name.
  const saysNothing = ending === '' || (format !== 'pdf' && !ENDINGS.includes(ending));
  if (saysNothing || ending === format) return;
  const isOffered = choices.includes(ending);
  if (isOffered && command.getOptionValueSource('format') !== 'cli') {
    command.setOptionValueWithSource('format', ending, 'implied');
    return;
  }
  const other = isOffered ? `use --format ${ending}, or ` : '';
  const proper = format === 'table' ? '.txt' : `.${format}`;
  throw otherFormat(
    output,
    ending,
    format,
    `To write it, ${other}give the file a name that ends with ${proper}`,
  );
}

/**
 * Refuses --csv-for with another format than CSV.
 *
 * @throws RandoseError `usage`
 */
export function requireCsv(command: Command): void {
  const [program, format, output] = ['csvFor', 'format', 'output'].map((name): unknown =>
    command.getOptionValue(name),
  );
  if (program === undefined || format === 'csv') return;
  const named = typeof output === 'string' ? ', or give the file a name that ends with .csv' : '';
  throw new RandoseError(
    'usage',
    `use --csv-for only with --format csv, and this is ${String(format)}`,
    { hint: `Leave --csv-for out, or write --format csv${named}. Nothing was written.` },
  );
}

/**
 * What is always a PDF gets a name that says so: programs open it by its name.
 *
 * @throws RandoseError `usage`
 */
export function requirePdfName(option: string, path: string): void {
  if (extname(path).toLowerCase() === '.pdf') return;
  throw new RandoseError('usage', `${option} ${path}: what is written is a PDF`, {
    hint: 'Give the file a name that ends with .pdf. Nothing was done.',
  });
}

/** A name says another format than is written. */
export function otherFormat(
  output: string,
  ending: string,
  format: string,
  hint: string,
): RandoseError {
  return new RandoseError(
    'usage',
    `--output ${output}: the name says ${ending}, but what is written is ${format}`,
    { hint },
  );
}
