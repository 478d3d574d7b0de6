import { spawnSync } from 'node:child_process';
import { RANDOSE } from './command-line.ts';

/** How a pseudo-terminal is set up. */
interface PseudoTerminal {
  readonly columns: number;
  readonly hasColour: boolean;
  /** The folder of what commands note about the studies that they see. */
  readonly state: string;
}

/** How to ask for the program that makes a pseudo-terminal. */
export const SCRIPT = ['script', '--version'] as const;

/** Runs the built command line in a pseudo-terminal. @returns what the terminal gets, without progress */
export function randoseOnTerminal(
  words: readonly string[],
  { columns, hasColour, state }: PseudoTerminal,
): { readonly status: number | null; readonly text: string } {
  const quoted = [process.execPath, RANDOSE, ...words]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(' ');
  const command = `stty cols ${columns} rows 24; exec ${quoted}`;
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    TERM: 'xterm-256color',
    XDG_STATE_HOME: state,
    // Other shells talk about a locale that they do not have.
    SHELL: '/bin/sh',
  };
  if (!hasColour) environment.NO_COLOR = '1';
  const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    input: '',
    env: environment,
    timeout: 45_000,
  });
  // eslint-disable-next-line no-control-regex -- a progress line goes back to its beginning and is cleared
  const text = stdout.replaceAll('\r\n', '\n').replace(/[^\n]*\r\u001b\[K/g, '');
  return { status, text };
}

// eslint-disable-next-line no-control-regex -- colours begin with an escape
const COLOURS = /\u001b\[[\d;]*m/g;

/** A text without its colours. */
export function withoutColour(text: string): string {
  return text.replace(COLOURS, '');
}
