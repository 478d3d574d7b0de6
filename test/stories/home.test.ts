import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  asAnotherUser,
  contentsOf,
  depil2,
  mustRun,
  type Ran,
  randose,
  RANDOSE,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { enrolOne, ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

interface Home {
  readonly mark: string;
  readonly places: readonly {
    readonly host: string;
    readonly path: string;
    readonly left?: string;
  }[];
}
const homeOf = (study: string) =>
  JSON.parse(readFileSync(join(study, '.randose.home'), 'utf8')) as Home;
const pathsOf = (study: string) => homeOf(study).places.map(({ path }) => path);
const headOf = (study: string) => {
  const { seq, hash } = ledgerOf(study).at(-1)!;
  return `${String(seq)}:${String(hash)}`;
};
const enrol = (study: string, subject: string, ...more: string[]): Ran =>
  randose(
    ...['randomize', '--study', study, '--subject', subject, '--site', 'CRT'],
    ...['--day1', '2026-06-15', '--by', 'Example', ...more],
  );
const verify = (study: string) => randose('verify', '--study', study);

/** A study with one participant, and a copy of its folder. */
function twoFolders(): { trial: Trial; study: string; copy: string } {
  const trial = allocated();
  enrolOne(trial.study, 'CRT-001');
  const copy = join(trial.folder, 'copy');
  cpSync(trial.study, copy, { recursive: true });
  return { trial, study: trial.study, copy };
}

describe('a study folder knows its home', () => {
  test('as soon as its list is made, in the folder and in the state folder', () => {
    const { study } = allocated();
    const { mark, places } = homeOf(study);
    expect(mark).toMatch(/^[0-9a-f]{32}$/);
    expect(places).toEqual([{ host: hostname(), path: study }]);
    const file = join(process.env.XDG_STATE_HOME!, 'randose', 'studies', `${mark}.json`);
    enrolOne(study, 'CRT-001');
    const [, second] = ledgerOf(study);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      places: [{ host: hostname(), path: study, seq: 2, hash: second!.hash, signed: 0 }],
    });
  });

  test('an older study has no record of its home, and gets one without a message', () => {
    const { study } = allocated();
    rmSync(join(study, '.randose.home'));
    asAnotherUser();
    const { status, stderr } = enrol(study, 'CRT-001');
    expect(status).toBe(0);
    expect(stderr).not.toContain('warning');
    expect(pathsOf(study)).toEqual([study]);
    expect(verify(study).status).toBe(0);
  });

  test('a link to it is not another place', () => {
    const { trial, study } = twoFolders();
    symlinkSync(study, join(trial.folder, 'link'));
    expect(enrol(join(trial.folder, 'link'), 'CRT-002').stderr).not.toContain('warning');
    expect(pathsOf(study)).toEqual([study]);
  });

  test('what cannot be written stops no command', () => {
    const { study } = twoFolders();
    asAnotherUser();
    writeFileSync(join(process.env.XDG_STATE_HOME!, 'randose'), 'in the way');
    writeFileSync(join(study, '.randose.home'), 'damaged');
    expect(enrol(study, 'CRT-002')).toMatchObject({ status: 0 });
    process.env.XDG_STATE_HOME = '/proc/nowhere';
    expect(enrol(study, 'CRT-003')).toMatchObject({ status: 0 });
    rmSync(join(study, '.randose.home'));
    mkdirSync(join(study, '.randose.home', 'in the way'), { recursive: true });
    expect(enrol(study, 'CRT-004')).toMatchObject({ status: 0 });
  });

  test('commands that read write neither', () => {
    const { study } = twoFolders();
    asAnotherUser();
    const before = contentsOf(study);
    for (const words of [['status'], ['verify'], ['ledger'], ['calendar']]) {
      mustRun(...words, '--study', study);
    }
    expect(contentsOf(study)).toEqual(before);
    expect(readdirSync(process.env.XDG_STATE_HOME!)).toEqual([]);
  });
});

