import { readPublication } from '../../../blinding/published.ts';
import { RandoseError } from '../../../errors.ts';
import { domainOf, refuseDomain } from '../../../store/open-study.ts';
import type { Filed, RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { parseSubjectId } from '../../../study/identifiers.ts';
import { hyphenHint } from '../../../study/look-alike-hyphens.ts';
import { exists } from '../../../system/files.ts';
import { readFiled } from '../../arguments/filed-file.ts';
import type { KeyFlags } from '../../arguments/options.ts';
import { receiptsOf } from '../../output/receipt.ts';
import type { UnblindFlags } from './command.ts';

/** The flags of an opening that has a reason. */
export type ReasonedFlags = UnblindFlags & Pick<KeyFlags, 'cardLine'> & { readonly reason: string };

/**
 * The participant's id, if it was typed after the key files: `--identity FILE ID` takes it for another file.
 *
 * @param id the id that was typed as the argument
 */
export function idAmongFiles(
  flags: UnblindFlags,
  id: string | undefined,
): { readonly flags: UnblindFlags; readonly id: string | undefined } {
  const { identity = [] } = flags;
  const last = identity.at(-1);
  const isNamed = id !== undefined || namesParticipant(flags) || flags.all === true;
  if (isNamed || last === undefined || identity.length < 2 || exists(last)) return { flags, id };
  return { flags: { ...flags, identity: identity.slice(0, -1) }, id: last };
}

/** Whether a flag names the participant. */
export function namesParticipant({ subject, kit, number }: UnblindFlags): boolean {
  return (subject ?? kit ?? number) !== undefined;
}

/**
 * Checks the flags of a code-break, before anything is read.
 *
 * @throws RandoseError `usage` if one is wrong, or does not fit another one
 */
export function requireUnblindFlags(flags: UnblindFlags, id: string | undefined): void {
  const { subject, kit, number, givenTo } = flags;
  // A kit beside a participant is compared with theirs, once the records are read.
  const names = [id, subject, number, ...(givenTo === undefined ? [] : [kit])];
  if (names.filter((one) => one !== undefined).length > 1) {
    throw new RandoseError('usage', 'name the participant once: ID, --subject, --number or --kit', {
      hint: 'Nothing was opened. randose unblind --help has examples.',
    });
  }
  if (flags.doses === true) {
    throw new RandoseError('usage', '--doses needs --all', {
      hint: 'Nothing was opened. It is the table of all injections, after database lock.',
    });
  }
  if (flags.csvFor !== undefined) {
    throw new RandoseError('usage', '--csv-for needs --all', {
      hint: 'Nothing was opened. It is about the table of all participants. Leave it out.',
    });
  }
  requireGivenKit(flags);
  requireAnswerFlags(flags);
}

/**
 * Checks that nothing is missing that cannot be asked for.
 *
 * @throws RandoseError `usage`, with all that is missing
 */
export function requireComplete(
  flags: UnblindFlags,
  id: string | undefined,
): asserts flags is ReasonedFlags {
  const missing = missingFrom(flags, id);
  const [only] = missing;
  if (only === undefined) return;
  const isOne = missing.length === 1;
  throw new RandoseError(
    'usage',
    isOne ? `unblind needs ${only}` : `unblind needs ${missing.length} more options`,
    {
      problems: isOne ? [] : missing.map((message) => ({ message })),
      hint: 'Nothing was opened. On a terminal, without --json, randose unblind asks for what is missing.',
    },
  );
}

function missingFrom(flags: UnblindFlags, id: string | undefined): string[] {
  const { identity, card = false, by, reason, all = false, masked = false } = flags;
  const isList = all || flags.letters !== undefined;
  const missing: string[] = [];
  // A card alone opens one slot, and names it. Any other key opens every slot.
  const isCardAlone = card && identity === undefined;
  if (!isList && id === undefined && !namesParticipant(flags) && !isCardAlone) {
    missing.push('<id>, --subject <id>, --number <number> or --kit <code>: the participant');
  }
  if (identity === undefined && !card) {
    const orCard = isList ? '' : ', or --card';
    missing.push(`--identity <file>: the file with a secret key${orCard}`);
  }
  if (card && by === undefined) {
    missing.push(
      '--by <who>: who uses the card, "NAME, ROLE, ORGANISATION"; the card does not say it',
    );
  }
  // The purpose of a masked table says why.
  if (isBlank(reason) && !masked) missing.push('--reason <text>: why; it is kept in the ledger');
  return missing;
}

/**
 * Checks that flags of masked tables are not mixed with others, before anything is read.
 *
 * @throws RandoseError `usage`
 */
export function requireMaskedFlags(flags: UnblindFlags, id: string | undefined): void {
  const { all, masked, until, purpose, lettersOf, letters } = flags;
  const others = givenFlags({ until, purpose, 'letters-of': lettersOf });
  const refuse = (message: string, hint = '') => {
    throw new RandoseError('usage', message, { hint: `Nothing was opened.${hint}` });
  };
  const { subject, kit, number, card, proof, givenTo, to, doses } = flags;
  const ofOne = givenFlags({ subject, kit, number, card, proof, 'given-to': givenTo });
  const [one] = id === undefined ? ofOne : [id];
  if (letters !== undefined) {
    const [other] = [...givenFlags({ all, masked, doses }), ...others];
    const mixed = other ?? one;
    if (mixed !== undefined) refuse(`use either --letters or ${mixed}, not both`);
    return;
  }
  if (masked !== true) {
    if (others[0] !== undefined) {
      refuse(`${others[0]} needs --all --masked`, ' It is for a table without arms.');
    }
    return;
  }
  if (all !== true) {
    refuse('--masked needs --all', ' A masked table is about all participants until a date.');
  }
  const [mixed] = [...givenFlags({ to }), ...(one === undefined ? [] : [one])];
  if (mixed !== undefined) refuse(`use either --masked or ${mixed}, not both`);
}

/** The flags that were typed, of some. */
function givenFlags(flags: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [`--${name}`],
  );
}

