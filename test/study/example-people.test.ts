import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isExampleKey } from '../../src/study/example-people.ts';
import { FIXTURES } from '../support/command-line.ts';

test('every key of fixtures/keys is known as one that everybody has', () => {
  const folder = join(FIXTURES, 'keys');
  for (const file of readdirSync(folder)) {
    const recipient = /age1\w+/.exec(readFileSync(join(folder, file), 'utf8'))![0];
    expect(isExampleKey(recipient), file).toBe(true);
  }
  expect(isExampleKey('age1')).toBe(false);
});
