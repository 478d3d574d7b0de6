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
/** A date of the calendar, `YYYY-MM-DD`, from 2000 to 2099. */
export const DATE = v.pipe(
  TEXT,
  v.check((text) => 'date' in parseCivilDate(text)),
  v.transform((text) => text as CivilDate),
);
/** The name of a visit, and the rules of the schedule that its date breaks. */
const VISIT = { visit: v.pipe(TEXT, v.regex(/^D-?[1-9]\d{0,3}$/)), deviations: v.array(TEXT) };
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const KIT = v.pipe(TEXT, v.regex(KIT_TEXT));
const KIT_TYPE = code(24);
const MONTH = v.pipe(TEXT, v.regex(/^20\d\d-(0[1-9]|1[0-2])$/));

/** How much was given, if somebody says so: the amount in their words, and the weight in kg for which it was. */
const AS_GIVEN = {
  amount: v.optional(TEXT),
  weight: v.optional(v.pipe(TEXT, v.regex(/^\d{1,3}(\.\d)?$/))),
};

/** What can be opened, each time with an intent before and an outcome after. */
export const OPENINGS = [
  ...(['code-break', 'list opening', 'card making', 'rewrap', 'packing'] as const),
  ...(['masked table', 'letter opening', 'reveal', 'preparation'] as const),
] as const;
export type OpeningKind = (typeof OPENINGS)[number];

/**
 * What can happen to a kit. It is `returned` by a participant, and `returned to depot` by a site. A quarantined kit is on
 * hold until it is released; a retraction takes back what was recorded by mistake.
 */
export const KIT_EVENTS = [
  ...(['shipped', 'received', 'dispensed', 'returned', 'returned to depot', 'destroyed'] as const),
  ...(['lost', 'quarantined', 'released', 'retracted'] as const),
] as const;
export type KitEvent = (typeof KIT_EVENTS)[number];

/** Which labels of a kit; `use-by` are additional labels with a changed date. */
export const LABEL_KINDS = ['outer', 'unit', 'outer and unit', 'use-by'] as const;
export type LabelKinds = (typeof LABEL_KINDS)[number];

/** Written before anything is opened: whose keys are used; null if study.yaml names nobody with them. */
const KEY = { key: v.nullable(TEXT) };
/** Whose envelope is opened, for whom. */
const CODE_BREAK = {
  subject: TEXT,
  number: v.nullable(NUMBER),
  to: v.nullable(TEXT),
  ...KEY,
};
/** The result of the intent with that sequence; `error` is the error's code if it was refused. */
const OUTCOME = {
  intent: COUNT,
  result: v.picklist(['opened', 'refused']),
  error: v.nullable(TEXT),
};
/** A manifest that a batch has from now on; `rewrap` counts how often the batch was rewrapped. */
const MANIFESTS = v.array(v.strictObject({ batch: COUNT, rewrap: COUNT, manifest: DIGEST }));

/** A kind of entry: what the person who is named in it means by it (21 CFR 11.50), and its own members. */
function kind<const Own extends v.ObjectEntries>(meaning: string, own: Own) {
  return { meaning, own };
}

const RESULT = 'the result, as randose recorded it';

