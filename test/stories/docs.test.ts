import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonOf, mustRun, randose, randoseIn, testFolder } from '../support/command-line.ts';
import { randoseOnTerminal, SCRIPT } from '../support/pseudo-terminal.ts';
import { testWithTool } from '../support/tools.ts';

test('the pages are listed, and one is read as it is, in any folder', () => {
  const list = mustRun('docs');
  expect(list).toMatch(/^officer +keys, cards, code-breaks$/m);
  expect(list).toMatch(/^physician /m);
  const page = randoseIn(testFolder(), 'docs', 'officer');
  expect(page).toMatchObject({ status: 0, stderr: '' });
  expect(page.stdout).toBe(readFileSync('docs/officer.md', 'utf8'));
  expect(mustRun('docs', 'docs/officer.md')).toBe(page.stdout);
});

test('a part of a page, by words of its heading or of its text', () => {
  expect(mustRun('docs', 'officer', 'officer', 'joins')).toMatch(/^## When an officer joins/);
  expect(mustRun('docs', 'officer', 'superseded')).toContain('--remove-superseded');
  const none = randose('docs', 'physician', 'minimization');
  expect(none.status).toBe(64);
  expect(none.stderr).toContain('the page physician does not have "minimization"');
});

test('a part by the words of its heading without spaces and marks', () => {
  for (const words of ['studyyaml', 'study-yaml', 'Study.yaml']) {
    expect(mustRun('docs', 'formats', words)).toMatch(/^## study\.yaml\n/);
  }
});

test('a mistyped page is answered with the right one, and JSON has the text', () => {
  const typed = randose('docs', 'oficer');
  expect(typed.status).toBe(64);
  expect(typed.stderr).toMatch(/there is no page "oficer"\n.*Did you mean officer\?/);
  expect(jsonOf('docs', 'scope')).toMatchObject({ page: 'scope', file: 'docs/scope.md' });
});

testWithTool(SCRIPT)('on a terminal it is laid out for the width, at 60, 80 and 120', () => {
  const state = testFolder();
  for (const columns of [60, 80, 120]) {
    const { text } = randoseOnTerminal(['docs', 'scope'], { columns, hasColour: false, state });
    expect(text).toMatch(/^What randose does not do\n=+\n/);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns);
  }
});
