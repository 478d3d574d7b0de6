import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatCalendarCsv } from '../../src/exports/calendars/csv.ts';
import { formatAllocationCsv } from '../../src/exports/tables/allocation-table.ts';
import { formatInjectionsCsv } from '../../src/exports/tables/injection-table.ts';
import { formatUnblindedCsv } from '../../src/exports/tables/unblinded-table.ts';
import type { AllocatedSlot } from '../../src/randomization/list.ts';

const FORMATS = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'FORMATS.md'), 'utf8');

/** The columns that the table of a section of docs/FORMATS.md names, in their order, and what CDISC calls them. */
function documented(section: string): { columns: string[]; cdisc: string[] } {
  const [, text = ''] = FORMATS.split(`\n## ${section}\n`);
  const rows = [...text.split('\n## ')[0]!.matchAll(/^\| (.*?) +\| (.*?) +\| .*\|$/gm)].slice(2);
  return {
    columns: rows.flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map((one) => one[1]!)),
    cdisc: rows.map(([, , cell = '']) => cell),
  };
}

const headerOf = (csv: string) => csv.split('\n')[0]!.split(',');

const SLOT = {
  number: 'R001',
  kit: '4KX9TM7',
  spares: ['4KX9TM7'],
  replacementFor: 'R002',
} as unknown as AllocatedSlot;
const STUDY = {
  id: 'T-1',
  factors: [],
  arms: [{ code: 'A', name: 'A', type: 'active', ratio: 1, periods: ['A', 'B', 'C'] }],
} as const;

test.each([
  [
    'Calendars',
    [...headerOf(formatCalendarCsv([], () => () => [])), ...['cycle', 'period', 'kits']],
  ],
  ['The allocation table', headerOf(formatAllocationCsv([SLOT]))],
  // TRT01P and TRT02P stand for all periods, KITNO_tablets for all kit types.
  [
    'The unblinded table',
    [...headerOf(formatUnblindedCsv(STUDY, [])), 'FACTOR_corrected', 'KITNO_tablets'].filter(
      (name) => name !== 'TRT03P',
    ),
  ],
  ['The injections as given', [...headerOf(formatInjectionsCsv([])), 'APERIODC', 'TRTP']],
])('%s: every column is documented, with CDISC’s name or none', (section, columns) => {
  const found = documented(section);
  expect(found.columns.toSorted()).toEqual([...columns].toSorted());
  for (const name of found.cdisc) {
    expect(name).toMatch(/^(?:none|(?:[A-Z]{2,6}|ADaM)[ .(])/);
  }
});
