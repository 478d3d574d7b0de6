import writeExcelFile, {
  type Cell as SheetCell,
  type CellObject,
  type SheetData,
} from 'write-excel-file/node';
import { getCellAddress } from 'write-excel-file/utility';
import { type Cell, type Column, headerOf, type MeasuredDataset } from './dataset.ts';
import { withFixedTimes } from './zip.ts';

/** The first sheet: what this is, line by line. */
export type About = readonly (readonly [string, string])[];

/**
 * Writes a dataset as an Excel workbook: a sheet that says what it is, and the table, whose header stays in view and has
 * filters. Ids and codes are texts, which Excel does not change. The same dataset gives the same bytes.
 */
export async function formatXlsx(
  { name, label, columns, rows, count }: MeasuredDataset,
  about: About,
): Promise<Uint8Array> {
  const introduction: SheetData = [
    [{ value: label, type: String, fontWeight: 'bold' }],
    ...about.map((line) => line.map((value): CellObject => ({ value, type: String }))),
  ];
  const labels = columns.map((column): CellObject[] => [
    { value: headerOf(column), type: String },
    { value: column.label, type: String },
  ]);
  const header = columns.map((column): CellObject => {
    return { value: headerOf(column), type: String, fontWeight: 'bold' };
  });
  const widths = columns.map((column) => headerOf(column).length);
  const table = Array.from(rows, (row) =>
    row.map((cell, index) => {
      widths[index] = Math.max(widths[index]!, String(cell ?? '').length);
      return cellOf(cell, columns[index]!);
    }),
  );
  const sheets = [
    {
      sheet: 'About',
      data: [...introduction, [], ...labels],
      columns: [{ width: 20 }, { width: 60 }],
    },
    {
      sheet: name,
      data: [header, ...table],
      stickyRowsCount: 1,
      columns: widths.map((longest) => ({ width: widthFor(longest) })),
    },
  ];
  const last = getCellAddress(count, columns.length - 1);
  const features = [filterOn(1, `A1:${last}`), NAMED_STYLE];
  return withFixedTimes(await writeExcelFile(sheets, { features }).toBuffer());
}

/** Filters in the header of a sheet: the library has none. They belong directly behind the cells. */
function filterOn(index: number, range: string) {
  const transform = (xml: string, _: unknown, sheet: { readonly sheetIndex: number }) =>
    sheet.sheetIndex === index
      ? xml.replace('</sheetData>', `</sheetData><autoFilter ref="${range}"/>`)
      : xml;
  return { files: { transform: { 'xl/worksheets/sheet{id}.xml': { transform } } } };
}

/** The style of a cell that has no other: the library writes none, and programs miss it. */
const NAMED_STYLE = {
  files: {
    transform: {
      'xl/styles.xml': {
        transform: (xml: string) =>
          xml
            .replace('<cellXfs', '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs')
            .replace(
              '</cellXfs>',
              '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
            ),
      },
    },
  },
};

/** A text and a number are cells by themselves: a long table has millions of them. */
function cellOf(cell: Cell, { type }: Column): SheetCell {
  if (cell === null || cell === '') return null;
  if (typeof cell === 'number') return cell;
  if ((type === 'date' || type === 'day') && /^\d{4}-\d\d-\d\d$/.test(cell)) {
    return { value: new Date(`${cell}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' };
  }
  // A workbook has no zones: the time is the one that UTC has, as the label of the column says.
  if (type === 'datetime' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(cell)) {
    return { value: new Date(cell), type: Date, format: 'yyyy-mm-dd hh:mm:ss' };
  }
  return cell;
}

/** The least and the greatest width of a column, in characters. */
const [NARROWEST, WIDEST] = [8, 60];

function widthFor(longest: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, longest + 2));
}
