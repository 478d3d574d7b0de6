import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allocated,
  enrolled,
  jsonOf,
  kitsOfTrial,
  mustRun,
  RANDOSE,
  randose,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { cardKeyOf, ledgerOf, replaceIn } from '../support/custody.ts';
import { rewriteLedger } from '../support/ledger.ts';

/**
 * A physician at 3 a.m. is refused because of the participant's own envelope or key, and because of no other
 * file. Each state is tried with an officer's key and with the code-break card, by the code on the kit.
 */
let trial: Trial;
/** The same, rewrapped once, with a copy of its ledger from before. */
let rewrapped: string;
let card: string;
let kit: string;
let arm: string;

beforeAll(async () => {
  trial = enrolled(afterAll);
  kit = kitsOfTrial(trial)[6]!;
  card = join(trial.folder, 'card.key');
  writeFileSync(card, `${await cardKeyOf(trial, 'R007')}\n`);
  rewrapped = join(trial.folder, 'rewrapped');
  cpSync(trial.study, rewrapped, { recursive: true });
  cpSync(join(rewrapped, 'ledger.jsonl'), join(trial.folder, 'ledger-before'));
  replaceIn(join(rewrapped, 'study.yaml'), 'name: Example Officer', 'name: Other Officer');
  const keys = ['--identity', trial.officer, trial.packer, '--reason', 'example'];
  mustRun('rewrap', '--study', rewrapped, ...keys);
  const opened = jsonOf(
    ...['unblind', '--study', rewrapped, '--kit', kit],
    ...withKey(trial.officer),
  );
  arm = (opened.arm as { code: string }).code;
});

const withKey = (key: string) => ['--identity', key, '--by', 'E. Example', '--reason', 'SAE'];
const edit = (file: string, change: (text: string) => string) => {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
};
function copyOf(folder: string): string {
  const study = join(testFolder(), 'depil-2');
  cpSync(folder, study, { recursive: true });
  return study;
}
const crlf = (text: string) => text.replaceAll('\n', '\r\n');
const asFolder = (file: string) => {
  rmSync(file, { force: true });
  mkdirSync(file);
};

/** What is done to the folder; whether the arm is proven all the same; what is said above it. */
type State = [
  name: string,
  damage: (at: (name: string) => string) => void,
  proven: boolean,
  said: RegExp | undefined,
];

const remove =
  (...names: string[]) =>
  (at: (name: string) => string) => {
    for (const name of names) rmSync(at(name), { recursive: true });
  };
const write = (name: string, content: string) => (at: (name: string) => string) => {
  writeFileSync(at(name), content);
};
const change = (name: string, how: (text: string) => string) => (at: (name: string) => string) => {
  edit(at(name), how);
};

const [STUDY, LEDGER, LIST, MANIFEST, LOCK] = [
  ...['study.yaml', 'ledger.jsonl', 'allocation/list.csv', 'allocation/manifest.json'],
  '.randose.lock',
] as [string, string, string, string, string];

