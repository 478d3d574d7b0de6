import { describe, expect, test } from 'vitest';
import { PLAIN, type Palette } from '../../../src/cli/output/palette.ts';
import { formatTable } from '../../../src/cli/output/table.ts';
import { commandLines, fitted } from '../../../src/cli/output/wrapped.ts';
import { widthFor, withoutColours } from '../../../src/system/text-lines.ts';

test.each([
  [undefined, 80],
  [0, 80],
  [40, 60],
  [100, 100],
  [300, 120],
])('a terminal of %s columns is laid out for %s', (columns, width) => {
  expect(widthFor(columns)).toBe(width);
});

describe('talk in lines that fit', () => {
  test('breaks between words, and keeps the indentation', () => {
    expect(fitted('  one two three four five', 20)).toBe('  one two three four\n  five');
  });

  test('goes on below the text of a list', () => {
    expect(fitted('  State   one two three four five six', 33)).toBe(
      '  State   one two three four five\n          six',
    );
  });

  test('keeps a word whole that is longer than a line', () => {
    const digest = 'a'.repeat(64);
    expect(fitted(`Ledger 7:${digest}`, 60)).toBe(`Ledger\n7:${digest}`);
  });

  test('keeps a word and its number together', () => {
    const row = '  CRT-007  2026-06-20 10:58 UTC, by Example Officer, officer (ledger 14)';
    expect(fitted(row, 68)).toBe(
      '  CRT-007  2026-06-20 10:58 UTC, by Example Officer, officer\n           (ledger 14)',
    );
    expect(fitted('It was seen at 10:58 UTC.', 21)).toBe('It was seen at\n10:58 UTC.');
  });

  test('takes a sentence that names an arm for no list', () => {
    const arm = `${'A'.repeat(20)}  Placebo, subcutaneous, in a syringe (placebo)`;
    expect(fitted(`It proves: ${arm}.`, 70)).toBe(
      `It proves: ${'A'.repeat(20)} Placebo, subcutaneous, in a syringe\n(placebo).`,
    );
  });

  test('keeps a command whole', () => {
    const command = 'randose move --subject CRT-001 --visit V --date DATE';
    expect(fitted(`To move a visit that is planned, run: ${command}. Then print.`, 60)).toBe(
      `To move a visit that is planned, run:\n${command}. Then\nprint.`,
    );
  });

  test('breaks a command that is longer than a line before an option, as a shell reads it', () => {
    expect(
      fitted('  randose move --subject CRT-001 --visit V --reason "a very long one"', 38),
    ).toBe(
      '  randose move --subject CRT-001 \\\n      --visit V \\\n      --reason "a very long one"',
    );
    expect(
      fitted('Print new ones: randose labels --force --by "NAME, ROLE, ORGANISATION"', 45),
    ).toBe('Print new ones:\nrandose labels --force \\\n    --by "NAME, ROLE, ORGANISATION"');
    const node = '  node dist/randose.cjs randomize --study demo --by "A. Example, coordinator"';
    expect(fitted(node, 60)).toBe(
      '  node dist/randose.cjs randomize --study demo \\\n      --by "A. Example, coordinator"',
    );
    const awk = "$ age -d -i officer.key envelopes/R001.age | tr -s ' '";
    expect(fitted(awk, 40)).toBe("$ age -d -i officer.key \\\n    envelopes/R001.age | tr -s ' '");
  });

  test('keeps an option and what belongs to it together', () => {
    expect(fitted('To record it anyway, add: --deviation --reason TEXT', 40)).toBe(
      'To record it anyway, add:\n--deviation --reason TEXT',
    );
    expect(fitted('Repair it with --by WHO --reason "power cut at night".', 40)).toBe(
      'Repair it with\n--by WHO --reason "power cut at night".',
    );
    expect(fitted('With --subject, --kits says which kits', 20)).toBe(
      'With --subject,\n--kits says which\nkits',
    );
  });

  test('keeps a command whole that comes right after an option, or within a sentence', () => {
    const command = 'randose dose --subject CRT-001 --visit D22 --correct';
    expect(fitted(`If only D22 is wrong, use --correct or --not-done: ${command}`, 60)).toBe(
      `If only D22 is wrong, use --correct or --not-done:\n${command}`,
    );
    expect(fitted(`Correct it, or with --not-done: ${command} --by WHO`, 45)).toBe(
      'Correct it, or with --not-done:\nrandose dose --subject CRT-001 \\\n    --visit D22 --correct --by WHO',
    );
    expect(fitted('Read it with randose ledger before you run it again.', 21)).toBe(
      'Read it with\nrandose ledger before\nyou run it again.',
    );
    expect(fitted('Then see the participant’s kits (randose kit --all).', 40)).toBe(
      'Then see the participant’s kits\n(randose kit --all).',
    );
  });

  test('breaks a sentence that begins with a command', () => {
    expect(fitted('randose --help lists the commands.', 20)).toBe(
      'randose --help lists\nthe commands.',
    );
    expect(fitted('randose knows these sheets: L7160, L7161', 30)).toBe(
      'randose knows these sheets:\nL7160, L7161',
    );
    expect(fitted('randose moves nothing by itself. To move: randose move', 40)).toBe(
      'randose moves nothing by itself. To\nmove: randose move',
    );
  });

  test('does not count colours', () => {
    const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
    expect(fitted(`${red('one')} two`, 7)).toBe(`${red('one')} two`);
  });

  test('is laid out in colour as it is without', () => {
    const green = (text: string) => `\u001b[32m${text}\u001b[39m`;
    for (const text of [
      '  113 +         - { day: 15, timing: before dose }',
      '$ randose move --visit D15 --reason "one, two"',
    ]) {
      const lines = fitted(text, 35);
      expect(lines).toContain('\n');
      expect(withoutColours(fitted(green(text), 35))).toBe(lines);
      expect(fitted(green(text), 35)).toContain('\u001b[39m');
    }
    expect(fitted(`  ${green('one two three')} ${green('four five')}`, 22)).toBe(
      `  ${green('one two three')} ${green('four\n  five')}`,
    );
  });
});

