import { expect } from 'vitest';
import { testFolder } from '../support/command-line.ts';
import { randoseOnTerminal, SCRIPT, withoutColour } from '../support/pseudo-terminal.ts';
import { EVERY, expectSameInColour, tooWide } from '../support/terminal-story.ts';
import { testWithTool } from '../support/tools.ts';

const onTerminal = testWithTool(SCRIPT);

for (const columns of [80, 120]) {
  onTerminal(`every command says the same with colour and without, at ${columns} columns`, () => {
    expectSameInColour(columns);
  });
}

for (const columns of [60, 80, 120]) {
  onTerminal(`the help and the mistakes of every command fit ${columns} columns`, () => {
    const state = testFolder();
    const wide: string[] = [];
    for (const [name] of EVERY) {
      const mistakes = [['--help'], ['--no-such-option'], ['--study', '/no/such/folder']];
      for (const typed of mistakes) {
        const words = [...name.split(' '), ...typed];
        const [coloured = '', plain = ''] = [true, false].map((hasColour) => {
          return randoseOnTerminal(words, { columns, hasColour, state }).text;
        });
        const command = words.join(' ');
        expect(withoutColour(coloured), command).toBe(plain);
        expect(plain, command).not.toBe('');
        wide.push(...tooWide(plain, columns).map((line) => `${command}: ${line}`));
      }
    }
    expect(wide).toEqual([]);
  });
}
