import { expect, test } from 'vitest';
import { makeAllocationList } from '../../src/randomization/list.ts';
import { formatPublicList, parsePublicList } from '../../src/randomization/public-list.ts';
import { EXAMPLE_SEED, planOf, templateStudy } from '../support/designs.ts';

const slots = makeAllocationList(templateStudy(), planOf([3]), EXAMPLE_SEED);

test('list.csv has number, stratum, sequence and kit, and nothing else', () => {
  const text = formatPublicList(slots);
  const [header, first] = text.split('\n');
  expect(header).toBe('randomization_number,stratum,sequence_in_stratum,kit');
  expect(first).toBe(`R001,site=CRT,1,${slots[0]!.kit}`);
  expect(text.split('\n')).toHaveLength(1 + 18 + 1);
});

test('list.csv reads back', () => {
  expect(parsePublicList(formatPublicList(slots), 1)).toEqual(
    slots.map(({ number, batch, stratum, sequence, kit }) => ({
      number,
      batch,
      stratum,
      sequence,
      kit,
    })),
  );
});

test.each([
  ['', 1],
  ['a,b\n', 1],
  ['randomization_number,stratum,sequence_in_stratum,kit\nR001,site=CRT,1\n', 2],
  ['randomization_number,stratum,sequence_in_stratum,kit\nR001,site=CRT,0,AAAAAAA\n', 2],
  ['randomization_number,stratum,sequence_in_stratum,kit\n"R001,site=CRT,1,AAAAAAA\n', 1],
])('a damaged list.csv is an error with its line: %j', (text, line) => {
  expect(() => parsePublicList(text, 1)).toThrow(
    expect.objectContaining({
      code: 'bad-data',
      problems: [expect.objectContaining({ line })],
    }),
  );
});
