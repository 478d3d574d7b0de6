import { randomBytes } from 'node:crypto';
import { sha256 } from '../../src/digest.ts';
import {
  formatEntries,
  formatHead,
  type Head,
  readLedger,
  readyActs,
  type SignTexts,
  START,
} from '../../src/ledger/chain.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import type { KitKinds } from '../../src/ledger/unit-balances.ts';

/** Kits that are all alike, with this number of units. */
export function kitsOfUnits(units: number): KitKinds {
  return { kit: { units, outer: true, unitPackaging: 'small' }, types: [] };
}

/** The circumstances under which a test enters acts; what is left out is plainly an example. */
export interface Circumstances {
  readonly time?: string;
  readonly software?: string;
  readonly study?: string;
  readonly signer?: string | null;
  readonly sign?: SignTexts;
}

/** The lines that acts add to a ledger, as randose writes them. */
export function linesOf(
  acts: readonly Act[],
  head: Head = START,
  circumstances: Circumstances = {},
): { text: string; entries: Entry[]; head: Head } {
  const {
    time = '2026-01-01T00:00:00.000Z',
    software = 'randose 0',
    study = 'b'.repeat(64),
    signer = null,
    sign,
  } = circumstances;
  const seen = signer === null ? null : { head: formatHead(head), time };
  const drawId = () => randomBytes(16).toString('hex');
  return formatEntries(
    head,
    readyActs(acts, { software, study, signer, seen }, drawId, sign),
    time,
  );
}

/** The line that an act adds to a ledger, with a newline, whatever its text is: nothing but the chain is right for certain. */
export function chained({ seq, hash }: Head, text: string, time: string): string {
  const body = `{"seq":${seq + 1},"time":"${time}",${text.slice(1, -1)},"prev":"${hash}"}`;
  return `${body.slice(0, -1)},"hash":"${sha256(body)}"}\n`;
}

/** A ledger that has these acts and nothing else, read back. */
export function entriesOfActs(acts: readonly Act[], circumstances?: Circumstances): Entry[] {
  return readLedger(linesOf(acts, START, circumstances).text).entries;
}

/** A ledger written again from end to end, with a right chain, as a forger does who changes some acts. */
export function rewriteLedger(text: string, change: (act: Act) => Act): string {
  let head = START;
  return readLedger(text)
    .entries.map((entry) => {
      const added = linesOf([change(actOf(entry))], head, entry);
      head = added.head;
      return added.text;
    })
    .join('');
}

/** An entry without its place in the chain and its circumstances. */
export function actOf(entry: Entry): Act {
  const added = [...PLACE, 'software', 'study', 'meaning', 'id', 'seen', 'signer'];
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !added.includes(name))) as Act;
}

const PLACE = ['seq', 'time', 'prev', 'hash', 'signature'];

/** An officer, and acts about the participant A with R001 and kit 4KX9TM7, who is randomized in the first entry. */
export const EXAMPLE_OFFICER = { name: 'Example Officer', role: 'officer', organisation: '' };
export const EXAMPLE_RANDOMIZATION: Act = {
  action: 'randomization',
  who: EXAMPLE_OFFICER,
  subject: 'A' as never,
  site: 'S1',
  stratum: 'site=S1',
  number: 'R001',
  kit: '4KX9TM7',
  day1: '2026-06-15' as never,
};
export const EXAMPLE_INTENT: Act = {
  action: 'code-break intent',
  who: EXAMPLE_OFFICER,
  subject: 'A',
  number: 'R001',
  key: 'Example Officer',
  to: null,
  reason: 'example',
};
