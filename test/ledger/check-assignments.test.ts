import { describe, expect, test } from 'vitest';
import { checkAssignments, NO_REPLACEMENT_SLOT } from '../../src/ledger/check-assignments.ts';
import type { Act, EntryOf } from '../../src/ledger/entry.ts';
import { makeAllocationList, ownKits, type Slot } from '../../src/randomization/list.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import type { Site } from '../../src/study/study.ts';
import { design, EXAMPLE_SEED, planOf } from '../support/designs.ts';
import { entriesOfActs, EXAMPLE_OFFICER as who } from '../support/ledger.ts';

type Randomization = Extract<Act, { action: 'randomization' }>;

const id = (text: string) => text as SubjectId;
const allocation = (batch: number): Act => ({
  action: 'allocation',
  who,
  batch,
  list: 'ff',
  manifest: '0'.repeat(64),
});

/** A participant with a slot, as randose enters it. */
function has(subject: string, slot: Slot, more: Partial<EntryOf<'randomization'>> = {}): Act {
  const { number, stratum, kit } = slot;
  const kits = ownKits(slot);
  const own: Randomization = {
    action: 'randomization',
    who,
    subject: id(subject),
    site: stratum.slice('site='.length),
    stratum,
    number,
    ...(kit !== undefined && { kit }),
    ...(kits.length > 0 && { kits }),
  };
  return { ...own, ...more };
}

function problemsOf(slots: readonly Slot[], acts: readonly Act[], sites?: readonly Site[]) {
  return checkAssignments(slots, entriesOfActs(acts), sites).map(({ file, line, message }) => {
    expect(file).toBe('ledger.jsonl');
    return `${line}: ${message}`;
  });
}

describe('a list of two strata', () => {
  const slots = makeAllocationList(design([2, 1], [6, 3]), planOf([3]), EXAMPLE_SEED);
  const [first, second, third] = [slots[0]!, slots[1]!, slots[2]!];
  const problems = (...acts: Act[]) => problemsOf(slots, [allocation(1), ...acts]);
  const named = (slot: Slot) => `${slot.number} (kit ${slot.kit})`;

  test('has no problem if each stratum is filled in its order', () => {
    const other = slots[6]!;
    const right = [has('A', first), has('B', other), has('C', second)];
    expect(problems(...right)).toEqual([]);
    // The site is that of the stratum: nothing else of study.yaml is asked.
    expect(problemsOf(slots, [allocation(1), ...right], [])).toEqual([]);
  });

  test('has a slot that was passed over', () => {
    expect(problems(has('A', first), has('C', third))).toEqual([
      `3: C has ${named(third)}, but the next free slot was ${named(second)}`,
    ]);
  });

  test('has a slot with the kit of another one', () => {
    expect(problems(has('A', first, { kit: second.kit }))).toEqual([
      `2: A has R001 (kit ${second.kit}), but the next free slot was ${named(first)}`,
    ]);
    expect(problems(has('A', first, { kit: undefined }))).toEqual([
      `2: A has R001, but the next free slot was ${named(first)}`,
    ]);
  });

  test('has a slot under the number of another one', () => {
    expect(problems(has('A', first, { number: 'R002' }))).toEqual([
      `2: A has R002 (kit ${first.kit}), but the next free slot was ${named(first)}`,
    ]);
  });

  test('has a participant twice, whatever the letter case', () => {
    expect(problems(has('A', first), has('a', second), has('A', third))).toEqual([
      '3: a was already randomized in entry 2',
      '4: A was already randomized in entry 3',
    ]);
  });

  test('has somebody in a stratum that is not on the list, or that was full', () => {
    expect(problems(has('A', first, { site: 'X', stratum: 'site=X' }))).toEqual([
      '2: A has R001, but stratum site=X had no such slot then',
    ]);
    const all = slots.slice(6).map((slot, index) => has(`P${index}`, slot));
    expect(problems(...all, has('Z', slots[8]!))).toEqual([
      '5: Z has R009, but stratum site=S2 had no such slot then',
    ]);
  });

  test('has somebody of another site', () => {
    expect(problems(has('A', first, { site: 'S2' }))).toEqual([
      '2: A belongs to site S2, but is in stratum site=S1',
    ]);
  });

  test('cannot have been used before it was made', () => {
    expect(problemsOf(slots, [has('A', first), allocation(1), has('B', second)])).toEqual([
      '1: A has R001, but stratum site=S1 had no such slot then',
    ]);
    const more = { ...design([2, 1], [9, 3]) };
    const later = makeAllocationList(more, planOf([3]), EXAMPLE_SEED.toReversed(), slots);
    const full = slots.slice(0, 6).map((slot, index) => has(`P${index}`, slot));
    const next = has('Z', later[0]!);
    const both = [...slots, ...later];
    expect(problemsOf(both, [allocation(1), ...full, next, allocation(2)])).toEqual([
      `8: Z has ${later[0]!.number}, but stratum site=S1 had no such slot then`,
    ]);
    expect(problemsOf(both, [allocation(1), ...full, allocation(2), next])).toEqual([]);
  });
});

