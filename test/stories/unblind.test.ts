import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enrolled, mustRun, type Ran, randose, type Trial } from '../support/command-line.ts';
import { rewriteLedger } from '../support/ledger.ts';

interface Line {
  readonly seq: number;
  readonly action: string;
  readonly [key: string]: unknown;
}

function ledger(trial: Trial): Line[] {
  const text = readFileSync(join(trial.study, 'ledger.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function unblind(trial: Trial, options: Record<string, string>, ...more: string[]): Ran {
  const words = Object.entries({
    subject: 'CRT-007',
    identity: trial.officer,
    reason: 'serious adverse event',
    ...options,
  }).flatMap(([name, value]) => [`--${name}`, value]);
  return randose('unblind', '--study', trial.study, ...words, ...more);
}

test('an officer opens one participant, and the ledger says who, whom and why [R-041]', () => {
  const trial = enrolled();
  const opened = unblind(trial, { subject: ' crt-007 ' });
  expect(opened.status).toBe(0);
  expect(opened.stdout).toMatch(/^Subject CRT-007, randomization number R007, kit [0-9A-Z]{7}$/m);
  expect(opened.stdout.match(/ILT101|PLACEBO/g)?.length).toBeGreaterThan(0);
  const [intent, outcome] = ledger(trial).slice(-2);
  expect(intent).toMatchObject({
    action: 'code-break intent',
    who: { name: 'Example Officer', role: 'officer' },
    key: 'Example Officer, officer',
    subject: 'CRT-007',
    number: 'R007',
    reason: 'serious adverse event',
  });
  expect(outcome).toMatchObject({
    action: 'code-break outcome',
    intent: intent!.seq,
    result: 'opened',
  });
  expect(opened.stderr).toContain(`Ledger ${outcome!.seq}:`);
});

test('whoever says who they are is recorded, and so is whose key it was', () => {
  const trial = enrolled();
  unblind(trial, { by: 'B. Example, investigator, Example Hospital' });
  expect(ledger(trial).at(-2)).toMatchObject({
    who: { name: 'B. Example', role: 'investigator', organisation: 'Example Hospital' },
    key: 'Example Officer, officer',
  });
});

test('an attempt with somebody else’s key is recorded as theirs', () => {
  const trial = enrolled();
  expect(unblind(trial, { identity: trial.packer }).status).toBe(77);
  expect(ledger(trial).at(-2)).toMatchObject({
    who: { name: 'Example Packer', role: 'packer' },
    key: 'Example Packer, packer',
  });
});

test('a text that is not a subject id may be a name, and is not recorded', () => {
  const trial = enrolled();
  expect(unblind(trial, { subject: 'Jane Example 1970-01-01' }).status).toBe(65);
  expect(ledger(trial).at(-2)).toMatchObject({ subject: '(no subject id)' });
});

test('the hint of a refused attempt has no number, id or kit that could be in the study', () => {
  const trial = enrolled();
  const { stderr } = unblind(trial, { subject: 'CRT-099' });
  expect(stderr).toContain('--number NUMBER');
  const words = stderr.split(/[\s".:]+/);
  for (const { number, kit, subject } of ledger(trial).filter((line) => 'kit' in line)) {
    for (const one of [number, kit, subject]) expect(words).not.toContain(one);
  }
  const unknown = randose('check', '--number', 'R999', '--study', trial.study);
  expect(unknown.stderr).toContain('is not a randomization number');
  expect(unknown.stderr.replace('R999', '')).not.toMatch(/R\d/);
  expect(randose('check', '--study', trial.study).stderr).toContain(
    'check needs the kit or participant: ID',
  );
});

test('a refused attempt has the code that was typed, and verify agrees with it', () => {
  const trial = enrolled();
  const on = ['unblind', '--study', trial.study, '--identity', trial.officer, '--reason', 'SAE'];
  const tries: [string[], object][] = [
    [['--kit', '474 ww4e'], { subject: '474WW4E', number: null }],
    [['--number', 'R999'], { subject: 'R999', number: null }],
    [['--number', 'Jane'], { subject: '(no subject id)', number: null }],
    [['--number', 'CRT-007'], { subject: 'CRT-007', number: 'R007' }],
    [['--kit', '474WW4E', '--given-to', 'CRT-007'], { subject: 'CRT-007', number: 'R007' }],
  ];
  for (const [words, entered] of tries) {
    expect(randose(...on, ...words).status, words.join(' ')).toBe(65);
    expect(ledger(trial).at(-2)).toMatchObject(entered);
  }
  mustRun('verify', '--study', trial.study);
});

test('after a file that is not a key, the key files that are there are named', () => {
  const trial = enrolled();
  const mine = join(trial.study, '..', 'keys', 'mine.key');
  mkdirSync(dirname(mine));
  copyFileSync(trial.officer, mine);
  const words = ['--study', trial.study, '--reason', 'SAE', '--identity'];
  for (const file of [join(trial.study, 'study.yaml'), 'none.key']) {
    const { stderr } = randose('unblind', 'CRT-001', ...words, file);
    expect(stderr).toContain('mine.key (Example Officer, officer)');
    expect(stderr).not.toContain('keygen');
    const open = randose('open', ...words, file, '--output', join(trial.folder, 'x.csv'));
    expect(open.stderr).toContain('mine.key');
  }
});

test('a mistyped id is not called a mistyped kit, and its participant is named', () => {
  const trial = enrolled();
  const at = ['--study', trial.study];
  const key = ['--identity', trial.officer, '--reason', 'SAE', ...at];
  for (const word of ['unblind', 'check', 'calendar'] as const) {
    for (const [typed, meant] of [
      ['CRT-0007', 'Did you mean CRT-007?'],
      ['R0O4', 'Did you mean R004 (CRT-004)?'],
    ] as const) {
      const { status, stderr } = randose(word, typed, ...(word === 'unblind' ? key : at));
      expect(status).toBe(65);
      expect(stderr).toContain(meant);
      expect(stderr).not.toContain('mistyped');
    }
  }
  const kit = randose('unblind', '--kit', 'CRT-0007', ...key);
  expect(kit.stderr).toContain('Did you mean CRT-007? Read the code from the kit again.');
  const subject = randose('check', '--kit', 'CRT-007', ...at);
  expect(subject.stderr).toContain('CRT-007 names the participant CRT-007 (R007), not a kit.');
  const paper = ['--opened', '2026-11-24T12:18Z', '--opened-by', 'A', '--key', 'A'];
  const about = ['--reason', 'SAE', '--by', 'B. Example', ...at];
  expect(randose('ledger', '--enter-paper', 'R0O4', ...paper, ...about).stderr).toContain(
    'Did you mean R004 (CRT-004)?',
  );
});

test('two subjects at once are a mistake, not a choice of the last', () => {
  const refused = unblind(enrolled(), {}, '--subject', 'CRT-008');
  expect(refused).toMatchObject({ status: 64, stdout: '' });
  expect(refused.stderr).toContain('--subject: it is given twice');
});

test('as JSON it is one document with data.arm.code', () => {
  const { status, stdout, stderr } = unblind(enrolled(), {}, '--json');
  expect(status).toBe(0);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    data: {
      subject: 'CRT-007',
      number: 'R007',
      arm: { code: expect.stringMatching(/^(ILT101|PLACEBO)$/) as string },
    },
  });
});

describe('an attempt that is refused shows no arm, and is in the ledger [R-042]', () => {
  const cases: [string, (trial: Trial) => Record<string, string>, number, string, string][] = [
    [
      'a wrong key',
      (trial) => ({ identity: trial.packer }),
      77,
      'wrong-key',
      'this key does not open the envelope of R007',
    ],
    [
      'a statistician',
      (trial) => ({ identity: trial.statistician }),
      77,
      'wrong-key',
      'this key does not open',
    ],
    [
      'no key file',
      (trial) => ({ identity: join(trial.folder, 'none.key') }),
      77,
      'wrong-key',
      'there is no key at',
    ],
    [
      'a file that is no key',
      (trial) => ({ identity: trial.participants }),
      77,
      'wrong-key',
      'is not a key file',
    ],
    [
      'an unknown subject',
      () => ({ subject: 'CRT-099' }),
      65,
      'bad-data',
      'subject "CRT-099" is not randomized',
    ],
  ];
  test.each(cases)('%s', (_, options, status, code, message) => {
    const trial = enrolled();
    const before = ledger(trial).length;
    const refused = unblind(trial, options(trial));
    expect(refused).toMatchObject({ status, stdout: '' });
    expect(refused.stderr).toContain(message);
    expect(refused.stderr).not.toMatch(/ILT101|PLACEBO|\n\s+at /i);
    const added = ledger(trial).slice(before);
    expect(added).toMatchObject([
      { action: 'code-break intent' },
      { action: 'code-break outcome', result: 'refused', error: code },
    ]);
    expect(randose('verify', '--study', trial.study).status).toBe(0);
  });

  test('a failure as JSON is one document too', () => {
    const { status, stdout, stderr } = unblind(enrolled(), { subject: 'CRT-099' }, '--json');
    expect(status).toBe(65);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'bad-data' } });
  });
});

