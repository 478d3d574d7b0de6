import { spawnSync } from 'node:child_process';
import { RANDOSE } from './command-line.ts';

/** What was seen on a terminal, without its escape sequences, and the exit status. */
export interface Seen {
  readonly status: number;
  readonly text: string;
}

/** A text to wait for, and what is typed then. `^C` and `^D` are the keys. */
export type Exchange = readonly [question: string, answer: string];

/**
 * Runs the built command line in a terminal of 80 columns, and answers its questions. It needs the program `expect`.
 *
 * @param folder the current folder
 */
export function atTerminal(
  folder: string,
  words: readonly string[],
  exchanges: readonly Exchange[],
  environment: NodeJS.ProcessEnv = {},
): Seen {
  const command = [process.execPath, RANDOSE, ...words].map(braced).join(' ');
  const script = [
    'set timeout 40',
    'set stty_init {columns 80 rows 24}',
    `spawn ${command}`,
    ...exchanges.map(
      ([question, answer]) =>
        `expect {\n  -ex ${braced(question)} { sleep 0.1; send -- ${keys(answer)} }\n  timeout { exit 124 }\n  eof { exit 125 }\n}`,
    ),
    'expect { eof {} timeout { exit 126 } }',
    'exit [lindex [wait] 3]',
  ].join('\n');
  const { status, stdout } = spawnSync('expect', ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 90_000,
    env: { ...process.env, NO_COLOR: '1', HOME: folder, ...environment },
  });
  // eslint-disable-next-line no-control-regex -- what a terminal understands
  return { status: status ?? -1, text: stdout.replace(/\u001b\[[0-9;?]*[A-Za-z]|\r/g, '') };
}

function braced(word: string): string {
  return `{${word}}`;
}

function keys(answer: string): string {
  if (answer === '^C') return String.raw`"\003"`;
  if (answer === '^D') return String.raw`"\004"`;
  return String.raw`[encoding convertfrom utf-8 [encoding convertto utf-8 {${answer}}]]\r`;
}
