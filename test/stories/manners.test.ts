import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Command } from '@commander-js/extra-typings';
import { type CommandEntry, DESKS } from '../../src/cli/command.ts';
import { PAGES } from '../../src/cli/commands/docs/pages.ts';
import { needsOf } from '../../src/cli/arguments/needs.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { FIXTURES, mustRun, randose, randoseIn, testFolder } from '../support/command-line.ts';
import { EVERY } from '../support/terminal-story.ts';

/** A command as commander has it, with its arguments and flags. */
function defined({ name, define }: CommandEntry): Command {
  const command = new Command(name).exitOverride().configureOutput({ writeErr: () => undefined });
  define(command);
  return command;
}

/** The words of an example: as a shell splits them that has nothing but quotation marks. */
function wordsOf(example: string): string[] {
  return [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

/** Commands whose examples are typed outside the study folder, or that write public files into it. */
const OUTSIDE_THE_STUDY: readonly string[] = ['assess', 'commitment', 'keygen'];

/** An example without the person's name: two that differ only in it show nothing. */
function withoutWho(example: string): string {
  return example.replace(/ --by "[^"]*"/, '');
}

describe('help', () => {
  test('lists every command and the exit statuses, in 80 columns', () => {
    const help = mustRun('--help');
    for (const { name } of COMMANDS) expect(help).toMatch(new RegExp(`^  ${name} +[A-Z]`, 'm'));
    expect(help).toContain('Exit status: 0 done');
  });

  test.each(EVERY)('%s has two examples that it accepts, and a page that exists', (name, entry) => {
    const help = mustRun(...name.split(' '), '--help');
    expect(help.match(/^ {2}\$ randose /gm)?.length).toBeGreaterThanOrEqual(2);
    const page = /^More: randose docs (\S+)$/m.exec(help)![1]!;
    expect(PAGES.find((one) => one.name === page)?.file).toBe(entry.page);
    for (const example of entry.examples) {
      const parts = entry.parts.find((part) => example.startsWith(`${name} ${part.name} `));
      if (parts !== undefined) continue; // an example of that part, which has its own
      expect(example).toMatch(new RegExp(`^${name}( |$)`));
      const words = wordsOf(example).slice(name.split(' ').length);
      defined(entry)
        .action(() => undefined)
        .parse(words, { from: 'user' });
    }
  });

  test.each(EVERY)('%s has examples that work in the study folder', (name, { examples }) => {
    for (const example of examples) {
      const path = /--output (\S+)/.exec(example)?.[1] ?? '';
      const isElsewhere = OUTSIDE_THE_STUDY.includes(name) || path.includes('/');
      if (/\.\w+$/.test(path)) expect(isElsewhere, example).toBe(true);
      expect(examples.filter((other) => withoutWho(other) === withoutWho(example))).toHaveLength(1);
    }
  });

  test.each(EVERY)('%s says what each of its flags is, in one sentence', (_, entry) => {
    const { description } = entry;
    expect(description).toMatch(/^[A-Z].*[^.]$/);
    for (const { flags, description: words, hidden } of defined(entry).options) {
      expect(words, flags).toMatch(/^\S.{2,}[^.]$/);
      if (flags === '--dummy') expect(hidden).toBe(true);
    }
  });

  test('a flag has the same words wherever it means the same', () => {
    const texts = new Map<string, Set<string>>();
    for (const [, entry] of EVERY) {
      for (const { flags, description } of defined(entry).options) {
        texts.set(flags, (texts.get(flags) ?? new Set()).add(description));
      }
    }
    for (const shared of ['--study <dir>', '--json', '--yes', '--sign <key>', '--force']) {
      const known = [...(texts.get(shared) ?? [])].filter((text) => !text.startsWith('also add'));
      expect(known, shared).toHaveLength(1);
    }
  });

  test('randose help COMMAND is the same page', () => {
    expect(mustRun('help', 'unblind')).toBe(mustRun('unblind', '--help'));
    expect(mustRun('help', 'kit', 'received')).toBe(mustRun('kit', 'received', '--help'));
  });

  test('randose alone names every command under its desk, on a screen of 24 lines', () => {
    const text = mustRun();
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const { name, desk } of COMMANDS) {
      const below = text.split(`${DESKS[desk]}\n`)[1] ?? '';
      expect(below.split(/\n(?=\S)/)[0]?.split(/[,\s]+/)).toContain(name);
    }
  });

  test.each(EVERY)('%s shows what it requires first, and says so', (name, entry) => {
    const help = mustRun(...name.split(' '), '--help');
    const options = /^Options:\n((?: .*\n)*)/m.exec(help)?.[1]?.match(/^ {2}-.*/gm) ?? [];
    const command = defined(entry);
    const needed = needsOf(command).flatMap(({ oneOf: [first] }) => (first === 'id' ? [] : first));
    const isMarked = (line: string) =>
      /^ {2}--\S+.*? {2,}required[:, ]|^ {2}--\S+.*? {2,}required with /.test(line);
    expect(
      options
        .filter(isMarked)
        .map((line) => /--[\w-]+/.exec(line)![0])
        .toSorted(),
    ).toEqual(needed.toSorted());
    const others = needsOf(command).flatMap(({ oneOf }) => oneOf);
    for (const line of options.slice(0, needed.length)) {
      expect(others).toContain(/--[\w-]+/.exec(line)![0]);
    }
    const isIdNeeded = needsOf(command).some(({ oneOf: [first] }) => first === 'id');
    expect(/^Usage: .*<id>/.test(help)).toBe(isIdNeeded);
    expect(/^ {2}id +required, or --/m.test(help)).toBe(isIdNeeded);
  });

  test.each(EVERY)('%s shows what most commands have last, in short', (name) => {
    const help = mustRun(...name.split(' '), '--help');
    const [own = '', common = ''] = help.split(/^Options of many commands:\n/m);
    const [lines = ''] = common.split('\n\n');
    for (const line of lines.split('\n')) expect(line).toMatch(/^ {2}-/);
    expect(lines).toContain('-h, --help');
    for (const flag of ['--yes', '--json', '--dry-run', '--sign']) {
      expect(own).not.toMatch(new RegExp(`^  ${flag}\\b`, 'm'));
    }
  });

  test('--version is the version of the package', () => {
    const text = readFileSync(join(FIXTURES, '..', 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    expect(mustRun('--version')).toBe(`${version}\n`);
  });
});

describe('a wrong command line exits 64 and says what to do', () => {
  test.each([
    [['alocate'], 'there is no command "alocate". Did you mean allocate?'],
    [['foo', '--help'], 'there is no command "foo"'],
    [['help', 'foo'], 'there is no command "foo"'],
    [['help', 'kit', 'recieved'], 'kit has no command "recieved"'],
    [
      ['--study', 'x', 'status'],
      'write the command before --study\nThat is: randose status --study',
    ],
    [['--vrsion'], "unknown option '--vrsion'. Did you mean --version?"],
    [['status', '--sudy', 'x'], "unknown option '--sudy'. Did you mean --study?"],
    [
      ['randomize', '--sudject', 'X'],
      "unknown option '--sudject'. Did you mean --subject?\n  randomize also needs --site <code>: the site's code, as in study.yaml (except with --from)\n",
    ],
    [
      ['dose', '--bi', 'X', '--visit', 'D1'],
      "unknown option '--bi'. Did you mean --by?\n  dose also needs the participant: ID, --subject ID, --number NUMBER or --kit CODE\n  dose also needs --date",
    ],
    [['dose'], 'dose needs 4 more options\n  the participant: ID, --subject ID'],
    [
      ['kit', 'received', '--by', 'X', '--kits', 'C7JPT4H', 'FJNYXMX'],
      'too many arguments for kit received: "FJNYXMX". Separate codes with commas: --kits C7JPT4H,FJNYXMX',
    ],
    [
      ['kit', 'lost', 'GX7YAJ4', '--by', 'X'],
      'too many arguments for kit lost: "GX7YAJ4". Use --kits GX7YAJ4',
    ],
    [
      ['calendar', '--format', 'doc', '--siet', 'x'],
      'unknown option \'--siet\'. Did you mean --site?\n  --format: expected table, csv, ics, json or pdf, not "doc"',
    ],
    [
      ['kit', 'received', '--reason', 'power', 'cut', '--by', 'X', '--kits', 'A'],
      'too many arguments for kit received: "cut". Put a text with spaces in quotes: --reason "SEVERAL WORDS"',
    ],
    ...(['dose', 'attend', 'move'] as const).map((name): [string[], string] => [
      [name, '--subject', 'X', '--visit', 'D1', '--date', 'today', '--by', 'A.', 'Example'],
      `too many arguments for ${name}: "Example". Put a text with spaces in quotes: --by "SEVERAL WORDS"`,
    ]),
    [
      ['reveal', '--reason', 'the', 'end', '--number', 'R001', '--identity', 'x'],
      'too many arguments for reveal: "end". Put a text with spaces in quotes: --reason "SEVERAL WORDS"',
    ],
    [
      ['randomize', 'CRT-006', '--day1', 'today', '--by', 'A.', 'Example'],
      'too many arguments for randomize: "CRT-006" "Example". Write the participant as --subject CRT-006\n  Put a text with spaces in quotes: --by "SEVERAL WORDS"\n  randomize also needs --site',
    ],
    [
      ['randomize', 'CRT-006', '--site', 'CRT', '--by', 'A. Example'],
      'too many arguments for randomize: "CRT-006". Write the participant as --subject CRT-006\nrandose randomize --help shows what it takes.',
    ],
    [
      ['check', '79h6', '93c'],
      'too many arguments for check: "93c". If this is one kit code, write it without spaces: check 79h693c',
    ],
    [
      ['check', 'CRT-001', 'CRT-002'],
      'too many arguments for check: "CRT-002". One kit or participant at a time.',
    ],
    [
      ['calendar', 'CRT-001', '--by', 'A. Example'],
      '--by: expected participant or site, not "A. Example". No name is needed here: nothing is recorded',
    ],
    [['status', '—sudy', 'x'], "unknown option '--sudy'. Did you mean --study?"],
    [['status', '--warn-at', 'lots'], '--warn-at: write a whole number, such as 3, not "lots"'],
    [
      ['withdraw', '--from', 'trial', 'CRT-001', '--by', 'X'],
      '--from: expected treatment or study, not "trial"\n  withdraw also needs --reason <text>: ',
    ],
    [
      ['withdraw'],
      'withdraw needs 5 more options\n  the participant: ID, --subject ID, --number NUMBER or --kit CODE\n  --reason <text>: ',
    ],
    [['withdraw', 'CRT-001', '--retract', '--by', 'X'], 'withdraw needs --reason <text>: why'],
    [
      ['kit', 'dispensed', '--by', 'X'],
      'kit dispensed needs 2 more options\n  --kits <codes> (the kits: CODE,CODE) or --from <file> (a file with their codes, one per line, as a scanner writes it)\n  --subject <id>: ',
    ],
    [['open'], 'open needs --identity <file...>: a statistician'],
    [['labels', '--specimen'], 'labels needs --output <path>: '],
    [['labels'], 'labels needs 2 more options\n  --by <who>: '],
    [
      ['dose', 'A', '--visit', 'D1', '--date', 'today', '--not-done', '--reason', ' ', '--by', 'X'],
      'dose needs --reason <text>: why',
    ],
    [['amend', '--id', 'A2'], 'amend needs 2 more options\n  --reason <text>: why'],
    [['allocate'], 'allocate needs --plan <file>: the confidential randomization plan'],
    [['keygen', '--name', 'x'], 'keygen needs --output <file>: the file for the secret key'],
    [['keygen', '--study', 'x', '--name', 'x'], 'keygen needs 2 more options\n  --role <role>: '],
    [
      ['kit', 'recieved', '--kits', 'A'],
      'kit has no command "recieved"\nIt has: shipped, received, dispensed, returned, returned-to-depot, destroyed, lost, quarantined, released, retracted. Did you mean received?',
    ],
    [['calendar', '--format', 'doc'], '--format: expected table, csv, ics, json or pdf, not "doc"'],
    [['verify', `${FIXTURES}/depil-2`], `Did you mean --study ${FIXTURES}/depil-2?`],
    [['init'], 'init needs <dir>: the folder to make'],
    [['status', 'more'], 'too many arguments'],
    [['people', 'remove', '--name', 'A'], 'To take somebody out, delete the two lines'],
    [
      ['assess', '--plan', 'a.yaml', 'b.yaml', 'c.yaml'],
      'To compare it with other plans, write: --against b.yaml c.yaml',
    ],
    [
      ['ledger', '--kind', 'lock,unlock'],
      '--kind: put spaces, not commas, between several: --kind lock unlock',
    ],
    [
      ['unblind', 'CRT-001', 'CRT-002'],
      'too many arguments for unblind: "CRT-002". One participant at a time.',
    ],
  ])('%j', (words, message) => {
    const { status, stdout, stderr } = randose(...words);
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(message);
  });

  test('as JSON it is one document on stdout [R-110]', () => {
    const { status, stdout, stderr } = randose('allocate', '--json');
    expect({ status, stderr }).toEqual({ status: 64, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'usage' } });
  });
});

test('without a study folder anywhere above it says so', () => {
  const { status, stderr } = randoseIn(testFolder(), 'status');
  expect(status).toBe(66);
  expect(stderr).toContain('no study.yaml here or in any folder above');
  expect(stderr).toContain('or make one: randose init DIR');
});

test('above a study folder it names the folder to go to, and in an emergency makes no new one', () => {
  const folder = testFolder();
  const unblind = () => randoseIn(folder, 'unblind', 'CRT-001').stderr;
  expect(unblind()).toContain('Go to the study folder, or name it with --study DIR');
  expect(unblind()).not.toContain('init');
  expect(randoseIn(folder, 'unblind', '--study', 'none').stderr).not.toContain('init');
  mustRun('init', join(folder, 'one'), '--plan', join(folder, 'plan.yaml'));
  for (const said of [unblind(), randoseIn(folder, 'status').stderr]) {
    expect(said).toContain('one/ is a study: cd one');
  }
  mustRun('init', join(folder, 'two'), '--plan', join(folder, 'plan-2.yaml'));
  expect(unblind()).toContain('These are studies: one/, two/.');
});

/** What a trial that goes well does without, or what is about randose itself. */
const NOT_IN_DEMO = new Set([
  ...[
    'open',
    'dose',
    'attend',
    'move',
    'check',
    'kit',
    'rewrap',
    'ledger',
    'selftest',
    'completion',
    'demo',
    'study',
    'people',
    'amend',
    'withdraw',
    'lock',
    'deviations',
    'export',
    'unlock',
    'transfer',
    'replace',
    'correct',
    'randomized-in-error',
    'reveal',
    'prepare',
    'docs',
    'schema',
    'pull',
  ],
]);

test('the demo does the whole trial, explains every step, and refuses a folder that exists', () => {
  const folder = join(testFolder(), 'demo');
  const { status, stdout, stderr } = randose('demo', folder);
  expect(status).toBe(0);
  for (const { name } of COMMANDS.filter((entry) => !NOT_IN_DEMO.has(entry.name))) {
    expect(stderr).toContain(`$ randose ${name} `);
  }
  expect(stdout).toContain('18 slots in 1 stratum, 2:1, drawn and sealed');
  expect(stdout).toMatch(/^ {2}(ILT101|PLACEBO) {2}/m);
  expect(stdout).toContain('Nothing disagrees.');
  expect(randose('verify', '--study', join(folder, 'depil-2')).status).toBe(0);
  expect(randose('demo', folder).status).toBe(73);
});

test('without a name the demo takes one that is free', () => {
  const folder = testFolder();
  expect(randoseIn(folder, 'demo').stderr).toContain('randose-demo/plan.yaml');
  expect(randoseIn(folder, 'demo').stderr).toContain('randose-demo-2/plan.yaml');
});
