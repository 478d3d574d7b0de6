import { expect, test } from 'vitest';
import { type BlindedView, differences, type SeenFile } from '../../src/blinding/blinded-view.ts';
import { sealFor } from '../../src/blinding/seal.ts';
import { drawKeyPair } from '../../src/store/draw.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const file = (path: string, content: string | Uint8Array, more: Partial<SeenFile> = {}) => ({
  path,
  mode: 0o644,
  modified: 1000,
  content: typeof content === 'string' ? bytes(content) : content,
  ...more,
});
const digestOne = 'a'.repeat(64);
const digestOther = 'b'.repeat(64);
const [officer, card] = [await drawKeyPair(), await drawKeyPair()];
const seal = sealFor([officer.recipient, card.recipient]);

const one: BlindedView = {
  files: [file('list.csv', 'R001,4KX9TM7\n'), file('R001.age', await seal('PLACEBO'))],
  outputs: [{ command: 'status', text: `Ledger 1:${digestOne}\n` }],
};
const other: BlindedView = {
  files: [file('list.csv', 'R001,4KX9TM7\n'), file('R001.age', await seal('ILT1012'))],
  outputs: [{ command: 'status', text: `Ledger 1:${digestOther}\n` }],
};
const told = (changed: Partial<BlindedView>) =>
  differences(
    [one, new Map([[digestOne, '<head 1>']])],
    [{ ...other, ...changed }, new Map([[digestOther, '<head 1>']])],
  );
const files = (index: number, replacement: SeenFile) => ({
  files: other.files.with(index, replacement),
});

test('two views that differ only in sealed content and explained digests look the same', () => {
  expect(told({})).toEqual([]);
});

test('any other difference is reported, with its place', async () => {
  const [list, envelope] = other.files as [SeenFile, SeenFile];
  const longer = file('R001.age', await seal('ILT1012 '));
  const fewer = file('R001.age', await sealFor([officer.recipient])('PLACEBO'));
  expect(told(files(1, longer))).toEqual(['R001.age: length']);
  expect(told(files(1, fewer))).toEqual(['R001.age: length', 'R001.age: header']);
  expect(told(files(1, { ...envelope, mode: 0o600 }))).toEqual(['R001.age: mode']);
  expect(told(files(1, { ...envelope, modified: 1001 }))).toEqual(['R001.age: modified']);
  expect(told(files(0, file('list.csv', 'R001,4KX9TM8\n')))).toEqual(['list.csv: content']);
  expect(told(files(0, { ...list, path: 'list-a.csv' }))).toEqual([
    'names: list.csv, R001.age; but list-a.csv, R001.age',
  ]);
  expect(told({ files: [list] })).toEqual(['names: list.csv, R001.age; but list.csv']);
  const renamed = [{ command: 'verify', text: `Ledger 1:${digestOther}\n` }];
  expect(told({ outputs: renamed })).toEqual(['names: status; but verify']);
  expect(told({ files: [list], outputs: [] })).toEqual([
    'names: list.csv, R001.age; but list.csv',
    'names: status; but ',
  ]);
  expect(told({ outputs: [{ command: 'status', text: 'Ledger 1:\n' }] })).toEqual(['status: text']);
  const unexplained = [{ command: 'status', text: `Ledger 1:${'c'.repeat(64)}\n` }];
  expect(told({ outputs: unexplained })).toEqual(['status: text']);
});

test('of a sealed file, the kinds of recipients and their lengths are seen, and the length of the rest', () => {
  const header = 'age-encryption.org/v1\n-> X25519 abcd\nbody\n-> ssh x yz\nbody\n--- mac\n';
  const view = (text: string): BlindedView => ({ files: [file('a.age', text)], outputs: [] });
  const seen = (text: string) =>
    differences([view(`${header}rest`), new Map()], [view(text), new Map()]);
  const same = [
    header.replace('abcd', 'efgh'),
    header.replace('x yz', 'z xy'),
    header.replace('body', 'BODY'),
    header.replace('mac', 'MAC'),
  ];
  for (const text of same) expect(seen(`${text}REST`)).toEqual([]);
  const others = [
    header.replace('X25519 abcd', 'X2551 abcde'),
    header.replace('X25519', 'Y25519'),
    header.replace('x yz', 'xy z'),
    header.replace('body\n->', 'bodyx\n>'),
    header.replace('-> ssh', '-- ssh'),
  ];
  for (const text of others) expect(seen(`${text}rest`)).toEqual(['a.age: header']);
  expect(seen(`${header}rest `)).toEqual(['a.age: length']);
  const between = (text: string, other: string) =>
    differences([view(`${text}\n--- `), new Map()], [view(`${other}\n--- `), new Map()]);
  // As many digits in a row, and yet others.
  expect(between(`a\n${'b'.repeat(14)}`, `${'a'.repeat(11)}\nbbbb`)).toEqual(['a.age: header']);
  expect(between('-> x1 a', `-> x ${'a'.repeat(11)}`)).toEqual(['a.age: length', 'a.age: header']);
});

test('a digest is explained as bytes too', () => {
  const view = (digest: string): BlindedView => ({
    files: [file('request.tsq', Buffer.concat([bytes('x'), Buffer.from(digest, 'hex')]))],
    outputs: [],
  });
  const known = (digest: string) => new Map([[digest, '<it>']]);
  const [a, b] = [view(digestOne), view(digestOther)];
  expect(differences([a, known(digestOne)], [b, known(digestOther)])).toEqual([]);
  expect(differences([a, new Map()], [b, new Map()])).toEqual(['request.tsq: content']);
});
