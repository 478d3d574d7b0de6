import { type Changed, inAscii } from './ascii.ts';
import { inParts } from '../in-parts.ts';
import { type Cell, type Column, type Dataset, lengthOf, type MeasuredDataset } from './dataset.ts';
import { withoutLongTexts } from './long-texts.ts';

/** What the header of a transport file says of its making. */
export interface Made {
  /** ISO 8601, UTC. */
  readonly created: string;
  /** At most 8 characters: the name of the system that wrote it. */
  readonly system?: string;
  /** Called with the texts that are written in another form, if there are any. */
  readonly tellChanged?: (changed: readonly Changed[]) => void;
}

/** All records of the header have this length. */
const RECORD = 80;
/** The most characters of a name and of a label. */
const [LONGEST_NAME, LONGEST_LABEL] = [8, 40];

/**
 * Writes a SAS transport file, version 5 (SAS's TS-140), with one dataset. Texts of more than 200 bytes go on in
 * further columns (`long-texts.ts`), and what is not ASCII is written in ASCII letters (`ascii.ts`).
 *
 * @returns its parts
 * @throws RandoseError as `inAscii`, before any of them is made
 */
export function formatXpt(whole: MeasuredDataset, made: Made): Iterable<Uint8Array> {
  const { dataset: ascii, changed } = inAscii(whole);
  if (changed.length > 0) made.tellChanged?.(changed);
  const dataset = withoutLongTexts(ascii);
  const fields = placesOf(dataset);
  const header = [...headerRecords(dataset, made), nameRecords(fields), observations()];
  return partsOf(Buffer.concat(header), dataset, fields);
}

function* partsOf(
  header: Buffer,
  { rows, count }: MeasuredDataset,
  fields: readonly Field[],
): Generator<Buffer> {
  yield header;
  const width = fields.reduce((sum, { length }) => sum + length, 0);
  for (const part of inParts(rows)) yield bytesOf(part, fields, width);
  yield padding(count * width);
}

/** The place of a variable in a row. */
interface Field {
  readonly column: Column;
  readonly start: number;
  readonly length: number;
}

function placesOf(dataset: MeasuredDataset): Field[] {
  let start = 0;
  return dataset.columns.map((column, index) => {
    const length = isNumeric(column) ? 8 : lengthOf(dataset, index);
    const field = { column, start, length };
    start += length;
    return field;
  });
}

function headerRecords({ name, label }: Dataset, { created, system = 'randose' }: Made): Buffer[] {
  requireShort(name, LONGEST_NAME);
  requireShort(label, LONGEST_LABEL);
  const time = sasTime(created);
  const of = (kind: string) => `${fixed('SAS', 8)}${kind}${fixed('9.4', 8)}${fixed(system, 8)}`;
  const zeros = '0'.repeat(30);
  return [
    `HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!${zeros}`,
    `${fixed(of('SAS     SASLIB  '), 64)}${time}`,
    time,
    `HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!${'0'.repeat(17)}1600000000140`,
    `HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!${zeros}`,
    `${fixed(of(`${fixed(name, 8)}SASDATA `), 64)}${time}`,
    `${fixed(time, 32)}${label}`,
  ].map(record);
}

/** The bytes of what the file says of a variable. */
const NAME_RECORD = 140;

/** What the file says of its variables. */
function nameRecords(fields: readonly Field[]): Buffer {
  const count = String(fields.length).padStart(4, '0');
  const title = `HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000${count}${'0'.repeat(20)}`;
  const records = fields.map(nameRecord);
  return Buffer.concat([record(title), ...records, padding(records.length * NAME_RECORD)]);
}

