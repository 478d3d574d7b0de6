import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { withExampleParticulars } from '../../src/study/depil-2.ts';
import { FIXTURES } from '../support/command-line.ts';
import { filesOf } from './damage.ts';
import type { Runs } from './processes.ts';

/** A trial in a folder of its own, before anything is broken, and what a command line can say about it. */
export interface Base {
  readonly name: string;
  readonly folder: string;
  /** What to break: the files that a fuzz is about are in it several times. */
  readonly files: readonly string[];
  readonly subjects: readonly string[];
  readonly newcomers: readonly string[];
  readonly numbers: readonly string[];
  readonly kits: readonly string[];
  readonly sites: readonly string[];
  readonly receipts: readonly string[];
}

/** Words that nothing has but the arms of these trials: their codes, and their names. */
const ARM_WORDS = ['XRAYARM', 'YOKEARM', 'ZULUARM', 'Xrayname', 'Yokename', 'Zuluname'];
export const ARM = new RegExp(ARM_WORDS.join('|'), 'i');

/** The time at which the trials begin. */
const START = Date.parse('2026-05-28T08:00:00Z');
/** Each of their commands is a day after the one before, apart from those that make keys. */
const DAY = 86_400_000;
/** The time of the commands on broken ones. */
export const LATER = Date.parse('2026-06-20T09:30:00Z');

const BY = ['--by', 'E. Example, coordinator, Example Hospital'];

/** A study.yaml with other words for its arms. */
function withArms(text: string): string {
  const { arms } = parse(text) as { arms: { code: string; name: string }[] };
  let result = text;
  arms.forEach(({ code, name }, index) => {
    const [other, called] = [ARM_WORDS[index]!, ARM_WORDS[index + 3]!];
    result = result
      .replace(name, `${called} substance`)
      .replaceAll(new RegExp(`(code: |\\{ ?|, )${code}(?=\\s*[,:\\n])`, 'g'), `$1${other}`);
  });
  return result;
}

interface Making {
  readonly name: string;
  /** A study of the fixtures, and its plan. */
  readonly study: string;
  readonly plan: string;
  readonly edit?: (text: string) => string;
  readonly subjects: readonly string[];
  readonly newcomers: readonly string[];
  readonly factors?: readonly string[];
  /** Whether it has a Day 1. */
  readonly isScheduled?: boolean;
  readonly sites: readonly string[];
  readonly isDraft?: boolean;
  readonly isRewrapped?: boolean;
  readonly isShared?: boolean;
  readonly isBusy?: boolean;
}

const crt = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `CRT-${String(from + n).padStart(3, '0')}`);
const design = (name: string) => ({
  name,
  study: `designs/${name}`,
  plan: `designs/${name}/plan.yaml`,
  sites: ['PAR', 'LYO'],
  subjects: ['PAR-001', 'PAR-002', 'LYO-001'],
  newcomers: ['PAR-003', 'LYO-002'],
});
const depil = {
  study: 'depil-2',
  plan: 'depil-2-plan.yaml',
  sites: ['CRT'],
  subjects: crt(1, 8),
  newcomers: crt(9, 12),
};

const MAKINGS: readonly Making[] = [
  { ...depil, name: 'busy', edit: withExampleParticulars, isBusy: true },
  { ...depil, name: 'rewrapped', subjects: crt(1, 2), isRewrapped: true },
  { ...depil, name: 'shared', subjects: crt(1, 3), isShared: true },
  { ...depil, name: 'draft', subjects: [], isDraft: true },
  {
    name: 'two-sites',
    study: 'two-sites',
    plan: 'two-sites-plan.yaml',
    sites: ['CRT', 'LYO'],
    subjects: ['CRT-001', 'CRT-002', 'LYO-001'],
    newcomers: ['CRT-003', 'LYO-002'],
  },
  design('double-dummy'),
  { ...design('replacements'), factors: ['sex=F'] },
  {
    ...design('clusters'),
    factors: ['beds=LT20'],
    isScheduled: false,
    subjects: ['PAR-WARD-01', 'LYO-WARD-02'],
    newcomers: ['PAR-WARD-03'],
  },
];