test.each(['', '  '])(
  'a blank reason (%j) is a missing one: nothing is tried [R-049]',
  (reason) => {
    const trial = enrolled();
    const before = ledger(trial).length;
    const refused = unblind(trial, { reason });
    expect(refused).toMatchObject({ status: 64, stdout: '' });
    expect(refused.stderr).toContain(
      'unblind needs --reason <text>: why; it is kept in the ledger',
    );
    expect(ledger(trial)).toHaveLength(before);
  },
);

describe('an envelope that is not the one that was sealed is NOT TRUSTED [R-048]', () => {
  const envelope = (trial: Trial, number: string) =>
    join(trial.study, 'allocation', 'envelopes', `${number}.age`);

  test.each<[string, (trial: Trial) => void]>([
    [
      'exchanged with another',
      (trial) => {
        copyFileSync(envelope(trial, 'R008'), envelope(trial, 'R007'));
      },
    ],
    [
      'changed in one byte',
      (trial) => {
        const bytes = readFileSync(envelope(trial, 'R007'));
        bytes[bytes.length - 5]! ^= 1;
        writeFileSync(envelope(trial, 'R007'), bytes);
      },
    ],
    [
      'cut short',
      (trial) => {
        writeFileSync(
          envelope(trial, 'R007'),
          readFileSync(envelope(trial, 'R007')).subarray(0, 300),
        );
      },
    ],
  ])('%s', (_, tamper) => {
    const trial = enrolled();
    tamper(trial);
    const refused = unblind(trial, {});
    expect(refused).toMatchObject({ status: 65, stdout: '' });
    expect(refused.stderr).toContain('NOT TRUSTED');
    expect(ledger(trial).at(-1)).toMatchObject({ result: 'refused', error: 'not-trusted' });
  });
});

