import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { setClockFor } from '../../support/clock.ts';
import { contentsOf, FIXTURES, mustRun, type Ran, testFolder } from '../../support/command-line.ts';
import { ledgerOf, replaceIn } from '../../support/custody.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import {
  DATABASE,
  type Login,
  Person,
  serve,
  type ServedStudy,
  twoSites,
} from '../../support/served-study.ts';

/*
 * One trial, lived twice: by people who share a folder, and by the same people with a login and a folder each, whose ledger
 * is in a database. Whatever they type, they are told the same, and the trial that comes out is the same.
 */

const ENTROPY = join(import.meta.dirname, '..', '..', 'support', 'entropy.cjs');
const key = (name: string) => join(FIXTURES, 'keys', `${name}.key`);
const STATISTICIAN = ['--by', 'C. Example, statistician, Example CRO'];
const NURSE = ['--by', 'E. Noël, nurse, Hôpital \\ “例”'];
const PHARMACIST = ['--by', 'F. Example, pharmacist, Example Pharmacy'];
const PHYSICIAN = ['--by', 'N. Night, physician, Example Hospital'];
const why = (reason: string) => ['--reason', reason];

const JUNE_1 = '2026-06-01';
const JUNE_8 = '2026-06-08';
const JULY_13 = '2026-07-13';
const INDUCTION = [1, 2, 3, 4, 5];
const SCHEDULE = `
      leastInterval: 1 day
      injections:
        - { phase: induction, days: 1-5 }
        - { phase: maintenance, weeks: 3-5, window: -1/+2, leastInterval: 5 days }
      assessments:
        - { name: Safety, days: [1, 60], window: ±3 }
`;
const AMENDMENT = `amendments:
  - id: A2
    from: 2026-07-06
    applies: later participants
    schedule:${SCHEDULE}`;

/** Day N of somebody whose Day 1 was a date. */
function day(day1: string, number: number): string {
  return new Date(Date.parse(day1) + (number - 1) * 86_400_000).toISOString().slice(0, 10);
}

/** A folder with its ledger, and the same study with its ledger in a database. */
interface Lives {
  readonly folder: Person;
  readonly served: ServedStudy;
}

let made: Promise<Lives> | undefined;
const lives = () => (made ??= begin());

/** Two participants are randomized before the ledger is moved. */
async function begin(): Promise<Lives> {
  const factors = 'factors:\n  - { name: sex, levels: [F, M] }\n';
  const strata = 'strata: { slotsPerStratum: 6 }\nreplacements: { offset: 1000 }\n';
  const study = twoSites({
    edit: (text) => text.replace(/^strata:\n(?: .*\n)+/m, `${factors}${strata}`),
  });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'key', '-f', signingKey()]);
  const [type, text] = readFileSync(`${signingKey()}.pub`, 'utf8').split(' ');
  const signer = `zoe@example.org namespaces="randose-ledger" ${type} ${text}\n`;
  appendFileSync(join(study, 'allowed-signers'), signer);
  mustRun(...enrol('S01-001', 'F'), '--study', study, '--sign', signingKey());
  mustRun(...enrol('S01-002', 'M'), '--study', study);
  const home = testFolder(afterAll);
  const copy = join(home, 'tst-1');
  cpSync(study, copy, { recursive: true });
  rmSync(join(copy, '.randose.home'), { force: true });
  const served = await serve(study);
  // The server has the clock of the tests, too.
  const entering = await served.sql(`select pg_get_functiondef('randose.enter'::regproc)`);
  const ahead = `clock_timestamp() + current_setting('randose_test.ahead')::interval`;
  expect(entering.split('clock_timestamp()')).toHaveLength(2);
  await served.sql(entering.replace('clock_timestamp()', ahead));
  return {
    folder: new Person('manager', copy, '', { XDG_STATE_HOME: join(home, 'state') }),
    served,
  };
}

const keys = testFolder(afterAll);
const signingKey = () => join(keys, 'zoe');

/** A participant of the site in the id is randomized. */
function enrol(subject: string, sex: string, day1 = JUNE_1): string[] {
  const who = ['--subject', subject, '--site', subject.slice(0, 3), '--factor', `sex=${sex}`];
  return ['randomize', ...who, '--day1', day1, ...NURSE];
}