describe('strata of countries', () => {
  const strata = [{ id: 'country=FR', slots: 3 }];
  const slots = makeAllocationList({ ...design([2, 1], []), strata }, planOf([3]), EXAMPLE_SEED);
  const sites = [
    { code: 'CRT', name: 'A', country: 'FR' },
    { code: 'BER', name: 'B', country: 'DE' },
  ] as Site[];
  const problems = (site: string, known?: readonly Site[]) =>
    problemsOf(slots, [allocation(1), has('A', slots[0]!, { site })], known);

  test('have participants of the sites of the country alone', () => {
    expect(problems('CRT', sites)).toEqual([]);
    expect(problems('BER', sites)).toEqual([
      '2: study.yaml says country DE of site BER, but A was randomized there in country=FR: set it back to FR',
    ]);
    expect(problems('LYO', sites)).toEqual([
      '2: A belongs to site LYO, which study.yaml does not have',
    ]);
  });

  test('are not compared with sites that nobody can read', () => {
    expect(problems('LYO')).toEqual([]);
  });
});

describe('slots with kits of several types', () => {
  const kitTypes = [
    { type: 'tablets', spares: 0 },
    { type: 'syringe', spares: 1 },
  ];
  const typed = { ...design([2, 1], [3]), kitTypes };
  const slots = makeAllocationList(typed, planOf([3]), EXAMPLE_SEED);
  const first = slots[0]!;
  const kits = ownKits(first);
  const named = `R001 (kit ${kits[0]!.kit} (tablets), ${kits[1]!.kit} (syringe))`;
  const problems = (more: Partial<EntryOf<'randomization'>>) =>
    problemsOf(slots, [allocation(1), has('A', first, more)]);

  test('are given with a kit of each type', () => {
    expect(kits).toHaveLength(2);
    expect(problems({})).toEqual([]);
  });

  test('are not right if a kit is missing, is another one, or of another type', () => {
    const [one, other] = kits as [(typeof kits)[0], (typeof kits)[0]];
    const wrong = (kits: EntryOf<'randomization'>['kits'], text: string) => {
      expect(problems({ kits })).toEqual([`2: A has ${text}, but the next free slot was ${named}`]);
    };
    wrong([one], `R001 (kit ${one.kit} (tablets))`);
    wrong(
      [one, { ...other, kit: one.kit }],
      `R001 (kit ${one.kit} (tablets), ${one.kit} (syringe))`,
    );
    wrong(
      [one, { ...other, type: 'vial' }],
      `R001 (kit ${one.kit} (tablets), ${other.kit} (vial))`,
    );
    wrong(undefined, `R001 (kit ${one.kit})`);
  });
});

