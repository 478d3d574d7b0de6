import type { Problem } from '../errors.ts';
import { subjectKey } from '../study/identifiers.ts';
import { findRandomization, randomizations } from './enrolment.ts';
import { entriesOf, type Entry, type EntryOf, type OpeningKind, OPENINGS } from './entry.ts';
import { entryProblem } from './entry-problem.ts';
import { momentText } from './times.ts';
import { listed } from '../words.ts';
import { formatWho, type Who } from './who.ts';

/** An attempt to open a sealed file, with its result. */
interface Opening<Kind extends OpeningKind = OpeningKind> {
  readonly intent: EntryOf<`${Kind} intent`>;
  /** Undefined if the process ended in between: somebody may have seen the content. */
  readonly outcome: EntryOf<`${OpeningKind} outcome`> | undefined;
}

/** All attempts of one kind, in their order. */
export function openingsOf<Kind extends OpeningKind>(
  entries: readonly Entry[],
  kind: Kind,
): Opening<Kind>[] {
  const widened: OpeningKind = kind;
  const outcomes = entriesOf(entries, `${widened} outcome`);
  const byIntent = new Map(outcomes.map((outcome) => [outcome.intent, outcome]));
  const intents = entriesOf(entries, `${kind} intent` as const);
  return intents.map((intent) => ({ intent, outcome: byIntent.get(intent.seq) }));
}

/** The result of each attempt at a code-break, also of those that were entered late. */
export function codeBreaksOf(
  entries: readonly Entry[],
): { outcome: { readonly result: string } | undefined }[] {
  const late = entriesOf(entries, 'late code-break').map(({ result }) => {
    return { outcome: result === 'unknown' ? undefined : { result } };
  });
  return [...openingsOf(entries, 'code-break'), ...late];
}

/**
 * Whom an entry is about: the participant that it names; or, if it names none, the one who has its number, as when the
 * ledger could not be read and a code-break was asked for by number.
 *
 * @returns the text of the entry if nobody is known under it; undefined if the entry is about no participant
 */
export function participantOf(entries: readonly Entry[], entry: Entry): string | undefined {
  const { subject } = entry;
  if (subject === null) return undefined;
  const asked = 'intent' in entry ? entries.find(({ seq }) => seq === entry.intent) : entry;
  const isCodeBreak = asked?.action === 'code-break intent' || asked?.action === 'late code-break';
  // With a kit, the number is the kit's, and the subject is who was given it.
  if (!isCodeBreak || (asked.kit ?? null) !== null) return subject;
  return slotOf(entries, asked)?.subject ?? subject;
}

/**
 * The participant and the number of a code-break of somebody's own slot. If its entry has neither, as with a kit that no
 * readable list had, its outcome has what the envelope said.
 */
function slotOf(
  entries: readonly Entry[],
  { seq, action, subject, number }: EntryOf<'code-break intent' | 'late code-break'>,
): EntryOf<'randomization'> | undefined {
  const named = findRandomization(entries, subject) ?? holderOf(entries, number ?? subject);
  if (named !== undefined || number !== null || action !== 'code-break intent') return named;
  const outcome = entriesOf(entries, 'code-break outcome').find(({ intent }) => intent === seq);
  const said = outcome?.subject ?? '';
  return findRandomization(entries, said) ?? holderOf(entries, said);
}

function holderOf(
  entries: readonly Entry[],
  number: string | null,
): EntryOf<'randomization'> | undefined {
  return randomizations(entries).find((one) => one.number === number);
}

/**
 * The other participants whom a code-break concerns: the one who has the number of a kit that was opened as given to
 * somebody else, and the one whose card was used by mistake. They may be unblinded too.
 */
export function alsoConcerned(entries: readonly Entry[], entry: Entry): string[] {
  const asked = 'intent' in entry ? entries.find(({ seq }) => seq === entry.intent) : entry;
  if (asked?.action !== 'code-break intent' && asked?.action !== 'late code-break') return [];
  const ofKit = (asked.kit ?? null) === null ? null : asked.number;
  const numbers = [ofKit, cardOf(asked)];
  return randomizations(entries)
    .filter(({ number }) => numbers.includes(number))
    .map(({ subject }) => subject);
}

/** A code-break in which somebody has seen an arm, or may have. It never has the arm. */
export interface EarlierOpening {
  readonly seq: number;
  /** The participant, also if the entry names only the number. */
  readonly subject: string;
  readonly number: string | null;
  /** Whether it was opened with a code-break card. */
  readonly isByCard: boolean;
  /** If the contents of another kit were asked for, which the subject was given. */
  readonly kit: string | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly who: Who;
  /** Whose keys were used, if there were several: a threshold's. */
  readonly keys: readonly string[];
  /** False if the attempt has no outcome. */
  readonly isCertain: boolean;
}

