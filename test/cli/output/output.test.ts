import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Output } from '../../../src/cli/output/output.ts';
import { RandoseError } from '../../../src/errors.ts';
import { forgetEntered, noteEntered } from '../../../src/store/entered.ts';
import type { Terminal } from '../../../src/system/terminal.ts';

type Fate = 'taken' | 'reader gone' | 'full' | 'broken';

/** A terminal on which writing ends as it is told, and what it has taken. */
function terminal(fate: Fate): Terminal & { readonly taken: () => string } {
  let taken = '';
  return {
    write(text) {
      if (fate === 'full') throw new RandoseError('no-space', 'full');
      if (fate === 'broken') throw new RandoseError('io-error', 'broken');
      if (fate === 'taken') taken += text;
      return fate === 'taken';
    },
    columns: undefined,
    colourDepth: 1,
    taken: () => taken,
  };
}

async function outputOn(stdoutFate: Fate, stderrFate: Fate = 'taken', json = false) {
  const [stdout, stderr] = [terminal(stdoutFate), terminal(stderrFate)];
  const output = await Output.open({ stdout, stderr }, json, {});
  return { output, stdout, stderr };
}

const HEAD = { seq: 7, hash: 'a'.repeat(64) };
const RECEIPT = `Ledger 7:${'a'.repeat(64)}\n`;

beforeEach(() => {
  onTestFinished(forgetEntered);
});

describe('a result that cannot be written', () => {
  test.each([
    ['full', 75],
    ['broken', 74],
  ] as const)('lets the command go on, and is reported at its end: %s', async (fate, status) => {
    const { output, stderr } = await outputOn(fate);
    output.result({}, 'text\n');
    output.say('a receipt');
    expect(stderr.taken()).toBe('a receipt\n');
    expect(output.finish(0)).toBe(status);
    expect(stderr.taken()).toBe(`a receipt\nerror: ${fate}\n`);
  });

  test('does not hide the status of a command that has found something', async () => {
    const { output, stderr } = await outputOn('full');
    output.result({}, 'text\n');
    expect(output.finish(1)).toBe(1);
    expect(stderr.taken()).toContain('error: full\n');
  });

  test('comes with the receipt of what is in the ledger, also under --json', async () => {
    for (const json of [false, true]) {
      const { output, stderr } = await outputOn('full', 'taken', json);
      noteEntered(HEAD);
      output.result({}, 'text\n');
      expect(output.finish(0)).toBe(75);
      expect(stderr.taken()).toContain('is in the ledger, and stays there');
      expect(stderr.taken()).toContain(RECEIPT);
    }
  });

  test('is not a failure if its reader has gone away', async () => {
    const { output, stderr } = await outputOn('reader gone');
    output.result({}, 'text\n');
    expect(output.finish(0)).toBe(0);
    expect(stderr.taken()).toBe('');
  });
});

describe('an urgent result', () => {
  test.each(['full', 'broken', 'reader gone'] as const)(
    'goes to standard error, and nothing is lost: %s',
    async (fate) => {
      for (const json of [false, true]) {
        const { output, stderr } = await outputOn(fate, 'taken', json);
        output.result({}, 'the arm\n', { urgent: true });
        expect(stderr.taken()).toContain('the arm\n');
        expect(output.finish(0)).toBe(0);
        expect(stderr.taken()).not.toContain('error:');
      }
    },
  );

  test('is written once if standard output takes it', async () => {
    const { output, stdout, stderr } = await outputOn('taken');
    output.result({}, 'the arm\n', { urgent: true });
    expect([stdout.taken(), stderr.taken()]).toEqual(['the arm\n', '']);
  });

  test('that reaches nobody is a failure', async () => {
    const { output } = await outputOn('full', 'broken');
    output.result({}, 'the arm\n', { urgent: true });
    expect(output.finish(0)).toBe(75);
  });

  test('does not hide that another result is lost', async () => {
    const { output } = await outputOn('full');
    output.result({}, 'text\n');
    output.result({}, 'the arm\n', { urgent: true });
    expect(output.finish(0)).toBe(75);
  });
});

