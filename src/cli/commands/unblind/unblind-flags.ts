import { readPublication } from '../../../blinding/published.ts';
import { RandoseError } from '../../../errors.ts';
import { domainOf, refuseDomain } from '../../../store/open-study.ts';
import type { Filed, RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { parseSubjectId } from '../../../study/identifiers.ts';
import { recipientKind } from '../../../study/recipient.ts';
import { readText } from '../../../system/files.ts';
import { requireKeyFlags } from '../../arguments/keys.ts';
import { receiptOf } from '../../output/receipt.ts';
import type { UnblindFlags } from './command.ts';

/**
 * Checks the flags of a code-break, before anything is read.
 *
 * @throws RandoseError `usage` if one is missing or wrong, or does not fit another one
 */
export function requireUnblindFlags(flags: UnblindFlags): void {
  requireKeyFlags(flags, true);
  requireHolder(flags);
  requireOneParticipant(flags);
  requireGivenKit(flags);
  requireAnswerFlags(flags);
}

/** A card does not say who uses it. */
function requireHolder({ card = false, by }: UnblindFlags): void {
  if (!card || by !== undefined) return;
  throw new RandoseError('usage', '--card needs --by "NAME, ROLE, ORGANISATION"', {
    hint: 'A card does not say who holds it, but the ledger must. Nothing was opened.',
  });
}

function requireOneParticipant({ subject, kit, number, card, identity }: UnblindFlags): void {
  const named = [subject, kit, number].filter((one) => one !== undefined).length;
  // A card alone opens one slot, and names it. Any other key opens every slot.
  const isCardAlone = card === true && identity === undefined;
  if (named === 1 || (named === 0 && isCardAlone)) return;
  throw new RandoseError(
    'usage',
    'name the participant with --subject ID, --kit CODE or --number NUMBER; or add --all',
    { hint: 'randose unblind --help has an example of each.' },
  );
}

function requireGivenKit({ givenTo, kit, to, proof }: UnblindFlags): void {
  if (givenTo === undefined) return;
  if (kit === undefined || parseSubjectId(givenTo) === undefined) {
    throw new RandoseError('usage', '--given-to needs a subject id, and --kit CODE', {
      hint: 'It names the participant who was given that kit. Nothing was opened.',
    });
  }
  if ((to ?? proof) === undefined) return;
  throw new RandoseError('usage', 'use either --given-to, or --to or --proof, not both', {
    hint: 'Nothing was opened. --to and --proof are about a participant’s slot, --given-to is about a kit.',
  });
}

function requireAnswerFlags({ to, proof, output }: UnblindFlags): void {
  if (to !== undefined && recipientKind(to) === undefined) {
    throw new RandoseError('usage', `--to: "${to.slice(0, 80)}" is not an age recipient, age1…`, {
      hint: 'A character is wrong or missing. Nothing was opened.',
    });
  }
  if (to !== undefined && proof !== undefined) {
    throw new RandoseError('usage', 'use either --to or --proof, not both', {
      hint: 'Nothing was opened. The answer to --to already contains the proof.',
    });
  }
  if (to === undefined && output !== undefined) {
    throw new RandoseError('usage', '--output needs --to', {
      hint: 'Without --to, the arm is printed. To write a file that proves it: --proof FILE',
    });
  }
}

/** The commitment and the receipts to compare with. @throws RandoseError if a file or a text is not one */
export function filedOf({ commitment, expect = [] }: UnblindFlags): Filed {
  return {
    commitments:
      commitment === undefined ? undefined : readPublication(readText(commitment), commitment),
    receipts: expect.map(receiptOf),
  };
}

/**
 * Makes sure that nobody mistakes a rehearsal for the trial. The numbers of the envelopes decide which one it is.
 *
 * @throws RandoseError `usage`
 */
export function requireSameDomain({ domain, study }: RescuedStudy, flags: UnblindFlags): void {
  if (domain !== domainOf(flags)) refuseDomain(study?.id ?? 'this study', domain);
}
