import type { KitAccount } from '../../ledger/accountability.ts';
import type { EntryOf, KitEvent } from '../../ledger/entry.ts';
import { DEPOT } from '../../ledger/kit-sites.ts';
import type { UnitBalance } from '../../ledger/unit-balances.ts';
import { formatWho } from '../../ledger/who.ts';
import type { Study } from '../../study/study.ts';
import { type Column, type Dataset, makeDataset, type Variable } from './dataset.ts';

/** A kit with what happened to it and to its units. */
export interface AccountedKit {
  readonly account: KitAccount;
  /** Undefined if it was never dispensed. */
  readonly balance: UnitBalance | undefined;
  /** The units of it that injections were given from. */
  readonly given: number | undefined;
}

/**
 * Each kit with where it is, the last date of each thing that happened to it, by whom and with how many units, and the
 * balance of its units. Kits are in the order of the list.
 */
export function accountabilityDataset(
  { id }: Pick<Study, 'id'>,
  kits: readonly AccountedKit[],
): Dataset {
  const about = { name: 'ACCOUNT', label: 'Kits and Their Units, Blinded' };
  const hasTypes = kits.some(({ account }) => account.type !== undefined);
  return makeDataset(about, variablesOf(id, hasTypes), kits);
}

type Made = Variable<AccountedKit>;

function variablesOf(id: string, hasTypes: boolean): Made[] {
  const text = (
    name: string,
    label: string,
    of: (one: KitAccount) => string | undefined,
  ): Made => ({
    name,
    label,
    type: 'text',
    of: ({ account }) => of(account) ?? '',
  });
  return [
    { ...text('STUDYID', 'Study Identifier', () => id), key: 1 },
    { ...text('KITNO', 'Kit Number', ({ kit }) => kit), key: 2 },
    ...(hasTypes ? [text('KITTYPE', 'Kit Type', ({ type }) => type)] : []),
    text('SPARE', 'Spare Kit', ({ isSpare }) => (isSpare ? 'Y' : '')),
    text('RANDNO', 'Randomization Number of the Slot', ({ slot }) => slot.number),
    text('STRATUM', 'Randomization Stratum', ({ slot }) => slot.stratum),
    text('SUBJID', 'Subject Identifier for the Study', ({ holder }) => holder),
    text('LOT', 'Lot Number', ({ lot }) => lot),
    text('EXPDTC', 'Last Month of Use', ({ expiry }) => expiry),
    text('KITSTAT', 'State of the Kit', ({ state }) => state),
    text('KITSITE', 'Site of Last Shipment, or of Its Slot', ({ site }) => site ?? DEPOT),
    text('SHIPTO', 'Site to Which It Was Shipped', (one) => lastOf(one, 'shipped')?.to),
    ...EVENTS.flatMap(ofEvent),
    amount(
      'GIVENAMT',
      'Units Given in Injections',
      ({ balance, given }) => balance?.given ?? given,
    ),
    amount('TAKENAMT', 'Units Taken by the Participant', ({ balance }) => balance?.taken),
    amount('OPENAMT', 'Units Not Accounted For Yet', ({ balance }) => balance?.open),
  ];
}

/** What can happen to a kit, how the names of its columns begin, and how their labels call it. */
const EVENTS: readonly (readonly [KitEvent, string, string])[] = [
  ['shipped', 'SHIP', 'Shipped'],
  ['received', 'REC', 'Received'],
  ['dispensed', 'DISP', 'Dispensed'],
  ['returned', 'RET', 'Returned'],
  ['returned to depot', 'DEP', 'Returned to the Depot'],
  ['destroyed', 'DEST', 'Destroyed'],
  ['lost', 'LOST', 'Lost'],
  ['quarantined', 'QUAR', 'Quarantined'],
  ['released', 'REL', 'Released'],
];

/** The date, the person and the units of the last event of a kind. DISPAMT, RETAMT and LOSTAMT are CDISC's (DATESTCD). */
function ofEvent([event, start, words]: (typeof EVENTS)[number]): Made[] {
  return [
    {
      name: `${start}DTC`,
      label: `Date ${words}`,
      type: 'date',
      of: ({ account }) => lastOf(account, event)?.date ?? null,
    },
    {
      name: `${start}BY`,
      label: `${words} by`,
      type: 'text',
      of: ({ account }) => {
        const entry = lastOf(account, event);
        return entry === undefined ? '' : formatWho(entry.who);
      },
    },
    amount(`${start}AMT`, `Units ${words}`, ({ account }) => lastOf(account, event)?.units),
  ];
}

function amount(
  name: Column['name'],
  label: string,
  of: (one: AccountedKit) => number | null | undefined,
): Made {
  return { name, label, type: 'number', of: (one) => of(one) ?? null };
}

function lastOf({ events }: KitAccount, wanted: KitEvent): EntryOf<'kit'> | undefined {
  return events.findLast(({ event }) => event === wanted);
}
