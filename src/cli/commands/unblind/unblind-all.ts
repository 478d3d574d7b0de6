import { RandoseError } from '../../../errors.ts';
import { injectionsBySubject } from '../../../ledger/injections.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { peopleOf } from '../../../store/opening/owners.ts';
import { isAtTerminal } from '../../../system/prompts.ts';
import type { Output } from '../../output/output.ts';
import { sealedSlots } from '../../study/opened-participants.ts';
import { handOpenedList } from '../../study/opened-list.ts';
import { secretTableFile } from '../../study/secret-file.ts';
import { FIRST_QUESTION, WentBack } from '../../arguments/ask-or-back.ts';
import { studyPlace } from '../../study/study-place.ts';
import { askForKey } from './ask-key.ts';
import type { UnblindFlags } from './command.ts';
import { requireComplete } from './unblind-flags.ts';
import { injectionTable, participantTable, requireSchedule } from './unblinded-tables.ts';

/**
 * `randose unblind --all`: the arm of each participant, or with --doses of each injection, after database lock. The
 * list is checked against the commitment and made again from its seed before anything is shown.
 */
export async function unblindAll(
  output: Output,
  typed: UnblindFlags,
  id: string | undefined,
): Promise<void> {
  refuseOfOne(typed, id);
  secretTableFile(output, typed.output); // fails before anything is asked
  const before = await openStudy(studyPlace(typed));
  if (randomizations(before.entries).length === 0) {
    throw new RandoseError('usage', 'there is no participant to unblind', {
      hint: 'Nothing was opened.',
    });
  }
  if (typed.doses === true) requireDoses(before);
  const options = await askListKey(output, before, typed);
  await handOpenedList(output, options, (open, masters) => {
    const { study, slots, batches } = open;
    const tableOf = typed.doses === true ? injectionTable : participantTable;
    const { data, ...table } = tableOf(open, sealedSlots(masters), options.csvFor);
    const roots = batches.map(({ manifest }) => manifest.commitment.root);
    output.say(
      `Proven: ${slots.length} of ${slots.length} slots match the commitment, and the list was made again from its seed.`,
    );
    return { ...table, data: { study: study.id, roots, ...data } };
  });
}

/** @throws RandoseError before anything is opened, if there can be no table of injections */
function requireDoses(before: OpenStudy): void {
  if ([...injectionsBySubject(before.entries).values()].flat().length === 0) {
    throw new RandoseError('usage', 'no injection is recorded', {
      hint: 'Nothing was opened. Without --doses, the table has a row for each participant.',
    });
  }
  requireSchedule(before);
}

/**
 * Asks for the key to the list, if it is missing and there is somebody to ask.
 *
 * @throws RandoseError `usage` with all that is missing, if there is nobody to ask
 */
export async function askListKey(
  output: Output,
  before: OpenStudy,
  flags: UnblindFlags,
): Promise<UnblindFlags> {
  if (output.json || !isAtTerminal()) {
    requireComplete(flags, undefined);
    return flags;
  }
  if (flags.identity !== undefined) return flags;
  const desk = {
    root: before.root,
    people: peopleOf(before),
    needed: 1,
    hasCards: false,
    openers: undefined,
  };
  for (;;) {
    try {
      const { identity } = await askForKey(output, desk);
      return { ...flags, ...(identity !== undefined && { identity }) };
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      output.say(FIRST_QUESTION);
    }
  }
}

/** Refuses flags that are about one participant. */
function refuseOfOne(flags: UnblindFlags, id: string | undefined): void {
  const { subject, kit, number, card, to, proof } = flags;
  const given = Object.entries({ subject, kit, number, card, to, proof });
  const [name] = given.find(([, value]) => value) ?? [];
  if (name === undefined && id === undefined) return;
  const other = name === undefined ? id : `--${name}`;
  throw new RandoseError('usage', `use either --all or ${other ?? ''}, not both`, {
    hint: 'Nothing was opened. Without --all, one participant is opened.',
  });
}