/** What a command printed and wrote. */
interface Said extends Ran {
  readonly files: Readonly<Record<string, string>>;
}

/** Where commands write what nobody else needs; in their words, OUT. */
const outOf = ({ folder }: Person) => join(folder, '..', 'out');

async function told(person: Person, words: readonly string[]): Promise<Said> {
  const out = outOf(person);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  const database = person.url === '' ? [] : ['--ledger', person.url];
  const typed = words.map((word) => word.replace(/^OUT\b/, out));
  const ran = await person.typeKept(...typed, '--study', person.folder, ...database);
  const places = [` --study ${person.folder}`, database.map((word) => ` ${word}`).join('')];
  const known = (text: string) =>
    withoutOwn(
      places
        .filter((place) => place !== '')
        .reduce((rest, place) => rest.replaceAll(place, ''), text)
        .replaceAll(out, 'OUT')
        .replaceAll(person.folder, 'STUDY'),
    );
  const files = [...contentsOf(out)].map(([name, bytes]) => [
    name,
    known(bytes.toString('latin1')),
  ]);
  return {
    status: ran.status,
    stdout: known(ran.stdout),
    stderr: known(ran.stderr),
    files: Object.fromEntries(files) as Record<string, string>,
  };
}

/** A text without what two entries of the same act do not share: their ids and hashes, and the time of the day. */
function withoutOwn(text: string): string {
  return text
    .replace(/[0-9a-f]{64}/g, 'HASH')
    .replace(/\b[0-9a-f]{32}\b/g, 'ID')
    .replace(/("signature": ?)"[^"]*"/g, '$1"SIGNATURE"')
    .replace(/(\d{8})T\d{6}/g, '$1 TIME') // calendars, and folders of what was replaced
    .replace(/(\d\d[A-Z]{3}\d\d):\d\d:\d\d:\d\d/g, '$1:TIME') // SAS transport
    .replace(/(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?/g, '$1 TIME')
    .replace(/(\d{4}-\d\d-\d\d) \d\d:\d\d(?::\d\d)?/g, '$1 TIME');
}

let step = 0;

/** A command line, typed by somebody in both lives. */
async function both(login: Login, words: readonly string[]): Promise<[Said, Said]> {
  const { folder, served } = await lives();
  const person = await served.person(login);
  setClockFor([...words, '--study', folder.folder], process.cwd());
  const ahead = process.env.RANDOSE_TEST_CLOCK ?? '0';
  await served.sql(`alter database ${DATABASE} set randose_test.ahead = '${ahead} milliseconds'`);
  step += 1;
  const alike = {
    RANDOSE_TEST_CLOCK: ahead,
    RANDOSE_TEST_ENTROPY: String(step),
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${ENTROPY}`,
  };
  return Promise.all([told(folder.with(alike), words), told(person.with(alike), words)]);
}

/** A command line that does in both lives what it should, and says the same. @returns what it says */
async function does(login: Login, ...words: string[]): Promise<Said> {
  const [inFolder, inDatabase] = await both(login, words);
  expect(inFolder.status, `${words.join(' ')}\n${inFolder.stderr}`).toBe(0);
  expect(inDatabase, words.join(' ')).toEqual(inFolder);
  return inFolder;
}

/** A command line that is refused in both lives, for the same reason. @returns what it says */
async function refuses(login: Login, ...words: string[]): Promise<string> {
  const [inFolder, inDatabase] = await both(login, words);
  expect(inFolder.status, words.join(' ')).not.toBe(0);
  expect(inDatabase, words.join(' ')).toEqual(inFolder);
  return inFolder.stderr;
}

/** Gives the injections of some days as they were planned. */
async function treats(
  subject: string,
  day1: string,
  days: readonly number[],
  ...more: string[]
): Promise<void> {
  for (const number of days) {
    const about = ['--visit', `D${number}`, '--date', day(day1, number)];
    await does(siteOf(subject), 'dose', subject, ...about, ...NURSE, ...more);
  }
}

/** What somebody who sees everything is shown, and what they can write. */
const REPORTS: readonly (readonly string[])[] = [
  ['status'],
  ['status', '--json'],
  ['ledger'],
  ['ledger', '--json'],
  ['ledger', 'S01-030', '--kind', 'subject-correction', 'dose'],
  ['calendar'],
  ['calendar', '--json'],
  ['calendar', '--format', 'csv', '--output', 'OUT/calendar.csv'],
  ['calendar', '--format', 'ics', '--output', 'OUT/ics'],
  ['calendar', '--format', 'pdf', '--output', 'OUT/calendar.pdf'],
  ['calendar', '--since', '20'],
  ['calendar', 'load'],
  ['deviations'],
  ['deviations', '--json'],
  ['kit'],
  ['kit', '--json'],
  ['kit', 'S01-002'],
  ['check', 'S01-004'],
  ['amend'],
  ['study'],
  ['commitment'],
  ['export', 'transfer', '--format', 'csv', '--output', 'OUT/transfer.csv'],
  ['export', 'accountability', '--format', 'csv', '--output', 'OUT/accountability.csv'],
  ['export', 'ledger', '--format', 'ndjson', '--output', 'OUT/ledger.ndjson'],
  ['export', 'sdtm', '--format', 'csv', '--output', 'OUT/csv'],
  ['export', 'sdtm', '--format', 'xpt', '--output', 'OUT/xpt'],
];

const SHOW_INJECTIONS = ['calendar', 'ledger', 'status'];

const siteOf = (subject: string) => (subject.startsWith('S08') ? 's08' : 's01');

async function kitOf(subject: string): Promise<string> {
  const { folder } = await lives();
  const entries = ledgerOf(folder.folder);
  return String(entries.find((one) => one.subject === subject && 'kit' in one)?.kit);
}

/** Edits study.yaml where everybody edits it, and where somebody with a login does. */
async function edits(login: Login, from: string, to: string): Promise<void> {
  const { folder, served } = await lives();
  for (const person of [folder, await served.person(login)]) {
    replaceIn(join(person.folder, 'study.yaml'), from, to);
  }
}

/** Everybody gets the new files; in the folder they have them. */
async function pull(): Promise<void> {
  const { served } = await lives();
  for (const login of ['manager', 'statistician', 'officer', 'inspector', 's01', 's08'] as const) {
    await (await served.person(login)).pull();
  }
}

describe('the life of a trial with its ledger in a database, as in a folder', () => {
  testWithPostgres('labels are printed, people are randomized, kits come', async () => {
    for (const site of ['S01', 'S08']) {
      const labels = ['labels', '--site', site, '--output', 'OUT/labels.pdf', ...PHARMACIST];
      await does(siteOf(site), ...labels, '--yes');
    }
    await does('s01', ...enrol('S01-03O', 'F'));
    await does('s01', ...enrol('S01-004', 'M'));
    await does('s01', ...enrol('S01-005', 'F', JUNE_8), '--sign', signingKey());
    const table = join(keys, 'participants.csv');
    const rows = ['S08-001,F', 'S08-002,M', 'S08-003,F'].map(
      (row) => `${row.replace(',', ',S08,')},${JUNE_1}\n`,
    );
    writeFileSync(table, `subject,site,sex,day1\n${rows.join('')}`);
    await does('s08', 'randomize', '--from', table, ...NURSE);
    expect(await refuses('s08', ...enrol('S08-003', 'F'))).toContain('S08-003');
    for (const subjects of [
      ['S01-001', 'S01-002', 'S01-03O', 'S01-004', 'S01-005'],
      ['S08-001', 'S08-002', 'S08-003'],
    ]) {
      const kits = (await Promise.all(subjects.map(kitOf))).join();
      const received = ['kit', 'received', '--kits', kits, '--date', '2026-05-29'];
      await does(siteOf(subjects[0]!), ...received, ...PHARMACIST);
    }
    const held = ['--kits', await kitOf('S01-002'), '--date', '2026-05-29'];
    await does('s01', 'kit', 'quarantined', ...held, ...why('too warm'), ...PHARMACIST);
    const given = ['kit', 'dispensed', '--subject', 'S01-002', ...held];
    expect(await refuses('s01', ...given, ...PHARMACIST)).toContain('in quarantine');
    await does('s01', 'kit', 'released', ...held, ...why('logger read: 6 C'), ...PHARMACIST);
    await does('s01', ...given, ...PHARMACIST);
    const lost = ['kit', 'lost', '--kits', await kitOf('S01-005'), '--date', '2026-05-30'];
    await does('s01', ...lost, ...why('not in the refrigerator'), ...PHARMACIST);
    const dispensing = ['labels', '--subject', 'S01-001', '--output', 'OUT/labels.zpl'];
    await does('s01', ...dispensing, '--format', 'zpl', ...PHARMACIST, '--yes');
  });

  testWithPostgres('the first week has its mistakes', async () => {
    const newId = ['correct', 'S01-03O', '--new-id', 'S01-030'];
    await does('s01', ...newId, ...why('letter O for zero'), ...NURSE, '--yes');
    const sex = ['correct', 'S01-030', '--factor', 'sex=M'];
    await does('s01', ...sex, ...why('read from the wrong file'), ...NURSE);
    await treats('S08-003', JUNE_1, [1]);
    const wrong = ['dose', 'S08-003', '--visit', 'D1', '--retract', ...why('it was S08-001')];
    await does('s08', ...wrong, ...NURSE);
    await treats('S01-001', JUNE_1, [1], '--with-assessments');
    for (const subject of ['S01-002', 'S01-004', 'S08-001']) await treats(subject, JUNE_1, [1]);
    const other = ['--kit', await kitOf('S08-001'), '--deviation', ...why('wrong box')];
    await treats('S08-002', JUNE_1, [1], ...other);
    const safety = ['attend', 'S01-002', '--visit', 'D1', '--date'];
    await does('s01', ...safety, JUNE_1, '--not-done', ...why('no laboratory'), ...NURSE);
    await does('s01', ...safety, '2026-06-02', '--correct', ...why('on Tuesday'), ...NURSE);
    await treats('S01-001', JUNE_1, INDUCTION.slice(1));
    await treats('S08-001', JUNE_1, [2]);
    await treats('S08-001', JUNE_1, [3], '--not-done', ...why('fever'));
    await treats('S08-001', JUNE_1, [4, 5]);
    const second = ['--additional', '--date', '2026-06-05', '--amount', '0.5 million IU'];
    await does('s08', 'dose', 'S08-001', ...second, ...why('second vial'), ...NURSE);
  });

  testWithPostgres('one was randomized in error, one stops, one moves', async () => {
    const inError = ['randomized-in-error', 'S01-005', ...why('screening failed')];
    await does('s01', ...inError, ...NURSE);
    const another = ['--subject', 'S01-007', '--for', 'S01-005', '--factor', 'sex=F'];
    await does('s01', 'replace', ...another, '--day1', JUNE_8, ...NURSE);
    await treats('S01-007', JUNE_8, [1]);
    const late = ['--visit', 'D15', '--date', day(JUNE_1, 19)];
    expect(await refuses('s08', 'dose', 'S08-001', ...late, ...NURSE)).toContain('D15');
    await does('s08', 'dose', 'S08-001', ...late, '--deviation', ...why('strike'), ...NURSE);
    const stops = ['--from', 'treatment', '--date', day(JUNE_1, 16), ...why('adverse event')];
    await does('s01', 'withdraw', 'S01-002', ...stops, ...NURSE);
    const kits = ['--kits', await kitOf('S01-002')];
    const back = [...kits, '--date', day(JUNE_1, 19)];
    await does('s01', 'kit', 'returned', ...back, '--units', '7', ...PHARMACIST);
    await does('s01', 'kit', 'retracted', ...kits, ...why('8 vials'), ...PHARMACIST, '--yes');
    await does('s01', 'kit', 'returned', ...back, '--units', '8', ...PHARMACIST);
    await does('s01', 'kit', 'returned-to-depot', ...back, ...PHARMACIST);
    const goes = ['--to', 'S08', '--date', day(JUNE_1, 18), ...why('moved house')];
    await does('s01', 'transfer', 'S01-004', ...goes, ...NURSE, '--yes');
    const kit = ['--kits', await kitOf('S01-004'), '--date', day(JUNE_1, 19)];
    await does('s01', 'kit', 'shipped', ...kit, '--to', 'S08', ...PHARMACIST);
    await does('s08', 'kit', 'received', ...kit, '--site', 'S08', ...PHARMACIST);
    const leaves = ['--from', 'study', '--date', day(JUNE_1, 17), ...why('consent withdrawn')];
    await does('s08', 'withdraw', 'S08-003', ...leaves, ...NURSE);
    const takenBack = ['--retract', ...why('it was another one')];
    await does('s08', 'withdraw', 'S08-003', ...takenBack, ...NURSE);
    const moved = ['--visit', 'D22', '--date', day(JUNE_1, 23), ...why('public holiday')];
    await does('s08', 'move', 'S08-003', ...moved, ...NURSE);
    const after = ['--visit', 'D22', '--date', day(JUNE_1, 24)];
    await does('s08', 'dose', 'S08-001', ...after, ...NURSE);
    const missed = ['--visit', 'D2', '--date', '2026-06-02', '--not-done', ...why('forgotten')];
    await does('s08', 'dose', 'S01-004', ...missed, ...NURSE);
  });

  testWithPostgres('the protocol changes, and the list is longer', async () => {
    await edits('statistician', 'supplies:\n', `${AMENDMENT}supplies:\n`);
    const amend = ['amend', '--id', 'A2'];
    await does('statistician', ...amend, ...why('substantial amendment 2'), ...STATISTICIAN);
    await pull();
    const consents = ['--subject', 'S01-007', '--date', '2026-07-06', ...why('consented again')];
    await does('s01', ...amend, ...consents, ...NURSE);
    await edits('statistician', 'slotsPerStratum: 6', 'slotsPerStratum: 12');
    const { served } = await lives();
    const plan = join(served.manager.folder, '..', 'plan.yaml');
    const extend = ['allocate', '--extend', '--plan', plan, '--identity', key('statistician')];
    await does('statistician', ...extend, ...STATISTICIAN, '--yes');
    await pull();
    await does('s01', ...enrol('S01-006', 'F', JULY_13));
    const kit = ['--kits', await kitOf('S01-006'), '--date', JULY_13];
    await does('s01', 'kit', 'received', ...kit, ...PHARMACIST);
    await treats('S01-006', JULY_13, [1, 2]);
    const gone = ['--visit', 'D36', '--date', day(JULY_13, 36)];
    expect(await refuses('s01', 'dose', 'S01-006', ...gone, ...NURSE)).toContain('D36');
  });

  testWithPostgres('sealed files are opened, and sealed to others', async () => {
    const physician = ['--identity', key('officer'), ...why('SAE'), ...PHYSICIAN];
    await does('s08', 'unblind', 'S08-002', ...physician);
    await does('s01', 'unblind', '--number', 'R001', ...physician);
    const paper = ['ledger', '--enter-paper', 'S01-007', '--opened', '2026-07-14T22:10Z'];
    const onPaper = ['--opened-by', 'N. Night, physician', '--key', 'Example Officer'];
    await does('s01', ...paper, ...onPaper, ...why('SAE'), ...PHYSICIAN, '--yes');
    const packing = ['packing', '--identity', key('packer'), '--output', 'OUT/packing.csv'];
    await does('officer', ...packing, ...why('packing'));
    const about = ['--until', day(JUNE_1, 36), '--purpose', 'interim 1', ...why('DSMB')];
    const asked = ['--identity', key('statistician'), '--output', 'OUT/masked.csv'];
    await does('statistician', 'unblind', '--all', '--masked', ...about, ...asked);
    const newKey = ['--output', join(keys, 'new-officer'), '--no-passphrase'];
    const made = mustRun('keygen', '--name', 'New Officer', ...newKey);
    const [recipient = ''] = /age1[0-9a-z]+/.exec(made) ?? [];
    const entry = `officers:\n  - { name: New Officer, recipient: ${recipient} }\n`;
    await edits('statistician', 'officers:\n', entry);
    const all = ['officer', 'packer', 'statistician'].map(key);
    const rewrap = ['rewrap', '--identity', ...all, ...why('a second officer')];
    await does('statistician', ...rewrap, ...STATISTICIAN);
    await pull();
  });

  testWithPostgres('the database is locked, unlocked, and locked', async () => {
    await does('statistician', 'lock', ...why('all queries closed'), ...STATISTICIAN);
    const safety = ['attend', 'S01-001', '--visit', 'D60', '--date', day(JUNE_1, 61), ...NURSE];
    expect(await refuses('s01', ...safety)).toContain('locked');
    await does('statistician', 'unlock', ...why('a query was reopened'), ...STATISTICIAN);
    await does('s01', ...safety);
    await does('statistician', 'lock', ...why('all queries closed again'), ...STATISTICIAN);
    const open = ['--identity', key('statistician'), ...why('locked'), ...STATISTICIAN];
    await does('statistician', 'open', ...open, '--output', 'OUT/list.csv');
    for (const more of [[], ['--doses']]) {
      await does('statistician', 'unblind', '--all', ...more, ...open, '--output', 'OUT/all.csv');
    }
  });

  for (const words of REPORTS) {
    testWithPostgres(`whoever sees all gets the same: ${words.join(' ')}`, async () => {
      await does('inspector', ...words);
    });
  }

  testWithPostgres(
    'nothing disagrees, and the folder that comes out is the same [R-117]',
    async () => {
      const { folder, served } = await lives();
      const [inFolder, inDatabase] = await both('inspector', ['verify']);
      expect(inFolder).toMatchObject({ status: 0, stdout: /Nothing disagrees/ });
      // The server of this test has no standby.
      const [note, ...more] = inDatabase.stdout.match(/^The database acknowledges .*\n/gm) ?? [];
      expect(more).toEqual([]);
      const stdout = inDatabase.stdout.replace(note ?? 'no note', '');
      expect({ ...inDatabase, stdout }).toEqual(inFolder);

      const copy = join(testFolder(), 'copy');
      const inspector = await served.person('inspector');
      const exported = await inspector.type('ledger', '--export', copy, '--ledger', inspector.url);
      expect(exported).toMatchObject({ status: 0 });
      expect(mustRun('verify', '--study', copy)).toContain('Nothing disagrees');
      const ledgerIn = (root: string) => readFileSync(join(root, 'ledger.jsonl'), 'utf8');
      expect(withoutOwn(ledgerIn(copy))).toBe(withoutOwn(ledgerIn(folder.folder)));
      expect(ledgerIn(copy)).not.toBe(ledgerIn(folder.folder));
      for (const path of ['study.yaml', 'allocation/list.csv', 'allocation/batch-2/list.csv']) {
        expect(readFileSync(join(copy, path))).toEqual(readFileSync(join(folder.folder, path)));
      }
    },
  );

  testWithPostgres('an injection that is recorded in one of them alone is seen', async () => {
    const { served } = await lives();
    const ahead = { RANDOSE_TEST_CLOCK: process.env.RANDOSE_TEST_CLOCK ?? '0' };
    const statistician = (await served.person('statistician')).with(ahead);
    await statistician.must('unlock', ...why('one more'), ...STATISTICIAN);
    const given = ['dose', 'S01-001', '--visit', 'D15', '--date', day(JUNE_1, 15), ...NURSE];
    await (await served.person('s01')).with(ahead).must(...given);
    for (const words of REPORTS.filter(
      ([what, ...more]) => SHOW_INJECTIONS.includes(what ?? '') && more.length === 0,
    )) {
      const [inFolder, inDatabase] = await both('inspector', words);
      expect(inDatabase, words.join(' ')).not.toEqual(inFolder);
    }
    const table = ['export', 'sdtm', '--format', 'csv', '--output', 'OUT/csv'];
    const [inFolder, inDatabase] = await both('inspector', table);
    expect(inDatabase.files).not.toEqual(inFolder.files);
  });
});
