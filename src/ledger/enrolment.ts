import { type Checked, type Problem, RandoseError } from '../errors.ts';
import type { Slot } from '../randomization/list.ts';
import { subjectKey } from '../study/identifiers.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { siteOfStratum, stratumId } from '../study/strata.ts';
import type { Study } from '../study/study.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import type { Participant } from './participants.ts';

/** That a participant has a slot: what the ledger says of each randomization. */
export type Assignment = Pick<
  EntryOf<'randomization'>,
  'subject' | 'site' | 'stratum' | 'number' | 'kit' | 'day1'
>;

/** The randomizations of a ledger, in their order. */
export function randomizations(entries: readonly Entry[]): EntryOf<'randomization'>[] {
  return entriesOf(entries, 'randomization');
}

/** @returns the participant's randomization; undefined where there is none. Case is ignored. */
export function findRandomization(
  entries: readonly Entry[],
  subject: string,
): EntryOf<'randomization'> | undefined {
  const key = subjectKey(subject.trim());
  return randomizations(entries).find((entry) => subjectKey(entry.subject) === key);
}

/** @throws RandoseError `bad-data` where the participant has no randomization */
export function requireRandomization(
  entries: readonly Entry[],
  subject: string,
): EntryOf<'randomization'> {
  const randomization = findRandomization(entries, subject);
  if (randomization !== undefined) return randomization;
  throw new RandoseError('bad-data', `subject "${subject}" is not randomized in this study`, {
    hint: 'Check the subject id; randose calendar alone lists the participants.',
  });
}

/** How far a stratum is: its slots, how many are used, how many are left. */
export interface StratumUse {
  readonly stratum: string;
  readonly slots: number;
  readonly used: number;
  readonly left: number;
}

/** The use of every stratum of the allocation list, in the list's order. */
export function strataUse(
  slots: readonly Slot[],
  randomized: readonly Pick<Assignment, 'stratum'>[],
): StratumUse[] {
  const used = new Map<string, number>();
  for (const { stratum } of randomized) used.set(stratum, (used.get(stratum) ?? 0) + 1);
  return [...slotsByStratum(slots)].map(([stratum, list]) => {
    const taken = used.get(stratum) ?? 0;
    return { stratum, slots: list.length, used: taken, left: list.length - taken };
  });
}

/** How few slots left are few: a stratum in use is then to be extended, ahead of time. */
const FEW_SLOTS = 3;
const FEW_OF = 5;

/**
 * The strata that are in use and nearly full: three slots or fewer are left, or a fifth or less.
 * Nothing about blocks goes into it, which blinded people must not learn.
 *
 * @param few another number of slots that counts as few, instead of these
 */
export function nearlyFull(strata: readonly StratumUse[], few?: number): StratumUse[] {
  return strata.filter(({ slots, used, left }) => {
    if (used === 0) return false;
    return left <= (few ?? Math.max(FEW_SLOTS, Math.floor(slots / FEW_OF)));
  });
}

/**
 * Gives each participant, in the order given, the next free slot of the stratum: all of them, or
 * none.
 *
 * @param slots the allocation list, in the order of its numbers
 * @param entries the ledger
 * @returns the new assignments; or all that is wrong, each with its participant's place
 */
export function assignNextFree(
  study: Pick<Study, 'sites' | 'factors'>,
  slots: readonly Slot[],
  entries: readonly Entry[],
  participants: readonly Participant[],
): Checked<Assignment[]> {
  const problems: Problem[] = [];
  const assignments: Assignment[] = [];
  const earlier = new Map<string, string>();
  const used = new Map<string, number>();
  for (const entry of randomizations(entries)) {
    earlier.set(
      subjectKey(entry.subject),
      `was randomized on ${entry.time.slice(0, 10)}: ${entry.number}`,
    );
    used.set(entry.stratum, (used.get(entry.stratum) ?? 0) + 1);
  }
  const byStratum = slotsByStratum(slots);
  const known = study.sites.map(({ code }) => code);
  for (const { subject, site, levels, day1, place } of participants) {
    const before = earlier.get(subjectKey(subject));
    if (before !== undefined) {
      problems.push({ ...place, message: `subject ${subject} ${before}` });
      continue;
    }
    earlier.set(
      subjectKey(subject),
      `stands in this file already${place.line === undefined ? '' : `, at line ${place.line}`}`,
    );
    if (!known.includes(site)) {
      const message = `site "${site}" is unknown: study.yaml has ${known.join(', ')}`;
      problems.push({ ...place, message });
      continue;
    }
    const stratum = stratumId(
      site,
      study.factors.map(({ name }) => [name, levels[name] ?? '']),
    );
    const all = byStratum.get(stratum) ?? [];
    const taken = used.get(stratum) ?? 0;
    used.set(stratum, taken + 1);
    const slot = all[taken];
    if (slot === undefined) {
      const message = `stratum ${stratum} is full: no slot of ${all.length} is left for ${subject}`;
      problems.push({ ...place, message });
      continue;
    }
    const { number, kit } = slot;
    assignments.push({ subject, site, stratum, number, kit, day1 });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: assignments };
}

/**
 * Checks that every randomization took the next free slot of its stratum, out of the batches that
 * were allocated before it, that no participant has two, and that number and kit are those of the
 * list.
 *
 * @returns what does not agree, by line of the ledger
 */
export function checkAssignments(slots: readonly Slot[], entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const byStratum = slotsByStratum(slots);
  const allocated = new Set<number>();
  const used = new Map<string, number>();
  const seen = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    if (entry.action === 'allocation') allocated.add(entry.batch);
    if (entry.action !== 'randomization') continue;
    const report = (message: string) =>
      problems.push({ file: LEDGER_FILE, line: index + 1, message });
    const before = seen.get(subjectKey(entry.subject));
    if (before !== undefined) report(`${entry.subject} was randomized before, at line ${before}`);
    seen.set(subjectKey(entry.subject), index + 1);
    const taken = used.get(entry.stratum) ?? 0;
    used.set(entry.stratum, taken + 1);
    const slot = byStratum.get(entry.stratum)?.[taken];
    if (entry.site !== siteOfStratum(entry.stratum)) {
      report(`${entry.subject} is of site ${entry.site}, but in stratum ${entry.stratum}`);
    }
    if (slot === undefined || !allocated.has(slot.batch)) {
      report(
        `${entry.subject} has ${entry.number}, but stratum ${entry.stratum} had no such slot then`,
      );
    } else if (slot.number !== entry.number || slot.kit !== entry.kit) {
      report(
        `${entry.subject} has ${entry.number} (kit ${entry.kit}), but the next free slot was ${slot.number} (kit ${slot.kit})`,
      );
    }
  }
  return problems;
}

/** The slots of each stratum, in their order. */
function slotsByStratum(slots: readonly Slot[]): Map<string, Slot[]> {
  const strata = new Map<string, Slot[]>();
  for (const slot of slots) {
    const list = strata.get(slot.stratum);
    if (list === undefined) strata.set(slot.stratum, [slot]);
    else list.push(slot);
  }
  return strata;
}