function requireGivenKit({ givenTo, kit, to, proof }: UnblindFlags): void {
  if (givenTo === undefined) return;
  if (kit === undefined || parseSubjectId(givenTo) === undefined) {
    throw new RandoseError('usage', '--given-to needs a subject id, and --kit CODE', {
      hint: `${hyphenHint(givenTo)}It names the participant who was given that kit. Nothing was opened.`,
    });
  }
  if ((to ?? proof) === undefined) return;
  throw new RandoseError('usage', 'use either --given-to, or --to or --proof, not both', {
    hint: 'Nothing was opened. --to and --proof are about a participant’s slot, --given-to is about a kit.',
  });
}

function requireAnswerFlags(flags: UnblindFlags): void {
  const { to, proof } = flags;
  if (to !== undefined && proof !== undefined) {
    throw new RandoseError('usage', 'use either --to or --proof, not both', {
      hint: 'Nothing was opened. The answer to --to already contains the proof.',
    });
  }
  requireToForOutput(
    flags,
    'Without --to, the arm is printed. To write a file that proves it: --proof FILE',
  );
}

/**
 * @param hint what happens without --to
 * @throws RandoseError `usage` if a file is named for an answer that is sealed to nobody
 */
export function requireToForOutput({ to, output }: UnblindFlags, hint: string): void {
  if (to === undefined && output !== undefined) {
    throw new RandoseError('usage', '--output needs --to', { hint });
  }
}

/** The commitment and the receipts to compare with. @throws RandoseError if a file or a text is not one */
export function filedOf({ commitment, expect = [] }: UnblindFlags): Filed {
  return {
    commitments:
      commitment === undefined
        ? undefined
        : readPublication(readFiled(commitment, 'commitment'), commitment),
    receipts: receiptsOf(expect),
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

/** Whether an option was not typed, or has nothing in it but spaces. */
export function isBlank(text: string | undefined): text is '' | undefined {
  return (text ?? '').trim() === '';
}