const STATES: State[] = [
  ['untouched', () => undefined, true, undefined],
  ['study.yaml missing', remove(STUDY), true, /study\.yaml is missing/],
  ['study.yaml empty', write(STUDY, ''), true, /study\.yaml/],
  ['study.yaml with a syntax error', write(STUDY, 'a: [b\n  c: }'), true, /study\.yaml:\d/],
  ['study.yaml with an unknown key', change(STUDY, (t) => `${t}\narmz: 1\n`), true, /study\.yaml:/],
  [
    'study.yaml with a merge marker',
    change(STUDY, (t) => `<<<<<<< HEAD\n${t}`),
    true,
    /study\.yaml/,
  ],
  [
    'study.yaml of another version',
    change(STUDY, (t) => t.replace('randose: 1', 'randose: 2')),
    true,
    /study\.yaml/,
  ],
  [
    'study.yaml in another encoding',
    (at) => {
      writeFileSync(at(STUDY), Buffer.from(readFileSync(at(STUDY), 'utf8'), 'latin1'));
    },
    true,
    undefined,
  ],
  ['study.yaml as a rehearsal', change(STUDY, (t) => `${t}\ndummy: true\n`), true, /study\.yaml/],
  [
    'study.yaml a folder',
    (at) => {
      asFolder(at(STUDY));
    },
    true,
    /study\.yaml/,
  ],
  ['ledger missing', remove(LEDGER), false, /ledger\.jsonl is missing/],
  ['ledger empty', write(LEDGER, ''), false, /ledger\.jsonl is empty/],
  ['ledger torn', change(LEDGER, (t) => t.slice(0, -9)), true, /is incomplete/],
  [
    'ledger altered in its first line',
    change(LEDGER, (t) => t.replace('"batch":1', '"batch":2')),
    false,
    /ledger\.jsonl:1/,
  ],
  [
    'ledger altered in another line',
    change(LEDGER, (t) => t.replace('CRT-002', 'CRT-902')),
    true,
    /ledger\.jsonl:3/,
  ],
  [
    'ledger with a foreign line',
    change(LEDGER, (t) => t.replace('\n', '\nforeign\n')),
    true,
    /ledger\.jsonl:2/,
  ],
  ['ledger with other line ends', change(LEDGER, crlf), true, undefined],
  ['ledger with a byte order mark', change(LEDGER, (t) => `\ufeff${t}`), true, undefined],
  [
    'ledger a folder',
    (at) => {
      asFolder(at(LEDGER));
    },
    false,
    /ledger\.jsonl/,
  ],
  ['list.csv missing', remove(LIST), true, /list\.csv is missing/],
  ['list.csv damaged', write(LIST, 'nothing'), true, /list\.csv is damaged/],
  [
    'list.csv with kits exchanged',
    change(LIST, (t) => {
      const lines = t.split('\n');
      const [a, b] = [lines[7]!.slice(-7), lines[8]!.slice(-7)];
      return t.replace(a, '?').replace(b, a).replace('?', b);
    }),
    true,
    /list\.csv is not the list that was sealed/,
  ],
  ['list.csv with other line ends', change(LIST, crlf), true, undefined],
  ['manifest missing', remove(MANIFEST), false, /manifest\.json is missing/],
  ['manifest damaged', change(MANIFEST, (t) => t.slice(0, 99)), false, /manifest\.json is damaged/],
  [
    'manifest with another root',
    change(MANIFEST, (t) => t.replace(/"root": "../, '"root": "00')),
    false,
    /manifest\.json is not the one/,
  ],
  ['manifest with other line ends', change(MANIFEST, crlf), true, undefined],
  ['manifest and ledger missing', remove(MANIFEST, LEDGER), false, /ledger\.jsonl is missing/],
  [
    'all but the envelopes missing',
    (at) => {
      renameSync(at('allocation/envelopes'), at('kept'));
      for (const name of [STUDY, LEDGER, 'allocation']) rmSync(at(name), { recursive: true });
      mkdirSync(at('allocation'));
      renameSync(at('kept'), at('allocation/envelopes'));
    },
    false,
    /manifest\.json is missing/,
  ],
  [
    'other sealed files missing',
    remove(
      'allocation/master.age',
      'allocation/packing.age',
      'allocation/cards.age',
      'allocation/signing.age',
    ),
    true,
    undefined,
  ],
  ['signing.pub missing', remove('allocation/signing.pub'), true, undefined],
  ['card-recipients.csv missing', remove('allocation/card-recipients.csv'), true, undefined],
  [
    'the other envelopes missing',
    (at) => {
      for (const number of ['R001', 'R008', 'R018'])
        rmSync(at(`allocation/envelopes/${number}.age`));
    },
    true,
    undefined,
  ],
  [
    'the lock of a living process',
    write(LOCK, JSON.stringify({ pid: process.pid, host: hostname(), started: '', token: 'x' })),
    true,
    undefined,
  ],
  [
    'the lock of another machine',
    write(LOCK, JSON.stringify({ pid: 1, host: 'elsewhere', started: '', token: 'x' })),
    true,
    undefined,
  ],
  [
    'links that lead nowhere, in a circle and back above',
    (at) => {
      rmSync(at('allocation/envelopes/R001.age'));
      symlinkSync('R001.age', at('allocation/envelopes/R001.age'));
      symlinkSync('..', at('allocation/above'));
      symlinkSync('nowhere', at('allocation/nowhere'));
    },
    true,
    undefined,
  ],
  ['a lock that is not one', write(LOCK, 'nothing'), true, undefined],
  [
    'a folder in place of the lock',
    (at) => {
      asFolder(at(LOCK));
    },
    true,
    undefined,
  ],
];

describe.each(STATES)('%s', (_, damage, proven, said) => {
  test.each(['key', 'card'])('does not stop a code-break by %s [R-043]', (by) => {
    const study = copyOf(trial.study);
    damage((name) => join(study, name));
    const key = by === 'key' ? trial.officer : card;
    const { status, stdout, stderr } = randose(
      'unblind',
      '--study',
      study,
      '--kit',
      kit,
      ...withKey(key),
    );
    expect(status, stderr).toBe(0);
    expect(/^ {2}(ILT101|PLACEBO) /m.exec(stdout)?.[1]).toBe(arm);
    if (said !== undefined) {
      expect(stdout.slice(0, stdout.indexOf('kit '))).toMatch(/^NOT CHECKED: /m);
      expect(stdout).toMatch(said);
    }
    expect(stdout.includes('NOT PROVEN')).toBe(!proven);
    const json = randose('unblind', '--study', study, '--kit', kit, ...withKey(key), '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: true,
      data: { proven, arm: { code: arm } },
    });
  });
});

describe('after a rewrap', () => {
  test.each<[string, (at: (name: string) => string) => void]>([
    [
      'with an older ledger',
      (at) => {
        cpSync(join(trial.folder, 'ledger-before'), at(LEDGER));
      },
    ],
    ['without a ledger', remove(LEDGER)],
    ['without its manifest', remove('allocation/rewrap-1/manifest.json')],
    ['without the folder of the rewrap', remove('allocation/rewrap-1')],
    ['without what was moved aside', remove('superseded')],
  ])('%s its envelope opens, with the card too', (_, damage) => {
    for (const key of [trial.officer, card]) {
      const study = copyOf(rewrapped);
      damage((name) => join(study, name));
      const { status, stdout, stderr } = randose(
        'unblind',
        '--study',
        study,
        '--kit',
        kit,
        ...withKey(key),
      );
      expect(status, stderr).toBe(0);
      expect(/^ {2}(ILT101|PLACEBO) /m.exec(stdout)?.[1]).toBe(arm);
    }
  });
});

test('a file-size limit does not stop a code-break', () => {
  const study = copyOf(trial.study);
  const words = ['unblind', '--study', study, '--kit', kit, ...withKey(trial.officer)];
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const shell = `ulimit -f 0; exec '${process.execPath}' '${RANDOSE}' ${quoted}`;
  const { stdout, stderr } = spawnSync('bash', ['-c', shell], {
    encoding: 'utf8',
    timeout: 45_000,
  });
  expect(stdout).toMatch(/^ {2}(ILT101|PLACEBO) /m);
  expect(stderr).toContain('THIS CODE-BREAK IS NOT IN THE LEDGER');
});

describe('a code-break stops only if its own envelope or its key is not right [R-043]', () => {
  test.each<[string, (at: (name: string) => string) => void, () => string, number]>([
    ['the envelope missing', remove('allocation/envelopes/R007.age'), () => trial.officer, 66],
    [
      'the envelope damaged',
      change('allocation/envelopes/R007.age', (t) => t.slice(0, 400)),
      () => trial.officer,
      65,
    ],
    ['somebody else’s key', () => undefined, () => trial.packer, 77],
  ])('%s: refused, without an arm', (_, damage, key, status) => {
    const study = copyOf(trial.study);
    damage((name) => join(study, name));
    const refused = randose('unblind', '--study', study, '--kit', kit, ...withKey(key()));
    expect(refused).toMatchObject({ status, stdout: '' });
    expect(refused.stderr).not.toMatch(/ILT101|PLACEBO/);
  });
});

test('an envelope that randose cannot read: the command for age names the key that was typed', () => {
  const study = copyOf(trial.study);
  const envelope = join(study, 'allocation/envelopes/R007.age');
  rmSync(envelope);
  symlinkSync('R007.age', envelope);
  const refused = randose('unblind', '--study', study, '--kit', kit, ...withKey(trial.officer));
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain(`age -d -i ${trial.officer} '${envelope}'`);
});

describe('which slot', () => {
  test('two participants with one number in the ledger: randose asks for the kit, and opens its slot', () => {
    const study = copyOf(trial.study);
    const lines = readFileSync(join(study, LEDGER), 'utf8').trimEnd().split('\n');
    // A line that was whole in another copy of this folder.
    const other = join(testFolder(), 'other');
    cpSync(trial.study, other, { recursive: true });
    writeFileSync(join(other, LEDGER), `${lines.slice(0, 7).join('\n')}\n`);
    rmSync(join(other, '.randose.home'), { force: true });
    const words = ['--subject', 'OTHER-1', '--site', 'CRT', '--day1', '2026-06-15', '--by', 'E'];
    spawnSync(process.execPath, [RANDOSE, 'randomize', '--study', other, ...words, '--yes'], {
      env: { ...process.env, XDG_STATE_HOME: join(other, '..', 'state') },
    });
    appendFileSync(
      join(study, LEDGER),
      `${readFileSync(join(other, LEDGER), 'utf8').trimEnd().split('\n').at(-1)!}\n`,
    );
    const refused = randose(
      'unblind',
      '--study',
      study,
      '--subject',
      'CRT-007',
      ...withKey(trial.officer),
    );
    expect(refused).toMatchObject({ status: 65, stdout: '' });
    expect(refused.stderr).toMatch(/CRT-007 has R007[\s\S]*OTHER-1 has R007[\s\S]*--kit CODE/);
    const opened = randose('unblind', '--study', study, '--kit', kit, ...withKey(trial.officer));
    expect(opened.stdout).toContain('in the ledger R007 belongs to CRT-007 and OTHER-1');
    expect(opened.status).toBe(0);
  });

  test('with an altered list and a rewritten ledger, no slot is opened except that of the kit', () => {
    const study = copyOf(trial.study);
    // The ledger says, in lines that are whole, that the kit is R008's; the list is damaged.
    const other = kitsOfTrial(trial)[7]!;
    const swapped: Record<string, string> = { R007: other, R008: kit };
    const text = rewriteLedger(readFileSync(join(study, LEDGER), 'utf8'), (act) =>
      act.action === 'randomization' ? { ...act, kit: swapped[act.number] ?? act.kit } : act,
    );
    writeFileSync(join(study, LEDGER), text);
    writeFileSync(join(study, LIST), 'damaged');
    for (const key of [trial.officer, card]) {
      const { status, stdout } = randose(
        'unblind',
        '--study',
        study,
        '--kit',
        kit,
        ...withKey(key),
      );
      expect(status).toBe(0);
      expect(stdout).toContain(`randomization number R007, kit ${kit}`);
      expect(/^ {2}(ILT101|PLACEBO) /m.exec(stdout)?.[1]).toBe(arm);
    }
  });

  test('a file that somebody adds does not turn a trial into a rehearsal', () => {
    const study = copyOf(trial.study);
    writeFileSync(join(study, 'allocation/envelopes/DUMMY-R001.age'), '');
    edit(join(study, LIST), (text) => text.replace('R001', 'DUMMY-R001'));
    const opened = randose('unblind', '--study', study, '--kit', kit, ...withKey(trial.officer));
    expect(opened.status).toBe(0);
  });

  test('a card with another key beside it needs a name', () => {
    const words = ['unblind', '--study', trial.study, '--card', ...withKey(trial.officer)];
    expect(randose(...words)).toMatchObject({ status: 64, stdout: '' });
  });

  test('no proof is written into a study folder that lacks its study.yaml', () => {
    const study = copyOf(trial.study);
    rmSync(join(study, STUDY));
    const words = ['unblind', '--study', study, '--kit', kit, ...withKey(trial.officer)];
    const refused = randose(...words, '--proof', join(study, 'proof.txt'));
    expect(refused).toMatchObject({ status: 64, stdout: '' });
  });

  test('by its number; a number that was typed as a subject is reported', () => {
    const opened = randose(
      'unblind',
      '--study',
      trial.study,
      '--number',
      'r007',
      ...withKey(trial.officer),
    );
    expect(opened.stdout).toContain('Subject CRT-007, randomization number R007');
    const told = randose(
      'unblind',
      '--study',
      trial.study,
      '--subject',
      'R007',
      ...withKey(trial.officer),
    );
    expect(told).toMatchObject({ status: 65, stdout: '' });
    expect(told.stderr).toContain('"R007" is the randomization number of CRT-007');
  });
});

describe('what was given is not always what was allocated', () => {
  test('another kit is listed above the arm, and opened for the one who was given it [R-047]', () => {
    const given = enrolled();
    const [own, other] = [kitsOfTrial(given)[0]!, kitsOfTrial(given)[1]!];
    const words = ['--subject', 'CRT-001', '--visit', 'D1', '--date', '2026-06-15', '--kit', other];
    const why = ['--deviation', '--reason', 'wrong box', '--by', 'Example Nurse'];
    mustRun('dose', '--study', given.study, ...words, ...why);
    const at = ['--study', given.study, ...withKey(given.officer)];
    const opened = mustRun('unblind', '--subject', 'CRT-001', ...at);
    expect(opened).toMatch(
      new RegExp(`ANOTHER KIT: .*kit ${other} on 2026-06-15[\\s\\S]*Subject CRT-001.*kit ${own}`),
    );
    const nobody = randose('unblind', '--kit', other, '--given-to', 'CRT-O01', ...at);
    expect([nobody.status, nobody.stdout, nobody.stderr]).toEqual([
      65,
      '',
      expect.stringContaining('Did you mean CRT-001?'),
    ]);
    const kitOpened = randose('unblind', '--kit', other, '--given-to', 'CRT-001', ...at);
    expect(kitOpened.status).toBe(0);
    expect(kitOpened.stdout).toMatch(new RegExp(`^Kit ${other}, as given to CRT-001`, 'm'));
    expect(kitOpened.stdout + kitOpened.stderr).not.toContain('CRT-002');
    expect(ledgerOf(given.study).at(-2)).toMatchObject({ subject: 'CRT-001', kit: other });
    mustRun('verify', '--study', given.study);
  });

  test('the own kit of a participant, as given to them, is their own allocation', () => {
    const given = enrolled();
    const own = kitsOfTrial(given)[0]!;
    const words = ['--kit', own, '--given-to', 'crt-001', '--study', given.study];
    const dry = randose('unblind', ...words, ...withKey(given.officer), '--dry-run');
    const { stdout, stderr } = randose('unblind', ...words, ...withKey(given.officer));
    expect(stdout).toMatch(/^Subject CRT-001, randomization number R001/m);
    for (const told of [dry.stderr, stderr].map((text) => text.replaceAll(/\s+/g, ' '))) {
      expect(told).toContain(`${own} is a kit of crt-001's own slot: this is about their own`);
      expect(told).not.toMatch(/does not say|is not blinded any more/);
    }
    const intent = ledgerOf(given.study).at(-2);
    expect(intent).toMatchObject({ subject: 'CRT-001', number: 'R001' });
    expect(intent).not.toHaveProperty('kit');
    mustRun('verify', '--study', given.study);
  });

  test('a kit that nobody has is refused, unless somebody was given it', () => {
    const fresh = allocated();
    const free = kitsOfTrial(fresh)[4]!;
    const at = ['--study', fresh.study, ...withKey(fresh.officer)];
    const refused = randose('unblind', '--kit', free, ...at);
    expect(refused).toMatchObject({ status: 65, stdout: '' });
    expect(refused.stderr).toContain(`--kit ${free} --given-to SUBJECT`);
    expect(mustRun('unblind', '--kit', free, '--given-to', 'CRT-001', ...at)).toMatch(
      /ILT101|PLACEBO/,
    );
  });
});

test('a lock that somebody holds delays a code-break for a moment only', async () => {
  const study = copyOf(trial.study);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  writeFileSync(
    join(study, LOCK),
    JSON.stringify({ pid: child.pid, host: hostname(), started: '', token: 'x' }),
  );
  const opened = randose('unblind', '--study', study, '--kit', kit, ...withKey(trial.officer));
  child.kill();
  await new Promise((resolve) => child.on('exit', resolve));
  expect(opened.stdout).toMatch(/ILT101|PLACEBO/);
  expect(opened.stderr).toMatch(
    /IS NOT IN THE LEDGER: .*in use by process[\s\S]*It is kept in pending\//,
  );
  mustRun('ledger', '--study', study, '--enter-pending', '--yes');
  expect(ledgerOf(study).at(-1)).toMatchObject({ action: 'late code-break', subject: 'CRT-007' });
});