describe('a copy of a study folder', () => {
  test('that is used before the folder has new entries gives a warning once, and is remembered', () => {
    const { study, copy } = twoFolders();
    const first = enrol(copy, 'CRT-002');
    expect(first.status).toBe(0);
    expect(first.stderr).toContain(
      `warning: this study was last used at ${study}, and is now used at ${copy}: the other copy must no longer be used.`,
    );
    expect(pathsOf(copy)).toEqual([study, copy]);
    expect(enrol(copy, 'CRT-003').stderr).not.toContain('warning');
  });

  test('gives nobody the number that the folder has given since [R-058]', () => {
    const { study, copy } = twoFolders();
    enrolOne(study, 'CRT-003');
    const before = contentsOf(copy);
    const refused = enrol(copy, 'CRT-004');
    expect(refused).toMatchObject({ status: 65, stdout: '' });
    expect(refused.stderr).toContain(
      `another copy of this study, at ${study}, has more entries (it ends at ${headOf(study)})`,
    );
    expect(refused.stderr).toContain(`randose ledger --compare ${study}`);
    const json = enrol(copy, 'CRT-004', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { code: 'not-trusted' } });
    expect(contentsOf(copy)).toEqual(before);
    const verified = verify(copy);
    expect(verified.status).toBe(1);
    expect(verified.stdout).toContain(`at ${study}, has more entries`);
    expect(randose('status', '--study', copy).stderr).toContain(`at ${study}, has more entries`);
    expect(verify(study).status).toBe(0);
  });

  test('that was used first makes the folder refuse', () => {
    const { study, copy } = twoFolders();
    expect(enrol(copy, 'CRT-004').status).toBe(0);
    const refused = enrol(study, 'CRT-003');
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain(`another copy of this study, at ${copy}, has more entries`);
    expect(verify(study).status).toBe(1);
  });

  test('is known even if its hidden files were not copied', () => {
    const { study, copy } = twoFolders();
    rmSync(join(copy, '.randose.home'));
    enrolOne(study, 'CRT-003');
    expect(enrol(copy, 'CRT-004').status).toBe(65);
  });

  test('is used with --yes; the other one is given up until somebody uses it again', () => {
    const { study, copy } = twoFolders();
    enrolOne(study, 'CRT-003');
    const left = headOf(study);
    expect(enrol(copy, 'CRT-004', '--yes')).toMatchObject({ status: 0 });
    expect(homeOf(copy).places).toEqual([
      { host: hostname(), path: study, left },
      { host: hostname(), path: copy },
    ]);
    expect(enrol(copy, 'CRT-005')).toMatchObject({ status: 0 });
    const verified = verify(copy);
    expect(verified.stdout).toContain(`The copy at ${study} is no longer used.`);
    expect(verified.status).toBe(0);
    const back = enrol(study, 'CRT-006');
    expect(back.status).toBe(65);
    expect(back.stderr).toContain(`at ${copy}, has forked from this one`);
    mustRun(
      ...['randomize', '--study', study, '--subject', 'CRT-006', '--site', 'CRT', '--yes'],
      ...['--day1', '2026-06-15', '--by', 'Example'],
    );
    expect(enrol(copy, 'CRT-007').stderr).toContain(`at ${study}, has forked from this one`);
    expect(verify(copy).stdout).toContain('has forked from this one');
  });

  test('that was moved still works, whatever is at its old place now', () => {
    const { trial, study } = twoFolders();
    const place = join(trial.folder, 'moved');
    renameSync(study, place);
    mkdirSync(study);
    const { stderr } = enrol(place, 'CRT-002');
    expect(stderr).toContain(`this study was moved: it was last used at ${study}, is no longer`);
    cpSync(allocated().study, study, { recursive: true });
    expect(enrol(place, 'CRT-003')).toMatchObject({ status: 0 });
    expect(verify(place).status).toBe(0);
  });

  test('every command that changes the study refuses it [R-058]', () => {
    const { trial, study, copy } = twoFolders();
    enrolOne(study, 'CRT-002');
    const by = ['--by', 'Example'];
    const key = ['--identity', trial.officer];
    const { kit } = ledgerOf(copy)[1] as { kit: string };
    for (const words of [
      ['allocate', '--extend', '--plan', trial.plan, ...key],
      ['dose', '--subject', 'CRT-001', '--visit', 'D1', '--date', '2026-06-15', ...by],
      [
        'move',
        '--subject',
        'CRT-001',
        '--visit',
        'D1',
        '--date',
        '2026-06-16',
        '--reason',
        'x',
        ...by,
      ],
      ['kit', 'received', '--kits', kit, '--date', '2026-06-01', ...by],
      ['labels', '--output', join(trial.folder, 'labels.pdf'), ...by],
      ['packing', '--identity', trial.packer],
      ['cards', ...key, '--output', join(trial.folder, 'cards.pdf')],
      ['open', '--reason', 'x', ...key],
      ['unblind', '--all', ...key, '--reason', 'locked'],
      ['ledger', '--repair', '--reason', 'x', ...by],
    ]) {
      const ran = randose(...words, '--study', copy);
      expect(ran, words.join(' ')).toMatchObject({ status: 65, stdout: '' });
      expect(ran.stderr, words.join(' ')).toContain(`at ${study}, has more entries`);
    }
    // An emergency is never stopped.
    const words = ['--subject', 'CRT-001', ...key, '--reason', 'SAE'];
    expect(randose('unblind', '--study', copy, ...words)).toMatchObject({ status: 0 });
  });
});

