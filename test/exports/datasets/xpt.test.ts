import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Changed, inAscii } from '../../../src/exports/datasets/ascii.ts';
import {
  type Cell,
  type Column,
  type Dataset,
  measured,
  type MeasuredDataset,
} from '../../../src/exports/datasets/dataset.ts';
import { withoutLongTexts } from '../../../src/exports/datasets/long-texts.ts';
import { formatXpt, ibmDouble } from '../../../src/exports/datasets/xpt.ts';
import { RandoseError } from '../../../src/errors.ts';
import { testFolder } from '../../support/command-line.ts';
import { testWithTool } from '../../support/tools.ts';

const MADE = { created: '2026-06-15T08:30:00Z' };
const text = (name: string, more: Partial<Column> = {}): Column => {
  return { name, label: `Label of ${name}`, type: 'text', ...more };
};
const number = (name: string): Column => ({ name, label: `Label of ${name}`, type: 'number' });

function dataset(columns: Column[], rows: Cell[][]): MeasuredDataset {
  return measured({ name: 'T', label: 'Test', columns, rows });
}

/** A whole file. */
function xptOf(one: Dataset, made: Parameters<typeof formatXpt>[1] = MADE): Buffer {
  return Buffer.concat([...formatXpt(measured(one), made)]);
}

/** By hand: the sign and the power of 16, excess 64, in the first byte, and 56 bits of the fraction. */
describe('numbers as IBM mainframes have them', () => {
  test.each([
    ['0', 0, '0000000000000000'],
    ['missing', null, '2e00000000000000'],
    ['1', 1, '4110000000000000'],
    ['-1', -1, 'c110000000000000'],
    // IBM's own example of its hexadecimal floating point.
    ['-118.625', -118.625, 'c276a00000000000'],
    // 53 bits of 10.8: 1010, 1100 eleven times, 1101, 0. Of 16.2: 10000, 0011 twelve times.
    ['10.8', 10.8, '41acccccccccccd0'],
    ['16.2', 16.2, '4210333333333333'],
    ['2^53 - 1', Number.MAX_SAFE_INTEGER, '4e1fffffffffffff'],
    ['1e15', 1e15, '4d38d7ea4c680000'],
    ['1/16', 0.0625, '4010000000000000'],
    ['1/32', 0.03125, '3f80000000000000'],
  ])('%s', (_, value, bytes) => {
    expect(Buffer.from(ibmDouble(value)).toString('hex')).toBe(bytes);
  });

  test('what they cannot have is a bug, not another number', () => {
    expect(() => ibmDouble(1e80)).toThrow(/out of the range/);
  });
});

