import { armor } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { strayOf } from '../../src/study/stray.ts';

const told = (path: string, text = '', isRehearsal = false) => {
  const stray = strayOf({ path, kind: 'file', text }, isRehearsal);
  return stray === undefined ? 'own' : `${stray.what}: ${stray.message}`;
};
const LEDGER = '{"seq":1,"time":"2026-05-01T00:00:00.000Z","software":"randose"}\n';
const STUDY = 'randose: 1\nstudy: { id: X }\narms:\n  - { code: A }\n';
const KEY =
  '# created: 2026\nAGE-SECRET-KEY-1RSLZRFZTTQMAVD7YYY0RXKD09QR3L94AMG5MEDCNDDEPKT4VZDYQTDZZ09\n';
const SCRYPT = 'age-encryption.org/v1\n-> scrypt c2FsdA 18\nbody\n--- mac\n';
const SEALED = 'age-encryption.org/v1\n-> X25519 c2hhcmU\nbody\n--- mac\n';
const armored = (text: string) => armor.encode(new TextEncoder().encode(text));

describe("the study's own files", () => {
  test.each([
    ['study.yaml', STUDY],
    ['ledger.jsonl', LEDGER],
    ['allowed-signers', 'a@example.org ssh-ed25519 AAAA\n'],
    ['last-export.json', '{}'],
    ['.randose.home', '{"randose":"home"}'],
    ['calendars/CRT-001.ics', 'BEGIN:VCALENDAR'],
    ['calendars/CRT-001 (1).ics', 'BEGIN:VCALENDAR'],
    ['labels/outer.pdf', '%PDF-1.3'],
    ['pending/2026.json', '{"randose":"pending"}'],
    ['superseded/rewrap-1/envelopes/R001.age', SEALED],
    ['superseded/allocation/manifest.json', '{"randose": "manifest"}'],
  ])('%s belongs where it is', (path, text) => {
    expect(told(path, text)).toBe('own');
  });

  test('keys belong in keys/ of a rehearsal, and nowhere else', () => {
    expect(told('keys/DUMMY-officer.key', KEY, true)).toBe('own');
    expect(told('keys/officer.key', KEY)).toContain('problem: has a secret key in it');
    expect(told('officer.key', KEY, true)).toContain('problem: has a secret key in it');
  });
});

describe('copies of the files of a study', () => {
  test.each([
    'ledger (conflicted copy).jsonl',
    "ledger (Anna's conflicted copy 2026-11-25).jsonl",
    'ledger (1).jsonl',
    'ledger - Copy.jsonl',
    'ledger - Copy (2).jsonl',
    'Copy of ledger.jsonl',
    'ledger.sync-conflict-20261125-101010-ABCDEFG.jsonl',
    'ledger.jsonl~',
    'ledger.jsonl.bak',
    'ledger.jsonl.bak.1',
    'ledger_old.jsonl',
    'ledger 2.jsonl',
    '.ledger.jsonl.swp',
    '#ledger.jsonl#',
    'study.yaml.bak',
    'study (1).yaml',
    'study.sync-conflict-20261125-101010-ABCDEFG.yaml',
    'study.yaml.orig',
    'allowed-signers.bak',
    'allowed-signers (1)',
    'last-export - Copy.json',
    '.randose.home (1)',
    'backup/study.yaml~',
  ])('%s is one by its name', (path) => {
    expect(told(path)).toMatch(
      /^problem: looks like a copy of (study\.yaml|ledger\.jsonl|allow|last|\.ran)/,
    );
  });

  test.each([
    ['ledger-PC1.jsonl', LEDGER, 'ledger: is a copy of ledger.jsonl'],
    ['calendars/x.txt', LEDGER, 'ledger: is a copy of ledger.jsonl'],
    ['protocol.yaml', STUDY, 'problem: is a copy of study.yaml'],
    ['copy/study.yaml', STUDY, 'problem: is a copy of study.yaml'],
    ['m.json', '{ "randose": "manifest" }', 'problem: is a copy of a manifest'],
    [
      'x.csv',
      'randomization_number,stratum,sequence_in_stratum,kit\n',
      'problem: is a copy of a list.csv',
    ],
  ])('%s is one by what is in it', (path, text, message) => {
    expect(told(path, text)).toContain(message);
  });

  test.each(['study-notes.yaml', 'ledger.pdf', 'case-study.yaml', 'studying (1).txt'])(
    '%s is another file',
    (path) => {
      expect(told(path)).toBe('note: is not a file of the study');
    },
  );

  test('a long name does not take long', () => {
    expect(told(`ledger${'~'.repeat(248)}x`)).toBe('note: is not a file of the study');
  });
});

