import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  depil2,
  editStudy,
  extendList,
  jsonOf,
  kitsOfTrial,
  mustRun,
  randose,
  type Trial,
} from '../support/command-line.ts';
import { custodyTrial, enrolOne, ledgerOf, sealAndEnrol } from '../support/custody.ts';

const KEPT = '.randose.study.yaml';
const at = ({ study }: Trial, file: string) => readFileSync(join(study, file), 'utf8');
const WHO = ['--by', 'C. Example, statistician', '--reason', 'edited by mistake'];

describe('the study.yaml that was accepted last is kept', () => {
  test('at allocate, with each accepted change, and not with one that the list contradicts [R-095]', () => {
    const trial = allocated();
    const first = at(trial, 'study.yaml');
    expect(at(trial, KEPT)).toBe(first);
    appendFileSync(join(trial.study, 'study.yaml'), '# a remark\n');
    expect(at(trial, KEPT)).toBe(first);
    enrolOne(trial.study, 'CRT-001');
    expect(at(trial, KEPT)).toBe(`${first}# a remark\n`);
    editStudy(trial, ['slots: 18', 'slots: 24']);
    mustRun(
      'kit',
      'received',
      '--study',
      trial.study,
      '--kits',
      kitsOfTrial(trial)[0]!,
      '--date',
      '2026-06-01',
      '--by',
      'P',
    );
    expect(at(trial, KEPT)).toBe(`${first}# a remark\n`);
    extendList(trial);
    expect(at(trial, KEPT)).toBe(at(trial, 'study.yaml'));
    expect(mustRun('verify', '--study', trial.study)).not.toContain(KEPT);
  });

  test('and a study from before then gets its copy with the next entry', () => {
    const trial = allocated();
    rmSync(join(trial.study, KEPT));
    const none = randose('study', '--study', trial.study, '--restore');
    expect(none.status).toBe(66);
    expect(none.stderr).toContain('this folder has no copy of an accepted study.yaml');
    expect(none.stderr).toContain('Its list was made before randose kept one');
    enrolOne(trial.study, 'CRT-001');
    expect(at(trial, KEPT)).toBe(at(trial, 'study.yaml'));
  });
});

test('study names the entry with which a change was accepted, and no code-break', () => {
  const trial = allocated();
  appendFileSync(join(trial.study, 'study.yaml'), '# a remark\n');
  for (const subject of ['CRT-001', 'CRT-002']) enrolOne(trial.study, subject);
  const why = ['--identity', trial.officer, '--reason', 'SAE'];
  mustRun('unblind', 'CRT-001', '--study', trial.study, ...why);
  const told = mustRun('study', '--study', trial.study);
  expect(told).toContain('study.yaml is the one that was accepted last (ledger entry 2, ');
  expect(told.replaceAll(/\s+/g, ' ')).toMatch(
    /The accepted one is not the text that was sealed with the list \(ledger entry 1, .*\)\. That text is only in master\.age/,
  );
});

