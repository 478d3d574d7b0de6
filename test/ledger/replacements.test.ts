import { describe, expect, test } from 'vitest';
import { assignReplacement } from '../../src/ledger/enrolment.ts';
import type { Act, Entry, EntryOf } from '../../src/ledger/entry.ts';
import { factsBySubject, factTexts } from '../../src/ledger/participant-facts.ts';
import type { Participant } from '../../src/ledger/participants.ts';
import {
  checkReplacements,
  objectionsToReplacing,
  whyNotReplaced,
} from '../../src/ledger/replacement-rules.ts';
import { pairedSlots, sameArmText } from '../../src/ledger/replacements.ts';
import { currentIdsOf, underFirstIds, withCurrentIds } from '../../src/ledger/subject-ids.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import type { Site } from '../../src/study/study.ts';
import { design, EXAMPLE_SEED, planOf } from '../support/designs.ts';
import { entriesOfActs } from '../support/ledger.ts';

const slots = makeAllocationList(design([2, 1], [6, 3]), planOf([3]), EXAMPLE_SEED);
const who = { name: 'Example', role: '', organisation: '' };
const id = (text: string) => text as SubjectId;
const DAY1 = '2026-06-01' as CivilDate;
const sites = [{ code: 'S1' }, { code: 'S2' }] as Site[];
const study = { sites, stratifyBy: ['site'] };

function randomized(subject: string, at: number, replaces?: string, deviations?: string[]): Act {
  const { number, kit, stratum } = slots[at]!;
  const site = stratum.slice('site='.length);
  const about = { action: 'randomization', who, subject: id(subject), site, stratum } as const;
  return {
    ...about,
    number,
    kit,
    day1: DAY1,
    ...(replaces !== undefined && { replaces: id(replaces) }),
    ...(deviations !== undefined && { deviations }),
  };
}

function withdrawn(subject: string, retracts?: number): Act {
  const about = { action: 'withdrawal', who, reason: 'x', subject: id(subject) } as const;
  return { ...about, date: DAY1, from: 'study', ...(retracts !== undefined && { retracts }) };
}

const inError = (subject: string): Act => ({
  action: 'randomization in error',
  who,
  reason: 'x',
  subject: id(subject),
});
const corrected = (subject: string, newId: string): Act => ({
  action: 'subject correction',
  who,
  reason: 'x',
  subject: id(subject),
  newId: id(newId),
});
const ledger = (...acts: Act[]) => entriesOfActs(acts);
const problemsOf = (entries: readonly Entry[]) =>
  checkReplacements(entries).map(({ line, message }) => `${line}: ${message}`);
const textsOf = (entries: readonly Entry[], subject: string) =>
  factTexts(factsBySubject(entries)(subject));