/** Makes the trials. The same seed makes the same bytes. */
export async function makeBases(folder: string, seed: string, run: Runs): Promise<Base[]> {
  const bases: Base[] = [];
  for (const making of MAKINGS)
    bases.push(await makeBase(join(folder, making.name), making, run, seed));
  return bases;
}

async function makeBase(folder: string, making: Making, run: Runs, seed: string): Promise<Base> {
  const { name, subjects, sites, factors = [] } = making;
  const study = join(folder, 'study');
  const state = join(folder, '..', `state-of-${name}`);
  mkdirSync(folder, { recursive: true });
  cpSync(join(FIXTURES, making.study), study, { recursive: true });
  rmSync(join(study, 'plan.yaml'), { force: true });
  cpSync(join(FIXTURES, 'keys'), join(folder, 'keys'), { recursive: true });
  const planFile = join(FIXTURES, making.plan);
  const plan = existsSync(planFile) ? readFileSync(planFile, 'utf8') : 'blocks: {sizes: [3]}\n';
  writeFileSync(join(folder, 'plan.yaml'), plan);
  const file = join(study, 'study.yaml');
  const { edit = (text: string) => text } = making;
  writeFileSync(file, withArms(edit(readFileSync(file, 'utf8'))));
  let [count, days] = [0, 0];
  const must = async (...words: string[]): Promise<string> => {
    count += 1;
    if (words[0] !== 'keygen') days += 1;
    const machine = `${seed}-${name}-${count}/${START + days * DAY}/steps`;
    const env = { XDG_STATE_HOME: state, XDG_CONFIG_HOME: join(folder, 'config') };
    const { status, stdout, stderr } = await run({ words, folder, machine, env }, 60_000);
    if (status === 0) return stdout;
    throw new Error(`${name}: randose ${words.join(' ')}: ${status}\n${stderr}${stdout}`);
  };
  const at = ['--study', 'study'];
  const day = making.isScheduled === false ? [] : ['--day1', '2026-06-01'];
  if (making.isShared === true) {
    const text = readFileSync(file, 'utf8').replace('officers: any', 'threshold: 2 of 3');
    writeFileSync(file, text);
    for (const [role, who] of [
      ['officer', 'second'],
      ['officer', 'third'],
      ['card-maker', 'cards'],
    ] as const) {
      const key = ['--output', `keys/${who}.key`, '--no-passphrase', '--name', `Example ${who}`];
      await must('keygen', '--role', role, ...key, ...at);
    }
  }
  const another = ['keygen', '--name', 'Example Physician', '--output'];
  await must(...another, 'keys/other.key', '--no-passphrase');
  writeFileSync(join(folder, 'passphrase.txt'), 'never to be seen 4711\n');
  await must(...another, 'keys/locked.key', '--passphrase-file', 'passphrase.txt');
  const siteOf = (subject: string) => sites.find((site) => subject.startsWith(site))!;
  const rows = (list: readonly string[]) =>
    list.map((subject) => {
      const levels = factors.map((factor) => factor.split('=')[1]!);
      return [subject, siteOf(subject), ...levels, ...day.slice(1)].join();
    });
  const names = factors.map((factor) => factor.split('=')[0]!);
  const header = ['subject', 'site', ...names, ...(day.length > 0 ? ['day1'] : [])].join();
  const csv = [header, ...rows(making.newcomers), ''].join('\n');
  writeFileSync(join(folder, 'participants.csv'), csv);
  const about = { name, folder, subjects, sites, newcomers: making.newcomers };
  if (making.isDraft === true) {
    return {
      ...about,
      files: weighted(folder),
      numbers: ['R001'],
      kits: ['4KX9TM7'],
      receipts: [],
    };
  }
  await must('allocate', '--plan', 'plan.yaml', ...at, ...BY);
  writeFileSync(join(folder, 'first.csv'), [header, ...rows(subjects), ''].join('\n'));
  await must('randomize', '--from', 'first.csv', ...at, ...BY);
  const list = readFileSync(join(study, 'allocation', 'list.csv'), 'utf8')
    .trim()
    .split('\n');
  const columns = list[0]!.split(',');
  const column = (called: string) =>
    list.slice(1).map((row) => row.split(',')[columns.indexOf(called)] ?? '');
  const numbers = column('number');
  const kits = columns.filter((called) => called.startsWith('kit')).flatMap(column);
  writeFileSync(join(folder, 'scanned.txt'), `${kits.slice(4, 9).join('\n')}\n`);
  const officers = ['officer', ...(making.isShared === true ? ['second'] : [])];
  const officer = ['--identity', ...officers.map((one) => `keys/${one}.key`), '--reason', 'SAE'];
  if (making.isBusy === true) await beBusy(kits, (...words) => must(...words, ...at), BY);
  if (making.isRewrapped === true) {
    writeFileSync(file, readFileSync(file, 'utf8').replace('Example Officer', 'Other Officer'));
    await must(
      'rewrap',
      '--identity',
      'keys/officer.key',
      'keys/packer.key',
      '--reason',
      'e',
      ...at,
    );
  }
  await must('commitment', '--output', 'commitment.txt', ...at);
  await must('commitment', '--checkpoint', '--output', 'checkpoint.txt', ...at);
  await must('unblind', '--subject', subjects[1]!, ...officer, '--proof', 'proof.txt', ...at);
  // Somebody else goes on with a copy.
  cpSync(study, join(folder, 'copy'), { recursive: true });
  rmSync(join(folder, 'copy', '.randose.home'), { force: true });
  await must('unblind', '--subject', subjects[0]!, ...officer, '--study', 'copy', '--yes');
  mkdirSync(join(folder, 'config', 'randose'), { recursive: true });
  const lines = readFileSync(join(study, 'ledger.jsonl'), 'utf8').trimEnd().split('\n');
  const receipts = lines.map((line) => {
    const { seq, hash } = JSON.parse(line) as { seq: number; hash: string };
    return `${seq}:${hash}`;
  });
  return { ...about, files: weighted(folder), numbers, kits, receipts };
}

