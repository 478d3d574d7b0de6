import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { license, version } from '../package.json';

test('CITATION.cff has what the format requires, and the version and licence of the package', () => {
  const citation = parse(readFileSync('CITATION.cff', 'utf8')) as Record<string, unknown>;
  expect(citation).toMatchObject({ 'cff-version': '1.2.0', title: 'randose', version, license });
  expect(citation.authors).toEqual([{ name: 'The randose contributors' }]);
  expect(citation.message).toEqual(expect.any(String));
});
