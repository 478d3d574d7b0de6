import * as v from 'valibot';
import { KIT_TEXT, NUMBER_TEXT } from '../randomization/numbers.ts';
import { code, type SubjectId } from '../study/identifiers.ts';
import { type CivilDate, parseCivilDate } from '../study/civil-date.ts';

const TEXT = v.string();
const DIGEST = v.pipe(TEXT, v.regex(/^[0-9a-f]{64}$/));
const WHO = v.strictObject({ name: TEXT, role: TEXT, organisation: TEXT });
const NUMBER = v.pipe(TEXT, v.regex(NUMBER_TEXT));
/** Written before anything is opened; `key` is whose it was, null where it is nobody's. */
const INTENT = { key: v.nullable(TEXT), reason: TEXT };
/** What came of the intent with that sequence; `error` is the error's code where it was refused. */
const OUTCOME = {
  intent: v.number(),
  result: v.picklist(['opened', 'refused']),
  error: v.nullable(TEXT),
};

/** What the kinds of entry have of their own. Nothing in any of them depends on an arm. */
const ACTS = {
  /** A batch of the list. */
  allocation: { batch: v.number(), list: TEXT, manifest: DIGEST },
  randomization: {
    subject: v.pipe(
      code(32),
      v.transform((text) => text as SubjectId),
    ),
    site: code(16),
    stratum: TEXT,
    number: NUMBER,
    kit: v.pipe(TEXT, v.regex(KIT_TEXT)),
    day1: v.pipe(
      TEXT,
      v.check((text) => 'date' in parseCivilDate(text)),
      v.transform((text) => text as CivilDate),
    ),
  },
  /** To open one envelope. `number` is null where the subject has none. */
  'code-break intent': { subject: TEXT, number: v.nullable(NUMBER), ...INTENT },
  'code-break outcome': OUTCOME,
  /** To open the whole list. */
  'list opening intent': INTENT,
  'list opening outcome': OUTCOME,
} as const;

const HEAD = {
  seq: v.number(),
  time: v.pipe(v.string(), v.isoTimestamp()),
  software: TEXT,
  study: DIGEST,
  who: WHO,
};
const TAIL = { prev: DIGEST, hash: DIGEST };

/** The shape of every entry, by its action; strict, so that nothing can be slipped in. */
export const ENTRY = v.variant('action', [
  v.strictObject({ ...HEAD, action: v.literal('allocation'), ...ACTS.allocation, ...TAIL }),
  v.strictObject({ ...HEAD, action: v.literal('randomization'), ...ACTS.randomization, ...TAIL }),
  v.strictObject({
    ...HEAD,
    action: v.literal('code-break intent'),
    ...ACTS['code-break intent'],
    ...TAIL,
  }),
  v.strictObject({
    ...HEAD,
    action: v.literal('code-break outcome'),
    ...ACTS['code-break outcome'],
    ...TAIL,
  }),
  v.strictObject({
    ...HEAD,
    action: v.literal('list opening intent'),
    ...ACTS['list opening intent'],
    ...TAIL,
  }),
  v.strictObject({
    ...HEAD,
    action: v.literal('list opening outcome'),
    ...ACTS['list opening outcome'],
    ...TAIL,
  }),
]);

/**
 * One entry of the ledger: one act of one person.
 *
 * `seq` counts from 1; `time` is UTC, ISO 8601; `study` is the SHA-256 of study.yaml as it was then;
 * `prev` is the hash of the entry before, 64 zeros for the first; `hash` covers all but itself.
 */
export type Entry = v.InferOutput<typeof ENTRY>;
export type EntryOf<Action extends Entry['action']> = Extract<Entry, { action: Action }>;

/** What a command says of an act; the chain adds its place, the caller time and circumstances. */
export type Act = {
  [Action in Entry['action']]: Omit<
    EntryOf<Action>,
    'seq' | 'time' | 'software' | 'study' | 'prev' | 'hash'
  >;
}[Entry['action']];

/** When and under which circumstances acts are entered. */
export type Circumstances = Pick<Entry, 'time' | 'software' | 'study'>;

/** The entries of one kind. */
export function entriesOf<Action extends Entry['action']>(
  entries: readonly Entry[],
  action: Action,
): EntryOf<Action>[] {
  return entries.filter((entry): entry is EntryOf<Action> => entry.action === action);
}
