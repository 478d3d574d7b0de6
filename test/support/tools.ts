import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

/**
 * A test that needs a program of the system. Where it is missing the test says so and is skipped;
 * under RANDOSE_REQUIRE_TOOLS (as in .ci/run) it runs, and fails.
 *
 * @param command how to ask the program for its version; modules are asked for by a line of Python (`-c`) or R (`-e`)
 */
export function testWithTool(command: readonly [string, ...string[]]) {
  const [program, ...words] = command;
  const { error, status } = spawnSync(program, words);
  const isThere = error === undefined && (!['-c', '-e'].includes(words[0] ?? '') || status === 0);
  const mustRun = process.env.RANDOSE_REQUIRE_TOOLS !== undefined;
  return (name: string, work: () => void | Promise<void>, timeoutMs?: number) => {
    if (isThere || mustRun) test(name, work, timeoutMs);
    else test.skip(`${name} (${[program, ...words].join(' ')}: not installed)`);
  };
}
