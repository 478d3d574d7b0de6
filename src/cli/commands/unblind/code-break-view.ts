import { numberText } from '../../../randomization/list.ts';
import type { GivenKit } from '../../../ledger/given-kits.ts';
import { type EarlierOpening, earlierOpeningText } from '../../../ledger/openings.ts';
import type { OpenedEnvelope } from '../../../store/opening/judge-envelope.ts';
import type { PeriodTreatment } from '../../../study/sections/schedule.ts';
import { OPEN_LABEL } from './open-label.ts';
import type { Output } from '../../output/output.ts';
import { periodLines } from '../../output/period-lines.ts';

/** A code-break, as it is shown. */
interface ShownCodeBreak {
  /** Null if the participant is unknown. */
  readonly subject: string | null;
  /** How a subject id is shown: with the one at randomization, if it was corrected. */
  readonly nameOf: (subject: string) => string;
  /** The kit that was asked for and who was given it, if this is not about the participant's own slot. */
  readonly given: KitGivenTo | undefined;
  readonly opened: OpenedEnvelope;
  readonly doubts: readonly string[];
  readonly otherKits: readonly GivenKit[];
  /** In a crossover, the treatment in each period, by study.yaml; none otherwise, or if it was changed. */
  readonly treatments: readonly PeriodTreatment[];
  /** Who has the same arm by design, as a sentence; undefined if nobody has. */
  readonly sameArm: string | undefined;
}

/** A kit, and the participant who was given it. */
export interface KitGivenTo {
  readonly kit: string;
  readonly to: string;
}

/** The arm, and above it everything that the reader must know first. */
export function formatCodeBreak(shown: ShownCodeBreak, { colour }: Output): string {
  const { opened, doubts, otherKits, treatments, sameArm, subject, given } = shown;
  const { number, kits, arm } = opened.content;
  const warnings = [
    ...doubts.map((doubt) => `${colour.yellow('NOT CHECKED:')} ${doubt}`),
    ...(opened.isProven
      ? []
      : [
          `${colour.red('NOT PROVEN:')} the envelope's own content says ${numberText(number, kits)}. ${howToBeSure(number)}`,
        ]),
    ...otherKits.map((one) => anotherKitText(one, { number, subject, given }, colour)),
  ];
  const above = warnings.length === 0 ? '' : `${warnings.join('\n')}\n\n`;
  return `${above}${titleOf(shown)}

  ${colour.bold(arm.code)}  ${arm.name} (${arm.type})\n${periodLines(treatments)}\n${sameArm === undefined ? '' : `${sameArm}\n\n`}`;
}

/** What is opened: the slot of a participant, or a kit that they were given. */
interface OpenedFor {
  readonly number: string;
  /** Null if the participant is unknown. */
  readonly subject: string | null;
  readonly given: KitGivenTo | undefined;
}

/** That a participant was given another kit than the one that is opened, and how to open that one. */
export function anotherKitText(
  { kit, isOfStudy, date, seq }: GivenKit,
  { number, subject, given }: OpenedFor,
  colour: Output['colour'],
): string {
  const whose = given?.to ?? subject;
  const was = `${colour.red('ANOTHER KIT:')} according to the ledger (entry ${seq}), ${whose ?? 'this participant'} was given`;
  if (!isOfStudy) {
    return `${was} "${kit}" on ${date}, which is not a kit of this study. No envelope says what is in it.`;
  }
  const other = given === undefined ? `does not belong to ${number}` : `is not kit ${given.kit}`;
  return `${was} kit ${kit} on ${date}, which ${other}. To see what is in it: randose unblind --kit ${kit} --given-to ${whose ?? 'SUBJECT'}`;
}

function titleOf({ subject, nameOf, given, opened }: ShownCodeBreak): string {
  const { number, kits } = opened.content;
  if (given !== undefined) return givenText({ ...given, to: nameOf(given.to) });
  const whose = subject === null ? 'Subject unknown' : `Subject ${nameOf(subject)}`;
  return `${whose}, randomization number ${numberText(number, kits)}`;
}

/** What is opened if a kit was given to a participant. It does not name the participant whose number the kit has. */
export function givenText({ kit, to }: KitGivenTo): string {
  return `Kit ${kit}, as given to ${to}`;
}

/** That a participant, or a kit that they were given, was opened before, when and by whom. */
export function openedBeforeText(one: EarlierOpening): string {
  const what = one.kit === null ? `${one.subject} was opened` : 'Opened';
  return `${what} before: ${earlierOpeningText(one)}`;
}

/**
 * Who is blinded after an opening. Of a kit that was given to somebody else, more is known than of one participant. In
 * a study that is open label the arms of others may be known. `isPair` is whether the reader knows the arm of a second
 * slot too.
 */
export function stillBlindedText(
  given: KitGivenTo | undefined,
  { isOpenLabel, isPair }: { readonly isOpenLabel: boolean; readonly isPair: boolean },
): string {
  if (isOpenLabel) return OPEN_LABEL;
  const others = isPair ? 'All participants beside these two slots' : 'All other participants';
  const blinded = `${others} are still blinded. Tell only those who must know.`;
  if (given === undefined) return blinded;
  return `Whoever has or gets the number of kit ${given.kit} is not blinded any more to those who see this. ${blinded}`;
}

/** What to do if an envelope could not be proven. */
export function howToBeSure(number: string): string {
  return `An age file does not show who made it: this one may be forged. To be sure, open it with the code-break card of ${number}, add --commitment FILE with the commitment that was filed, or ask a second officer to open a backup.`;
}
