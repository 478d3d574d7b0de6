import { expect } from 'vitest';
import { testFolder } from '../support/command-line.ts';
import { randoseOnTerminal, SCRIPT, withoutColour } from '../support/pseudo-terminal.ts';
import { EVERY, expectSameInColour, tooWide } from '../support/terminal-story.ts';
import { testWithTool } from '../support/tools.ts';

const USUAL = 80;

const onTerminal = testWithTool(SCRIPT);

for (const columns of [USUAL, 120]) {
  onTerminal(`every command says the same with colour and without, at ${columns} columns`, () => {
    expectSameInColour(columns);
  });
}

for (const columns of [60, USUAL, 120]) {
  onTerminal(`the help and the mistakes of every command fit ${columns} columns`, () => {
    const state = testFolder();
    const wide: string[] = [];
    for (const [name] of EVERY) {
      const mistakes = [['--help'], ['--no-such-option'], ['--study', '/no/such/folder']];
      for (const typed of mistakes) {
        const words = [...name.split(' '), ...typed];
        const printed = (hasColour: boolean) =>
          randoseOnTerminal(words, { columns, hasColour, state }).text;
        const command = words.join(' ');
        const plain = printed(false);
        // Lines break alike at every width: one says whether colours change it.
        if (columns === USUAL) expect(withoutColour(printed(true)), command).toBe(plain);
        expect(plain, command).not.toBe('');
        wide.push(...tooWide(plain, columns).map((line) => `${command}: ${line}`));
      }
    }
    expect(wide).toEqual([]);
  });
}
