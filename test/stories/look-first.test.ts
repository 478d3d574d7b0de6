import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from '@commander-js/extra-typings';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/registry.ts';
import {
  allocated,
  begun,
  contentsOf,
  depil2,
  editStudy,
  jsonOf,
  kitsOfTrial,
  mustRun,
  planFile,
  RANDOSE,
  type Ran,
  randose,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

/** The public half of a key that nobody kept. */
const SENT = 'age1x84x7t0svuk03re6yhvr6lkl4qdpdudvsuusdf66k9qunqh8u4eschrqkp';
const BY = ['--by', 'Example Coordinator, site coordinator, Example Hospital'];

function randomize({ study }: Trial, subject: string, ...more: string[]): Ran {
  const day1 = more.includes('--day1') ? [] : ['--day1', '2026-06-01'];
  const site = more.includes('--site') ? [] : ['--site', 'CRT'];
  return randose(
    'randomize',
    '--study',
    study,
    '--subject',
    subject,
    ...site,
    ...day1,
    ...BY,
    ...more,
  );
}

function entriesIn({ study }: Trial): string[] {
  return readFileSync(join(study, 'ledger.jsonl'), 'utf8').trim().split('\n');
}

/** What the ledger says of the last randomization. */
function lastEntry(trial: Trial): Record<string, unknown> {
  return JSON.parse(entriesIn(trial).at(-1)!) as Record<string, unknown>;
}

/** DEPIL-2 at two sites. */
function twoSites(): Trial {
  return begun('list for CRT and LYO', (trial) => {
    editStudy(
      trial,
      ['\nstrata:', '\n  - { code: LYO, name: Example Hospital of Lyon }\nstrata:'],
      ['    slots: 18\n', '    slots: 18\n  - site: LYO\n    slots: 18\n'],
    );
    mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  });
}

describe('Day 1', () => {
  test.each([
    ['2025-06-15', 'is 347 days ago', 'is before the list was made, on 2026-05-28'],
    ['2026-09-15', 'is 110 days ahead'],
    ['2026-05-26', 'is before the list was made, on 2026-05-28'],
  ])('%s is a deviation, which needs a reason: %s', (day1, ...texts) => {
    const trial = allocated();
    const refused = randomize(trial, 'CRT-001', '--day1', day1);
    expect(refused.status).toBe(65);
    for (const text of texts) expect(refused.stderr).toContain(text);
    expect(refused.stderr).toContain('add --deviation --reason TEXT');
    expect(entriesIn(trial)).toHaveLength(1);
    expect(randomize(trial, 'CRT-001', '--day1', day1, '--deviation').status).toBe(64);
    const deviation = ['--deviation', '--reason', 'entered late, agreed with the sponsor'];
    expect(randomize(trial, 'CRT-001', '--day1', day1, ...deviation).status).toBe(0);
    const { deviations, reason } = lastEntry(trial);
    expect(deviations).toHaveLength(texts.length);
    expect(reason).toBe('entered late, agreed with the sponsor');
    mustRun('verify', '--study', trial.study);
  });

  test.each(['2026-05-28', '2026-08-26', '2026-6-1', 'today', '1 June 2026'])(
    '%s is none, and the ledger has no word of it',
    (day1) => {
      const trial = allocated();
      expect(randomize(trial, 'CRT-001', '--day1', day1).status).toBe(0);
      const entry = lastEntry(trial);
      expect(entry).not.toHaveProperty('deviations');
      expect(entry.day1).toMatch(/^2026-0[568]-\d\d$/);
    },
  );

  test('written with the day or the month first is asked back', () => {
    const { status, stderr } = randomize(allocated(), 'CRT-001', '--day1', '15/06/2026');
    expect(status).toBe(65);
    expect(stderr).toContain('Did you mean 2026-06-15?');
  });

  test.each([
    ['2026-06-07', 'Day 1 of S2 is on 2026-06-07, a Sunday'],
    ['2026-07-14', 'Day 1 of S2 is on 2026-07-14 Tue, Fête Nationale'],
  ])('on %s draws a warning', (day1, warning) => {
    const { status, stderr } = randomize(allocated(), 'S2', '--day1', day1);
    expect(status).toBe(0);
    expect(stderr).toContain(`warning: ${warning}`);
  });
});

describe('a subject id', () => {
  test.each([
    ['001', '1'],
    ['CRT-002', 'CRT_002'],
    ['CRT-002', 'CRT002'],
  ])('%s once randomized, %s is refused unless somebody says that it is right', (one, other) => {
    const trial = allocated();
    expect(randomize(trial, one).status).toBe(0);
    const refused = randomize(trial, other);
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain(
      `subject id ${other} may be the same person as ${one} (randomized: R001)`,
    );
    expect(entriesIn(trial)).toHaveLength(2);
    expect(randomize(trial, other, '--id-is-right').status).toBe(0);
  });

  test('with the code of another site is refused too', () => {
    const trial = twoSites();
    const refused = randomize(trial, 'CRT-009', '--site', 'LYO');
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('begins with the code of site CRT, but the site is LYO');
    expect(randomize(trial, 'CRT-009', '--site', 'LYO', '--id-is-right').status).toBe(0);
  });

  test('that is like another one in the same file is refused with its line', () => {
    const trial = allocated();
    const file = join(trial.folder, 'two.csv');
    writeFileSync(file, 'subject,site,day1\nA-1,CRT,2026-06-01\nA-01,CRT,2026-06-01\n');
    const refused = randose('randomize', '--study', trial.study, '--from', file, ...BY);
    expect(refused.stderr).toContain('two.csv:3: subject id A-01 may be the same person as A-1');
    expect(entriesIn(trial)).toHaveLength(1);
  });

  test('that does not fit the pattern of study.yaml is refused, with an example', () => {
    const trial = depil2();
    editStudy(trial, ['\nstrata:', '\nsubjects: { pattern: "{site}-###" }\nstrata:']);
    mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
    const refused = randomize(trial, 'CRT-1', '--id-is-right');
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('at site CRT it looks like CRT-123');
    expect(randomize(trial, 'crt-001').status).toBe(0);
  });
});

describe('--dry-run', () => {
  test('shows what would be recorded, and changes nothing [R-109]', () => {
    const trial = allocated();
    mustRun(
      'randomize',
      '--study',
      trial.study,
      '--subject',
      'A',
      '--site',
      'CRT',
      '--day1',
      '2026-06-01',
      ...BY,
    );
    const before = contentsOf(trial.study);
    const [kit = ''] = kitsOfTrial(trial);
    const { study } = trial;
    const lines = [
      ['randomize', '--subject', 'B', '--site', 'CRT', '--day1', '2026-06-07', ...BY],
      ['dose', '--subject', 'A', '--visit', 'D1', '--date', '2026-06-01', ...BY],
      ['move', '--subject', 'A', '--visit', 'D15', '--date', '2026-06-16', '--reason', 'x', ...BY],
      ['kit', 'received', '--kits', kit, '--date', '2026-06-01', ...BY],
    ];
    for (const [command = '', ...words] of lines) {
      const parts = command === 'kit' ? ['kit', words.shift() ?? ''] : [command];
      const { status, stdout } = randose(...parts, '--study', study, ...words, '--dry-run');
      expect([status, stdout], parts.join(' ')).toEqual([
        0,
        expect.stringContaining('Dry run: nothing was recorded'),
      ]);
      const data = jsonOf(...parts, '--study', study, ...words, '--dry-run');
      expect(data, parts.join(' ')).toMatchObject({ dryRun: true, acts: [{}] });
    }
    expect(contentsOf(study)).toEqual(before);
  });

  test('of what opens something opens nothing, and needs no passphrase', () => {
    const trial = allocated();
    randomize(trial, 'A');
    const { study, officer, statistician, packer } = trial;
    const before = contentsOf(study);
    const why = ['--reason', 'example'];
    const lines: [words: string[], would: string][] = [
      [['unblind', 'A', '--identity', officer, ...why], 'open the envelope of R001 of A'],
      [['unblind', '--all', '--identity', statistician, ...why], 'open the whole list of DEPIL-2'],
      [['open', '--identity', statistician], 'open the whole list of DEPIL-2'],
      [['packing', '--identity', packer], 'open the packing list of batch 1'],
      [
        ['cards', '--identity', officer, '--output', join(trial.folder, 'c.pdf')],
        'print 18 code-break cards',
      ],
    ];
    for (const [words, would] of lines) {
      const { status, stdout } = randose(...words, '--study', study, '--dry-run');
      expect([status, stdout], words.join(' ')).toEqual([0, expect.stringContaining(would)]);
      expect(stdout).toContain('nothing is on record');
    }
    expect(contentsOf(study)).toEqual(before);
    expect([...contentsOf(trial.folder).keys()]).not.toContain('c.pdf');
  });

  test('of a list draws nothing, and has every problem', () => {
    const trial = depil2();
    const words = ['allocate', '--study', trial.study, '--plan', trial.plan, '--dry-run'];
    const before = contentsOf(trial.folder);
    const would = mustRun(...words, '--by', 'A. Example, statistician');
    for (const text of [
      'Would draw and seal 18 slots of DEPIL-2 in 1 stratum.',
      'Arms              ILT101, PLACEBO, 2:1, blinded\n',
      'Numbers           participants such as R001, kits such as XXXXXXX\n',
      'site=CRT: 18',
      'Envelopes for     Example Officer\n',
      'List for          Example Officer, Example Statistician\n',
      'Drawn by          A. Example, statistician\n',
    ]) {
      expect(would).toContain(text);
    }
    expect(contentsOf(trial.folder)).toEqual(before);
    mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
    expect(randose(...words).status).toBe(73);
    editStudy(trial, ['slots: 18', 'slots: 24']);
    const sealed = contentsOf(trial.study);
    const more = mustRun(...words, '--extend', '--identity', trial.officer);
    expect(more).toContain('Would draw and seal 6 slots of DEPIL-2 in 1 stratum.');
    expect(contentsOf(trial.study)).toEqual(sealed);
  });

  test('of what is put back, removed or made changes no file', () => {
    const trial = allocated();
    const { folder, study, officer } = trial;
    randomize(trial, 'A');
    const at = (name: string) => join(folder, name);
    const file = join(study, 'ledger.jsonl');
    const sound = readFileSync(file, 'utf8');
    const why = ['--by', 'A. Example', '--reason', 'power cut'];
    const see = (would: string, status: number, ...words: string[]) => {
      const before = contentsOf(folder);
      const ran = randose(...words, '--dry-run');
      expect([ran.status, ran.stdout + ran.stderr], words.join(' ')).toEqual([
        status,
        expect.stringContaining(would),
      ]);
      expect(ran.stdout + ran.stderr).toContain('Dry run: nothing was');
      expect(contentsOf(folder), words.join(' ')).toEqual(before);
    };
    see('Would write', 0, 'init', at('new'), '--plan', at('new-plan.yaml'));
    const key = ['keygen', '--role', 'officer', '--name', 'New', '--output', at('new.key')];
    see('Would make a key for New, officer', 0, ...key);
    writeFileSync(file, `${sound}{"seq":3,"action":"dose","subject":"A"`);
    see('(line 3, 38 bytes, about dose of A)', 0, 'ledger', '--study', study, '--repair', ...why);
    writeFileSync(file, sound.replaceAll('\n', '\r\n'));
    see('ledger.jsonl has other line ends', 1, 'verify', '--study', study, '--repair-line-ends');
    writeFileSync(file, sound);
    see('enter 0 entries from pending/', 0, 'ledger', '--study', study, '--enter-pending');
    editStudy(trial, ['slots: 18', 'slots: 24']);
    see('bring back the study.yaml', 0, 'study', '--study', study, '--restore');
    editStudy(trial, ['slots: 24', 'slots: 18']);
    const key2 = ['--identity', officer];
    editStudy(trial, ['cardMakers: []', `cardMakers: [{ name: New, recipient: ${SENT} }]`]);
    mustRun('rewrap', '--study', study, ...key2, '--reason', 'example');
    see(
      'Would delete superseded/',
      0,
      'verify',
      '--study',
      study,
      '--regenerate',
      ...key2,
      '--remove-superseded',
    );
    writeFileSync(file, sound);
    see(
      'Would accept ledger.jsonl, which ends at',
      0,
      'ledger',
      '--study',
      study,
      '--accept-older',
      ...why,
    );
  });

  test('is a flag of every command that changes a study or writes a key', () => {
    const reads = [
      ...['assess', 'calendar', 'calendar plan', 'calendar load', 'check', 'commitment'],
      ...['completion', 'demo', 'deviations', 'docs', 'kit', 'people', 'schema', 'selftest'],
      'status',
    ];
    const without = COMMANDS.flatMap((entry) => [
      [entry.name, entry] as const,
      ...entry.parts.map((part) => [`${entry.name} ${part.name}`, part] as const),
    ]).filter(([, { define }]) => {
      const command = new Command();
      define(command);
      return !command.options.some(({ long }) => long === '--dry-run');
    });
    expect(without.map(([name]) => name).toSorted()).toEqual(reads.toSorted());
  });

  test('refuses what would be refused', () => {
    expect(randomize(allocated(), 'A', '--day1', '2025-06-01', '--dry-run').status).toBe(65);
  });
});

/** Types answers at a terminal. @returns what is seen, and the exit status */
function atTerminal(words: readonly string[], answers: readonly [string, string][]): string {
  const line = [process.execPath, RANDOSE, ...words].map((word) => `{${word}}`).join(' ');
  const typed = answers.map(([question, answer]) => `expect -ex {${question}}; send "${answer}"`);
  const script = `set timeout 40; set stty_init "columns 80 rows 24"; spawn -noecho ${line}; ${typed.join('; ')}; expect eof; catch wait result; puts "status [lindex $result 3]"`;
  const text = execFileSync('expect', ['-c', script], { encoding: 'utf8' });
  return stripVTControlCharacters(text).replace(/\r/g, '');
}

describe('on a terminal, before a slot is used', () => {
  const words = ({ study }: Trial, ...more: string[]) => [
    ...['randomize', '--study', study, '--subject', 'CRT-001', '--site', 'CRT'],
    ...['--day1', '2026-06-07', ...BY, ...more],
  ];
  const question = 'Randomize this participant? [y/N]';

  testWithTool(['expect', '-v'])(
    'who, where, Day 1 and warnings are shown, and yes records [R-056]',
    () => {
      const trial = allocated();
      const seen = atTerminal(words(trial), [[question, 'y\\r']]);
      expect(seen).toMatch(
        /CRT-001 +CRT +R001 +\w{7} +2026-06-07[^]*a Sunday[^]*A slot cannot be given back/,
      );
      expect(seen).toContain('status 0');
      expect(seen.match(/warning: Day 1/g)).toHaveLength(1);
      expect(entriesIn(trial)).toHaveLength(2);
    },
  );

  testWithTool(['expect', '-v'])('anything else records nothing, and says one thing', () => {
    const trial = allocated();
    for (const answer of ['n\\r', '\\r', '\\003', '\\004']) {
      const seen = atTerminal(words(trial), [[question, answer]]);
      expect(seen, answer).toContain('status 64');
      expect(seen.match(/Cancelled\. Nothing was recorded\./g), answer).toHaveLength(1);
    }
    expect(entriesIn(trial)).toHaveLength(1);
  });

  testWithTool(['expect', '-v'])('a name without a role is warned of, and taken', () => {
    const trial = allocated();
    const about = ['--study', trial.study, '--site', 'CRT', '--day1', 'today', '--yes'];
    const randomize = (subject: string, by: string) =>
      atTerminal(['randomize', '--subject', subject, ...about, '--by', by], []);
    const named = randomize('CRT-001', 'Anna');
    expect(named).toContain('status 0');
    expect(named.replace(/\s+/g, ' ')).toContain(
      'warning: --by says only "Anna": an inspector will not know who this is. Add the role',
    );
    expect(randomize('CRT-002', 'Anna, site coordinator')).not.toContain('says only');
    const script = ['randomize', '--subject', 'CRT-003', ...about, '--by', 'Anna'];
    expect(randose(...script).stderr).not.toContain('says only');
  });

  testWithTool(['expect', '-v'])('--yes and --json ask nothing', () => {
    const trial = allocated();
    expect(atTerminal(words(trial, '--yes'), [])).toContain('status 0');
    expect(atTerminal(words(allocated(), '--json'), [])).toContain('status 0');
  });
});

describe('on a terminal, before a list is drawn', () => {
  const question = 'A list is made once in a folder. Draw it? [y/N]';

  testWithTool(['expect', '-v'])('it is shown what and for whom; no draws nothing', () => {
    const trial = depil2();
    const words = ['allocate', '--study', trial.study, '--plan', trial.plan, '--by', 'A. Example'];
    const before = contentsOf(trial.folder);
    const none = atTerminal(words, [[question, 'n\\r']]);
    expect(none).toContain('Drawn by          A. Example');
    expect(none).toMatch(/Cancelled\. Nothing was done\.\s+status 64/);
    expect(contentsOf(trial.folder)).toEqual(before);
    expect(atTerminal(words, [[question, 'y\\r']])).toContain('status 0');
    editStudy(trial, ['slots: 18', 'slots: 21']);
    const three = planFile(trial, 'blocks: { sizes: [3] }\n', 'three.yaml');
    const more = [...words, '--plan', three, '--extend', '--identity', trial.officer];
    more.splice(3, 2);
    const batch = atTerminal(more, [['cannot be removed from the list. Draw it? [y/N]', 'n\\r']]);
    expect(batch).toContain('site=CRT: all slots are one block');
    expect(batch).toMatch(/Cancelled\. Nothing was done\.\s+status 64/);
    const made = mustRun(...more);
    expect(made).toContain('batch 2');
    expect(mustRun('status', '--study', trial.study)).toContain('The list has 2 batches.');
  });

  testWithTool(['expect', '-v'])('the self-test asks nothing of its inner trials', () => {
    const seen = atTerminal(['selftest'], []);
    expect(seen).toContain('in a temporary folder. Your study is not touched.');
    expect(seen).not.toContain('[y/N]');
    expect(seen).toContain('status 0');
  });

  testWithTool(['expect', '-v'])('the demo runs through', () => {
    const seen = atTerminal(['demo', join(testFolder(), 'demo')], []);
    expect(seen).not.toContain('[y/N]');
    expect(seen).toContain('status 0');
  });
});

describe('on a terminal, before the whole list is opened too early', () => {
  const question = 'Open the whole list? [y/N]';

  testWithTool(['expect', '-v'])('who has to stay blinded is said, and no opens nothing', () => {
    const trial = allocated();
    const to = ['--output', '-'];
    const words = ['open', '--study', trial.study, '--identity', trial.statistician, ...to];
    const none = atTerminal(words, [[question, 'n\\r']]);
    expect(none).toMatch(/Nobody is\s+randomized yet\./);
    expect(none).toMatch(/The database is not\s+locked\. To lock it first:/);
    expect(none).toMatch(/Cancelled\. Nothing was opened\.\s+status 64/);
    expect(entriesIn(trial)).toHaveLength(1);
    randomize(trial, 'CRT-001');
    const why = 'Why? One sentence';
    const one = atTerminal(words, [
      [question, 'y\\r'],
      [why, '\\r'],
      [why, 'database is locked\\r'],
    ]);
    expect(lastEntry(trial)).toMatchObject({ action: 'list opening outcome' });
    expect(entriesIn(trial).at(-2)).toContain('"reason":"database is locked"');
    const read = one.replace(/\s+/g, ' ');
    expect(read).toContain('17 of 18 slots are not used yet.');
    expect(read).toContain('1 participant still to be treated');
    expect(one).toContain('status 0');
    const later = randomize(trial, 'CRT-002');
    expect(later.status).toBe(65);
    expect(later.stderr).toContain('the whole list was opened on 2026-05-28');
    const deviation = ['--deviation', '--reason', 'agreed with the sponsor'];
    expect(randomize(trial, 'CRT-002', ...deviation).status).toBe(0);
    expect(lastEntry(trial)).toMatchObject({ deviations: ['list was opened'] });
  });
});

describe('on a terminal, a table of arms', () => {
  testWithTool(['expect', '-v'])('is shown only with --output -', () => {
    const trial = allocated();
    randomize(trial, 'CRT-001');
    const on = (...words: string[]) => [...words, '--study', trial.study, '--yes'];
    const why = ['--reason', 'example'];
    for (const words of [
      on('packing', '--identity', trial.packer),
      on('open', '--identity', trial.statistician, ...why),
      on('unblind', '--all', '--identity', trial.statistician, ...why),
    ]) {
      const refused = atTerminal(words, []).replace(/\s+/g, ' ');
      expect(refused).toContain('this table has arms, and would stay on this terminal');
      expect(refused).toContain('To show it here anyway: --output -. Nothing was opened.');
      expect(refused).not.toContain('PLACEBO');
      expect(refused).toContain('status 64');
      expect(entriesIn(trial)).toHaveLength(2);
    }
    const shown = atTerminal([...on('packing', '--identity', trial.packer), '--output', '-'], []);
    expect(shown).toContain('PLACEBO');
    expect(entriesIn(trial)).toHaveLength(4);
  });
});

describe('on a terminal, before a record of a kit is taken back', () => {
  testWithTool(['expect', '-v'])('it is named, and no keeps it', () => {
    const trial = allocated();
    const [kit = ''] = kitsOfTrial(trial);
    const on = ['--study', trial.study, '--kits', kit, ...BY];
    mustRun('kit', 'received', ...on, '--date', '2026-05-28');
    mustRun('kit', 'quarantined', ...on, '--date', '2026-05-28', '--reason', 'too warm');
    const words = ['kit', 'retracted', ...on, '--reason', 'another kit'];
    const question = 'Take back this record? [y/N]';
    const none = atTerminal(words, [[question, 'n\\r']]).replace(/\s+/g, ' ');
    expect(none).toContain(
      `kit ${kit}: takes back "quarantined on 2026-05-28 Thu, 9 units" (ledger 3). It will be: received.`,
    );
    expect(none).toContain('Cancelled. Nothing was recorded.');
    expect(entriesIn(trial)).toHaveLength(3);
    expect(atTerminal(words, [[question, 'y\\r']])).toContain('status 0');
    expect(atTerminal([...words, '--yes'], [])).toContain('status 0');
    expect(entriesIn(trial)).toHaveLength(5);
  });
});

describe('texts that are kept', () => {
  test.each([
    ['--by', 'x'.repeat(500), 'has 500 characters: at most 200'],
    ['--by', 'Eve\u202Etxt', '<U+202E>'],
    ['--by', 'NAME, ROLE, ORGANISATION', 'write'],
    ['--by', 'AGE-SECRET-KEY-1QQQQQQQQQQQQ', 'has a secret key in it'],
    ['--reason', 'ok"\n6  2026-01-01  forged', '<U+000A>'],
    ['--reason', 'x'.repeat(501), 'has 501 characters'],
    ['--reason', 'TEXT', 'write your own text in the place of "TEXT"'],
    ['--reason', 'key AGE-SECRET-KEY-1QQQQQQQQQQQQ', 'has a secret key in it'],
  ])('%s %j is refused: %s', (flag, text, why) => {
    const trial = allocated();
    const by = flag === '--by' ? [] : BY;
    const about = ['--subject', 'A', '--site', 'CRT', '--day1', '2026-06-01', '--deviation'];
    const reason = flag === '--reason' ? [] : ['--reason', 'example'];
    const ran = randose(
      'randomize',
      '--study',
      trial.study,
      ...about,
      ...by,
      ...reason,
      flag,
      text,
    );
    expect(ran.status).toBe(64);
    expect(ran.stderr).toContain(why);
    expect(ran.stderr).not.toMatch(/SECRET-KEY-1Q|\u202E/);
    expect(entriesIn(trial)).toHaveLength(1);
  });

  test('of study.yaml are refused before a list is made, and an older list stays readable', () => {
    const trial = depil2();
    const title = /title: /;
    const file = join(trial.study, 'study.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(title, 'title: \u200B'));
    const { status, stderr } = randose('allocate', '--study', trial.study, '--plan', trial.plan);
    expect(status).toBe(78);
    expect(stderr).toContain('<U+200B>');
  });
});
