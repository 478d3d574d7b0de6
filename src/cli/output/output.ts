import { type Problem, RandoseError } from '../../errors.ts';
import { formatHead } from '../../ledger/chain.ts';
import { type Entered, lastEntered } from '../../store/entered.ts';
import { asKnown, isSystemError } from '../../system/system-error.ts';
import { shown } from '../../study/stored-text.ts';
import type { Terminal } from '../../system/terminal.ts';
import { VERSION } from '../../version.ts';
import { EXIT_BUG, EXIT_OK, EXIT_STATUS } from '../exit.ts';
import { type Palette, paletteFor } from './palette.ts';
import { ProgressLine } from './progress-line.ts';
import { fitted } from './wrapped.ts';
import { widthFor } from '../../system/text-lines.ts';

/**
 * The only writer to the terminal. stdout gets the result, stderr the talk. Under --json stdout gets one document,
 * and stderr only warnings and failures that JSON cannot carry.
 */
export class Output {
  readonly json: boolean;
  /** The colours for stdout. */
  readonly colour: Palette;
  /** The colours for stderr. */
  readonly talkColour: Palette;
  readonly #stdout: Terminal;
  readonly #stderr: Terminal;
  /** What the talk is changed to, so that its commands go on with the same study. */
  readonly #asTyped: (text: string) => string;
  /** Why the result could not be written. */
  #lostResult: RandoseError | undefined;
  /** What was warned of: once is enough, before a question or after it. */
  readonly #warned = new Set<string>();
  /** What is not said under --json. If the result is lost, somebody must read it after all. */
  readonly #unsaid: string[] = [];
  /** Under --json: the result, until all warnings are known. */
  #held: { readonly data: unknown } | undefined;
  /** What was said, if once is enough. */
  readonly #said = new Set<string>();
  readonly #progress = new ProgressLine();
  /** The line about progress that the terminal shows. */
  #progressShown = '';
  /** Why the talk could not be written. */
  #lostTalk: RandoseError | undefined;

  private constructor(
    terminals: { stdout: Terminal; stderr: Terminal },
    palettes: { colour: Palette; talkColour: Palette },
    json: boolean,
    asTyped: (text: string) => string,
  ) {
    this.#stdout = terminals.stdout;
    this.#stderr = terminals.stderr;
    this.colour = palettes.colour;
    this.talkColour = palettes.talkColour;
    this.json = json;
    this.#asTyped = asTyped;
  }

  static async open(
    terminals: { stdout: Terminal; stderr: Terminal },
    json: boolean,
    environment: NodeJS.ProcessEnv,
    asTyped: (text: string) => string = (text) => text,
  ): Promise<Output> {
    const { stdout, stderr } = terminals;
    const colour = await paletteFor(stdout.colourDepth, environment);
    const talkColour = await paletteFor(stderr.colourDepth, environment);
    return new Output({ stdout, stderr }, { colour, talkColour }, json, asTyped);
  }