describe('a warning under --json', () => {
  const documentOf = (stdout: { taken: () => string }): unknown => JSON.parse(stdout.taken());

  test('is in the document, before the result or after it, once', async () => {
    const { output, stdout, stderr } = await outputOn('taken', 'taken', true);
    output.warn('one');
    output.result({ a: 1 }, 'text\n');
    output.warn('two');
    output.warn('one');
    expect(output.finish(0)).toBe(0);
    expect(documentOf(stdout)).toEqual({ ok: true, data: { a: 1 }, warnings: ['one', 'two'] });
    // A person who looks sees them too.
    expect(stderr.taken()).toBe('warning: one\nwarning: two\n');
  });

  test('is in the document of a failure', async () => {
    for (const error of [new RandoseError('usage', 'failed'), new Error('bug')]) {
      const { output, stdout } = await outputOn('taken', 'taken', true);
      output.warn('one');
      output.fail(error);
      expect(documentOf(stdout)).toMatchObject({ ok: false, warnings: ['one'] });
    }
  });

  test('does not hold back what is urgent', async () => {
    const { output, stdout } = await outputOn('taken', 'taken', true);
    output.warn('one');
    output.result({ arm: 'A' }, 'the arm\n', { urgent: true });
    expect(documentOf(stdout)).toEqual({ ok: true, data: { arm: 'A' }, warnings: ['one'] });
  });

  test('and a result are not lost if the command fails after them', async () => {
    const { output, stdout } = await outputOn('taken', 'taken', true);
    output.result({ a: 1 }, 'text\n');
    output.fail(new RandoseError('usage', 'failed'));
    expect(stdout.taken()).toContain('"a": 1');
    expect(stdout.taken()).toContain('"ok": false');
  });
});

test('talk that cannot be written is a failure at the end, and no crash', async () => {
  const { output, stdout } = await outputOn('taken', 'full');
  output.say('talk');
  output.warn('talk');
  output.result({}, 'text\n');
  expect(output.finish(0)).toBe(75);
  expect(stdout.taken()).toBe('text\n');
});

describe('a failure', () => {
  test('of the system that nobody has caught is not a bug', async () => {
    const { output, stderr } = await outputOn('taken');
    const error = Object.assign(new Error('EIO: i/o error, rm'), {
      code: 'EIO',
      syscall: 'rm',
      path: 'file',
    });
    expect(output.fail(error)).toBe(74);
    expect(stderr.taken()).toContain('error: file: the disk reports an error\n');
  });

  test('after an entry says so, with the receipt; and so does a bug', async () => {
    for (const [error, status] of [
      [new RandoseError('io-error', 'failed'), 74],
      [new Error('failed'), 70],
    ] as const) {
      noteEntered(HEAD);
      const { output, stderr } = await outputOn('taken');
      expect(output.fail(error)).toBe(status);
      expect(stderr.taken()).toContain(`failed\n`);
      expect(stderr.taken().endsWith(RECEIPT)).toBe(true);
      const asJson = await outputOn('taken', 'taken', true);
      expect(asJson.output.fail(error)).toBe(status);
      expect(JSON.parse(asJson.stdout.taken())).toMatchObject({ ok: false, ledger: HEAD });
    }
  });

  test('that has its own receipt shows it once', async () => {
    noteEntered(HEAD);
    const { output, stderr } = await outputOn('taken');
    output.fail(new RandoseError('wrong-key', 'failed', { ledger: HEAD }));
    expect(stderr.taken()).toBe('error: failed\n');
  });

  test('that JSON cannot carry is reported on standard error', async () => {
    const { output, stderr } = await outputOn('full', 'taken', true);
    expect(output.fail(new RandoseError('wrong-key', 'failed', { ledger: HEAD }))).toBe(77);
    expect(stderr.taken()).toMatch(/^error: failed\n/);
    expect(stderr.taken()).toContain(RECEIPT);
    expect(stderr.taken()).toContain('error: full\n');
  });
});
