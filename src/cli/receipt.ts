import { formatHead, type Head, headOf } from '../ledger/chain.ts';
import type { Who } from '../ledger/who.ts';
import { formatWho } from '../ledger/who.ts';
import type { OpenStudy } from '../platform/open-study.ts';
import { SOFTWARE } from '../version.ts';

/** Where the ledger stands after an act, to be noted or filed: `sequence:hash`. */
export function formatReceipt(head: Head): string {
  return `Ledger ${formatHead(head)}`;
}

/** A code-break, as somebody files it by hand where the ledger could not take it. */
export function handReceipt(
  intent: {
    readonly who: Who;
    readonly subject: string;
    readonly number: string | null;
    readonly reason: string;
    readonly key: string | null;
    readonly to: string | null;
  },
  { study, entries }: OpenStudy,
  result: 'opened' | 'refused',
  time: string,
): string {
  const rows = [
    ['Code-break', `${study.id}, subject ${intent.subject}, ${intent.number ?? 'no number'}`],
    ['Result', result],
    ['When', `${time} (UTC)`],
    ['By', formatWho(intent.who)],
    ['Key', intent.key ?? "nobody's in study.yaml"],
    ...(intent.to === null ? [] : [['Sealed to', intent.to]]),
    ['Reason', intent.reason],
    ['After', `ledger ${formatHead(headOf(entries))}`],
    ['Made by', SOFTWARE],
    ['Signature', '______________________________'],
  ] as const;
  return rows.map(([name, text]) => `  ${name.padEnd(12)}${text}`).join('\n');
}
