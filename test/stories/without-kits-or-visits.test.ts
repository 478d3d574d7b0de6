import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FIXTURES, mustRun, randose, testFolder } from '../support/command-line.ts';

const DESIGNS = join(FIXTURES, 'designs');
const D1 = '2026-06-01';
const BY = ['--by', 'E. Example, pharmacist, Example Hospital'];
const WHY = ['--reason', 'example', ...BY];
const OFFICER = ['--identity', join(FIXTURES, 'keys', 'officer.key')];
const STATISTICIAN = ['--identity', join(FIXTURES, 'keys', 'statistician.key')];
const PACKER = ['--identity', join(FIXTURES, 'keys', 'packer.key')];
const NO_KITS = 'this study has no kits: study.yaml says supplies: none';
const NO_SCHEDULE = 'this study has no schedule: study.yaml says schedule: none';
const NO_INJECTIONS = 'the schedule of this study has no injections';

/** A kind of study, open label so that reveal is there too; and what is different in it. */
interface Kind {
  readonly design: string;
  readonly edit?: (text: string) => string;
  readonly levels?: readonly string[];
  readonly hasKits?: boolean;
  readonly hasSchedule?: boolean;
  readonly hasInjections?: boolean;
  readonly hasAssessments?: boolean;
  /** What a reveal and a code-break end with. */
  readonly treatments?: RegExp;
}

const KINDS: Record<string, Kind> = {
  'injections without kits': {
    design: 'weekly',
    edit: (text) => `${text.replace(/^packers:\n(?: .*\n)+/m, '')}supplies: none\n`,
    hasAssessments: false,
  },
  'visits without injections': { design: 'no-kits-surgery', hasInjections: false },
  clusters: {
    design: 'clusters',
    levels: ['--factor', 'beds=LT20'],
    hasSchedule: false,
    hasInjections: false,
    hasAssessments: false,
  },
  'a crossover': {
    design: 'crossover-with-washout',
    hasKits: true,
    treatments: /Period 1: (Active|Placebo)\n {2}Period 2: (Active|Placebo)\n/,
  },
};

/** A study of the kind, with its list drawn. @returns its folder, and that of files beside it */
function drawn({ design, edit = (text) => text }: Kind): { study: string; folder: string } {
  const folder = testFolder();
  const study = join(folder, design);
  mkdirSync(study);
  const text = readFileSync(join(DESIGNS, design, 'study.yaml'), 'utf8');
  writeFileSync(join(study, 'study.yaml'), `${edit(text)}blinding: open label\n`);
  cpSync(join(DESIGNS, design, 'plan.yaml'), join(folder, 'plan.yaml'));
  mustRun('allocate', '--study', study, '--plan', join(folder, 'plan.yaml'), ...BY);
  return { study, folder };
}

