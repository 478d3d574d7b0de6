import { expect, test } from 'vitest';
import { missingNeeds, type Need, requiredMark } from '../../src/cli/arguments/needs.ts';
import { examplesText } from '../../src/cli/help.ts';
import { COMMANDS } from '../../src/cli/registry.ts';

const EVERY = COMMANDS.flatMap((entry) => [entry, ...entry.parts]);

test.each(EVERY)('the examples of $name fit 60 columns', (entry) => {
  for (const line of examplesText(entry, 60).split('\n')) {
    expect(line.length, line).toBeLessThanOrEqual(60);
  }
});

test.each([
  [{ oneOf: ['--by'] }, [], ['--by'], 'required: '],
  [{ oneOf: ['--kits', '--from'] }, [], ['--from'], 'required, or --from: '],
  [
    { oneOf: ['--date'], unless: ['--retract'] },
    [],
    ['--retract'],
    'required, except with --retract: ',
  ],
  [{ oneOf: ['--reason'], with: ['--id'] }, ['--id'], [], 'required with --id: '],
] as [Need, string[], string[], string][])(
  'what is needed is missing, or is there: %j',
  (need, without, there, mark) => {
    expect(missingNeeds([need], new Set(without))).toEqual([need]);
    expect(missingNeeds([need], new Set(there))).toEqual([]);
    expect(requiredMark(need)).toBe(mark);
  },
);
