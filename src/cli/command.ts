import type { Command } from 'commander';
import type { RunApart } from './commands/selftest/selftest.ts';
import type { Output } from './output/output.ts';

/** What a command is called with. */
export interface Call {
  readonly output: Output;
  /** Its arguments, then its options. */
  readonly values: unknown[];
  /** Runs another command line in the same surroundings. */
  readonly again: (words: readonly string[]) => Promise<number>;
  /** Runs another command line, and keeps what it prints. */
  readonly apart: RunApart;
}

/** A command: what it is called, what it takes, and what it does. */
export interface CommandSpec {
  readonly name: string;
  readonly description: string;
  /** The page of docs/ for whoever uses it. */
  readonly page: string;
  readonly examples: readonly string[];
  readonly define: (command: Command) => void;
  /** Commands of its own, each typed behind it. */
  readonly parts?: readonly CommandSpec[];
  /** @returns the exit status, where it is not 0 */
  readonly run: (call: Call) => Promise<number | undefined>;
}