test.each(Object.entries(KINDS))('%s: every command works, or says why not', (_, kind) => {
  const { levels = [], treatments = /\n/ } = kind;
  const { hasKits = false, hasSchedule = true, hasInjections = true, hasAssessments = true } = kind;
  const { study, folder } = drawn(kind);
  const at = (name: string) => join(folder, name);
  const id = (number: number) => (hasSchedule ? `PAR-00${number}` : `PAR-WARD-0${number}`);
  const works = (words: readonly string[], text: string | RegExp = '') => {
    const { status, stdout, stderr } = randose(...words, '--study', study);
    expect([status, stderr], words.join(' ')).toEqual([0, expect.any(String)]);
    const shown = `${stdout}${stderr}`;
    expect(shown, words.join(' ')).toMatch(text);
    expect(shown, words.join(' ')).not.toMatch(/undefined|null,? kit|kit null|NaN/);
  };
  const refuses = (words: readonly string[], text: string, code = 64) => {
    const { status, stderr } = randose(...words, '--study', study);
    expect([status, stderr], words.join(' ')).toEqual([code, expect.stringContaining(text)]);
  };
  /** Works if the study has what it is about. */
  const ifThere = (has: boolean, words: readonly string[], why: string) => {
    if (has) works(words);
    else refuses(words, hasSchedule ? why : NO_SCHEDULE);
  };
  const day1 = hasSchedule ? ['--day1', D1] : [];
  const who = (number: number) => ['--subject', id(number), ...levels, ...day1];
  for (const number of [1, 2]) works(['randomize', ...who(number), '--site', 'PAR', ...BY]);

  // Visits.
  ifThere(hasSchedule, ['calendar'], NO_SCHEDULE);
  ifThere(hasSchedule, ['calendar', id(1)], NO_SCHEDULE);
  for (const format of ['csv', 'json', 'ics']) {
    ifThere(hasSchedule, ['calendar', id(1), '--format', format], NO_SCHEDULE);
  }
  ifThere(hasSchedule, ['calendar', '--changes', '--since', '1'], NO_SCHEDULE);
  ifThere(hasSchedule, ['calendar', 'load', '--from', D1], NO_SCHEDULE);
  ifThere(hasSchedule, ['calendar', 'plan', '--from', D1, '--to', D1], NO_SCHEDULE);
  const visit = (command: string, name: string, date: string) => {
    return [command, id(1), '--visit', name, '--date', date];
  };
  ifThere(hasInjections, [...visit('dose', 'D1', D1), ...BY], NO_INJECTIONS);
  ifThere(hasInjections, ['dose', id(1), '--additional', '--date', D1, ...WHY], NO_INJECTIONS);
  ifThere(hasAssessments, [...visit('attend', 'D1', D1), ...BY], 'visit D1 has no assessment');
  const [moved, to] = hasInjections ? ['D8', '2026-06-09'] : ['D30', '2026-07-02'];
  ifThere(hasSchedule, [...visit('move', moved, to), ...WHY], NO_SCHEDULE);
  works(['deviations'], hasInjections ? 'additional' : 'No deviation is on record.');
  works(['deviations', '--format', 'csv'], 'subject,site,randomization_number,');

  // Kits.
  const list = readFileSync(join(study, 'allocation', 'list.csv'), 'utf8').split('\n');
  const kit = hasKits ? list[1]!.split(',')[3]! : '474WW4E';
  const ofKits = (words: readonly string[]) => {
    if (hasKits) works(words);
    else refuses(words, NO_KITS);
  };
  ofKits(['kit']);
  for (const [event, ...more] of [
    ['received'],
    ['returned-to-depot'],
    ['shipped', '--to', 'PAR'],
    ['received'],
    ['dispensed', '--subject', id(1)],
    ['lost', '--reason', 'example'],
    ['retracted', '--reason', 'example'],
  ]) {
    ofKits(['kit', event!, '--kits', kit, ...more, ...BY]);
  }
  const units = ['--subject', id(1), '--only', 'units', '--profile', 'us-312.6', '--specimen'];
  ofKits(['labels', ...units, '--format', 'csv', '--output', at('units.csv'), ...BY]);
  ofKits(['packing', ...PACKER, '--output', at('packing.csv')]);
  works(['cards', ...OFFICER, '--reason', 'example', '--output', at('cards.pdf')], '-break cards');
  works(['check', id(1)], hasKits ? `kit ${kit} is valid` : 'number R001 is valid');
  works(['check', 'R001', '--json'], hasKits ? `"kit": "${kit}"` : '"kit": null');
  if (!hasKits) refuses(['check', kit], 'is not a participant or a randomization number', 65);

  // People.
  const its = hasKits ? 'R001, its kits and its stratum stay' : 'R001 and its stratum stay';
  works(['transfer', id(1), '--to', 'LYO', '--date', 'today', ...WHY], its);
  works(['correct', id(2), '--new-id', id(3), ...WHY], 'Both ids find the participant');
  works(['withdraw', id(3), '--from', 'treatment', '--date', 'today', ...WHY]);
  const replace = ['replace', '--subject', id(4), '--for', id(3), ...levels, ...BY];
  refuses(
    hasSchedule ? replace : [...replace, '--day1', D1],
    hasSchedule ? 'replace needs --day1 DATE' : 'leave out --day1: this study has no schedule',
  );
  works([...replace, ...day1], hasKits ? `${id(3)} had R002, kit ` : `${id(3)} had R002.`);
  const inError = ['randomized-in-error', id(4), ...WHY];
  works(inError, hasSchedule ? 'To cancel visits too' : /stays used\.\n/);

  // What is opened.
  works(['reveal', id(1), ...OFFICER], treatments);
  works(['unblind', id(1), ...OFFICER, '--reason', 'example'], treatments);
  if (!hasKits) refuses(['unblind', '--kit', kit, ...OFFICER, '--reason', 'example'], NO_KITS);
  const masked = ['unblind', '--all', '--masked', '--until', 'today', '--purpose', 'interim 1'];
  const table = ['--format', 'csv', ...STATISTICIAN];
  const why = ['--reason', 'example'];
  works([...masked, ...table], 'MASKEDGRP');
  const none = 'no injection is recorded';
  if (hasInjections) works([...masked, '--doses', ...table], 'MASKEDTRT');
  else refuses([...masked, '--doses', ...table], none);
  works(['unblind', '--letters', 'interim 1', ...STATISTICIAN, ...why]);
  works(['lock', ...WHY], 'The database is locked.');
  refuses(['withdraw', id(1), '--from', 'study', '--date', 'today', ...WHY], 'was locked', 65);
  works(['unlock', ...WHY]);
  works(['unblind', '--all', ...table, ...why], hasKits ? ',REPLBY,TRT01P,TRT02P\n' : ',REPLBY\n');
  if (hasInjections) works(['unblind', '--all', '--doses', ...table, ...why], ',SITEVIS');
  else refuses(['unblind', '--all', '--doses', ...table, ...why], none);
  works(['open', ...table, ...why], hasKits ? ',kit,arm\n' : ',sequence_in_block,arm\n');
  for (const command of ['status', 'ledger', 'people', 'study']) works([command]);
  works(['status', '--json'], '"randomized": 3');
  works(['verify', '--regenerate', ...STATISTICIAN], /^verified: /);
});

