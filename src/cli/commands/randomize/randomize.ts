import { assignNextFree } from '../../../ledger/enrolment.ts';
import type { Output } from '../../output/output.ts';
import { randomizeAsked } from '../../study/randomizing.ts';
import { participantsFrom, textOf } from './asked-participants.ts';
import type { RandomizeFlags } from './command.ts';

/** `randose randomize`: gives each participant the next free slot of the stratum: all of them, or none. */
export async function randomize(output: Output, options: RandomizeFlags): Promise<void> {
  const written = textOf(options);
  await randomizeAsked(output, options, ({ study, slots, entries, taken }) => {
    const { participants, problems } = participantsFrom(options, written, study);
    const assigned = assignNextFree(study, slots, entries, participants, taken);
    return { participants, problems, assigned };
  });
}
