import { join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { withStudyLock } from '../../../store/folder/study-lock.ts';
import { findStudyFolder, isAllocated, loadStudy } from '../../../store/folder/study-folder.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { recipientKind, shortRecipient } from '../../../study/recipient.ts';
import {
  addPerson,
  isPersonName,
  ONE_KIND,
  ONE_ROLE,
  otherKind,
} from '../../../study/sections/people.ts';
import { type Person, type Role, ROLES, type Study } from '../../../study/study.ts';
import { readStudy } from '../../../study/study-file.ts';
import { replace } from '../../../system/files.ts';
import { secretFileText, typedRecipient } from '../../arguments/recipient.ts';
import { identityOption } from '../../../words.ts';
import { askFirst } from '../../study/look-first.ts';
import type { Output } from '../../output/output.ts';
import type { PeopleAddFlags } from './command.ts';

/** `randose people add`: writes a person, and the public key that they sent, into study.yaml. */
export async function peopleAdd(output: Output, flags: PeopleAddFlags): Promise<void> {
  const root = findStudyFolder(flags.study);
  const { role, dryRun = false } = flags;
  const {
    recipient: key,
    file,
    isSecret,
  } = await typedRecipient('--recipient', flags.recipient, 'Nothing was changed.');
  const person = { name: flags.name.trim(), recipient: key };
  const check = () => studyWith(root, role, person);
  let study: Study;
  if (dryRun) ({ study } = check());
  else {
    check();
    if (file !== undefined && isSecret) output.warn(secretFileText(file));
    await askIfSealed(output, root, flags);
    study = await withStudyLock(root, () => {
      const changed = check();
      replace(join(root, STUDY_FILE), changed.text);
      return changed.study;
    });
  }
  const { name, recipient } = person;
  output.result(
    { study: study.id, role, name, recipient, written: !dryRun },
    `${dryRun ? 'Would add' : 'Added'} ${name} to ${STUDY_FILE}, under ${ROLES[role]}.\n`,
  );
  if (dryRun && file !== undefined && isSecret) output.warn(secretFileText(file));
  if (file !== undefined) output.say(`The public key in ${file}: ${shortRecipient(recipient)}`);
  if (!isAllocated(root)) return;
  tellRewrap(output, role, name, study);
  if (!dryRun) output.say(`To undo it: randose study --restore`);
}

/** Asks on a terminal before a sealed study is changed. @throws RandoseError `usage` if the answer is not yes */
async function askIfSealed(output: Output, root: string, flags: PeopleAddFlags): Promise<void> {
  if (!isAllocated(root)) return;
  await askFirst(output, flags, `Add ${flags.name.trim()} now?`, [
    'The list is sealed. Nobody can be randomized from now until a rewrap.',
  ]);
}

/** What follows after the list is sealed: until a rewrap, the person can open nothing. */
function tellRewrap(output: Output, role: Role, name: string, { custody, officers }: Study): void {
  const keys =
    role === 'packer' || role === 'card-maker'
      ? ` Beside an officer's key it needs the key of a present ${role === 'packer' ? 'packer' : 'card maker'}, if there is one.`
      : '';
  const needed = custody.rule === 'threshold' ? custody.needed : 1;
  const lacks =
    role === 'preparer' ? `nothing can be prepared for ${name}` : `${name} can open nothing`;
  output.warn(
    `the list is sealed already: ${lacks}, and nobody can be randomized, until an officer runs a rewrap.${keys} To run it: randose rewrap ${identityOption(needed)} --reason TEXT`,
  );
  if (role === 'officer' && custody.rule === 'threshold' && custody.of !== officers.length) {
    output.warn(
      `custody in ${STUDY_FILE} says ${custody.needed} of ${custody.of}, but ${officers.length} officers are listed: change the threshold before the rewrap.`,
    );
  }
}

/** study.yaml with one more person. @throws RandoseError if the person does not fit in */
function studyWith(root: string, role: Role, person: Person): { text: string; study: Study } {
  const { study, text } = loadStudy(root);
  if (!isPersonName(person.name)) {
    throw new RandoseError('usage', '--name: write a name of up to 100 characters, in one line');
  }
  const people = ROLES[role];
  if (study[people].some((other) => other.name.toUpperCase() === person.name.toUpperCase())) {
    throw new RandoseError('usage', `${STUDY_FILE} already has "${person.name}" under ${people}`, {
      hint: 'Nothing was changed. Choose another name, so that the two can be told apart. To exchange a key, change it in study.yaml.',
    });
  }
  requireKeyOfNobody(study, role, person);
  requireOneKind(study, person);
  const changed = addPerson(text, role, person);
  const checked = readStudy(changed, STUDY_FILE);
  if (checked.ok) return { text: changed, study: checked.value };
  // study.yaml had no problem before: each of them is about the person, and their lines are not on the disk.
  const problems = [...new Set(checked.problems.map(({ message }) => message))];
  throw new RandoseError('usage', `${person.name} cannot be added`, {
    problems: problems.map((message) => ({ message })),
    hint: 'Nothing was changed.',
  });
}

/** @throws RandoseError `usage` if the people in study.yaml have keys of the other kind */
function requireOneKind(study: Study, { name, recipient }: Person): void {
  const kind = recipientKind(recipient);
  const people = Object.values(ROLES).flatMap((key) => study[key]);
  const kinds = kind && otherKind(people, kind);
  if (kinds === undefined) return;
  const { theirs, own } = kinds;
  const how = kind === 'hybrid' ? 'without' : 'with';
  throw new RandoseError(
    'usage',
    `the key of ${name} is ${own}, and the keys of ${STUDY_FILE} are ${theirs}`,
    {
      hint: `Nothing was changed. ${ONE_KIND} Ask ${name} for a ${theirs} key: randose keygen ${how} --post-quantum.`,
    },
  );
}

/** @throws RandoseError `usage` if study.yaml has the key already: who has it, and under which role */
function requireKeyOfNobody(study: Study, role: Role, { name, recipient }: Person): void {
  const owners = (Object.keys(ROLES) as Role[]).flatMap((one) =>
    study[ROLES[one]].flatMap((other) =>
      other.recipient === recipient ? [{ name: other.name, role: one }] : [],
    ),
  );
  const [owner] = owners;
  if (owner === undefined) return;
  const isSame = owner.name.toUpperCase() === name.toUpperCase();
  const how =
    owner.role === role
      ? `Each person has a key of their own: ask ${name} for theirs.`
      : `${isSame ? `For a second role, ${name} makes another key` : `Ask ${name} for a key of their own`}: randose keygen. To give ${owner.name} another role instead, move the two lines in ${STUDY_FILE}.`;
  throw new RandoseError(
    'usage',
    `--recipient: this is the key of "${owner.name}", under ${ROLES[owner.role]}: ${ONE_ROLE}`,
    { hint: `Nothing was changed. ${how}` },
  );
}
