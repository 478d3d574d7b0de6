import type { KitAccount } from '../../../ledger/accountability.ts';
import type { KitEvent } from '../../../ledger/entry.ts';
import { NOT_ENOUGH } from '../../../ledger/slot-troubles.ts';
import {
  type KitDose,
  kitDoses,
  unitsGiven,
  unitsIn,
  unitsLeft,
} from '../../../ledger/unit-balances.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { kitRecords, usedBefore } from '../../study/kit-records.ts';
import { counted, listed } from '../../../words.ts';
import type { KitAct } from './kit-words.ts';

/** What may be a slip although it is possible, a sentence each. */
export function doubtsAbout(
  open: OpenStudy,
  event: KitEvent,
  acts: readonly KitAct[],
  accounts: readonly KitAccount[],
): string[] {
  if (event === 'received') return mixedDelivery(acts, accounts);
  const records = kitRecords(open);
  const { supplies } = open.study;
  const given = unitsGiven(records, open.entries, supplies);
  return accounts.flatMap((account, index) => {
    const used = given.get(account.kit) ?? 0;
    const act = acts[index]!;
    if (event === 'dispensed') {
      const before = usedBefore(open, records, act.date);
      return [...secondKit(account, records), ...partlyUsed(account, records, before)];
    }
    if (event === 'retracted') return givenFrom(account, kitDoses(records, open.entries, supplies));
    if (event !== 'lost' && event !== 'destroyed') return [];
    const whole = unitsIn(account, supplies);
    return restOf(account, unitsLeft(account, used, whole), act.units);
  });
}

/** That kits of several sites are received as one delivery. */
function mixedDelivery(acts: readonly KitAct[], accounts: readonly KitAccount[]): string[] {
  const bySite = new Map<string, string[]>();
  for (const [index, { kit, belongsTo }] of accounts.entries()) {
    const site = acts[index]?.site ?? belongsTo;
    if (site !== undefined) bySite.set(site, [...(bySite.get(site) ?? []), kit]);
  }
  if (bySite.size < 2) return [];
  const [, ...fewer] = [...bySite].toSorted(([, a], [, b]) => b.length - a.length);
  const counts = [...bySite].map(([site, kits]) => `${site} ${kits.length}`).join(', ');
  const named = fewer.map(([site, kits]) => `${kits.join(', ')} of ${site}`).join('; ');
  return [
    `these kits are of several sites (${counts}): ${named}. Which site has a kit now is said with --site.`,
  ];
}

/** That the participant has another kit of the slot, and of the type, already. */
function secondKit(
  { kit, slot, type, holder = '' }: KitAccount,
  records: readonly KitAccount[],
): string[] {
  const before = records.find(
    (one) =>
      one.slot.number === slot.number &&
      one.type === type &&
      one.kit !== kit &&
      one.state === 'dispensed',
  );
  if (before === undefined) return [];
  const { date = '' } = before.events.findLast(({ event }) => event === 'dispensed') ?? {};
  return [`${holder} has kit ${before.kit} already, dispensed on ${date} and not returned.`];
}

/** That others were treated from the kit before, with a spare kit that is full. */
function partlyUsed(
  { kit, slot, type }: KitAccount,
  records: readonly KitAccount[],
  used: ReadonlyMap<string, string>,
): string[] {
  const was = used.get(kit);
  if (was === undefined) return [];
  const full = records.find(
    (one) =>
      one.slot.number === slot.number &&
      one.type === type &&
      one.state === 'received' &&
      one.kit !== kit &&
      !used.has(one.kit),
  );
  const instead =
    full === undefined ? NOT_ENOUGH : `Kit ${full.kit} of the same slot is full, and in stock`;
  return [`kit ${kit} ${was}. ${instead}.`];
}

/** That injections were given from a kit of which the dispensing is taken back. */
function givenFrom({ kit, events, holder = '' }: KitAccount, all: readonly KitDose[]): string[] {
  const doses = all.filter((one) => one.kit === kit);
  if (events.at(-1)?.event !== 'dispensed' || doses.length === 0) return [];
  const subjects = [...new Set(doses.map(({ subject }) => subject))];
  const given = subjects.map((subject) => {
    const count = doses.filter((one) => one.subject === subject).length;
    return `${counted(count, 'injection')} of ${subject}`;
  });
  return [
    `${listed(given)} ${doses.length === 1 ? 'was' : 'were'} given from kit ${kit}. If it is taken back, no record says that ${holder} had this kit.`,
  ];
}

/** That a kit is lost or destroyed as a whole, and only some of its units are said to be. */
function restOf({ kit, state }: KitAccount, left: number, gone: number | null): string[] {
  if (gone === null || gone >= left || state === 'returned') return [];
  return [
    `a kit is lost or destroyed as a whole: nobody can be treated from the other ${counted(left - gone, 'unit')} of kit ${kit} then, and no record says where they are.`,
  ];
}
