import type { Action } from '../../../ledger/entry.ts';

/** An action without the words that tell an intent, an outcome and a late entry apart. */
type Subject<One extends string> = One extends `late ${infer Rest}`
  ? Rest
  : One extends `${infer Rest} intent`
    ? Rest
    : One extends `${infer Rest} outcome`
      ? Rest
      : One;
type Hyphenated<Text extends string> = Text extends `${infer First} ${infer Rest}`
  ? `${First}-${Hyphenated<Rest>}`
  : Text;

/** A kind of entries, as somebody types it after --kind: `list-opening` is its intent and its outcome. */
type EntryKind = Hyphenated<Subject<Action>>;

/** All kinds of entries. The compiler finds one that is missing here. */
export const ENTRY_KINDS = Object.keys({
  allocation: true,
  randomization: true,
  dose: true,
  'additional-dose': true,
  attendance: true,
  move: true,
  'code-break': true,
  reveal: true,
  preparation: true,
  'list-opening': true,
  'masked-table': true,
  'letter-opening': true,
  'card-making': true,
  rewrap: true,
  amendment: true,
  'amendment-consent': true,
  'stratum-correction': true,
  'subject-correction': true,
  withdrawal: true,
  transfer: true,
  'randomization-in-error': true,
  lock: true,
  unlock: true,
  repair: true,
  'study-restoration': true,
  continuation: true,
  labels: true,
  kit: true,
  packing: true,
} satisfies Record<EntryKind, true>) as readonly EntryKind[];

/** The kind of an entry. */
export function kindOf({ action }: { readonly action: Action }): EntryKind {
  return action.replace(/^late | (intent|outcome)$/g, '').replaceAll(' ', '-') as EntryKind;
}
