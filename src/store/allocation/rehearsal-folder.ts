import { basename, dirname, join } from 'node:path';
import { formatIdentityFile } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import { asDummy } from '../../study/dummy.ts';
import { STUDY_FILE, STUDY_SCHEMA_FILE } from '../../study/layout.ts';
import { recipientKind } from '../../study/recipient.ts';
import { REHEARSAL_KEYS } from '../../study/stray.ts';
import { DUMMY_MARK, ROLES, type Role } from '../../study/study.ts';
import { now } from '../../system/clock.ts';
import { drawKeyPair } from '../draw.ts';
import { exists, liesWithin, makeFolder, readText, writeNew } from '../../system/files.ts';
import type { LoadedStudy } from '../folder/study-folder.ts';

/**
 * Makes the folder of a rehearsal: study.yaml, marked as a rehearsal, and a key of each role, which everyone
 * may read.
 *
 * @param folder if undefined, it is beside the study folder, with `DUMMY-` before the name
 * @returns the folder
 * @throws RandoseError `would-overwrite` if the folder exists; `usage` if its name or place is not right
 */
export async function makeRehearsalFolder(
  { root, text, study }: LoadedStudy,
  folder: string | undefined,
): Promise<string> {
  const place = folder ?? join(dirname(root), `${DUMMY_MARK}${basename(root)}`);
  if (place === '') throw new RandoseError('usage', 'the name of the folder is empty');
  if (liesWithin(place, root)) {
    throw new RandoseError('usage', `${place} is inside the study folder`, {
      hint: 'Name a folder outside it with --output DIR.',
    });
  }
  if (!basename(place).includes(DUMMY_MARK.slice(0, -1))) {
    throw new RandoseError('usage', `the name of ${place} does not say that it is a rehearsal`, {
      hint: `Name a folder with DUMMY in its name, such as ${DUMMY_MARK}${basename(place)}.`,
    });
  }
  if (exists(place)) {
    throw new RandoseError('would-overwrite', `${place} exists already`, {
      hint: 'Name another folder for the rehearsal with --output DIR, or remove that one.',
    });
  }
  const [first] = Object.values(ROLES).flatMap((role) => study[role]);
  const kind = first && recipientKind(first.recipient);
  const roles = Object.keys(ROLES) as Role[];
  const people = await Promise.all(
    roles.map(async (role) => {
      const keys = await drawKeyPair(kind);
      return { role, keys, person: { name: `DUMMY ${role}`, recipient: keys.recipient } };
    }),
  );
  makeFolder(join(place, REHEARSAL_KEYS));
  for (const { role, keys } of people) {
    const file = join(place, REHEARSAL_KEYS, `${DUMMY_MARK}${role}.key`);
    writeNew(file, `# DUMMY: a rehearsal's key, for everyone\n${formatIdentityFile(keys, now())}`);
  }
  writeNew(join(place, STUDY_FILE), asDummy(text, people));
  const schema = join(root, STUDY_SCHEMA_FILE);
  if (exists(schema)) writeNew(join(place, STUDY_SCHEMA_FILE), readText(schema));
  return place;
}
