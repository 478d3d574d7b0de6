import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { mustRun, randose, testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

/** A study with a ledger from before entries had ids: some are signed, over their place in the chain. */
function olderStudy(): string {
  const study = join(testFolder(), 'study');
  const sealed = join(import.meta.dirname, 'study-with-version-2-envelopes');
  cpSync(sealed, study, { recursive: true });
  for (const name of ['ledger.jsonl', 'allowed-signers']) {
    cpSync(join(import.meta.dirname, 'older-ledger', name), join(study, name));
  }
  return study;
}

describe('a ledger from before entries had ids', () => {
  const test = testWithTool(['ssh-keygen', '-?']);

  test('verifies, with its signatures [R-025]', () => {
    const verified = mustRun('verify', '--study', olderStudy());
    expect(verified).toMatch(/^verified: .* 7 ledger entries\./);
    expect(verified).toContain('2 of 7 ledger entries are signed, by nurse@example.org.');
  });

  test('does not verify if a signature was altered', () => {
    const study = olderStudy();
    const file = join(study, 'ledger.jsonl');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const signatures = lines.slice(5).map((line) => /"signature":".*"/.exec(line)![0]);
    const swapped = lines[5]!.replace(signatures[0]!, signatures[1]!);
    writeFileSync(file, `${[...lines.slice(0, 5), swapped, ...lines.slice(6)].join('\n')}\n`);
    const { status, stdout } = randose('verify', '--study', study);
    expect(status).toBe(1);
    expect(stdout).toContain('ledger.jsonl:6: its signature does not match the entry');
  });

  test('keeps the UIDs of its calendars', () => {
    const study = olderStudy();
    const words = ['calendar', '--study', study, '--subject', 'CRT-001', '--format', 'ics'];
    expect(mustRun(...words)).toContain('\r\nUID:DEPIL-2/CRT-001/D1/injection@randose\r\n');
  });

  test('continues with entries that have ids', () => {
    const study = olderStudy();
    const words = [
      '--subject',
      'CRT-001',
      '--visit',
      'D2',
      '--date',
      '2026-06-16',
      '--by',
      'E. Example',
      // The participant was randomized after the dates of this example.
      '--deviation',
      '--reason',
      'example',
    ];
    mustRun('dose', '--study', study, ...words);
    const last = readFileSync(join(study, 'ledger.jsonl'), 'utf8').trimEnd().split('\n').at(-1)!;
    expect(last).toMatch(/^\{"seq":8,.*,"id":"[0-9a-f]{32}","seen":null,"signer":null,/);
    expect(mustRun('verify', '--study', study)).toMatch(/^verified: /);
  });
});
