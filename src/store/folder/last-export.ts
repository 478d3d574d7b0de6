import { join } from 'node:path';
import * as v from 'valibot';
import { RandoseError } from '../../errors.ts';
import { LAST_EXPORT } from '../../study/layout.ts';
import { exists, readText, replace } from '../../system/files.ts';

const CONTENT = v.strictObject({
  randose: v.literal('last export'),
  version: v.literal(1),
  /** The study's id, which marks a rehearsal. */
  study: v.string(),
  /** Subject id → the sequence of the last ledger entry in the exported calendar. */
  subjects: v.record(v.string(), v.number()),
});

/** The last ledger entry in each participant's latest exported calendar, by subject id. */
export function readLastExport(root: string): ReadonlyMap<string, number> {
  const file = join(root, LAST_EXPORT);
  if (!exists(file)) return new Map();
  try {
    const { subjects } = v.parse(CONTENT, JSON.parse(readText(file)));
    return new Map(Object.entries(subjects));
  } catch {
    throw new RandoseError('bad-data', `${LAST_EXPORT} cannot be read`, {
      hint: 'Delete it: the next export writes it again. To export changes without it, add --since SEQUENCE.',
    });
  }
}

/** Notes up to which ledger entry calendars were exported. @throws RandoseError as files do */
export function noteExport(
  root: string,
  study: string,
  subjects: readonly string[],
  seq: number,
): void {
  const known = readLastExport(root);
  const all = new Map([...known, ...subjects.map((one): [string, number] => [one, seq])]);
  const content = { randose: 'last export', version: 1, study, subjects: Object.fromEntries(all) };
  replace(join(root, LAST_EXPORT), `${JSON.stringify(content, undefined, 2)}\n`);
}
