import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..', '..');
const PROGRAM = join(PROJECT, 'dist');
const ALL = join(PROJECT, 'node_modules', '.cache', 'randose-compiled');
const HOOK = join(import.meta.dirname, 'compiled-code.cjs');

/** Node takes compiled code only from the same version of itself, and of what was compiled. */
function nameOfThisProgram(): string {
  const hash = createHash('sha256').update(process.version + process.arch);
  const files = readdirSync(PROGRAM).filter((name) => name.endsWith('.cjs'));
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(PROGRAM, name)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Ahead of all tests: the compiled code of the command line, as it is after a whole demo. Commands that tests start
 * take it (compiled-code.cjs); without it, they compile for themselves.
 */
export default function compileAhead(): void {
  if (!existsSync(join(PROGRAM, 'randose.cjs'))) return;
  const folder = join(ALL, nameOfThisProgram());
  if (!existsSync(folder)) {
    rmSync(ALL, { recursive: true, force: true });
    mkdirSync(ALL, { recursive: true });
    const begun = mkdtempSync(join(ALL, 'begun-'));
    writeCompiled(begun);
    renameSync(begun, folder);
  }
  process.env.RANDOSE_TEST_COMPILED = folder;
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${HOOK}`.trim();
}

function writeCompiled(folder: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'randose-compile-'));
  const words = ['--require', HOOK, join(PROGRAM, 'randose.cjs'), 'demo', join(scratch, 'demo')];
  const env = {
    ...process.env,
    XDG_STATE_HOME: join(scratch, 'state'),
    XDG_CONFIG_HOME: join(scratch, 'config'),
    RANDOSE_TEST_COMPILED: folder,
    RANDOSE_TEST_COMPILE: 'yes',
  };
  try {
    // What is wrong with the demo is for the tests to say.
    spawnSync(process.execPath, words, { env, stdio: 'ignore' });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
