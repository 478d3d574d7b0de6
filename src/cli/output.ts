import { Chalk, type ChalkInstance } from 'chalk';
import { type Problem, RandoseError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { EXIT_BUG, EXIT_STATUS } from './exit.ts';

/** What of a stream matters here: process.stdout and process.stderr have it. */
export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  getColorDepth?(): number;
}

/**
 * The only writer to the terminal. stdout carries the result, stderr the talk; under --json stdout
 * carries one document and stderr nothing but failures that JSON cannot carry.
 */
export class Output {
  readonly json: boolean;
  /** Colours for stdout. */
  readonly colour: ChalkInstance;
  /** Colours for stderr. */
  readonly talkColour: ChalkInstance;
  /** No colours, for what goes into a file. */
  readonly plain: ChalkInstance = new Chalk({ level: 0 });
  readonly #stdout: Terminal;
  readonly #stderr: Terminal;

  constructor(stdout: Terminal, stderr: Terminal, json: boolean, environment: NodeJS.ProcessEnv) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.colour = new Chalk({ level: colourLevel(stdout, environment) });
    this.talkColour = new Chalk({ level: colourLevel(stderr, environment) });
  }

  /** The width to lay out for: the terminal's, or 80. */
  get columns(): number {
    return this.#stdout.columns ?? 80;
  }

  /** The result of a command: `data` under --json, else the text, as it is. */
  result(data: unknown, text: string): void {
    this.#stdout.write(this.json ? document({ ok: true, data }) : text);
  }

  /** A line of talk, for a person who waits. */
  say(text: string): void {
    if (!this.json) this.#stderr.write(`${text}\n`);
  }

  /** A line of talk that must not be missed, even where only a program listens. */
  warn(text: string): void {
    this.#stderr.write(`${this.talkColour.yellow('warning:')} ${text}\n`);
  }

  /**
   * Tells of a failure: one that randose knows in sentences, anything else as a bug.
   *
   * @returns the exit status
   */
  fail(error: unknown): number {
    if (!(error instanceof RandoseError)) return this.#failAsBug(error);
    const { code, message, problems, hint } = error;
    if (this.json) {
      this.#stdout.write(document({ ok: false, error: { code, message, problems, hint } }));
      return EXIT_STATUS[code];
    }
    const red = this.talkColour.red;
    this.#stderr.write(`${red('error:')} ${message}\n`);
    for (const problem of problems) this.#stderr.write(`  ${formatProblem(problem)}\n`);
    if (hint !== undefined) this.#stderr.write(`${hint}\n`);
    return EXIT_STATUS[code];
  }

  #failAsBug(error: unknown): number {
    const what = error instanceof Error ? error.message : String(error);
    const message = `a bug in randose ${VERSION}: ${what}`;
    const hint =
      'Please report it with the command you typed and this text. Check the study with: randose verify';
    if (this.json) {
      this.#stdout.write(document({ ok: false, error: { code: 'bug', message, hint } }));
    } else {
      const where = error instanceof Error ? (error.stack ?? '').replace(/^.*?\n/, '') : '';
      this.#stderr.write(`${this.talkColour.red('error:')} ${message}\n${where}\n${hint}\n`);
    }
    return EXIT_BUG;
  }
}

/** A problem as one line: `file:line:column: what is wrong`, without the parts it has not. */
export function formatProblem({ file, line, column, message }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return place === '' ? message : `${place}: ${message}`;
}

function document(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** chalk 5 ignores NO_COLOR (https://no-color.org), so the level is decided here, per stream. */
function colourLevel(stream: Terminal, environment: NodeJS.ProcessEnv): 0 | 1 | 2 | 3 {
  const { NO_COLOR, TERM } = environment;
  if ((NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb' || !stream.isTTY) return 0;
  const depth = stream.getColorDepth?.() ?? 1;
  return depth >= 24 ? 3 : depth >= 8 ? 2 : depth >= 4 ? 1 : 0;
}