  /** The width to lay out for: the terminal's, from 60 to 120 columns, or 80. */
  get columns(): number {
    return widthFor(this.#stdout.columns);
  }

  /** Whether the result is shown on a terminal, and stays in its scrollback. */
  get isShown(): boolean {
    return this.#stdout.columns !== undefined;
  }

  /**
   * Writes the result of a command: the text, unchanged; or, under --json, `data` with all warnings, which is written at
   * the end. If it cannot be written, the command goes on to its end, and `finish` reports it.
   *
   * @param urgent whether the text must reach somebody: then it is written at once, and goes to stderr if stdout fails
   * @param exact whether the text is for a program, such as CSV: then its lines stay as they are, however long
   */
  result(
    data: unknown,
    text: string,
    { urgent = false, exact = false }: { urgent?: boolean; exact?: boolean } = {},
  ): void {
    const before = this.#lostResult;
    this.#printHeld();
    if (this.json && !urgent) {
      this.#held = { data };
      return;
    }
    const shown = exact ? text : onTerminal(this.#stdout, text);
    const isTaken = this.#print(this.json ? this.#done(data) : shown);
    if (isTaken || !urgent) return;
    const lost = this.#lostResult;
    if (lost !== undefined) this.warn(`${lost.message}. It follows here:`);
    if (this.#talk(text)) this.#lostResult = before;
  }

  /**
   * A part of a result, with the study that was typed in each command. What a file or somebody else has written is
   * never changed so.
   */
  ownWords(text: string): string {
    return this.#asTyped(text);
  }

  /**
   * Reports, at the end of a command, what could not be written.
   *
   * @param status the command's own exit status
   * @returns the exit status
   */
  finish(status: number): number {
    this.#printHeld();
    const lost = this.#lostResult;
    if (lost !== undefined) {
      for (const text of this.#unsaid) this.tell(text);
      this.#tellFailure(lost);
    }
    const failure = lost ?? this.#lostTalk;
    return failure === undefined || status !== EXIT_OK ? status : EXIT_STATUS[failure.code];
  }

  /** Writes a line of talk, for a person at the terminal. */
  say(text: string): void {
    if (this.json) this.#unsaid.push(text);
    else this.tell(text);
  }

  /** Writes a line of talk that a person reads once, before a question or after it. */
  sayOnce(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.say(text);
  }

  /**
   * Shows the progress of long work: only on a terminal, in one line that disappears at the end, and before anything else
   * is said.
   *
   * @param total undefined if nobody knows how much there is to do
   */
  progress(done: number, total: number | undefined, what: string): void {
    const { columns } = this.#stderr;
    if (this.json || columns === undefined) return;
    const seconds = performance.now() / 1000;
    const line = this.#progress.next({ done, total, what }, seconds, columns || widthFor(columns));
    if (line === undefined || line === this.#progressShown) return;
    this.#talk(`${CLEARED}${line}`);
    this.#progressShown = line;
  }

  /** Writes talk that somebody needs even if only a program listens. */
  tell(text: string): void {
    if (this.#progressShown !== '') this.#talk(CLEARED);
    this.#progressShown = '';
    this.#talk(`${onTerminal(this.#stderr, this.#asTyped(text))}\n`);
  }

  /** Writes a warning: it must be seen even if only a program listens. */
  warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.tell(`${this.talkColour.yellow('warning:')} ${visible(text)}`);
  }

  /**
   * Reports a failure: a known one in sentences, any other one as a bug.
   *
   * @returns the exit status
   */
  fail(error: unknown): number {
    this.#printHeld();
    const known = isSystemError(error) ? asKnown(error, error.path ?? error.syscall) : error;
    if (!(known instanceof RandoseError)) return this.#failAsBug(error);
    const { code } = known;
    const message = this.#asTyped(known.message);
    const problems = known.problems.map((problem) => ({
      ...problem,
      message: this.#asTyped(problem.message),
    }));
    const hint = known.hint === undefined ? undefined : this.#asTyped(known.hint);
    const entered = lastEntered();
    const ledger = known.ledger ?? entered?.head;
    const failed = {
      ok: false,
      error: { code, message, problems, hint },
      ledger,
      ...givenBy(entered),
      warnings: this.#warnings(),
    };
    const isTold = this.json && this.#print(redacted(document(failed)));
    const lost = this.#lostResult;
    if (!this.json || (!isTold && lost !== undefined)) this.#tellFailure(known);
    if (lost !== undefined) this.tell(`${this.talkColour.red('error:')} ${lost.message}`);
    return EXIT_STATUS[code];
  }

  /** Writes a failure in sentences; and the receipt of what is in the ledger anyway, if it was not shown before. */
  #tellFailure({ message, problems, hint, ledger }: RandoseError): void {
    const isTold = ledger !== undefined && !this.json;
    const entered = isTold ? undefined : (lastEntered() ?? (ledger && { head: ledger, gives: [] }));
    const lines = [
      `${this.talkColour.red('error:')} ${visible(message)}`,
      ...problems.map((problem) => `  ${visible(formatProblem(problem))}`),
      ...(hint === undefined ? [] : [hint]),
      ...receiptLines(entered),
    ];
    this.tell(redacted(lines.join('\n')));
  }

  #failAsBug(error: unknown): number {
    const what = error instanceof Error ? error.message : String(error);
    const message = `a bug in randose ${VERSION}: ${what}`;
    const hint =
      'Please report it, with the command that you typed and this text. To check the study: randose verify';
    const entered = lastEntered();
    const failed = {
      ok: false,
      error: { code: 'bug', message, problems: [], hint },
      ledger: entered?.head,
    };
    const text = document({ ...failed, ...givenBy(entered), warnings: this.#warnings() });
    if (!this.json || (!this.#print(text) && this.#lostResult !== undefined)) {
      const where = error instanceof Error ? (error.stack ?? '').replace(/^.*?\n/, '') : '';
      const lines = [`${this.talkColour.red('error:')} ${message}`, where, hint];
      this.tell([...lines, ...receiptLines(entered)].join('\n'));
    }
    return EXIT_BUG;
  }

  /** Writes the result that waits for warnings, if there is one. */
  #printHeld(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#print(this.#done(held.data));
  }

  #done(data: unknown): string {
    return document({ ok: true, data, warnings: this.#warnings() });
  }

  #warnings(): string[] {
    return Array.from(this.#warned, (text) => visible(this.#asTyped(text)));
  }

  /** Writes to stdout. @returns whether that worked */
  #print(text: string): boolean {
    try {
      return this.#stdout.write(text);
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      this.#lostResult = error;
      return false;
    }
  }

  /** Writes to stderr. @returns whether that worked */
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

/** Takes a terminal back to the beginning of its line, and clears it. */
const CLEARED = '\r\u001b[K';

/** A text as a terminal shows it: in lines that fit. What goes to a file or to a program keeps its lines. */
function onTerminal({ columns }: Terminal, text: string): string {
  return columns === undefined ? text : fitted(text, widthFor(columns));
}

/** The lines about an act that is in the ledger although the command failed. */
function receiptLines(entered: Entered | undefined): string[] {
  if (entered === undefined) return [];
  return [
    'What this command did before the error is in the ledger, and stays there.',
    ...entered.gives.map((line) => `  ${line}`),
    'Read it with randose ledger before you run the command again.',
    `Ledger ${formatHead(entered.head)}`,
  ];
}

/** What the acts gave, as a failure has it under --json. */
function givenBy(entered: Entered | undefined): { entered?: readonly string[] } {
  return entered === undefined || entered.gives.length === 0 ? {} : { entered: entered.gives };
}

/** A problem as one line: `file:line:column: what is wrong`, without the parts that it does not have. */
export function formatProblem({ file, line, column, message }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return place === '' ? message : `${place}: ${message}`;
}

function document(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** A text without characters that nobody sees, which could make an error look like something else. */
function visible(text: string): string {
  return text
    .split('\n')
    .map((line) => shown(line, LONGEST_LINE))
    .join('\n');
}

/** The most characters of one line of an error: what is echoed in it may be a whole file. */
const LONGEST_LINE = 1000;

/** Hides secret keys in a message: somebody may have named the wrong file. */
function redacted(text: string): string {
  return text.replace(/AGE-SECRET-KEY-[\w-]{8,}/gi, 'AGE-SECRET-KEY-(hidden)');
}