/** Every kind of entry. Nothing in any of them depends on an arm. */
const KINDS = {
  /** A batch of the list. */
  allocation: kind('made and sealed this batch of the allocation list', {
    batch: COUNT,
    list: TEXT,
    manifest: DIGEST,
  }),
  randomization: kind('randomized this participant', {
    subject: SUBJECT,
    site: code(16),
    stratum: TEXT,
    number: NUMBER,
    /** Absent if the study has no kits. */
    kit: v.optional(KIT),
    /** The kits of all kit types, the one in `kit` first; absent if all kits of the study are alike. */
    kits: v.optional(v.array(v.strictObject({ type: KIT_TYPE, kit: KIT }))),
    /** Absent if the study has no schedule. */
    day1: v.optional(DATE),
    /** What the protocol or the plan does not allow; absent if there is nothing. */
    deviations: v.optional(v.array(TEXT)),
    /** The participant in whose place this one is, by the id at randomization; absent if there is none. */
    replaces: v.optional(SUBJECT),
  }),
  /**
   * An injection that was given or missed; `corrects` is the entry that it replaces. A retraction takes back the
   * entry in `corrects`, whose date and kit it repeats: the injection is planned again. `otherKit` is a kit that
   * does not belong to the study, as it is written on it; then `kit` is null.
   */
  dose: kind('records what happened to this injection', {
    subject: SUBJECT,
    ...VISIT,
    date: DATE,
    result: v.picklist(['given', 'not done', 'retracted']),
    kit: v.nullable(KIT),
    corrects: v.nullable(COUNT),
    otherKit: v.optional(TEXT),
    ...AS_GIVEN,
  }),
  /**
   * An injection that the schedule does not have. A retraction takes back the entry in `corrects`, whose date and kit
   * it repeats.
   */
  'additional dose': kind('records an injection that the schedule does not have', {
    subject: SUBJECT,
    deviations: v.array(TEXT),
    date: DATE,
    result: v.picklist(['given', 'retracted']),
    kit: v.nullable(KIT),
    corrects: v.nullable(COUNT),
    otherKit: v.optional(TEXT),
    ...AS_GIVEN,
  }),
  /**
   * Assessments of a visit that took place on a date, or were missed; `corrects` is the entry that it replaces, for
   * these assessments. A retraction takes them back out of that entry: they are planned again.
   */
  attendance: kind('records what happened to these assessments', {
    subject: SUBJECT,
    ...VISIT,
    assessments: v.pipe(v.array(TEXT), v.minLength(1)),
    date: DATE,
    result: v.picklist(['done', 'not done', 'retracted']),
    corrects: v.nullable(COUNT),
  }),
  /**
   * A planned visit that gets another date. With `retracts` it takes back that move: the visit goes from the date
   * of the move to the one before.
   */
  move: kind('moved this visit to another date', {
    subject: SUBJECT,
    ...VISIT,
    from: DATE,
    date: DATE,
    retracts: v.optional(COUNT),
  }),
  /**
   * Labels of kits, made to be printed; for one participant if there is a subject. `reprints` are the kits
   * that had such labels before; `output` is the SHA-256 of all files that were made. `printed` is the lot and
   * the expiry (`YYYY-MM`) that the labels of each batch of the list and kit type show, null if they do not show it; it is
   * left out if they show neither. `units` is how many units a kit had when they were made, of each kit type; older
   * entries, and those of use-by labels or of single units, lack it.
   */
  labels: kind('made labels of these kits', {
    labels: v.picklist(LABEL_KINDS),
    kits: v.array(KIT),
    reprints: v.array(KIT),
    count: COUNT,
    profile: TEXT,
    format: TEXT,
    output: DIGEST,
    printed: v.optional(
      v.array(
        v.strictObject({
          batch: COUNT,
          type: v.exactOptional(KIT_TYPE),
          lot: v.nullable(TEXT),
          expiry: v.nullable(MONTH),
        }),
      ),
    ),
    units: v.optional(v.array(v.strictObject({ type: v.exactOptional(KIT_TYPE), units: COUNT }))),
  }),
  /**
   * An event of a kit, for drug accountability; `units` is how many of its units, null if a record is
   * retracted; `corrects` is the entry that a retraction takes back. `deviations` are the rules that it breaks,
   * with the reason; it is left out if there are none. A shipped kit goes from a site, or from the depot (null), `to`
   * another site; one that is returned to the depot comes `from` a site. `site` is where a kit was received, if that is
   * not where it should have been.
   */
  kit: kind('records where this kit went', {
    kit: KIT,
    event: v.picklist(KIT_EVENTS),
    date: DATE,
    units: v.nullable(COUNT),
    corrects: v.nullable(COUNT),
    deviations: v.optional(v.array(TEXT)),
    from: v.optional(v.nullable(code(16))),
    to: v.optional(code(16)),
    site: v.optional(code(16)),
  }),
  /** Somebody is about to open the packing list, which has the arm of each kit. */
  'packing intent': kind('is about to open the packing list: kit to arm', {
    batches: v.array(COUNT),
    ...KEY,
  }),
  'packing outcome': kind(RESULT, OUTCOME),
  /**
   * Somebody is about to open one envelope; `to` is the only recipient of the answer. With `kit` it is about
   * the contents of that kit, which the subject was given, and not about the subject's own slot.
   */
  'code-break intent': kind("is about to open this participant's allocation", {
    ...CODE_BREAK,
    kit: v.optional(KIT),
  }),
  'code-break outcome': kind(RESULT, OUTCOME),
  /**
   * A code-break that could not be entered when it was made, at `opened`; `pending` is the SHA-256 of the
   * file that kept it, or the hash of its entry in the ledger of a copy of the folder.
   * If somebody typed it from a signed paper, `enteredBy` is that person, and `pending` the SHA-256 of what was typed. Its result is unknown if it ended before there was one.
   */
  'late code-break': kind(
    "opened this participant's allocation when the ledger could not be written; entered late",
    {
      ...CODE_BREAK,
      kit: v.nullable(KIT),
      opened: v.pipe(TEXT, v.isoTimestamp()),
      result: v.picklist(['opened', 'refused', 'unknown']),
      error: v.nullable(TEXT),
      pending: DIGEST,
      enteredBy: v.optional(WHO),
    },
  ),
  /** In a study that is open label: somebody is about to reveal the arm of a participant who was just randomized. */
  'reveal intent': kind("is about to reveal this participant's arm; the study is open label", {
    subject: SUBJECT,
    number: NUMBER,
    ...KEY,
  }),
  'reveal outcome': kind(RESULT, OUTCOME),
  /**
   * An officer is about to seal the arm of a participant to a preparer, `to`, whose name study.yaml has. Nobody else
   * sees it.
   */
  'preparation intent': kind("is about to seal this participant's arm to a preparer", {
    subject: SUBJECT,
    number: NUMBER,
    preparer: TEXT,
    to: TEXT,
    ...KEY,
  }),
  'preparation outcome': kind(RESULT, OUTCOME),
  /** Somebody is about to open the whole list. */
  'list opening intent': kind('is about to open the whole allocation list', KEY),
  'list opening outcome': kind(RESULT, OUTCOME),
  /**
   * Somebody is about to open the list to make a table with letters instead of arms, for an interim look: of the
   * participants who were randomized until a date, or of their injections. `letters` is the purpose of the table for
   * which the letters were drawn: of this one, or of an earlier one. `table` is the SHA-256 of the table, null if it
   * was refused.
   */
  'masked table intent': kind('is about to make a masked table, without arms', {
    purpose: TEXT,
    until: DATE,
    rows: v.picklist(['participants', 'injections']),
    letters: TEXT,
    ...KEY,
  }),
  'masked table outcome': kind(RESULT, { ...OUTCOME, table: v.nullable(DIGEST) }),
  /** Somebody is about to learn which arms the letters of masked tables are; `to` is the only recipient of the answer. */
  'letter opening intent': kind('is about to open the letters of masked tables', {
    letters: TEXT,
    to: v.nullable(TEXT),
    ...KEY,
  }),
  'letter opening outcome': kind(RESULT, OUTCOME),
  /** Somebody is about to print the code-break cards of some batches. */
  'card making intent': kind('is about to print the code-break cards', {
    batches: v.array(COUNT),
    ...KEY,
  }),
  'card making outcome': kind(RESULT, OUTCOME),
  /** Somebody is about to encrypt everything for other people. The manifests in the outcome are in force from then on. */
  'rewrap intent': kind(
    'is about to re-encrypt everything for the people now listed in study.yaml',
    KEY,
  ),
  'rewrap outcome': kind(RESULT, { ...OUTCOME, manifests: MANIFESTS }),
  /**
   * An amendment of study.yaml that is in force from `from` on. `digest` covers everything that it says; `applies`
   * says whether it is for those who are randomized later, or for everyone.
   */
  amendment: kind('put this protocol amendment in force', {
    amendment: code(20),
    from: DATE,
    applies: v.picklist(['later participants', 'everyone']),
    digest: DIGEST,
  }),
  /**
   * A participant who was randomized before an amendment has its schedule from `from` on. With `retracts` it takes that
   * entry back, whose members it repeats.
   */
  'amendment consent': kind('moved this participant to the amendment, with their consent', {
    subject: SUBJECT,
    amendment: code(20),
    from: DATE,
    retracts: v.optional(COUNT),
  }),
  /** The true levels of factors with which a participant was randomized wrongly; slot and stratum stay. */
  'stratum correction': kind('corrected the levels of this participant', {
    subject: SUBJECT,
    levels: v.array(v.strictObject({ factor: TEXT, level: TEXT })),
  }),
  /**
   * The id of a participant was mistyped. `subject` is the id at randomization, under which all records stay; `newId`
   * is the one that counts from now on. Neither is ever free for another participant.
   */
  'subject correction': kind('corrected the id of this participant', {
    subject: SUBJECT,
    newId: SUBJECT,
  }),
  /**
   * A participant who stops: with the treatment, or with the whole study, after `date`. With `retracts` it takes that
   * entry back, whose members it repeats.
   */
  withdrawal: kind('recorded that this participant was withdrawn', {
    subject: SUBJECT,
    date: DATE,
    from: v.picklist(['treatment', 'study']),
    retracts: v.optional(COUNT),
  }),
  /**
   * Another site takes over a participant, from `date` on; slot and stratum stay. With `retracts` it takes that entry
   * back, whose members it repeats.
   */
  transfer: kind('transferred this participant to another site', {
    subject: SUBJECT,
    from: code(16),
    to: code(16),
    date: DATE,
    retracts: v.optional(COUNT),
  }),
  /** A participant who should not have been randomized; the slot stays used. */
  'randomization in error': kind('recorded that this participant was randomized in error', {
    subject: SUBJECT,
    retracts: v.optional(COUNT),
  }),
  /** From here on nothing is recorded of participants, visits and kits. */
  lock: kind('locked the database', {}),
  unlock: kind('unlocked the database', {}),
  /** An incomplete last line was removed; `removed` is its bytes, in base64. */
  repair: kind('removed an incomplete last line from the ledger', { removed: TEXT }),
  /**
   * study.yaml was brought back as an earlier entry names it; `study` is its digest, as always. `replaced` is the
   * SHA-256 of the file that it replaced; null if there was none.
   */
  'study restoration': kind('brought back study.yaml as it was accepted before', {
    replaced: v.nullable(DIGEST),
  }),
  /** The last entry of a ledger file whose entries went to a database: nothing may be added to the file. */
  continuation: kind('moved this ledger to a database, where it is continued', {
    store: v.picklist(['postgres']),
  }),
} as const;