/** The code-breaks of a ledger that were not refused, by the time at which they took place. */
export function earlierOpenings(entries: readonly Entry[]): EarlierOpening[] {
  const usual = openingsOf(entries, 'code-break')
    .filter(({ outcome }) => outcome?.result !== 'refused')
    .map(({ intent, outcome }) => ({
      ...openedOf(entries, intent),
      kit: intent.kit ?? null,
      time: intent.time,
      isCertain: outcome !== undefined,
    }));
  const late = entriesOf(entries, 'late code-break')
    .filter(({ result }) => result !== 'refused')
    .map((entry) => ({
      ...openedOf(entries, entry),
      kit: entry.kit,
      time: entry.opened,
      isCertain: entry.result === 'opened',
    }));
  return [...usual, ...late].toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)));
}

function openedOf(
  entries: readonly Entry[],
  entry: EntryOf<'code-break intent' | 'late code-break'>,
) {
  const { seq, who, key } = entry;
  const isOfKit = (entry.kit ?? null) !== null;
  const slot = isOfKit ? undefined : slotOf(entries, entry);
  const subject = slot?.subject ?? entry.subject;
  const number = entry.number ?? slot?.number ?? null;
  const keys = key?.includes(BETWEEN_KEYS) === true ? key.split(BETWEEN_KEYS) : [];
  return { seq, subject, number, who, keys, isByCard: isWithCard(entry) };
}

/** Whether the key of a code-break is a card's. */
export function isWithCard({ key }: { readonly key: string | null }): boolean {
  return key?.startsWith(CARD_OF) === true;
}

/** What is between the names of several keys in an entry. */
export const BETWEEN_KEYS = '; ';

/** The number of the card with which a code-break was asked for; undefined if it was another key, or several. */
export function cardOf({ key }: { readonly key: string | null }): string | undefined {
  return isWithCard({ key }) && key?.includes(';') === false
    ? key.slice(CARD_OF.length)
    : undefined;
}

/** What a key is called in the ledger if it is on a code-break card: this, and the number. */
export const CARD_OF = 'code-break card of ';

/** What the ledger has for a participant whom nothing names before the envelope is opened, or whose id may not be kept. */
export const NO_SUBJECT = '(no subject id)';

/** What is shown and written in the place of the key's holder if study.yaml names nobody with the key. */
export const NO_KEY = 'not in study.yaml';

/** The earlier openings of a participant, or of the slot with a number. */
export function openingsOfSlot(
  entries: readonly Entry[],
  {
    subject,
    number,
  }: { readonly subject: string | undefined; readonly number: string | undefined },
): EarlierOpening[] {
  const key = subject === undefined ? undefined : subjectKey(subject);
  return earlierOpenings(entries).filter((one) => {
    return one.number === number || subjectKey(one.subject) === key;
  });
}

/**
 * When the arm of each participant was first opened in a code-break: that of the slot, or that of another kit which
 * the participant was given. An attempt that was refused, or that has no outcome, does not count.
 *
 * @returns for a participant: ISO 8601, UTC; undefined if the arm was never opened
 */
export function firstCodeBreaks(
  entries: readonly Entry[],
): (participant: Pick<EntryOf<'randomization'>, 'subject' | 'number'>) => string | undefined {
  const opened = earlierOpenings(entries).filter(({ isCertain }) => isCertain);
  return ({ subject, number }) => {
    const key = subjectKey(subject);
    // They are in the order of their times.
    return opened.find((one) => one.number === number || subjectKey(one.subject) === key)?.time;
  };
}

/**
 * When the arm of each participant was first revealed, in a study that is open label. A code-break is none.
 *
 * @returns for a subject id: ISO 8601, UTC; undefined if it never was
 */
export function firstReveals(entries: readonly Entry[]): (subject: string) => string | undefined {
  const revealed = openingsOf(entries, 'reveal').filter(({ outcome }) => {
    return outcome?.result === 'opened';
  });
  const first = new Map(
    revealed.toReversed().map(({ intent }) => [subjectKey(intent.subject), intent.time]),
  );
  return (subject) => first.get(subjectKey(subject));
}

/** The earlier preparations for a participant that were not refused: when the arm was sealed to a preparer, and to whom. */
export function preparationsFor(
  entries: readonly Entry[],
  subject: string,
): EntryOf<'preparation intent'>[] {
  return openingsOf(entries, 'preparation')
    .filter(({ outcome }) => outcome?.result !== 'refused')
    .map(({ intent }) => intent)
    .filter((intent) => subjectKey(intent.subject) === subjectKey(subject));
}

/**
 * Checks that every reveal, and every preparation, is about somebody who was randomized before it and has its number,
 * and that arms are revealed only in a study that is open label.
 *
 * @param isOpenLabel undefined if study.yaml cannot be read
 * @returns each discrepancy, by line of the ledger
 */
export function checkOpenedParticipants(
  entries: readonly Entry[],
  isOpenLabel: boolean | undefined,
): Problem[] {
  return entries.flatMap((entry, index) => {
    const { action } = entry;
    if (action !== 'reveal intent' && action !== 'preparation intent') return [];
    const { subject, number } = entry;
    const had = findRandomization(entries.slice(0, index), subject)?.number;
    const does = action === 'reveal intent' ? 'reveals' : 'prepares';
    return [
      ...(isOpenLabel === false && action === 'reveal intent'
        ? ['reveals an arm, but study.yaml does not say blinding: open label']
        : []),
      ...(had === number ? [] : [`${does} ${number}, but ${subject} had ${had ?? 'no number'}`]),
    ].map((message) => entryProblem(entry, message));
  });
}

