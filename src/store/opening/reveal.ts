import type { EnvelopeContent } from '../../blinding/envelope.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import type { Who } from '../../ledger/who.ts';
import type { OpenStudy, StudyPlace } from '../open-study.ts';
import type { Signing } from '../ready.ts';
import type { GivenKeys } from './keys.ts';
import { type Opened, openOnRecord } from './on-record.ts';
import { openerOf } from './owners.ts';
import { openParticipant } from './participant-envelope.ts';

/** Whose arm is revealed, by whom. */
interface Reveal {
  /** The participant; it refuses by throwing. Only somebody who is randomized can be one. */
  readonly participantIn: (open: OpenStudy) => EntryOf<'randomization'>;
  readonly keys: GivenKeys;
  /** Undefined if it is the person who has the key. */
  readonly by: Who | undefined;
  readonly reason: string | null;
  readonly signing: Signing | undefined;
}

/** Opens the envelope of a randomized participant, on record, and proves it. It is not a code-break. */
export async function revealOnRecord(
  study: StudyPlace,
  { participantIn, keys, by, reason, signing }: Reveal,
): Promise<Opened<EnvelopeContent>> {
  return openOnRecord<EnvelopeContent, 'reveal'>(study, signing, {
    intentOf: (open) => {
      const { subject, number } = participantIn(open);
      return { action: 'reveal intent', ...openerOf(open, keys, by), reason, subject, number };
    },
    work: async (open) => {
      if (!keys.ok) throw keys.error;
      return openParticipant(open, participantIn(open), keys.value);
    },
  });
}
