import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { expect } from 'vitest';
import type { CommandEntry } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { allocated, kitsOfTrial, mustRun, testFolder, type Trial } from './command-line.ts';
import { randoseOnTerminal, withoutColour } from './pseudo-terminal.ts';

/** Every command as it is typed, also those that are typed after another one, with its declaration. */
export const EVERY: [string, CommandEntry][] = COMMANDS.flatMap((entry) => [
  [entry.name, entry] as [string, CommandEntry],
  ...entry.parts.map((part): [string, CommandEntry] => [`${entry.name} ${part.name}`, part]),
]);

/** The public half of a key that nobody kept. */
const SENT = 'age1x84x7t0svuk03re6yhvr6lkl4qdpdudvsuusdf66k9qunqh8u4eschrqkp';

/** Commands that run the others away from the terminal, or that need a database. */
const APART = ['demo', 'selftest', 'pull'];

/** What is typed in a study with two participants: each command at least once, in the order of a trial. */
export function storyOf(trial: Trial): string[][] {
  const { study, plan, officer, statistician, packer, folder } = trial;
  const at = (name: string) => join(folder, name);
  const [first = '', second = '', third = ''] = kitsOfTrial(trial);
  const by = ['--by', 'A. Example, nurse, Example Hospital'];
  const on = (...words: string[]) => [...words, '--study', study];
  const why = ['--reason', 'serious adverse event, and treatment depends on the arm'];
  const keygen = ['--role', 'officer', '--name', 'New', '--no-passphrase'];
  const sheet = ['--sheet', 'avery-l7160', '--specimen'];
  const masked = ['--masked', '--until', '2026-05-28', '--purpose', 'interim 1'];
  return [
    ['init', at('new'), '--plan', at('new-plan.yaml')],
    ['keygen', '--output', at('new.key'), ...keygen],
    on('assess', '--plan', plan),
    on('allocate', '--plan', plan),
    on('open', '--identity', statistician, '--output', '-', ...why),
    on('commitment'),
    on('people'),
    on('people', 'add', '--role', 'packer', '--name', 'New', '--recipient', SENT, '--dry-run'),
    on('study'),
    on('amend'),
    on('randomize', '--subject', 'CRT-003', '--site', 'CRT', '--day1', '2026-06-15', ...by),
    on('calendar'),
    on('calendar', '--subject', 'CRT-001'),
    on('calendar', 'plan', '--from', '2026-06-01', '--to', '2026-06-30'),
    on('calendar', 'load', '--from', '2026-06-01'),
    on('dose', '--subject', 'CRT-001', '--visit', 'D1', '--date', '2026-06-15', ...by),
    on('attend', 'CRT-001', '--visit', 'D1', '--date', '2026-06-15', ...by),
    on('move', '--subject', 'CRT-001', '--visit', 'D15', '--date', '2026-06-30', ...by),
    on('calendar', '--subject', 'CRT-001'),
    on('deviations'),
    on('export', 'transfer'),
    on('export', 'accountability', '--format', 'xlsx'),
    on('withdraw', 'CRT-002', '--from', 'study', '--date', '2026-06-10', ...why, ...by),
    on('replace', '--subject', 'CRT-030', '--for', 'CRT-002', '--day1', '2026-06-15', ...by),
    on('transfer', 'CRT-002', '--to', 'CRT', '--date', '2026-06-10', ...why, ...by),
    on('correct', 'CRT-002', '--new-id', 'CRT-020', ...why, ...by),
    on('correct', 'CRT-002', '--factor', 'sex=F', ...why, ...by),
    on('randomized-in-error', 'CRT-002', ...why, ...by),
    on('lock', ...why, ...by),
    on('unlock', ...why, ...by),
    on('labels', '--output', at('labels.pdf'), ...sheet),
    on('packing', '--identity', packer, '--output', '-', ...why),
    on('check', '--kit', first),
    on('kit', 'shipped', '--kits', first, '--to', 'CRT', '--date', '2026-06-13', ...by),
    on('kit'),
    on('check', '--kit', first),
    on('kit', 'received', '--kits', `${first},${second}`, '--date', '2026-06-14', ...by),
    on('kit', 'dispensed', '--kits', first, '--subject', 'CRT-001', '--date', '2026-06-15', ...by),
    on('kit', 'returned', '--kits', first, '--units', '2', '--date', '2026-06-20', ...by),
    on('kit', 'returned-to-depot', '--kits', first, '--date', '2026-06-20', ...by),
    on('kit', 'destroyed', '--kits', second, '--date', '2026-06-20', ...why, ...by),
    on('kit', 'retracted', '--kits', second, ...why, ...by),
    on('kit', 'quarantined', '--kits', third, '--date', '2026-06-20', ...why, ...by),
    on('kit', 'released', '--kits', third, '--date', '2026-06-20', ...why, ...by),
    on('kit', 'lost', '--kits', third, '--date', '2026-06-20', ...why, ...by),
    on('kit'),
    on('unblind', '--subject', 'CRT-001', '--identity', officer, ...why),
    on('unblind', '--subject', 'CRT-001', '--identity', officer, ...why),
    on('unblind', '--all', ...masked, '--identity', statistician, '--output', '-'),
    on('unblind', '--letters', 'interim 1', '--identity', statistician, ...why),
    on('reveal', 'CRT-001', '--identity', officer),
    on('cards', '--output', at('cards.pdf'), '--identity', officer, ...why),
    on('people', 'add', '--role', 'preparer', '--name', 'Preparer', '--recipient', SENT),
    on('rewrap', '--identity', officer, ...why),
    on('prepare', 'CRT-001', '--identity', officer, '--output', at('CRT-001.age')),
    ['docs', 'scope'],
    ['schema', 'plan', '--output', at('plan.schema.json')],
    ['completion', 'fish'],
    on('verify'),
    on('ledger'),
    on('status'),
  ];
}

