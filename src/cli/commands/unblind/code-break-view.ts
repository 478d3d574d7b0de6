import type { GivenKit } from '../../../ledger/given-kits.ts';
import { type EarlierOpening, earlierOpeningText } from '../../../ledger/openings.ts';
import type { OpenedEnvelope } from '../../../store/opening/judge-envelope.ts';
import type { Output } from '../../output/output.ts';

/** A code-break, as it is shown. */
interface ShownCodeBreak {
  /** Null if the participant is unknown. */
  readonly subject: string | null;
  /** The kit that was asked for and who was given it, if this is not about the participant's own slot. */
  readonly given: { readonly kit: string; readonly to: string } | undefined;
  readonly opened: OpenedEnvelope;
  readonly doubts: readonly string[];
  readonly otherKits: readonly GivenKit[];
}

/** The arm, and above it everything that the reader must know first. */
export function formatCodeBreak(shown: ShownCodeBreak, { colour }: Output): string {
  const { opened, doubts, otherKits, subject } = shown;
  const { number, kits, arm } = opened.content;
  const warnings = [
    ...doubts.map((doubt) => `${colour.yellow('NOT CHECKED:')} ${doubt}`),
    ...(opened.isProven
      ? []
      : [
          `${colour.red('NOT PROVEN:')} the envelope's own content says ${number}, kit ${kits.join(', ')}. ${howToBeSure(number)}`,
        ]),
    ...otherKits.map(
      (one) => `${colour.red('ANOTHER KIT:')} ${otherKitText(one, number, subject)}`,
    ),
  ];
  const above = warnings.length === 0 ? '' : `${warnings.join('\n')}\n\n`;
  return `${above}${titleOf(shown)}

  ${colour.bold(arm.code)}  ${arm.name} (${arm.type})\n\n`;
}

function otherKitText(
  { kit, isOfStudy, date, seq }: GivenKit,
  number: string,
  subject: string | null,
): string {
  const given = `according to the ledger (entry ${seq}), ${subject ?? 'this participant'} was given`;
  return isOfStudy
    ? `${given} kit ${kit} on ${date}, which does not belong to ${number}. To see what is in it: randose unblind --kit ${kit} --given-to ${subject ?? 'SUBJECT'}`
    : `${given} "${kit}" on ${date}, which is not a kit of this study. No envelope says what is in it.`;
}

function titleOf({ subject, given, opened }: ShownCodeBreak): string {
  const { number, kits } = opened.content;
  if (given !== undefined) return `Kit ${given.kit}, as given to ${given.to}`;
  const whose = subject === null ? 'Subject unknown' : `Subject ${subject}`;
  return `${whose}, randomization number ${number}, kit ${kits.join(', ')}`;
}

/** That a participant was opened before, when and by whom. */
export function openedBeforeText(one: EarlierOpening): string {
  return `${one.subject} was opened before: ${earlierOpeningText(one)}`;
}

/** What to do if an envelope could not be proven. */
export function howToBeSure(number: string): string {
  return `An age file does not show who made it: this one may be forged. To be sure, open it with the code-break card of ${number}, add --commitment FILE with the commitment that was filed, or ask a second officer to open a backup.`;
}
