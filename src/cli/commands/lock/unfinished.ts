import type { OpenStudy } from '../../../store/open-study.ts';
import { waitingActs } from '../../../store/folder/pending.ts';
import { counted } from '../../../words.ts';
import { kitRecords, unitRecords } from '../../study/kit-records.ts';
import { notRecordedText, openInjections, stillTreatedText } from '../../study/open-injections.ts';

/** What somebody would want to settle before the database is locked, a sentence each. */
export function unfinishedTexts(open: OpenStudy): string[] {
  const { late, toCome } = openInjections(open);
  const left = unitRecords(open).balances.filter(({ open: units }) => units !== 0);
  const sent = kitRecords(open).filter(({ shipment }) => shipment !== undefined);
  const pending = waitingActs(open.root, open.entries).acts.length;
  return [
    ...stillTreatedText(toCome),
    ...notRecordedText(late),
    ...(left.length === 0
      ? []
      : [
          `The units of ${counted(left.length, 'kit')} do not add up yet, the first: ${left[0]!.kit}. To see them, run: randose kit`,
        ]),
    ...(sent.length === 0
      ? []
      : [
          `${counted(sent.length, 'kit')} ${sent.length === 1 ? 'is' : 'are'} shipped and not recorded as received, the first: ${sent[0]!.kit}.`,
        ]),
    ...(pending === 0
      ? []
      : [
          `${counted(pending, 'code-break')} in pending/ ${pending === 1 ? 'is' : 'are'} not entered. To enter ${pending === 1 ? 'it' : 'them'}: randose ledger --enter-pending`,
        ]),
  ];
}
