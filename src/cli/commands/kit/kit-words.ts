import { type KitAccount, stateAfter } from '../../../ledger/accountability.ts';
import type { Act, KitEvent } from '../../../ledger/entry.ts';
import { doneText } from '../../../ledger/kit-rules.ts';
import { wayText } from '../../../ledger/kit-sites.ts';
import { datedName } from '../../../study/civil-date.ts';
import { counted } from '../../../words.ts';

/** A record of a kit, before it is entered. */
export type KitAct = Extract<Act, { action: 'kit' }>;

/** What was recorded, a line for each thing that is taken back. */
export function toldOf(
  event: KitEvent,
  acts: readonly KitAct[],
  accounts: readonly KitAccount[],
): string[] {
  const [first] = acts;
  if (first === undefined) return [];
  if (event === 'retracted') return accounts.flatMap(takenBackText);
  const whom = (first.subject ?? null) === null ? '' : `, ${first.subject ?? ''}`;
  const deviations = [...new Set(acts.flatMap((act) => act.deviations ?? []))];
  const deviation = deviations.length === 0 ? '' : `, a deviation (${deviations.join(', ')})`;
  const owners = SAYS_WHOSE.includes(event) ? accounts.flatMap(ownerText) : [];
  return [
    ...waysOf(acts, accounts).map(({ which, way, own }) => {
      return `${which}: ${doneText(event)}${way} on ${datedName(first.date)}${whom}${unitsText(own)}${deviation}.`;
    }),
    ...owners,
  ];
}

/** The kits of one type that went the same way. */
function waysOf(acts: readonly KitAct[], accounts: readonly KitAccount[]) {
  const typeOf = new Map(accounts.map(({ kit, type }) => [kit, type]));
  const ways = new Map<string, KitAct[]>();
  for (const act of acts) {
    const key = `${typeOf.get(act.kit) ?? ''} ${wayText(act)}`;
    ways.set(key, [...(ways.get(key) ?? []), act]);
  }
  return [...ways.values()].map((own) => {
    const [first] = own as [KitAct];
    const type = typeOf.get(first.kit);
    const kits =
      own.length === 1
        ? `kit ${first.kit}${type === undefined ? '' : ` (${type})`}`
        : `${counted(own.length, 'kit')}${type === undefined ? '' : ` (${type})`}`;
    return { which: kits, way: wayText(first), own };
  });
}

/** The events after which a participant may need another kit. */
const SAYS_WHOSE: readonly KitEvent[] = ['quarantined', 'lost', 'destroyed'];

/** The participant to whom a kit belongs, if there is one. */
function ownerText({ kit, holder, slot }: KitAccount): string[] {
  return holder === undefined ? [] : [`kit ${kit} belongs to ${holder} (${slot.number}).`];
}

/** The units of kits, each and in all. */
function unitsText(acts: readonly KitAct[]): string {
  const units = acts.flatMap((act) => act.units ?? []);
  const [each] = units;
  if (each === undefined) return '';
  if (units.length === 1) return `, ${counted(each, 'unit')}`;
  const all = units.reduce((sum, one) => sum + one, 0);
  const areAlike = units.every((one) => one === each);
  return areAlike
    ? `, ${counted(each, 'unit')} each, ${all} in all`
    : `, ${counted(all, 'unit')} in all`;
}

/** What will be taken back, a line for each kit: its last record, and the state that it has without it. */
export function toTakeBack(accounts: readonly KitAccount[]): string[] {
  return accounts.flatMap((account) => {
    const last = lastRecord(account);
    if (last === undefined) return [];
    return [`kit ${account.kit}: takes back ${last.text}. It will be: ${last.stateBefore}.`];
  });
}

/** Which record of a kit is taken back, and the state that the kit has without it. */
function takenBackText(account: KitAccount): string[] {
  const last = lastRecord(account);
  if (last === undefined) return [];
  return [`kit ${account.kit}: retracted ${last.text}. It is now: ${last.stateBefore}.`];
}

/** A kit's last record in words, and the state that the kit has without it. */
function lastRecord({ events, isLabelled }: KitAccount) {
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const { event, date, units, subject, seq } = last;
  const before = events.slice(0, -1);
  const whom = subject === null ? '' : `, ${subject}`;
  const many = units === null ? '' : `, ${counted(units, 'unit')}`;
  return {
    text: `"${doneText(event)}${wayText(last)} on ${datedName(date)}${whom}${many}" (ledger ${seq})`,
    stateBefore: doneText(stateAfter(before, isLabelled).state),
  };
}
