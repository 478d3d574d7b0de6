import * as v from 'valibot';
import { type CivilDate, parseCivilDate } from './civil-date.ts';

/** A date in study.yaml: `2026-08-03`. */
export const WRITTEN_DATE = v.pipe(
  v.string(),
  v.metadata({ pattern: String.raw`^\s*\d{4}-\d{2}-\d{2}\s*$`, examples: ['2026-08-03'] }),
  v.rawTransform(({ dataset, addIssue, NEVER }): CivilDate => {
    const read = parseCivilDate(dataset.value.trim());
    if ('date' in read) return read.date;
    addIssue({ message: read.problem });
    return NEVER;
  }),
);
