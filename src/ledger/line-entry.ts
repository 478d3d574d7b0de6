import { RandoseError } from '../errors.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { RESTORE } from '../words.ts';
import { NOT_AN_ENTRY, parseLine } from './chain.ts';
import type { Action, Entry } from './entry.ts';
import { hashOfLine, idOfLine } from './line-form.ts';

/** A line of a ledger whose chain was checked, and where in it the members are that are read without parsing it. */
export interface Line {
  readonly bytes: Buffer;
  readonly seq: number;
  readonly action: Action;
  /** Where the line begins, where it ends, before its line feed, and where its action ends. */
  readonly start: number;
  readonly end: number;
  readonly actionEnd: number;
  /** Whether it has an id, as all but those of older ledgers. */
  readonly hasId: boolean;
  /** Once it was parsed. */
  entry: Entry | undefined;
  /** Once it was read. */
  subject: string | null | undefined;
}

/**
 * The entry of a line. Its sequence, action, subject, id and hash are read where they are in the line. Anything else
 * parses it. It can be spread, compared and written as JSON like any other entry.
 *
 * Whatever parses the line throws RandoseError `not-trusted` if randose does not write such an entry.
 */
export function entryOfLine(line: Line): Entry {
  return new Proxy(line as unknown as Entry, HANDLER as unknown as ProxyHandler<Entry>);
}

/** The name under which an entry that was made from a line tells its line. */
const LINE = Symbol('line');

/**
 * Whether an entry can have one of some texts anywhere in it. Of a line that was not parsed yet, its bytes answer: so those
 * that cannot are never parsed.
 *
 * @param texts with nothing that JSON writes in another way, such as codes
 */
export function mayHaveAny(entry: Entry, texts: readonly Buffer[]): boolean {
  const line = (entry as Entry & { readonly [LINE]?: Line })[LINE];
  if (line === undefined) return true;
  const bytes = line.bytes.subarray(line.actionEnd, line.end);
  return texts.some((text) => bytes.includes(text));
}

const HANDLER: ProxyHandler<Line> = {
  get(line, name) {
    if (name === 'action') return line.action;
    if (name === LINE) return line;
    if (line.entry !== undefined) return Reflect.get(line.entry, name) as unknown;
    if (name === 'seq') return line.seq;
    if (name === 'subject') return (line.subject ??= subjectIn(line));
    if (name === 'hash') return hashOfLine(line.bytes, line.end);
    if (name === 'id') return line.hasId ? idOfLine(line.bytes, line.end) : undefined;
    return Reflect.get(parsed(line), name) as unknown;
  },
  has: (line, name) => Reflect.has(parsed(line), name),
  ownKeys: (line) => Reflect.ownKeys(parsed(line)),
  getOwnPropertyDescriptor: (line, name) => Reflect.getOwnPropertyDescriptor(parsed(line), name),
  getPrototypeOf: () => Object.prototype,
  // Nothing changes an entry.
  defineProperty: () => false,
  deleteProperty: () => false,
  preventExtensions: () => false,
};

function parsed(line: Line): Entry {
  line.entry ??= parseLine(line.bytes.toString('utf8', line.start, line.end));
  if (line.entry !== undefined) return line.entry;
  throw new RandoseError('not-trusted', `${LEDGER_FILE} is damaged`, {
    problems: [{ file: LEDGER_FILE, line: line.seq, message: NOT_AN_ENTRY }],
    hint: RESTORE,
  });
}

const AFTER_ACTION = ',"subject":';
const [QUOTE, BACKSLASH, LAST_ASCII] = [0x22, 0x5c, 0x7f];

/** The subject, which comes right after the action. */
function subjectIn(line: Line): string | null {
  const { bytes, end, actionEnd } = line;
  const start = actionEnd + AFTER_ACTION.length;
  if (bytes.toString('latin1', actionEnd, start) !== AFTER_ACTION || bytes[start] !== QUOTE) {
    return parsed(line).subject;
  }
  for (let place = start + 1; place < end; place += 1) {
    const byte = bytes[place]!;
    if (byte === QUOTE) return bytes.toString('latin1', start + 1, place);
    if (byte === BACKSLASH || byte > LAST_ASCII) break;
  }
  return parsed(line).subject;
}
