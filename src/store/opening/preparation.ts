import type { EnvelopeContent } from '../../blinding/envelope.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import type { Who } from '../../ledger/who.ts';
import type { Person } from '../../study/study.ts';
import type { OpenStudy, StudyPlace } from '../open-study.ts';
import type { Signing } from '../ready.ts';
import type { GivenKeys } from './keys.ts';
import { type Opened, openOnRecord } from './on-record.ts';
import { openerOf } from './owners.ts';
import { openParticipant } from './participant-envelope.ts';

/** For whom something is to be prepared, and by whom. */
interface PreparationFor {
  readonly participant: EntryOf<'randomization'>;
  readonly preparer: Person;
}

/** Whose arm is sealed to a preparer, by whom. */
interface Preparation<Sealed> {
  /** The participant and the preparer; it refuses by throwing. Only somebody who is randomized can be one. */
  readonly forWhom: (open: OpenStudy) => PreparationFor;
  readonly keys: GivenKeys;
  /** Undefined if it is the person who has the key. */
  readonly by: Who | undefined;
  readonly reason: string | null;
  readonly signing: Signing | undefined;
  /** Seals the content to the preparer. What it returns is all that leaves this room. */
  readonly seal: (
    content: EnvelopeContent,
    about: PreparationFor & { readonly who: Who; readonly open: OpenStudy },
  ) => Promise<Sealed>;
}

/** What was sealed, and for whom. */
export type Prepared<Sealed> = PreparationFor & { readonly sealed: Sealed };

/**
 * Opens the envelope of a randomized participant, on record, proves it, and seals it to a preparer. Whoever runs it does
 * not see the arm. It is not a code-break.
 */
export async function prepareOnRecord<Sealed>(
  study: StudyPlace,
  { forWhom, keys, by, reason, signing, seal }: Preparation<Sealed>,
): Promise<Opened<Prepared<Sealed>>> {
  return openOnRecord<Prepared<Sealed>, 'preparation'>(study, signing, {
    intentOf: (open) => {
      const { participant, preparer } = forWhom(open);
      return {
        action: 'preparation intent',
        ...openerOf(open, keys, by),
        reason,
        subject: participant.subject,
        number: participant.number,
        preparer: preparer.name,
        to: preparer.recipient,
      };
    },
    work: async (open) => {
      if (!keys.ok) throw keys.error;
      const about = forWhom(open);
      const content = await openParticipant(open, about.participant, keys.value);
      const { who } = openerOf(open, keys, by);
      return { ...about, sealed: await seal(content, { ...about, who, open }) };
    },
  });
}
