import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programName } from '../../src/cli/commands/demo/program-name.ts';

test('a hint names the program as it was called', () => {
  expect(programName('/usr/local/bin/randose')).toBe('randose');
  expect(programName('/opt/randose.exe')).toBe('randose');
  expect(programName(join(process.cwd(), 'dist/randose.cjs'))).toBe('node dist/randose.cjs');
  const executable = './randose-0.1.0-linux-x64';
  expect(programName(executable)).toBe(executable);
  expect(programName('/opt/my trials/randose-0.1.0')).toBe('"/opt/my trials/randose-0.1.0"');
});