test('a ledger that was rewritten, with a right chain, to point to another envelope opens nothing', () => {
  const trial = enrolled();
  const file = join(trial.study, 'ledger.jsonl');
  const text = rewriteLedger(readFileSync(file, 'utf8'), (act) =>
    act.action === 'randomization' && act.subject === 'CRT-007' ? { ...act, number: 'R008' } : act,
  );
  writeFileSync(file, text);
  const refused = unblind(trial, {});
  expect(refused).toMatchObject({ status: 65, stdout: '' });
  expect(refused.stderr).toContain('NOT TRUSTED: R008 with kit');
});

test('if arms were rewritten in study.yaml, the sealed arm is shown, and the change is reported', () => {
  const trial = enrolled();
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text
      .replace('type: active', 'type: X')
      .replace('type: placebo', 'type: active')
      .replace('type: X', 'type: placebo'),
  );
  const opened = unblind(trial, {});
  expect(opened.stdout).toMatch(/^ {2}(ILT101 .*\(active\)|PLACEBO .*\(placebo\))$/m);
  expect(opened.stderr).toContain('study.yaml was changed after the list was sealed: arms');
});

test('a change of the schedule does not stop an emergency, and is reported', () => {
  const trial = enrolled();
  const file = join(trial.study, 'study.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('weeks: 3-6', 'weeks: 3-7'));
  const opened = unblind(trial, {});
  expect(opened.status).toBe(0);
  expect(opened.stderr).toContain('study.yaml was changed after the list was sealed: schedule');
});

test('a corrected name of an arm does not stop an emergency, and the ledger does not show whose arm it is', () => {
  const trial = enrolled();
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('name: Placebo (matching', 'name: A placebo (matching'));
  const at = ['--study', trial.study, '--identity', trial.officer, '--reason', 'example'];
  const opened = Array.from({ length: 9 }, (_, index) => {
    return randose('unblind', ...at, '--subject', `CRT-00${index + 1}`);
  });
  const arms = opened.map(({ stdout }) => /^ {2}(ILT101|PLACEBO) /m.exec(stdout)?.[1]);
  expect(new Set(arms)).toEqual(new Set(['ILT101', 'PLACEBO']));
  for (const { status, stderr } of opened) {
    expect(status).toBe(0);
    expect(stderr).toContain('study.yaml was changed after the list was sealed: arms');
  }
});

