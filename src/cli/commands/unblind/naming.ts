import type { Naming } from '../../../ledger/named-participant.ts';
import { tellApart } from '../../../ledger/named-participant.ts';
import { meantId } from '../../../ledger/enrolment.ts';
import { hasFormOfKit, kitKey, looksLikeKit, readKit } from '../../../randomization/kit-check.ts';
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
  return isLikelyKit(study, typed) ? { kit: typed } : { subject: typed };
}

function isLikelyKit({ study, ledger }: RescuedStudy, typed: string): boolean {
  if (study === undefined) {
    const key = kitKey(typed);
    return key.length > 5 && Array.from(key).every((one) => KIT_ALPHABET.includes(one));
  }
  if (!study.hasKits) return false;
  // Somebody who adds a zero to a subject id does not mean a kit, unless the code is a right one.
  if (meantId(ledger.whole, typed) !== '') return 'kit' in readKit(typed, study);
  // The id of a participant whose line of the ledger cannot be read may have the form of a kit code.
  return ledger.areEntriesSound ? looksLikeKit(typed, study) : hasFormOfKit(typed, study);
}
