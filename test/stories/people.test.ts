import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jsonOf, mustRun, randose } from '../support/command-line.ts';
import { randoseOnTerminal, SCRIPT } from '../support/pseudo-terminal.ts';
import { testWithTool } from '../support/tools.ts';
import { custodyTrial, enrolOne, replaceIn, sealAndEnrol } from '../support/custody.ts';

const file = (study: string) => readFileSync(join(study, 'study.yaml'), 'utf8');

/** `randose people add` of an officer. @param recipient a public key, or the name of a file that has it */
function addOfficer(study: string, name: string, recipient: string) {
  const person = ['--role', 'officer', '--name', name, '--recipient', recipient];
  return randose('people', 'add', '--study', study, ...person);
}

describe('people add', () => {
  test('writes a key that was sent into study.yaml, and changes no other line', () => {
    const { study, addPerson } = custodyTrial();
    const first = addPerson('officer', 'A. Example');
    const second = addPerson('officer', 'B. Example');
    const words = ['people', 'add', '--study', study, '--role', 'officer'];
    const before = file(study);
    const dry = mustRun(...words, '--name', 'A. Example', '--recipient', first, '--dry-run');
    expect(dry).toBe('Would add A. Example to study.yaml, under officers.\n');
    expect(file(study)).toBe(before);
    mustRun(...words, '--name', 'A. Example', '--recipient', first);
    const between = file(study);
    expect(mustRun(...words, '--name', 'B. Example', '--recipient', ` ${second}\n`)).toBe(
      'Added B. Example to study.yaml, under officers.\n',
    );
    const added = file(study).split('\n');
    const rest = between.split('\n');
    const missing = rest.filter((line) => !added.includes(line));
    expect(missing).toEqual([]);
    expect(added.length - rest.length).toBe(2);
    expect(jsonOf('people', '--study', study).people).toEqual([
      { role: 'officer', name: 'A. Example', recipient: first },
      { role: 'officer', name: 'B. Example', recipient: second },
    ]);
    expect(mustRun('people', '--study', study)).toContain('officer  B. Example  age1');
  });

  test('says what follows after the list is sealed', () => {
    const made = custodyTrial();
    const { study, addPerson, key } = made;
    addPerson('officer', 'A. Example', '--study', study);
    sealAndEnrol(made, 1);
    const sent = addPerson('officer', 'B. Example');
    const who = ['--role', 'officer', '--name', 'B. Example', '--recipient', sent];
    const { status, stderr } = randose('people', 'add', '--study', study, ...who);
    expect(status).toBe(0);
    expect(stderr).toContain(
      'B. Example can open nothing, and nobody can be randomized, until an officer runs a rewrap. To run it: randose rewrap --identity FILE --reason TEXT\n',
    );
    expect(stderr).toContain('To undo it: randose study --restore');
    mustRun('rewrap', '--study', study, '--identity', key('A. Example'), '--reason', 'B. joins');
    enrolOne(study, 'CRT-002');
    const opening = ['--identity', key('B. Example'), '--reason', 'SAE'];
    mustRun('unblind', '--study', study, '--subject', 'CRT-001', ...opening);
  });

  test('says that the threshold does not fit any more', () => {
    const made = custodyTrial('threshold: 2 of 2');
    const { study, addPerson } = made;
    addPerson('officer', 'A. Example', '--study', study);
    addPerson('officer', 'B. Example', '--study', study);
    sealAndEnrol(made, 1);
    const sent = addPerson('officer', 'C. Example');
    const who = ['--role', 'officer', '--name', 'C. Example', '--recipient', sent];
    const { stderr } = randose('people', 'add', '--study', study, ...who);
    expect(stderr).toContain('custody in study.yaml says 2 of 2, but 3 officers are listed');
    expect(stderr).toContain('randose rewrap --identity FILE FILE --reason TEXT');
  });

  test('leaves lines as their author writes them, and a role that cannot be is about no line', () => {
    const { study, addPerson, key } = custodyTrial('threshold: 2 of 3');
    addPerson('officer', 'A. Example', '--study', study);
    const path = join(study, 'study.yaml');
    const wide = file(study).replace(/\{(phase: induction[^}]*)\}/, '{ $1 }');
    writeFileSync(path, wide);
    const role = ['--role', 'statistician', '--name', 'S. Example', '--output', key('S')];
    const refused = randose('keygen', ...role, '--no-passphrase', '--study', study);
    expect(refused.status).toBe(64);
    expect(refused.stderr).toMatch(
      /^error: S\. Example cannot be added to study\.yaml as statistician\n {2}with a threshold /,
    );
    expect(refused.stderr).not.toMatch(/yaml:\d/);
    expect(file(study)).toBe(wide);
    addPerson('officer', 'B. Example', '--study', study);
    expect(file(study)).toContain('{ phase: induction');
  });

  test('refuses what does not fit, and changes nothing', () => {
    const { study, addPerson, key } = custodyTrial();
    const recipient = addPerson('officer', 'A. Example', '--study', study);
    const other = addPerson('officer', 'B. Example');
    const secret = /AGE-SECRET-KEY-\w+/.exec(readFileSync(key('B. Example'), 'utf8'))![0];
    const before = file(study);
    for (const [name, given, said] of [
      ['a. example', other, 'study.yaml already has "a. example" under officers'],
      ['C. Example', recipient, 'this is the key of "A. Example", under officers: one key'],
      ['C. Example', key('none'), 'there is no file '],
      ['C. Example', join(study, 'study.yaml'), 'study.yaml has no public key that can be read'],
      ['C. Example', `${other.slice(0, -1)}b`, 'not an age recipient'],
      ['C. Example', 'age1qqqq', 'and in the file beside their key, NAME.key.pub.'],
      ['C. Example', secret, 'this is a SECRET key'],
      ['C. Example', `age1pq1${'q'.repeat(1952)}`, 'is not an age recipient'],
      ['C.\nExample', other, '--name has a character that nobody sees'],
      ['', other, "people add needs --name <name>: the person's name"],
      ['x'.repeat(101), other, '--name: write a name'],
    ] as const) {
      const who = ['--role', 'officer', '--name', name, '--recipient', given];
      const { status, stdout, stderr } = randose('people', 'add', '--study', study, ...who);
      expect(status, said).toBe(64);
      expect(stderr).toContain(said);
      expect(stdout + stderr).not.toContain(secret);
      if (given === secret) expect(stderr).not.toContain('a character is wrong');
    }
    expect(file(study)).toBe(before);
  });

  test('says who has a key, and under which role', () => {
    const { study, addPerson } = custodyTrial();
    const sent = addPerson('statistician', 'Stat', '--study', study);
    const add = (name: string) => addOfficer(study, name, sent);
    for (const [name, hint] of [
      ['Stat', 'For a second role, Stat makes another key: randose keygen'],
      ['B. Example', 'Ask B. Example for a key of their own: randose keygen'],
    ] as const) {
      const { status, stderr } = add(name);
      expect([status, stderr]).toEqual([
        64,
        expect.stringContaining('this is the key of "Stat", under statisticians: one key has one'),
      ]);
      expect(stderr).toContain(hint);
    }
  });

  test('takes the name of a file that has the public key, and keeps no secret of it', () => {
    const { study, addPerson, key } = custodyTrial();
    const [first, second] = [
      addPerson('officer', 'A. Example'),
      addPerson('officer', 'B. Example'),
    ];
    writeFileSync(key('A. Example.pub'), `# A. Example\n${first}\n`);
    const add = (name: string, file: string) => addOfficer(study, name, file);
    expect(add('A. Example', key('A. Example.pub')).stderr).toContain(first);
    // A key without a passphrase: its public half is a comment.
    const { status, stdout, stderr } = add('B. Example', key('B. Example'));
    expect([status, stderr]).toEqual([0, expect.stringContaining(second)]);
    expect(stdout + stderr + file(study)).not.toContain('AGE-SECRET-KEY');
    expect(jsonOf('people', '--study', study).people).toEqual([
      { role: 'officer', name: 'A. Example', recipient: first },
      { role: 'officer', name: 'B. Example', recipient: second },
    ]);
    writeFileSync(key('two.pub'), `${first}\n${second}\n`);
    expect(add('C. Example', key('two.pub')).stderr).toContain('has 2 public keys');
  });

  test('changes nothing in a study.yaml that has errors', () => {
    const { study, addPerson } = custodyTrial();
    const sent = addPerson('officer', 'A. Example');
    replaceIn(join(study, 'study.yaml'), 'arms:', 'armz:');
    const who = ['--role', 'officer', '--name', 'A. Example', '--recipient', sent];
    expect(randose('people', 'add', '--study', study, ...who).status).toBe(78);
    expect(randose('people', '--study', study).status).toBe(78);
  });
});

testWithTool(SCRIPT)('the people fit a terminal, and their names are never broken [R-040]', () => {
  const { study, addPerson } = custodyTrial();
  const names = ['Prof. Anne Example-Specimen', 'B. Example'];
  for (const name of names) addOfficer(study, name, addPerson('officer', name));
  for (const columns of [60, 80, 120]) {
    const { text } = randoseOnTerminal(['people', '--study', study], {
      columns,
      hasColour: false,
      state: study,
    });
    const [head = '', ...rows] = text.split('\n').slice(0, 3);
    expect(head).toMatch(/^Role +Name +Public key$/);
    for (const [index, row] of rows.entries()) {
      expect(row).toMatch(new RegExp(`^officer +${names[index]!} +age1`));
      expect(row.length).toBeLessThanOrEqual(columns);
    }
    expect(text.includes('Whole keys: randose people --json')).toBe(columns < 120);
  }
});
