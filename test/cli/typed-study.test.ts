import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { aboutTypedStudy } from '../../src/cli/typed-study.ts';

const inAnother = aboutTypedStudy(['status', '--study', 'my trial'], COMMANDS);

test.each([
  ['Then run: randose verify', 'Then run: randose verify --study "my trial"'],
  [
    'To add slots: randose allocate --extend',
    'To add slots: randose allocate --study "my trial" --extend',
  ],
  // A part of a command keeps its place, and so does an argument.
  [
    'randose kit quarantined C4KQ7 --site CRT, or randose check CODE',
    'randose kit quarantined --study "my trial" C4KQ7 --site CRT, or randose check --study "my trial" CODE',
  ],
  // Nothing is said twice, and what has no study gets none.
  ['randose verify --study there --commitment x', 'randose verify --study there --commitment x'],
  ['randose demo --output x. randose selftest', 'randose demo --output x. randose selftest'],
  ['randose dose --help shows what it takes.', 'randose dose --help shows what it takes.'],
  ['it begins with "randose commitment 1"', 'it begins with "randose commitment 1"'],
  ['randose knows these sheets', 'randose knows these sheets'],
  ['randose verify. Then go on', 'randose verify --study "my trial". Then go on'],
])('%s', (text, expected) => {
  expect(inAnother(text)).toBe(expected);
});

test('a study that was not typed is in no command', () => {
  const as = aboutTypedStudy(['status', '--json'], COMMANDS);
  expect(as('Then run: randose verify')).toBe('Then run: randose verify');
  expect(aboutTypedStudy(['status', '--study=b'], COMMANDS)('randose verify')).toBe(
    'randose verify --study b',
  );
});

test('the database of the ledger that was typed is named too, unless its URL may have a password', () => {
  const url = 'postgres://s08@db.example.org/study';
  const as = aboutTypedStudy(['status', '--ledger', url, '--study', 'b'], COMMANDS);
  expect(as('Run: randose ledger --enter-pending')).toBe(
    `Run: randose ledger --study b --ledger ${url} --enter-pending`,
  );
  expect(as('Run: randose pull')).toBe(`Run: randose pull --ledger ${url}`);
  expect(as('randose ledger --create --ledger URL')).toBe(
    'randose ledger --study b --create --ledger URL',
  );
  for (const secret of [
    'postgres://s08:pw@db.example.org/study',
    'postgres://s08:p?w@db.example.org/study',
    'postgres://db.example.org/study?password=pw',
  ]) {
    expect(aboutTypedStudy(['status', `--ledger=${secret}`], COMMANDS)('randose status')).toBe(
      'randose status',
    );
  }
});
