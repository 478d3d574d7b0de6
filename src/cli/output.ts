import { type Problem, RandoseError } from '../errors.ts';
import type { Terminal } from '../platform/terminal.ts';
import { VERSION } from '../version.ts';
import { EXIT_BUG, EXIT_STATUS } from './exit.ts';
import { type Palette, paletteFor } from './palette.ts';

/**
 * The only writer to the terminal. stdout carries the result, stderr the talk; under --json stdout
 * carries one document and stderr nothing but failures that JSON cannot carry.
 */
export class Output {
  readonly json: boolean;
  /** Emphasis for stdout. */
  readonly colour: Palette;
  /** Emphasis for stderr. */
  readonly talkColour: Palette;
  readonly #stdout: Terminal;
  readonly #stderr: Terminal;

  private constructor(
    terminals: { stdout: Terminal; stderr: Terminal },
    palettes: { colour: Palette; talkColour: Palette },
    json: boolean,
  ) {
    this.#stdout = terminals.stdout;
    this.#stderr = terminals.stderr;
    this.colour = palettes.colour;
    this.talkColour = palettes.talkColour;
    this.json = json;
  }

  static async open(
    terminals: { stdout: Terminal; stderr: Terminal },
    json: boolean,
    environment: NodeJS.ProcessEnv,
  ): Promise<Output> {
    const { stdout, stderr } = terminals;
    const colour = await paletteFor(stdout.colourDepth, environment);
    const talkColour = await paletteFor(stderr.colourDepth, environment);
    return new Output({ stdout, stderr }, { colour, talkColour }, json);
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

  /** How far long work is: on a terminal alone, in one line that is gone when it is done. */
  progress(done: number, total: number, what: string): void {
    if (this.json || this.#stderr.columns === undefined) return;
    const line = done < total ? `${what}: ${done} of ${total}` : '';
    this.#stderr.write(`\r\u001b[K${line}`);
  }

  /** Talk that somebody needs even where only a program listens: as it is. */
  tell(text: string): void {
    this.#stderr.write(`${text}\n`);
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
    const { code, message, problems, hint, ledger } = error;
    if (this.json) {
      this.#stdout.write(
        redacted(document({ ok: false, error: { code, message, problems, hint }, ledger })),
      );
      return EXIT_STATUS[code];
    }
    const lines = [
      `${this.talkColour.red('error:')} ${message}`,
      ...problems.map((problem) => `  ${formatProblem(problem)}`),
      ...(hint === undefined ? [] : [hint]),
    ];
    this.#stderr.write(redacted(`${lines.join('\n')}\n`));
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

/** A secret key that got into a message, from a file named by mistake, does not get out of it. */
function redacted(text: string): string {
  return text.replace(/AGE-SECRET-KEY-[\w-]{8,}/gi, 'AGE-SECRET-KEY-(hidden)');
}
