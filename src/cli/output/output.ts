import { type Problem, RandoseError } from '../../errors.ts';
import { formatHead } from '../../ledger/chain.ts';
import { type Entered, lastEntered } from '../../store/entered.ts';
import { asKnown, isSystemError } from '../../system/system-error.ts';
import type { Terminal } from '../../system/terminal.ts';
import { VERSION } from '../../version.ts';
import { EXIT_BUG, EXIT_OK, EXIT_STATUS } from '../exit.ts';
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
  /** Why the result could not be written. */
  #lostResult: RandoseError | undefined;
  /** Why the talk could not be written. */
  #lostTalk: RandoseError | undefined;

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

  /**
   * The result of a command: `data` under --json, else the text, as it is. If it cannot be written, the command
   * goes on to its end, and `finish` tells it.
   *
   * @param urgent whether the text must reach somebody: then it goes to stderr if stdout does not take it
   */
  result(data: unknown, text: string, { urgent = false }: { urgent?: boolean } = {}): void {
    const before = this.#lostResult;
    const isTaken = this.#print(this.json ? document({ ok: true, data }) : text);
    if (isTaken || !urgent) return;
    const lost = this.#lostResult;
    if (lost !== undefined) this.warn(`${lost.message}. It follows here:`);
    if (this.#talk(text)) this.#lostResult = before;
  }

  /**
   * Tells at the end of a command what could not be written.
   *
   * @param status the command's own exit status
   * @returns the exit status
   */
  finish(status: number): number {
    const lost = this.#lostResult;
    if (lost !== undefined) this.#tellFailure(lost);
    const failure = lost ?? this.#lostTalk;
    return failure === undefined || status !== EXIT_OK ? status : EXIT_STATUS[failure.code];
  }

  /** A line of talk, for a person who waits. */
  say(text: string): void {
    if (!this.json) this.#talk(`${text}\n`);
  }

  /** How far long work is: on a terminal alone, in one line that is gone when it is done. */
  progress(done: number, total: number, what: string): void {
    if (this.json || this.#stderr.columns === undefined) return;
    const line = done < total ? `${what}: ${done} of ${total}` : '';
    this.#talk(`\r\u001b[K${line}`);
  }

  /** Talk that somebody needs even where only a program listens: as it is. */
  tell(text: string): void {
    this.#talk(`${text}\n`);
  }

  /** A line of talk that must not be missed, even where only a program listens. */
  warn(text: string): void {
    this.#talk(`${this.talkColour.yellow('warning:')} ${text}\n`);
  }

  /**
   * Tells of a failure: one that randose or the system knows in sentences, anything else as a bug.
   *
   * @returns the exit status
   */
  fail(error: unknown): number {
    const known = isSystemError(error) ? asKnown(error, error.path ?? error.syscall) : error;
    if (!(known instanceof RandoseError)) return this.#failAsBug(error);
    const { code, message, problems, hint } = known;
    const entered = lastEntered();
    const ledger = known.ledger ?? entered?.head;
    const failed = {
      ok: false,
      error: { code, message, problems, hint },
      ledger,
      ...givenBy(entered),
    };
    const isTold = this.json && this.#print(redacted(document(failed)));
    const lost = this.#lostResult;
    if (!this.json || (!isTold && lost !== undefined)) this.#tellFailure(known);
    if (lost !== undefined) this.#talk(`${this.talkColour.red('error:')} ${lost.message}\n`);
    return EXIT_STATUS[code];
  }

  /** A failure in sentences; and the receipt of what is in the ledger all the same, if nobody has told it yet. */
  #tellFailure({ message, problems, hint, ledger }: RandoseError): void {
    const isTold = ledger !== undefined && !this.json;
    const entered = isTold ? undefined : (lastEntered() ?? (ledger && { head: ledger, gives: [] }));
    const lines = [
      `${this.talkColour.red('error:')} ${message}`,
      ...problems.map((problem) => `  ${formatProblem(problem)}`),
      ...(hint === undefined ? [] : [hint]),
      ...receiptLines(entered),
    ];
    this.#talk(redacted(`${lines.join('\n')}\n`));
  }

  #failAsBug(error: unknown): number {
    const what = error instanceof Error ? error.message : String(error);
    const message = `a bug in randose ${VERSION}: ${what}`;
    const hint =
      'Please report it with the command you typed and this text. Check the study with: randose verify';
    const entered = lastEntered();
    const failed = { ok: false, error: { code: 'bug', message, hint }, ledger: entered?.head };
    const text = document({ ...failed, ...givenBy(entered) });
    if (!this.json || (!this.#print(text) && this.#lostResult !== undefined)) {
      const where = error instanceof Error ? (error.stack ?? '').replace(/^.*?\n/, '') : '';
      const lines = [`${this.talkColour.red('error:')} ${message}`, where, hint];
      this.#talk(`${[...lines, ...receiptLines(entered)].join('\n')}\n`);
    }
    return EXIT_BUG;
  }

  /** Writes to stdout. @returns whether it was taken */
  #print(text: string): boolean {
    try {
      return this.#stdout.write(text);
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      this.#lostResult = error;
      return false;
    }
  }

  /** Writes to stderr. @returns whether it was taken */
  #talk(text: string): boolean {
    try {
      return this.#stderr.write(text);
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      this.#lostTalk = error;
      return false;
    }
  }
}

/** What to say of an act that is in the ledger although the command has failed. */
function receiptLines(entered: Entered | undefined): string[] {
  if (entered === undefined) return [];
  return [
    'What this command did before that is in the ledger, and stays there.',
    ...entered.gives.map((line) => `  ${line}`),
    'Read it with randose ledger before you run the command again.',
    `Ledger ${formatHead(entered.head)}`,
  ];
}

/** The lines that were given, as a failure has them under --json. */
function givenBy(entered: Entered | undefined): { entered?: readonly string[] } {
  return entered === undefined || entered.gives.length === 0 ? {} : { entered: entered.gives };
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
