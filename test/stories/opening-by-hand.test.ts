import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  allocated,
  begun,
  depil2,
  enrol,
  enrolled,
  kitsOfTrial,
  mustRun,
  quicken,
  RANDOSE,
  randose,
  type Trial,
} from '../support/command-line.ts';
import { enrolOne } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

const withExpect = testWithTool(['expect', '-v']);
const ARM = /ILT101|PLACEBO/;

interface Line {
  readonly action: string;
  readonly [key: string]: unknown;
}

function ledgerOf(study: string): Line[] {
  const text = readFileSync(join(study, 'ledger.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function kitOf(study: string, number: string): string {
  return ledgerOf(study).find((line) => line.number === number)!.kit as string;
}

/**
 * An officer with a key under a passphrase, in a trial with participants.
 *
 * @param isQuick whether a passphrase is checked at once, and not in a second or more
 */
function withOfficer(passphrase: string, isQuick = true): Trial & { readonly key: string } {
  const keyOf = ({ folder }: Trial) => join(folder, 'new.key');
  const speed = isQuick ? 'quick' : 'usual';
  const what = `enrolled, with an officer under the ${speed} passphrase ${passphrase}`;
  const trial = begun(what, (made) => {
    const { folder, study, plan } = made;
    const file = join(folder, 'passphrase');
    writeFileSync(file, passphrase);
    const person = ['--role', 'officer', '--name', 'New Officer', '--output', keyOf(made)];
    mustRun('keygen', ...person, '--passphrase-file', file, '--study', study);
    if (isQuick) quicken(keyOf(made), passphrase.trim());
    mustRun('allocate', '--study', study, '--plan', plan);
    enrol(made);
  });
  return { ...trial, key: keyOf(trial) };
}

describe('randose unblind with nothing else', () => {
  withExpect('says what to type for a kit that nobody has by the ledger', () => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    const kit = kitsOfTrial(trial)[4]!;
    const { text } = atTerminal(
      trial.study,
      ['unblind', '--identity', trial.officer],
      [
        ['Which participant?', kit],
        ['Which participant?', 'CRT-001'],
        ['Why?', 'SAE'],
        ['Open CRT-001?', 'n'],
      ],
    );
    const said = text.replace(/\s+/g, ' ');
    expect(said).toContain(`Kit ${kit} (R005) is not assigned to any participant.`);
    expect(said).toContain(`randose unblind --kit ${kit} --given-to SUBJECT`);
  });

  withExpect('asks for participant, key and reason', () => {
    const trial = enrolled();
    mkdirSync(join(trial.folder, 'keys'));
    copyFileSync(trial.officer, join(trial.folder, 'keys', 'mine.key'));
    copyFileSync(trial.packer, join(trial.folder, 'keys', 'packer.key'));
    const { status, text } = atTerminal(
      trial.study,
      ['unblind'],
      [
        ['Which participant?', 'CRT-999'],
        ['Which participant?', 'R07'],
        ['Which participant?', '474WW4E'],
        ['Which participant?', 'r007'],
        ['Which key?', 'no.key'],
        ['Which key?', '22'],
        ['Which key?', '2'],
        ['Which key?', '1'],
        ['Why?', ''],
        ['Why?', 'SAE'],
        ['Open CRT-007? [y/N]', 'y'],
      ],
    );
    expect(text).toContain('"CRT-999" is not a participant, a number or a kit of this study.');
    expect(text).toContain('To list all participants, run: randose calendar. Ctrl-C cancels.');
    expect(text).toContain('Did you mean CRT-007 (R007)?');
    expect(text).toContain('Kit code 474WW4E is correctly formed but is not in this study.');
    expect(text).toContain('There is no key 22. Type a number from 1 to 2, a file, or card.');
    expect(text).toContain('../keys/packer.key opens no envelope');
    expect(text).toContain('There is no key at no.key.');
    expect(text).toContain('This is CRT-007, randomization number R007, kit');
    expect(text).toContain('1  ../keys/mine.key: Example Officer, officer');
    expect(text).toContain('2  ../keys/packer.key: Example Packer, packer (opens no envelope)');
    expect(text).toContain('For the ledger: "SAE". Ctrl-C cancels.');
    expect(text).toMatch(ARM);
    expect(text).toContain('Close or clear this window when you have read it.');
    expect(status).toBe(0);
    expect(ledgerOf(trial.study).slice(-2)).toMatchObject([
      { action: 'code-break intent', subject: 'CRT-007', number: 'R007', reason: 'SAE' },
      { result: 'opened' },
    ]);
  });

  withExpect('asks only for what is missing', () => {
    const { study, officer } = enrolled();
    const { status, text } = atTerminal(
      study,
      ['unblind', 'CRT-002', '--identity', officer],
      [
        ['Why?', 'SAE'],
        ['Open CRT-002?', 'y'],
      ],
    );
    expect(status).toBe(0);
    expect(text).toContain('This is CRT-002, randomization number R002, kit');
    expect(text).not.toContain('Which');
  });

  withExpect('asks for a reason at once if the one that was typed is blank', () => {
    const { study, officer } = enrolled();
    const { status, text } = atTerminal(
      study,
      ['unblind', 'CRT-002', '--identity', officer, '--reason', ' '],
      [
        ['Why?', ''],
        ['Why?', 'SAE'],
        ['Open CRT-002?', 'y'],
      ],
    );
    expect(status).toBe(0);
    expect(text).toContain('Type a reason, such as "serious adverse event". Ctrl-C cancels.');
    expect(ledgerOf(study).at(-2)).toMatchObject({ reason: 'SAE' });
  });

  withExpect(
    'asks nothing if all was typed, and says first that somebody was opened before',
    () => {
      const { study, officer } = enrolled();
      const words = ['unblind', 'CRT-002', '--identity', officer, '--reason', 'SAE'];
      mustRun(...words, '--study', study);
      const { status, text } = atTerminal(study, words, []);
      expect(status).toBe(0);
      expect(text).not.toContain('[y/N]');
      const before = text.indexOf('CRT-002 was opened before: ');
      expect(before).toBeGreaterThan(text.indexOf('This is CRT-002'));
      expect(before).toBeLessThan(text.search(ARM));
    },
  );

  withExpect('no at the last question leaves nothing on record', () => {
    const { study, officer } = enrolled();
    const before = ledgerOf(study).length;
    const { status, text } = atTerminal(
      study,
      ['unblind', 'CRT-002', '--identity', officer],
      [
        ['Why?', 'SAE'],
        ['Open CRT-002?', ''],
      ],
    );
    expect(status).toBe(64);
    expect(text).toContain('Cancelled. Nothing was done.');
    expect(text).not.toMatch(ARM);
    expect(ledgerOf(study)).toHaveLength(before);
  });

  withExpect('a slip on the command line is asked again, and is not on record', () => {
    const trial = withOfficer('four random words\n');
    const { study, folder, key } = trial;
    const before = ledgerOf(study).length;
    const tries = [
      ['474WW4E', ['--card', '--by', 'E. Example, physician'], 'Which participant?'],
      ['CRT-999', ['--identity', key], 'Which participant?'],
      ['R999', ['--identity', key], 'Which participant?'],
      ['crt1', ['--identity', key], 'Which participant?'],
      ['CRT-001', ['--identity', join(folder, 'no.key')], 'Which key?'],
      ['CRT-001', ['--identity', `${key}.pub`], 'Which key?'],
    ] as const;
    for (const [id, words, question] of tries) {
      const slip = ['unblind', id, ...words, '--reason', 'SAE'];
      const { status, text } = atTerminal(study, slip, [[question, '^C']]);
      expect(status, text).toBe(64);
      expect(text).not.toMatch(/Passphrase|code-break card, group/);
      if (id === 'crt1') expect(text).toContain('Did you mean CRT-001 (R001)?');
    }
    expect(ledgerOf(study)).toHaveLength(before);
    // What was asked again is shown before it is opened.
    const plain = atTerminal(
      study,
      ['unblind', 'CRT-99', '--identity', trial.officer, '--reason', 'SAE'],
      [
        ['Which participant?', 'CRT-001'],
        ['Open CRT-001? [y/N]', 'y'],
      ],
    );
    expect(plain.status, plain.text).toBe(0);
  });

  withExpect(
    'a key that is not there, a public key and a passphrase are refused at the question',
    () => {
      const trial = withOfficer('four random words\n');
      const { study, folder } = trial;
      mkdirSync(join(folder, 'keys'));
      copyFileSync(trial.officer, join(folder, 'keys', 'mine.key'));
      const { text } = atTerminal(
        study,
        ['unblind', 'CRT-001'],
        [
          ['Which key?', 'keys/mine.key'],
          ['Which key?', '../new.key.pub'],
          ['Which key?', 'four random words'],
          ['Which key?', '^C'],
        ],
      );
      const said = text.replace(/\s+/g, ' ');
      expect(said).toMatch(
        /There is no key at keys\/mine\.key\. Did you mean \.\.\/keys\/mine\.key\? Type [12]\./,
      );
      expect(said).toContain('../new.key.pub is the public key: it opens nothing.');
      expect(said).toContain('The secret key is ../new.key, beside it.');
      expect(said.match(/This names no key file\. A passphrase is asked for later/g)).toHaveLength(
        1,
      );
      expect(said).not.toContain('no key at four');
    },
  );

  withExpect('if no key is found, it says so, and where it looked', () => {
    const { study } = enrolled();
    const { text } = atTerminal(
      study,
      ['unblind', 'CRT-001'],
      [
        ['Which key?', '1'],
        ['Which key?', '^C'],
      ],
    );
    expect(text.replace(/\s+/g, ' ')).toContain('No key file was found in this folder, in the one');
    expect(text).toContain('There is no key 1: none was found. Type a file, or card.');
  });

  withExpect(
    'a reason that names an arm is asked again, for everybody reads the ledger [R-049]',
    () => {
      const { study, officer } = enrolled();
      const key = ['--identity', officer];
      const asked = atTerminal(
        study,
        ['unblind', 'CRT-001', ...key],
        [
          ['Why?', 'SAE, was on placebo'],
          ['To keep it anyway, type it again.', 'SAE'],
          ['Open CRT-001? [y/N]', 'y'],
        ],
      );
      expect(asked.status, asked.text).toBe(0);
      const words = ['unblind', 'CRT-002', ...key, '--reason', 'SAE on ILT101'];
      const typed = atTerminal(study, words, [
        ['Keep this reason? [y/N]', 'n'],
        ['Why?', 'SAE, second'],
        ['Open CRT-002? [y/N]', 'y'],
      ]);
      expect(typed.status, typed.text).toBe(0);
      expect(typed.text.replace(/\s+/g, ' ')).toContain(
        'the reason names an arm ("ILT101"). Everybody who reads the ledger reads the reason',
      );
      const reasons = ledgerOf(study).flatMap(({ reason }) => reason ?? []);
      expect(reasons).toEqual(['SAE', 'SAE, second']);
      const script = randose(
        'unblind',
        'CRT-003',
        ...key,
        '--reason',
        'on placebo',
        '--study',
        study,
      );
      expect(script.status).toBe(0);
      expect(script.stderr).toContain('warning: the reason names an arm ("placebo")');
      const dose = [
        'dose',
        'CRT-001',
        '--visit',
        'D1',
        '--date',
        'today',
        '--by',
        'A',
        '--deviation',
      ];
      const other = randose(...dose, '--reason', 'refuses ILT101', '--study', study);
      expect(other.stderr).toContain('the reason names an arm ("ILT101")');
      const none = randose(...dose, '--reason', 'pain in the arm', '--study', study);
      expect(none.stderr).not.toContain('names an arm');
    },
  );

  withExpect('back asks the question before again', () => {
    const { study, officer } = enrolled();
    const { status, text } = atTerminal(
      study,
      ['unblind'],
      [
        ['Which participant?', 'back'],
        ['Which participant?', 'CRT-003'],
        ['Which key?', 'back'],
        ['Which participant?', 'CRT-002'],
        ['Which key?', officer],
        ['Why?', 'back'],
        ['Which key?', officer],
        ['Why?', '9'],
        ['Why?', 'SAE'],
        ['Open CRT-002? [y/N]', 'y'],
      ],
    );
    expect(status, text).toBe(0);
    expect(text).toContain('This is the first question. Ctrl-C cancels.');
    expect(text).toContain('Say why in a few words.');
    expect(text).toContain('Subject CRT-002, ');
    expect(ledgerOf(study).at(-2)).toMatchObject({ subject: 'CRT-002', reason: 'SAE' });
  });

  test('away from a terminal, names everything that is missing', () => {
    const { study } = allocated();
    for (const more of [[], ['--json']]) {
      const { status, stderr, stdout } = randose('unblind', '--study', study, ...more);
      expect(status).toBe(64);
      const said = stderr + stdout;
      for (const missing of ['<id>, --subject <id>', '--identity <file>', '--reason <text>']) {
        expect(said).toContain(missing);
      }
    }
    const one = randose('unblind', 'CRT-001', '--study', study, '--identity', 'x');
    expect(one.stderr).toContain('unblind needs --reason <text>: why');
    expect(ledgerOf(study)).toHaveLength(1);
  });
});

describe('a kit, as given to a participant', () => {
  /** CRT-001 was given the kit of CRT-002, by the ledger. */
  function givenAnother(): Trial & { readonly other: string } {
    const trial = enrolled();
    const other = kitOf(trial.study, 'R002');
    const dose = ['--subject', 'CRT-001', '--visit', 'D1', '--date', '2026-06-15', '--kit', other];
    const why = ['--deviation', '--reason', 'wrong box', '--by', 'Example Nurse'];
    mustRun('dose', '--study', trial.study, ...dose, ...why);
    return { ...trial, other };
  }

  withExpect('names nobody else, and says who is not blinded any more', () => {
    const { study, officer, other } = givenAnother();
    const { status, text } = atTerminal(
      study,
      ['unblind', '--kit', other.toLowerCase(), '--given-to', 'CRT-001', '--identity', officer],
      [
        ['Why?', 'SAE'],
        [`Open kit ${other}, as given to CRT-001? [y/N]`, 'y'],
      ],
    );
    expect(status, text).toBe(0);
    expect(text).toContain(`This is kit ${other}, as given to CRT-001.`);
    expect(text).not.toMatch(/CRT-002|R002/);
    const said = text.replace(/\s+/g, ' ');
    expect(said).toContain(
      `Whoever has or gets the number of kit ${other} is not blinded any more to those who see this.`,
    );
    // Of the other participant, the records say it from now on.
    const told = mustRun('status', '--study', study);
    expect(told).toMatch(new RegExp(`^  CRT-001  .*, kit ${other}, as given to CRT-001, by `, 'm'));
    expect(told).toMatch(
      new RegExp(`^  CRT-002  kit ${other} was opened as given to CRT-001 \\(ledger \\d+\\)$`, 'm'),
    );
    const again = randose(
      'unblind',
      'CRT-002',
      '--study',
      study,
      '--identity',
      officer,
      '--reason',
      'x',
    );
    expect(again.stderr).toContain('Opened before: ');
    expect(again.stderr).toContain(`kit ${other}, as given to CRT-001, by Example Officer`);
  });

  withExpect('that the ledger does not name is asked for, or warned of', () => {
    const { study, officer, other } = givenAnother();
    const wrong = kitOf(study, 'R003');
    const words = ['unblind', '--kit', wrong, '--given-to', 'CRT-001', '--identity', officer];
    const doubt = `says that CRT-001 was given ${other}, not ${wrong}.`;
    const before = ledgerOf(study).length;
    const why = ['--reason', 'SAE'];
    const no = atTerminal(study, [...words, ...why], [[`Open kit ${wrong}? [y/N]`, '']]);
    expect(no.status).toBe(64);
    expect(no.text).toContain(`The ledger ${doubt}`);
    expect(no.text).not.toContain('Passphrase');
    expect(ledgerOf(study)).toHaveLength(before);
    const yes = atTerminal(study, [...words, ...why], [[`Open kit ${wrong}? [y/N]`, 'y']]);
    expect(yes.status, yes.text).toBe(0);
    expect(yes.text).toMatch(ARM);
    expect(yes.text).not.toMatch(/CRT-003|R003/);
    const script = randose(...words, ...why, '--study', study);
    expect(script.stderr).toContain(`warning: the ledger ${doubt}`);
    expect(script.stdout).toContain(
      `was given kit ${other} on 2026-06-15, which is not kit ${wrong}.`,
    );
    expect(script.stdout).toMatch(ARM);
    const nothing = [...words.slice(0, 4), 'CRT-004', ...words.slice(5), ...why];
    expect(randose(...nothing, '--study', study).stderr).toContain(
      `warning: the ledger does not say that CRT-004 was given kit ${wrong}.`,
    );
  });

  withExpect('is told of before the key is asked for, if it is not their own', () => {
    const { study, other } = givenAnother();
    const { text } = atTerminal(study, ['unblind', 'CRT-001'], [['Which key?', '^C']]);
    expect(text.replace(/\s+/g, ' ')).toMatch(
      new RegExp(
        `ANOTHER KIT: .* CRT-001 was given kit ${other} on .*--kit ${other} --given-to CRT-001`,
      ),
    );
  });
});

describe('an id is a subject, a number or a kit', () => {
  test('in unblind, wherever it is typed', () => {
    const { study, officer } = enrolled();
    const kit = kitOf(study, 'R003');
    const opening = ['--study', study, '--reason', 'SAE', '--identity', officer];
    for (const id of ['crt-003', 'r003', kit.toLowerCase()]) {
      expect(mustRun('unblind', id, ...opening)).toContain(
        'Subject CRT-003, randomization number R003',
      );
      expect(mustRun('unblind', ...opening, id)).toContain(
        'Subject CRT-003, randomization number R003',
      );
    }
  });

  test('in calendar, check, dose, move and kit; --number too', () => {
    const { study } = enrolled();
    const kit = kitOf(study, 'R001');
    const on = ['--study', study];
    for (const id of [['CRT-001'], ['r001'], [kit], ['--number', 'R001']]) {
      expect(mustRun('calendar', ...id, ...on)).toContain('CRT-001');
      expect(mustRun('check', ...id, ...on)).toContain(`kit ${kit} is valid`);
      expect(mustRun('kit', ...id, ...on)).toMatch(new RegExp(`^.*\\n${kit}.*CRT-001.*\\n$`));
    }
    const by = ['--by', 'A. Example', '--reason', 'x', ...on];
    mustRun('move', 'R001', '--visit', 'D15', '--date', '2026-06-16', '--deviation', ...by);
    expect(ledgerOf(study).at(-1)).toMatchObject({ action: 'move', subject: 'CRT-001' });
    mustRun('dose', kit, '--visit', 'D1', '--date', '2026-06-01', '--deviation', ...by);
    expect(ledgerOf(study).at(-1)).toMatchObject({ action: 'dose', subject: 'CRT-001', kit });
  });

  test('a number after --subject is told, with the right command', () => {
    const { study, officer } = enrolled();
    const key = ['--identity', officer, '--reason', 'SAE'];
    const unblind = randose('unblind', '--study', study, '--subject', 'r002', ...key);
    expect(unblind.stderr).toContain(
      '"r002" is the randomization number of CRT-002, not a subject id',
    );
    expect(unblind.stderr).toContain('randose unblind --number R002');
    const calendar = randose('calendar', '--study', study, '--subject', 'R002');
    expect(calendar.status).toBe(65);
    expect(calendar.stderr).toContain('type: --subject CRT-002');
  });

  test('what could be two things is refused, and nothing is entered', () => {
    const trial = allocated();
    const on = ['--study', trial.study, '--site', 'CRT', '--day1', '2026-06-15', '--by', 'Example'];
    for (const subject of ['R002', 'CRT-002']) mustRun('randomize', '--subject', subject, ...on);
    const before = ledgerOf(trial.study).length;
    const key = ['--identity', trial.officer, '--reason', 'SAE', '--study', trial.study];
    const { status, stderr } = randose('unblind', 'r002', ...key);
    expect(status).toBe(64);
    expect(stderr).toContain(
      'could be the participant R002 (R001), or the randomization number of CRT-002',
    );
    expect(stderr).toContain('--subject R002 or --number R002');
    expect(ledgerOf(trial.study)).toHaveLength(before);
    expect(randose('check', 'R002', '--study', trial.study).status).toBe(64);
    expect(mustRun('unblind', '--number', 'R002', ...key)).toContain('Subject CRT-002');
  });

  test('what is nothing here is refused', () => {
    const { study } = enrolled();
    const refused = randose('check', 'CRT-999', '--study', study);
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('is not a participant, a randomization number or a kit');
  });
});

test('a key that cannot open an envelope: who can, and which file is the secret one', () => {
  const trial = withOfficer('four random words\n');
  const on = ['unblind', 'CRT-001', '--study', trial.study, '--reason', 'SAE', '--identity'];
  expect(randose(...on, trial.packer).stderr).toContain(
    "Use an officer's key: Example Officer, New Officer. Or use the code-break card of R001",
  );
  const half = randose(...on, `${trial.key}.pub`);
  expect(half.status).toBe(77);
  expect(half.stderr).toContain(`${trial.key}.pub is the public key: it opens nothing`);
  expect(half.stderr).toContain(`The secret key is ${trial.key}, beside it.`);
});

describe('a passphrase', () => {
  withExpect('is asked three times, in one attempt that names the officer', () => {
    const trial = withOfficer('four random words\n');
    const before = ledgerOf(trial.study).length;
    const wrong = atTerminal(
      trial.study,
      ['unblind', 'CRT-001', '--identity', trial.key, '--reason', 'SAE'],
      [
        ['Passphrase for', ''],
        ['Passphrase for', 'wrong one'],
        ['Try 2 of 3', 'wrong two'],
        ['Try 3 of 3', 'wrong three'],
      ],
    );
    expect(wrong.status).toBe(77);
    expect(wrong.text).toContain('the passphrase does not open');
    expect(wrong.text.replace(/\s+/g, ' ')).toContain(
      "Or use the code-break card (--card), or another officer's key.",
    );
    expect(wrong.text).not.toMatch(/wrong (one|two|three)/);
    expect(ledgerOf(trial.study).slice(before)).toMatchObject([
      {
        action: 'code-break intent',
        who: { name: 'New Officer', role: 'officer' },
        key: 'New Officer, officer (key not opened)',
      },
      { action: 'code-break outcome', result: 'refused', error: 'wrong-key' },
    ]);
    const right = atTerminal(
      trial.study,
      ['unblind', 'CRT-001', '--identity', trial.key, '--reason', 'SAE'],
      [
        ['Passphrase for', 'wrong one'],
        ['Try 2 of 3', 'four random words'],
      ],
    );
    expect(right.status).toBe(0);
    expect(right.text).toMatch(ARM);
    expect(ledgerOf(trial.study).at(-2)).toMatchObject({ key: 'New Officer, officer' });
  });

  withExpect(
    'that is typed while another one is checked is shown nowhere, and answers nothing',
    () => {
      // It is typed while the other is checked, which must take its time.
      const trial = withOfficer('four random words\n', false);
      const words = ['unblind', 'CRT-001', '--identity', trial.key, '--reason', 'SAE'];
      const { status, text } = atTerminal(trial.study, words, [
        ['Passphrase for', 'wrong one'],
        ['Checking', 'too early'],
        ['Try 2 of 3', 'four random words'],
      ]);
      expect(status, text).toBe(0);
      expect(text).toMatch(ARM);
      expect(text).not.toMatch(/early|random words/);
      // After the last one it is not left for the shell either.
      const line = [process.execPath, RANDOSE, ...words].map((word) => `'${word}'`).join(' ');
      const file = join(trial.folder, 'shell.sh');
      writeFileSync(
        file,
        `cd '${trial.study}'\n${line}\nread -r -t 2 typed\necho "left: <$typed>"\n`,
      );
      const three = [1, 2, 3].map(() => 'expect "Passphrase for"; send "wrong\\r"');
      const script = `set timeout 30; spawn bash ${file}; ${three.join('; ')}
expect "Checking"; sleep 0.1; send "four random words\\r"; expect eof`;
      const seen = execFileSync('expect', ['-c', script], { encoding: 'utf8' });
      expect(seen).toContain('left: <>');
      expect(seen).not.toContain('random words');
    },
  );

  withExpect('that is typed as the reason is not kept', () => {
    const trial = withOfficer('four random words\n');
    const { study, folder, key } = trial;
    const before = ledgerOf(study).length;
    const cards = ['cards', '--identity', key, '--output', join(folder, 'cards.pdf')];
    const slip = ['--reason', 'Four random words.'];
    const typed = atTerminal(study, [...cards, ...slip], [['Passphrase for', 'four random words']]);
    expect(typed.status, typed.text).toBe(64);
    expect(typed.text).toContain('For the ledger: "Four random words.". Ctrl-C cancels.');
    expect(typed.text).toContain('the reason has a passphrase in it');
    expect(ledgerOf(study)).toHaveLength(before);
    const given = ['--passphrase-file', join(folder, 'passphrase'), '--study', study];
    expect(randose(...cards, ...slip, ...given).status).toBe(64);
    expect(ledgerOf(study)).toHaveLength(before);
    // An emergency goes on.
    const opened = randose('unblind', 'CRT-001', '--identity', key, ...slip, ...given);
    expect(opened.status).toBe(0);
    expect(opened.stdout).toMatch(ARM);
    expect(opened.stderr).toContain('the reason had a passphrase in it');
    expect(readFileSync(join(study, 'ledger.jsonl'), 'utf8')).not.toMatch(/four random/i);
    expect(ledgerOf(study).at(-2)).toMatchObject({ reason: '(a passphrase was typed here)' });
  });

  test('opens composed or decomposed, and after a byte order mark', () => {
    const trial = withOfficer('my p\u00e4ssword\n');
    const file = join(trial.folder, 'passphrase');
    const open = ['unblind', 'CRT-001', '--study', trial.study, '--identity', trial.key];
    const spellings = ['my pa\u0308ssword\n', '\ufeffmy p\u00e4ssword\r\n', 'my p\u00e4ssword'];
    for (const spelling of spellings) {
      writeFileSync(file, spelling);
      expect(mustRun(...open, '--passphrase-file', file, '--reason', 'SAE')).toMatch(ARM);
    }
    writeFileSync(file, Buffer.from('\ufeffmy p\u00e4ssword\r\n', 'utf16le'));
    expect(mustRun(...open, '--passphrase-file', file, '--reason', 'SAE')).toMatch(ARM);
  });

  test('that is typed decomposed makes a key that opens composed', () => {
    const trial = withOfficer('my pa\u0308ssword\n');
    const file = join(trial.folder, 'passphrase');
    writeFileSync(file, 'my p\u00e4ssword\n');
    const open = ['unblind', 'CRT-001', '--study', trial.study, '--identity', trial.key];
    expect(mustRun(...open, '--passphrase-file', file, '--reason', 'SAE')).toMatch(ARM);
  });
});

describe('keygen', () => {
  withExpect('says what it wants, asks again, and warns of other keyboards', () => {
    const { folder } = depil2();
    const { status, text } = atTerminal(
      folder,
      ['keygen', '--role', 'officer', '--name', 'New', '--output', 'new.key'],
      [
        ['New passphrase', 'short'],
        ['has fewer than 8 characters', 'four random words'],
        ['Repeat', 'four random wordz'],
        ['passphrases differ', 'qu\u00e4tre mots'],
        ['Repeat', 'qu\u00e4tre mots'],
      ],
    );
    expect(status).toBe(0);
    expect(text.indexOf('at least 8 characters')).toBeLessThan(text.indexOf('New passphrase'));
    expect(text).toContain('The two passphrases differ. Try 2 of 3.');
    expect(text).toContain('Nobody can recover a forgotten passphrase');
    expect(text).toContain('1 character of it is not on every keyboard');
    expect(text).not.toMatch(/mots|words\b(?! do well)/);
    const recipient = /^age1\S+$/m.exec(text)![0];
    expect(readFileSync(join(folder, 'new.key.pub'), 'utf8')).toBe(`# New\n${recipient}\n`);
  });

  testWithTool(['age', '--version'])('writes a public half that age seals to', () => {
    const { folder } = withOfficer('four random words\n');
    const sealed = execFileSync('age', ['-R', join(folder, 'new.key.pub')], { input: 'x' });
    expect(sealed.toString('latin1')).toContain('age-encryption.org/v1');
  });

  test('replaces no public half, and writes none beside a plain key', () => {
    const { folder } = depil2();
    const words = ['keygen', '--role', 'officer', '--name', 'New'];
    writeFileSync(join(folder, 'a.key.pub'), 'mine');
    writeFileSync(join(folder, 'pass'), 'four random words');
    const passphrase = ['--passphrase-file', join(folder, 'pass')];
    const refused = randose(...words, '--output', join(folder, 'a.key'), ...passphrase);
    expect(refused.status).toBe(73);
    expect(existsSync(join(folder, 'a.key'))).toBe(false);
    mustRun(...words, '--output', join(folder, 'b.key'), '--no-passphrase');
    expect(existsSync(join(folder, 'b.key.pub'))).toBe(false);
  });
});

describe('Ctrl-C says one thing', () => {
  withExpect('before anything: nothing was done, and nothing is on record', () => {
    const { study, officer } = enrolled();
    const before = ledgerOf(study).length;
    for (const [words, question] of [
      [['unblind'], 'Which participant?'],
      [['unblind', 'CRT-001'], 'Which key?'],
      [['unblind', 'CRT-001', '--identity', officer], 'Why?'],
      [['unblind', 'CRT-001', '--card', '--by', 'Me', '--reason', 'x'], 'Key of the code-break'],
    ] as const) {
      for (const key of ['^C', '^D']) {
        const { status, text } = atTerminal(study, words, [[question, key]]);
        expect(status, text).toBe(64);
        expect(text).toMatch(/\nerror: Cancelled\. Nothing was done\.\n$/);
        expect(text.match(/cancelled|ledger \d/gi)).toHaveLength(1);
      }
    }
    expect(ledgerOf(study)).toHaveLength(before);
  });

  withExpect('after a wrong passphrase: the attempt is on record', () => {
    const trial = withOfficer('four random words\n');
    const words = ['unblind', 'CRT-001', '--identity', trial.key, '--reason', 'SAE'];
    const first = atTerminal(trial.study, words, [['Passphrase for', '^C']]);
    expect(first.status).toBe(64);
    expect(first.text).toMatch(/\nerror: Cancelled\. Nothing was done\.\n$/);
    const before = ledgerOf(trial.study).length;
    const second = atTerminal(trial.study, words, [
      ['Passphrase for', 'wrong'],
      ['Try 2 of 3', '^C'],
    ]);
    expect(second.status).toBe(64);
    expect(second.text).toContain('The attempt is in the ledger.');
    expect(second.text).toContain('Cancelled after a passphrase was typed. Nothing was opened.');
    expect(ledgerOf(trial.study)).toHaveLength(before + 2);
    expect(ledgerOf(trial.study).at(-1)).toMatchObject({ result: 'refused', error: 'cancelled' });
    const told = mustRun('ledger', '--study', trial.study, '--last', '1');
    expect(told).toContain(
      'code-break of CRT-001: refused: cancelled after a passphrase was typed',
    );
  });
});

describe('Ctrl-C while a passphrase is checked', () => {
  withExpect('ends after the check, and leaves the attempt on record', () => {
    const trial = withOfficer('four random words\n', false);
    const words = ['unblind', 'CRT-001', '--identity', trial.key, '--reason', 'SAE'];
    for (const passphrase of ['wrong', 'four random words']) {
      const before = ledgerOf(trial.study).length;
      const { status, text } = atTerminal(trial.study, words, [
        ['Passphrase for', passphrase],
        ['Checking…', '^C'],
      ]);
      expect(status, text).toBe(64);
      expect(text).toContain('Cancelled after a passphrase was typed. Nothing was opened.');
      expect(text).not.toMatch(/ILT101|PLACEBO/);
      expect(ledgerOf(trial.study)).toHaveLength(before + 2);
      expect(ledgerOf(trial.study).at(-1)).toMatchObject({ result: 'refused', error: 'cancelled' });
    }
  });
});

describe('what goes wrong beside the key', () => {
  withExpect('a passphrase that is typed where a participant is asked for is not repeated', () => {
    const { study } = enrolled();
    const { text } = atTerminal(
      study,
      ['unblind'],
      [
        ['Which participant?', 'four random words!'],
        ['Which participant?', ''],
        ['the code on the kit', '^C'],
      ],
    );
    // Once: as the terminal shows what is typed.
    expect(text.match(/four random words!/g)).toHaveLength(1);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('What you typed was not kept.');
  });

  withExpect('without a ledger, the kit is asked for before the key', () => {
    const { study, officer } = enrolled();
    const kit = kitOf(study, 'R003');
    writeFileSync(join(study, 'ledger.jsonl'), 'damaged\n');
    const words = ['unblind', 'CRT-003', '--identity', officer, '--reason', 'SAE'];
    const { status, text } = atTerminal(study, words, [
      ['Which participant?', kit],
      [`Open ${kit}?`, 'y'],
    ]);
    const told = text.replaceAll(/\s+/g, ' ');
    expect(told).toContain('No undamaged line of ledger.jsonl says which slot CRT-003 has.');
    expect(told).toContain("Type the code on the participant's kit, or the number");
    expect(told).toMatch(ARM);
    expect(status).toBe(0);
  });

  withExpect('a folder that is gone when the key is open is told, with what to write down', () => {
    const { study, key, folder } = withOfficer('four random words\n');
    const words = ['unblind', 'CRT-002', '--study', study, '--identity', key, '--reason', 'SAE'];
    const line = [process.execPath, RANDOSE, ...words].map((word) => `{${word}}`).join(' ');
    const script = `set timeout 40; spawn ${line}
expect "Passphrase for"; exec mv {${study}} {${folder}/unplugged}; send "four random words\\r"
expect eof; exit [lindex [wait] 3]`;
    const { status, stdout } = spawnSync('expect', ['-c', script], {
      encoding: 'utf8',
      timeout: 90_000,
    });
    const told = stdout.replaceAll(/\s+/g, ' ');
    expect(told).toContain(`the study folder ${study} is no longer there`);
    expect(told).toContain('THIS ATTEMPT IS NOT IN THE LEDGER');
    expect(told).toContain('Write this down now and sign it: Code-break DEPIL-2, subject CRT-002');
    expect(told).toContain('Plug the disk in again');
    expect(told).not.toMatch(ARM);
    expect(status).toBe(66);
  });
});