test('study says how study.yaml stands, and shows what was changed', () => {
  const trial = allocated();
  const same = mustRun('study', '--study', trial.study);
  expect(same).toMatch(/^study\.yaml is the one that was accepted last \(ledger entry 1, \d{4}-/);
  expect(same).toContain('The accepted one is the text that was sealed with the list.\n');
  editStudy(trial, ['slots: 18', 'slots: 24']);
  const short = mustRun('study', '--study', trial.study);
  expect(short).toContain('study.yaml differs in 1 line from the one that was accepted last');
  expect(short).toContain('It was changed after the list was sealed: strata.');
  expect(short).toContain('To bring the accepted one back: randose study --restore');
  const diff = mustRun('study', '--study', trial.study, '--diff');
  expect(diff).toMatch(/^ +- .*slots: 18/m);
  expect(diff).toMatch(/^ *\d+ \+ .*slots: 24/m);
  editStudy(trial, ['arms:', 'armz:']);
  expect(mustRun('study', '--study', trial.study)).toMatch(
    /study\.yaml:\d+:\d+: armz: unknown key/,
  );
});

describe('study --restore', () => {
  test.each<[string, (file: string) => void, boolean]>([
    [
      'a broken file',
      (file) => {
        writeFileSync(file, 'a: [b\n');
      },
      true,
    ],
    [
      'a file in another encoding',
      (file) => {
        writeFileSync(file, Buffer.from([0xe9, 0x0a]));
      },
      true,
    ],
    [
      'a missing file',
      (file) => {
        rmSync(file);
      },
      false,
    ],
  ])('brings back %s, with an entry, and keeps the edited one', (_, damage, isKept) => {
    const trial = allocated();
    const file = join(trial.study, 'study.yaml');
    const accepted = readFileSync(file);
    damage(file);
    const edited = isKept ? readFileSync(file) : undefined;
    const data = jsonOf('study', '--study', trial.study, '--restore', ...WHO);
    expect(data).toMatchObject({ restored: 1, edited: isKept ? 'study.yaml.edited' : null });
    expect(readFileSync(file)).toEqual(accepted);
    if (edited !== undefined) expect(readFileSync(`${file}.edited`)).toEqual(edited);
    expect(ledgerOf(trial.study).at(-1)).toMatchObject({
      action: 'study restoration',
      reason: 'edited by mistake',
      who: { name: 'C. Example' },
    });
    expect(mustRun('ledger', '--study', trial.study, '--kind', 'study-restoration')).toContain(
      'study.yaml brought back as it was accepted before',
    );
    mustRun('verify', '--study', trial.study);
  });

  test('does nothing if there is nothing to do, and needs an honest copy', () => {
    const trial = allocated();
    expect(randose('study', '--study', trial.study, '--restore').status).toBe(64);
    editStudy(trial, ['slots: 18', 'slots: 24']);
    appendFileSync(join(trial.study, KEPT), '# forged\n');
    const { status, stderr } = randose('study', '--study', trial.study, '--restore');
    expect(status).toBe(65);
    expect(stderr).toContain('is not one that the ledger names');
    expect(existsSync(join(trial.study, 'study.yaml.edited'))).toBe(false);
    expect(ledgerOf(trial.study)).toHaveLength(1);
  });

  test('is not for a study without a list', () => {
    const { study } = depil2();
    const { status, stderr } = randose('study', '--study', study);
    expect(status).toBe(66);
    expect(stderr).toContain('no study.yaml is accepted yet');
  });

  test('is what other commands advise', () => {
    const trial = allocated();
    editStudy(trial, ['code: PLACEBO', 'code: PLACEBX']);
    const words = ['--site', 'CRT', '--day1', '2026-06-15', '--by', 'E. Example'];
    const refused = randose('randomize', '--study', trial.study, '--subject', 'CRT-1', ...words);
    expect(refused.stderr).toContain('randose study --restore');
    expect(randose('verify', '--study', trial.study).stdout).toContain('randose study --restore');
    writeFileSync(join(trial.study, 'study.yaml'), 'a: [b\n');
    expect(randose('status', '--study', trial.study).stderr).toContain('randose study --restore');
    rmSync(join(trial.study, 'study.yaml'));
    expect(randose('status', '--study', trial.study).stderr).toContain('randose study --restore');
  });
});

describe('what is to be done is told from what is wrong', () => {
  test('more slots: verify succeeds and names the command, status says why nobody is randomized', () => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    editStudy(trial, ['slots: 18', 'slots: 24']);
    const { status, stdout } = randose('verify', '--study', trial.study);
    expect(status).toBe(0);
    expect(stdout).toContain(
      'To do: study.yaml has 6 slots more than the list (site=CRT: 6). A statistician or an officer adds them: randose allocate --extend',
    );
    const shown = mustRun('status', '--study', trial.study);
    expect(shown).toContain(
      'Nobody can be randomized now: study.yaml was changed after the list was sealed: strata.',
    );
    expect(shown).toContain('randose allocate --extend');
    expect(jsonOf('status', '--study', trial.study).stopped).toContain('Nobody can be randomized');
    extendList(trial);
    expect(jsonOf('status', '--study', trial.study).stopped).toBeNull();
    expect(mustRun('verify', '--study', trial.study)).not.toContain('To do');
  });

  test('other people: verify names them and the command [R-040]', () => {
    const made = custodyTrial();
    made.addPerson('officer', 'A. Example', '--study', made.study);
    sealAndEnrol(made, 1);
    const key = made.addPerson('officer', 'B. Example');
    const file = join(made.study, 'study.yaml');
    const text = readFileSync(file, 'utf8');
    const line = /^( *)- name: A\. Example\n.*\n/m.exec(text);
    writeFileSync(
      file,
      text.replace(
        line![0],
        `${line![0]}${line![1]}- name: B. Example\n${line![1]}  recipient: ${key}\n`,
      ),
    );
    const { status, stdout } = randose('verify', '--study', made.study);
    expect(status).toBe(0);
    expect(stdout).toContain(
      '(officer B. Example is added). An officer re-encrypts everything: randose rewrap',
    );
    expect(mustRun('status', '--study', made.study)).toContain('sealed: custody.\n');
  });

  test('fewer slots, or other arms, are wrong', () => {
    for (const change of [
      ['slots: 18', 'slots: 12'],
      ['code: PLACEBO', 'code: PLACEBX'],
    ] as const) {
      const trial = allocated();
      editStudy(trial, [...change]);
      const { status, stdout } = randose('verify', '--study', trial.study);
      expect(status).toBe(1);
      expect(stdout).toContain('study.yaml: was changed after the list was sealed');
      expect(stdout).not.toContain('To do');
      expect(mustRun('status', '--study', trial.study)).toContain('Nobody can be randomized now');
    }
  });
});
