import { describe, expect, test } from 'vitest';
import { assignNextFree, findRandomization } from '../../src/ledger/enrolment.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import { findSlot } from '../../src/ledger/sought-slot.ts';
import { checkSubjectIds } from '../../src/ledger/subject-id-rules.ts';
import {
  checkSubjectIdsInLedger,
  currentIdsOf,
  participantNames,
  subjectIds,
  underFirstIds,
  withCurrentIds,
} from '../../src/ledger/subject-ids.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { design, EXAMPLE_SEED, planOf } from '../support/designs.ts';
import { entriesOfActs } from '../support/ledger.ts';

const slots = makeAllocationList(design([2, 1], [6, 3]), planOf([3]), EXAMPLE_SEED);
const who = { name: 'Example', role: '', organisation: '' };
const id = (text: string) => text as SubjectId;
const date = (text: string) => text as CivilDate;

const allocation: Act = {
  action: 'allocation',
  who,
  batch: 1,
  list: 'ff',
  manifest: '0'.repeat(64),
};

function randomized(subject: string, place: number): Act {
  const { number, kit, stratum } = slots[place]!;
  const about = { action: 'randomization', who, subject: id(subject) } as const;
  return { ...about, site: 'S1', stratum, number, kit, day1: date('2026-06-01') };
}

function corrected(subject: string, newId: string): Act {
  return { action: 'subject correction', who, reason: 'x', subject: id(subject), newId: id(newId) };
}

function given(subject: string): Act {
  const about = { action: 'dose', who, subject: id(subject), visit: 'D1' } as const;
  return {
    ...about,
    deviations: [],
    date: date('2026-06-01'),
    result: 'given',
    kit: null,
    corrects: null,
  };
}

const subjectsOf = (entries: readonly Entry[]) => entries.map(({ subject }) => subject);
const messagesOf = (entries: readonly Entry[]) =>
  checkSubjectIdsInLedger(entries).map(({ line, message }) => `${line}: ${message}`);

describe('a corrected id', () => {
  // A-1 is corrected twice, and is given an injection before, between and after.
  const written = entriesOfActs([
    randomized('A-1', 0),
    randomized('B-1', 1),
    given('A-1'),
    corrected('A-1', 'A-2'),
    given('A-1'),
    corrected('A-1', 'A-3'),
    given('A-1'),
  ]);
  const entries = withCurrentIds(written);

  test('is what every entry is read under; corrections stay as they are written', () => {
    expect(subjectsOf(entries)).toEqual(['A-3', 'B-1', 'A-3', 'A-1', 'A-3', 'A-1', 'A-3']);
    expect(messagesOf(written)).toEqual([]);
    expect(entries.map(({ hash }) => hash)).toEqual(written.map(({ hash }) => hash));
    expect(entries[1]).toBe(written[1]);
  });

  test('does not change a ledger without corrections, not even its array', () => {
    const plain = written.slice(0, 3);
    expect(withCurrentIds(plain)).toBe(plain);
    expect(currentIdsOf(plain, plain)).toBe(plain);
    expect(subjectsOf(withCurrentIds(plain))).toEqual(['A-1', 'B-1', 'A-1']);
  });

  test('finds the participant, as each earlier id does', () => {
    for (const all of [entries, written]) {
      for (const typed of ['A-1', 'a-2', ' A-3 ']) {
        expect(findRandomization(all, typed)?.number, typed).toBe(slots[0]!.number);
      }
      expect(findRandomization(all, 'B-1')?.number).toBe(slots[1]!.number);
      expect(findRandomization(all, 'A-4')).toBeUndefined();
    }
    const ids = subjectIds(entries)('a-2');
    expect(ids).toMatchObject({ randomizedAs: 'A-1', current: 'A-3', all: ['A-1', 'A-2', 'A-3'] });
    expect(participantNames(entries)('A-2')).toBe('A-3 (randomized as A-1)');
    expect(participantNames(entries)('B-1')).toBe('B-1');
  });

  test('is on record with each correction, once', () => {
    const again = withCurrentIds([...written, ...entriesOfActs([corrected('A-1', 'A-3')])]);
    const { corrections } = subjectIds(again)('A-1');
    expect(corrections.map(({ newId }) => newId)).toEqual(['A-2', 'A-3']);
    expect(subjectIds(again)('B-1')).toEqual({
      randomizedAs: 'B-1',
      current: 'B-1',
      all: ['B-1'],
      corrections: [],
    });
  });

  test('does not change entries and acts that are about nobody', () => {
    const repair: Act = { action: 'repair', who, removed: '' };
    const about = [...entriesOfActs([repair, allocation])];
    expect(subjectsOf(currentIdsOf(entries, about))).toEqual(subjectsOf(about));
    expect(underFirstIds(entries, [repair, given('A-2')])).toEqual([repair, given('A-1')]);
  });

  test('of another participant does not change whom somebody replaces', () => {
    const replacing = { ...randomized('C-1', 2), replaces: id('B-1') } as Act;
    expect(underFirstIds(entries, [replacing, randomized('D-1', 3)])).toEqual([
      replacing,
      randomized('D-1', 3),
    ]);
    const read = currentIdsOf(entries, entriesOfActs([replacing, randomized('D-1', 3)]));
    expect(read).toMatchObject([{ subject: 'C-1', replaces: 'B-1' }, { subject: 'D-1' }]);
  });

  test('is kept as it is while no id was corrected', () => {
    const acts = [given('A-3')];
    expect(underFirstIds(written.slice(0, 3), acts)).toBe(acts);
  });

  test('is kept under the id at randomization, and read back under the current one', () => {
    const [kept] = underFirstIds(entries, [given('A-3')]);
    expect(kept?.subject).toBe('A-1');
    expect(underFirstIds(entries, [given('B-1'), given('C-1')])).toMatchObject([
      { subject: 'B-1' },
      { subject: 'C-1' },
    ]);
    expect(subjectsOf(currentIdsOf(entries, entriesOfActs([kept!])))).toEqual(['A-3']);
  });

  test('opens the slot of the participant, whichever id is typed', () => {
    const known = [...entriesOfActs([allocation]), ...entries];
    const sources = { entries: known, isLedgerSound: true, slots, isListSound: true, numbers: [] };
    for (const subject of ['A-1', 'A-2', 'A-3']) {
      const found = findSlot({ subject }, sources);
      expect(found).toMatchObject({ number: slots[0]!.number, doubts: [] });
      expect(found?.holders[0]?.subject).toBe('A-3');
    }
  });

  test('is never free again, nor is any id before it', () => {
    const study = { sites: [{ code: 'S1', name: 'S1' }], stratifyBy: ['site'] };
    const ask = (subject: string) => {
      const place = {};
      const person = {
        subject: id(subject),
        site: 'S1',
        levels: {},
        day1: date('2026-06-01'),
        place,
      };
      const made = assignNextFree(study, slots, entries, [person]);
      return made.ok ? made.value[0]!.number : made.problems[0]!.message;
    };
    const { number } = slots[0]!;
    expect(ask('A-1')).toBe(`subject A-1 was the id of A-3 (${number}), and is never free again`);
    expect(ask('a-2')).toBe(`subject a-2 was the id of A-3 (${number}), and is never free again`);
    expect(ask('A-3')).toContain('was randomized on');
    expect(ask('A-4')).toBe(slots[2]!.number);
  });

  test('is compared with other ids in all its forms, but not with those of the same participant', () => {
    const study = {
      sites: [{ code: 'S1', name: 'S1' }],
      subjects: { pattern: undefined, unit: 'participant' as const },
    };
    const [own] = entries;
    if (own?.action !== 'randomization') throw new Error('bad example');
    const ask = (subject: string, of?: typeof own) => {
      const asked = { subject: id(subject), site: 'S1', place: {} };
      return checkSubjectIds(study, entries, [asked], of).doubtful.map(({ message }) => message);
    };
    expect(ask('A_1')).toEqual([
      `subject id A_1 may be the same person as A-1 (randomized: ${slots[0]!.number})`,
    ]);
    expect(ask('A_3')).toHaveLength(1);
    expect(ask('A_1', own)).toEqual([]);
    expect(ask('B_1', own)).toHaveLength(1);
  });

  test('goes back to an id that the participant had', () => {
    const back = withCurrentIds([...written, ...entriesOfActs([corrected('A-1', 'A-1')])]);
    expect(participantNames(back)('A-3')).toBe('A-1');
    expect(subjectIds(back)('A-1').all).toEqual(['A-1', 'A-2', 'A-3']);
  });
});

