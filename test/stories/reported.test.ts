import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  editStudy,
  FIXTURES,
  folderWith,
  kitsOfTrial,
  mustRun,
  planFile,
  randose,
  testFolder,
  type Ran,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

// Slips that people made with other programs, or that inspectors found: the smallest input for each.

const DAY1 = '2026-06-15';
const OFFICER = join(FIXTURES, 'keys', 'officer.key');
const BY = ['--by', 'Example Coordinator'];

/** The study with two sites, changed, with its list made. */
function started(...changes: [from: string, to: string][]): Trial {
  const make = (folder: string) => {
    mustRun(...allocation(preparedIn(folder, changes)));
  };
  const folder = folderWith('study', `two sites, ${JSON.stringify(changes)}`, make);
  return trialIn(folder);
}

function prepared(...changes: [from: string, to: string][]): Trial {
  return preparedIn(testFolder(), changes);
}

function preparedIn(folder: string, changes: [from: string, to: string][]): Trial {
  const trial = trialIn(folder);
  cpSync(join(FIXTURES, 'two-sites'), trial.study, { recursive: true });
  planFile(trial, 'blocks: { sizes: [3] }\n');
  editStudy(trial, ...changes);
  return trial;
}

function trialIn(folder: string): Trial {
  const keys = join(FIXTURES, 'keys');
  return {
    folder,
    study: join(folder, 'study'),
    plan: join(folder, 'plan.yaml'),
    participants: '',
    officer: OFFICER,
    statistician: join(keys, 'statistician.key'),
    packer: join(keys, 'packer.key'),
  };
}

function allocation({ study, plan }: Trial): string[] {
  return ['allocate', '--study', study, '--plan', plan];
}

function randomize(study: string, subject: string, ...more: string[]): Ran {
  const words = more.includes('--site') ? more : ['--site', 'CRT', ...more];
  const day = more.includes('--day1') ? [] : ['--day1', DAY1];
  return randose('randomize', '--study', study, '--subject', subject, ...words, ...day, ...BY);
}

function unblind(study: string, subject: string, ...more: string[]): Ran {
  const key = more.includes('--identity') ? [] : ['--identity', OFFICER];
  return randose('unblind', '--study', study, subject, ...key, '--reason', 'SAE', ...more);
}

test('by-too-long-and-bidi: a text is as long as people write, and all of it is seen', () => {
  const { study } = started();
  const run = (by: string) =>
    randose(
      ...['randomize', '--study', study, '--subject', 'S1', '--site', 'CRT'],
      ...['--day1', DAY1, '--by', by],
    );
  expect(run('x'.repeat(500))).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('--by has 500 characters: at most 200 are kept') as string,
  });
  expect(run('Eve\u202etxt').stderr).toContain('nobody sees, <U+202E>, after "Eve"');
  expect(mustRun('status', '--study', study)).toContain('0 randomized');
});

