import * as v from 'valibot';
import { Document, isMap, isSeq, parseDocument, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { line } from '../identifiers.ts';
import { type RecipientKind, recipientKind } from '../recipient.ts';
import { reportRepeats } from '../repeats.ts';
import { isUnclearText } from '../yaml-errors.ts';
import { mapping, type YamlFile } from '../yaml-file.ts';

/** Somebody to whom something is sealed. */
export interface Person {
  readonly name: string;
  /** An age recipient, `age1…`. */
  readonly recipient: string;
}

/**
 * What a key is for. Officers open envelopes, statisticians the list, packers kit → arm, card makers
 * the code-break cards. Preparers open nothing by themselves: an officer seals the arm of one participant to them.
 */
export type Role = 'officer' | 'statistician' | 'packer' | 'card-maker' | 'preparer';

/** The key of study.yaml that lists the people of each role. */
export const ROLES = {
  officer: 'officers',
  statistician: 'statisticians',
  packer: 'packers',
  'card-maker': 'cardMakers',
  preparer: 'preparers',
} as const satisfies Record<Role, string>;

const NAME = line(100);
const PERSON = mapping(
  {
    name: NAME,
    recipient: v.pipe(
      v.string(),
      v.metadata({ pattern: '^age1' }),
      v.check(
        (text) => !/^AGE-SECRET-KEY/i.test(text),
        'this is a SECRET key: remove it at once, and create a new key, because others may have read this one. A recipient begins with age1',
      ),
      v.check(
        // Of a secret key nothing else needs to be said.
        (text) => /^AGE-SECRET-KEY/i.test(text) || recipientKind(text) !== undefined,
        'not an age recipient (age1…): a character is wrong or missing; randose keygen prints it',
      ),
    ),
  },
  {
    name: 'The name of the person, or of the role that the key belongs to.',
    recipient:
      'The public key: it begins with age1. randose keygen makes it, and with --study adds the person here.',
  },
);

/** The people of one role. */
export const PEOPLE = v.nullish(v.array(PERSON), []);

/** Whether a text can be a person's name. */
export function isPersonName(text: string): boolean {
  return v.is(NAME, text);
}

/**
 * Reports names and keys that are there twice, and keys of different kinds.
 *
 * @param readyToSeal whether there must be an officer
 */
export function checkPeople(yaml: YamlFile, readyToSeal: boolean): void {
  const owners = new Map<string, { readonly name: string; readonly role: string }>();
  const kinds = new Set<string | undefined>();
  let isMixed = false;
  for (const role of Object.values(ROLES)) {
    const people = yaml.soundItems([role], PERSON);
    reportRepeats(yaml, people, 'name', `${role}: name`);
    for (const { path, value } of people) {
      const place = [...path, 'recipient'];
      const other = owners.get(value.recipient);
      if (other !== undefined) {
        yaml.report(place, `this is the key of "${other.name}", under ${other.role}: ${ONE_ROLE}`);
      }
      owners.set(value.recipient, { name: value.name, role });
      kinds.add(recipientKind(value.recipient));
      // Once is enough: every later line would say the same.
      if (kinds.size > 1 && !isMixed) yaml.report(place, MIXED);
      isMixed ||= kinds.size > 1;
    }
  }
  if (readyToSeal && yaml.sound(['officers'], PEOPLE)?.length === 0) {
    const message =
      'officers: nobody is listed, so nobody could open an envelope. To add an officer, use randose keygen';
    yaml.report(['officers'], message);
  }
}

/** A key that opens two things would tell whoever has it more than one role may know. */
export const ONE_ROLE = 'one key has one person and one role';

const MIXED =
  'post-quantum (age1pq1…) and classic (age1…) recipients are mixed: what is sealed to both is as weak as the weaker one. Make all keys of one kind';

const KIND_NAMES: Readonly<Record<RecipientKind, string>> = {
  x25519: 'classic',
  hybrid: 'post-quantum',
};

/**
 * That the people of a study have keys of another kind than a new one.
 *
 * @returns both kinds in words; undefined if the new key fits, or if nobody has a key yet
 */
export function otherKind(
  people: readonly Pick<Person, 'recipient'>[],
  kind: RecipientKind,
): { readonly theirs: string; readonly own: string } | undefined {
  const kinds = people.map(({ recipient }) => recipientKind(recipient));
  const [theirs] = kinds;
  if (theirs === undefined || kinds.includes(kind)) return undefined;
  return { theirs: KIND_NAMES[theirs], own: KIND_NAMES[kind] };
}

/** Why all keys of a study are of one kind. */
export const ONE_KIND =
  'All keys of a study must be of one kind: what is sealed to both kinds is as weak as the weaker one.';

/**
 * Adds a person to a study file. Every other line stays as its author wrote it.
 *
 * @param text the content of a study.yaml that `readStudy` accepts
 * @returns the new content; read it with `readStudy`, which knows whether the person fits in
 */
export function addPerson(text: string, role: Role, person: Person): string {
  const key = ROLES[role];
  const people = parseDocument(text).get(key, true);
  const whole = text.endsWith('\n') || text === '' ? text : `${text}\n`;
  if (people === undefined) return whole + asIn(text, `${key}:\n${itemOf(person, '  ')}`);
  const [start, end] = (people as { range: [number, number, number] }).range;
  const last = isSeq(people)
    ? (people.items.at(-1) as { range: [number, number] } | undefined)
    : undefined;
  if (last === undefined) {
    // An empty list, or none: the person goes below its line.
    const line = `${whole.slice(0, start).trimEnd()}${whole.slice(end)}`;
    return insertedBelow(line, start - 1, itemOf(person, '  '));
  }
  if ((people as YAMLSeq).flow === true) {
    return `${whole.slice(0, last.range[1])}, ${flowOf(person)}${whole.slice(last.range[1])}`;
  }
  const indent = whole.slice(whole.lastIndexOf('\n', start - 1) + 1, start);
  return insertedBelow(whole, last.range[1] - 1, itemOf(person, indent));
}

/** A text with more lines below the one in which a place is. */
function insertedBelow(text: string, place: number, lines: string): string {
  const end = text.indexOf('\n', place) + 1;
  return text.slice(0, end) + asIn(text, lines) + text.slice(end);
}

/** Lines with the line ends that a text has. */
function asIn(text: string, lines: string): string {
  return text.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines;
}

/** A person as an item of a list, in lines of their own. */
function itemOf(person: Person, indent: string): string {
  const [name, recipient] = personNode(person).toString({ lineWidth: 0 }).trimEnd().split('\n');
  return `${indent}- ${name ?? ''}\n${indent}  ${recipient ?? ''}\n`;
}

/** A person in one line: `{ name: A. Example, recipient: age1… }`. */
function flowOf(person: Person): string {
  const document = personNode(person);
  (document.contents as YAMLMap).flow = true;
  return document.toString({ lineWidth: 0 }).trimEnd();
}

function personNode({ name, recipient }: Person): Document {
  const document = new Document({ name, recipient });
  // In quotes: a name such as No means the same to every program then.
  visit(document, {
    Scalar(_, scalar) {
      if (isUnclearText(String(scalar.value))) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document;
}

/**
 * A study file in which each person has another key.
 *
 * @param text the content of a study.yaml that `readStudy` accepts
 * @param recipientOf gives the new recipient of the next person of a role
 */
export async function withRecipients(
  text: string,
  recipientOf: (role: Role) => Promise<string>,
): Promise<string> {
  const document = parseDocument(text);
  for (const [role, key] of Object.entries(ROLES) as [Role, string][]) {
    const people = document.get(key, true);
    if (!isSeq(people)) continue;
    for (const person of people.items) {
      if (isMap(person)) person.set('recipient', await recipientOf(role));
    }
  }
  return document.toString({ lineWidth: 0 });
}
