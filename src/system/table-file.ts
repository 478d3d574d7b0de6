import { RandoseError } from '../errors.ts';
import { decodeText, readBytes } from './files.ts';

/** How the files of spreadsheet programs begin: .xlsx, .ods and .numbers are zip files; .xls is a compound file. */
const SPREADSHEETS = ['504b0304', '504b0506', 'd0cf11e0'];

/**
 * Reads a table that people bring as text, such as CSV.
 *
 * @throws RandoseError as `readText`; `bad-data` if it is the file of a spreadsheet program
 */
export function readTable(path: string): string {
  const bytes = readBytes(path);
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (!SPREADSHEETS.includes(start)) return decodeText(bytes, path);
  throw new RandoseError('bad-data', `${path} is a spreadsheet file: save it as CSV UTF-8`, {
    hint: 'Open it in the spreadsheet program, choose "Save as" (in Numbers: "Export to"), then "CSV UTF-8", and name the new file here. Nothing was recorded.',
  });
}