test('crlf-study-files: other line ends are told as such, and stop no code-break', () => {
  for (const file of ['ledger.jsonl', 'allocation/list.csv', 'allocation/manifest.json']) {
    const { study } = started();
    randomize(study, 'S1');
    const path = join(study, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'));
    const { status, stdout } = randose('verify', '--study', study);
    expect(status).toBe(1);
    expect(stdout).toContain(`${file}: has other line ends (CRLF); nothing else in it differs`);
    expect(stdout).not.toContain('altered');
    const opened = unblind(study, 'S1');
    expect(opened.status).toBe(0);
    expect(opened.stderr).toContain(`warning: ${file} has other line ends (CRLF)`);
  }
});

test('day1-on-a-holiday: Day 1 on a holiday or a Sunday is said when it is given', () => {
  const { study } = started();
  expect(randomize(study, 'S1', '--day1', '2026-07-14').stderr).toContain(
    'Day 1 of S1 is on 2026-07-14 Tue, Fête Nationale de la France, a public holiday',
  );
  expect(randomize(study, 'S2', '--day1', '2026-06-14').stderr).toContain(
    'Day 1 of S2 is on 2026-06-14, a Sunday.',
  );
  const far = ['S2', '--visit', 'D1', '--date', '2027-06-14', '--reason', 'x', '--by', 'Example'];
  expect(randose('move', ...far, '--study', study).stderr).toContain(
    'error: D1 of S2 cannot be moved\n',
  );
});

test('dose-cannot-be-taken-back: a record of the wrong participant goes back to planned', () => {
  const { study } = started();
  randomize(study, 'S1');
  for (const [visit, date] of [
    ['D1', '2026-06-15'],
    ['D2', '2026-06-16'],
    ['D3', '2026-06-17'],
    ['D4', '2026-06-18'],
    ['D5', '2026-06-19'],
    ['D15', '2026-06-29'],
  ] as const) {
    mustRun('dose', 'S1', '--visit', visit, '--date', date, '--study', study, ...BY);
  }
  const why = ['--reason', 'was another participant'];
  mustRun('dose', 'S1', '--visit', 'D15', '--retract', '--study', study, ...why, ...BY);
  const calendar = mustRun('calendar', 'S1', '--study', study, '--format', 'csv');
  expect(calendar).toMatch(/,15,3,2026-06-29,Mon,2026-06-29,planned,/);
});

test('duplicate-id-written-differently: an id like another one takes no slot without a yes [R-057]', () => {
  const { study } = started();
  expect(randomize(study, '001').status).toBe(0);
  expect(randomize(study, 'CRT-002').status).toBe(0);
  for (const [id, site, told] of [
    ['1', 'CRT', 'may be the same person as 001'],
    ['CRT_002', 'CRT', 'may be the same person as CRT-002'],
    ['CRT002', 'CRT', 'may be the same person as CRT-002'],
    ['crt-002', 'CRT', 'was randomized on 2026-05-28 (UTC): R002'],
    ['CRT-009', 'LYO', 'begins with the code of site CRT, but the site is LYO'],
  ] as const) {
    const { status, stderr } = randomize(study, id, '--site', site);
    expect(status, id).toBe(65);
    expect(stderr, id).toContain(told);
  }
  expect(mustRun('status', '--study', study)).toContain('2 randomized');
  expect(randomize(study, '1', '--id-is-right').status).toBe(0);
});

test('expired-kit-given: an expired kit is told of at each step, and refused where it would be given', () => {
  const trial = started(['2027-06', '2026-04']);
  const { study } = trial;
  const [kit = ''] = kitsOfTrial(trial);
  const at = ['--study', study, ...BY];
  expect(randose('kit', 'received', '--kits', kit, ...at).stderr).toContain(
    `kit ${kit} (lot L2026-01) expired on 2026-04-30`,
  );
  expect(randomize(study, 'S1').stderr).toContain('expired on 2026-04-30');
  expect(randose('kit', 'dispensed', '--kits', kit, '--subject', 'S1', ...at)).toMatchObject({
    status: 65,
    stderr: expect.stringContaining('add: --deviation --reason TEXT') as string,
  });
  const dose = ['dose', 'S1', '--visit', 'D1', '--date', DAY1, '--kit', kit, ...at];
  expect(randose(...dose)).toMatchObject({
    status: 65,
    stderr: expect.stringContaining('expired') as string,
  });
  expect(mustRun('check', kit, '--study', study)).toMatch(/L2026-01[\s\S]*EXPIRED/);
  expect(randose('status', '--study', study).stderr).toContain(`kit ${kit} (lot L2026-01) expired`);
});

test('expiry-extended: kits whose labels show the old date are named', () => {
  const trial = started(['2027-06', '2026-10']);
  const { study, folder } = trial;
  const [kit = ''] = kitsOfTrial(trial);
  mustRun('labels', '--study', study, '--kits', kit, '--output', join(folder, 'a.pdf'), ...BY);
  editStudy(trial, ['2026-10', '2027-10']);
  const told = `the label of 1 kit shows use by 2026-10-31, study.yaml says 2027-10-31: ${kit}`;
  expect(randose('status', '--study', study).stderr).toContain(told);
  expect(randose('verify', '--study', study).stdout.toLowerCase()).toContain(told.toLowerCase());
});

test('forked-folder: a stray ledger, and who has which number in it, is found', () => {
  const { study, folder } = started();
  randomize(study, 'S1');
  randomize(study, 'S2');
  const copy = join(folder, 'copy');
  cpSync(study, copy, { recursive: true });
  randomize(study, 'S3');
  randomize(copy, 'S4', '--yes');
  copyFileSync(join(copy, 'ledger.jsonl'), join(study, 'ledger (conflicted copy).jsonl'));
  const { status, stdout } = randose('verify', '--study', study);
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /conflicted copy.*forked.*R003 belongs to S4 in the other folder and to S3 in this one/,
  );
});

