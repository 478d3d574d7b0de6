import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  FIXTURES,
  allocated,
  asAnotherUser,
  enrolled,
  jsonOf,
  mustRun,
  randose,
  type Trial,
} from '../support/command-line.ts';
import { formatEntries, readLedger, signedText } from '../../src/ledger/chain.ts';
import type { EntryOf } from '../../src/ledger/entry.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { enrolOne, ledgerOf, replaceIn } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';
import { linesOf } from '../support/ledger.ts';

const ledger = ({ study }: Trial, ...words: string[]) =>
  randose('ledger', '--study', study, ...words);
const fileOf = ({ study }: Trial) => join(study, 'ledger.jsonl');
const unblind = ({ study, officer }: Trial, subject: string, ...words: string[]) =>
  mustRun(
    ...['unblind', '--study', study, '--subject', subject, '--identity', officer],
    ...['--reason', 'example: SAE', ...words],
  );

/** What is said of a code-break, whether it is trusted or not. */
function told({ study, officer }: Trial, subject: string): string {
  const how = ['--subject', subject, '--identity', officer, '--reason', 'example: SAE'];
  const { stdout, stderr } = randose('unblind', '--study', study, ...how);
  return `${stdout}${stderr}`.replace(/\s+/g, ' ');
}

describe('the ledger', () => {
  test('is read as a person would, and as JSON [R-061]', () => {
    const trial = enrolled();
    unblind(trial, 'CRT-007');
    const { status, stdout, stderr } = ledger(trial);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {4}1 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC allocation, batch 1$/m);
    expect(stdout).toMatch(
      /code-break of CRT-007 \(R007\): intent\n {7}Example Officer, officer\n {7}"example: SAE"/,
    );
    expect(stderr).toMatch(/^21 entries\.\nLedger 21:/);
    expect(stdout).not.toMatch(/ILT101|PLACEBO/);
    const { entries } = jsonOf('ledger', '--study', trial.study);
    expect(entries).toEqual(ledgerOf(trial.study));
  });

  test('is shown also if study.yaml has problems or is missing, which it says', () => {
    const trial = enrolled();
    const file = join(trial.study, 'study.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('\narms:', '\narmz:'));
    const wrong = ledger(trial, '--last', '1');
    expect([wrong.status, wrong.stdout]).toEqual([0, expect.stringContaining('CRT-018')]);
    expect(wrong.stderr).toMatch(
      /^warning: study\.yaml: \d problems?\.\n {2}study\.yaml:\d+:\d+: /,
    );
    expect(wrong.stderr).toContain('1 of 19 entries.');
    rmSync(file);
    const missing = ledger(trial, '--last', '1');
    expect([missing.status, missing.stdout]).toEqual([0, wrong.stdout]);
    expect(missing.stderr).toContain('study.yaml');
  });

  test('is filtered by subject, kind and time', () => {
    const trial = enrolled();
    unblind(trial, 'CRT-007');
    const seqs = (...words: string[]) =>
      (jsonOf('ledger', '--study', trial.study, ...words).entries as { seq: number }[]).map(
        ({ seq }) => seq,
      );
    expect(seqs('--subject', 'crt-007')).toEqual([8, 20, 21]);
    expect(seqs('--kind', 'code-break')).toEqual([20, 21]);
    expect(seqs('--kind', 'allocation', 'code-break')).toEqual([1, 20, 21]);
    expect(seqs('--subject', 'CRT-007', '--kind', 'randomization')).toEqual([8]);
    // The times are the machine's: those of the entries themselves are asked for.
    const times = ledgerOf(trial.study).map(({ time }) => String(time));
    const second = times[0]!.slice(0, 19);
    const upTo = seqs('--until', `${second}Z`);
    expect(upTo).toEqual(
      times.flatMap((time, index) => (time.slice(0, 19) <= second ? [index + 1] : [])),
    );
    expect(seqs('--since', `${second}Z`)).toHaveLength(21);
    expect(seqs('--since', '2199-01-01')).toEqual([]);
    expect(seqs('--until', times.at(-1)!.slice(0, 10))).toHaveLength(21);
    for (const wrong of ['yesterday', '2026-02-30', '2026-01-01T25:00Z']) {
      expect(ledger(trial, '--since', wrong)).toMatchObject({ status: 64, stdout: '' });
    }
    expect(ledger(trial, '--kind', 'gossip').status).toBe(64);
    const turned = ledger(trial, '--since', '2026-11-29', '--until', '2026-11-28');
    expect(turned).toMatchObject({ status: 64, stdout: '' });
    expect(turned.stderr).toContain('--until 2026-11-28 is before --since 2026-11-29');
    expect(ledger(trial, '--since', '2026-11-28T03:00Z', '--until', '2026-11-28').status).toBe(0);
  });
});

