import { type CivilDate } from '../study/civil-date.ts';
import { isExpiredOn, lastDayOf } from '../study/packaged.ts';
import type { KitAccount } from './accountability.ts';
import { expiredText } from './kit-rules.ts';

/** A slot that somebody is about to use, or has just used. */
export interface SlotToUse {
  readonly number: string;
  /** The participant's last planned injection; undefined if nobody knows it yet. */
  readonly lastInjection?: CivilDate | undefined;
}

/** Something that is wrong with the kit of a slot. */
export interface SlotTrouble {
  readonly number: string;
  readonly kit: string;
  readonly what:
    'destroyed' | 'lost' | 'quarantined' | 'expired' | 'expires early' | 'not received';
  /** The spare kit of the slot that can be used instead; undefined if none is in stock. */
  readonly spare: string | undefined;
  /** What is wrong and what to do, without a full stop. */
  readonly text: string;
}

/**
 * What is wrong with the kits of slots that somebody uses next: destroyed, lost, quarantined, expired, or expiring
 * before the last planned injection. Kits that are not in stock are reported if the study records kit events.
 * Blinded: it depends on the records of the kits alone.
 *
 * @param accounts of all kits of the study, with lot and expiry
 * @param today the day on which the slots are used
 */
export function slotTroubles(
  accounts: readonly KitAccount[],
  slots: readonly SlotToUse[],
  today: CivilDate,
): SlotTrouble[] {
  const isAccountedFor = accounts.some(({ events }) => events.length > 0);
  const kitsOfSlot = new Map<string, KitAccount[]>(slots.map(({ number }) => [number, []]));
  for (const account of accounts) kitsOfSlot.get(account.slot.number)?.push(account);
  return slots.flatMap(({ number, lastInjection }) => {
    const [own, ...spares] = kitsOfSlot.get(number) ?? [];
    if (own === undefined) return [];
    const trouble = troubleOf(own, today, lastInjection, isAccountedFor);
    if (trouble === undefined) return [];
    const spare = spares.find(
      (one) =>
        (one.state === 'received' || !isAccountedFor) &&
        troubleOf(one, today, lastInjection, isAccountedFor) === undefined,
    )?.kit;
    const { what, was, otherwise } = trouble;
    const hasStock = isAccountedFor ? ', which is in stock' : '';
    const instead = spare === undefined ? otherwise : `: use its spare kit ${spare}${hasStock}`;
    return {
      number,
      kit: own.kit,
      what,
      spare,
      text: `kit ${own.kit} of ${number} ${was}${instead}`,
    };
  });
}

interface Trouble {
  readonly what: SlotTrouble['what'];
  /** The end of a sentence that begins with the kit. */
  readonly was: string;
  /** What to do if no spare kit can be used. */
  readonly otherwise: string;
}

const NO_SPARE = ': no spare kit can be used instead';
const ASK = `${NO_SPARE}. Ask the supplier for one, and do not treat anybody from this kit`;

/** The first trouble of one kit; the worst comes first. */
function troubleOf(
  account: KitAccount,
  today: CivilDate,
  lastInjection: CivilDate | undefined,
  isAccountedFor: boolean,
): Trouble | undefined {
  const { kit, state, expiry } = account;
  if (state === 'destroyed' || state === 'lost') {
    return { what: state, was: `was ${state}`, otherwise: ASK };
  }
  if (state === 'quarantined') {
    const otherwise = `${NO_SPARE}. Do not treat anybody from this kit before it is released: randose kit released --kits ${kit}`;
    return { what: state, was: 'is quarantined', otherwise };
  }
  const expired = expiredText(account, today);
  if (expired !== undefined) {
    return { what: 'expired', was: expired.replace(`kit ${kit} `, ''), otherwise: ASK };
  }
  if (isAccountedFor && state !== 'received') {
    return { what: 'not received', was: 'is not recorded as received', otherwise: '' };
  }
  if (expiry !== undefined && lastInjection !== undefined && isExpiredOn(expiry, lastInjection)) {
    const was = `expires on ${lastDayOf(expiry)}, before the last planned injection on ${lastInjection}`;
    return {
      what: 'expires early',
      was,
      otherwise: `${NO_SPARE}. Plan a new kit for the later injections`,
    };
  }
  return undefined;
}
