import * as v from 'valibot';
import { DIGEST_TEXT } from '../digest.ts';
import { KIT_TEXT, NUMBER_TEXT } from '../randomization/numbers.ts';
import { code, type SubjectId } from '../study/identifiers.ts';
import { type CivilDate, parseCivilDate } from '../study/civil-date.ts';

const TEXT = v.string();
const DIGEST = v.pipe(TEXT, v.regex(DIGEST_TEXT));
const WHO = v.strictObject({ name: TEXT, role: TEXT, organisation: TEXT });
const NUMBER = v.pipe(TEXT, v.regex(NUMBER_TEXT));
const SUBJECT = v.pipe(
  code(32),
  v.transform((text) => text as SubjectId),
);
const DATE = v.pipe(
  TEXT,
  v.check((text) => 'date' in parseCivilDate(text)),
  v.transform((text) => text as CivilDate),
);
/** A visit by its name, and what of the schedule its date does not keep to. */
const VISIT = { visit: v.pipe(TEXT, v.regex(/^D-?[1-9]\d{0,3}$/)), deviations: v.array(TEXT) };
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const KIT = v.pipe(TEXT, v.regex(KIT_TEXT));

/** What can be opened, each time with an intent before and an outcome after. */
export const OPENINGS = ['code-break', 'list opening', 'card making', 'rewrap', 'packing'] as const;
export type OpeningKind = (typeof OPENINGS)[number];

/** What can happen to a kit, in this order; a retraction takes back what was recorded by mistake. */
export const KIT_EVENTS = ['received', 'dispensed', 'returned', 'destroyed', 'retracted'] as const;
export type KitEvent = (typeof KIT_EVENTS)[number];

/** Which labels of a kit. */
export const LABEL_KINDS = ['outer', 'unit', 'outer and unit'] as const;
export type LabelKinds = (typeof LABEL_KINDS)[number];

/** Written before anything is opened: whose keys they were; null where they are nobody's. */
const KEY = { key: v.nullable(TEXT) };
/** Whose envelope is opened, for whom. */
const CODE_BREAK = {
  subject: TEXT,
  number: v.nullable(NUMBER),
  to: v.nullable(TEXT),
  ...KEY,
};
/** What came of the intent with that sequence; `error` is the error's code where it was refused. */
const OUTCOME = {
  intent: COUNT,
  result: v.picklist(['opened', 'refused']),
  error: v.nullable(TEXT),
};
/** A manifest that a batch has from now on; `rewrap` counts how often it was sealed anew. */
const MANIFESTS = v.array(v.strictObject({ batch: COUNT, rewrap: COUNT, manifest: DIGEST }));

/**
 * What the kinds of entry have of their own, and what it means that somebody stands under it (21 CFR
 * 11.50). Nothing in any of them depends on an arm.
 */
const ACTS = {
  /** A batch of the list. */
  allocation: { batch: COUNT, list: TEXT, manifest: DIGEST },
  randomization: {
    subject: SUBJECT,
    site: code(16),
    stratum: TEXT,
    number: NUMBER,
    kit: KIT,
    day1: DATE,
  },
  /** An injection that was given or missed; `corrects` is the entry that it takes the place of. */
  dose: {
    subject: SUBJECT,
    ...VISIT,
    date: DATE,
    result: v.picklist(['given', 'not done']),
    kit: v.nullable(KIT),
    corrects: v.nullable(COUNT),
  },
  /** A planned visit that is to be on another date. */
  move: { subject: SUBJECT, ...VISIT, from: DATE, date: DATE },
  /**
   * Labels of kits, made to be printed; for one participant where there is a subject. `reprints` are the
   * kits that had such labels before; `output` is the SHA-256 of all that was made.
   */
  labels: {
    labels: v.picklist(LABEL_KINDS),
    kits: v.array(KIT),
    reprints: v.array(KIT),
    count: COUNT,
    profile: TEXT,
    format: TEXT,
    output: DIGEST,
  },
  /**
   * Where a kit went, for drug accountability; `units` are how many of its units, null where something is
   * taken back; `corrects` is the entry that a retraction takes back.
   */
  kit: {
    kit: KIT,
    event: v.picklist(KIT_EVENTS),
    date: DATE,
    units: v.nullable(COUNT),
    corrects: v.nullable(COUNT),
  },
  /** To open the packing list: kit to arm. */
  'packing intent': { batches: v.array(COUNT), ...KEY },
  'packing outcome': OUTCOME,
  /**
   * To open one envelope; `to` is the recipient to whom alone the answer goes. With `kit` it is about what
   * is in that kit, which the subject was given, and not about the subject's own slot.
   */
  'code-break intent': { ...CODE_BREAK, kit: v.optional(KIT) },
  'code-break outcome': OUTCOME,
  /**
   * A code-break that could not be entered when it was made, `opened` then; `pending` is the SHA-256 of the
   * file that kept it. Its result is unknown if it ended before there was one.
   */
  'late code-break': {
    ...CODE_BREAK,
    kit: v.nullable(KIT),
    opened: v.pipe(TEXT, v.isoTimestamp()),
    result: v.picklist(['opened', 'refused', 'unknown']),
    error: v.nullable(TEXT),
    pending: DIGEST,
  },
  /** To open the whole list. */
  'list opening intent': KEY,
  'list opening outcome': OUTCOME,
  /** To print the code-break cards of some batches. */
  'card making intent': { batches: v.array(COUNT), ...KEY },
  'card making outcome': OUTCOME,
  /** To seal what is sealed to other people; from the outcome on the manifests in it hold. */
  'rewrap intent': KEY,
  'rewrap outcome': { ...OUTCOME, manifests: MANIFESTS },
  /** A torn last line was taken away; `removed` is what it was, in base64. */
  repair: { removed: TEXT },
} as const;

