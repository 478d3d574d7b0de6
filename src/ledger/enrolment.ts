import { type Checked, type Problem, RandoseError } from '../errors.ts';
import { kitKey } from '../randomization/kit-check.ts';
import { isReplacementSlot, ordinarySlots, ownKits, type Slot } from '../randomization/list.ts';
import { subjectKey } from '../study/identifiers.ts';
import { siteFactsOfStratum, stratumOf } from '../study/sections/strata.ts';
import { valueAt } from '../study/sections/stratify-by.ts';
import type { Site, Study } from '../study/study.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import { areAlike } from './like-ids.ts';
import { correctedIds, subjectIds } from './subject-ids.ts';
import { hyphenHint } from '../study/look-alike-hyphens.ts';
import { ADD_SLOTS } from '../words.ts';
import { dayText } from './times.ts';
import type { Participant } from './participants.ts';

/** A participant's slot, as the ledger records it. */
export type Assignment = Pick<
  EntryOf<'randomization'>,
  'subject' | 'site' | 'stratum' | 'number' | 'kit' | 'kits' | 'day1' | 'deviations' | 'replaces'
>;

/** The randomizations of a ledger, in their order. */
export function randomizations(entries: readonly Entry[]): EntryOf<'randomization'>[] {
  return entriesOf(entries, 'randomization');
}

/** Finds a participant's randomization by any id that they have or had; undefined if there is none. Case is ignored. */
export function findRandomization(
  entries: readonly Entry[],
  subject: string,
): EntryOf<'randomization'> | undefined {
  const all = randomizations(entries);
  const isNamed = (key: string) => (entry: EntryOf<'randomization'>) =>
    subjectKey(entry.subject) === key;
  const own = all.find(isNamed(subjectKey(subject.trim())));
  if (own !== undefined) return own;
  const ids = correctedIds(entries)(subject)?.all;
  return ids?.map((id) => all.find(isNamed(subjectKey(id)))).find((one) => one !== undefined);
}

/** The participant's randomization. @throws RandoseError `bad-data` if there is none */
export function requireRandomization(
  entries: readonly Entry[],
  subject: string,
): EntryOf<'randomization'> {
  const randomization = findRandomization(entries, subject);
  if (randomization !== undefined) return randomization;
  const other = byNumberOrKit(entries, subject);
  if (other !== undefined) {
    const what =
      other.number.toUpperCase() === subjectKey(subject.trim()) ? 'randomization number' : 'kit';
    throw new RandoseError(
      'bad-data',
      `"${subject}" is the ${what} of ${other.subject}, not a subject id`,
      {
        hint: `For this participant, type: --subject ${other.subject}`,
      },
    );
  }
  throw new RandoseError('bad-data', `subject "${subject}" is not randomized in this study`, {
    hint: `${meantId(entries, subject)}${hyphenHint(subject)}Check the subject id. To list participants, run: randose calendar`,
  });
}

/**
 * `Did you mean CRT-001? ` if exactly one participant's id is like a typed one; otherwise nothing. Of several, a guess
 * would be as often wrong as right.
 */
export function meantSubject(entries: readonly Entry[], typed: string): string {
  const alike = randomizations(entries).filter(({ subject }) => areAlike(typed, subject));
  const [only, ...others] = alike;
  return only === undefined || others.length > 0 ? '' : `Did you mean ${only.subject}? `;
}

/**
 * As `meantSubject`; if no subject id is like the typed one, the randomization number that is, with its participant. Only
 * numbers of participants are named: nobody asks for another one.
 */
export function meantId(entries: readonly Entry[], typed: string): string {
  const subject = meantSubject(entries, typed);
  if (subject !== '') return subject;
  const [only, ...others] = randomizations(entries).filter(({ number }) => areAlike(typed, number));
  if (only === undefined || others.length > 0) return '';
  return `Did you mean ${only.number} (${only.subject})? `;
}

/** What was typed as a kit code if it is, or is like, an id of a participant: a sentence with a blank after it; else nothing. */
export function meantByKit(entries: readonly Entry[], typed: string): string {
  const key = subjectKey(typed.trim());
  const own =
    findRandomization(entries, typed) ??
    randomizations(entries).find(({ number }) => number.toUpperCase() === key);
  return own === undefined
    ? meantId(entries, typed)
    : `${typed.trim()} names the participant ${own.subject} (${own.number}), not a kit. `;
}

/** The randomization with a number or a kit that was typed as a subject id. */
function byNumberOrKit(
  entries: readonly Entry[],
  typed: string,
): EntryOf<'randomization'> | undefined {
  const key = subjectKey(typed.trim());
  return randomizations(entries).find(
    (one) =>
      one.number.toUpperCase() === key ||
      kitsOfEntry(one).some((kit) => kitKey(kit) === kitKey(typed)),
  );
}

/** The codes of all kits that a randomization names: one of each type. */
export function kitsOfEntry({
  kit,
  kits,
}: Pick<EntryOf<'randomization'>, 'kit' | 'kits'>): readonly string[] {
  return kits?.map((one) => one.kit) ?? (kit === undefined ? [] : [kit]);
}

