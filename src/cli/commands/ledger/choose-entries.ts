import { RandoseError } from '../../../errors.ts';
import { kitsOfEntry, meantId, randomizations } from '../../../ledger/enrolment.ts';
import type { Entry } from '../../../ledger/entry.ts';
import { LikeIds } from '../../../ledger/like-ids.ts';
import { tellApart } from '../../../ledger/named-participant.ts';
import { alsoConcerned, participantOf } from '../../../ledger/openings.ts';
import { correctedIds, withCurrentIds } from '../../../ledger/subject-ids.ts';
import { subjectKey } from '../../../study/identifiers.ts';
import { nearestWord } from '../../../words.ts';
import type { LedgerFlags } from './command.ts';
import { kindOf } from './entry-kinds.ts';

/** The flags that choose entries. */
export const FILTERS = ['subject', 'kind', 'since', 'until', 'last'] as const;

/**
 * The entries that somebody asks for.
 *
 * @throws RandoseError `usage` if a flag cannot be read; `bad-data` if no entry is about such a participant
 */
export function chooseEntries(
  entries: readonly Entry[],
  { subject, kind, since, until, last }: LedgerFlags,
): Entry[] {
  const first = momentOf('--since', since);
  const end = momentOf('--until', until);
  requireInOrder(first, end);
  const count = countOf(last);
  const isAbout = subject === undefined ? () => true : aboutParticipant(entries, subject);
  const chosen = entries.filter((entry) => {
    return (
      isAbout(entry) &&
      (kind === undefined || kind.includes(kindOf(entry))) &&
      (first === undefined || entry.time >= first) &&
      (end === undefined || entry.time.slice(0, end.length) <= end)
    );
  });
  return count === undefined ? chosen : chosen.slice(-count);
}

/**
 * Finds the entries about a participant, who is named by randomization number, kit or any subject id that they have or
 * had.
 */
function aboutParticipant(entries: readonly Entry[], typed: string): (entry: Entry) => boolean {
  const idsOf = correctedIds(withCurrentIds(entries));
  const keyOf = (typedOrKept: string | null | undefined) => {
    const subject = typedOrKept?.trim() ?? '';
    return subjectKey(idsOf(subject)?.randomizedAs ?? subject);
  };
  const isNamed = (key: string) => (entry: Entry) =>
    [
      entry.subject,
      participantOf(entries, entry),
      ...alsoConcerned(entries, entry),
      ...(entry.action === 'randomization' ? [entry.replaces] : []),
    ].some((one) => keyOf(one) === key);
  const isTyped = isNamed(keyOf(typed));
  // An attempt with a mistyped id is on record under that id.
  if (entries.some(isTyped)) return isTyped;
  const naming = tellApart(typed, { entries, slots: [] });
  const holder = randomizations(entries).find((one) => {
    if (naming === undefined) return false;
    return one.number === naming.number || kitsOfEntry(one).includes(naming.kit ?? '');
  });
  if (holder !== undefined) return isNamed(keyOf(holder.subject));
  throw unknownParticipant(entries, typed);
}

function unknownParticipant(entries: readonly Entry[], typed: string): RandoseError {
  const subjects = randomizations(entries).map(({ subject }) => subject);
  const like = new LikeIds();
  for (const subject of subjects) like.add(subject);
  const alike = like.like(typed);
  const number = alike === undefined ? meantId(entries, typed).trim() : '';
  const near = alike ?? nearestWord(typed, subjects);
  const word = near === undefined ? '' : `Did you mean ${near}?`;
  const meant = [number, word].find((one) => one !== '');
  return new RandoseError(
    'bad-data',
    `no participant is called ${typed}${meant === undefined ? '' : `. ${meant}`}`,
    {
      hint: 'Name the participant by subject id, randomization number or kit code. To list participants, run: randose calendar',
    },
  );
}

/** How many entries. @throws RandoseError `usage` */
function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,6}$/.test(text.trim())) return Number(text);
  throw new RandoseError('usage', `--last: write a number, 1 or more, not "${text.slice(0, 40)}"`, {
    hint: 'For example: --last 10',
  });
}

/** @throws RandoseError `usage` if no entry can be in between */
function requireInOrder(since: string | undefined, until: string | undefined): void {
  if (since === undefined || until === undefined || until >= since.slice(0, until.length)) return;
  throw new RandoseError('usage', `--until ${until} is before --since ${since}`, {
    hint: 'For example: --since 2026-06-15 --until 2026-06-30',
  });
}

/** A day, or a time, as the beginning of an ISO 8601 instant. */
function momentOf(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const moment = text.trim().replace(' ', 'T').replace(/Z$/, '');
  const day = new Date(`${moment.slice(0, 10)}T00:00:00Z`);
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(moment.slice(0, 10));
  if (isDay && /^\d{4}-\d\d-\d\d(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?$/.test(moment))
    return moment;
  throw new RandoseError(
    'usage',
    `${flag}: write a day or a time in UTC, not "${text.slice(0, 40)}"`,
    {
      hint: 'For example: --since 2026-06-15 or --since 2026-06-15T03:00Z',
    },
  );
}
