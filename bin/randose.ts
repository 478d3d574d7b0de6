#!/usr/bin/env node
import { runRandose } from '../src/cli/program.ts';

// A reader that has seen enough (`randose calendar | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void runRandose(process.argv.slice(2), process).then((status) => {
  process.exitCode = status;
});
