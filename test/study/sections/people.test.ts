import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXAMPLE_PARTICIPANTS, PLAN_TEMPLATE, STUDY_TEMPLATE } from '../../../src/study/depil-2.ts';
import { addPerson } from '../../../src/study/sections/people.ts';
import { type Role } from '../../../src/study/study.ts';
import { readStudy } from '../../../src/study/study-file.ts';
import { FIXTURES } from '../../support/command-line.ts';

const people: [Role, string][] = [
  ['officer', 'Example Officer'],
  ['statistician', 'Example Statistician'],
  ['packer', 'Example Packer'],
];

function recipientOf(role: Role): string {
  const text = readFileSync(join(FIXTURES, 'keys', `${role}.key`), 'utf8');
  return /public key: (\S+)/.exec(text)![1]!;
}

/** A YAML file without its comments. Those of the fixtures are older, and sealed. */
function withoutComments(text: string): string {
  return text.replace(/(^| ) *#.*\n/gm, '\n').replace(/\n+/g, '\n');
}

test('the fixtures are the templates, with three people added', () => {
  let text = STUDY_TEMPLATE;
  for (const [role, name] of people) {
    text = addPerson(text, role, { name, recipient: recipientOf(role) });
  }
  const fixture = (file: string) => readFileSync(join(FIXTURES, file), 'utf8');
  expect(withoutComments(text)).toBe(withoutComments(fixture('depil-2/study.yaml')));
  expect(withoutComments(PLAN_TEMPLATE)).toBe(withoutComments(fixture('depil-2-plan.yaml')));
  expect(EXAMPLE_PARTICIPANTS).toBe(fixture('depil-2-participants.csv'));
});

test('everything except the new person stays as it was, comments included', () => {
  const before = STUDY_TEMPLATE.split('\n');
  const person = { name: 'É. "Test": #1', recipient: recipientOf('officer') };
  const after = addPerson(STUDY_TEMPLATE, 'officer', person).split('\n');
  const index = before.indexOf('officers: []');
  expect(after.slice(0, index)).toEqual(before.slice(0, index));
  expect(after.slice(index + 3)).toEqual(before.slice(index + 1));
  const checked = readStudy(after.join('\n'), 'study.yaml');
  expect(checked.ok && checked.value.officers).toEqual([person]);
});

test('a name that other programs would read differently gets quotes', () => {
  const person = { name: 'No', recipient: recipientOf('officer') };
  const text = addPerson(STUDY_TEMPLATE, 'officer', person);
  expect(text).toContain('- name: "No"\n');
  const checked = readStudy(text, 'study.yaml', 'seal');
  expect(checked.ok && checked.value.officers).toEqual([person]);
});

test('a second person follows the first', () => {
  const first = { name: 'First', recipient: recipientOf('officer') };
  const second = { name: 'Second', recipient: recipientOf('packer') };
  const text = addPerson(addPerson(STUDY_TEMPLATE, 'officer', first), 'officer', second);
  const checked = readStudy(text, 'study.yaml');
  expect(checked.ok && checked.value.officers).toEqual([first, second]);
});

test.each(['', 'officers:\n', '# none yet\nofficers: null\n'])(
  'a study without a list of officers gets one: %j',
  (officers) => {
    const person = { name: 'First', recipient: recipientOf('officer') };
    const text = addPerson(STUDY_TEMPLATE.replace('officers: []\n', officers), 'officer', person);
    const checked = readStudy(text, 'study.yaml');
    expect(checked.ok && checked.value.officers).toEqual([person]);
  },
);

const NEW = { name: 'New', recipient: 'age1new' };

test.each<[string, string, string]>([
  [
    'nothing of the role',
    'a: {b: 1}\n',
    'a: {b: 1}\nofficers:\n  - name: New\n    recipient: age1new\n',
  ],
  ['no line end at its end', 'a: 1', 'a: 1\nofficers:\n  - name: New\n    recipient: age1new\n'],
  [
    'an empty list with a comment',
    'officers: [] # who opens\nz: { y: 1 }\n',
    'officers: # who opens\n  - name: New\n    recipient: age1new\nz: { y: 1 }\n',
  ],
  ['a key alone', 'officers:\nz: 1\n', 'officers:\n  - name: New\n    recipient: age1new\nz: 1\n'],
  [
    'people, with comments after and between them',
    'officers:\n- {name: A, recipient: age1a} # one\n# two\n- name: B\n  recipient: age1b # three\n\n# four\nz: 1\n',
    'officers:\n- {name: A, recipient: age1a} # one\n# two\n- name: B\n  recipient: age1b # three\n- name: New\n  recipient: age1new\n\n# four\nz: 1\n',
  ],
  [
    'people at its end, without a line end',
    'officers:\n    - name: A\n      recipient: age1a',
    'officers:\n    - name: A\n      recipient: age1a\n    - name: New\n      recipient: age1new\n',
  ],
  [
    'people in one line',
    'officers: [{ name: A, recipient: age1a }]\n',
    'officers: [{ name: A, recipient: age1a }, { name: New, recipient: age1new }]\n',
  ],
  [
    'line ends of another system',
    'officers:\r\n  - name: A\r\n    recipient: age1a\r\nz: 1\r\n',
    'officers:\r\n  - name: A\r\n    recipient: age1a\r\n  - name: New\r\n    recipient: age1new\r\nz: 1\r\n',
  ],
])('a person is added to a file with %s', (_, before, after) => {
  expect(addPerson(before, 'officer', NEW)).toBe(after);
});