describe('a list with replacement slots', () => {
  const twice = { ...design([2, 1], [6, 3]), replacements: { offset: 100 } };
  const slots = makeAllocationList(twice, planOf([3]), EXAMPLE_SEED);
  const slotOf = (number: string) => slots.find((slot) => slot.number === number)!;
  const [r1, r2, r3] = [slotOf('R001'), slotOf('R002'), slotOf('R003')];
  const [r101, r102] = [slotOf('R101'), slotOf('R102')];
  const problems = (...acts: Act[]) => problemsOf(slots, [allocation(1), ...acts]);
  const named = (slot: Slot) => `${slot.number} (kit ${slot.kit})`;
  const instead = (subject: string) => ({ replaces: id(subject) });

  test('gives the replacement slot to whoever replaces somebody, and the next one to others', () => {
    const acts = [has('A', r1), has('B', r101, instead('a')), has('C', r2)];
    expect(problems(...acts)).toEqual([]);
  });

  test('gives it to nobody else', () => {
    const only = 'which only whoever replaces the participant of R001 can have';
    expect(problems(has('A', r1), has('B', r101), has('C', r2))).toEqual([
      `3: B has R101, ${only}`,
    ]);
    expect(problems(has('A', r101, instead('B')), has('B', r1))).toEqual([
      `2: A has R101, ${only}`,
    ]);
  });

  test('gives no other slot instead, and the others follow after it', () => {
    const end = `but the replacement slot is ${named(r101)} of site=S1`;
    expect(problems(has('A', r1), has('B', r2, instead('A')), has('C', r3))).toEqual([
      `3: B replaces A and has ${named(r2)} of site=S1, ${end}`,
    ]);
    expect(problems(has('A', r1), has('B', r3, instead('A')))).toEqual([
      `3: B replaces A and has ${named(r3)} of site=S1, ${end}`,
    ]);
    const other = slotOf('R007');
    expect(problems(has('A', r1), has('B', other, instead('A')))).toEqual([
      `3: B replaces A and has ${named(other)} of site=S2, ${end}`,
    ]);
    expect(problems(has('A', r1), has('B', r102, instead('A')), has('C', r2))).toEqual([
      `3: B replaces A and has ${named(r102)} of site=S1, ${end}`,
    ]);
  });

  test('gives it with its own kit and stratum', () => {
    const end = `but the replacement slot is ${named(r101)} of site=S1`;
    const wrongKit = { ...instead('A'), kit: r1.kit };
    expect(problems(has('A', r1), has('B', r101, wrongKit))).toEqual([
      `3: B replaces A and has R101 (kit ${r1.kit}) of site=S1, ${end}`,
    ]);
    expect(problems(has('A', r1), has('B', r101, { ...instead('A'), number: 'R199' }))).toEqual([
      `3: B replaces A and has R199 (kit ${r101.kit}) of site=S1, ${end}`,
    ]);
    const elsewhere = { ...instead('A'), site: 'S2', stratum: 'site=S2' };
    expect(problems(has('A', r1), has('B', r101, elsewhere))).toEqual([
      `3: B replaces A and has ${named(r101)} of site=S2, ${end}`,
    ]);
  });

  test('has no second one: the next free slot is a deviation', () => {
    const before = [has('A', r1), has('B', r101, instead('A'))];
    expect(problems(...before, has('C', r2, instead('B')))).toEqual([
      '4: C replaces B, whose slot R101 has no replacement slot, and the entry does not say that this is a deviation',
    ]);
    const declared = { ...instead('B'), deviations: [NO_REPLACEMENT_SLOT] };
    expect(problems(...before, has('C', r2, declared))).toEqual([]);
    expect(problems(...before, has('C', r2, { ...instead('B'), deviations: ['x'] }))).toHaveLength(
      1,
    );
  });

  test('gives the next free slot if nobody has the id of who is replaced', () => {
    expect(problems(has('A', r1), has('B', r2, instead('Z')))).toEqual([]);
  });
});