describe('a SAS transport file', () => {
  test('has records of 80 bytes, also without rows', () => {
    for (const rows of [
      [],
      [['a', 1]],
      [
        ['a', 1],
        ['b', null],
      ],
    ]) {
      const bytes = xptOf(dataset([text('A'), number('B')], rows));
      expect(bytes.length % 80).toBe(0);
    }
  });

  test('has ASCII only: other texts are told with what they became, each once', () => {
    const columns = [text('SUBJID', { key: 1, label: 'N° du sujet' }), text('NAME')];
    const rows = [
      ['CRT-001', 'Hélène'],
      ['CRT-002', 'Anne'],
      ['CRT-003', 'Hélène'],
      ['CRT-004', 'a\tb'],
    ];
    const told: Changed[] = [];
    const tellChanged = (changed: readonly Changed[]) => told.push(...changed);
    const bytes = xptOf(dataset(columns, rows), { ...MADE, tellChanged });
    expect(told).toEqual([
      { where: 'the label of SUBJID', was: 'N° du sujet', now: 'Ndeg du sujet', count: 1 },
      { where: 'NAME of SUBJID CRT-001', was: 'Hélène', now: 'Helene', count: 2 },
      { where: 'NAME of SUBJID CRT-004', was: 'a\tb', now: 'a b', count: 1 },
    ]);
    const all = bytes.toString('latin1');
    expect(all).toContain('CRT-001HeleneCRT-002Anne  CRT-003HeleneCRT-004a b');
    expect(all).toContain('SUBJID  Ndeg du sujet ');
    expect(all).not.toMatch(/[^ -~\0-\xff]/);
  });

  test.each([
    ['Assistance Publique - Hôpitaux de Paris', 'Assistance Publique - Hopitaux de Paris'],
    ['Straße, œuvre, Łódź', 'Strasse, oeuvre, Lodz'],
    // Written as e and a combining accent.
    ['He\u{301}le\u{300}ne', 'Helene'],
    ['« 10⁶ UI », 2⁻³', '<< 10^6 UI >>, 2^-3'],
    ['1½ flacon, ½ dose', '1 1/2 flacon, 1/2 dose'],
    ['≤ 2 °C ± 0,5 µg', '<= 2 degC +- 0,5 ug'],
    ['Нью-Йорк', "N'yu-York"],
    ['東京', 'DongJing'],
    ['first\nsecond', 'first second'],
  ])('writes %j as %j', (was, now) => {
    expect([...inAscii(dataset([text('A')], [[was]])).dataset.rows]).toEqual([[now]]);
  });

  test('has the length of a text in ASCII, which can be longer', () => {
    const long = 'œ'.repeat(150);
    const bytes = xptOf(dataset([text('A')], [[long]]));
    // 300 letters: 200 in A, 100 in A1.
    expect(bytes.toString('latin1')).toContain('oe'.repeat(150));
    const label = 'é'.repeat(20) + 'œ'.repeat(20);
    const { dataset: made } = inAscii(dataset([text('A', { label })], []));
    expect(made.columns[0]?.label).toHaveLength(40);
  });

  test('is refused if nothing would be left of a value, or it has no place, and says which', () => {
    const columns = [text('SUBJID', { key: 1 }), text('NAME'), text('CODE', { length: 4 })];
    const rows = [
      ['CRT-001', '\u{200B}\u{200B}', 'ab'],
      ['CRT-002', 'Anne', 'œœœ'],
      ['CRT-003', 'Anne', 'abcde'],
    ];
    const refused = () => xptOf(dataset(columns, rows));
    expect(refused).toThrow(RandoseError);
    try {
      refused();
    } catch (error) {
      const { message, problems, hint } = error as RandoseError;
      expect(message).toBe('3 values of T cannot be written as XPT');
      expect(problems.map((one) => one.message)).toEqual([
        'NAME of SUBJID CRT-001: "\u{200B}\u{200B}" has nothing that ASCII can write',
        'CODE of SUBJID CRT-002: "oeoeoe" has more than 4 characters',
        'CODE of SUBJID CRT-003: "abcde" has more than 4 characters',
      ]);
      expect(hint).toBe('Use --format json, xlsx or csv. Nothing was written.');
    }
  });

  test('a long text goes on in further columns, cut between words', () => {
    const words = Array.from({ length: 90 }, (_, index) => `word${index}`).join(' ');
    const long = dataset(
      [text('WHAT'), number('B')],
      [
        [words, 1],
        ['short', 2],
      ],
    );
    const { columns, rows } = withoutLongTexts(long);
    expect(columns.map(({ name, label }) => [name, label])).toEqual([
      ['WHAT', 'Label of WHAT'],
      ['WHAT1', 'Label of WHAT, 2'],
      ['WHAT2', 'Label of WHAT, 3'],
      ['WHAT3', 'Label of WHAT, 4'],
      ['B', 'Label of B'],
    ]);
    const [first = [], second = []] = rows;
    const parts = first.slice(0, 4).map(String);
    expect(parts.every(({ length }) => length <= 200)).toBe(true);
    expect(parts.join(' ')).toBe(words);
    expect(second).toEqual(['short', '', '', '', 2]);
    const all = xptOf(long).toString('latin1');
    expect(all).toMatch(/WHAT {4}Label of WHAT .*WHAT3 {3}Label of WHAT, 4/);
  });

  test('a text without blanks is cut after 200 characters', () => {
    const { rows } = withoutLongTexts(dataset([text('WHAT')], [['x'.repeat(401)]]));
    expect([...rows]).toEqual([['x'.repeat(200), 'x'.repeat(200), 'x']]);
  });

  test('a row that does not fit its columns is a bug', () => {
    expect(() => xptOf(dataset([text('A'), number('B')], [['a']]))).toThrow(/1 cells/);
    expect(() => xptOf(dataset([number('B')], [['a']]))).toThrow(/no number as B/);
  });

  testWithTool(['Rscript', '-e', 'library(haven)'])('is read back by R with haven [R-102]', () => {
    const folder = testFolder();
    const columns = [text('ID', { label: 'Kit Number' }), number('N'), text('EMPTY')];
    const rows = [
      ['34679E4', 10.8, ''],
      ['001', null, ''],
      ['=1+1', -16.2, ''],
      ['x', 1e15, ''],
    ];
    writeFileSync(join(folder, 't.xpt'), xptOf(dataset(columns, rows)));
    const program = `
      t <- haven::read_xpt(${JSON.stringify(join(folder, 't.xpt'))})
      stopifnot(identical(names(t), c("ID", "N", "EMPTY")), attr(t$ID, "label") == "Kit Number")
      stopifnot(identical(as.vector(t$ID), c("34679E4", "001", "=1+1", "x")))
      stopifnot(identical(as.vector(t$N), c(10.8, NA, -16.2, 1e15)))
      stopifnot(all(as.vector(t$EMPTY) == ""))`;
    const { status, stderr } = spawnSync('Rscript', ['--vanilla', '-e', program], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });
});

/** CDISC's example submission (github.com/cdisc-org/DataExchange-DatasetJson): pairs of *.json and *.xpt. */
const SAMPLES = process.env.RANDOSE_CDISC_SAMPLES ?? '';

interface Sample {
  readonly name: string;
  readonly label: string;
  readonly columns: readonly { name: string; label: string; dataType: string; length?: number }[];
  readonly rows: readonly Cell[][];
}

function typeOf(dataType: string): Column['type'] {
  if (dataType === 'date') return dataType;
  return dataType === 'string' ? 'text' : 'number';
}

// They are not in the repository: without them there is nothing to compare with.
if (existsSync(SAMPLES)) {
  const names = readdirSync(SAMPLES).filter((one) => one.endsWith('.xpt'));
  test.each(names)('CDISC’s own %s is the same, byte for byte', (name) => {
    const theirs = readFileSync(join(SAMPLES, name));
    const json = readFileSync(join(SAMPLES, name.replace('.xpt', '.json')), 'utf8');
    const { columns, ...sample } = JSON.parse(json) as Sample;
    const again = xptOf(
      {
        ...sample,
        columns: columns.map(({ dataType, length, ...column }): Column => ({
          name: column.name,
          label: column.label,
          type: typeOf(dataType),
          ...(length !== undefined && { length }),
        })),
      },
      { created: '2020-08-21T09:14:29Z', system: 'X64_10PR' },
    );
    // The dates of the two headers.
    const timeless = (bytes: Buffer) =>
      bytes.toString('latin1').replace(/\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d/g, '');
    expect(names.length).toBeGreaterThan(5);
    expect(timeless(again)).toBe(timeless(theirs));
  });
}