describe('a replacement', () => {
  const old = randomized('A-1', 0);

  test('takes the next free slot of the own stratum, and is said of both', () => {
    const entries = ledger(old, randomized('A-2', 1), withdrawn('A-1'));
    const asked: Participant = {
      subject: id('A-9'),
      site: 'S2',
      levels: {},
      day1: DAY1,
      place: {},
    };
    const first = entries[0] as EntryOf<'randomization'>;
    const assign = (site: string) =>
      assignReplacement(study, slots, entries, { ...asked, site }, first);
    expect(assign('S1')).toMatchObject({
      ok: true,
      value: [{ subject: 'A-9', number: slots[2]!.number, replaces: 'A-1' }],
    });
    expect(assign('S2')).toMatchObject({
      ok: true,
      value: [{ number: slots[6]!.number, stratum: 'site=S2', replaces: 'A-1' }],
    });
    const done = ledger(old, withdrawn('A-1'), randomized('A-9', 1, 'A-1'));
    expect(problemsOf(done)).toEqual([]);
    expect(textsOf(done, 'A-9')).toEqual([`replaces A-1 (${slots[0]!.number})`]);
    expect(textsOf(done, 'a-1').at(-1)).toBe(`replaced by A-9 (${slots[1]!.number}, ledger 3)`);
  });

  test('needs somebody who was withdrawn or randomized in error, and is not replaced yet', () => {
    const rulesOf = (entries: readonly Entry[]) =>
      objectionsToReplacing(entries, slots, entries[0] as EntryOf<'randomization'>).map(
        ({ rule }) => rule,
      );
    expect(rulesOf(ledger(old))).toEqual(['replaced participant not withdrawn']);
    expect(rulesOf(ledger(old, withdrawn('A-1')))).toEqual([]);
    expect(rulesOf(ledger(old, inError('A-1')))).toEqual([]);
    expect(rulesOf(ledger(old, withdrawn('A-1'), withdrawn('A-1', 2)))).toHaveLength(1);
    const unlisted = ledger(old, withdrawn('A-1'));
    const nobody = unlisted[0] as EntryOf<'randomization'>;
    expect(objectionsToReplacing(unlisted, [], nobody)).toEqual([]);
    const done = ledger(old, withdrawn('A-1'), randomized('A-9', 1, 'A-1'));
    const first = done[0] as EntryOf<'randomization'>;
    expect(whyNotReplaced(done, first, 'A-3')).toBe(
      `A-1 was replaced by A-9 (${slots[1]!.number}, ledger 3). If A-9 is to be replaced, write --for A-9`,
    );
    expect(whyNotReplaced(ledger(old), first, 'a-1')).toBe(
      'a-1 is the participant who is to be replaced: name another one with --subject',
    );
    const renamed = ledger(old, corrected('A-1', 'A-7'));
    expect(whyNotReplaced(renamed, first, 'A-7')).toContain('A-7 is the participant who is to be');
    expect(whyNotReplaced(ledger(old), first, 'A-3')).toBeUndefined();
  });

  test('can itself be replaced', () => {
    const entries = ledger(
      old,
      withdrawn('A-1'),
      randomized('A-2', 1, 'A-1'),
      inError('A-2'),
      randomized('A-3', 2, 'A-2'),
    );
    expect(problemsOf(entries)).toEqual([]);
    expect(textsOf(entries, 'A-2').slice(1)).toEqual([
      `replaces A-1 (${slots[0]!.number})`,
      `replaced by A-3 (${slots[2]!.number}, ledger 5)`,
    ]);
  });

  test('that was written by hand against the rules is found', () => {
    const gone = withdrawn('A-1');
    const declared = ['replaced participant not withdrawn'];
    expect(problemsOf(ledger(old, randomized('A-9', 1, 'A-1', declared)))).toEqual([]);
    expect(problemsOf(ledger(old, randomized('A-9', 1, 'A-1')))).toEqual([
      '2: A-9 replaces A-1, who was neither withdrawn nor randomized in error then',
    ]);
    expect(problemsOf(ledger(old, randomized('A-9', 1, 'A-1'), gone))).toEqual([
      '2: A-9 replaces A-1, who was neither withdrawn nor randomized in error then',
    ]);
    expect(problemsOf(ledger(withdrawn('A-1'), randomized('A-9', 1, 'A-1')))).toEqual([
      '2: A-9 replaces A-1, who was not randomized before',
    ]);
    expect(problemsOf(ledger(old, randomized('A-9', 1, 'A-9'), gone))).toEqual([
      '2: A-9 replaces A-9, who was not randomized before',
    ]);
    const twice = [randomized('A-8', 1, 'A-1'), randomized('A-9', 2, 'A-1')];
    expect(problemsOf(ledger(old, gone, ...twice))).toEqual([
      '4: A-9 replaces A-1, who was already replaced in entry 3',
    ]);
    const thrice = ledger(old, gone, ...twice, randomized('A-7', 3, 'A-1'));
    expect(problemsOf(thrice).at(-1)).toBe(
      '5: A-7 replaces A-1, who was already replaced in entry 3',
    );
    // The first one counts.
    expect(textsOf(thrice, 'A-1').at(-1)).toContain('replaced by A-8');
  });

  test('of somebody whose id was corrected is on record under the id at randomization', () => {
    const known = ledger(old, withdrawn('A-1'), corrected('A-1', 'A-7'));
    const [act] = underFirstIds(known, [randomized('A-9', 1, 'A-7')]);
    expect(act).toMatchObject({ subject: 'A-9', replaces: 'A-1' });
    const all = ledger(old, withdrawn('A-1'), corrected('A-1', 'A-7'), act!);
    expect(problemsOf(all)).toEqual([]);
    expect(withCurrentIds(all).at(-1)).toMatchObject({ replaces: 'A-7' });
    expect(currentIdsOf(known, [all[3]!])[0]).toMatchObject({ replaces: 'A-7' });
    expect(textsOf(withCurrentIds(all), 'A-9')).toEqual([`replaces A-7 (${slots[0]!.number})`]);
  });
});

