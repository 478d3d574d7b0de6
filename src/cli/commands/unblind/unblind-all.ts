import type { SealedArm } from '../../../blinding/commitment.ts';
import type { MasterContent } from '../../../blinding/sealed-list.ts';
import { RandoseError } from '../../../errors.ts';
import {
  formatUnblindedCsv,
  type Unblinded,
  unblindedRows,
} from '../../../exports/tables/unblinded-table.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { readStudy } from '../../../study/study-file.ts';
import { counted } from '../../../words.ts';
import { handOpenedList } from '../../study/opened-list.ts';
import { secretTableFile } from '../../study/secret-file.ts';
import { isAtTerminal } from '../../../system/prompts.ts';
import type { Output } from '../../output/output.ts';
import { studyPlace } from '../../study/study-place.ts';
import { askForKey } from './ask-key.ts';
import type { UnblindFlags } from './command.ts';
import { requireComplete } from './unblind-flags.ts';

/**
 * `randose unblind --all`: the arm of each participant, after database lock. The list is checked against the
 * commitment and made again from its seed before anything is shown.
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
  const options = await completed(output, before, typed);
  await handOpenedList(output, options, (open, masters) => {
    const { study, slots, batches } = open;
    const participants = participantsOf(open, masters);
    const roots = batches.map(({ manifest }) => manifest.commitment.root);
    output.say(
      `Proven: ${slots.length} of ${slots.length} slots match the commitment, and the list was made again from its seed.`,
    );
    return {
      data: { study: study.id, roots, participants: unblindedRows(study, participants) },
      csv: () => formatUnblindedCsv(study, participants),
      what: `${counted(participants.length, 'participant')} with their arms`,
    };
  });
}

/** Asks for the key, if it is missing and there is somebody to ask. */
async function completed(
  output: Output,
  { root, study: people }: OpenStudy,
  flags: UnblindFlags,
): Promise<UnblindFlags> {
  if (output.json || !isAtTerminal()) {
    requireComplete(flags, undefined);
    return flags;
  }
  if (flags.identity !== undefined) return flags;
  const { identity } = await askForKey(output, {
    root,
    people,
    needed: 1,
    hasCards: false,
    openers: undefined,
  });
  return { ...flags, ...(identity !== undefined && { identity }) };
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

/** Every participant, with the arm of the slot as it was sealed. */
function participantsOf(open: OpenStudy, masters: readonly MasterContent[]): Unblinded[] {
  const arms = new Map<string, SealedArm>();
  for (const { studyFile, slots } of masters) {
    const sealed = readStudy(studyFile, STUDY_FILE);
    const known = new Map(sealed.ok ? sealed.value.arms.map((arm) => [arm.code, arm]) : []);
    for (const { number, kit, arm } of slots) {
      const found = known.get(arm);
      if (found !== undefined) arms.set(`${number} ${kit}`, found);
    }
  }
  const factsOf = factsBySubject(open.entries);
  return randomizations(open.entries).map((randomization) => {
    const { number, kit, subject } = randomization;
    const arm = arms.get(`${number} ${kit}`);
    if (arm !== undefined) return { randomization, arm, facts: factsOf(subject) };
    throw new RandoseError(
      'not-trusted',
      `NOT TRUSTED: the list has no ${number} with kit ${kit}`,
      {
        hint: `The ledger says that ${subject} has it, but the list does not have it. Run: randose verify`,
      },
    );
  });
}
