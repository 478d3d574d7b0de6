import { RandoseError } from '../../../errors.ts';
import { findRandomization } from '../../../ledger/enrolment.ts';
import { entriesOf, type EntryOf } from '../../../ledger/entry.ts';
import { checkSubjectIds, unusualIds } from '../../../ledger/subject-id-rules.ts';
import { participantNames } from '../../../ledger/subject-ids.ts';
import type { Who } from '../../../ledger/who.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { parseSubjectId, type SubjectId, subjectKey } from '../../../study/identifiers.ts';
import { wrongHyphen } from '../../../study/look-alike-hyphens.ts';
import { upperFirst } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { labelsAgain } from '../../study/labels-again.ts';
import { recordAbout } from '../../study/record-about.ts';
import type { CorrectFlags } from './command.ts';

/** `randose correct --new-id`: the id was mistyped. Both ids are shown from now on, and neither is ever free again. */
export async function correctId(
  output: Output,
  options: CorrectFlags & { readonly newId: string; readonly id: string | undefined },
  { who, reason }: { readonly who: Who; readonly reason: string },
): Promise<void> {
  const newId = parseSubjectId(options.newId);
  if (newId === undefined) {
    throw new RandoseError(
      'usage',
      `--new-id "${options.newId.slice(0, 80)}" is not a subject id`,
      {
        hint: `${upperFirst(wrongHyphen(options.newId) ?? 'expected 1 to 32 letters, digits, dots, hyphens or underscores, the first a letter or digit')}. Nothing was recorded.`,
      },
    );
  }
  await recordAbout(output, options, ({ open, randomization }) => {
    const { subject, number, kit, site } = randomization;
    requireFree(open, randomization, newId);
    requireRight(open, randomization, newId, options.idIsRight === true);
    return {
      acts: [{ action: 'subject correction', who, reason, subject, newId }],
      done: `${subject}: the id is ${newId} from now on. ${kit === undefined ? `${number} stays` : `${number} and kit ${kit} stay`}. Both ids find the participant.`,
      question: `Neither ${subject} nor ${newId} is ever free for another participant. Record it?`,
      warnings: unusualIds(open.study, open.entries, [{ subject: newId, site }]),
      next: printedBefore(open, subject, newId),
    };
  });
}

/** @throws RandoseError `bad-data` if the participant has the id, or another one has or had it */
function requireFree(
  { entries }: OpenStudy,
  { subject, seq }: EntryOf<'randomization'>,
  newId: SubjectId,
): void {
  if (subject === newId) {
    throw new RandoseError('bad-data', `the id is ${subject} already`, {
      hint: 'Nothing was recorded.',
    });
  }
  const holder = findRandomization(entries, newId);
  if (holder === undefined || holder.seq === seq) return;
  const name = participantNames(entries)(holder.subject);
  const isNow = subjectKey(holder.subject) === subjectKey(newId);
  const message = isNow
    ? `${newId} is another participant: ${name}, ${holder.number}`
    : `${newId} was the id of another participant: ${name}, ${holder.number}`;
  throw new RandoseError('bad-data', message, {
    hint: 'Nothing was recorded. An id is never free again, so that no record is about two people.',
  });
}

/**
 * The new id keeps to the same rules as an id at randomization.
 *
 * @throws RandoseError `bad-data` if it does not fit the pattern of study.yaml, or is like another id
 */
function requireRight(
  { study, entries }: OpenStudy,
  randomization: EntryOf<'randomization'>,
  newId: SubjectId,
  isSaidToBeRight: boolean,
): void {
  const asked = { subject: newId, site: randomization.site, place: {} };
  const { wrong, doubtful, condition } = checkSubjectIds(study, entries, [asked], randomization);
  const problems = [...wrong, ...(isSaidToBeRight ? [] : doubtful)];
  if (problems.length === 0) return;
  const hint =
    wrong.length > 0
      ? 'Nothing was recorded. Correct the new id and run the command again.'
      : `Nothing was recorded. If ${condition}, add --id-is-right`;
  throw new RandoseError(
    'bad-data',
    `${newId} is not accepted as the id of ${randomization.subject}`,
    {
      problems,
      hint,
    },
  );
}

/** That labels on the kit have the old id. */
function printedBefore(
  { root, entries }: OpenStudy,
  subject: SubjectId,
  newId: SubjectId,
): string[] {
  const isLabelled = entriesOf(entries, 'labels').some((one) => one.subject === subject);
  if (!isLabelled) return [];
  return [`printed labels have the id ${subject}. Print new ones: ${labelsAgain(root, newId)}`];
}
