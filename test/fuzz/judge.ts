import { requireKnownDocument } from '../support/command-line.ts';
import { ARM, type Base } from './bases.ts';
import type { Template } from './commands.ts';
import type { Result } from './processes.ts';
import { changedTexts } from './written.ts';

/** No command works longer, whatever it is given: 5 seconds of the processor. */
const LONGEST_MS = 5000;
/** What takes so long waits for something, or has no end: also a machine with much else to do is faster. */
export const HANGS_MS = 20_000;

/** The exit statuses that the help names, apart from that of a bug. 1 is for verify and checks alone. */
const STATUSES = [0, 1, 64, 65, 66, 73, 74, 75, 77, 78];

/** A command that ran, and the folder before and after it. */
export interface Look {
  readonly base: Base;
  readonly words: readonly string[];
  readonly template: Template;
  readonly result: Result;
  readonly folder: string;
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  /** The ledger before and after it; undefined if there is none that can be read. */
  readonly ledgers: readonly [string | undefined, string | undefined];
  /** What is in the broken files: a message may repeat it. */
  readonly texts: string;
}

/** What is wrong. */
export interface Verdict {
  readonly kind: string;
  readonly why: string;
}

const TRACE =
  /a bug in randose.*|^ {4}at .*|\b(?:Type|Range|Reference|Syntax|Eval|URI)Error\b.*|node:internal.*/m;
/** What a person never types and a program never means. */
const ODD = /\[object \w+\]|\bundefined\b|\bNaN\b|Invalid Date\w*/;

/**
 * Judges a command.
 *
 * @param undamaged what the command says and writes if nothing is broken: what is in it may always be said
 */
export async function verdictOn(
  look: Look,
  broken: readonly string[],
  undamaged: () => Promise<string>,
): Promise<Verdict | undefined> {
  const { words, result, template, texts } = look;
  const { status, stdout, stderr, milliseconds, cpu } = result;
  const said = stdout + stderr;
  if (cpu > LONGEST_MS || milliseconds > HANGS_MS) {
    return {
      kind: 'slow',
      why: `${Math.round(milliseconds)} ms, of the processor ${Math.round(cpu)}`,
    };
  }
  if (status === null) return { kind: 'crash', why: stderr.slice(-500) };
  const trace = TRACE.exec(said)?.[0];
  if (status === 70 || (trace !== undefined && !texts.includes(trace))) {
    return { kind: 'bug', why: trace ?? said.slice(0, 200) };
  }
  if (!STATUSES.includes(status)) return { kind: 'status', why: `exit status ${status}` };
  if (/AGE-SECRET-KEY-1\w{20}|never to be seen/i.test(said))
    return { kind: 'secret', why: 'a secret key is shown' };
  if (status !== 0 && said === '') return { kind: 'silence', why: `status ${status}` };
  try {
    if (words.includes('--json') && stdout !== '') JSON.parse(stdout);
    requireKnownDocument(words, stdout);
  } catch (error) {
    return { kind: 'document', why: String(error).slice(0, 500) };
  }
  const odd = ODD.exec(said)?.[0];
  if (odd !== undefined && !texts.includes(odd) && !words.join(' ').includes(odd)) {
    const line = said.split('\n').find((one) => one.includes(odd))!;
    return { kind: 'odd', why: line.slice(0, 300) };
  }
  const lost =
    look.ledgers[0] !== undefined && look.ledgers[1]?.startsWith(look.ledgers[0]) !== true;
  if (lost && !/--re(pair|store)/.test(template.text)) {
    return { kind: 'ledger', why: 'what the ledger had is not in it any more' };
  }
  if (template.opens) return undefined;
  return armShown(look, broken, undamaged);
}

/** Whether a command that opens nothing said or wrote an arm that it does not always say. */
async function armShown(
  { base, folder, before, after, result }: Look,
  broken: readonly string[],
  undamaged: () => Promise<string>,
): Promise<Verdict | undefined> {
  const all = [result.stdout, result.stderr, ...changedTexts(folder, before, after)].join('\n');
  const lines = all.split('\n').filter((line) => ARM.test(line));
  if (lines.length === 0) return undefined;
  // A message about the design may name its arms, but never beside whose they are.
  const someone = new RegExp(
    `\\b(${[...base.subjects, ...base.numbers, ...base.kits].filter(Boolean).join('|')})\\b`,
    'i',
  );
  const isDesign = broken.some((text) => /study\.yaml|plan\.yaml|proof\.txt/.test(text));
  if (isDesign && !lines.some((line) => someone.test(line))) return undefined;
  const usual = await undamaged();
  const unusual = lines.filter((line) => {
    const word = ARM.exec(line)![0];
    return !usual.includes(word) || (someone.test(line) && !usual.includes(line));
  });
  if (unusual.length === 0) return undefined;
  return { kind: 'arm', why: unusual[0]!.slice(0, 300) };
}
