import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  formatReport,
  type SelfTested,
} from '../../../../src/cli/commands/selftest/self-test-report.ts';
import { makePublishedLists } from '../../../../src/cli/commands/selftest/published-lists.ts';
import { inspectInstallation } from '../../../../src/system/installation.ts';
import { testFolder } from '../../../support/command-line.ts';
import { testWithTool } from '../../../support/tools.ts';

const withPdftotext = testWithTool(['pdftotext', '-v']);

async function textOf(more: Partial<SelfTested>): Promise<string> {
  const file = join(testFolder(), 'iq.pdf');
  const tested: SelfTested = {
    made: '2026-06-15T08:30:05.123Z',
    installation: inspectInstallation(),
    vectors: makePublishedLists(),
    compared: { slots: 64, files: 300, seen: ['status'], refused: [], differences: [] },
    design: null,
    ...more,
  };
  writeFileSync(file, await formatReport(tested));
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
}

withPdftotext('a self-test that stopped before its end has failed, and says why', async () => {
  const text = await textOf({ compared: { stopped: 'randose allocate: no space is left' } });
  expect(text).toMatch(/^ *FAILED: begin no trial/m);
  expect(text).toMatch(/^ *Lists: .* passed$/m);
  expect(text).toContain('randose allocate: no space is left');
});

withPdftotext(
  'a published list that comes out otherwise has failed, and is named first',
  async () => {
    const text = await textOf({ vectors: { made: ['5-3-2'], different: ['4-2-is-2-1'] } });
    expect(text).toMatch(/^ *FAILED: begin no trial/m);
    expect(text).toMatch(/^ *1 of 2 lists came out as published.*\n *DIFFERENT: 4-2-is-2-1\n/m);
    expect(text).toMatch(/^ *Blinding: .* passed$/m);
  },
);
