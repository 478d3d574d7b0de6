import { type KitAccount, kitAccounts } from '../../src/ledger/accountability.ts';
import type { Entry, KitEvent } from '../../src/ledger/entry.ts';
import type { PackagedIn } from '../../src/ledger/kit-products.ts';
import type { Slot } from '../../src/randomization/list.ts';

/** Two slots of site A, each with a spare kit; participants of every site can be in the stratum of the third. */
export const KIT_SLOTS = [
  { number: 'R001', batch: 1, stratum: 'site=A', sequence: 1, kit: 'K1', spares: ['S1'] },
  { number: 'R002', batch: 1, stratum: 'site=A', sequence: 2, kit: 'K2', spares: ['S2'] },
  { number: 'R003', batch: 1, stratum: 'sex=F', sequence: 1, kit: 'K3', spares: [] },
] as unknown as readonly Slot[];

/** A slot of site A with tablets and a syringe, each with a spare kit. */
export const TYPED_KIT_SLOTS = [
  {
    number: 'R001',
    batch: 1,
    stratum: 'site=A',
    sequence: 1,
    kit: 'T1',
    kitType: 'tablets',
    spares: ['T2'],
    further: [{ type: 'syringe', kit: 'Y1', spares: ['Y2'] }],
  },
] as unknown as readonly Slot[];

type Members = Record<string, unknown>;

/** Entries with only the members that the code under test reads. */
export function kitLedger(...acts: Members[]): Entry[] {
  return acts.map((act, index) => {
    const common = { seq: index + 1, subject: null, time: '2026-12-01T08:00:00.000Z' };
    return { ...common, ...act } as unknown as Entry;
  });
}

/** Somebody gets the slot that has this kit. */
export function randomizedTo(subject: string, kit: string, more: Members = {}): Members {
  return { action: 'randomization', subject, kit, site: 'A', ...more };
}

/** What happened to a kit, on 2026-06-01 unless `more` says another date. */
export function kitEvent(event: KitEvent, kit: string, more: Members = {}): Members {
  const common = { date: '2026-06-01', units: null, corrects: null };
  return { action: 'kit', event, kit, ...common, ...more };
}

/** An injection that was given on a day of June 2026. */
export function givenDose(
  subject: string,
  visit: string,
  day: number,
  kit: string | null,
  more: Members = {},
): Members {
  const date = `2026-06-${String(day).padStart(2, '0')}`;
  const common = { result: 'given', corrects: null, deviations: [] };
  return { action: 'dose', subject, visit, date, kit, ...common, ...more };
}

/** An injection that was given although the schedule does not have it. */
export function additionalDose(
  subject: string,
  day: number,
  kit: string | null,
  more: Members = {},
): Members {
  return { ...givenDose(subject, '', day, kit), action: 'additional dose', ...more };
}

/** The records of one kit of KIT_SLOTS. */
export function accountAfter(
  acts: readonly Members[],
  kit = 'K1',
  packagedIn?: PackagedIn,
): KitAccount {
  return kitAccounts(KIT_SLOTS, kitLedger(...acts), packagedIn).find((one) => one.kit === kit)!;
}