type Kinds = typeof KINDS;
export type Action = keyof Kinds;

/** Every kind of entry. */
export const ACTIONS = Object.keys(KINDS) as readonly Action[];
const BY_NAME: ReadonlyMap<string, Action> = new Map(ACTIONS.map((action) => [action, action]));

/** The kind of entry with a name; undefined if there is none. */
export function actionNamed(name: string): Action | undefined {
  return BY_NAME.get(name);
}

/** What the person who is named in an entry of this kind means. */
export function meaningOf(action: Action): string {
  return KINDS[action].meaning;
}

const HEAD = {
  seq: COUNT,
  time: v.pipe(v.string(), v.isoTimestamp()),
  software: TEXT,
  study: DIGEST,
  who: WHO,
};
const ABOUT = { subject: v.nullable(TEXT), reason: v.nullable(TEXT), meaning: TEXT };
/**
 * The members that identify an act. `id` is random, 32 hexadecimal digits: an act that is sent twice is
 * entered once, and nobody can guess an entry from its hash. `seen` is the newest head that the signer had
 * seen, and when they signed; null if nobody signs. Older ledgers have neither.
 */
const IDENTITY = {
  id: v.optional(v.pipe(TEXT, v.regex(/^[0-9a-f]{32}$/))),
  seen: v.optional(
    v.nullable(
      v.strictObject({
        head: v.pipe(TEXT, v.regex(/^\d+:[0-9a-f]{64}$/)),
        time: v.pipe(TEXT, v.isoTimestamp()),
      }),
    ),
  ),
};
const TAIL = {
  ...IDENTITY,
  signer: v.nullable(TEXT),
  prev: DIGEST,
  hash: DIGEST,
  signature: v.optional(TEXT),
};