describe('a code-break in a copy of a study folder', () => {
  const unblind = (trial: Trial, study: string) =>
    randose(
      ...['unblind', 'CRT-001', '--study', study],
      ...['--identity', trial.officer, '--reason', 'SAE'],
    );

  test('says above the arm that it is only in the copy; verify and status of both folders say so', () => {
    const { trial, study, copy } = twoFolders();
    const opened = unblind(trial, copy);
    expect(opened.status).toBe(0);
    const compare = `randose ledger --study ${study} --compare ${copy}`;
    const enter = `randose ledger --study ${study} --enter-from ${copy}`;
    expect(opened.stdout).toMatch(/^NOT CHECKED: [^\n]* this folder is a copy/);
    expect(opened.stdout).toContain(
      `last used at ${study}. The ledger in use does not have this code-break`,
    );
    expect(opened.stdout).toContain(enter);
    expect(opened.stdout.indexOf(enter)).toBeLessThan(opened.stdout.indexOf('Subject CRT-001'));
    const inCopy = `the study was last used at ${study}, which lacks 2 entries of this ledger. To see what to do: ${compare}`;
    const atHome = `another copy of this study, at ${copy}, has more entries`;
    for (const [folder, text] of [
      [copy, inCopy],
      [study, atHome],
    ] as const) {
      expect(verify(folder)).toMatchObject({ status: 1 });
      expect(verify(folder).stdout).toContain(text);
      expect(randose('status', '--study', folder).stderr).toContain(text);
    }
    const compared = mustRun(...compare.split(' ').slice(1));
    expect(compared).toContain(`      randose ledger --enter-from ${copy}\n`);
    expect(compared.replaceAll(/\s+/g, ' ')).toContain('Next: keep this folder in use');
    expect(enrol(study, 'CRT-002').stderr).toContain(atHome);
    // It is still not the folder in use.
    expect(unblind(trial, copy).stdout).toContain('this folder is a copy');
    expect(enrol(copy, 'CRT-002').stderr).toContain(`last used at ${study}, and is now used at`);
    expect(unblind(trial, copy).stdout).toMatch(/^Subject CRT-001/);
    expect(verify(copy).status).toBe(0);
  });

  test.each(['nothing else since', 'another participant since'])(
    'is entered in the folder in use, with %s, and then nobody asks about the copy',
    (since) => {
      const { trial, study, copy } = twoFolders();
      unblind(trial, copy);
      const [intent] = ledgerOf(copy).slice(-2);
      if (since.startsWith('another')) enrol(study, 'CRT-002', '--yes');
      const words = ['ledger', '--study', study, '--enter-from', copy];
      expect(randose(...words, '--dry-run').stdout).toContain('enter 1 code-break from');
      const entered = randose(...words);
      expect(entered.stdout).toContain('1 code-break entered late');
      expect(entered.stderr).toContain('This folder stays in use.');
      expect(ledgerOf(study).at(-1)).toMatchObject({
        action: 'late code-break',
        subject: 'CRT-001',
        number: 'R001',
        reason: 'SAE',
        opened: intent!.time,
        result: 'opened',
        pending: intent!.hash,
      });
      expect(randose(...words).stderr).toContain('has no code-break that is missing here');
      expect(verify(study)).toMatchObject({ status: 0 });
      expect(enrol(study, 'CRT-003')).toMatchObject({ status: 0 });
      expect(randose('ledger', '--study', study, '--compare', copy).stdout).toContain(
        'The code-breaks of the other folder are entered here.',
      );
      // Another code-break there is missing again.
      unblind(trial, copy);
      expect(verify(study).status).toBe(1);
      expect(randose(...words).stdout).toContain('1 code-break entered late');
      expect(verify(study).status).toBe(0);
    },
  );

  test('is not entered in the copy itself, nor from another study', () => {
    const { trial, study, copy } = twoFolders();
    unblind(trial, copy);
    const inCopy = randose('ledger', '--study', copy, '--enter-from', study);
    expect(inCopy).toMatchObject({ status: 64 });
    expect(inCopy.stderr).toContain('this folder is a copy');
    expect(inCopy.stderr).toContain('If this folder is the one in use now, add --yes.');
    const foreign = randose('ledger', '--study', study, '--enter-from', allocated().study);
    expect(foreign).toMatchObject({ status: 65 });
    expect(foreign.stderr).toContain('is the ledger of another study');
    expect(ledgerOf(study)).toHaveLength(2);
  });

  test('is told too if the folder in use cannot be seen from here', () => {
    const { trial, study, copy } = twoFolders();
    renameSync(study, join(trial.folder, 'elsewhere'));
    expect(unblind(trial, copy).stdout).toContain(
      `NOT CHECKED: whether this is the folder in use: the study was last used at ${study}.`,
    );
    expect(randose('status', '--study', copy).stderr).toContain('code-breaks were entered here');
    expect(verify(copy)).toMatchObject({ status: 0 });
    expect(verify(copy).stdout).toContain(`The study was last used at ${study}`);
  });

  test('in the folder in use nothing is doubted', () => {
    const { trial, study } = twoFolders();
    expect(unblind(trial, study).stdout).toMatch(/^Subject CRT-001/);
    expect(verify(study).status).toBe(0);
  });
});

