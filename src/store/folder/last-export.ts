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
  /** Subject id → the last entry of the ledger that the exported calendar knew. */
  subjects: v.record(v.string(), v.number()),
});

/** Up to which entry of the ledger each participant's calendar was exported last. */
export function readLastExport(root: string): ReadonlyMap<string, number> {
  const file = join(root, LAST_EXPORT);
  if (!exists(file)) return new Map();
  try {
    const { subjects } = v.parse(CONTENT, JSON.parse(readText(file)));
    return new Map(Object.entries(subjects));
  } catch {
    throw new RandoseError('bad-data', `${LAST_EXPORT} cannot be read`, {
      hint: 'Delete it: the next export writes it anew. --since SEQUENCE asks for changes without it.',
    });
  }
}

/** Notes that calendars were exported as the ledger stands. @throws RandoseError as files do */
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