type Members<One extends Action> = typeof HEAD & {
  readonly action: v.LiteralSchema<One, undefined>;
} & Omit<typeof ABOUT, keyof Kinds[One]['own']> &
  Kinds[One]['own'] &
  typeof TAIL;

type Shapes = { readonly [One in Action]: v.StrictObjectSchema<Members<One>, undefined> };

/** The shape of each kind, its members in the order in which they are written. An entry can have no other members. */
const SHAPES = Object.fromEntries(
  Object.entries(KINDS).map(([action, { own }]) => {
    const members = { ...HEAD, action: v.literal(action), ...ABOUT, ...own, ...TAIL };
    return [action, v.strictObject(members)];
  }),
) as unknown as Shapes;

/** The shape of every entry, by its action. */
export const ENTRY = v.variant('action', Object.values<Shapes[Action]>(SHAPES));

/** The shape of a kind of entry. */
export function shapeOf(action: Action): { readonly entries: v.ObjectEntries } {
  return SHAPES[action];
}

/** The names of the members of a kind of entry, in the order in which they are written. */
export function membersOf(action: Action): readonly string[] {
  return Object.keys(SHAPES[action].entries);
}

/**
 * One entry of the ledger: one act of one person.
 *
 * `seq` counts from 1; `time` is UTC, ISO 8601; `study` is the SHA-256 of study.yaml as it was then;
 * `subject` and `reason` are null if the act has none; `meaning` is what the person in `who` means; `signer`
 * is the fingerprint of the ssh key that signs the act, null if nobody signs; `prev` is the hash of the entry
 * before, 64 zeros for the first; `hash` covers everything before itself. `signature` comes after it: an SSH
 * signature of the act without its place in the chain (see `actText` in chain.ts). If the entry has no `id`,
 * it is a signature of `seq:hash`.
 */