function nameRecord({ column: { name, label, type }, start, length }: Field, index: number) {
  requireShort(name, LONGEST_NAME);
  requireShort(label, LONGEST_LABEL);
  const bytes = Buffer.alloc(NAME_RECORD);
  bytes.writeInt16BE(isNumeric({ type }) ? 1 : 2, 0);
  bytes.writeInt16BE(length, 4);
  bytes.writeInt16BE(index + 1, 6);
  // A day has the format DATE9. of SAS; the names of the other formats and of the informats are blank.
  const format = type === 'day' ? 'DATE' : '';
  bytes.write(`${fixed(name, 8)}${fixed(label, 40)}${fixed(format, 8)}`, 8, 'latin1');
  if (type === 'day') bytes.writeInt16BE(9, 64);
  bytes.write(fixed('', 8), 72, 'latin1');
  bytes.writeInt32BE(start, 84);
  return bytes;
}

function observations(): Buffer {
  return record(`HEADER RECORD*******OBS     HEADER RECORD!!!!!!!${'0'.repeat(30)}`);
}

/** The rows, one directly behind the other. */
function bytesOf(
  rows: readonly (readonly Cell[])[],
  fields: readonly Field[],
  width: number,
): Buffer {
  const bytes = Buffer.alloc(width * rows.length, ' ');
  for (const [at, row] of rows.entries()) {
    for (const [index, { column, start, length }] of fields.entries()) {
      const cell = row[index] ?? null;
      const place = at * width + start;
      if (isNumeric(column)) bytes.set(ibmDouble(numberOf(cell)), place);
      else if (typeof cell === 'string') bytes.write(cell, place, length, 'latin1');
    }
  }
  return bytes;
}

/** Whether SAS keeps it as a number: a day is the number of days since 1960-01-01. */
function isNumeric({ type }: Pick<Column, 'type'>): boolean {
  return type === 'number' || type === 'day';
}

/** The first day of SAS, in days since 1970. */
const FIRST_DAY = Date.UTC(1960, 0, 1) / 86_400_000;

function numberOf(cell: Cell): Cell {
  return typeof cell === 'string' ? Date.parse(`${cell}T00:00:00Z`) / 86_400_000 - FIRST_DAY : cell;
}

/** A missing number, `.` in SAS. */
const MISSING = [0x2e, 0, 0, 0, 0, 0, 0, 0];

/**
 * A number as IBM mainframes have it: a sign, a power of 16 (excess 64) and a fraction of 56 bits. Every number of
 * JavaScript has an exact one, if it is not out of its range.
 */
export function ibmDouble(value: Cell): Uint8Array {
  if (typeof value !== 'number') return Uint8Array.from(MISSING);
  const bytes = new DataView(new ArrayBuffer(8));
  let [fraction, power] = [Math.abs(value), 0];
  for (; fraction >= 1; power += 1) fraction /= 16;
  for (; fraction !== 0 && fraction < 1 / 16; power -= 1) fraction *= 16;
  if (power < -64 || power > 63) throw new Error(`${value} is out of the range of IBM doubles`);
  if (fraction !== 0) {
    bytes.setBigUint64(0, BigInt(fraction * 2 ** 56));
    bytes.setUint8(0, (value < 0 ? 0x80 : 0) | (64 + power));
  }
  return new Uint8Array(bytes.buffer);
}

const MONTHS = 'JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC';

/** `2026-06-15T08:30:00Z` as SAS writes it: `15JUN26:08:30:00`. */
function sasTime(instant: string): string {
  const [year = '', month = '', day = ''] = instant.slice(0, 10).split('-');
  const at = (Number(month) - 1) * 3;
  return `${day}${MONTHS.slice(at, at + 3)}${year.slice(2)}:${instant.slice(11, 19)}`;
}

function fixed(text: string, length: number): string {
  return text.padEnd(length).slice(0, length);
}

function record(text: string): Buffer {
  return Buffer.from(fixed(text, RECORD), 'latin1');
}

/** Blanks after so many bytes, up to whole records. */
function padding(length: number): Buffer {
  return Buffer.alloc((RECORD - (length % RECORD)) % RECORD, ' ');
}

function requireShort(text: string, most: number): void {
  if (text.length > most) throw new Error(`"${text}" has more than ${most} characters`);
}
