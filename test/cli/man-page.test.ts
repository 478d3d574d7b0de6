import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { expect, test } from 'vitest';
import { manPage } from '../../src/cli/man-page.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { mustRun, RANDOSE } from '../support/command-line.ts';
import { EVERY } from '../support/terminal-story.ts';
import { testWithTool } from '../support/tools.ts';

const FILE = join(RANDOSE, '..', 'randose.1');

test('the manual page has every command, argument, option and example', () => {
  const page = manPage(COMMANDS)
    .replace(/\\\[u([\dA-F]+)\]/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replaceAll('\\-', '-')
    .replaceAll('\\&', '');
  for (const [name, entry] of EVERY) {
    const [, after = ''] = page.split(`.SS "randose ${name}"\n`);
    const own = after.split(/^\.S[HS] /m)[0]!;
    expect(own, name).toContain(entry.description);
    for (const example of entry.examples) expect(own).toContain(`randose ${example}`);
    const command = new Command(name);
    entry.define(command);
    for (const { long, hidden } of command.options) {
      if (!hidden) expect(own, name).toContain(long);
    }
    for (const argument of command.registeredArguments) {
      expect(own, name).toContain(argument.name());
    }
  }
});

test('the build writes it, and the program prints it', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(manPage(COMMANDS));
  expect(mustRun('help', '--man')).toBe(manPage(COMMANDS));
});

testWithTool(['mandoc', '-h'])('mandoc finds nothing wrong with it but that it has no date', () => {
  const { stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', FILE], {
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`.replace(/^.*: missing date, using "": TH\n/, '')).toBe('');
});

testWithTool(['man', '--version'])('man shows it, without a warning', () => {
  const { status, stdout, stderr } = spawnSync('man', ['--warnings', '-l', FILE], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '200', MANPAGER: 'cat' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  // Bold letters are printed over themselves.
  // eslint-disable-next-line no-control-regex -- the sign between them goes back by one
  const text = stdout.replace(/.\u0008/g, '');
  expect(text).toContain('randose unblind CRT-007 --identity officer.key');
  expect(text).toContain('EXIT STATUS');
});
