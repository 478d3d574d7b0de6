#!/usr/bin/env node
import { runRandose } from '../src/cli/program.ts';
import { openTerminal } from '../src/system/terminal.ts';

const surroundings = { stdout: openTerminal(1), stderr: openTerminal(2), env: process.env };

void runRandose(process.argv.slice(2), surroundings).then((status) => {
  process.exitCode = status;
});
