import type { Intent } from '../../../store/opening/on-record.ts';
import type { RecordedCodeBreak } from '../../../store/opening/emergency/record-code-break.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { lastUsedCopy } from '../../../store/folder/home.ts';
import { howPendingEntered, isExportedCopy } from '../../../store/ledger-of.ts';
import { now } from '../../../system/clock.ts';
import { formatWho } from '../../../ledger/who.ts';
import { NO_KEY, NO_SUBJECT } from '../../../ledger/openings.ts';
import { quoted, withStop } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt, handReceipt } from '../../output/receipt.ts';

/** Says where a code-break is on record; as a warning, if somebody must do something about it. */
export function sayWhereRecorded(
  output: Output,
  study: RescuedStudy,
  { ok, record, intent }: RecordedCodeBreak<unknown>,
): void {
  if (record.place === 'ledger') {
    // The receipt of a refused attempt comes with its error.
    const where = study.home?.lastUsed === undefined ? 'the ledger' : 'the ledger of this folder';
    if (ok) output.say(`The code-break is in ${where}.\n${formatReceipt(record.head)}`);
    return;
  }
  const what = ok ? 'THIS CODE-BREAK' : 'THIS ATTEMPT';
  output.warn(withStop(`${what} IS NOT IN THE LEDGER: ${record.why}`));
  if (record.place === 'pending') {
    output.tell(`It is kept in ${record.file}. ${howEntered(study)}`);
    return;
  }
  output.tell('Write this down now and sign it:');
  const time = now();
  const result = ok ? 'opened' : 'refused';
  output.tell(handReceipt(intent, study, result, time));
  const { home } = study;
  // Only a folder that is on this machine can be named in a command.
  const used = home && lastUsedCopy(home)?.path;
  const command = commandToEnter(intent, result, time, used);
  if (home?.lastUsed !== undefined) {
    output.tell(
      'Nothing is kept in this copy, so --enter-from would find nothing: use the paper in the folder in use.',
    );
  }
  if (command !== undefined) {
    output.tell('Once the ledger can be written, enter what the paper says:');
    output.tell(`  ${command}`);
  }
}

/**
 * The command that enters a paper, in the folder in use if this one is a copy.
 *
 * @returns undefined if the paper is about the contents of another kit, is for somebody else, or is about nobody
 */
function commandToEnter(
  { subject, number, kit, to, key, who, reason }: Intent<'code-break'>,
  result: 'opened' | 'refused',
  time: string,
  folder: string | undefined,
): string | undefined {
  const id = number ?? (subject === NO_SUBJECT ? '' : (subject ?? ''));
  // No command takes these lines from the paper: an entry without them would be untrue.
  if (id === '' || kit !== undefined || to !== null) return undefined;
  const said = ['--opened', time, '--opened-by', formatWho(who), '--key', key ?? NO_KEY];
  const refused = result === 'refused' ? ['--refused'] : [];
  const place = folder === undefined ? [] : ['--study', folder];
  const words = [
    'ledger',
    ...place,
    '--enter-paper',
    id,
    ...said,
    '--reason',
    reason ?? '',
    ...refused,
  ];
  return `randose ${words.map(quoted).join(' ')} --by "NAME, ROLE, ORGANISATION"`;
}

/** How an act in pending/ comes into the ledger. Only a sound ledger takes it at once. */
function howEntered({ root, ledger, notTheLedger, isInDatabase }: RescuedStudy): string {
  if (isInDatabase) {
    return 'Keep that folder. When the database answers again: randose ledger --enter-pending';
  }
  if (isExportedCopy(root)) {
    return `Keep that folder. To enter it in the database: ${howPendingEntered(root)}`;
  }
  if (notTheLedger !== undefined) {
    return 'Keep that folder: once the right ledger is restored, the next command that writes enters it.';
  }
  return ledger.isSound
    ? 'Any command that can write the ledger enters it. To enter it now: randose ledger --enter-pending'
    : 'Once the ledger is whole again, the next command that writes enters it. What to do about the ledger: randose verify';
}
