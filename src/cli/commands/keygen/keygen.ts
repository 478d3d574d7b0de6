import { join } from 'node:path';
import {
  formatIdentityFile,
  formatPublicHalf,
  protectIdentityFile,
} from '../../../blinding/identity.ts';
import { RandoseError } from '../../../errors.ts';
import { withStudyLock } from '../../../store/folder/study-lock.ts';
import { now } from '../../../system/clock.ts';
import { drawKeyPair } from '../../../store/draw.ts';
import {
  exists,
  readText,
  refuseFolder,
  replace,
  requireWritable,
  writeNew,
} from '../../../system/files.ts';
import { newPassphrase } from '../../../system/passphrases.ts';
import { publicHalfFile } from '../../../store/opening/keys.ts';
import { keyDesk } from '../../arguments/keys.ts';
import {
  findStudyFolder,
  isAllocated,
  loadStudy,
  studyFolderAround,
} from '../../../store/folder/study-folder.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import type { RecipientKind } from '../../../study/recipient.ts';
import { addPerson, isPersonName, ONE_KIND, otherKind } from '../../../study/sections/people.ts';
import { type Role, ROLES } from '../../../study/study.ts';
import { readStudy } from '../../../study/study-file.ts';
import { tellWould } from '../../study/look-first.ts';
import type { Output } from '../../output/output.ts';
import type { KeygenFlags } from './command.ts';

/** `randose keygen`: makes a key pair for a person: the secret key in a file, the public key on stdout. */
export async function keygen(output: Output, options: KeygenFlags): Promise<void> {
  const { output: file, role, name } = options;
  // The command line has a role if it has a study.
  const joined =
    options.study === undefined || role === undefined
      ? undefined
      : { root: findStudyFolder(options.study), role };
  const root = joined?.root;
  const owner = role === undefined ? name : `${name}, ${role}`;
  const { passphraseFile, passphraseFd } = options;
  if (!options.passphrase && (passphraseFile ?? passphraseFd) !== undefined) {
    const given = passphraseFile === undefined ? '--passphrase-fd' : '--passphrase-file';
    throw new RandoseError('usage', `use either --no-passphrase or ${given}, not both`);
  }
  if (!isPersonName(name)) {
    throw new RandoseError('usage', '--name: write a name of up to 100 characters, in one line');
  }
  refuseInsideStudy(file);
  const publicHalf = options.passphrase ? publicHalfFile(file) : undefined;
  for (const path of [file, publicHalf]) {
    if (path === undefined || !exists(path)) continue;
    refuseFolder(path);
    throw new RandoseError('would-overwrite', `${path} exists already`, {
      hint: 'A key that is overwritten is lost, and with it everything that was sealed for it. Choose another name.',
    });
  }
  // Before a passphrase is typed for nothing.
  requireWritable(file);
  const kind = options.postQuantum === true ? 'hybrid' : 'x25519';
  if (root !== undefined && !isAllocated(root)) requireOneKind(root, kind);
  const keys = await drawKeyPair(kind);
  const person = { name, recipient: keys.recipient };
  if (joined !== undefined) studyWith(joined.root, joined.role, person);
  if (options.dryRun === true) {
    const added =
      joined === undefined ? '' : `, and add ${name} to ${STUDY_FILE}, under ${ROLES[joined.role]}`;
    tellWould(output, `make a key for ${owner}, in ${file}${added}`);
    return;
  }
  const text = formatIdentityFile(keys, now());
  const content = options.passphrase
    ? await protectIdentityFile(text, await newPassphrase(options, keyDesk(output), file))
    : text;
  const write = (): void => {
    writeNew(file, content, { mode: 'private' });
    // Under a passphrase nothing can be read of the key file. This says whose key it is before it is opened.
    if (publicHalf !== undefined) writeNew(publicHalf, formatPublicHalf(person));
  };
  if (joined === undefined) {
    write();
  } else {
    await withStudyLock(joined.root, () => {
      const changed = studyWith(joined.root, joined.role, person);
      write();
      replace(join(joined.root, STUDY_FILE), changed);
    });
  }
  output.say(`Wrote ${file}: the secret key of ${owner}.`);
  output.say('Store this file and a backup where nobody else can reach them.');
  if (publicHalf !== undefined) {
    output.say(`Wrote ${publicHalf}: the public key, not secret. Keep it beside the key file.`);
  }
  if (!options.passphrase) output.say('No passphrase: anyone with the file can use the key.');
  if (joined !== undefined) {
    output.say(`Added ${name} to ${STUDY_FILE}, under ${ROLES[joined.role]}.`);
  } else {
    output.say(
      role === undefined
        ? 'Send this public key, age1…, to the officer who seals an answer for you:'
        : 'Send this public key, age1…, to the statistician:',
    );
  }
  output.result(
    { recipient: keys.recipient, file, role: role ?? null, name },
    `${keys.recipient}\n`,
  );
}

/** @throws RandoseError `usage` if the people in study.yaml have keys of the other kind */
function requireOneKind(root: string, kind: RecipientKind): void {
  const { study } = loadStudy(root);
  const people = Object.values(ROLES).flatMap((key) => study[key]);
  const kinds = otherKind(people, kind);
  if (kinds === undefined) return;
  const { theirs, own } = kinds;
  const flag = '--post-quantum';
  const [now, again] =
    kind === 'hybrid' ? [`Leave ${flag} out`, `with ${flag}`] : [`Add ${flag}`, `without ${flag}`];
  const all = people.length === 1 ? 'the person' : `all ${people.length} people`;
  throw new RandoseError(
    'usage',
    `the keys of ${STUDY_FILE} are ${theirs}, and this one would be ${own}`,
    {
      hint: `No key was made. ${ONE_KIND} ${now} to make a ${theirs} key. If the study is to have ${own} keys, delete ${all} from ${STUDY_FILE}, and make the key of each again, ${again}.`,
    },
  );
}

/** The study file with one more person. @throws RandoseError if nobody can be added to it */
function studyWith(root: string, role: Role, person: { name: string; recipient: string }): string {
  if (isAllocated(root)) {
    throw new RandoseError(
      'would-overwrite',
      'the list is already sealed, for the people who were listed then',
      {
        hint: 'No key was made. To add somebody now: run keygen without --study, then randose people add with the recipient that it prints, then randose rewrap.',
      },
    );
  }
  const { study } = loadStudy(root);
  const people = ROLES[role];
  if (study[people].some((other) => other.name.toUpperCase() === person.name.toUpperCase())) {
    throw new RandoseError('usage', `${STUDY_FILE} already has "${person.name}" under ${people}`, {
      hint: 'No key was made. Choose another name, so that the two can be told apart.',
    });
  }
  const changed = addPerson(readText(join(root, STUDY_FILE)), role, person);
  const checked = readStudy(changed, STUDY_FILE);
  if (checked.ok) return changed;
  // study.yaml had no problem before: each is about the person, and their lines are not on the disk.
  const problems = [...new Set(checked.problems.map(({ message }) => message))];
  throw new RandoseError('usage', `${person.name} cannot be added to ${STUDY_FILE} as ${role}`, {
    problems: problems.map((message) => ({ message })),
    hint: `No key was made, and ${STUDY_FILE} was not changed.`,
  });
}

function refuseInsideStudy(file: string): void {
  const folder = studyFolderAround(file);
  if (folder === undefined) return;
  throw new RandoseError('usage', `${file} is inside the study folder ${folder}`, {
    hint: 'A key beside the files that it opens protects nothing. Keep it elsewhere.',
  });
}
