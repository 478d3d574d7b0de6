import { RandoseError } from '../../../errors.ts';
import type { Naming } from '../../../ledger/named-participant.ts';
import { findSlot, type FoundSlot } from '../../../ledger/sought-slot.ts';
import { kitKey } from '../../../randomization/kit-check.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import type { Output } from '../../output/output.ts';
import type { UnblindFlags } from './command.ts';
import { namingOf } from './naming.ts';
import { sourcesOf } from './target.ts';

/**
 * The flags with the participant named once. Whoever names a participant and the kit in their hands names one person, if
 * the records agree. If the records cannot say it, the kit decides: its envelope has it, and a code-break goes on.
 *
 * @throws RandoseError `usage` if the kit is that of somebody else, with who has it
 */
export function namedOnce(
  output: Output,
  study: RescuedStudy,
  typed: UnblindFlags,
  id: string | undefined,
): UnblindFlags {
  const { subject, number, kit, ...rest } = typed;
  const naming: Naming =
    id === undefined
      ? { ...(subject !== undefined && { subject }), ...(number !== undefined && { number }) }
      : namingOf(study, id);
  if (kit === undefined) return { ...rest, ...naming };
  if (rest.givenTo !== undefined || Object.keys(naming).length === 0) return typed;
  const own = slotOf(study, naming);
  const ofKit = slotOf(study, { kit });
  const name = id ?? subject ?? number ?? '';
  if (own !== undefined && ofKit !== undefined && own.number !== ofKit.number) {
    throw otherKit(name, kit, ofKit);
  }
  if (own !== undefined && ofKit !== undefined) return { ...rest, ...naming };
  // Of a code that is not in sound records the command says what is wrong with it.
  const { isLedgerSound, isListSound } = sourcesOf(study);
  if (isLedgerSound && isListSound) return { ...rest, ...(own === undefined ? naming : { kit }) };
  output.warn(
    `the records cannot say whether ${name} has kit ${kitKey(kit)}: this is about the participant who has that kit.`,
  );
  return { ...rest, kit };
}

/** Undefined if no readable record says it. */
function slotOf(study: RescuedStudy, naming: Naming): FoundSlot | undefined {
  try {
    const { subject, number, kit } = naming;
    return findSlot({ subject, number, kit }, sourcesOf(study));
  } catch (error) {
    if (error instanceof RandoseError) return undefined;
    throw error;
  }
}

function otherKit(name: string, typed: string, { number, holders }: FoundSlot): RandoseError {
  const [holder] = holders;
  const kit = kitKey(typed);
  const whose =
    holder === undefined
      ? `is that of ${number}, which nobody has`
      : `is that of ${holder.subject} (${number})`;
  return new RandoseError('usage', `kit ${kit} ${whose}, not of ${name}`, {
    hint: `Nothing was opened. Read the code from the kit again, and ask who the participant is. Name one of them: randose unblind ${name}, or randose unblind --kit ${kit}. If ${name} was given that kit, add: --given-to ${name}, with --kit and without the id`,
  });
}
