import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import {
  formatPage,
  headingsOf,
  sectionsWith,
} from '../../../../src/cli/commands/docs/page-text.ts';
import { PAGES } from '../../../../src/cli/commands/docs/pages.ts';
import { PLAIN } from '../../../../src/cli/output/palette.ts';
import { withoutColour } from '../../../support/pseudo-terminal.ts';

const shown = (text: string, columns = 60) => formatPage(text, { colour: PLAIN, columns });

describe('a page on a terminal', () => {
  test('has its headings underlined, and its paragraphs broken between words', () => {
    expect(shown('# The `list`\n\nOne **two** three four\nfive.\n\n### Less\n', 20)).toBe(
      'The list\n========\n\nOne two three four\nfive.\n\nLess\n',
    );
  });

  test('has lists, the further lines below the first', () => {
    expect(shown('1. Change it.\n2. Run `verify`, and look at what it says\n   - one\n', 24)).toBe(
      '1. Change it.\n2. Run verify, and look\n   at what it says\n   - one\n',
    );
  });

  test('has commands as a shell reads them, and the lines of files as they are', () => {
    const command = 'randose rewrap --identity officer.key --reason "B. Example takes over"';
    expect(shown(`    ${command}\n`)).toBe(
      '    randose rewrap --identity officer.key \\\n        --reason "B. Example takes over"\n',
    );
    const line = `strata: [${'x, '.repeat(30)}]`;
    expect(shown(`\`\`\`yaml\n${line}\n\`\`\`\n`)).toBe(`    ${line}\n`);
  });

  test('has tables, and links without their files', () => {
    expect(shown('| a | b |\n| - | - |\n| x | [the officer](officer.md#key) |\n')).toBe(
      'a  b\nx  the officer\n',
    );
    expect(shown('See [age](https://age-encryption.org).')).toBe(
      'See age (https://age-encryption.org).\n',
    );
  });

  test('says the same in colour', () => {
    const colour = new Chalk({ level: 1 });
    for (const { text } of PAGES) {
      const coloured = formatPage(text, { colour, columns: 80 });
      expect(withoutColour(coloured)).toBe(shown(text, 80));
      expect(coloured).not.toBe(shown(text, 80));
    }
  });
});

describe('a part of a page', () => {
  const page =
    '# Page\n\nAll.\n\n## Keys\n\nOne.\n\n### Lost\n\nTwo.\n\n## Cards\n\nA key opens.\n';

  test('is every section with the words in its heading, with those below it', () => {
    expect(sectionsWith(page, 'keys')).toBe('## Keys\n\nOne.\n\n### Lost\n\nTwo.\n\n');
    expect(sectionsWith(page, 'LOST')).toBe('### Lost\n\nTwo.\n\n');
  });

  test('or else every section with them in its text', () => {
    expect(sectionsWith(page, 'a key')).toBe('## Cards\n\nA key opens.\n');
    expect(sectionsWith(page, 'nothing')).toBe('');
  });

  test('headings are without their marks', () => {
    expect(headingsOf('# The `list`\n\n## Two\n')).toEqual([
      { depth: 1, text: 'The list' },
      { depth: 2, text: 'Two' },
    ]);
  });
});

test('every page that the program carries is the file of the repository', async () => {
  const { readFileSync } = await import('node:fs');
  for (const { file, text } of PAGES) expect(readFileSync(file, 'utf8')).toBe(text);
});