test('ics-uid-slash: a UID has no slash and no blank', () => {
  const { study } = started();
  randomize(study, 'S1');
  const ics = mustRun('calendar', 'S1', '--study', study, '--format', 'ics');
  const uids = ics.replaceAll('\r\n ', '').match(/^UID:.*$/gm) ?? [];
  expect(uids).toHaveLength(11);
  for (const uid of uids) expect(uid.trimEnd()).toMatch(/^UID:[0-9a-f]{32}@randose$/);
});

test('kit-lost-hold-and-overdrawn: what happens to kits has a word each, and units add up', () => {
  const trial = started();
  const { study } = trial;
  const [first = '', second = '', third = ''] = kitsOfTrial(trial);
  const at = ['--study', study, ...BY];
  randose('kit', 'received', '--kits', `${first},${second}`, ...at);
  randomize(study, 'S1');
  const why = ['--reason', 'temperature excursion'];
  expect(randose('kit', 'lost', '--kits', second, ...at).status).toBe(0);
  expect(randose('kit', 'quarantined', '--kits', first, ...why, ...at).status).toBe(0);
  const dispensed = ['kit', 'dispensed', '--kits', first, '--subject', 'S1', ...at];
  expect(randose(...dispensed).stderr).toContain('DO NOT GIVE IT');
  randose('kit', 'released', '--kits', first, ...why, ...at);
  randose('kit', 'destroyed', '--kits', first, ...why, ...at);
  const dose = ['dose', 'S1', '--visit', 'D1', '--date', DAY1, '--kit', first, ...at];
  expect(randose(...dose, '--deviation', ...why).status).toBe(0);
  const verified = randose('verify', '--study', study);
  expect(verified.status).toBe(1);
  expect(verified.stdout + verified.stderr).toContain('9 destroyed, 1 given: 1 more than');
  const early = ['kit', 'received', '--kits', third, '--date', '2020-01-01', ...at];
  expect(randose(...early)).toMatchObject({
    status: 65,
    stderr: expect.stringContaining('is before the list was made') as string,
  });
});

test('label-sheet-scale: a sheet that drifts has a scale', () => {
  const { study, folder } = started();
  const labels = ['labels', '--study', study, '--sheet', 'L7163', '--specimen'];
  mustRun(...labels, '--output', join(folder, 'a.pdf'), '--scale', '1.01,1.01');
  mustRun(...labels, '--output', join(folder, 'b.pdf'));
  const [scaled, plain] = ['a.pdf', 'b.pdf'].map((name) => readFileSync(join(folder, name)));
  expect(scaled).not.toEqual(plain);
});

