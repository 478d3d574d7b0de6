import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Output } from '../../../src/cli/output/output.ts';
import { ProgressLine, progressText } from '../../../src/cli/output/progress-line.ts';

const what = 'sealing envelopes';

describe('the line about progress', () => {
  test.each([
    [0, 0, 80, 'sealing envelopes  [                              ]  0 of 2048'],
    [1024, 1.9, 80, 'sealing envelopes  [==============>               ]  1024 of 2048'],
    [1024, 12, 80, 'sealing envelopes  [==============>               ]  1024 of 2048, 12 s left'],
    [256, 60, 80, 'sealing envelopes  [==>                           ]  256 of 2048, 7 min left'],
    [2, 60, 80, 'sealing envelopes  [                              ]  2 of 2048, 18 h left'],
    [1024, 12, 60, 'sealing envelopes  [=====>       ]  1024 of 2048, 12 s left'],
    [1024, 12, 56, 'sealing envelopes: 1024 of 2048, 12 s left'],
    [1024, 12, 40, 'sealing envelopes: 1024 of 2048'],
    [1024, 12, 20, '1024 of 2048'],
    [1024, 12, 10, ''],
  ])('%d of 2048 after %d s, at %d columns', (done, elapsed, columns, line) => {
    expect(progressText({ done, total: 2048, what }, elapsed, columns)).toBe(line);
  });

  test('says only what is done if nobody knows how much there is to do', () => {
    const progress = { done: 37, total: undefined, what: 'running commands' };
    expect(progressText(progress, 12, 80)).toBe('running commands: 37');
    expect(progressText(progress, 12, 10)).toBe('running c');
  });

  test('is narrower than the terminal, whatever is done', () => {
    const property = fc.property(
      fc.integer({ min: 2, max: 200 }),
      fc.constantFrom('writing files', 'finding the least predictable lists'),
      fc.integer({ min: 0, max: 32_735 }),
      fc.integer({ min: 0, max: 4_000_000 }),
      (columns, words, done, elapsed) => {
        const line = progressText({ done, total: 32_736, what: words }, elapsed, columns);
        expect(line.length).toBeLessThan(columns);
      },
    );
    fc.assert(property);
  });

  test('changes ten times in a second at most, and begins anew with other work', () => {
    const line = new ProgressLine();
    const at = (seconds: number, done: number, work = what) =>
      line.next({ done, total: 100, what: work }, seconds, 40);
    expect(at(0, 10)).toBe('sealing envelopes: 10 of 100');
    expect(at(0.05, 20)).toBeUndefined();
    expect(at(0.1, 30)).toBe('sealing envelopes: 30 of 100');
    expect(at(3, 50)).toBe('sealing envelopes: 50 of 100, 3 s left');
    expect(at(3.01, 1, 'writing files')).toContain('1 of 100');
    expect(at(3.01, 1, 'writing files')).toBeUndefined();
    expect(at(3.02, 100, 'writing files')).toBe('');
    // The same work again, such as the next batch: its time begins again too.
    expect(at(10, 10)).not.toContain('left');
  });
});

describe('what is said', () => {
  async function saying(columns: number | undefined, work: (output: Output) => void) {
    let text = '';
    const terminal = { columns, colourDepth: 1, write: (more: string) => ((text += more), true) };
    work(await Output.open({ stdout: terminal, stderr: terminal }, false, {}));
    return text;
  }

  test('clears the line about progress first, also if the work stopped', async () => {
    const text = await saying(80, (output) => {
      output.progress(5, 18, what);
      output.warn('the disk is full');
      output.warn('the disk is slow');
    });
    const [line = '', first, second] = text.split('\r\u001b[K').slice(1);
    expect(line).toContain('5 of 18');
    expect(first).toBe('warning: the disk is full\nwarning: the disk is slow\n');
    expect(second).toBeUndefined();
  });

  test('has no progress if nobody looks', async () => {
    expect(
      await saying(undefined, (output) => {
        output.progress(5, 18, what);
      }),
    ).toBe('');
  });
});