/** A trial in which much has happened. */
async function beBusy(
  kits: readonly string[],
  must: (...words: string[]) => Promise<string>,
  by: readonly string[],
): Promise<void> {
  await must('labels', '--output', 'labels.zpl', '--format', 'zpl', ...by);
  await must('kit', 'received', '--kits', kits.slice(0, 4).join(), ...by);
  await must('calendar', '--format', 'ics', '--output', 'study/calendars');
  for (const [subject, visit, date] of [
    ['CRT-001', 'D1', '2026-06-01'],
    ['CRT-001', 'D2', '2026-06-02'],
    ['CRT-003', 'D1', '2026-06-01'],
  ] as const) {
    const what = ['--subject', subject, '--visit', visit, '--date', date, ...by];
    await must('dose', ...what);
  }
}

/** The files to break. Those that people and other programs write are broken more often. */
function weighted(folder: string): string[] {
  const files = filesOf(folder).map((file) => relative(folder, file));
  const often = (name: string): number => {
    if (name === 'study/study.yaml' || name === 'study/ledger.jsonl') return 12;
    if (/^(plan\.yaml|participants\.csv)$/.test(name)) return 8;
    if (/^study\/allocation\/(.*\/)?(manifest\.json|list\.csv)$/.test(name)) return 5;
    if (/^(proof|commitment|checkpoint|scanned)\.txt$|^keys\/.*key$/.test(name)) return 3;
    if (name.startsWith('study/custody') || name === 'copy/ledger.jsonl') return 3;
    return /envelopes|cards/.test(name) ? 0.4 : 1;
  };
  let rest = 0;
  return files.flatMap((file) => {
    rest += often(file);
    const times = Math.floor(rest);
    rest -= times;
    return Array.from({ length: times }, () => file);
  });
}