describe('the entries of one participant', () => {
  test('are found by subject id, number or kit, and nobody is taken for another', () => {
    const trial = enrolled();
    unblind(trial, 'CRT-007');
    const of = (subject: string) => ledger(trial, '--subject', subject);
    const own = of('CRT-007').stdout;
    expect(own).toContain('randomization of CRT-007: R007');
    const kit = String(ledgerOf(trial.study).find(({ number }) => number === 'R007')?.kit);
    expect(of('r007').stdout).toBe(own);
    expect(of(kit).stdout).toBe(own);
    const mistyped = of('CRT-07');
    expect(mistyped).toMatchObject({ status: 65, stdout: '' });
    expect(mistyped.stderr).toContain('no participant is called CRT-07. Did you mean CRT-007?');
    expect(mistyped.stderr).toContain('To list participants, run: randose calendar');
    expect(of('XYZ').stderr).toContain('no participant is called XYZ\n');
  });

  test('include the opening of their kit as given to another participant', () => {
    const trial = enrolled();
    const kit = String(ledgerOf(trial.study).find(({ number }) => number === 'R005')?.kit);
    const why = ['--identity', trial.officer, '--reason', 'SAE'];
    mustRun('unblind', '--kit', kit, '--given-to', 'CRT-001', '--study', trial.study, ...why);
    for (const subject of ['CRT-001', 'CRT-005', 'R005', kit]) {
      const about = jsonOf('ledger', '--study', trial.study, '--subject', subject);
      expect(about.entries).toMatchObject([
        { action: 'randomization' },
        { action: 'code-break intent', kit },
        { action: 'code-break outcome' },
      ]);
    }
  });

  test('the last ones of them are shown if somebody asks', () => {
    const trial = enrolled();
    const all = ledgerOf(trial.study);
    const last = (...words: string[]) =>
      jsonOf('ledger', '--study', trial.study, ...words).entries as { seq: number }[];
    expect(last('--last', '2')).toEqual(all.slice(-2));
    expect(last('--kind', 'allocation', '--last', '5')).toEqual(all.slice(0, 1));
    expect(ledger(trial, '--last', '0').stderr).toContain('--last: write a number, 1 or more');
  });

  test('include a code-break by number that was entered late', () => {
    const trial = enrolled();
    const kept = readFileSync(fileOf(trial));
    rmSync(fileOf(trial));
    const words = ['--study', trial.study, '--identity', trial.officer, '--reason', 'SAE'];
    const opened = randose('unblind', ...words, '--number', 'R006');
    expect(opened.status).toBe(0);
    // The ledger is missing: that it is older than before is the same.
    const doubts = opened.stdout.split('\n').filter((line) => line.includes('ledger.jsonl'));
    expect(doubts).toEqual([
      'NOT CHECKED: ledger.jsonl is missing: it had 19 entries when it was seen here last',
    ]);
    writeFileSync(fileOf(trial), kept);
    const before = randose('status', '--study', trial.study);
    expect(before.stdout).toContain(
      '1 code-break in pending/ is not counted. To enter it: randose ledger --enter-pending\n',
    );
    expect(jsonOf('status', '--study', trial.study).pending).toBe(1);
    mustRun('ledger', '--study', trial.study, '--enter-pending');
    expect(ledgerOf(trial.study).at(-1)).toMatchObject({ number: 'R006' });
    expect(ledger(trial, '--subject', 'CRT-006').stdout).toContain('entered late: opened');
    const status = mustRun('status', '--study', trial.study);
    expect(status).toMatch(/^ {2}CRT-006 {2}20.*by Example Officer/m);
    expect(status).not.toContain('pending/');
    const again = randose('unblind', ...words, 'CRT-006');
    expect(again.stderr).toContain('CRT-006 was opened before: ');
  });

  test('say in words why an opening was refused', () => {
    const trial = enrolled();
    const at = ['--study', trial.study, '--reason', 'SAE'];
    const key = ['--identity', join(trial.folder, 'no.key')];
    expect(randose('unblind', ...at, ...key, 'CRT-001').status).not.toBe(0);
    expect(ledger(trial).stdout.replace(/\n +/g, ' ')).toContain(
      'code-break of CRT-001: refused: wrong or missing key, intent 20',
    );
    expect(ledgerOf(trial.study).at(-1)).toMatchObject({ error: 'wrong-key' });
  });

  test('stay out of an older ledger, and are in the right one once it is restored', () => {
    const trial = enrolled();
    const right = readFileSync(fileOf(trial), 'utf8');
    const older = `${right.split('\n').slice(0, 17).join('\n')}\n`;
    writeFileSync(fileOf(trial), older);
    for (const subject of ['CRT-001', 'CRT-002']) {
      const said = told(trial, subject);
      expect(said).toMatch(
        /ledger\.jsonl ends at 17, but a newer one, up to 19, was seen here: entries are missing\. Restore the newest one from a backup, and keep the folder pending\//,
      );
      expect(said).toContain('THIS CODE-BREAK IS NOT IN THE LEDGER: ledger.jsonl is an older one.');
      expect(said).toContain('once the right ledger is restored');
      expect(said).not.toContain('--enter-pending');
    }
    expect(readFileSync(fileOf(trial), 'utf8')).toBe(older);
    writeFileSync(fileOf(trial), right);
    mustRun('ledger', '--study', trial.study, '--enter-pending');
    expect(ledgerOf(trial.study).slice(19)).toMatchObject([
      { action: 'late code-break', subject: 'CRT-001', result: 'opened' },
      { action: 'late code-break', subject: 'CRT-002', result: 'opened' },
    ]);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('stay out of the ledger of another study', () => {
    const trial = enrolled();
    const right = readFileSync(fileOf(trial), 'utf8');
    const foreign = readFileSync(fileOf(enrolled()), 'utf8');
    for (const isSeen of [true, false]) {
      writeFileSync(fileOf(trial), foreign);
      if (!isSeen) asAnotherUser();
      expect(told(trial, 'CRT-003')).toContain('IS NOT IN THE LEDGER');
      expect(readFileSync(fileOf(trial), 'utf8')).toBe(foreign);
      writeFileSync(fileOf(trial), right);
    }
    mustRun('ledger', '--study', trial.study, '--enter-pending', '--yes');
    expect(ledgerOf(trial.study).slice(19)).toMatchObject([
      { action: 'late code-break' },
      { action: 'late code-break' },
    ]);
  });
});

describe('receipts', () => {
  test('show that a ledger was cut or rewritten [R-064]', () => {
    const trial = enrolled();
    const last = ledgerOf(trial.study).at(-1)!;
    const good = `${String(last.seq)}:${String(last.hash)}`;
    const verify = (...heads: string[]) =>
      randose('verify', '--study', trial.study, '--expect', ...heads);
    expect(verify(good)).toMatchObject({ status: 0 });
    expect(verify(`Ledger ${good}`).stdout).toContain('The receipt is in the ledger.');
    expect(verify('Ledger', good).stdout).toContain('The receipt is in the ledger.');
    expect(verify('Ledger')).toMatchObject({ status: 64 });
    expect(verify('12:abc')).toMatchObject({ status: 64 });
    // Whoever has seen the newest ledger here needs no receipt.
    asAnotherUser();
    const lines = readFileSync(fileOf(trial), 'utf8').split('\n');
    writeFileSync(fileOf(trial), `${lines.slice(0, 12).join('\n')}\n`);
    expect(randose('verify', '--study', trial.study).status).toBe(0);
    const cut = verify(good);
    expect(cut.status).toBe(1);
    expect(cut.stdout).toContain('ends at entry 12, but a receipt of entry');
    enrolOne(trial.study, 'OTHER-1');
    const thirteenth = ledgerOf(trial.study).at(-1)!;
    const rewritten = verify(`13:${'0'.repeat(64)}`, `13:${String(thirteenth.hash)}`);
    expect(rewritten.status).toBe(1);
    expect(rewritten.stdout).toContain('the receipt of entry 13, which has another hash');
    expect(rewritten.stdout).toContain('or the receipt is mistyped or from another study');
  });
});

describe('one participant', () => {
  test('can be named without a flag, once', () => {
    const trial = enrolled();
    const named = ledger(trial, '--subject', 'CRT-002').stdout;
    expect(named).toContain('CRT-002');
    expect(ledger(trial, 'crt-002').stdout).toBe(named);
    const both = ledger(trial, 'CRT-002', '--subject', 'CRT-003');
    expect([both.status, both.stdout]).toEqual([64, '']);
    expect(both.stderr).toContain('write either CRT-002 or --subject CRT-003, not both');
  });

  test('and a mistyped kind of entry is answered with the nearest', () => {
    const { status, stderr } = ledger(enrolled(), '--kind', 'codebreak');
    expect(status).toBe(64);
    expect(stderr.replace(/\s+/g, ' ')).toContain('Did you mean code-break?');
  });
});

describe('an incomplete last line', () => {
  const repair = (trial: Trial, ...words: string[]) => ledger(trial, '--repair', ...words);
  const by = ['--by', 'É. Example, data manager', '--reason', 'power cut'];

  testWithTool(['expect', '-v'])('is shown on a terminal, and removed only after a yes', () => {
    const trial = allocated();
    appendFileSync(fileOf(trial), '{"seq":2,"action":"dose","subject":"A"');
    const before = readFileSync(fileOf(trial));
    const words = ['ledger', '--study', trial.study, '--repair', ...by];
    const question = 'Remove this line?';
    const no = atTerminal(trial.folder, words, [[question, 'n']]);
    const shown = no.text.replace(/\s+/g, ' ');
    expect(shown).toContain('remove the incomplete last line (line 2, 38 bytes, about dose of A)');
    expect(shown).toContain('Cancelled. Nothing was done.');
    expect(no.status).toBe(64);
    expect(readFileSync(fileOf(trial))).toEqual(before);
    expect(atTerminal(trial.folder, [...words, '--yes'], []).status).toBe(0);
    writeFileSync(fileOf(trial), before);
    const yes = atTerminal(trial.folder, words, [[question, 'y']]);
    expect(yes.status).toBe(0);
    expect(yes.text).toContain('was removed');
  });

  test.each([20, 2, 150])(
    'is reported, and removed with an entry if somebody asks: %i bytes lost',
    (lost) => {
      const trial = allocated();
      const words = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-15'];
      mustRun('randomize', '--study', trial.study, ...words, '--by', 'É. Example, coordinator');
      const bytes = readFileSync(fileOf(trial));
      const begin = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
      // Within the first letter of the name, which has two bytes, where that is asked for.
      const end = lost === 150 ? bytes.indexOf('É', begin) + 1 : bytes.length - lost;
      writeFileSync(fileOf(trial), bytes.subarray(0, end));
      const verified = randose('verify', '--study', trial.study);
      expect(verified.status).toBe(1);
      expect(verified.stdout).toContain('ledger.jsonl:2: is incomplete');
      const { stderr } = randose('status', '--study', trial.study);
      expect(stderr).toContain('randose ledger --repair');
      // Once is enough.
      expect(stderr.match(/incomplete/g)).toHaveLength(1);
      const shown = ledger(trial);
      expect(shown.status).toBe(1);
      expect(shown.stdout).toContain('allocation, batch 1');
      expect(repair(trial).status).toBe(64);
      expect(repair(trial, ...by).status).toBe(0);
      const entry = ledgerOf(trial.study).at(-1)!;
      expect(entry).toMatchObject({ seq: 2, action: 'repair', reason: 'power cut' });
      expect(Buffer.from(String(entry.removed), 'base64')).toEqual(bytes.subarray(begin, end));
      mustRun('verify', '--study', trial.study);
      expect(repair(trial, ...by)).toMatchObject({ status: 64, stdout: '' });
    },
  );

  test.each([
    ['the outcome of a code-break', 1, 'There is nothing to record again: randose verify goes on'],
    ['an intent', 2, 'If something was opened, write down who opened it, when and why'],
    ['a randomization', 3, 'If it took place, record it again before anybody records anything'],
  ])('that was %s says what to do about it', (_, fromEnd, text) => {
    const trial = enrolled();
    unblind(trial, 'CRT-007');
    const lines = readFileSync(fileOf(trial), 'utf8').trimEnd().split('\n');
    const kept = lines.slice(0, lines.length - fromEnd + 1).join('\n');
    writeFileSync(fileOf(trial), kept.slice(0, -20));
    asAnotherUser();
    const { stderr } = repair(trial, ...by);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(text);
    expect(stderr).not.toContain('record it again first');
  });

  test('is the only thing that is repaired', () => {
    const trial = enrolled();
    replaceIn(fileOf(trial), '"CRT-003"', '"CRT-033"');
    appendFileSync(fileOf(trial), '{"seq":');
    const before = readFileSync(fileOf(trial));
    expect(repair(trial, ...by).status).toBe(65);
    expect(readFileSync(fileOf(trial))).toEqual(before);
  });
});

describe('signatures', () => {
  testWithTool(['ssh-keygen', '-?'])(
    'are made and checked by OpenSSH, each for its own entry [R-065]',
    () => {
      const trial = allocated();
      const key = join(trial.folder, 'id');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
      const signers = join(trial.study, 'allowed-signers');
      const words = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-15'];
      mustRun('randomize', '--study', trial.study, ...words, '--by', 'Example', '--sign', key);
      unblind(trial, 'CRT-001', '--sign', key);
      const verify = () => randose('verify', '--study', trial.study);
      const unknown = verify();
      expect(unknown.status).toBe(1);
      expect(unknown.stdout).toMatch(/ledger\.jsonl:2: .*allowed-signers/);
      writeFileSync(signers, `a.example@example.org ${readFileSync(`${key}.pub`, 'utf8')}`);
      const known = verify();
      expect(known.status).toBe(0);
      expect(known.stdout).toContain('2 of 4 ledger entries are signed, by a.example@example.org.');
      expect(jsonOf('verify', '--study', trial.study).signatures).toEqual({
        signed: 2,
        unsigned: 2,
        signers: ['a.example@example.org'],
      });
      expect(ledger(trial).stdout).toMatch(/signed with SHA256:/);
      // The command in docs/FORMATS.md, as it is written there.
      const page = readFileSync(join(FIXTURES, '..', 'docs', 'FORMATS.md'), 'utf8');
      const script = /^ {4}sed -n 33p[^]*?-s 33\.sig$/m.exec(page)![0];
      const written = script.replaceAll('33', '2').replace('coordinator@', 'a.example@');
      const said = execFileSync('sh', ['-c', written], { cwd: trial.study, encoding: 'utf8' });
      expect(said).toContain('Good "randose-ledger" signature for a.example@example.org');
      rmSync(join(trial.study, '2.sig'));
      // The time of an entry is not signed, but the time of the signature is.
      const [first, own, ...rest] = readLedger(readFileSync(fileOf(trial), 'utf8')).entries;
      const signed = { id: own!.id!, text: signedText(own!), signature: own!.signature };
      const later = formatEntries(first!, [signed], '2036-01-01T00:00:00.000Z');
      writeFileSync(fileOf(trial), `${JSON.stringify(first)}\n${later.text}`);
      asAnotherUser();
      expect(verify().stdout).toMatch(/ledger\.jsonl:2: was signed at 20.*entered at 2036-/);
      const back = [first, own, ...rest].map((entry) => `${JSON.stringify(entry)}\n`);
      writeFileSync(fileOf(trial), back.join(''));
      // One entry's signature under another entry is none.
      const lines = readFileSync(fileOf(trial), 'utf8').trimEnd().split('\n');
      const [second, third] = [lines[1]!, lines[2]!].map(
        (line) => /"signature":".*"/.exec(line)![0],
      );
      lines[1] = lines[1]!.replace(second!, third!);
      writeFileSync(fileOf(trial), `${lines.join('\n')}\n`);
      const swapped = verify();
      expect(swapped.status).toBe(1);
      expect(swapped.stdout).toMatch(/ledger\.jsonl:2: /);
      expect(swapped.stdout).not.toMatch(/ledger\.jsonl:3: /);
    },
  );

  testWithTool(['ssh-keygen', '-?'])(
    'taken off, and the chain made anew, are missed [R-065]',
    () => {
      const trial = allocated();
      const key = join(trial.folder, 'id');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
      const words = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-15'];
      mustRun('randomize', '--study', trial.study, ...words, '--by', 'Example', '--sign', key);
      const verify = () => randose('verify', '--study', trial.study);
      const [first, second] = readLedger(readFileSync(fileOf(trial), 'utf8')).entries;
      const { subject, site, stratum, number, kit, day1, who } = second as EntryOf<'randomization'>;
      const act = {
        action: 'randomization',
        who,
        subject,
        site,
        stratum,
        number,
        kit,
        day1,
      } as const;
      const added = linesOf([act], first, { ...second!, signer: null });
      writeFileSync(fileOf(trial), `${JSON.stringify(first)}\n${added.text}`);
      // Whoever has seen it here before misses the signature.
      const seen = verify();
      expect(seen.status).toBe(1);
      expect(seen.stdout).toContain(
        'ledger.jsonl: 1 entry was signed up to sequence 2 when it was seen here, and 0 still are: signatures have been removed',
      );
      // Everyone else does if the study says whose keys sign.
      asAnotherUser();
      expect(verify().status).toBe(0);
      const signers = join(trial.study, 'allowed-signers');
      const line = `a.example@example.org ${readFileSync(`${key}.pub`, 'utf8')}`;
      writeFileSync(signers, '# nobody yet\n\n');
      expect(verify().status).toBe(0);
      writeFileSync(signers, `# one\n${line}`);
      const named = verify();
      expect(named.status).toBe(1);
      expect(named.stdout).toContain(
        'allowed-signers: names 1 key, but no ledger entry is signed. If nobody has used --sign yet, nothing is wrong',
      );
      writeFileSync(signers, `${line}\n${line}`);
      expect(verify().stdout).toContain('allowed-signers: names 2 keys, but no ledger entry');
    },
  );

  test('with a file that is not a key are refused before anything is done', () => {
    const trial = enrolled();
    const before = ledgerOf(trial.study).length;
    const words = ['--subject', 'CRT-007', '--identity', trial.officer, '--reason', 'example'];
    const refused = randose('unblind', '--study', trial.study, ...words, '--sign', trial.plan);
    expect(refused).toMatchObject({ status: 77, stdout: '' });
    expect(ledgerOf(trial.study)).toHaveLength(before);
  });
});