/** The code-breaks that name neither a participant nor a number, such as those by a kit code while the ledger was missing. */
export function openingsOfNobody(entries: readonly Entry[]): EarlierOpening[] {
  // The opening of a participant who is known has their number.
  return earlierOpenings(entries).filter(({ number, kit }) => number === null && kit === null);
}

/** That a code-break names nobody, and what to do about it, as a sentence. */
export function ofNobodyText(opening: EarlierOpening): string {
  const { seq, time, who } = opening;
  return `ledger entry ${seq} is a code-break on ${momentText(time)}, by ${formatWho(who)}, and names no participant and no number. Ask who was opened. Then enter a signed note about it for that participant: randose ledger --enter-paper SUBJECT`;
}

/** When somebody was opened, by whom, and where it is in the ledger. */
export function earlierOpeningText(opening: EarlierOpening): string {
  const { seq, subject, kit, time, who, keys, isByCard, isCertain } = opening;
  const given = kit === null ? '' : `, kit ${kit}, as given to ${subject}`;
  const what = `${given}${isByCard ? ', with the card' : ''}`;
  const doubt = isCertain ? '' : ', without an outcome: somebody may have seen the arm';
  const withKeys = keys.length === 0 ? '' : `, with the keys of ${listed(keys)}`;
  return `${momentText(time)}${what}, by ${formatWho(who)}${withKeys} (ledger ${seq})${doubt}`;
}

/** The batches whose code-break cards were printed, or whose packing list was opened, by the ledger. */
export function batchesOpened(
  entries: readonly Entry[],
  kind: 'card making' | 'packing',
): Set<number> {
  const made = openingsOf(entries, kind).filter(({ outcome }) => {
    return outcome?.result !== 'refused';
  });
  return new Set(made.flatMap(({ intent }) => intent.batches));
}

/**
 * Checks that every intent of a code-break names the number that its subject had, that every outcome belongs
 * to one earlier intent of its kind, and that every intent has an outcome.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkOpenings(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  for (const kind of OPENINGS) problems.push(...checkOutcomes(entries, kind));
  const refused = new Set(
    entriesOf(entries, 'code-break outcome')
      .filter(({ result }) => result === 'refused')
      .map(({ intent }) => intent),
  );
  for (const [index, entry] of entries.entries()) {
    if (entry.action !== 'code-break intent' || entry.kit !== undefined) continue;
    const number = findRandomization(entries.slice(0, index), entry.subject)?.number ?? null;
    if (number === entry.number) continue;
    // A site that asks for a participant of another one is refused, and whoever opens by number may not know whose it is.
    const isRefused = entry.number === null && refused.has(entry.seq);
    if (isRefused || entry.subject === NO_SUBJECT) continue;
    const had = number ?? 'no number';
    const message = `is about ${entry.number ?? 'no number'}, but ${entry.subject} had ${had}`;
    problems.push(entryProblem(entry, message));
  }
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** Whether a problem is an opening without an outcome. It stays for ever, and does not concern sealed files. */
export function isWithoutOutcome({ message }: Problem): boolean {
  return message.includes(NO_OUTCOME);
}

const NO_OUTCOME = 'has no outcome: somebody may have seen';

/** What somebody may have seen if an opening has no outcome. */
const SEEN: Record<OpeningKind, string> = {
  'code-break': 'the arm',
  reveal: 'the arm',
  preparation: 'the arm',
  'list opening': 'the list',
  'masked table': 'the list',
  'letter opening': 'the arms of the letters',
  'card making': 'the cards',
  rewrap: 'the sealed files',
  packing: 'the arm of each kit',
};

function checkOutcomes(entries: readonly Entry[], kind: OpeningKind): Problem[] {
  const problems: Problem[] = [];
  const open = new Map<number, Problem>();
  for (const entry of entries) {
    if (entry.action === `${kind} intent`) {
      const whose =
        'subject' in entry && entry.subject !== null
          ? `the ${kind} of ${entry.subject}`
          : `the ${kind}`;
      const message = `${whose} ${NO_OUTCOME} ${SEEN[kind]}`;
      open.set(entry.seq, entryProblem(entry, message));
    }
    if (entry.action !== `${kind} outcome` || !('intent' in entry)) continue;
    if (!open.delete(entry.intent)) {
      problems.push(
        entryProblem(
          entry,
          `is the outcome of entry ${entry.intent}, which is not an intent or already has an outcome`,
        ),
      );
    }
    if ((entry.result === 'opened') !== (entry.error === null)) {
      problems.push(
        entryProblem(entry, 'says opened but has an error, or says refused but has no error'),
      );
    }
  }
  return [...problems, ...open.values()];
}
