import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  editStudy,
  enrolled,
  jsonOf,
  kitsOfTrial,
  labelled,
  mustRun,
  randose,
  type Trial,
} from '../support/command-line.ts';

const BY = ['--by', 'Example Pharmacist, pharmacist, Example Hospital'];

/** The day on which lists are made. */
const TODAY = '2026-05-28';

/** The list was made today, and these kits came before. */
const EARLIER = ['--deviation', '--reason', 'example'];

const words = (trial: Trial, event: string, kits: string, ...more: string[]) => [
  'kit',
  event,
  '--study',
  trial.study,
  '--kits',
  kits,
  '--date',
  '2026-06-01',
  ...(event === 'received' ? EARLIER : []),
  ...BY,
  ...more,
];

function record(trial: Trial, event: string, kits: string, ...more: string[]): string {
  return mustRun(...words(trial, event, kits, ...more));
}

function refused(trial: Trial, event: string, kits: string, ...more: string[]) {
  const before = readFileSync(join(trial.study, 'ledger.jsonl'), 'utf8');
  const ran = randose(...words(trial, event, kits, ...more));
  expect(readFileSync(join(trial.study, 'ledger.jsonl'), 'utf8')).toBe(before);
  return ran;
}

describe('a kit', () => {
  test('is received, dispensed to its participant, returned and destroyed; the units add up', () => {
    const trial = enrolled();
    const [first = ''] = kitsOfTrial(trial);
    record(trial, 'received', first);
    expect(record(trial, 'dispensed', first, '--subject', 'crt-001')).toContain('CRT-001');
    mustRun(
      'dose',
      '--study',
      trial.study,
      '--subject',
      'CRT-001',
      '--visit',
      'D1',
      '--date',
      '2026-06-01',
      ...BY,
    );
    expect(mustRun('status', '--study', trial.study)).toContain(
      'Units: 9 dispensed, 1 given, 0 returned, 8 not yet accounted for',
    );
    record(trial, 'returned', first, '--units', '7');
    const { stdout, stderr } = randose('status', '--study', trial.study);
    expect(stdout).toMatch(/CRT +18 +0 +1 +1 +1 +0 +0/);
    expect(stderr).toContain(
      `kit ${first} of CRT-001: 9 units dispensed, 1 given, 7 returned: 1 is not accounted for`,
    );
    mustRun(
      'kit',
      'retracted',
      '--study',
      trial.study,
      '--kits',
      first,
      ...BY,
      '--reason',
      'counted once more',
    );
    record(trial, 'returned', first, '--units', '8');
    expect(randose('status', '--study', trial.study).stderr).not.toContain('accounted for');
    record(trial, 'destroyed', first, '--reason', 'expired');
    const checked = mustRun('check', '--study', trial.study, '--kit', first);
    expect(checked).toMatch(/State {3}destroyed/);
    expect(checked).not.toMatch(/ILT101|PLACEBO/i);
    const [, history = ''] = mustRun('kit', first, '--study', trial.study).split('\n\n');
    expect(history.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      expect.stringMatching(/^Date \| What \| By \| Entry$/),
      expect.stringMatching(/^2026-06-01 Mon \| received, 9 units: example \| .+ \| \d+$/),
      expect.stringMatching(/^2026-06-01 Mon \| dispensed to CRT-001, 9 units \| /),
      expect.stringMatching(/ \| returned by CRT-001, 7 units \(retracted later\) \| /),
      expect.stringMatching(/ \| entry \d+ retracted: counted once more \| /),
      expect.stringMatching(/ \| returned by CRT-001, 8 units \| /),
      expect.stringMatching(/ \| destroyed, 8 units: expired \| /),
      '',
    ]);
    expect(mustRun('kit', '--study', trial.study)).not.toContain('retracted');
    expect(mustRun('kit', '--study', trial.study)).toMatch(
      new RegExp(`${first} +R001 +CRT-001 +2026-06-01 +2026-06-01 +destroyed +2026-06-01`),
    );
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('of another participant is not dispensed: the message names that participant and the right kit [R-086]', () => {
    const trial = enrolled();
    const [first = '', second = ''] = kitsOfTrial(trial);
    record(trial, 'received', `${first},${second}`);
    const { status, stderr } = refused(trial, 'dispensed', first, '--subject', 'CRT-002');
    expect(status).toBe(65);
    expect(stderr).toContain(`kit ${first} belongs to CRT-001, not to CRT-002: DO NOT GIVE IT`);
    expect(stderr).toContain(`CRT-002's kit: ${second}.`);
    expect(stderr).not.toContain('retracted');
    expect(refused(trial, 'dispensed', first).status).toBe(64);
    expect(refused(trial, 'dispensed', first, '--subject', 'CRT-999').status).not.toBe(0);
  });

  test('that returns too many units, or that the participant did not have, is reported at once', () => {
    const trial = enrolled();
    const [first = ''] = kitsOfTrial(trial);
    record(trial, 'received', first);
    const dose = ['--visit', 'D1', ...BY];
    const early = randose(
      'dose',
      '--study',
      trial.study,
      '--subject',
      'CRT-001',
      '--date',
      '2026-06-01',
      ...dose,
    );
    expect(early.stderr).toContain('but no kit was dispensed to CRT-001 by that date');
    record(trial, 'dispensed', first, '--subject', 'CRT-001');
    const { status, stderr } = randose(...words(trial, 'returned', first, '--units', '9'));
    expect(status).toBe(65);
    expect(stderr).toContain(`kit ${first} has at most 8 units: 1 of its 9 was given.`);
  });

  test('that belongs to nobody is not dispensed', () => {
    const trial = allocated();
    const [first = '', second = ''] = kitsOfTrial(trial);
    record(trial, 'received', `${first},${second}`);
    mustRun(
      'randomize',
      '--study',
      trial.study,
      '--subject',
      'CRT-001',
      '--site',
      'CRT',
      '--day1',
      '2026-06-01',
      ...BY,
    );
    const { stderr } = refused(trial, 'dispensed', second, '--subject', 'CRT-001');
    expect(stderr).toContain(
      `kit ${second} is kept for a later participant (R002): DO NOT GIVE IT\nNothing was recorded. CRT-001's kit: ${first}.`,
    );
  });

  test('that is not in stock gives a warning when its slot is given', () => {
    const trial = allocated();
    const [first = '', second = ''] = kitsOfTrial(trial);
    record(trial, 'received', second);
    const next = (subject: string) =>
      randose(
        'randomize',
        '--study',
        trial.study,
        '--subject',
        subject,
        '--site',
        'CRT',
        '--day1',
        '2026-06-01',
        ...BY,
      );
    expect(next('CRT-001').stderr).toContain(`kit ${first} of R001 is not recorded as received`);
    expect(next('CRT-002').stderr).not.toContain('recorded as received');
  });

  test('that was returned is not dispensed again', () => {
    const trial = enrolled();
    const [first = ''] = kitsOfTrial(trial);
    record(trial, 'received', first);
    record(trial, 'dispensed', first, '--subject', 'CRT-001');
    record(trial, 'returned', first, '--units', '9');
    const dose = [
      'dose',
      '--study',
      trial.study,
      '--subject',
      'CRT-001',
      '--visit',
      'D1',
      '--date',
      '2026-06-02',
      '--kit',
      first,
      ...BY,
    ];
    const { status, stderr } = randose(...dose);
    expect(status).toBe(65);
    expect(stderr).toContain(`${first} was returned on 2026-06-01, before this injection`);
  });
});

describe('many kits', () => {
  test('are read from a scanner’s file: all of them are recorded, or none', () => {
    const trial = allocated();
    const kits = kitsOfTrial(trial);
    const file = join(trial.folder, 'scanned.txt');
    const from = ['kit', 'received', '--study', trial.study, '--from', file, ...BY];
    writeFileSync(file, `${kits.slice(0, 3).join('\r\n')}\r\nNONSENS\r\n`);
    const { status, stderr } = randose(...from);
    expect(status).toBe(65);
    expect(stderr).toContain(`1 of 4 kit codes is wrong\n  ${file}:4: kit "NONSENS" is mistyped`);
    writeFileSync(file, 'PK\u0003\u0004');
    expect(randose(...from).stderr).toContain('is a spreadsheet file: save it as CSV UTF-8');
    writeFileSync(file, `\uFEFFsep=;\r\n"${kits.join('";;\r\n"').toLowerCase()}";;\r\n`);
    expect(mustRun(...from)).toContain('18 kits: received');
    expect(jsonOf('status', '--study', trial.study).kits).toMatchObject([
      { site: 'CRT', received: 18, inStock: 18 },
    ]);
  });

  test('are named with commas, semicolons or blanks between their codes', () => {
    const trial = allocated();
    const [one = '', two = '', three = '', four = ''] = kitsOfTrial(trial);
    expect(record(trial, 'received', `${one}; ${two} ${three}`)).toContain('3 kits: received');
    const blank = `${four.slice(0, 3).toLowerCase()} ${four.slice(3)}`;
    expect(record(trial, 'received', blank)).toContain(`kit ${four}: received`);
  });

  test('are not in a file of participants', () => {
    const trial = allocated();
    const from = ['kit', 'received', '--study', trial.study, '--from', trial.participants, ...BY];
    const { status, stderr } = randose(...from);
    expect(status).toBe(65);
    expect(stderr).toContain(`error: ${trial.participants} is not a list of kit codes\n`);
  });

  test('are counted, not what is wrong with them', () => {
    const trial = enrolled();
    const [first = ''] = kitsOfTrial(trial);
    record(trial, 'received', first);
    const { stderr } = refused(trial, 'returned', first, '--units', '12');
    expect(stderr).toContain(`error: kit ${first} cannot be returned\n`);
    expect(stderr).toContain(`\n  kit ${first} has at most 9 units\n`);
  });

  test('every impossible event is reported at once', () => {
    const trial = enrolled();
    const [one = '', two = '', three = ''] = kitsOfTrial(trial);
    record(trial, 'received', `${one},${two}`);
    const { stderr } = refused(trial, 'received', `${one},${two},${three}`);
    expect(stderr).toContain('2 kits cannot be received');
    for (const kit of [one, two]) expect(stderr).toContain(`kit ${kit} was received on 2026-06-01`);
  });
});

test.each<[string, string[], number, RegExp]>([
  ['in the future', ['received', '--date', '2099-01-01'], 65, /in the future/],
  ['on a date that is none', ['received', '--date', '2026-02-30'], 64, /2026-02-30/],
  ['destroyed without a reason', ['destroyed'], 64, /needs --reason/],
  ['taken back without a reason', ['retracted'], 64, /needs --reason/],
  ['returned, and not counted', ['returned'], 64, /--units/],
])('what cannot be recorded: %s', (_, [event = '', ...more], status, message) => {
  const trial = allocated();
  const [first = ''] = kitsOfTrial(trial);
  const ran = randose('kit', event, '--study', trial.study, '--kits', first, ...more, ...BY);
  expect(ran.status).toBe(status);
  expect(ran.stderr).toMatch(message);
});

test('check says whether a code is mistyped, belongs to another trial, or which kit it is', () => {
  const trial = enrolled();
  const [first = ''] = kitsOfTrial(trial);
  const check = (kit: string) => randose('check', '--study', trial.study, '--kit', kit);
  expect(check(` ${first.slice(0, 3).toLowerCase()} ${first.slice(3)}`)).toMatchObject({
    status: 0,
  });
  expect(check(first).stdout).toMatch(/kit \w{7} is valid[\s\S]*R001, of CRT-001[\s\S]*site=CRT/);
  const wrong = `${first.slice(0, 6)}${first[6] === 'A' ? 'C' : 'A'}`;
  expect(check(wrong).status).toBe(65);
  expect(check('4KX9TM7').stderr).toMatch(/no kit of this study|check character|mistyped/);
  const data = jsonOf('check', '--study', trial.study, '--kit', first);
  expect(data).toMatchObject({
    valid: true,
    kit: first,
    number: 'R001',
    stratum: 'site=CRT',
    subject: 'CRT-001',
    state: 'listed',
  });
  expect(JSON.stringify(data)).not.toMatch(/ILT101|PLACEBO|arm/i);
});

test.each(['check', 'calendar', 'kit'])(
  'an id that %s takes without a flag: a kit code of another trial, or one that is too short',
  (command) => {
    const trial = enrolled();
    const [first = ''] = kitsOfTrial(trial);
    const refusal = (id: string) => randose(command, id, '--study', trial.study);
    expect(refusal('RA3XPKC')).toMatchObject({
      status: 65,
      stderr:
        'error: kit code RA3XPKC is correctly formed but is not in this study\nCheck which trial the kit is for.\n',
    });
    const short = `9${first.slice(2)}`;
    expect(refusal(short).stderr).toMatch(/kit "\w{6}" has 6 characters; a kit code has 7\n/);
    expect(refusal('CRT-099').stderr).toBe(
      'error: "CRT-099" is not a participant, a randomization number or a kit of this study\nCheck the id. To list participants, run: randose calendar\n',
    );
    // One participant's id is like it.
    for (const like of ['CRT-01', 'crt_001', 'CRT-OO1']) {
      expect(refusal(like).stderr).toContain('Did you mean CRT-001? Check the id. To list');
    }
  },
);

describe('a kit that is lost, on hold or expired', () => {
  /** A study whose first participant has Day 1 today, with the first kit received. */
  function started(): Trial & { first: string; second: string } {
    const trial = labelled();
    const [first = '', second = ''] = kitsOfTrial(trial);
    const study = ['--study', trial.study];
    mustRun('kit', 'received', ...study, '--kits', `${first},${second}`, ...BY);
    const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', TODAY];
    mustRun('randomize', ...study, ...who, ...BY);
    return { ...trial, first, second };
  }
  const run = (trial: Trial, ...words: string[]) =>
    randose(...words, '--study', trial.study, ...BY);

  test('is put on hold and released; meanwhile nobody gets it without a deviation', () => {
    const trial = started();
    const kit = ['--kits', trial.first];
    expect(run(trial, 'kit', 'quarantined', ...kit).stderr).toContain('needs --reason');
    const why = ['--reason', 'temperature excursion'];
    expect(run(trial, 'kit', 'quarantined', ...kit, ...why)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`kit ${trial.first} belongs to CRT-001 (R001).`) as string,
    });
    const check = mustRun('check', '--study', trial.study, '--kit', trial.first);
    expect(check).toContain('quarantined: DO NOT GIVE IT');
    const dispensed = run(trial, 'kit', 'dispensed', ...kit, '--subject', 'CRT-001');
    expect(dispensed.status).toBe(65);
    expect(dispensed.stderr).toContain('DO NOT GIVE IT before it is released');
    expect(dispensed.stderr).toContain('--deviation --reason TEXT');
    const dose = ['dose', '--subject', 'CRT-001', '--visit', 'D1', '--date', TODAY];
    const given = run(trial, ...dose, '--kit', trial.first);
    expect(given.status).toBe(65);
    expect(given.stderr).toContain(`quarantined: ${trial.first} was quarantined on the same day`);
    const anyway = [...dose, '--kit', trial.first, '--deviation', '--reason', 'no other'];
    expect(run(trial, ...anyway).status).toBe(0);
    expect(mustRun('status', '--study', trial.study)).toMatch(/On hold[\s\S]*CRT +18 .* 1 +1\n/);
    expect(run(trial, 'kit', 'released', ...kit, '--reason', 'stable').status).toBe(0);
    expect(run(trial, 'kit', 'dispensed', ...kit, '--subject', 'CRT-001').status).toBe(0);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('that went away on the day of an injection: was it given before that?', () => {
    const trial = started();
    const kit = ['--kits', trial.first];
    const dose = ['dose', '--subject', 'CRT-001', '--visit', 'D1', '--date', TODAY];
    run(trial, 'kit', 'dispensed', ...kit, '--subject', 'CRT-001');
    expect(run(trial, ...dose, '--dry-run').stderr).not.toContain('on the same day');
    run(trial, 'kit', 'returned', ...kit, '--units', '8');
    const given = run(trial, ...dose);
    expect(given.status, given.stderr).toBe(0);
    expect(given.stderr.replace(/\s+/g, ' ')).toContain(
      `kit ${trial.first} was returned on the same day: was the injection given before that?`,
    );
  });

  test('is lost: its slot is told of, and what a retraction takes back', () => {
    const trial = started();
    expect(run(trial, 'kit', 'lost', '--kits', trial.second).stdout).toContain(
      `kit ${trial.second}: lost on ${TODAY}`,
    );
    const who = ['--subject', 'CRT-002', '--site', 'CRT', '--day1', TODAY];
    expect(run(trial, 'randomize', ...who).stderr).toContain(
      `kit ${trial.second} of R002 was lost: no spare kit can be used instead`,
    );
    const load = ['calendar', 'load', '--study', trial.study];
    expect(mustRun(...load)).toContain(`kits: ${trial.first}, ${trial.second} (lost)`);
    expect(jsonOf(...load).unusableKits).toEqual([{ kit: trial.second, what: 'lost' }]);
    expect(mustRun(...load, '--format', 'html')).toContain(`${trial.second} (lost)`);
    const back = ['retracted', '--kits', trial.second, '--reason', 'found'];
    expect(run(trial, 'kit', ...back).stdout).toMatch(
      new RegExp(
        `kit ${trial.second}: retracted "lost on ${TODAY} \\w{3}, 9 units" \\(ledger \\d+\\)\\. It is now: received\\.`,
      ),
    );
  });

  test('of which more units are gone than it had is told of by dose, kit, status and verify', () => {
    const trial = started();
    const why = ['--reason', 'too warm'];
    run(trial, 'kit', 'destroyed', '--kits', trial.first, ...why);
    const dose = ['dose', '--subject', 'CRT-001', '--visit', 'D1', '--date', TODAY];
    const { stderr } = run(trial, ...dose, '--kit', trial.first, '--deviation', ...why);
    const text = `${trial.first}: 9 units, 9 destroyed, 1 given: 1 more than there was`;
    expect(stderr).toContain(text);
    for (const command of ['kit', 'status']) {
      expect(randose(command, '--study', trial.study).stderr).toContain(text);
    }
    const { status, stdout } = randose('verify', '--study', trial.study);
    expect({ status, stdout }).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`ledger.jsonl: kit ${text}`) as string,
    });
  });

  test('before the list was made cannot have come', () => {
    const trial = allocated();
    const [first = ''] = kitsOfTrial(trial);
    const received = ['kit', 'received', '--kits', first, '--date', '2020-01-01'];
    const { status, stderr } = run(trial, ...received);
    expect(status).toBe(65);
    expect(stderr).toContain('2020-01-01 Wed is before the list was made, on');
    expect(run(trial, ...received, '--deviation').status).toBe(64);
    expect(run(trial, ...received, '--deviation', '--reason', 'late entry').stdout).toContain(
      'a deviation (before the list)',
    );
  });

  test('that has expired is told of when it comes and when its slot is taken, and is not given', () => {
    const trial = labelled();
    editStudy(trial, ['expiry: 2027-06', 'expiry: 2020-06']);
    const [first = ''] = kitsOfTrial(trial);
    const expired = `kit ${first} (lot L2026-01) expired on 2020-06-30`;
    expect(run(trial, 'kit', 'received', '--kits', first).stderr).toContain(expired);
    const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', TODAY];
    expect(run(trial, 'randomize', ...who).stderr).toContain(
      `kit ${first} of R001 (lot L2026-01) expired on 2020-06-30`,
    );
    const dispensed = ['kit', 'dispensed', '--kits', first, '--subject', 'CRT-001'];
    expect(run(trial, ...dispensed)).toMatchObject({ status: 65 });
    expect(run(trial, ...dispensed).stderr).toContain(`${expired}: DO NOT GIVE IT`);
    const dose = ['dose', '--subject', 'CRT-001', '--visit', 'D1', '--date', TODAY];
    for (const kit of [[], ['--kit', first]]) {
      expect(run(trial, ...dose, ...kit)).toMatchObject({ status: 65 });
      expect(run(trial, ...dose, ...kit).stderr).toContain(`expired: ${expired}`);
    }
    const anyway = ['--deviation', '--reason', 'no other kit'];
    expect(run(trial, ...dispensed, ...anyway).stdout).toContain('a deviation (expired)');
    const check = mustRun('check', '--study', trial.study, '--kit', first);
    expect(check).toContain('Lot     L2026-01');
    expect(check).toContain('Use by  2020-06-30, EXPIRED: DO NOT GIVE IT');
    expect(mustRun('kit', '--study', trial.study)).toContain(' 2020-06-30 ');
    expect(randose('status', '--study', trial.study).stderr).toContain(`CRT: ${expired}`);
  });

  test('that is on hold and has expired: both are said, and a release does not help', () => {
    const trial = labelled();
    editStudy(trial, ['expiry: 2027-06', 'expiry: 2020-06']);
    const [first = ''] = kitsOfTrial(trial);
    const why = ['--kits', first, '--reason', 'too warm'];
    run(trial, 'kit', 'received', '--kits', first);
    run(trial, 'kit', 'quarantined', ...why);
    const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', TODAY];
    const { stderr } = run(trial, 'randomize', ...who);
    expect(stderr).toContain(
      `kit ${first} of R001 is quarantined, and (lot L2026-01) expired on 2020-06-30: no spare kit can be used instead. Do not treat anybody from this kit. Ask the packers for another one`,
    );
    expect(stderr).not.toContain('kit released');
    expect(run(trial, 'kit', 'released', ...why).stderr).toContain('expired on 2020-06-30');
  });

  test('that expires before the last planned injection is told of', () => {
    const trial = labelled();
    editStudy(trial, ['expiry: 2027-06', `expiry: ${TODAY.slice(0, 7)}`]);
    const [first = ''] = kitsOfTrial(trial);
    const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', TODAY];
    expect(run(trial, 'randomize', ...who).stderr).toContain('before the last planned injection');
    run(trial, 'kit', 'received', '--kits', first);
    expect(
      run(trial, 'kit', 'dispensed', '--kits', first, '--subject', 'CRT-001').stderr,
    ).toContain('before the last planned injection of CRT-001 on');
  });

  test('is in a table that fits 80 columns', () => {
    const trial = started();
    for (const line of mustRun('kit', '--study', trial.study).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });
});
