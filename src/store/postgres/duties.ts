import type { Action } from '../../ledger/entry.ts';

/**
 * The duties that a login can have. A site duty is for the participants and kits of the login's sites; a central one is for
 * all sites; readers read everything and enter nothing.
 */
export const DUTY_SCOPES = {
  coordinator: 'site',
  pharmacist: 'site',
  investigator: 'site',
  statistician: 'central',
  officer: 'central',
  'data manager': 'central',
  'central pharmacist': 'central',
  inspector: 'reader',
  monitor: 'reader',
} as const satisfies Readonly<Record<string, 'site' | 'central' | 'reader'>>;

export type Duty = keyof typeof DUTY_SCOPES;
export const DUTIES = Object.keys(DUTY_SCOPES) as Duty[];

/** Everybody who enters anything: an emergency is never stopped. */
const ALL: readonly Duty[] = [
  ...(['coordinator', 'pharmacist', 'investigator'] as const),
  ...(['statistician', 'officer', 'data manager', 'central pharmacist'] as const),
];
/** Whoever treats participants, and those who may do all that a coordinator may. */
const CARE: readonly Duty[] = ['coordinator', 'investigator', 'statistician', 'data manager'];
/** They, and whoever prepares and hands out kits. */
const KITS: readonly Duty[] = [...CARE, 'pharmacist', 'central pharmacist'];

/** Who may enter which kind of entry. The server has a copy of this table from when it was made. */
const MAY: Readonly<Record<Action, readonly Duty[]>> = {
  'code-break intent': ALL,
  'code-break outcome': ALL,
  'late code-break': ALL,

  randomization: KITS,
  dose: KITS,
  'additional dose': KITS,
  attendance: KITS,
  move: KITS,
  kit: KITS,
  labels: ['pharmacist', 'central pharmacist'],
  'reveal intent': KITS,
  'reveal outcome': KITS,
  'preparation intent': [...KITS, 'officer'],
  'preparation outcome': [...KITS, 'officer'],

  withdrawal: CARE,
  transfer: CARE,
  'subject correction': CARE,
  'stratum correction': CARE,
  'randomization in error': CARE,
  'amendment consent': CARE,

  allocation: ['statistician'],
  amendment: ['statistician', 'data manager'],
  'list opening intent': ['statistician', 'officer'],
  'list opening outcome': ['statistician', 'officer'],
  'masked table intent': ['statistician', 'officer'],
  'masked table outcome': ['statistician', 'officer'],
  'letter opening intent': ['statistician', 'officer'],
  'letter opening outcome': ['statistician', 'officer'],
  'card making intent': ['statistician', 'officer', 'central pharmacist'],
  'card making outcome': ['statistician', 'officer', 'central pharmacist'],
  'packing intent': ['statistician', 'officer', 'central pharmacist'],
  'packing outcome': ['statistician', 'officer', 'central pharmacist'],
  'rewrap intent': ['statistician', 'officer'],
  'rewrap outcome': ['statistician', 'officer'],
  lock: ['statistician', 'data manager'],
  unlock: ['statistician', 'data manager'],
  'study restoration': ['statistician', 'officer', 'data manager'],
  // A line that was cut off is a matter of files, and so is a file that is continued in a database.
  repair: [],
  continuation: [],
};

/** Who may enter a kind of entry. */
export function dutiesFor(action: Action): readonly Duty[] {
  return MAY[action];
}
