import { RandoseError } from '../../errors.ts';
import { formatHead, type Head, parseHead, START } from '../../ledger/chain.ts';
import { NO_KEY } from '../../ledger/openings.ts';
import { formatWho } from '../../ledger/who.ts';
import type { Intent } from '../../store/opening/on-record.ts';
import type { RescuedStudy } from '../../store/opening/emergency/rescue-study.ts';
import { SOFTWARE } from '../../version.ts';

/** The end of the ledger after an act, to be noted or filed: `sequence:hash`. */
export function formatReceipt(head: Head): string {
  return `Ledger ${formatHead(head)}`;
}

/** Reads receipts that were filed, also as the line that is printed, with the word Ledger. @throws RandoseError `usage` */
export function receiptsOf(texts: readonly string[]): Head[] {
  const heads = texts.filter((text) => !/^ledger:?$/i.test(text.trim()));
  return (heads.length === 0 ? texts : heads).map(receiptOf);
}

function receiptOf(text: string): Head {
  const head = parseHead(text);
  if (head !== undefined) return head;
  throw new RandoseError('usage', `--expect: write a receipt, not "${text.slice(0, 100)}"`, {
    hint: `A receipt is sequence:hash, such as 6:d76e… with 64 characters, as each command prints it.${text.includes(',') ? ' Put spaces, not commas, between several.' : ''}`,
  });
}

/** The digits of a hash that somebody writes by hand: enough to know the entry by. */
const DIGITS = 16;

/** A code-break as somebody files it by hand if the ledger cannot be written. */
export function handReceipt(
  intent: Intent<'code-break'>,
  { study, ledger: { sound } }: RescuedStudy,
  result: 'opened' | 'refused',
  time: string,
): string {
  const { seq, hash } = sound.at(-1) ?? START;
  const rows = [
    [
      'Code-break',
      `${study?.id ?? 'study unknown'}, subject ${intent.subject ?? ''}, ${intent.number ?? 'no number'}`,
    ],
    ['Result', result],
    ['When', `${time} (UTC)`],
    ['By', formatWho(intent.who)],
    ['Key', intent.key ?? NO_KEY],
    ...(intent.to === null ? [] : [['Sealed to', intent.to]]),
    ...(intent.kit === undefined ? [] : [['Kit', intent.kit]]),
    ['Reason', intent.reason ?? ''],
    ['After', `entry ${seq} of the ledger (${hash.slice(0, DIGITS)}…)`],
    ['Made by', SOFTWARE],
    ['Signature', '______________________________'],
  ] as const;
  return rows.map(([name, text]) => `  ${name.padEnd(12)}${text}`).join('\n');
}
