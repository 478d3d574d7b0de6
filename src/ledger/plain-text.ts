/** A text without the changes of an editor, and these changes. */
export interface PlainText {
  readonly text: string;
  /** What was changed, each as what follows the name of the file. Empty if nothing was. */
  readonly changes: readonly string[];
}

/** Decodes a text to what randose wrote: UTF-8 with line feeds only. Bytes that are not text are replaced. */
export function plainText(bytes: Uint8Array): PlainText {
  const changes: string[] = [];
  const wide = wideEncoding(bytes);
  if (wide !== undefined) changes.push('is encoded as UTF-16 instead of UTF-8');
  let text = new TextDecoder(wide ?? 'utf-8', { ignoreBOM: true }).decode(bytes);
  if (text.startsWith('\ufeff')) {
    text = text.slice(1);
    if (wide === undefined) changes.push('begins with a byte order mark');
  }
  if (text.includes('\r\n')) {
    text = text.replaceAll('\r\n', '\n');
    changes.push('has other line ends (CRLF)');
  }
  return { text, changes };
}

function wideEncoding([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/** A file as randose wrote it, which something proves. */
export interface ProvenContent {
  readonly content: Uint8Array;
  /** What was changed, each as what follows the name of the file. Empty if nothing was. */
  readonly changes: readonly string[];
}

/**
 * Undoes what editors, spreadsheets, version control and file transfers do to a file without anybody asking: line
 * ends, encoding, a byte order mark, the line feed at the end. The result counts only if it is proven.
 *
 * @param isRight whether a content is the one that randose wrote, by its digest or by the chain of the ledger
 * @returns undefined if nothing of that kind explains the file
 */
export function provenContent(
  bytes: Uint8Array,
  isRight: (content: Uint8Array) => boolean,
): ProvenContent | undefined {
  if (isRight(bytes)) return { content: bytes, changes: [] };
  const plain = plainText(bytes);
  const text = new TextEncoder().encode(plain.text);
  const candidates: ProvenContent[] = [
    { content: text, changes: plain.changes },
    ...lastLines(plain),
    // A file transfer treats sealed files as text too; they are not UTF-8.
    { content: withoutReturns(bytes), changes: ['has other line ends (CRLF)'] },
  ];
  return candidates.find(({ changes, content }) => changes.length > 0 && isRight(content));
}

/** The same text with one line feed at its end. */
function lastLines({ text, changes }: PlainText): ProvenContent[] {
  const ended = `${text.replace(/\n+$/, '')}\n`;
  if (ended === text) return [];
  const change = text.endsWith('\n') ? 'has empty lines at its end' : 'has no line end at its end';
  return [{ content: new TextEncoder().encode(ended), changes: [...changes, change] }];
}

/** The bytes with LF in place of each CR LF. */
function withoutReturns(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, index) => byte !== 0x0d || bytes[index + 1] !== 0x0a);
}