/** Whether a command asks before it changes something. */
function hasYes(words: readonly string[]): boolean {
  const found = EVERY.filter(([name]) => `${words.join(' ')} `.startsWith(`${name} `)).at(-1);
  const command = new Command();
  found?.[1].define(command);
  return command.options.some(({ long }) => long === '--yes');
}

/** A command line without what differs from run to run: places, times, and what is drawn. */
function steady(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replace(/[0-9a-f]{64}/g, 'DIGEST')
    .replace(/\d\d:\d\d(:\d\d)?|\d{8}T\d{6}/g, 'TIME')
    .replace(/age1\w+/g, 'RECIPIENT');
}

/** What may be wider than a terminal: one word, a command to copy, a line for a program, or a row of counts. */
function mayBeWide(line: string): boolean {
  return (
    /^\s*\S+$/.test(line) ||
    /[0-9a-f]{64}|age1\w{58}/.test(line) ||
    /^\s*(\$ )?(randose|age|openssl) /.test(line) ||
    /^[^ ]*,[^ ]*,/.test(line) ||
    (line.match(/\S {2,}(?=\S)/g) ?? []).length >= 4 ||
    /^\s+stock$/.test(line)
  );
}

/**
 * Gives every command of a trial on a terminal of some width, with colour and without, and compares the two: they say the
 * same, in lines that fit.
 */
export function expectSameInColour(columns: number): void {
  const original = allocated();
  const two = [
    ['CRT-001', '2026-06-15'],
    ['CRT-002', '2026-06-16'],
  ] as const;
  for (const [subject, day1] of two) {
    const words = ['--subject', subject, '--site', 'CRT', '--day1', day1, '--by', 'Example'];
    mustRun('randomize', '--study', original.study, ...words);
  }
  const runs = [true, false].map((hasColour) => {
    const folder = testFolder();
    const trial = { ...original, folder, study: join(folder, 'depil-2') };
    cpSync(original.study, trial.study, { recursive: true });
    const state = testFolder();
    return storyOf(trial).map((typed) => {
      // The folder is a copy, and nobody is there to answer.
      const words = hasYes(typed) ? [...typed, '--yes'] : typed;
      const { text } = randoseOnTerminal(words, { columns, hasColour, state });
      return { words, folder, text };
    });
  });
  const [coloured = [], plain = []] = runs;
  let isColoured = false;
  const wide: string[] = [];
  for (const [index, { words, folder, text }] of coloured.entries()) {
    const other = plain[index]!;
    const name = words.slice(0, 2).join(' ');
    isColoured ||= withoutColour(text) !== text;
    expect(other.text, name).toBe(withoutColour(other.text));
    expect(steady(withoutColour(text), folder), name).toBe(steady(other.text, other.folder));
    wide.push(...tooWide(other.text, columns).map((line) => `${name}: ${line}`));
  }
  expect(wide).toEqual([]);
  expect(isColoured).toBe(true);
  const typed = coloured.map(({ words }) => words.join(' '));
  for (const [name] of EVERY.filter(([one]) => !APART.includes(one))) {
    expect(
      typed.some((line) => line.startsWith(`${name} `)),
      name,
    ).toBe(true);
  }
}

/** The lines of a text that are wider than a terminal, and need not be. */
export function tooWide(text: string, columns: number): string[] {
  return text.split('\n').filter((line) => line.length > columns && !mayBeWide(line));
}
