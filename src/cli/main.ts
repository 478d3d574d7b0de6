import { openTerminal } from '../system/terminal.ts';
import { runRandose } from './program.ts';

/** Runs the command line of this process with its real streams. */
export async function main(): Promise<void> {
  const surroundings = { stdout: openTerminal(1), stderr: openTerminal(2), env: process.env };
  process.exitCode = await runRandose(process.argv.slice(2), surroundings);
}
