import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { Output } from './output/output.ts';

/** The desks that commands belong to. Help lists the commands under these headings, in this order. */
export const DESKS = {
  statistician: 'Statistician: the study and its list',
  site: 'Site: participants and their injections',
  supplies: 'Pharmacist and packer: labels and kits',
  officer: 'Officer and card maker: sealed files',
  everyone: 'Everyone: look at a trial, or at randose',
} as const;

/** A command: what it is called, what it takes, and where to read about it. */
export interface Declaration<Args extends unknown[], Flags extends OptionValues> {
  readonly name: string;
  readonly desk: keyof typeof DESKS;
  /** One line, without a full stop. */
  readonly description: string;
  /** The page of docs/ about it. */
  readonly page: string;
  /** Command lines without `randose`, two at least. */
  readonly examples: readonly string[];
  /** Its arguments and flags. Their types follow from it. */
  readonly flags: (command: Command) => Command<Args, Flags>;
}

/** Declares a command, and infers the types of its arguments and flags. */
export function declareCommand<Args extends unknown[], Flags extends OptionValues>(
  declaration: Declaration<Args, Flags>,
): Declaration<Args, Flags> {
  return declaration;
}

/** Flags as commander gives them: what was not typed and has no default is not there. */
export type Given<Flags> = { readonly [Name in keyof Flags]: Value<Flags[Name]> };
/** A flag without a value is true. Code that calls a command may also give false. */
type Value<Flag> = Flag extends true ? boolean : Flag;

/** The flags of a declared command, as the command gets them. */
export type FlagsOf<Declared extends { readonly flags: unknown }> = AddedBy<Declared['flags']>;

/** The flags that a function adds to a command. */
export type AddedBy<Add> = Add extends (...given: never[]) => Command<infer Args, infer Flags>
  ? Args extends unknown[]
    ? Given<Flags>
    : never
  : never;

/** The type of a command that has no flags yet. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/consistent-type-definitions -- commander's own
export type NoFlags = {};

/** The result of a command line that ran without the terminal. */
export interface RanApart {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs other command lines, for a command that is made of them. */
export interface Runner {
  /** Runs it with the same streams and environment, and asks nothing. @returns the exit status */
  readonly again: (words: readonly string[]) => Promise<number>;
  /** Runs it without the terminal. @returns what it printed */
  readonly apart: (words: readonly string[]) => Promise<RanApart>;
}

/** What a command does. @returns the exit status, if it is not 0 */
export type Run<Args extends unknown[], Flags> = (
  output: Output,
  flags: Flags,
  args: Args,
  runner: Runner,
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- most commands return nothing
) => Promise<number | void> | number | void;

/** A command with its code, which is loaded when it is called; and the commands that are typed after it. */
export interface CommandEntry extends Omit<Declaration<unknown[], OptionValues>, 'flags'> {
  /** Adds its arguments and flags to a command. */
  readonly define: (command: Command) => void;
  readonly run: (
    output: Output,
    flags: OptionValues,
    args: unknown[],
    runner: Runner,
  ) => Promise<number>;
  readonly parts: readonly CommandEntry[];
}
