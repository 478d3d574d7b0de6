import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import { VERSION } from '../../src/version.ts';
import { randose, RANDOSE, testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const DIST = join(RANDOSE, '..');
const NAME = `randose-${VERSION}-${process.platform}-${process.arch}`;
/** What `npm run build:executable` writes. */
const EXECUTABLE = join(DIST, '..', 'build', NAME);
const testExecutable = testWithTool([EXECUTABLE, '--version']);

/** Runs a program where there is no Node, no package and no setting of this user. */
function alone(program: string, cwd: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd,
    encoding: 'utf8',
    input: '',
    env: { HOME: cwd, PATH: cwd, LC_ALL: 'C' },
  });
  return { status, stdout, stderr };
}

describe('the executable', () => {
  const folder = testFolder(afterAll);

  testExecutable('says its version, and nothing of Node', () => {
    const said = alone(EXECUTABLE, folder, '--version');
    expect(said).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  testExecutable('has the chunks of dist/ as they are', () => {
    const bytes = readFileSync(EXECUTABLE);
    const entry = bytes.indexOf(readFileSync(join(DIST, 'randose.cjs')));
    expect(entry, 'another dist/: npm run build:executable').toBeGreaterThan(-1);
    const near = bytes.subarray(Math.max(0, entry - 2 ** 24));
    for (const chunk of readdirSync(DIST).filter((file) => file.endsWith('.cjs'))) {
      expect(near.includes(readFileSync(join(DIST, chunk))), chunk).toBe(true);
    }
  });

  testExecutable('prints what the installed program prints', () => {
    for (const words of [[], ['--help'], ['docs', 'officer'], ['verify'], ['randomise'], ['-x']]) {
      expect(alone(EXECUTABLE, folder, ...words)).toEqual(randose(...words));
    }
    for (const { name } of COMMANDS) {
      expect(alone(EXECUTABLE, folder, name, '--help')).toEqual(randose(name, '--help'));
    }
  });

  testExecutable('runs a trial in an empty folder, and says how it is called', () => {
    const trial = alone(EXECUTABLE, folder, 'demo', 'trial');
    expect(trial.status).toBe(0);
    expect(trial.stderr).toContain(`  ${EXECUTABLE} randomize --study trial/depil-2`);
    const verified = alone(EXECUTABLE, folder, 'verify', '--study', 'trial/depil-2');
    expect(verified).toMatchObject({ status: 0 });
    expect(verified.stdout).toMatch(/^verified: .* Nothing disagrees\.$/m);
  });

  testExecutable('has sums that sha256sum reads, of all that is passed on', () => {
    const cwd = join(EXECUTABLE, '..');
    const { status, stdout } = spawnSync('sha256sum', ['-c', `${NAME}.sha256`], {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    expect(stdout).toBe(`${NAME}: OK\n${NAME}-licences.txt: OK\n${NAME}.cdx.json: OK\n`);
    expect(status).toBe(0);
    const licences = readFileSync(join(cwd, `${NAME}-licences.txt`), 'utf8');
    for (const name of ['randose', 'age-encryption', 'pdfkit', 'Node.js']) {
      expect(licences).toMatch(new RegExp(`^${name} `, 'm'));
    }
    expect(licences).not.toContain(relative('/', cwd));
  });
});