describe('what blinded people must not have', () => {
  test.each([
    ['officer.key', KEY, 'has a secret key in it'],
    ['calendars/a.txt', KEY, 'has a secret key in it'],
    ['labels/a.txt', KEY, 'has a secret key in it'],
    ['pending/a.json', KEY, 'has a secret key in it'],
    ['superseded/a', KEY, 'has a secret key in it'],
    ['.Trash-1000/files/officer.key', KEY, 'has a secret key in it'],
    ['officer.key~', KEY, 'has a secret key in it'],
    ['study.yaml', STUDY + KEY, 'has a secret key in it'],
    ['pq.key', 'AGE-SECRET-KEY-PQ-1ABC', 'has a secret key in it'],
    ['id_ed25519', '-----BEGIN OPENSSH PRIVATE KEY-----\n', 'has a secret key in it'],
    ['id.pem', '-----BEGIN PRIVATE KEY-----\n', 'has a secret key in it'],
    ['a.key', SCRYPT, 'is a secret key or another file under a passphrase'],
    ['b.key', armored(SCRYPT), 'is a secret key or another file under a passphrase'],
    ['superseded/b.key', armored(SCRYPT), 'is a secret key or another file under a passphrase'],
    ['plan.yaml', 'blocks: { sizes: [3] }\n', 'is a randomization plan'],
    [
      'p.yaml',
      'procedure: least predictable\nlargestImbalance: 1 participant\n',
      'is a randomization plan',
    ],
    [
      'p.txt',
      '{ procedure: least predictable, "largestImbalance": 1 participant }',
      'is a randomization plan',
    ],
    ['a.html', '<title>CONFIDENTIAL: X, assessment of plans</title>', 'is an assessment'],
    ['calendars/p.txt', '# plan\nblocks:\n  sizes: [3]\n', 'is a randomization plan'],
    ['a.html', '<title>CONFIDENTIAL: X, assessment of block sizes</title>', 'is an assessment'],
    ['packing.csv', 'kit,arm_code,arm_name\n', 'shows which arms participants or kits have'],
    [
      'open.csv',
      'randomization_number;block;kit;arm\n',
      'shows which arms participants or kits have',
    ],
    ['all.csv', '"STUDYID","SUBJID","ARMCD"\n', 'shows which arms participants or kits have'],
    ['all.json', '{ "kits": [{ "arm_code": "A" }] }', 'shows which arms participants or kits have'],
    [
      'proof.txt',
      '# What\nrandose proof 1\nstudy X\n',
      'shows which arms participants or kits have',
    ],
  ])('%s (%#)', (path, text, message) => {
    expect(told(path, text)).toContain(`problem: ${message}`);
    expect(told(path, text)).toContain('blinded people read this folder: move it elsewhere');
  });

  test('sealed files are in allocation/ and superseded/ only', () => {
    const message = 'sealed: is a sealed file outside allocation/: move it out of the study folder';
    expect(told('answer.age', SEALED)).toBe(message);
    expect(told('calendars/answer.txt', armored(SEALED))).toBe(message);
  });
});

describe('what is only noted', () => {
  test.each([
    ...['.DS_Store', '._ledger.jsonl', 'Thumbs.db', 'desktop.ini', '.directory', 'notes.txt~'],
    ...['.notes.txt.swp', '.~lock.ledger.jsonl#', '.nfs0001', '.fuse_hidden01', '~$plan.docx'],
    ...['.Trash-1000/info', '@eaDir/x', '.stfolder/x', '.git/config', 'calendars/.DS_Store'],
  ])('%s is left by a system', (path) => {
    expect(told(path)).toBe('note: is left by the system or another program, not by randose');
  });

  test('the schema of study.yaml is a file of the study, and no other schema is', () => {
    expect(strayOf({ path: 'study.schema.json', kind: 'file', text: '{}' }, false)).toBeUndefined();
    expect(told('plan.schema.json')).toContain('is not a file of the study');
    const arms = { path: 'study.schema.json', kind: 'file', text: '[{"arm": "A"}]' } as const;
    expect(strayOf(arms, false)?.what).toBe('problem');
  });

  test('a folder of a system is named once', () => {
    const file = { path: '@eaDir/a/b', kind: 'file', text: '' } as const;
    expect(strayOf(file, false)?.path).toBe('@eaDir/');
  });

  test.each([
    ['.ledger.jsonl.4711.partial', 'the next command that writes clears it'],
    ['.randose.lock', 'the next command that writes clears it'],
    ['.randose.claim.abc', 'the next command that writes clears it'],
    ['.randose.lock.clearing', 'if no randose runs, remove it'],
    ['calendars/.a.ics.4711.partial', 'left by a command that was stopped: remove it'],
    ['notes.txt', 'is not a file of the study'],
    ['pending/notes.txt', 'is not a file of the study'],
    ['other/deep/a.pdf', 'is not a file of the study'],
  ])('%s', (path, message) => {
    expect(told(path)).toContain(message);
    expect(told(path)).toMatch(/^note/);
  });

  test.each([
    ['link outside', 'is a link that leads out of the study folder'],
    ['link inside', 'is a link to something in this folder'],
    ['dead link', 'is a link to nothing'],
    ['not regular', 'is not a regular file, and was not read'],
    ['unreadable', 'cannot be read here, and was not looked at'],
  ] as const)('%s', (kind, message) => {
    const file = { path: 'ledger.jsonl', kind, text: '' };
    expect(strayOf(file, false)).toMatchObject({ what: 'note', message });
  });
});