/** What who stands under an entry means by it. */
export const MEANINGS: Record<keyof typeof ACTS, string> = {
  allocation: 'made and sealed this batch of the allocation list',
  randomization: 'randomized this participant',
  dose: 'records what happened to this injection',
  move: 'moved this visit to another date',
  labels: 'made labels of these kits',
  kit: 'records where this kit went',
  'packing intent': 'is about to open the packing list: kit to arm',
  'packing outcome': 'what came of it, as randose recorded it',
  'code-break intent': "is about to open this participant's allocation",
  'code-break outcome': 'what came of it, as randose recorded it',
  'late code-break':
    "opened this participant's allocation when the ledger could not be written; entered late",
  'list opening intent': 'is about to open the whole allocation list',
  'list opening outcome': 'what came of it, as randose recorded it',
  'card making intent': 'is about to print the code-break cards',
  'card making outcome': 'what came of it, as randose recorded it',
  'rewrap intent': 'is about to seal everything to the people whom study.yaml now names',
  'rewrap outcome': 'what came of it, as randose recorded it',
  repair: 'took a torn last line out of the ledger',
};

const HEAD = {
  seq: COUNT,
  time: v.pipe(v.string(), v.isoTimestamp()),
  software: TEXT,
  study: DIGEST,
  who: WHO,
};
const ABOUT = { subject: v.nullable(TEXT), reason: v.nullable(TEXT), meaning: TEXT };
const TAIL = {
  signer: v.nullable(TEXT),
  prev: DIGEST,
  hash: DIGEST,
  signature: v.optional(TEXT),
};

type Entries<Action extends string, Own> = typeof HEAD & {
  readonly action: v.LiteralSchema<Action, undefined>;
} & Omit<typeof ABOUT, keyof Own> &
  Own &
  typeof TAIL;

/** The members in the order in which they are written. */
function entry<const Action extends string, const Own extends v.ObjectEntries>(
  action: Action,
  own: Own,
): v.StrictObjectSchema<Entries<Action, Own>, undefined> {
  const entries = { ...HEAD, action: v.literal(action), ...ABOUT, ...own, ...TAIL };
  return v.strictObject(entries as unknown as Entries<Action, Own>);
}

/** The shape of every entry, by its action; strict, so that nothing can be slipped in. */
export const ENTRY = v.variant('action', [
  entry('allocation', ACTS.allocation),
  entry('randomization', ACTS.randomization),
  entry('dose', ACTS.dose),
  entry('move', ACTS.move),
  entry('labels', ACTS.labels),
  entry('kit', ACTS.kit),
  entry('packing intent', ACTS['packing intent']),
  entry('packing outcome', ACTS['packing outcome']),
  entry('code-break intent', ACTS['code-break intent']),
  entry('code-break outcome', ACTS['code-break outcome']),
  entry('late code-break', ACTS['late code-break']),
  entry('list opening intent', ACTS['list opening intent']),
  entry('list opening outcome', ACTS['list opening outcome']),
  entry('card making intent', ACTS['card making intent']),
  entry('card making outcome', ACTS['card making outcome']),
  entry('rewrap intent', ACTS['rewrap intent']),
  entry('rewrap outcome', ACTS['rewrap outcome']),
  entry('repair', ACTS.repair),
]);

/**
 * One entry of the ledger: one act of one person.
 *
 * `seq` counts from 1; `time` is UTC, ISO 8601; `study` is the SHA-256 of study.yaml as it was then;
 * `subject` and `reason` are null where the act has none; `meaning` is what who stands under it means
 * by it; `signer` is the fingerprint of the ssh key that signs it, null where it is not signed; `prev`
 * is the hash of the entry before, 64 zeros for the first; `hash` covers all before itself, and
 * `signature`, an SSH signature of `seq:hash`, is behind it.
 */
export type Entry = v.InferOutput<typeof ENTRY>;
export type EntryOf<Action extends Entry['action']> = Extract<Entry, { action: Action }>;

/** What a command says of an act; the chain adds its place, the caller time and circumstances. */
export type Act = {
  [Action in Entry['action']]: Omit<
    EntryOf<Action>,
    | 'seq'
    | 'time'
    | 'software'
    | 'study'
    | 'meaning'
    | 'signer'
    | 'prev'
    | 'hash'
    | 'signature'
    | 'subject'
    | 'reason'
  > &
    Partial<Pick<EntryOf<Action>, 'subject' | 'reason'>>;
}[Entry['action']];

/** When and under which circumstances acts are entered. */
export type Circumstances = Pick<Entry, 'time' | 'software' | 'study' | 'signer'>;

/** The entries of one kind. */
export function entriesOf<Action extends Entry['action']>(
  entries: readonly Entry[],
  action: Action,
): EntryOf<Action>[] {
  return entries.filter((entry): entry is EntryOf<Action> => entry.action === action);
}
