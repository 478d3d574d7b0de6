import { expect, test } from 'vitest';
import type { Act } from '../../src/ledger/entry.ts';
import { wrappingsOf } from '../../src/ledger/wrappings.ts';
import { entriesOfActs, EXAMPLE_OFFICER as who } from '../support/ledger.ts';

const digest = (letter: string) => letter.repeat(64);
const allocation = (batch: number, manifest: string): Act => ({
  action: 'allocation',
  who,
  batch,
  list: 'ff',
  manifest,
});
const rewrapped = (intent: number, ...batches: [batch: number, rewrap: number, of: string][]) => [
  { action: 'rewrap intent', who, key: null } as Act,
  {
    action: 'rewrap outcome',
    who,
    intent,
    result: 'opened',
    error: null,
    manifests: batches.map(([batch, rewrap, manifest]) => ({ batch, rewrap, manifest })),
  } as Act,
];

test('each batch has its sealings in their order, the one in use last', () => {
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(digest) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const entries = entriesOfActs([
    allocation(2, a),
    ...rewrapped(2, [2, 1, b]),
    allocation(1, c),
    ...rewrapped(5, [2, 2, d], [1, 1, e]),
  ]);
  expect([...wrappingsOf(entries)]).toEqual([
    [
      2,
      [
        { batch: 2, rewrap: 0, manifest: a },
        { batch: 2, rewrap: 1, manifest: b },
        { batch: 2, rewrap: 2, manifest: d },
      ],
    ],
    [
      1,
      [
        { batch: 1, rewrap: 0, manifest: c },
        { batch: 1, rewrap: 1, manifest: e },
      ],
    ],
  ]);
});

test('a ledger without a list has none', () => {
  expect(wrappingsOf(entriesOfActs([{ action: 'lock', who }])).size).toBe(0);
});
