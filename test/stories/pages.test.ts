import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  editStudy,
  enrolled,
  kitsOfTrial,
  labelled,
  randoseIn,
  testFolder,
  type Trial,
} from '../support/command-line.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
/** The public half of a key that nobody kept. */
const SENT = 'age1x84x7t0svuk03re6yhvr6lkl4qdpdudvsuusdf66k9qunqh8u4eschrqkp';

/** What the page shows as the content of a file begins like a command. */
const NOT_TYPED = 'randose commitment 1';

const textOf = (page: string) => readFileSync(join(DOCS, page), 'utf8');

/** The commands that a page prints on lines of their own, in their order, without the remark beside them. */
function commandsOf(page: string): string[] {
  return textOf(page)
    .split('\n')
    .map((line) => /^ {4,}((?:randose|printf|mkdir) .*?)(?: {3,}[a-z].*)?$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .filter((line) => line !== NOT_TYPED);
}

/** A command line as a shell takes it: words, some of them in quotes. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** What a reader does beside typing: another word for an example, and something done before a command. */
interface Reader {
  readonly type: (command: string) => string;
  /** By what a command begins with: what the page tells its reader to do before. */
  readonly before: Readonly<Record<string, () => void>>;
}

/** Types the commands of a page in their order, in a folder. @returns what did not succeed, and the count */
function walk(page: string, folder: string, { type, before }: Reader) {
  const failed: string[] = [];
  const typed = commandsOf(page);
  for (const printed of typed) {
    for (const [start, work] of Object.entries(before)) if (printed.startsWith(start)) work();
    const [program, ...words] = wordsOf(type(printed));
    if (program === 'mkdir') mkdirSync(join(folder, words[0]!), { recursive: true });
    else if (program === 'printf') {
      writeFileSync(join(folder, words.at(-1)!), words[0]!.replaceAll('\\n', '\n'));
    } else {
      const { status, stderr } = randoseIn(folder, ...words);
      if (status !== 0) failed.push(`${printed}\n${status} ${stderr}`);
    }
  }
  return { failed, count: typed.length };
}

test('every command of the pharmacist’s page runs as printed, in the order of the page [R-111]', () => {
  const trial = labelled();
  const { study } = trial;
  const kits = kitsOfTrial(trial);
  const [first = '', second = '', third = '', fourth = ''] = kits;
  const elsewhere = testFolder();
  copyFileSync(trial.packer, join(elsewhere, 'packer.key'));
  copyFileSync(trial.officer, join(elsewhere, 'card-maker.key'));
  writeFileSync(join(study, '..', 'scanned.txt'), `${kits.slice(0, 4).join('\n')}\n`);
  const table = /^ {4}(subject,site,day1\n(?: {4}.*\n)+)/m.exec(textOf('pharmacist.md'))![1]!;
  writeFileSync(join(study, '..', 'participants.csv'), table.replace(/^ +/gm, ''));
  const { failed, count } = walk('pharmacist.md', study, {
    type: (command) =>
      command
        .replaceAll('474WW4E', first)
        .replaceAll('PGRC4YT', second)
        .replaceAll('RA3XPKC', third)
        .replaceAll('JCJ34EA', fourth)
        .replaceAll(/\/(packers|secure)\//g, `${elsewhere}/`),
    before: {
      'randose labels --use-by': () => {
        editStudy(trial, ['expiry: 2027-06', 'expiry: 2027-12']);
      },
    },
  });
  expect(failed).toEqual([]);
  expect(count).toBe(52);
});

test('every command of the statistician’s page runs as printed, in the order of the page [R-111]', () => {
  const folder = testFolder();
  const study = join(folder, 'depil-2');
  const trial = { study } as Trial;
  const { failed, count } = walk('statistician.md', folder, {
    type: (command) =>
      // Nobody is there to type a passphrase.
      command.startsWith('randose keygen')
        ? `${command} --no-passphrase`
        : command.replace('age1…', SENT).replace('2026-12-07', '2026-05-29'),
    before: {
      'randose study --study depil-2 --diff': () => {
        editStudy(trial, ['closed:', 'closed :']);
      },
      'randose amend --study depil-2 --id A2 --reason': () => {
        const [block = ''] = /^amendments:\n(?: .*\n)+/m.exec(textOf('statistician.md')) ?? [];
        // The reader's amendment counts from the next day on.
        const later = block.replace(/from: [\d-]+/, 'from: 2026-05-29');
        appendFileSync(join(study, 'study.yaml'), `\n${later}`);
      },
      'randose allocate --extend': () => {
        editStudy(trial, ['slots: 18', 'slots: 36']);
      },
    },
  });
  expect(failed).toEqual([]);
  expect(count).toBe(44);
});

test('the physician’s page makes a key that the officer can seal an answer to', () => {
  const trial = enrolled();
  const elsewhere = testFolder();
  const [ask, keygen = ''] = commandsOf('physician.md');
  expect(ask).toBe('randose unblind');
  const made = randoseIn(elsewhere, ...wordsOf(keygen).slice(1), '--no-passphrase');
  expect(made.status, made.stderr).toBe(0);
  expect(made.stderr).toContain('to the officer who seals an answer for you');
  const to = ['--to', made.stdout.trim(), '--output', join(elsewhere, 'answer.age')];
  const key = ['--identity', trial.officer, '--reason', 'serious adverse event'];
  const sealed = randoseIn(trial.study, 'unblind', 'CRT-007', ...key, ...to);
  expect(sealed.status, sealed.stderr).toBe(0);
  expect(sealed.stdout + sealed.stderr).not.toMatch(/ILT101|PLACEBO/);
});

test('every command of the data manager’s page runs as printed, in the order of the page', () => {
  const { study } = enrolled();
  const { failed, count } = walk('data-manager.md', study, {
    type: (command) => command,
    before: {
      'randose allocate --rehearsal': () => {
        appendFileSync(join(study, 'study.yaml'), '\nredcap: { dag: { CRT: 1330 } }\n');
        writeFileSync(join(study, '..', 'rehearsal-plan.yaml'), 'blocks: { sizes: [9] }\n');
      },
    },
  });
  expect(failed).toEqual([]);
  expect(count).toBe(15);
});
