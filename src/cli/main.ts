import { openTerminal } from '../system/terminal.ts';
import { VERSION } from '../version.ts';
import { EXIT_BUG, EXIT_OK } from './exit.ts';
import { runRandose } from './program.ts';

/** Runs the command line of this process with its real streams. */
export async function main(): Promise<void> {
  const surroundings = { stdout: openTerminal(1), stderr: openTerminal(2), env: process.env };
  // Node ends as soon as nothing is left to wait for. That must not look as if the work was done.
  const tellUnfinished = (status: number) => {
    if (status !== EXIT_OK) return;
    process.exitCode = EXIT_BUG;
    surroundings.stderr.write(
      `error: a bug in randose ${VERSION}: it stopped before it was done\nPlease report it, with the command that you typed. To check the study: randose verify\n`,
    );
  };
  process.once('exit', tellUnfinished);
  process.exitCode = await runRandose(process.argv.slice(2), surroundings);
  process.off('exit', tellUnfinished);
}
