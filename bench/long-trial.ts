/** Trials that are under way, for other benches: a list, and a ledger of so many entries. */
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatEntries, readLedger, readyActs } from '../src/ledger/chain.ts';
import type { Act } from '../src/ledger/entry.ts';
import type { Slot } from '../src/randomization/list.ts';
import { parsePublicList } from '../src/randomization/public-list.ts';
import { drawIdentifier } from '../src/store/draw-identifier.ts';
import type { CivilDate } from '../src/study/civil-date.ts';
import type { SubjectId } from '../src/study/identifiers.ts';

const WHO = { name: 'A. Example', role: 'study nurse', organisation: 'Example Hospital' };
const DAY1 = '2027-06-01' as CivilDate;
/** So many entries are made at a time: not all have to be in memory at once. */
const AT_ONCE = 10_000;

/**
 * Writes the study.yaml of a trial with a stratum for each site, or for each site and sex, and makes its list.
 *
 * @param study a folder that is not there yet
 * @param sites each site with the number of its slots in each stratum, a multiple of 3
 * @param run runs randose
 */
export function makeTrial(
  study: string,
  fixtures: string,
  sites: ReadonlyMap<string, number>,
  run: (...words: string[]) => unknown,
  { bySex = false } = {},
): void {
  cpSync(join(fixtures, 'two-sites'), study, { recursive: true });
  const file = join(study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  const [site = ''] = /^ {2}- \{ code: CRT.*\n/m.exec(text) ?? [];
  const codes = [...sites.keys()];
  const sexes = bySex ? [' sex: F,', ' sex: M,'] : [''];
  const strata = Array.from(sites, ([code, slots]) =>
    sexes.map((sex) => `  - { site: ${code},${sex} slots: ${slots} }\n`),
  ).flat();
  const factors = bySex ? 'factors: [{ name: sex, levels: [F, M] }]\n' : '';
  writeFileSync(
    file,
    text
      .replace(
        /^sites:\n(?: .*\n)+/m,
        `sites:\n${codes.map((code) => site.replace('CRT', code)).join('')}`,
      )
      .replace(/^strata:\n(?: .*\n)+/m, `${factors}strata:\n${strata.join('')}`),
  );
  const plan = `${study}-plan.yaml`;
  writeFileSync(plan, 'blocks: { sizes: [3] }\n');
  run('allocate', '--study', study, '--plan', plan, '--by', 'B. Example');
}

/** The slots of a trial, in the order of their numbers. */
export function slotsOf(study: string): Slot[] {
  return parsePublicList(readFileSync(join(study, 'allocation', 'list.csv'), 'utf8'), 1);
}

/** Gives a slot to a participant whose id says which slot it is. */
export function randomization({ number, kit, stratum }: Slot): Act & { readonly subject: string } {
  const [, site = ''] = /^site=([^/]+)/.exec(stratum) ?? [];
  const subject = `${site}-${number.slice(1)}` as SubjectId;
  const slot = { site, stratum, number, ...(kit !== undefined && { kit }) };
  return { action: 'randomization', who: WHO, subject, ...slot, day1: DAY1 };
}

/** What is recorded of a participant after the randomization: a kit that is dispensed, and injections from it. */
export function* recordsOf({ subject, kit }: { subject: string; kit: string }): Generator<Act> {
  const about = { who: WHO, subject: subject as SubjectId, kit, date: DAY1 };
  yield { action: 'kit', ...about, event: 'dispensed', units: 9, corrects: null };
  for (;;) {
    yield {
      action: 'dose',
      ...about,
      visit: 'D1',
      deviations: [],
      result: 'given',
      corrects: null,
    };
  }
}

/** Randomizes participants into slots, in their order, each with so many entries. */
export function* actsOf(slots: Iterable<Slot>, each: number): Generator<Act> {
  for (const slot of slots) {
    const first = randomization(slot);
    yield first;
    const records = recordsOf({ subject: first.subject, kit: slot.kit ?? '' });
    for (let count = 1; count < each; count += 1) yield records.next().value as Act;
  }
}

/** Adds acts to a ledger, as if they had been entered one after the other, until it has so many entries. */
export function fillLedger(study: string, acts: Iterable<Act>, until = Infinity): void {
  const file = join(study, 'ledger.jsonl');
  const { head, entries } = readLedger(readFileSync(file, 'utf8'));
  const { software, study: digest, time } = entries[0]!;
  const circumstances = { software, study: digest, signer: null, seen: null };
  let at = head;
  let some: Act[] = [];
  const write = () => {
    const added = formatEntries(at, readyActs(some, circumstances, drawIdentifier), time);
    appendFileSync(file, added.text);
    at = added.head;
    some = [];
  };
  for (const act of acts) {
    if (at.seq + some.length >= until) break;
    some.push(act);
    if (some.length === AT_ONCE) write();
  }
  write();
}
