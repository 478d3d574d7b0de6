import { describe, expect, test } from 'vitest';
import { nearestWord, withStop } from '../src/words.ts';

describe('the word that somebody meant', () => {
  test.each([
    ['recieved', ['received', 'returned'], 'received'],
    ['--sudject', ['--subject', '--site'], '--subject'],
    ['calend', ['calendar', 'cards'], 'calendar'],
    ['LABELS', ['labels'], 'labels'],
    ['foo', ['open', 'dose', 'demo', 'move'], undefined],
    ['--reason', ['--json', '--from'], undefined],
    ['x', [], undefined],
  ])('%s of %j: %s', (typed, known, meant) => {
    expect(nearestWord(typed, known)).toBe(meant);
  });

  test('is none of those that are much shorter, however long the text is', () => {
    const begin = performance.now();
    expect(nearestWord('x'.repeat(2_000_000), ['calendar', 'check', 'xxx'])).toBeUndefined();
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});

test('a sentence has a full stop, but not after a command that somebody copies', () => {
  expect(withStop('Is it 2026?')).toBe('Is it 2026?');
  expect(withStop('study.yaml is damaged')).toBe('study.yaml is damaged.');
  expect(withStop('it is older: 3 of 5')).toBe('it is older: 3 of 5.');
  const command = 'To remove it: randose ledger --repair --by WHO --reason TEXT';
  expect(withStop(command)).toBe(command);
  expect(withStop('Compare: randose ledger --compare ../a.b')).toMatch(/b$/);
  expect(withStop('See: randose calendar. Then print')).toMatch(/print\.$/);
});
