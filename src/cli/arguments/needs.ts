import type { Command, OptionValues } from '@commander-js/extra-typings';
import { listed } from '../../words.ts';

/** What a command line must have, beside options that commander itself requires. */
export interface Need {
  /** One of these is enough: options by their long names, and `id` for the argument that names a participant. */
  readonly oneOf: readonly [string, ...string[]];
  /** With one of these options it is not needed. */
  readonly unless?: readonly string[];
  /** It is needed only with one of these options. */
  readonly with?: readonly string[];
}

const NEEDS = new WeakMap<object, Need[]>();

/** Declares what a command needs. Its help and its errors say it; nobody runs it without. */
export function needing<Args extends unknown[], Flags extends OptionValues>(
  command: Command<Args, Flags>,
  ...needs: readonly Need[]
): Command<Args, Flags> {
  NEEDS.set(command, [...(NEEDS.get(command) ?? []), ...needs]);
  return command;
}

/** The participant, in one of the ways in which `namingParticipant` takes one. */
export const PARTICIPANT: Need = { oneOf: ['id', '--subject', '--number', '--kit'] };

/** Everything that a command needs: what commander requires, and what was declared, each once. */
export function needsOf(command: object & Pick<Command, 'options'>): Need[] {
  const declared = NEEDS.get(command) ?? [];
  const named = new Set(declared.map(({ oneOf: [first] }) => first));
  const required = command.options.flatMap(({ mandatory, long }): Need[] =>
    mandatory && !named.has(long ?? '') ? [{ oneOf: [long ?? ''] }] : [],
  );
  return [...declared, ...required];
}

/** What a command line lacks. @param given the long names of its options, and `id` if an argument is there */
export function missingNeeds(needs: readonly Need[], given: ReadonlySet<string>): Need[] {
  const has = (names: readonly string[]) => names.some((name) => given.has(name));
  return needs.filter(
    (need) =>
      !has(need.oneOf) && !has(need.unless ?? []) && (need.with === undefined || has(need.with)),
  );
}

/** How help marks what is needed: `required, except with --retract: `. */
export function requiredMark({ oneOf: [, ...others], unless, with: only }: Need): string {
  const or = others.length === 0 ? '' : `, or ${eitherOf(others)}`;
  const except = unless === undefined ? '' : `, except with ${eitherOf(unless)}`;
  const condition = only === undefined ? '' : ` with ${eitherOf(only)}`;
  return `required${condition}${or}${except}: `;
}

/** Words as a sentence offers them: `a`, `a or b`, `a, b or c`. */
export function eitherOf(words: readonly string[]): string {
  return listed(words).replace(/ and (?=\S+$)/, ' or ');
}
