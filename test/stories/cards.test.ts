import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  editStudy,
  enrolled,
  FIXTURES,
  kitsOfTrial,
  labelled,
  extendList,
  mustRun,
  randose,
  RANDOSE,
  type Trial,
} from '../support/command-line.ts';
import {
  addLine,
  nextGroup,
  NOTHING_TYPED,
  withoutWrongGroups,
} from '../../src/blinding/typed-card.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { ledgerOf } from '../support/custody.ts';
import { lastScreen } from '../support/screen.ts';
import { testWithTool } from '../support/tools.ts';

const cards = ({ study, folder }: Trial, key: string, name: string, ...words: string[]) =>
  randose('cards', '--study', study, '--identity', key, '--output', join(folder, name), ...words);
const textOf = (file: string) =>
  execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
const keysIn = (text: string) => text.match(/AGE-SECRET-KEY-1[A-Z0-9]{58}/g) ?? [];
/** What a command line prints in a folder. */
const bashIn = (cwd: string, command: string) =>
  execFileSync('bash', ['-c', command], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
const withPdftotext = testWithTool(['pdftotext', '-v']);
/** Tests that read a card first, and then do something with another program. */
const andPdftotext: typeof testWithTool = (command) =>
  spawnSync('pdftotext', ['-v']).error === undefined ? testWithTool(command) : withPdftotext;

describe('code-break cards', () => {
  withPdftotext('are made once, for their maker alone, and the ledger says so [R-039]', () => {
    const trial = allocated();
    const made = cards(trial, trial.officer, 'cards.pdf');
    expect(made.status).toBe(0);
    expect(made.stderr).toMatch(/Then destroy the file/);
    expect(made.stdout + made.stderr).not.toMatch(/ILT101|PLACEBO/);
    const file = join(trial.folder, 'cards.pdf');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new Set(keysIn(textOf(file))).size).toBe(18);
    expect(textOf(file)).not.toMatch(/ILT101 |PLACEBO|REPRINT/);
    expect(ledgerOf(trial.study).slice(-2)).toMatchObject([
      { action: 'card making intent', batches: [1], key: 'Example Officer, officer' },
      { action: 'card making outcome', result: 'opened', error: null },
    ]);
    const again = cards(trial, trial.officer, 'more.pdf');
    expect(again).toMatchObject({ status: 73, stdout: '' });
    expect(again.stderr).toMatch(
      /already made on \d{4}-\d\d-\d\d \(UTC\) by Example Officer, officer/,
    );
    expect(existsSync(join(trial.folder, 'more.pdf'))).toBe(false);
    expect(cards(trial, trial.officer, 'more.pdf', '--again').status).toBe(64);
    expect(cards(trial, trial.officer, 'more.pdf', '--again', '--reason', 'lost').status).toBe(0);
    const reprint = textOf(join(trial.folder, 'more.pdf'));
    expect(reprint.match(/REPRINT/g)).toHaveLength(18);
    expect(keysIn(reprint)).toEqual(keysIn(textOf(file)));
    expect(ledgerOf(trial.study).at(-2)).toMatchObject({ reason: 'lost' });
    expect(mustRun('status', '--study', trial.study)).toMatch(
      /^Code-break cards: printed 2 times$/m,
    );
    mustRun('verify', '--study', trial.study);
  });

  test('go to nobody else, and never into the study folder', () => {
    const trial = allocated();
    const refused = cards(trial, trial.packer, 'cards.pdf');
    expect(refused).toMatchObject({ status: 77, stdout: '' });
    expect(existsSync(join(trial.folder, 'cards.pdf'))).toBe(false);
    expect(ledgerOf(trial.study).at(-1)).toMatchObject({ result: 'refused', error: 'wrong-key' });
    expect(cards(trial, trial.officer, 'depil-2/cards.pdf').status).toBe(64);
    // What was refused was not made.
    expect(cards(trial, trial.officer, 'cards.pdf').status).toBe(0);
  });

  withPdftotext('of a further batch are made by themselves', () => {
    const trial = allocated();
    cards(trial, trial.officer, 'one.pdf');
    editStudy(trial, ['slots: 18', 'slots: 24']);
    extendList(trial);
    expect(cards(trial, trial.officer, 'two.pdf').stdout).toContain('6 code-break cards');
    expect(ledgerOf(trial.study).at(-2)).toMatchObject({ batches: [2] });
    expect(textOf(join(trial.folder, 'two.pdf')).match(/^R\d{3}$/gm)).toEqual([
      'R019',
      'R020',
      'R021',
      'R022',
      'R023',
      'R024',
    ]);
    expect(cards(trial, trial.officer, 'three.pdf').status).toBe(73);
  });

  andPdftotext(['age', '--version'])(
    'each open their own envelope by stock age, and no other',
    () => {
      const trial = allocated();
      cards(trial, trial.officer, 'cards.pdf');
      const pages = textOf(join(trial.folder, 'cards.pdf')).split('\f').slice(0, 18);
      const card = join(trial.folder, 'card.txt');
      const numbers = pages.map((_, index) => `R${String(index + 1).padStart(3, '0')}`);
      const open = (number: string) =>
        spawnSync('age', ['-d', '-i', card, `${trial.study}/allocation/envelopes/${number}.age`], {
          encoding: 'utf8',
        });
      for (const [index, page] of pages.entries()) {
        const number = /^R\d{3}$/m.exec(page)![0];
        expect(number).toBe(numbers[index]);
        writeFileSync(card, `${keysIn(page).join('\n')}\n`);
        expect(numbers.filter((other) => open(other).status === 0)).toEqual([number]);
        expect(JSON.parse(open(number).stdout)).toMatchObject({ number });
      }
    },
  );

  andPdftotext(['age', '--version'])('have an age command that shows the arm on one screen', () => {
    const trial = allocated();
    const { study } = trial;
    cards(trial, trial.officer, 'cards.pdf');
    for (const page of textOf(join(trial.folder, 'cards.pdf')).split('\f').slice(0, 3)) {
      const [number] = /^R\d{3}$/m.exec(page)!;
      const [, command] = /2\. (age .*)\n/.exec(page)!;
      writeFileSync(join(study, 'card.txt'), `${keysIn(page).join('\n')}\n`);
      const shown = bashIn(study, command!);
      expect(shown.trimEnd().split('\n').slice(-10).join('\n')).toMatch(
        new RegExp(`^ "number": "${number}",[^]*"code": "(ILT101|PLACEBO)",[^]*"type": "`),
      );
      expect(lastScreen(shown)).toContain(`"number": "${number}"`);
    }
  });

  andPdftotext(['age', '--version'])('that are printed after a rewrap have the new paths', () => {
    const trial = allocated();
    editStudy(trial, ['name: Example Officer', 'name: Other Officer']);
    mustRun('rewrap', '--study', trial.study, '--identity', trial.officer, '--reason', 'a name');
    cards(trial, trial.officer, 'cards.pdf');
    const [page = ''] = textOf(join(trial.folder, 'cards.pdf')).split('\f');
    const [, command] = /2\. (age .*)\n/.exec(page)!;
    expect(command).toContain("'allocation/rewrap-1/envelopes/R001.age'");
    writeFileSync(join(trial.study, 'card.txt'), `${keysIn(page).join('\n')}\n`);
    const shown = bashIn(trial.study, command!);
    expect(lastScreen(shown)).toMatch(/"code": "(ILT101|PLACEBO)"/);
  });

  withPdftotext('say whom to call, and have the receipt of their batch that was filed', () => {
    const trial = labelled();
    cards(trial, trial.officer, 'one.pdf');
    editStudy(trial, ['slots: 18', 'slots: 24']);
    extendList(trial);
    cards(trial, trial.officer, 'two.pdf');
    const filed = mustRun('commitment', '--study', trial.study).match(/\d+:[0-9a-f]{64}/g)!;
    expect(new Set(filed).size).toBe(2);
    for (const [index, name] of ['one.pdf', 'two.pdf'].entries()) {
      const pages = textOf(join(trial.folder, name)).split('\f').slice(0, -1);
      for (const page of pages) {
        expect(page.match(/Ledger \d+:[0-9a-f]+/g)).toEqual([`Ledger ${filed[index]}`]);
        expect(page).toMatch(/24 hours: \+33 1 00 00 00 00 +Pharmacie Exemple\n/);
      }
    }
  });

  /** Types a command of a card into a shell, and answers what it asks. @returns what is seen */
  function typedFromCard(trial: Trial, command: string, key: string): string {
    const file = join(trial.folder, 'typed.sh');
    writeFileSync(
      file,
      `randose() { "${process.execPath}" "${RANDOSE}" "$@"; }\ncd "${trial.study}"\n${command}\n`,
    );
    const script = `set timeout 30; spawn bash ${file}
expect "Who are you?"; send "SAE\\r"; expect "Type your name first"; expect "Who are you?"
send "E. Example, physician\\r"; expect "Why?"; send "SAE\\r"
expect "Key of the code-break card"; send "${key}\\r"; expect eof; catch wait result; exit [lindex $result 3]`;
    return execFileSync('expect', ['-c', script], { encoding: 'utf8' });
  }

  andPdftotext(['expect', '-v'])('have a randose command that opens with their key', () => {
    const trial = enrolled();
    cards(trial, trial.officer, 'cards.pdf');
    const [, page = ''] = textOf(join(trial.folder, 'cards.pdf')).split('\f');
    const [key = ''] = keysIn(page);
    const [command] = /randose unblind --kit.*/.exec(page)!;
    expect(command.trim()).toBe(`randose unblind --kit ${kitsOfTrial(trial)[1]} --card`);
    const who = { name: 'E. Example', role: 'physician' };
    // Cards that were printed before this version have words to be replaced: they count as missing.
    for (const typed of [command, `${command.trim()} --by "NAME" --reason "WHY"`]) {
      const seen = typedFromCard(trial, typed, key);
      expect(seen).toMatch(/ILT101|PLACEBO/);
      expect(seen).toContain('For the ledger: "SAE", by E. Example, physician.');
      expect(seen).toContain('Fill in the lines on the card, and tell the sponsor.');
      expect(ledgerOf(trial.study).at(-2)).toMatchObject({ number: 'R002', reason: 'SAE', who });
    }
  });

  andPdftotext(['expect', '-v'])('are asked for, and named in the ledger', () => {
    const trial = enrolled();
    cards(trial, trial.officer, 'cards.pdf');
    const [, second] = keysIn(textOf(join(trial.folder, 'cards.pdf')));
    const typed = `${second!.slice(0, 30).toLowerCase()} ${second!.slice(30)}`;
    const unblind = (subject: string) => {
      const words = ['unblind', '--study', trial.study, '--subject', subject, '--reason', 'SAE'];
      const by = ['--card', '--by', 'Example Physician'];
      const line = [process.execPath, RANDOSE, ...words, ...by].map((word) => `{${word}}`);
      const script = `log_user 1; set timeout 30; spawn ${line.join(' ')}
expect "Key of the code-break card"; send "${typed}\\r"; expect eof; catch wait result; exit [lindex $result 3]`;
      try {
        return { status: 0, text: execFileSync('expect', ['-c', script], { encoding: 'utf8' }) };
      } catch (error) {
        return error as { status: number; stdout: string };
      }
    };
    const opened = unblind('CRT-002');
    expect(opened).toMatchObject({ status: 0 });
    const { text } = opened as { text: string };
    expect(text).toMatch(/ILT101|PLACEBO/);
    expect(ledgerOf(trial.study).at(-2)).toMatchObject({
      who: { name: 'Example Physician' },
      key: 'code-break card of R002',
    });
    const told = mustRun('ledger', '--study', trial.study, '--subject', 'CRT-002');
    expect(told).toContain('code-break of CRT-002 (R002), with the card:');
    expect(mustRun('status', '--study', trial.study)).toMatch(
      /^ {2}CRT-002 .*, with the card, by Example Physician/m,
    );
  });

  andPdftotext(['expect', '-v'])(
    'that belong to somebody else are on record, and the right one is asked for again',
    () => {
      const trial = enrolled();
      cards(trial, trial.officer, 'cards.pdf');
      const [, second = '', third = ''] = keysIn(textOf(join(trial.folder, 'cards.pdf')));
      const words = ['unblind', 'CRT-003', '--card', '--by', 'E. Example, physician'];
      const run = (...answers: [string, string][]) =>
        atTerminal(trial.study, [...words, '--reason', 'SAE'], answers);
      const question = 'Key of the code-break card';
      const stopped = run([question, second], ['or press Ctrl-C to cancel', '^C']);
      expect(stopped.status).toBe(77);
      expect(stopped.text).not.toMatch(/ILT101|PLACEBO/);
      const seen = run([question, second], ['or press Ctrl-C to cancel', third]);
      expect(seen.status).toBe(0);
      const told = seen.text.replaceAll(/\s+/g, ' ');
      expect(told).toContain('This is the code-break card of R002, not of R003.');
      expect(told).toContain('count the participant who has R002 as possibly unblinded');
      expect(told).toMatch(/Subject CRT-003.*(ILT101|PLACEBO)/);
      expect(ledgerOf(trial.study).slice(-4)).toMatchObject([
        { action: 'code-break intent', subject: 'CRT-003', key: 'code-break card of R002' },
        { action: 'code-break outcome', result: 'refused', error: 'wrong-key' },
        { action: 'code-break intent', subject: 'CRT-003', key: 'code-break card of R003' },
        { action: 'code-break outcome', result: 'opened' },
      ]);
      // An inspector finds the attempt with both participants.
      const ofOwner = mustRun('ledger', '--study', trial.study, '--subject', 'CRT-002');
      expect(ofOwner).toContain('code-break of CRT-003 (R003), with the card of R002: intent');
      mustRun('verify', '--study', trial.study);
    },
  );

  andPdftotext(['expect', '-v'])('are taken, and not shown again, if a key is asked for', () => {
    const trial = enrolled();
    cards(trial, trial.officer, 'cards.pdf');
    const [, second = ''] = keysIn(textOf(join(trial.folder, 'cards.pdf')));
    const bare = second.slice('AGE-SECRET-KEY-1'.length).replace(/.{6}/g, '$& ').trim();
    for (const typed of [second, bare.toLowerCase()]) {
      const { status, text } = atTerminal(
        trial.study,
        ['unblind', 'CRT-002'],
        [
          ['Which key?', typed],
          ['Who are you?', 'E. Example, physician'],
          ['Why?', 'SAE'],
          ['Open CRT-002? [y/N]', 'y'],
        ],
      );
      expect(status, text).toBe(0);
      expect(text).toMatch(/ILT101|PLACEBO/);
      // Node 20 draws a line anew when it gets longer than the terminal: it is written twice, and seen once.
      const [, after = typed] = text.split('Who are you?');
      expect(after).not.toContain(typed.slice(0, 16));
      expect(ledgerOf(trial.study).at(-2)).toMatchObject({ key: 'code-break card of R002' });
    }
  });

  andPdftotext(['expect', '-v'])(
    'keep what was typed if a character too many shifts the rest',
    () => {
      const trial = enrolled();
      cards(trial, trial.officer, 'cards.pdf');
      const [, second = ''] = keysIn(textOf(join(trial.folder, 'cards.pdf')));
      const data = second.slice('AGE-SECRET-KEY-1'.length);
      // A shift that the checksum does not take for one or two wrong characters.
      const shifted = Array.from(
        'QPZRY9X8',
        (one) => `${data.slice(0, 8)}${one}${data.slice(8, -1)}`,
      );
      const wrong = shifted.find((one) => {
        return nextGroup(withoutWrongGroups(addLine(NOTHING_TYPED, one).typed).typed) === undefined;
      })!;
      const { status, text } = atTerminal(
        trial.study,
        ['unblind', 'CRT-002', '--card', '--by', 'E. Example, physician', '--reason', 'SAE'],
        [
          ['group 1 of 10', 'back'],
          ['group 1 of 10', wrong],
          ['Which groups differ?', 'V4'],
          ['Which groups differ?', '2-10'],
          ['group 2 of 10', data.slice(6)],
        ],
      );
      expect(status, text).toBe(0);
      expect(text).toContain(`   1 ${wrong.slice(0, 6)}   2 ${wrong.slice(6, 12)}   3 `);
      expect(text).toContain('This is the first group of the key. Ctrl-C cancels.');
      expect(text).toContain('Type numbers from 1 to 10. To type all again: 1-10');
      expect(text).toMatch(/ILT101|PLACEBO/);
    },
  );

  test('need a name, and a terminal', () => {
    const trial = enrolled();
    const words = ['unblind', '--study', trial.study, '--subject', 'CRT-002', '--reason', 'SAE'];
    const nobody = randose(...words, '--card');
    expect(nobody).toMatchObject({ status: 64, stdout: '' });
    expect(nobody.stderr).toContain('unblind needs --by <who>: who uses the card');
    const piped = randose(...words, '--card', '--by', 'Example');
    expect(piped).toMatchObject({ status: 64, stdout: '' });
    expect(piped.stderr).toContain('Write it to a file, and name the file with --identity FILE.');
  });
});

test('of a rehearsal say so', () => {
  const trial = allocated();
  const plan = join(trial.folder, 'rehearsal.yaml');
  writeFileSync(plan, 'blocks: { sizes: [9] }\n');
  mustRun('allocate', '--dummy', '--study', trial.study, '--plan', plan);
  const dummy = join(trial.folder, 'DUMMY-depil-2');
  const file = join(trial.folder, 'cards.pdf');
  const key = ['--identity', join(dummy, 'keys/DUMMY-card-maker.key')];
  mustRun('cards', '--dummy', '--study', dummy, ...key, '--output', file);
  expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
  expect(existsSync(join(FIXTURES, 'depil-2', 'allocation'))).toBe(false);
});
