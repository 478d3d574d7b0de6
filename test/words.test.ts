import { describe, expect, test } from 'vitest';
import { nearestWord } from '../src/words.ts';

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
});
