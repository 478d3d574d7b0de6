import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  formatSelfTestRecord,
  type SelfTestRecord,
} from '../../../src/exports/records/self-test-record.ts';
import { FONTS } from '../../../src/system/fonts.ts';
import { testFolder } from '../../support/command-line.ts';
import { testWithTool } from '../../support/tools.ts';

const RECORD: SelfTestRecord = {
  software: 'randose 9.9.9',
  made: '2026-06-15T08:30:05.123Z',
  installation: [
    ['Program file', `/opt/${'long-folder/'.repeat(12)}randose.cjs`],
    ['SHA-256', 'ab'.repeat(32)],
  ],
  tests: [
    { name: 'Lists', hasPassed: true, what: '2 of 2 lists.', details: ['one', 'two'] },
    { name: 'Blinding', hasPassed: true, what: 'Nothing shows which is which.' },
  ],
  refused: [['labels --output outer.pdf', 'particulars are missing']],
};

async function textOf(record: SelfTestRecord): Promise<string> {
  const file = join(testFolder(), 'iq.pdf');
  writeFileSync(file, await formatSelfTestRecord(record, FONTS));
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
}

const withPdftotext = testWithTool(['pdftotext', '-v']);

withPdftotext('a record says what is installed and what passed, with lines to sign', async () => {
  const text = await textOf(RECORD);
  expect(text).toMatch(/^ *PASSED$/m);
  expect(text).toContain('randose 9.9.9, self-test of 2026-06-15 08:30:05 UTC');
  expect(text).toContain('ab'.repeat(32));
  expect(text).toMatch(/^ *Lists +passed\n *2 of 2 lists\.\n *one · two$/m);
  expect(text).toContain('randose labels --output outer.pdf: particulars are missing');
  expect(text).toMatch(/Performed by: name +role\n+ *date +signature\n+ *Reviewed by: name/);
  expect(text).toMatch(/page 1 of 1\n/);
  expect(text).not.toContain('FAILED');
});

withPdftotext(
  'one that failed says so in large, and what was found, on as many pages [R-112]',
  async () => {
    const details = Array.from({ length: 900 }, (_, index) => `file-${index}.csv: bytes`);
    const blinding = { name: 'Blinding', hasPassed: false, what: '900 differences:', details };
    const text = await textOf({ ...RECORD, tests: [blinding] });
    expect(text).toMatch(/^ *FAILED: begin no trial before you know why$/m);
    expect(text).not.toContain('PASSED');
    expect(text).toMatch(/^ *Blinding +FAILED$/m);
    for (const one of details) expect(text.replace(/\s+/g, ' ')).toContain(one);
    expect(text).toMatch(/page 1 of 16\n/);
  },
);

test('the same record gives the same bytes', async () => {
  const [one, other] = [
    await formatSelfTestRecord(RECORD, FONTS),
    await formatSelfTestRecord(RECORD, FONTS),
  ];
  expect(Buffer.from(one).equals(other)).toBe(true);
});