describe('slots with replacement slots', () => {
  const twice = { ...design([2, 1], [6, 3]), replacements: { offset: 100 } };
  const list = makeAllocationList(twice, planOf([3]), EXAMPLE_SEED);
  const slotOf = (number: string) => list.find((slot) => slot.number === number)!;
  const has = (subject: string, number: string, replaces?: string): Act => {
    const { kit, stratum } = slotOf(number);
    const own = {
      action: 'randomization',
      who,
      subject: id(subject),
      site: 'S1',
      stratum,
    } as const;
    return {
      ...own,
      number,
      ...(kit !== undefined && { kit }),
      ...(replaces !== undefined && { replaces: id(replaces) }),
    };
  };

  test('have the arm in common with them, two by two', () => {
    const pairOf = pairedSlots(list);
    expect(pairOf('R002')?.number).toBe('R102');
    expect(pairOf('R102')?.number).toBe('R002');
    expect(pairedSlots(list.toReversed())('R002')?.number).toBe('R102');
    expect(pairOf('R999')).toBeUndefined();
    expect(pairedSlots(slots)('R001')).toBeUndefined();
    const alone = list.filter(({ number }) => number !== 'R002');
    expect(pairedSlots(alone)('R102')).toBeUndefined();
  });

  test('are named to somebody who sees the arm of one of the two', () => {
    const entries = ledger(has('A-1', 'R001'), has('A-2', 'R002'), has('A-9', 'R101', 'A-1'));
    expect(sameArmText(list, entries, 'R001')).toBe(
      'Same arm: R101 is the replacement slot of R001, and A-9 has R101.',
    );
    expect(sameArmText(list, entries, 'R101')).toBe(
      'Same arm: R101 is the replacement slot of R001, and A-1 has R001.',
    );
    expect(sameArmText(list, entries, 'R002')).toBe(
      'Same arm: R102 is the replacement slot of R002, and nobody has it yet.',
    );
    expect(sameArmText(slots, entries, 'R001')).toBeUndefined();
  });

  test('are given to whoever replaces the participant, and to nobody for whom there is none', () => {
    const objections = (entries: readonly Entry[], subject: string) => {
      const found = entries.find((one): one is EntryOf<'randomization'> => one.subject === subject);
      return objectionsToReplacing(entries, list, found!);
    };
    const first = has('A-1', 'R001');
    expect(objections(ledger(first), 'A-1')).toEqual([
      {
        rule: 'replaced participant not withdrawn',
        text: 'A-1, who is to be replaced, is neither withdrawn nor randomized in error',
      },
    ]);
    const acts = [first, withdrawn('A-1'), has('A-9', 'R101', 'A-1'), withdrawn('A-9')];
    expect(objections(ledger(...acts), 'A-9')).toEqual([
      {
        rule: 'no replacement slot',
        text: 'A-9 has R101, the replacement slot of R001, and there is no second one. As a deviation, the next free slot is given; its arm can be another one',
      },
    ]);
  });

  describe('of which somebody has seen the arm', () => {
    const broken = (subject: string, number: string | null, kit?: string): Act => ({
      action: 'code-break intent',
      who,
      subject,
      number,
      key: 'Example',
      to: null,
      reason: 'x',
      ...(kit !== undefined && { kit }),
    });
    const outcome = (intent: number, result: 'opened' | 'refused' = 'opened'): Act => ({
      action: 'code-break outcome',
      who,
      intent,
      result,
      error: result === 'opened' ? null : 'wrong-key',
    });
    const start = [has('A-1', 'R001'), withdrawn('A-1'), has('A-2', 'R002')];
    const opened = (...acts: Act[]) => {
      const entries = entriesOfActs([...start, ...acts], { time: '2026-07-01T08:30:00.000Z' });
      const old = entries[0] as EntryOf<'randomization'>;
      return objectionsToReplacing(entries, list, old);
    };
    const text = (what: string) =>
      `the allocation of ${what} was opened on 2026-07-01 08:30 UTC, by Example (ledger 4): whoever saw it knows the arm of R101, which is the same`;
    const rule = 'arm of the replaced participant was opened';

    test('are an objection, whichever of the two was opened', () => {
      expect(opened(broken('A-1', 'R001'), outcome(4))).toEqual([
        { rule, text: text('R001 of A-1') },
      ]);
      expect(opened(broken('(no subject id)', 'R101'), outcome(4))).toEqual([
        { rule, text: text('R101') },
      ]);
    });

    test('are none if it was that of another participant, or nobody saw it', () => {
      expect(opened(broken('A-2', 'R002'), outcome(4))).toEqual([]);
      expect(opened(broken('A-1', 'R001'), outcome(4, 'refused'))).toEqual([]);
    });

    test('are none if it was another kit that the participant was given', () => {
      const kit = slotOf('R003').kit!;
      expect(opened(broken('A-1', 'R003', kit), outcome(4))).toEqual([]);
      // Nobody knows of which slot the kit is.
      expect(opened(broken('A-1', null, kit), outcome(4))).toHaveLength(1);
    });
  });
});