describe('a ledger that is older than the newest one seen here', () => {
  /** A study whose ledger was put back to what it was two participants ago. */
  function putBack(): { study: string; seen: string; now: string } {
    const { study } = twoFolders();
    const file = join(study, 'ledger.jsonl');
    const before = readFileSync(file);
    const now = headOf(study);
    for (const subject of ['CRT-002', 'CRT-003']) enrolOne(study, subject);
    const seen = headOf(study);
    writeFileSync(file, before);
    return { study, seen, now };
  }

  test('is refused, and verify reports it [R-068]', () => {
    const { study, seen, now } = putBack();
    for (const words of [[], ['--yes']]) {
      const refused = enrol(study, 'CRT-004', ...words);
      expect(refused).toMatchObject({ status: 65, stdout: '' });
      expect(refused.stderr).toContain(
        `ledger.jsonl ends at ${now} but one up to ${seen} was seen here on 20`,
      );
      expect(refused.stderr).toContain('randose ledger --accept-older --by WHO --reason TEXT');
    }
    const verified = verify(study);
    expect(verified.status).toBe(1);
    expect(verified.stdout).toContain(
      `ledger.jsonl: ends at ${now} but one up to ${seen} was seen here`,
    );
    const { stdout } = randose('status', '--study', study);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `Nobody can be randomized now: ledger.jsonl ends at ${now} but one up to ${seen} was seen here`,
    );
    asAnotherUser();
    expect(verify(study).status).toBe(0);
  });

  test('is refused too if it has as many entries, but others', () => {
    const { study, seen } = putBack();
    const here = process.env.XDG_STATE_HOME;
    asAnotherUser();
    for (const subject of ['CRT-004', 'CRT-005', 'CRT-006']) enrolOne(study, subject);
    process.env.XDG_STATE_HOME = here;
    const refused = enrol(study, 'CRT-007');
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain(
      'ledger.jsonl has an entry at sequence 4 that differs from the one seen here',
    );
    expect(verify(study).stdout).toContain(seen);
  });

  test('is accepted by a person with a reason, which is kept beside the ledger', () => {
    const { study, seen, now } = putBack();
    const accept = (...words: string[]) =>
      randose('ledger', '--study', study, '--accept-older', ...words);
    const words = ['--by', 'A. Example, data manager', '--reason', 'restored from the backup'];
    expect(accept()).toMatchObject({ status: 64, stdout: '' });
    expect(accept(...words, '--subject', 'CRT-001')).toMatchObject({ status: 64 });
    const before = contentsOf(study);
    const accepted = accept(...words);
    expect(accepted.status).toBe(0);
    expect(accepted.stdout).toContain(
      `Accepted: ledger.jsonl ends at ${now} but one up to ${seen}`,
    );
    expect(accepted.stdout).toContain('By A. Example, data manager: "restored from the backup"');
    expect(accepted.stderr).toContain('Print this and file it');
    expect(contentsOf(study)).toEqual(before);
    const state = join(process.env.XDG_STATE_HOME!, 'randose', 'studies');
    const kept = JSON.parse(
      readFileSync(join(state, `${homeOf(study).mark}.json`), 'utf8'),
    ) as object;
    expect(kept).toMatchObject({
      accepted: [{ from: seen, to: now, reason: 'restored from the backup' }],
    });
    expect(verify(study).status).toBe(0);
    expect(enrol(study, 'CRT-004')).toMatchObject({ status: 0 });
    expect(accept(...words)).toMatchObject({ status: 64, stdout: '' });
  });

  test('only gives a warning if a new list is made in the same folder', () => {
    const trial = allocated();
    rmSync(join(trial.study, 'allocation'), { recursive: true });
    rmSync(join(trial.study, 'ledger.jsonl'));
    const again = randose('allocate', '--study', trial.study, '--plan', trial.plan);
    expect(again.status).toBe(0);
    const said = again.stderr.replace(/\s+/g, ' ');
    expect(said).toContain('this folder had another list before');
    // A receipt is copied: nothing sticks to its end.
    expect(said).toMatch(/The last entry of its ledger: 1:[0-9a-f]{64}( |$)/);
    expect(verify(trial.study).status).toBe(0);
  });
});

