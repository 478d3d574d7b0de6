import { RandoseError } from '../../../errors.ts';
import { meantByKit } from '../../../ledger/enrolment.ts';
import { byKitAndSlot, type KitAccount } from '../../../ledger/accountability.ts';
import { type KitDeviation, kitDeviationsOf, kitOfInjections } from '../../../ledger/dose-kits.ts';
import { brokenByDose } from '../../../ledger/kit-rules.ts';
import { requireKit, requireKits } from '../../../ledger/kits.ts';
import { readKit } from '../../../randomization/kit-check.ts';
import { kitsOf } from '../../../randomization/list.ts';
import { kitHeldOn } from '../../../ledger/unit-balances.ts';
import type { KitNumber } from '../../../randomization/numbers.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import { isInjected, type Supplies } from '../../../study/sections/supplies.ts';
import { kitRecords } from '../../study/kit-records.ts';
import type { Obstacle, ParticipantDesk } from '../../study/record-about.ts';
import type { DoseFlags } from './command.ts';

/** The kit that somebody says an injection was given from. */
interface KitUsed {
  /** Null if none is named, or if it is not of this study. */
  readonly kit: KitNumber | null;
  /** A kit of another study, as it is written on it. */
  readonly otherKit: string | undefined;
}

/** Of an injection that was missed. */
export const NO_KIT_USED: KitUsed = { kit: null, otherKit: undefined };

/** What may be written on a kit of another study: one line that can be read aloud. */
const OTHER_KIT = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,100}$/u;

/** @throws RandoseError `usage` if two kits are named, or a text that is not what a kit has on it */
export function requireOneKit(
  { otherKit, kit, subject, number, notDone = false }: DoseFlags,
  id: string | undefined,
): void {
  // Alone, a kit names the participant.
  const isNamed = (subject ?? number ?? id) !== undefined;
  if (notDone && kit !== undefined && isNamed) {
    throw new RandoseError('usage', '--kit: an injection that was missed was given from no kit', {
      hint: 'Nothing was recorded. Leave out --kit.',
    });
  }
  if (otherKit === undefined) return;
  if (notDone)
    throw new RandoseError('usage', '--other-kit: an injection that was missed has none');
  if (kit !== undefined || !isNamed) {
    throw new RandoseError('usage', '--other-kit needs the participant, and no --kit', {
      hint: 'An injection comes from one kit: --kit CODE for a kit of this study, --other-kit TEXT for any other.',
    });
  }
  if (OTHER_KIT.test(otherKit.trim())) return;
  throw new RandoseError(
    'usage',
    '--other-kit: write what is on the kit, in one line of at most 100 characters',
  );
}

/**
 * The kit that was used.
 *
 * @throws RandoseError `bad-data` if a code is mistyped, or no kit of the study has it
 */
export function kitTyped(
  { open }: ParticipantDesk,
  { kit, otherKit }: { readonly kit: string | undefined; readonly otherKit?: string | undefined },
): KitUsed {
  if ((kit ?? otherKit) === undefined) return { kit: null, otherKit: undefined };
  requireKits(open.slots);
  if (otherKit !== undefined) {
    refuseOwnKit(open, otherKit);
    return { kit: null, otherKit: otherKit.trim() };
  }
  return { kit: kit === undefined ? null : kitOfStudy(open, kit), otherKit: undefined };
}

/** @throws RandoseError `usage` if what is written on the other kit is the code of a kit of this study */
function refuseOwnKit(open: ParticipantDesk['open'], typed: string): void {
  const read = readKit(typed, open.study);
  const own = 'kit' in read ? read.kit : undefined;
  if (own === undefined || !open.slots.some((slot) => kitsOf(slot).includes(own))) return;
  throw new RandoseError('usage', `--other-kit: ${own} is a kit of this study`, {
    hint: `Nothing was recorded. To say that the injection was given from it: --kit ${own}`,
  });
}

function kitOfStudy(open: ParticipantDesk['open'], typed: string): KitNumber {
  try {
    return requireKit(open, typed).kit;
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    throw new RandoseError(error.code, error.message, {
      hint: `Nothing was recorded. ${meantByKit(open.entries, typed)}Read the code from the kit again. If a kit of another study was used, say what is written on it: --other-kit TEXT --deviation --reason TEXT`,
    });
  }
}

/**
 * The kit that was used must be the participant's own, and must not be gone, on hold or expired. If none is named, it
 * is the one that the participant had; without a record of that, only what is true of the whole slot counts: a spare
 * kit may have been used.
 *
 * @returns what is wrong with the kit on a date
 */
export function kitObstacles(
  { open, randomization }: ParticipantDesk,
  used: KitUsed,
): (date: CivilDate) => Obstacle[] {
  if (used === NO_KIT_USED) return () => [];
  const { subject, kit: own } = randomization;
  const { supplies } = open.study;
  const records = kitRecords(open);
  const isNamed = used.kit !== null || used.otherKit !== undefined;
  if (!isNamed) {
    const injected = kitOfInjections(randomization, supplies);
    return (date) => heldKitObstacles(records, { subject, own: injected, date, supplies });
  }
  const kits = byKitAndSlot(records);
  return (date) => {
    const dose = { subject, date, kit: used.kit, otherKit: used.otherKit };
    return kitDeviationsOf(dose, kits, own, supplies).map(asObstacle).map(withWarning);
  };
}

/**
 * What is wrong with the kit that a participant had on a date.
 *
 * @param own the kit of the participant's slot from which injections are given
 */
function heldKitObstacles(
  records: readonly KitAccount[],
  { subject, own, date, supplies }: Held,
): Obstacle[] {
  const held = kitHeldOn(records, subject, date, supplies);
  const account = records.find(({ kit }) => kit === (held ?? own));
  if (account === undefined) return [];
  const broken = brokenByDose(account, date);
  const mayBeSpare = records.some(
    ({ slot, type, isSpare }) =>
      isSpare && slot.number === account.slot.number && isInjected(supplies, type),
  );
  return (
    held === undefined && mayBeSpare ? broken.filter(({ isOfProduct }) => isOfProduct) : broken
  ).map(asObstacle);
}

interface Held {
  readonly subject: string;
  readonly own: string | undefined;
  readonly date: CivilDate;
  readonly supplies: Supplies;
}

/** A kit that is not right may still be in somebody's hand. */
function withWarning(obstacle: Obstacle): Obstacle {
  return { ...obstacle, text: `${obstacle.text}. If it has not been given yet: DO NOT GIVE IT` };
}

function asObstacle({ rule, text }: KitDeviation): Obstacle {
  return { rule, text, isFirm: false };
}
