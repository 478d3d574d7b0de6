import { type CivilDate } from '../study/civil-date.ts';
import { isExpiredOn, lastDayOf } from '../study/packaged.ts';
import type { KitAccount, KitsByCode } from './accountability.ts';
import { expiredText, onItsWay } from './kit-rules.ts';

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
  /** Undefined if all kits of the study are alike. */
  readonly type: string | undefined;
  readonly what:
    | ('destroyed' | 'lost' | 'returned to depot' | 'quarantined')
    | ('expired' | 'expires early' | 'not received' | 'partly used');
  /** The spare kit of the slot, and of that type, that can be used instead; undefined if none is in stock. */
  readonly spare: string | undefined;
  /** What is wrong and what to do, without a full stop. */
  readonly text: string;
}

/**
 * What is wrong with the kits of slots that somebody uses next: destroyed, lost, quarantined, expired, or expiring
 * before the last planned injection. Kits that are not in stock are reported if the study records kit events.
 * Blinded: it depends on the records of the kits alone.
 *
 * @param kits with lot and expiry
 * @param today the day on which the slots are used
 * @param used of each kit from which others were treated, the end of a sentence that says so
 */
export function slotTroubles(
  { bySlot, hasEvents }: KitsByCode,
  slots: readonly SlotToUse[],
  today: CivilDate,
  used: ReadonlyMap<string, string> = new Map(),
): SlotTrouble[] {
  return slots.flatMap((slot) =>
    byType(bySlot.get(slot.number) ?? []).flatMap((kits) => troublesOfType(kits, slot)),
  );

  function troublesOfType(
    [own, ...spares]: readonly KitAccount[],
    { number, lastInjection }: SlotToUse,
  ): SlotTrouble[] {
    if (own === undefined) return [];
    // Kits at the depot are shipped after randomization.
    const isAccountedFor = hasEvents && own.site !== undefined;
    const about = { today, lastInjection, isAccountedFor, used };
    const troubles = troublesOf(own, about);
    const [worst] = troubles;
    if (worst === undefined) return [];
    const spare = spares.find((one) => troublesOf(one, about).length === 0)?.kit;
    const was = troubles.map((one) => one.was).join(', and ');
    const late = spares.find((one) => ['listed', 'labelled'].includes(one.state))?.kit;
    const otherwise = adviceWithoutSpare(troubles, late);
    const hasStock = isAccountedFor ? ', which is in stock' : '';
    const instead = spare === undefined ? otherwise : `: use its spare kit ${spare}${hasStock}`;
    const which = own.type === undefined ? '' : ` (${own.type})`;
    return [
      {
        number,
        kit: own.kit,
        type: own.type,
        what: worst.what,
        spare,
        text: `kit ${own.kit}${which} of ${number} ${was}${instead}`,
      },
    ];
  }
}

/** The kits of a slot, type after type. */
function byType(kits: readonly KitAccount[]): readonly (readonly KitAccount[])[] {
  const types = [...new Set(kits.map(({ type }) => type))];
  return types.map((type) => kits.filter((one) => one.type === type));
}

interface Trouble {
  readonly what: SlotTrouble['what'];
  /** The end of a sentence that begins with the kit. */
  readonly was: string;
  /** What to do if no spare kit can be used; undefined if there is no need to do anything. */
  readonly advice: string | undefined;
}

const ASK =
  'Do not treat anybody from this kit. Ask the packers for another one, and record what is given from it: dose --other-kit CODE --deviation. Later slots can have spare kits: docs/pharmacist.md, "A kit without a spare kit"';

/**
 * What to do if no spare kit can be used now: a kit that is lost to its participant makes all other advice useless.
 *
 * @param late a spare kit that is not received yet
 */
function adviceWithoutSpare(troubles: readonly Trouble[], late: string | undefined): string {
  const advice = troubles.flatMap((one) => one.advice ?? []);
  if (advice.length === 0) return '';
  if (advice.includes(ASK) && late !== undefined) {
    return `: do not treat anybody from it. Its spare kit ${late} is not recorded as received: get it, and record that: randose kit received --kits ${late} --by WHO`;
  }
  const needed = advice.includes(ASK) ? [ASK] : advice;
  return `: ${['no spare kit can be used instead', ...needed].join('. ')}`;
}

/** How a kit is to be used. */
interface AboutUse {
  readonly today: CivilDate;
  readonly lastInjection: CivilDate | undefined;
  readonly isAccountedFor: boolean;
  readonly used: ReadonlyMap<string, string>;
}

/** What to do about a kit that does not last for all injections, if it has no spare kit. */
export const NOT_ENOUGH =
  'It does not last for all injections. Ask the packers for another one in time, and record what is given from it: dose --other-kit CODE --deviation';

/** Everything that is wrong with one kit; the worst comes first. */
function troublesOf(
  account: KitAccount,
  { today, lastInjection, isAccountedFor, used }: AboutUse,
): Trouble[] {
  const { kit, state, heldFrom, expiry, shipment } = account;
  if (state === 'destroyed' || state === 'lost') {
    return [{ what: state, was: `was ${state}`, advice: ASK }];
  }
  const troubles: Trouble[] = [];
  if (state === 'quarantined') {
    const advice = `Do not treat anybody from this kit before it is released: randose kit released --kits ${kit}`;
    troubles.push({ what: state, was: 'is quarantined', advice });
  }
  const expired = expiredText(account, today);
  if (expired !== undefined) {
    troubles.push({ what: 'expired', was: expired.replace(`kit ${kit} `, ''), advice: ASK });
  }
  if ((heldFrom ?? state) === 'returned to depot') {
    const advice = `Have this kit shipped again: randose kit shipped --kits ${kit} --to SITE`;
    troubles.push({ what: 'returned to depot', was: 'was returned to the depot', advice });
  } else if (isAccountedFor && state !== 'received' && state !== 'quarantined') {
    const was = shipment === undefined ? 'is not recorded as received' : onItsWay(shipment);
    troubles.push({ what: 'not received', was, advice: undefined });
  }
  const was = used.get(kit);
  if (was !== undefined) troubles.push({ what: 'partly used', was, advice: NOT_ENOUGH });
  const isEarly = lastInjection !== undefined && isExpiredOn(expiry, lastInjection);
  if (expired === undefined && expiry !== undefined && isEarly) {
    const was = `expires on ${lastDayOf(expiry)}, before the last planned injection on ${lastInjection}`;
    const advice = 'Plan a new kit for the later injections';
    troubles.push({ what: 'expires early', was, advice });
  }
  return troubles;
}