test('an incomplete ledger does not stop a code-break, which is kept beside it and entered later', () => {
  const trial = enrolled();
  const file = join(trial.study, 'ledger.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -10));
  const opened = unblind(trial, {});
  expect(opened.status).toBe(0);
  expect(opened.stdout).toMatch(
    /^NOT CHECKED: ledger\.jsonl:19 is incomplete.*\n\nSubject CRT-007, /,
  );
  expect(opened.stderr).toContain('THIS CODE-BREAK IS NOT IN THE LEDGER');
  expect(opened.stderr).toMatch(/It is kept in pending\/\S+\.json/);
  const words = ['ledger', '--study', trial.study, '--repair', '--by', 'E'];
  expect(mustRun(...words, '--reason', 'power cut')).toContain(
    '1 entry from pending/ entered late',
  );
  expect(randose('ledger', '--study', trial.study, '--enter-pending').status).toBe(64);
  const again = unblind(trial, { subject: 'CRT-008' });
  expect(again.status).toBe(0);
  const late = ledger(trial).filter(({ action }) => action === 'late code-break');
  expect(late).toMatchObject([{ subject: 'CRT-007', number: 'R007', result: 'opened' }]);
  expect(existsSync(join(trial.study, 'pending'))).toBe(false);
  mustRun('verify', '--study', trial.study);
  expect(mustRun('status', '--study', trial.study)).toContain('2 opened');
});

test('opening again is a second code-break, not an error', () => {
  const trial = enrolled();
  expect(unblind(trial, {}).stdout).toBe(unblind(trial, {}).stdout);
  expect(mustRun('status', '--study', trial.study)).toContain('2 opened');
});

test('until a rewrap the old key opens, and the ledger names whose it is', () => {
  const trial = enrolled();
  const file = join(trial.study, 'study.yaml');
  const [, old = ''] = /officers:\n {2}- name: .*\n {4}recipient: (age1\w+)/.exec(
    readFileSync(file, 'utf8'),
  )!;
  const other = join(trial.folder, 'new.key');
  mustRun(
    ...['keygen', '--role', 'officer', '--name', 'New Officer', '--no-passphrase'],
    ...['--output', other],
  );
  const [recipient = ''] = /age1\w+/.exec(readFileSync(other, 'utf8'))!;
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace('name: Example Officer', 'name: New Officer').replace(old, recipient),
  );
  expect(unblind(trial, {}).status).toBe(0);
  expect(ledger(trial).at(-2)).toMatchObject({
    who: { name: 'Example Officer', role: 'officer' },
    key: 'Example Officer, officer',
  });
});