test('kits that study.yaml has later are not added to a list without them', () => {
  const { study } = drawn(KINDS['visits without injections']!);
  const file = join(study, 'study.yaml');
  const text = readFileSync(file, 'utf8').replace(
    'supplies: none',
    'supplies: { kit: { units: 1, spares: 1 } }',
  );
  writeFileSync(file, text);
  const status = mustRun('status', '--study', study);
  expect(status).toContain('Whether a study has kits is sealed and cannot be amended.');
  expect(status).not.toContain('it counts for slots that are added later');
  const ran = randose(
    'randomize',
    '--study',
    study,
    '--subject',
    'PAR-001',
    '--site',
    'PAR',
    '--day1',
    D1,
    ...BY,
  );
  expect(ran.status).toBe(65);
  expect(ran.stderr).toContain('supplies (whether there are kits)');
});

test.each([
  ['the same names', 'Period 1', true],
  ['other names', 'Phase A', false],
])('a crossover can be amended: its periods have %s', (_, name, isRight) => {
  const { study } = drawn(KINDS['a crossover']!);
  const run = (...words: string[]) => randose(...words, '--study', study);
  const who = ['--subject', 'PAR-001', '--site', 'PAR', '--day1', D1];
  mustRun('randomize', '--study', study, ...who, ...BY);
  const file = join(study, 'study.yaml');
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}
amendments:
  - id: A2
    from: 2026-06-10
    applies: everyone
    schedule:
      periods:
        - { name: ${name}, days: 1-28 }
        - { name: Longer washout, days: 29-63, washout: true }
        - { name: Period 2, days: 64-91 }
      injections:
        - { phase: treatment, days: [1, 8, 15, 22, 64, 71, 78, 85], window: ±1 }
`,
  );
  const amended = run('amend', '--id', 'A2', '--reason', 'longer washout', ...BY);
  if (!isRight) {
    expect(amended.status).toBe(78);
    expect(amended.stderr).toContain(
      'expected the names of the schedule before, in the same order (Period 1, Period 2)',
    );
    return;
  }
  expect([amended.status, amended.stderr]).toEqual([0, expect.any(String)]);
  const csv = mustRun('calendar', 'PAR-001', '--format', 'csv', '--study', study);
  expect(csv).toMatch(/,D64,.*,Period 2\n/);
  expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
});
