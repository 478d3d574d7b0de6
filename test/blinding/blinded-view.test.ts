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
  expect(told(files(0, { ...list, path: 'list-a.csv' }))[0]).toMatch(/^names: list\.csv/);
  expect(told({ files: [list] })[0]).toMatch(/^names: /);
  expect(told({ outputs: [{ command: 'status', text: 'Ledger 1:\n' }] })).toEqual(['status: text']);
  const unexplained = [{ command: 'status', text: `Ledger 1:${'c'.repeat(64)}\n` }];
  expect(told({ outputs: unexplained })).toEqual(['status: text']);
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
