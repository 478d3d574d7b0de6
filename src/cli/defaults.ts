import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { configFile, readConfig } from '../system/config-file.ts';
import { formatWho, parseWho, type Who } from '../ledger/who.ts';
import { hasStudyHere, isAnyStudy } from '../store/folder/study-folder.ts';
import { line } from '../study/identifiers.ts';
import { isPlaceholder } from '../study/stored-text.ts';
import { mapping, YamlFile } from '../study/yaml-file.ts';
import { nearestWord } from '../words.ts';
import type { Need } from './arguments/needs.ts';
import { type DefaultKey, defaultOf } from './arguments/options.ts';
import type { Output } from './output/output.ts';
import { shownUrl } from './arguments/shown-url.ts';

/** The parts of a command of commander that are needed here. Its whole type takes the compiler minutes to compare. */
export interface DefaultTaker {
  readonly options: readonly { readonly long?: string; attributeName(): string }[];
  getOptionValueSource(name: string): string | undefined;
  setOptionValueWithSource(name: string, value: unknown, source: string): unknown;
  opts(): object;
}

/** The environment variable of each setting. */
const VARIABLES: Readonly<Record<DefaultKey, string>> = {
  by: 'RANDOSE_BY',
  sign: 'RANDOSE_SIGN',
  study: 'RANDOSE_STUDY',
  ledger: 'RANDOSE_LEDGER',
};

const SETTINGS = mapping(
  {
    by: v.nullish(line(200)),
    sign: v.nullish(line(1000)),
    study: v.nullish(line(1000)),
    ledger: v.nullish(line(1000)),
  },
  {
    by: 'Who you are: your name, your role, your organisation.',
    sign: 'The ssh key that signs what is recorded under this name.',
    study: 'The study folder, if you are in none.',
    ledger:
      'The database of the ledger, if it is not in the study folder: a URL without a password.',
  },
);

/** A setting, and where it comes from. */
interface Setting {
  readonly value: string;
  /** `RANDOSE_BY`, or the file. */
  readonly from: string;
  /** If it is left out: what to say about the one in the file, which the variable hides; empty if there is none. */
  readonly hides: () => string;
}

/** The defaults that a command line uses, and what is to be said about those that are left out. */
export interface UsedDefaults {
  readonly by?: Setting & { readonly who: Who };
  readonly sign?: Setting;
  readonly study?: Setting;
  readonly ledger?: Setting;
  readonly warnings: readonly string[];
}

/**
 * What a command takes from the environment or the settings of the user, for options that are not typed. Nothing in them
 * can stop a command: what is wrong is left out, and warned of. It throws nothing.
 *
 * - `by` is for acts of a person who is named, never for what a key opens: its owner may be another person.
 * - `sign` is only used with `by`: the key is that person's.
 * - `ledger` is for every command on a study: whoever sets it works on that one.
 * - `study` is only used outside of any study folder: nobody records in another study than the one they are in.
 */
