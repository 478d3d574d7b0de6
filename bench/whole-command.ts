/** Whole commands of randose, with the time that a person waits and the memory that they take. Used by other benches. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Measured {
  readonly seconds: number;
  /** The most memory that the process had. */
  readonly megabytes: number;
}

/**
 * @param randose the built program
 * @param folder where a file for measuring may be put
 * @returns runs randose with words
 */
export function wholeCommand(randose: string, folder: string): (...words: string[]) => Measured {
  const memory = join(folder, 'memory.cjs');
  writeFileSync(
    memory,
    "process.on('exit', () => console.error('maxRSS', process.resourceUsage().maxRSS));\n",
  );
  return (...words) => {
    const begin = performance.now();
    const { status, stderr } = spawnSync('node', ['--require', memory, randose, ...words], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    if (status !== 0) throw new Error(`randose ${words.join(' ')}: ${stderr}`);
    const kilobytes = Number(/^maxRSS (\d+)$/m.exec(stderr)?.[1]);
    return { seconds: (performance.now() - begin) / 1000, megabytes: kilobytes / 1024 };
  };
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