export type Entry = v.InferOutput<typeof ENTRY>;
export type EntryOf<Action extends Entry['action']> = Extract<Entry, { action: Action }>;

/** The members of an entry that a command gives. The chain adds its place, the caller its time and circumstances. */
export type Act = {
  [Action in Entry['action']]: Omit<
    EntryOf<Action>,
    | 'seq'
    | 'time'
    | 'software'
    | 'study'
    | 'meaning'
    | 'id'
    | 'seen'
    | 'signer'
    | 'prev'
    | 'hash'
    | 'signature'
    | 'subject'
    | 'reason'
  > &
    Partial<Pick<EntryOf<Action>, 'subject' | 'reason'>>;
}[Entry['action']];

/** The circumstances of an act: which software, under which study.yaml, and who signs what they have seen. */
export interface Circumstances {
  readonly software: string;
  readonly study: string;
  /** The fingerprint of the ssh key that signs; null if nobody signs. */
  readonly signer: string | null;
  /** Null if nobody signs. */
  readonly seen: NonNullable<Entry['seen']> | null;
}

/** The entries of one kind. */
export function entriesOf<Action extends Entry['action']>(
  entries: readonly Entry[],
  action: Action,
): EntryOf<Action>[] {
  return entries.filter((entry): entry is EntryOf<Action> => entry.action === action);
}
