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