/** The number of slots of a stratum: in total, used and left. */
export interface StratumUse {
  readonly stratum: string;
  readonly slots: number;
  readonly used: number;
  readonly left: number;
}

/** If the entries show all slots that are in use. */
const ALL_SHOWN: ReadonlySet<string> = new Set();

/**
 * The use of every stratum of the allocation list, in the list's order; replacement slots do not count.
 *
 * @param taken numbers of slots that are in use, also of participants whom the reader may not see
 */
export function strataUse(
  slots: readonly Slot[],
  randomized: readonly Pick<Assignment, 'stratum' | 'number'>[],
  taken = ALL_SHOWN,
): StratumUse[] {
  const used = new Map<string, number>();
  const twins = replacementNumbers(slots);
  for (const { stratum, number } of randomized) {
    if (!twins.has(number)) used.set(stratum, (used.get(stratum) ?? 0) + 1);
  }
  const seen = slotsByStratum(withoutHidden(slots, randomized, taken));
  return [...slotsByStratum(slots)].map(([stratum, list]) => {
    const hidden = list.length - (seen.get(stratum)?.length ?? 0);
    const count = hidden + (used.get(stratum) ?? 0);
    return { stratum, slots: list.length, used: count, left: list.length - count };
  });
}

/**
 * The slots of a list without those of participants whom the reader may not see.
 *
 * @param randomized the participants whom the reader sees
 * @param taken numbers of slots that are in use, also of participants whom the reader may not see
 */
export function withoutHidden(
  slots: readonly Slot[],
  randomized: readonly Pick<Assignment, 'number'>[],
  taken: ReadonlySet<string>,
): readonly Slot[] {
  if (taken.size === 0) return slots;
  const shown = new Set(randomized.map(({ number }) => number));
  return slots.filter(({ number }) => !taken.has(number) || shown.has(number));
}

/**
 * How many replacement slots a list has, and how many are used; undefined if it has none.
 *
 * @param taken as for `strataUse`
 */
export function replacementUse(
  slots: readonly Slot[],
  randomized: readonly Pick<Assignment, 'number'>[],
  taken = ALL_SHOWN,
): { readonly slots: number; readonly used: number } | undefined {
  const twins = replacementNumbers(slots);
  if (twins.size === 0) return undefined;
  const inUse = new Set([...randomized.map(({ number }) => number), ...taken]);
  return { slots: twins.size, used: [...twins].filter((number) => inUse.has(number)).length };
}

/** The slot that only whoever replaces the participant of a slot can get; undefined if that slot has none. */
export function replacementSlotOf(slots: readonly Slot[], number: string): Slot | undefined {
  return slots.find(({ replacementFor }) => replacementFor === number);
}

function replacementNumbers(slots: readonly Slot[]): ReadonlySet<string> {
  return new Set(slots.filter(isReplacementSlot).map(({ number }) => number));
}

/** A stratum is nearly full if at most this number of slots is left, or at most one in `FEW_OF`. */
const FEW_SLOTS = 3;
const FEW_OF = 5;

/**
 * The strata that are in use and nearly full: at most three slots are left, or at most a fifth. The rule does
 * not depend on blocks, because blinded people must not learn about them.
 *
 * @param few another number of slots left, instead of this rule
 */
export function nearlyFull(strata: readonly StratumUse[], few?: number): StratumUse[] {
  return strata.filter(({ slots, used, left }) => {
    if (used === 0) return false;
    return left <= (few ?? Math.max(FEW_SLOTS, Math.floor(slots / FEW_OF)));
  });
}

/**
 * Gives each participant, in the given order, the next free slot of the stratum. If one participant has a
 * problem, nobody gets a slot.
 *
 * @param slots the allocation list, in the order of its numbers
 * @param entries the ledger
 * @param taken numbers of slots that are in use, also of participants whom `entries` does not show
 * @returns the new assignments, or every problem with its participant's place
 */
export function assignNextFree(
  study: Pick<Study, 'sites' | 'stratifyBy'>,
  slots: readonly Slot[],
  entries: readonly Entry[],
  participants: readonly Participant[],
  taken = ALL_SHOWN,
): Checked<Assignment[]> {
  return assign(study, slots, entries, participants, taken, undefined);
}

