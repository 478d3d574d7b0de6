import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { formatAllocationCsv } from '../../src/exports/tables/allocation-table.ts';
import { tablesText } from '../../src/randomization/count-table.ts';
import { formatPublicList } from '../../src/randomization/public-list.ts';
import { publishedList, type Vector } from '../../src/randomization/vectors.ts';
import { FIXTURES, testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

/** A value as R writes it: a number, a text, or something with members. */
function inR(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'object' && !Array.isArray(value)) return membersInR('list', value);
  return Array.isArray(value) ? `c(${value.map(inR).join()})` : JSON.stringify(value);
}

function membersInR(maker: 'c' | 'list', members: object): string {
  const texts = Object.entries(members).map(([name, one]) => `${JSON.stringify(name)}=${inR(one)}`);
  return `${maker}(${texts.join()})`;
}

/** The call of make_list (docs/r/make-list.R) for a vector. */
function callOf({ input }: Vector, earlier: readonly string[]): string {
  const { arms, strata, numbers, kitTypes, hasKits = true } = input;
  const own = strata
    .filter(({ ratio, sizes }) => ratio !== undefined || sizes !== undefined)
    .map(({ id, ratio, sizes, weights }) => [
      id,
      { arms: ratio && arms.map(({ code }) => ratio[code]), sizes, weights },
    ]);
  const given = {
    seed: inR(input.seed),
    study: inR(input.study),
    arms: membersInR('c', Object.fromEntries(arms.map(({ code, ratio }) => [code, ratio]))),
    strata: membersInR('c', Object.fromEntries(strata.map(({ id, slots }) => [id, slots]))),
    sizes: inR(input.sizes),
    weights: inR(input.weights),
    ...(input.tables !== undefined && { tables: inR(tablesText(input.tables)) }),
    own: inR(Object.fromEntries(own)),
    domain: inR(input.domain ?? 'production'),
    ...(numbers !== undefined && {
      numbers: inR(numbers.randomization),
      kits: inR(numbers.kits),
    }),
    ...(!hasKits && { kits: 'NULL' }),
    spares: inR(input.spareKits ?? 0),
    ...(kitTypes !== undefined && {
      types: membersInR('c', Object.fromEntries(kitTypes.map((one) => [one.type, one.spares]))),
    }),
    replacement_offset: inR(input.replacementOffset),
    earlier: `list(${earlier.map((file) => `read.csv(${inR(file)}, colClasses = "character")`).join()})`,
  };
  return `make_list(${Object.entries(given)
    .map(([name, text]) => `${name} = ${text}`)
    .join()})`;
}

testWithTool(['Rscript', '--version'])(
  'the program in R makes every published vector, to the last character [R-002]',
  () => {
    const folder = testFolder();
    const names = readdirSync(join(FIXTURES, 'vectors'));
    const expected = new Map<string, string>();
    const lines = names.map((name) => {
      const text = readFileSync(join(FIXTURES, 'vectors', name), 'utf8');
      const vector = JSON.parse(text) as Vector;
      const { earlier = [] } = vector.input;
      const batches = [...new Set(earlier.map(({ batch }) => batch))];
      const files = batches.map((batch) => {
        const file = join(folder, `${name}.batch-${batch}.csv`);
        writeFileSync(file, formatPublicList(earlier.filter((slot) => slot.batch === batch)));
        return file;
      });
      expected.set(name, formatAllocationCsv(publishedList(vector)));
      const made = join(folder, `${name}.csv`);
      return `write.csv(${callOf(vector, files)}, ${inR(made)}, row.names = FALSE, quote = FALSE)`;
    });
    const program = join(import.meta.dirname, '..', '..', 'docs', 'r', 'make-list.R');
    const script = join(folder, 'vectors.R');
    writeFileSync(script, [`source(${inR(program)})`, ...lines, ''].join('\n'));
    const { status, stderr } = spawnSync('Rscript', ['--vanilla', script], {
      encoding: 'utf8',
      // One vector has a site with an accent.
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(status, stderr).toBe(0);
    for (const [name, list] of expected) {
      expect(readFileSync(join(folder, `${name}.csv`), 'utf8'), name).toBe(list);
    }
  },
);