describe('a ledger that somebody made by hand', () => {
  test('is found out: an id of another participant, nobody, the same id', () => {
    const written = entriesOfActs([
      randomized('A-1', 0),
      randomized('B-1', 1),
      corrected('A-1', 'B-1'),
      corrected('C-1', 'C-2'),
      corrected('A-1', 'A-1'),
      corrected('A-1', 'A-2'),
      corrected('B-1', 'a-1'),
      randomized('A-2', 2),
    ]);
    expect(messagesOf(written)).toEqual([
      '3: gives A-1 the id B-1, which is an id of the participant who was randomized as B-1',
      '4: C-1 was not randomized before',
      '5: gives A-1 the id A-1, which is its id already',
      '7: gives B-1 the id a-1, which is an id of the participant who was randomized as A-1',
      '8: randomizes A-2, which is an id of the participant who was randomized as A-1',
    ]);
  });

  test('has no problem if somebody is randomized twice under one id: that is reported elsewhere', () => {
    const twice = [randomized('A-1', 0), corrected('A-1', 'A-2'), randomized('a-1', 1)];
    expect(messagesOf(entriesOfActs(twice))).toEqual([]);
    expect(messagesOf(entriesOfActs([randomized('A-1', 0), randomized('A-1', 1)]))).toEqual([]);
  });

  test('changes no id with a correction that cannot be right', () => {
    const written = entriesOfActs([
      randomized('A-1', 0),
      randomized('B-1', 1),
      corrected('A-1', 'B-1'),
      given('A-1'),
    ]);
    const entries = withCurrentIds(written);
    expect(subjectsOf(entries)).toEqual(['A-1', 'B-1', 'A-1', 'A-1']);
    expect(findRandomization(entries, 'B-1')?.number).toBe(slots[1]!.number);
    const later = [corrected('A-1', 'A-2'), corrected('A-1', 'B-1'), given('A-1')];
    const start = [randomized('A-1', 0), randomized('B-1', 1)];
    const current = withCurrentIds(entriesOfActs([...start, ...later]));
    expect(subjectsOf(current)).toEqual(['A-2', 'B-1', 'A-1', 'A-1', 'A-2']);
  });

  test('opens nothing if two participants have one id', () => {
    const written = entriesOfActs([
      randomized('A-1', 0),
      corrected('A-1', 'A-2'),
      randomized('A-2', 1),
    ]);
    const entries = withCurrentIds(written);
    const sources = { entries, isLedgerSound: true, slots, isListSound: true, numbers: [] };
    expect(() => findSlot({ subject: 'A-2' }, sources)).toThrow(/NOT TRUSTED.*contradicts itself/);
    expect(entries.at(-1)).toBe(written.at(-1));
  });
});