test('a command of help that is too long goes on in a further line, as a shell reads it', () => {
  expect(
    commandLines('$ randose dose --by "A. Example, nurse" --date 2026-06-15', 40, '  '),
  ).toEqual([
    '  $ randose dose \\',
    '      --by "A. Example, nurse" \\',
    '      --date 2026-06-15',
  ]);
});

describe('a table', () => {
  test('fits: its widest texts go on in further lines', () => {
    const table = formatTable(['Visit', 'Why'], [['D1', 'one two three four']], PLAIN, {
      columns: 16,
    });
    expect(table).toBe('Visit  Why\nD1     one two\n       three\n       four\n');
  });

  test('keeps a date and its weekday together if it can', () => {
    const rows = [['one two three', '2026-12-12 Sat', '2026-12-14 Mon']];
    const head = ['Why', 'Was', 'Is'];
    expect(formatTable(head, rows, PLAIN, { columns: 40 })).toBe(
      'Why      Was             Is\none two  2026-12-12 Sat  2026-12-14 Mon\nthree\n',
    );
    expect(formatTable(head, rows, PLAIN, { columns: 29 })).toBe(
      'Why    Was         Is\none    2026-12-12  2026-12-14\ntwo    Sat         Mon\nthree\n',
    );
  });

  test('has its columns closer together if they would not fit, and never breaks a word', () => {
    const rows = [['C7JPT4H', 'quarantined']];
    expect(formatTable(['Kit', 'State'], rows, PLAIN, { columns: 19 })).toBe(
      'Kit     State\nC7JPT4H quarantined\n',
    );
    expect(formatTable(['Kit', 'State'], rows, PLAIN, { columns: 18 })).toBe(
      'Kit C7JPT4H\n  State  quarantined\n',
    );
  });

  test('lacks an optional column, or is a list, if it is too wide', () => {
    const head = ['Kit', 'State', 'Since'];
    const rows = [
      ['C7JPT4H', 'lost', '2026-12-12'],
      ['FJNYXMX', '', ''],
    ];
    expect(formatTable(head, rows, PLAIN, { columns: 20, optional: ['Since'] })).toBe(
      'Kit      State\nC7JPT4H  lost\nFJNYXMX\n',
    );
    expect(formatTable(head, rows, PLAIN, { columns: 20 })).toBe(
      'Kit C7JPT4H\n  State  lost\n  Since  2026-12-12\nKit FJNYXMX\n',
    );
  });

  test('keeps the colour of a text in each of its lines', () => {
    const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;
    const table = formatTable(['A'], [[dim('one two')]], PLAIN, { columns: 4 });
    expect(table).toBe(`A\n${dim('one')}\n${dim('two')}\n`);
  });
});

test('a colour takes a text alone: a list of texts does not compile without a function around it', () => {
  const colour: Palette = PLAIN;
  // @ts-expect-error -- chalk would print the index of each text too
  ['text'].map(colour.cyan);
  expect(['text'].map((text) => colour.cyan(text))).toEqual(['text']);
});
