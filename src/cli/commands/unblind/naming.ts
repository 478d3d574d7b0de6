import type { Naming } from '../../../ledger/named-participant.ts';
import { tellApart } from '../../../ledger/named-participant.ts';
import { kitKey, readKit } from '../../../randomization/kit-check.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { KIT_ALPHABET } from '../../../study/identifiers.ts';
import { sourcesOf } from './target.ts';

/**
 * How an id that was typed without a flag names a participant. If no readable record has it, its form decides: the
 * envelopes may still know a kit, and an unknown subject id goes on record.
 *
 * @throws RandoseError `usage` if it could be two things
 */
export function namingOf(study: RescuedStudy, typed: string): Naming {
  const known = tellApart(typed, sourcesOf(study));
  if (known !== undefined) return known;
  return looksLikeKit(study, typed) ? { kit: typed } : { subject: typed };
}

function looksLikeKit({ study }: RescuedStudy, typed: string): boolean {
  if (study === undefined) {
    const key = kitKey(typed);
    return key.length > 5 && Array.from(key).every((one) => KIT_ALPHABET.includes(one));
  }
  const read = readKit(typed, study);
  return 'kit' in read || read.problem.includes('mistyped');
}
