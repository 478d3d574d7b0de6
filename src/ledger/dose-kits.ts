import { isInjected, type Supplies } from '../study/sections/supplies.ts';
import type { KitAccount, KitsByCode } from './accountability.ts';
import type { EntryOf } from './entry.ts';
import { DEPOT } from './kit-sites.ts';
import { brokenByDose } from './kit-rules.ts';

/** An injection and the kit that its record names. */
export type DoseFromKit = Pick<EntryOf<'dose'>, 'subject' | 'date' | 'kit' | 'otherKit'>;

/** Something about the kit of an injection that was not as it should be. */
export interface KitDeviation {
  readonly rule: string;
  readonly text: string;
}

/**
 * What was wrong with the kit that an injection was given from, if its record names one: another participant's kit, a
 * kit of another study, a kit that was already gone, on hold or expired.
 *
 * @param own a kit of the participant's slot; undefined if the study has no kits
 * @param supplies says from which type injections are given
 */
export function kitDeviationsOf(
  { subject, date, kit, otherKit }: DoseFromKit,
  { byKit, bySlot }: KitsByCode,
  own: string | undefined,
  supplies: Pick<Supplies, 'types'>,
): KitDeviation[] {
  if (own === undefined) {
    const named = kit ?? otherKit;
    if (named === undefined) return [];
    return [{ rule: 'kit', text: `"${named}" is not a kit of this study, which has none` }];
  }
  const number = byKit.get(own)?.slot.number;
  const kits = (bySlot.get(number ?? '') ?? []).flatMap((one) =>
    isInjected(supplies, one.type) ? one.kit : [],
  );
  const right = `${subject} has ${kits.length === 0 ? own : kits.join(' or ')}`;
  if (otherKit !== undefined) {
    const text = `"${otherKit}" is not a kit of this study; ${subject}'s kit is ${kits.join(' or ')}`;
    return [{ rule: 'kit', text }];
  }
  if (kit === null) return [];
  const account = byKit.get(kit);
  if (account === undefined || account.slot.number !== number) {
    const text = `${kit} is not ${subject}'s kit: ${right}. ${whoseText(kit, account)}`;
    return [{ rule: 'kit', text }];
  }
  if (!isInjected(supplies, account.type)) {
    const text = `${kit} is a kit of ${account.type ?? ''}, from which no injection is given: ${right}`;
    return [{ rule: 'kit', text }];
  }
  return brokenByDose(account, date);
}

/** The kit of a participant's slot from which injections are given, without the spare ones; undefined if there is none. */
export function kitOfInjections(
  { kit, kits = [] }: Pick<EntryOf<'randomization'>, 'kit' | 'kits'>,
  supplies: Pick<Supplies, 'types'>,
): string | undefined {
  if (supplies.types.length === 0) return kit;
  return kits.find(({ type }) => isInjected(supplies, type))?.kit;
}

function whoseText(kit: string, account: KitAccount | undefined): string {
  if (account === undefined) return `${kit} is not in this study`;
  const { holder, slot, site } = account;
  const whose = holder === undefined ? 'to no participant yet' : `to ${holder}`;
  const where = site === undefined ? `at the ${DEPOT}` : `site ${site}`;
  return `${kit} belongs ${whose} (${slot.number}, ${where})`;
}
