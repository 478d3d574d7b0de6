import { describe, expect, test } from 'vitest';
import { plainText, provenContent } from '../../src/ledger/plain-text.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
/** UTF-16, the byte order mark first. */
function wide(text: string, order: 'le' | 'be'): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

const WIDE = 'is encoded as UTF-16 instead of UTF-8';
const MARK = 'begins with a byte order mark';
const CRLF = 'has other line ends (CRLF)';
const NO_END = 'has no line end at its end';
const EMPTY_LINES = 'has empty lines at its end';

describe('a text', () => {
  test.each<[string, Uint8Array, string, string[]]>([
    ['as it was written', bytesOf('é\nb\n'), 'é\nb\n', []],
    ['with a byte order mark', bytesOf('\ufeffé\n'), 'é\n', [MARK]],
    ['with other line ends', bytesOf('é\r\nb\r\n'), 'é\nb\n', [CRLF]],
    ['with both', bytesOf('\ufeffé\r\n'), 'é\n', [MARK, CRLF]],
    ['in UTF-16, little end first', wide('é\n', 'le'), 'é\n', [WIDE]],
    ['in UTF-16, big end first', wide('é\r\n', 'be'), 'é\n', [WIDE, CRLF]],
    ['with a mark that is not at its beginning', bytesOf('a\ufeff\n'), 'a\ufeff\n', []],
    ['with a return that is no line end', bytesOf('a\rb\n'), 'a\rb\n', []],
    ['that is empty', bytesOf(''), '', []],
  ])('%s', (_, bytes, text, changes) => {
    expect(plainText(bytes)).toEqual({ text, changes });
  });

  test.each([[[0xff, 0x41]], [[0xfe, 0x41]], [[0x41, 0xfe]], [[0x41, 0xff]]])(
    'of the bytes %j is not UTF-16',
    (bytes) => {
      const { text, changes } = plainText(Uint8Array.from(bytes));
      expect(text).toHaveLength(2);
      expect(text).toContain('\ufffd');
      expect(changes).toEqual([]);
    },
  );
});

describe('a file that something proves', () => {
  const RIGHT = 'a\né\n';
  const proven = (bytes: Uint8Array, right: Uint8Array = bytesOf(RIGHT)) => {
    const found = provenContent(bytes, (content) => Buffer.compare(content, right) === 0);
    if (found !== undefined) expect(Buffer.compare(found.content, right)).toBe(0);
    return found?.changes;
  };

  test.each<[string, Uint8Array, string[]]>([
    ['as it was written', bytesOf(RIGHT), []],
    ['with a byte order mark', bytesOf(`\ufeff${RIGHT}`), [MARK]],
    ['in UTF-16', wide(RIGHT, 'le'), [WIDE]],
    ['with other line ends', bytesOf('a\r\né\r\n'), [CRLF]],
    ['without the last line end', bytesOf('a\né'), [NO_END]],
    ['with empty lines after it', bytesOf('a\né\n\n\n'), [EMPTY_LINES]],
    ['in UTF-16 without the last line end', wide('a\r\né', 'be'), [WIDE, CRLF, NO_END]],
  ])('%s', (_, bytes, changes) => {
    expect(proven(bytes)).toEqual(changes);
  });

  test('has its line ends back even if it is not text', () => {
    const sealed = Uint8Array.from([0xc3, 0x0a, 0x28, 0x0d, 0x41, 0x0a]);
    const sent = Uint8Array.from([0xc3, 0x0d, 0x0a, 0x28, 0x0d, 0x41, 0x0d, 0x0a]);
    expect(proven(sent, sealed)).toEqual([CRLF]);
  });

  test('is not found if a letter of it is another one, or a line is missing', () => {
    expect(proven(bytesOf('a\ne\n'))).toBeUndefined();
    expect(proven(bytesOf('a\n'))).toBeUndefined();
    expect(proven(bytesOf('\na\né\n'))).toBeUndefined();
    expect(proven(bytesOf('a\n\né\n'))).toBeUndefined();
  });

  test('is asked for as it is only once', () => {
    const asked: string[] = [];
    provenContent(bytesOf(RIGHT), (content) => {
      asked.push(new TextDecoder().decode(content));
      return false;
    });
    // The last one is without the returns of CR LF; there are none.
    expect(asked).toEqual([RIGHT, RIGHT]);
  });
});