/** @param reserved the slot that the participants get if it is not the next free one */
function assign(
  study: Pick<Study, 'sites' | 'stratifyBy'>,
  slots: readonly Slot[],
  entries: readonly Entry[],
  participants: readonly Participant[],
  taken: ReadonlySet<string>,
  reserved: Slot | undefined,
): Checked<Assignment[]> {
  const problems: Problem[] = [];
  const assignments: Assignment[] = [];
  const earlier = new Map<string, string>();
  const used = new Map<string, number>();
  const atSite = new Map<string, EntryOf<'randomization'>>();
  const idsOf = subjectIds(entries);
  const twins = replacementNumbers(slots);
  for (const entry of randomizations(entries)) {
    atSite.set(entry.site, entry);
    const { all, current } = idsOf(entry.subject);
    for (const id of all) {
      const was = `was the id of ${current} (${entry.number}), and is never free again`;
      const randomized = `was randomized on ${dayText(entry.time)}: ${entry.number}`;
      earlier.set(subjectKey(id), id === current ? randomized : was);
    }
    if (!twins.has(entry.number)) used.set(entry.stratum, (used.get(entry.stratum) ?? 0) + 1);
  }
  const byStratum = slotsByStratum(withoutHidden(slots, randomizations(entries), taken));
  for (const { subject, site, levels, day1, place } of participants) {
    const before = earlier.get(subjectKey(subject));
    if (before !== undefined) {
      problems.push({ ...place, message: `subject ${subject} ${before}` });
      continue;
    }
    earlier.set(
      subjectKey(subject),
      `is already in this file${place.line === undefined ? '' : `, at line ${place.line}`}`,
    );
    const give = (slot: Slot): void => {
      const { stratum, number, kit } = slot;
      const about = { subject, site, stratum, number };
      const kits = ownKits(slot);
      const ofSlot = { ...(kit && { kit }), ...(kits.length > 0 && { kits }) };
      assignments.push({ ...about, ...ofSlot, ...(day1 && { day1 }) });
    };
    const own = study.sites.find(({ code }) => code === site);
    const changed = own && changedSite(own, atSite.get(site));
    if (own === undefined || changed !== undefined) {
      const known = study.sites.map(({ code }) => code).join(', ');
      const message = changed ?? `site "${site}" is unknown: study.yaml has ${known}`;
      problems.push({ ...place, message });
      continue;
    }
    if (reserved !== undefined) {
      const why = taken.has(reserved.number)
        ? `the replacement slot ${reserved.number} is in use already: another site has replaced the participant`
        : otherSiteText(reserved, own);
      if (why === undefined) give(reserved);
      else problems.push({ ...place, message: why });
      continue;
    }
    const stratum = stratumOf(study.stratifyBy, own, levels);
    const count = used.get(stratum) ?? 0;
    used.set(stratum, count + 1);
    const slot = byStratum.get(stratum)?.[count];
    if (slot === undefined) {
      const all = slotsByStratum(slots).get(stratum) ?? [];
      const message = `stratum ${stratum} is full: ${fullText(all.length)} for ${subject}. The statistician can add slots: ${ADD_SLOTS}`;
      problems.push({ ...place, message });
      continue;
    }
    give(slot);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: assignments };
}

/** That a slot is for other sites than the one of a participant; undefined if it is not. */
function otherSiteText({ number, stratum }: Slot, site: Site): string | undefined {
  for (const [name, value] of Object.entries(siteFactsOfStratum(stratum))) {
    const own = valueAt(site, name);
    if (own === value) continue;
    const where = name === 'site' ? `site ${value}` : `sites with ${name} ${value}`;
    const next =
      name === 'site'
        ? `randomize at ${value}, and transfer the participant afterwards`
        : `name such a site with --site`;
    return `the replacement slot ${number} is for ${where}, not for ${site.code}: ${next}`;
  }
  return undefined;
}

/**
 * Gives a participant who replaces another one the replacement slot of that one's slot, whatever their own levels; or,
 * if it has none, the next free slot of their own stratum.
 *
 * @param old the randomization of the participant who is replaced
 * @param taken as for `assignNextFree`
 */
export function assignReplacement(
  study: Pick<Study, 'sites' | 'stratifyBy'>,
  slots: readonly Slot[],
  entries: readonly Entry[],
  participant: Participant,
  old: EntryOf<'randomization'>,
  taken = ALL_SHOWN,
): Checked<Assignment[]> {
  const reserved = replacementSlotOf(slots, old.number);
  const assigned = assign(study, slots, entries, [participant], taken, reserved);
  if (!assigned.ok) return assigned;
  return { ok: true, value: assigned.value.map((one) => ({ ...one, replaces: old.subject })) };
}

/**
 * That study.yaml says something else of a site than it did when a participant was randomized there, so that
 * participants of the site would be in two strata; undefined if it says the same.
 */
export function changedSite(
  site: Site,
  before: Pick<Assignment, 'subject' | 'site' | 'stratum'> | undefined,
): string | undefined {
  if (before === undefined) return undefined;
  for (const [name, value] of Object.entries(siteFactsOfStratum(before.stratum))) {
    const now = valueAt(site, name);
    if (now === value) continue;
    return `study.yaml says ${name} ${now ?? 'nothing'} of site ${site.code}, but ${before.subject} was randomized there in ${before.stratum}: set it back to ${value}`;
  }
  return undefined;
}

function fullText(slots: number): string {
  return slots === 1
    ? 'its only slot is used; none is left'
    : `all ${slots} slots are used; none is left`;
}

/** The slots of each stratum, in their order, without replacement slots. */
export function slotsByStratum(slots: readonly Slot[]): Map<string, Slot[]> {
  const strata = new Map<string, Slot[]>();
  for (const slot of ordinarySlots(slots)) {
    const list = strata.get(slot.stratum);
    if (list === undefined) strata.set(slot.stratum, [slot]);
    else list.push(slot);
  }
  return strata;
}
