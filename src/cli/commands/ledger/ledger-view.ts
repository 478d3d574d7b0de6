import type { Entry } from '../../../ledger/entry.ts';
import { entryText } from '../../../ledger/entry-text.ts';
import { secondText } from '../../../ledger/times.ts';
import { formatWho } from '../../../ledger/who.ts';
import { shown } from '../../../study/stored-text.ts';
import { shortRecipient } from '../../../study/recipient.ts';
import { NO_KEY } from '../../../ledger/openings.ts';
import type { Palette } from '../../output/palette.ts';

/**
 * An entry as a person reads it: first when, what and about whom, then by whom and why.
 *
 * @param all the entries of its ledger: a correction is shown with what was there before
 * @returns lines without a line feed at the end
 */
export function formatEntry(entry: Entry, colour: Palette, all: readonly Entry[]): string {
  const { seq, time, who, reason } = entry;
  const lines = [
    shown(formatWho(who)),
    ...(reason === null || reason === '' ? [] : [`"${shown(reason)}"`]),
    ...('enteredBy' in entry && entry.enteredBy !== undefined
      ? [`entered from a paper by ${shown(formatWho(entry.enteredBy))}`]
      : []),
    ...('key' in entry ? [`key: ${entry.key ?? NO_KEY}`] : []),
    ...('key' in entry && 'to' in entry && entry.to !== null
      ? [`encrypted for ${shortRecipient(entry.to)}`]
      : []),
    ...(entry.signer === null ? [] : [`signed with ${entry.signer}`]),
  ];
  const title = `${String(seq).padStart(5)}  ${secondText(time)} ${colour.bold(entryText(entry, all))}`;
  return [title, ...lines.map((line) => `       ${line}`)].join('\n');
}