testWithTool(['expect', '-v'])(
  'look-before-the-slot: who, where and when are shown before a slot is taken',
  () => {
    const { study } = started(
      ['strata:', 'factors:\n  - { name: sex, levels: [F, M] }\nstrata:'],
      ['slots: 6', 'slotsPerStratum: 6'],
      ['slots: 3', 'slotsPerStratum: 3'],
    );
    const words = ['randomize', '--subject', 'S1', '--site', 'CRT', '--factor', 'sex=F'];
    const { text, status } = atTerminal(
      study,
      [...words, '--day1', DAY1, ...BY],
      [['[y/N]', 'n\r']],
    );
    expect(text).toMatch(/S1[\s\S]*CRT[\s\S]*sex=F[\s\S]*2026-06-15/);
    expect(text).toContain('Nothing was recorded');
    expect(status).not.toBe(0);
    expect(mustRun('status', '--study', study)).toContain('0 randomized');
  },
);

test('one-block-size-silent: allocate says what a single size gives away', () => {
  const trial = prepared(['slots: 6', 'slots: 30'], ['slots: 3 ', 'slots: 30 ']);
  expect(randose(...allocation(trial)).stderr).toMatch(
    /warning: .*has one block size: .*randose assess/,
  );
});

test('passphrase-unicode-and-bom: one passphrase, however a computer writes it', () => {
  const trial = prepared();
  const { study, folder } = trial;
  const key = join(folder, 'k.key');
  const written = {
    nfc: 'my p\u00e4ssword',
    nfd: 'my pa\u0308ssword',
    bom: '\ufeffmy p\u00e4ssword',
  };
  for (const [name, text] of Object.entries(written))
    writeFileSync(join(folder, name), `${text}\n`);
  const from = (name: string) => ['--passphrase-file', join(folder, name)];
  const keygen = ['keygen', '--role', 'officer', '--name', 'Other Officer', '--output', key];
  mustRun(...keygen, ...from('nfc'), '--study', study);
  mustRun(...allocation(trial));
  randomize(study, 'S1');
  for (const name of ['nfc', 'nfd', 'bom']) {
    expect(unblind(study, 'S1', '--identity', key, ...from(name)).status, name).toBe(0);
  }
});

test('secret-key-in-study-folder: the code-break and verify say that it is there', () => {
  const { study } = started();
  randomize(study, 'S1');
  copyFileSync(OFFICER, join(study, 'officer.key'));
  const opened = unblind(study, 'S1', '--identity', join(study, 'officer.key'));
  expect(opened.status).toBe(0);
  expect(opened.stderr).toContain('is a secret key inside the study folder');
  const { status, stdout } = randose('verify', '--study', study);
  expect(status).toBe(1);
  expect(stdout).toMatch(/officer\.key: .*secret key/);
});

test('spreadsheet-forms: what spreadsheets write is read, or recognised', () => {
  const { study, folder } = started();
  const from = (content: string) => {
    const file = join(folder, 'list.csv');
    writeFileSync(file, content, 'latin1');
    return randose('randomize', '--study', study, '--from', file, ...BY);
  };
  expect(from(`sep=;\r\nsubject;site;day1\r\nCRT-003;CRT;${DAY1}\r\n`).status).toBe(0);
  expect(from(`subject;site;day1;;\r\nCRT-004;CRT;${DAY1};;\r\n;;;;\r\n`).status).toBe(0);
  const { status, stderr } = from('PK\u0003\u0004\u0014\u0000\u0006\u0000');
  expect(status).toBe(65);
  expect(stderr).toContain('CSV UTF-8');
});

test('unblind-by-number: a number opens, or says which command would', () => {
  const { study } = started();
  randomize(study, 'S1');
  expect(unblind(study, 'R001').status).toBe(0);
  const words = ['unblind', '--study', study, '--subject', 'R001', '--identity', OFFICER];
  const { status, stderr } = randose(...words, '--reason', 'SAE');
  expect(status).not.toBe(0);
  expect(stderr).toMatch(
    /"R001" is the randomization number of S1\b[\s\S]*randose unblind --number R001/,
  );
});

test('yaml-number-message: the text is shown as it is written', () => {
  const trial = prepared(['lot: L2026-01', 'lot: 0012345']);
  const { status, stderr } = randose(...allocation(trial));
  expect(status).toBe(78);
  expect(stderr).toContain('expected text, found 0012345 (put it in quotes)');
});
