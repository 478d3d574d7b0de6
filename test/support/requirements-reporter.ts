import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { numbersIn, readRequirements, type Requirement } from './requirements.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'validation');

interface Tested extends Requirement {
  readonly result: 'passed' | 'failed' | 'skipped' | 'not run';
  readonly tests: readonly {
    readonly file: string;
    readonly name: string;
    readonly result: string;
  }[];
}

/** Writes the matrix: each requirement with the tests that have its number, and their results. */
export default class RequirementsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        file: module.relativeModuleId,
        name: test.fullName,
        result: test.result().state,
      })),
    );
    const matrix = readRequirements().map((requirement): Tested => {
      const own = tests.filter(({ name }) => numbersIn(name).includes(requirement.number));
      return { ...requirement, result: resultOf(own.map(({ result }) => result)), tests: own };
    });
    const about = { made: new Date().toISOString(), commit: commit(), node: process.version };
    mkdirSync(FOLDER, { recursive: true });
    const json = JSON.stringify({ ...about, requirements: matrix }, undefined, 2);
    writeFileSync(join(FOLDER, 'matrix.json'), `${json}\n`);
    writeFileSync(join(FOLDER, 'matrix.md'), formatMatrix(about, matrix));
  }
}

/** A requirement has passed if each of its tests was run, and passed. */
function resultOf(results: readonly string[]): Tested['result'] {
  if (results.includes('failed')) return 'failed';
  if (results.length === 0 || results.includes('pending')) return 'not run';
  return results.includes('skipped') ? 'skipped' : 'passed';
}

function formatMatrix(
  { made, commit: of, node }: { made: string; commit: string; node: string },
  matrix: readonly Tested[],
): string {
  const passed = matrix.filter(({ result }) => result === 'passed').length;
  const rows = matrix.flatMap(({ number, sentence, risk, result, tests }) => [
    `| ${number} | ${sentence} | ${risk} | **${result}** | |`,
    ...tests.map(({ file, name, result: own }) => {
      const text = name.replace(/ \[R-\d{3}\]/g, '').replaceAll('|', '\\|');
      return `| | | | ${own} | ${file}: ${text} |`;
    }),
  ]);
  return [
    '# Requirements and their tests',
    '',
    `${passed} of ${matrix.length} requirements passed. Made ${made}, of commit ${of}, with Node ${node}.`,
    '',
    '| number | requirement | risk | result | test |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The commit that is tested; `unknown` outside a repository, and marked if files were changed. */
function commit(): string {
  try {
    const git = ['describe', '--always', '--abbrev=40', '--dirty'];
    return execFileSync('git', git, { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
