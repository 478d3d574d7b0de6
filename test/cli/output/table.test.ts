import Table from 'cli-table3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTable } from '../../../src/cli/output/table.ts';
import { PLAIN } from '../../../src/cli/output/palette.ts';

const EDGES = ['top', 'bottom', 'left', 'right', 'mid'];
const TEXT = fc.oneof(
  fc.constantFrom('', 'R00001', 'Créteil', '東京病院', 'a\nlonger one', '👍', 'e\u0301', '12 % …'),
  fc.string({ maxLength: 12 }).map((text) => text.replace(/\s/g, '')),
);

test('a table is drawn as cli-table3 draws one without borders', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }).chain((columns) => {
        const row = fc.array(TEXT, { minLength: columns, maxLength: columns });
        return fc.array(row, { minLength: 1, maxLength: 230 });
      }),
      ([head = [], ...rows]) => {
        const parts = EDGES.flatMap((edge) =>
          ['', '-mid', '-left', '-right'].map((of) => edge + of),
        );
        const whole = new Table({
          chars: { ...Object.fromEntries(parts.map((part) => [part, ''])), middle: '  ' },
          style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
        });
        whole.push(head, ...rows);
        const lines = `${whole.toString()}\n`.replace(/ +$/gm, '');
        expect(formatTable(head, rows, PLAIN)).toBe(lines);
      },
    ),
    { numRuns: 30 },
  );
});

test('wide characters take two columns', () => {
  expect(
    formatTable(
      ['Hospital', 'Site'],
      [
        ['東京病院', 'S01'],
        ['Lyon', 'S02'],
      ],
      PLAIN,
    ),
  ).toBe(['Hospital  Site', '東京病院  S01', 'Lyon      S02', ''].join('\n'));
});
