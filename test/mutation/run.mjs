import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { parse } from 'yaml';

// npm run mutation -- FOLDER [FILE…]: how many small faults of the code its tests find (docs/validation.md).
const LEAST_SCORE = 90;
const PROJECT = join(import.meta.dirname, '..', '..');
const EXPLAINED = 'test/mutation/explained.yaml';
/** Of the labels, what the law asks to stand on them; the rest is layout. */
const PARTICULARS = [
  'common-text',
  'label-text',
  'label-words',
  'missing-particulars',
  'particulars',
];
/** @type {Record<string, string[]>} */
const FOLDERS = {
  randomization: ['src/randomization/**/*.ts'],
  blinding: ['src/blinding/**/*.ts'],
  ledger: ['src/ledger/**/*.ts'],
  schedule: ['src/schedule/**/*.ts'],
  labels: PARTICULARS.map((name) => `src/labels/${name}.ts`),
};

const { positionals } = parseArgs({ allowPositionals: true });
const [folder = '', ...files] = positionals;
if (!(folder in FOLDERS)) {
  console.error(
    `npm run mutation -- FOLDER [FILE…], FOLDER is one of: ${Object.keys(FOLDERS).join(', ')}`,
  );
  process.exit(2);
}
process.chdir(PROJECT);
const mutants = await runTests(folder, files);
report(mutants, files.length === 0);

/**
 * @param {string} folder
 * @param {string[]} files
 */
async function runTests(folder, files) {
  const scratch = mkdtempSync(join(tmpdir(), 'randose-mutation-'));
  // What tests that were stopped leave behind goes with it.
  process.env.TMPDIR = scratch;
  try {
    const results = await new Stryker({
      mutate: files.length > 0 ? files : FOLDERS[folder],
      testFiles: [`test/${folder}/*.test.ts`],
      testRunner: 'vitest',
      plugins: ['@stryker-mutator/vitest-runner'],
      vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
      coverageAnalysis: 'perTest',
      // A mutant of a constant would need all modules loaded anew, and every test run.
      ignoreStatic: true,
      disableTypeChecks: false,
      timeoutMS: 3000,
      timeoutFactor: 2,
      concurrency: Number(process.env.MUTATION_PROCESSES ?? 2),
      reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only'],
      ignorePatterns: ['.ci', 'bench', 'build', 'coverage', 'dist', 'validation'],
      tempDirName: scratch,
      allowConsoleColors: false,
      warnings: false,
    }).runMutationTest();
    return results.map((result) => ({ ...result, fileName: relative(PROJECT, result.fileName) }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {Awaited<ReturnType<typeof runTests>>} mutants
 * @param {boolean} isWhole
 */
function report(mutants, isWhole) {
  /** @type {Record<string, { mutants: string[], why: string }[]>} */
  const explained = parse(readFileSync(EXPLAINED, 'utf8')) ?? {};
  const counted = mutants.filter(({ status }) => status !== 'Ignored');
  const names = [...new Set(counted.map(({ fileName }) => fileName))].sort();
  const faults = Object.keys(explained)
    .filter((name) => !existsSync(name))
    .map((name) => `${EXPLAINED}: there is no ${name}`);
  for (const name of names) {
    const ofFile = counted.filter(({ fileName }) => fileName === name);
    const survivors = ofFile.filter(survived).map((one) => textOf(one));
    const known = (explained[name] ?? []).flatMap((one) => one.mutants);
    console.log(
      `${scoreOf(ofFile).padStart(6)} %  ${name}  (${survivors.length} of ${ofFile.length} survived)`,
    );
    faults.push(
      ...survivors
        .filter(({ mutant }) => !known.includes(mutant))
        .map(({ line, mutant }) => `${name}:${line}  ${mutant}`),
    );
    // One that only makes a test slow runs out of time on some machines.
    const slow = ofFile.filter(({ status }) => status === 'Timeout').map((one) => textOf(one));
    const unfound = [...survivors, ...slow].map(({ mutant }) => mutant);
    faults.push(
      ...known
        .filter((mutant) => !unfound.includes(mutant))
        .map((mutant) => `${EXPLAINED}: ${name}: no longer survives: ${mutant}`),
    );
  }
  for (const fault of faults) console.log(fault);
  const score = scoreOf(counted);
  console.log(
    `${score} % of ${counted.length} mutants found; ${mutants.length - counted.length} of constants not tried`,
  );
  if (isWhole && (Number(score) < LEAST_SCORE || faults.length > 0)) process.exitCode = 1;
}

/** @param {{ status: string }} mutant */
function survived({ status }) {
  return status === 'Survived' || status === 'NoCoverage';
}

/** @param {{ status: string }[]} mutants */
function scoreOf(mutants) {
  const found = mutants.filter((one) => !survived(one)).length;
  return ((100 * found) / mutants.length).toFixed(1);
}

/**
 * A mutant as explained.yaml names it: what stood there, and what stood there instead.
 *
 * @param {Awaited<ReturnType<typeof runTests>>[number]} mutant
 */
function textOf({ fileName, location: { start, end }, replacement }) {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1)?.slice(0, end.column - 1) ?? '';
  lines[0] = lines[0]?.slice(start.column - 1) ?? '';
  const short = (/** @type {string} */ text) => text.replaceAll(/\s+/g, ' ').slice(0, 100);
  const mutant = `${short(lines.join('\n'))} => ${short(replacement ?? '')}`;
  return { line: start.line, mutant };
}
