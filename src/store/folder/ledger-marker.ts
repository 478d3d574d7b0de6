import { join } from 'node:path';
import * as v from 'valibot';
import { DIGEST_TEXT } from '../../digest.ts';
import { RandoseError } from '../../errors.ts';
import { LEDGER_STORE_FILE } from '../../study/layout.ts';
import { exists, readText, replace } from '../../system/files.ts';
import { NAME_DATABASE } from '../../words.ts';

const MARKER = v.strictObject({
  randose: v.literal('ledger store'),
  version: v.literal(1),
  kind: v.literal('postgres'),
  study: v.string(),
  first: v.pipe(v.string(), v.regex(DIGEST_TEXT)),
});

/** Which ledger in a database a study folder belongs to. */
export interface LedgerMarker {
  /** The id of the study. */
  readonly study: string;
  /** The hash of the ledger's first entry. */
  readonly first: string;
}

/** @returns undefined if the ledger of this folder is in the folder. @throws RandoseError `bad-data` if it is damaged */
export function readMarker(root: string): LedgerMarker | undefined {
  const file = join(root, LEDGER_STORE_FILE);
  if (!exists(file)) return undefined;
  try {
    const { study, first } = v.parse(MARKER, JSON.parse(readText(file)));
    return { study, first };
  } catch (error) {
    if (error instanceof RandoseError) throw error;
    throw new RandoseError('bad-data', `${LEDGER_STORE_FILE} is damaged`, {
      hint: `It says that the ledger of this folder is in a database. To write it again: randose pull --ledger URL`,
    });
  }
}

/** Says in a study folder that its ledger is in a database. */
export function writeMarker(root: string, { study, first }: LedgerMarker): void {
  const content = { randose: 'ledger store', version: 1, kind: 'postgres', study, first };
  replace(join(root, LEDGER_STORE_FILE), `${JSON.stringify(content)}\n`);
}

/** The error if a folder is used alone whose ledger is continued in a database. */
export function continuedElsewhere(): RandoseError {
  return new RandoseError(
    'bad-data',
    'the ledger of this study is in a database, and is continued there',
    { hint: `Nothing was done. ${NAME_DATABASE}` },
  );
}

/** The error if something is to be recorded in a copy that was exported from a database. */
export function onlyCopy(): RandoseError {
  return new RandoseError(
    'bad-data',
    'this folder is a copy of a study whose ledger is in a database: nothing can be recorded in it',
    {
      hint: `Nothing was done. To work on the study, use the folder that randose pull makes. If the database is gone for ever and this copy shall take its place, remove the file ${LEDGER_STORE_FILE} from this copy, and from no other.`,
    },
  );
}