testWithTool(['expect', '-v'])('on a terminal a copy asks once, and no is an answer', () => {
  const { study, copy } = twoFolders();
  const ask = (answer: string, subject: string) => {
    const words = ['randomize', '--study', copy, '--subject', subject, '--site', 'CRT'];
    const command = [
      process.execPath,
      RANDOSE,
      ...words,
      '--day1',
      '2026-06-15',
      '--by',
      'Example',
    ];
    const script = `
      set timeout 30
      spawn {*}{${command.join(' ')}}
      expect {
        "y/N" { send "${answer}\\r"; exp_continue }
        eof
      }
      exit [lindex [wait] 3]`;
    try {
      return {
        status: 0,
        seen: execFileSync('expect', ['-c', script], { encoding: 'utf8', timeout: 45_000 }),
      };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { status, seen: stdout };
    }
  };
  const no = ask('', 'CRT-002');
  expect(no.status).toBe(64);
  expect(no.seen).toContain(`This study was last used at ${study}.`);
  expect(no.seen).toContain('Continue here? The other copy must no longer be used. [y/N]');
  expect(no.seen).toContain('Cancelled. Nothing was done.');
  expect(ledgerOf(copy)).toHaveLength(2);
  const yes = ask('y', 'CRT-002');
  expect(yes.status).toBe(0);
  expect(yes.seen).toContain('R002');
  const after = ask('y', 'CRT-003');
  expect(after.status).toBe(0);
  expect(after.seen).not.toContain('Continue here?');
  expect(pathsOf(copy)).toEqual([study, copy]);
});

test('a rehearsal and the demo do not change the home of the trial', () => {
  const trial = depil2();
  mustRun('allocate', '--dummy', '--study', trial.study, '--plan', trial.plan);
  expect(existsSync(join(trial.study, '.randose.home'))).toBe(false);
  const folder = join(testFolder(), 'demo');
  const demo = randose('demo', folder);
  expect(demo.status).toBe(0);
  expect(demo.stderr).not.toContain('last used at');
});
