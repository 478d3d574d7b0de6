import { expect, test } from 'vitest';
import { questionLines } from '../../src/system/prompts.ts';

test('a question is in lines that fit, with room for the answer', () => {
  const slot = 'A slot cannot be given back. Randomize these 4 participants? [y/N] ';
  expect(questionLines(slot, 60)).toEqual([
    'A slot cannot be given back. Randomize these 4',
    'participants? [y/N] ',
  ]);
  expect(questionLines(slot, 80)).toEqual([slot]);
  expect(questionLines('Why? ', undefined)).toEqual(['Why? ']);
});
