import { describe, expect, test } from 'vitest';
import { mustRun, testFolder } from '../support/command-line.ts';
import { randoseOnTerminal, SCRIPT } from '../support/pseudo-terminal.ts';
import { EVERY, expectSameInColour } from '../support/terminal-story.ts';
import { testWithTool } from '../support/tools.ts';

describe('on a terminal', () => {
  testWithTool(SCRIPT)(
    'every command says in colour what it says without, in lines that fit',
    () => {
      expectSameInColour(60);
    },
  );

  testWithTool(SCRIPT)('help fits, at every width', () => {
    const state = testFolder();
    for (const columns of [60, 80, 120]) {
      for (const words of [['--help'], ['unblind', '--help'], ['kit', 'received', '--help'], []]) {
        const { text } = randoseOnTerminal(words, { columns, hasColour: true, state });
        for (const line of text.split('\n')) {
          expect(line.length, line).toBeLessThanOrEqual(columns);
        }
      }
    }
  });
});

test.each(EVERY)('%s --help fits 80 columns', (name) => {
  for (const line of mustRun(...name.split(' '), '--help').split('\n')) {
    expect(line.length, line).toBeLessThanOrEqual(80);
  }
});
