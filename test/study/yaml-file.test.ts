import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { mapping, YamlFile } from '../../src/study/yaml-file.ts';

/** What is wrong with a YAML text, as `line:column message`. */
function problemsOf(text: string, look: (yaml: YamlFile) => void = () => undefined): string[] {
  const yaml = new YamlFile(text, 'study.yaml', v.looseObject({}));
  look(yaml);
  return yaml.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const SPECIAL =
  '&, * and ! have a special meaning at the beginning of a value: put the value in quotes';
const NO_KEYS = 'this file has no keys with values, such as "id: DEPIL-2"';
const NOT_A_KEY = 'expected a key, a colon, a space and a value, such as "id: DEPIL-2"';
const INDENTED =
  'this line is indented differently from the lines that belong with it: give all of them the same number of spaces';
const NESTED =
  'another key follows in this value or below it: put a text that contains a colon in quotes, or correct the indentation of the next line';
const AFTER =
  'this does not belong to the value before it: put the whole value in quotes, or correct the indentation of the line';
const PERCENT = 'a line above this one begins with %, which has a special meaning: remove it';
const SECOND =
  'a second document begins here, after a line of "---" or "...": remove that line, and whatever does not belong in this file';
const HEADER =
  '| and > have a special meaning at the beginning of a value: put the value in quotes';
const open = (bracket: string, closing: string) =>
  `this ${bracket} is not closed: write ${closing} at the end, and indent the lines before it`;

// prettier-ignore
const SLIPS: [text: string, problems: string[]][] = [
  ['', ['1:1 the file is empty']],
  ['a\n', [`1:1 ${NO_KEYS}`]],
  ['number,arm\nR001,ILT101\n', [`1:1 ${NO_KEYS}`]],
  ['number;kit;arm\nR001;K1;ILT101: 1\nR002;K2;ILT101: 1 [x\n', [`1:1 ${NO_KEYS}`]],
  ['-----BEGIN AGE ENCRYPTED FILE-----\nYWdl: [\n', [`1:1 ${NO_KEYS}`]],
  ['a: 1\nb: 2\na: 3\n', ['3:1 the key "a" is here twice (first in line 1): remove one of the two']],
  ['x:\n  {a: 1, "a": 2}\n', ['2:10 the key "a" is here twice (first in line 2): remove one of the two']],
  ['a: Low: x\n', [`1:4 ${NESTED}`]],
  ['a: x\n  b: 1\n', [`1:4 ${NESTED}`]],
  ['a: 1\nb\nc: 2\n', ['2:1 a colon is missing: write "b:" and its value']],
  ['a:1\nb: 2\n', ['1:1 write a space after the colon: "a: 1"']],
  ['a b\nc d: 1\n', ['1:1 a colon is missing: write "a: b"']],
  ['a:\n  - id TST\n    b: 1\n', ['2:5 a colon is missing: write "id: TST"']],
  ['a = 1\nb: 2\n', ['1:1 a colon is missing: write "a: 1"']],
  ['<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> b\n', ['1:1 version control marked a conflict here: keep one of the two versions, and remove the lines of <, = and >']],
  ['a: | x\n', [`1:6 ${HEADER}`]],
  ['12 b\nc: 1\n', [`1:1 ${NOT_A_KEY}`]],
  ['a: 1\n- b\n', ['2:1 this item of a list is not below a key: indent it below its key, or put the text in quotes']],
  ['a: [a: 1, a\n b: 2]\n', [`1:11 ${NOT_A_KEY}`]],
  ['a:\n  b: 1\n c: 2\n', [`3:1 ${INDENTED}`]],
  ['a:\n  - b\n  c: 1\n', [`3:1 ${INDENTED}`]],
  ['a: |\n x\n  \n', []],
  ['a: |\n   \n  x\n', ['3:3 the empty lines above have more spaces than this line: remove those spaces']],
  ['- a: 1\n b: 2\n', ['2:1 write "- " before this item of the list, or correct the indentation of the line']],
  ['a:\n\tb: 1\n', ['2:1 a tab cannot indent a line: use spaces']],
  ['a: 1\nb: "x\nc: 1\n', ['2:4 this " is not closed: write " at the end of the text']],
  ["a: 1\nb: 'x\nc: 1\n", ["2:4 this ' is not closed: write ' at the end of the text"]],
  ['a: [1, 2\nb: 3\n', [`1:4 ${open('[', ']')}`]],
  ['a: [1, [2, 3], {b: 1]\n', [`1:16 ${open('{', '}')}`]],
  ['[a, b\n', [`1:1 ${open('[', ']')}`]],
  ['a: {b: 1 c: 2}\n', ['1:8 a comma or a bracket is missing within [ ] or { }: write commas between the items, and put a text that contains a colon in quotes']],
  ['a: [b, , c]\n', ['1:8 there is one comma too many here, or the item before it is missing']],
  ['a: ]\n', ['1:4 this ] closes nothing: remove it, or put the text in quotes']],
  ['a: {b: 1}}\n', ['1:10 this } closes nothing: remove it, or put the text in quotes']],
  ['a: - b\n', ['1:4 begin a list on the next line; if the - belongs to a text, put the text in quotes']],
  ['a: "x" y\n', [`1:8 ${AFTER}`]],
  ["a: 'it's'\n", [`1:8 ${AFTER}`]],
  ['- a\nb: 1\n', [`2:1 ${AFTER}`]],
  ['a: "x"#y\n', ['1:7 write a space before #, which begins a comment; or put the text in quotes']],
  ['a: "\\q"\n', ['1:5 a backslash has a special meaning within "…": write it twice, or use single quotes']],
  ['a: @x\n', ['1:4 a text cannot begin with @: put it in quotes']],
  ['a: %x\n', ['1:4 a text cannot begin with %: put it in quotes']],
  ['a: ,b\n', ['1:4 a text cannot begin with ,: put it in quotes']],
  ['a: |x\n  b\n', [`1:5 ${HEADER}`]],
  ['a: *x\n', ['1:4 *x repeats a value that is marked &x, and there is none before it: if it is a text, put it in quotes']],
  ['a: * \n', [`1:4 ${SPECIAL}`]],
  ['a: &x *x\n', [`1:7 ${SPECIAL}`]],
  ['a: &x &y z\n', [`1:7 ${SPECIAL}`]],
  ['a: ! ! x\n', [`1:6 ${SPECIAL}`]],
  ['a: !<foo x\n', [`1:4 ${SPECIAL}`]],
  ['%FOO\na: 1\n', [`2:1 ${PERCENT}`]],
  ['%YAML 3\n---\na: 1\n', ['1:7 a line that begins with % has a special meaning: remove it']],
  ['--- a: 1\n', ['1:5 write nothing after --- in the same line']],
  ['a: 1\n---\nb: 2\n', [`2:1 ${SECOND}`]],
  ['a: 1\n...\nb: 2\n', [`3:1 ${SECOND}`]],
  [`${'x'.repeat(1100)}: 1\n`, ['1:1 the text before the colon is too long for a key: put it in quotes, or add the line break that is missing']],
];

describe('a slip in YAML is reported in our own words', () => {
  test.each(SLIPS)('%j', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('a list in the place of keys', () => {
    const yaml = new YamlFile('- a: 1\n', 'study.yaml', mapping({ a: v.number() }, { a: 'a' }));
    expect(yaml.problems.map((problem) => problem.message)).toEqual([
      'the file: expected keys with values, found a list',
    ]);
  });

  test('brackets within brackets without end', () => {
    expect(problemsOf('['.repeat(5000))).toEqual([
      expect.stringMatching(/^1:\d+ too many brackets within brackets$/),
    ]);
  });

  test('a line without end', () => {
    const line = 'b'.repeat(900_000);
    expect(problemsOf(`a: 1\n${line}\nc: 2\n`)).toEqual([
      `2:1 a colon is missing: write "${'b'.repeat(40)}…:" and its value`,
    ]);
  });

  test('hundreds of brackets that nobody closes are told at once', () => {
    const begin = performance.now();
    expect(problemsOf(`a: 1\n${'['.repeat(450)}\n${'b: 1\n'.repeat(80)}`).length).toBeGreaterThan(
      0,
    );
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  test('a file without end', () => {
    const begin = performance.now();
    const text = 'a: 1\n'.repeat(300_000);
    expect(problemsOf(text)).toEqual([
      '1:1 the file has 1500000 characters: more than 1000000 are not read',
    ]);
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  test('a text or a key without end', () => {
    const long = (text: string) => text.repeat(100_000);
    const shape = mapping({ a: v.pipe(v.string(), v.regex(/ *x$/)) }, { a: 'a' });
    const begin = performance.now();
    const yaml = new YamlFile(
      `a: "y${long(' ')}y"\n? ${long('k')}\n: 1\nb: [${long('z')}]`,
      'f',
      shape,
    );
    expect(yaml.problems.map(({ line, column, message }) => [line, column, message])).toEqual([
      [1, 4, 'expected at most 5000 characters, found 100002'],
      [2, 3, 'expected at most 5000 characters, found 100000'],
      [4, 5, 'expected at most 5000 characters, found 100000'],
    ]);
    expect(yaml.isSound).toBe(false);
    expect(yaml.sound(['a'], v.string())).toBeUndefined();
    expect(performance.now() - begin).toBeLessThan(3000);
  });

  test('values that are repeated without end', () => {
    const nine = (name: string) => Array.from({ length: 9 }, () => `*${name}`).join(', ');
    const text = `a: &a [x]\nb: &b [${nine('a')}]\nc: &c [${nine('b')}]\nd: [${nine('c')}]\n`;
    expect(problemsOf(text)).toEqual(['2:8 values are repeated with * too often: write them out']);
  });

  test('one slip is one problem, whatever follows from it in its line', () => {
    expect(problemsOf('a: - b: c: [\nd: 1\n').map((problem) => problem.slice(0, 2))).toEqual([
      '1:',
    ]);
  });
});

describe('what a shape refuses is reported in our own words', () => {
  test.each<[string, v.GenericSchema, string]>([
    ['yes', v.boolean(), 'write true or false, not "yes"'],
    ['1', v.boolean(), 'write true or false, not 1'],
    ['[x]', v.boolean(), 'write true or false, not a list'],
    ['7', v.string(), 'expected text, found 7 (put it in quotes)'],
    ['0o17', v.string(), 'expected text, found 0o17 (put it in quotes)'],
    ['True', v.string(), 'expected text, found True (put it in quotes)'],
    ['null', v.string(), 'expected text, found nothing'],
    ['', v.string(), 'expected text, found nothing'],
    ['[x]', v.string(), 'expected text, found a list'],
    ['{x: 1}', v.string(), 'expected text, found keys with values'],
    ['"7"', v.number(), 'expected a number, found "7"'],
    ['x', v.array(v.string()), 'expected a list, found "x"'],
    ['x', v.object({}), 'expected keys with values, found "x"'],
    ['x', v.record(v.string(), v.string()), 'expected keys with values, found "x"'],
    ['x', v.literal(1, 'expected 1'), 'expected 1, found "x"'],
    ['x', v.literal(1), 'expected something else, found "x"'],
    ['x', v.picklist(['a', 'b']), 'expected something else, found "x"'],
    ['.inf', v.pipe(v.number(), v.integer('expected a whole number')), 'expected a whole number'],
  ])('%s', (value, schema, message) => {
    const yaml = new YamlFile(`a: ${value}\n`, 'study.yaml', v.object({ a: schema }));
    expect(yaml.problems.map((problem) => problem.message)).toEqual([`a: ${message}`]);
  });
});

describe('what programs read differently', () => {
  const unclear = (value: string, notTexts: string[] = []) =>
    problemsOf(`a: ${value}\n`, (yaml) => {
      yaml.reportUnclear(notTexts);
    });

  test.each<[as: string, values: string[]]>([
    ['true', ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']],
    ['false', ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']],
    ['a number', ['1_000', '0b11', '12:30', '-1:30:00', '190:20:30.15', '1_0.5', '.5_0']],
    ['a date', ['2026-01-01', '2026-1-1 10:00:00', '2026-01-01T10:00:00Z']],
    ['something else', ['=', '<<']],
  ])('as %s is refused without quotes', (as, values) => {
    for (const value of values) {
      expect(unclear(value)).toEqual([
        `1:4 write "${value}" in quotes: many programs read ${value} as ${as}`,
      ]);
      expect(unclear(`"${value}"`)).toEqual([]);
      expect(unclear(`'${value}'`)).toEqual([]);
      expect(unclear(value, ['a'])).toEqual([]);
    }
  });

  test.each([
    ['0o17', '15'],
    ['017', '17'],
    ['-08', '-8'],
    ['1e3', '1000'],
    ['1.5e3', '1500'],
  ])('%s is refused as a number', (value, number) => {
    expect(unclear(value)).toEqual([
      `1:4 write ${number}: many programs read ${value} as something else`,
    ]);
  });

  test.each([
    ...['yEs', 'nO', 'Norway', '1-5', '3-6', '2027-06', '2018-002777-22', '1.2.3', '.', 'R001'],
    ...['true', 'false', 'null', '~', '0', '18', '-3', '18.0', '1.5e+3', '0x1F', '!!str NO'],
  ])('%s is accepted', (value) => {
    expect(unclear(value)).toEqual([]);
  });

  test('in lists, in keys, and where a value is repeated', () => {
    const text = 'a: [x, no]\nno: 1\nb: {c: [{d: on}]}\ne: &off [y]\nf: &g off\nh: *g\n';
    const places = problemsOf(text, (yaml) => {
      yaml.reportUnclear(['f']);
    }).map((problem) => problem.split(' ')[0]);
    expect(places).toEqual(['1:8', '2:1', '3:13', '4:10', '6:4']);
  });

  test('in another version of YAML', () => {
    const text = '%YAML 1.1\n---\na: x\n';
    expect(problemsOf(text)).toEqual([]);
    expect(
      problemsOf(text, (yaml) => {
        yaml.reportUnclear();
      }),
    ).toEqual(['1:1 remove the line %YAML 1.1: randose reads YAML 1.2']);
  });

  test('a value that is refused already is reported once', () => {
    const yaml = new YamlFile('a: 017\n', 'study.yaml', v.object({ a: v.string() }));
    yaml.reportUnclear();
    expect(yaml.problems).toHaveLength(1);
  });
});