export async function defaultsFor(
  command: DefaultTaker,
  needs: readonly Need[],
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<UsedDefaults> {
  const isAnyTyped = (flags: readonly string[] = []) => flags.some((flag) => isTyped(words, flag));
  const wanted = (key: DefaultKey) =>
    command.options.some((option) => {
      const takes = defaultOf(option);
      const { long = '' } = option;
      if (takes?.key !== key || isTyped(words, long)) return false;
      if (takes.with !== undefined && !isAnyTyped(takes.with)) return false;
      const own = needs.filter(({ oneOf }) => oneOf.includes(long));
      return !own.some(({ unless }) => isAnyTyped(unless));
    });
  const warnings: string[] = [];
  try {
    const isAway = wanted('study') && !hasStudyHere();
    if (!wanted('by') && !isAway && !wanted('ledger')) return { warnings };
    const settingOf = settings(environment, warnings);
    const study = isAway ? studyFrom(settingOf('study'), warnings) : undefined;
    const ledger = wanted('ledger') ? settingOf('ledger') : undefined;
    const by = wanted('by') ? byFrom(settingOf('by'), warnings) : undefined;
    const sign =
      by === undefined || !wanted('sign') ? undefined : await signFrom(settingOf('sign'), warnings);
    return {
      ...(by && { by }),
      ...(sign && { sign }),
      ...(study && { study }),
      ...(ledger && { ledger }),
      warnings,
    };
  } catch (error) {
    return { warnings: [...warnings, `your settings are left out: ${messageOf(error)}`] };
  }
}

function isTyped(words: readonly string[], flag: string): boolean {
  return words.some((word) => word === flag || word.startsWith(`${flag}=`));
}

/** Finds a setting: in the environment, else in the file, which is read at most once. */
function settings(
  environment: NodeJS.ProcessEnv,
  warnings: string[],
): (key: DefaultKey) => Setting | undefined {
  let read: FileSettings | undefined;
  const inFile = (key: DefaultKey) => {
    read ??= fileSettings(environment, warnings);
    return read[key];
  };
  return (key) => {
    const value = (environment[VARIABLES[key]] ?? '').trim();
    const from = VARIABLES[key];
    if (value !== '') return { value, from, hides: () => hiddenText(from, inFile(key)) };
    const own = inFile(key);
    return own && { ...own, hides: () => '' };
  };
}

type FileSettings = Partial<Record<DefaultKey, Omit<Setting, 'hides'>>>;

/** Nobody records in another study, or under another name, than the variable was to say: the file does not fill in. */
function hiddenText(variable: string, hidden: FileSettings[DefaultKey]): string {
  if (hidden === undefined) return '';
  return ` Left out too: ${hidden.value} (from ${hidden.from}), which counts only if ${variable} is not set.`;
}

function fileSettings(environment: NodeJS.ProcessEnv, warnings: string[]): FileSettings {
  const path = configFile(environment);
  if (path === undefined) return {};
  try {
    const text = readConfig(path);
    if (text === undefined || text.trim() === '') return {};
    const yaml = new YamlFile(text, path, SETTINGS);
    for (const { line: at, message } of yaml.problems) {
      warnings.push(`${path}:${at ?? 1}: ${withMeant(message)} It is left out.`);
    }
    const found = (Object.keys(VARIABLES) as DefaultKey[]).flatMap((key) => {
      const value = yaml.sound([key], v.string());
      if (value === undefined) return [];
      const isPath = key === 'sign' || key === 'study';
      return [[key, { value: isPath ? pathIn(value, path, environment) : value, from: path }]];
    });
    return Object.fromEntries(found) as FileSettings;
  } catch (error) {
    warnings.push(`${path} is left out: ${messageOf(error)}`);
    return {};
  }
}

/** The message about an unknown key, with the key that was meant. */
function withMeant(message: string): string {
  const [, key] = /^(\S+): unknown key/.exec(message) ?? [];
  const meant = key === undefined ? undefined : nearestWord(key, Object.keys(VARIABLES));
  return meant === undefined ? `${message}.` : `${message}. Did you mean "${meant}"?`;
}

/** A path in the file: `~/` is the home, another one is relative to the file. */
function pathIn(value: string, file: string, { HOME = '' }: NodeJS.ProcessEnv): string {
  const path = HOME !== '' && value.startsWith('~/') ? `${HOME}${value.slice(1)}` : value;
  return resolve(dirname(file), path);
}

function byFrom(
  setting: Setting | undefined,
  warnings: string[],
): (Setting & { readonly who: Who }) | undefined {
  if (setting === undefined) return undefined;
  try {
    const who = parseWho(setting.value);
    const parts = [who.name, who.role, who.organisation];
    if (!parts.some((part) => isPlaceholder(part) || /\bexample\b|^your /i.test(part))) {
      return { ...setting, who };
    }
    warnings.push(
      `${setting.from} has a name from the examples, "${setting.value}": it is left out.${setting.hides()} Write your own name, role and organisation.`,
    );
  } catch (error) {
    const why = messageOf(error).replace(/^--by:? /, '');
    warnings.push(`the name in ${setting.from} is left out: ${sentence(why)}${setting.hides()}`);
  }
  return undefined;
}

function studyFrom(setting: Setting | undefined, warnings: string[]): Setting | undefined {
  if (setting === undefined || isAnyStudy(resolve(setting.value))) return setting;
  warnings.push(
    `${setting.from} names ${setting.value}, which is not a study folder: left out.${setting.hides()}`,
  );
  return undefined;
}

async function signFrom(
  setting: Setting | undefined,
  warnings: string[],
): Promise<Setting | undefined> {
  if (setting === undefined) return undefined;
  try {
    const { fingerprintOf } = await import('../system/ssh-signature.ts');
    fingerprintOf(setting.value);
    return setting;
  } catch (error) {
    warnings.push(
      `the ssh key in ${setting.from} is left out, and nothing is signed: ${sentence(messageOf(error))}${setting.hides()}`,
    );
    return undefined;
  }
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Gives a command the values of the defaults, as if they had been typed. */
export function setDefaults(command: DefaultTaker, used: UsedDefaults): void {
  for (const option of command.options) {
    const key = defaultOf(option)?.key;
    const value = key === undefined ? undefined : used[key]?.value;
    if (value === undefined) continue;
    command.setOptionValueWithSource(option.attributeName(), value, SOURCE);
  }
}

/** What commander is told about where these values come from. */
const SOURCE = 'config';

/**
 * Says which defaults a command uses. A person at a terminal, whom the command may ask, confirms the name or types another
 * one: at a shared desk somebody else may sit there.
 *
 * @throws Cancelled if the person cancels
 */
export async function confirmDefaults(
  output: Output,
  command: DefaultTaker,
  used: UsedDefaults,
): Promise<void> {
  const from = (key: DefaultKey) =>
    command.getOptionValueSource(key) === SOURCE ? used[key] : undefined;
  const study = from('study');
  if (study !== undefined) output.say(`Study ${study.value} (from ${study.from}).`);
  const ledger = from('ledger');
  if (ledger !== undefined) {
    const shown = shownUrl(ledger.value);
    output.say(
      shown === undefined
        ? `Ledger from ${ledger.from}.`
        : `Ledger ${shown} (from ${ledger.from}).`,
    );
  }
  const by = from('by');
  if (by === undefined || used.by === undefined) return;
  const sign = from('sign');
  const signed = sign === undefined ? '' : `, signed with ${sign.value} (from ${sign.from})`;
  output.say(`By ${formatWho(used.by.who)} (from ${by.from})${signed}.`);
  const other = await askWhetherIt(output, command);
  if (other === undefined) return;
  command.setOptionValueWithSource('by', formatWho(other), 'cli');
  if (sign !== undefined) command.setOptionValueWithSource('sign', undefined, 'cli');
}

/** @returns who it is, if it is somebody else; undefined if nobody can be asked, or the default is right */
async function askWhetherIt(output: Output, command: DefaultTaker): Promise<Who | undefined> {
  const flags: { readonly yes?: boolean; readonly dryRun?: boolean } = command.opts();
  const mayAsk = command.options.some(({ long }) => long === '--yes');
  const { ask, isAtTerminal } = await import('../system/prompts.ts');
  if (!mayAsk || flags.yes === true || flags.dryRun === true) return undefined;
  if (output.json || !isAtTerminal()) return undefined;
  const answer = (await ask('Is that you? Press Enter, or type your name and role: ')).trim();
  if (/^(?:y(?:es)?)?$/i.test(answer)) return undefined;
  const { askWhoTheyAre } = await import('./arguments/ask-who.ts');
  // Whoever says no is asked; a name is taken as the answer.
  let typed = /^no?$/i.test(answer) ? undefined : answer;
  return askWhoTheyAre(output, (question) => {
    const first = typed;
    typed = undefined;
    return first === undefined ? ask(question) : Promise.resolve(first);
  });
}
