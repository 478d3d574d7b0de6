import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/ledger/entry.ts';
import {
  flagOf,
  meaningsOf,
  requireNaming,
  requireParticipant,
  requireSlot,
  tellApart,
} from '../../src/ledger/named-participant.ts';
import type { Slot } from '../../src/randomization/list.ts';
import { PLAIN_NUMBERS } from '../../src/randomization/vectors.ts';
import { failureOf } from '../support/failure.ts';

const slot = (number: string, kit: string, ...spares: string[]) =>
  ({ number, kit, stratum: 'site=A', batch: 1, spares }) as unknown as Slot;
const randomized = (subject: string, number: string, kit?: string) =>
  ({
    action: 'randomization',
    subject,
    number,
    ...(kit !== undefined && { kit }),
  }) as unknown as Entry;

const SOURCES = {
  slots: [slot('R001', '474WW4E'), slot('R002', 'XEE6Q3J'), slot('R003', '9CAMH7G')],
  entries: [randomized('CRT-007', 'R001', '474WW4E'), randomized('r003', 'R002', 'XEE6Q3J')],
};

describe('an id is told apart', () => {
  test.each([
    ['crt-007', { subject: 'CRT-007' }],
    [' R001 ', { number: 'R001' }],
    ['r002', { number: 'R002' }],
    ['474 ww4e', { kit: '474WW4E' }],
    ['9CAMH7G', { kit: '9CAMH7G' }],
    ['CRT-099', undefined],
    ['', undefined],
  ])('%j', (typed, naming) => {
    expect(tellApart(typed, SOURCES)).toEqual(naming);
  });

  test('by the ledger and the envelopes alone, if the list is missing', () => {
    const { entries } = SOURCES;
    expect(tellApart('xee6-q3j', { entries, slots: [] })).toEqual({ kit: 'XEE6Q3J' });
    expect(tellApart('r002', { entries, slots: [] })).toEqual({ number: 'R002' });
    expect(tellApart('r009', { entries, slots: [], numbers: ['R009'] })).toEqual({
      number: 'R009',
    });
  });

  test('a kit of a slot that has several, also a spare one', () => {
    const sources = { entries: [], slots: [slot('R001', '474WW4E', '3HE7KFC')] };
    expect(meaningsOf('3he7kfc', sources)).toEqual([
      {
        naming: { kit: '3HE7KFC' },
        words: 'the kit of a slot that nobody has yet',
        slot: 'R001',
      },
    ]);
  });

  test('signs alone are not the code of a slot without a kit', () => {
    const none = { ...slot('R001', ''), kit: '' } as unknown as Slot;
    expect(meaningsOf('--', { entries: [], slots: [none] })).toEqual([]);
  });
});

test('each meaning of an id is told in words, the participant first', () => {
  expect(meaningsOf('r003', SOURCES)).toEqual([
    { naming: { subject: 'r003' }, words: 'the participant r003 (R002)', slot: 'R002' },
    {
      naming: { number: 'R003' },
      words: 'the randomization number of a slot that nobody has yet',
      slot: 'R003',
    },
  ]);
  expect(meaningsOf('R001', SOURCES)).toEqual([
    { naming: { number: 'R001' }, words: 'the randomization number of CRT-007', slot: 'R001' },
  ]);
  expect(meaningsOf('474WW4E', SOURCES)).toEqual([
    { naming: { kit: '474WW4E' }, words: 'the kit of CRT-007', slot: 'R001' },
  ]);
});

test('an id that could be two things is refused, and both are named', () => {
  expect(failureOf(() => tellApart('R003', SOURCES))).toEqual({
    code: 'usage',
    message:
      '"R003" could be the participant r003 (R002), or the randomization number of a slot that nobody has yet',
    problems: [],
    hint: 'Say which one, with a flag: --subject r003 or --number R003',
  });
});

test('a participant who is called as the own number is one thing', () => {
  const entries = [randomized('R001', 'R001', '474WW4E')];
  expect(tellApart('R001', { ...SOURCES, entries })).toEqual({ subject: 'R001' });
});

test('a name is shown as the flag that somebody types', () => {
  expect(flagOf({ subject: 'CRT-007' })).toBe('--subject CRT-007');
  expect(flagOf({ number: 'R001' })).toBe('--number R001');
  expect(flagOf({ kit: '474WW4E' })).toBe('--kit 474WW4E');
});

const study = { domain: 'production', numbers: PLAIN_NUMBERS } as const;
const REGISTER = { study, ...SOURCES };
const WITHOUT_KITS = {
  study,
  slots: [{ number: 'R001', stratum: 'site=A', batch: 1 }] as unknown as Slot[],
  entries: [randomized('CRT-007', 'R001')],
};

describe('an id without a flag', () => {
  const LIST = 'Check the id. To list participants, run: randose calendar';
  const NOTHING = 'is not a participant, a randomization number or a kit of this study';

  test('is a participant, a number or a kit', () => {
    expect(requireNaming(REGISTER, 'crt-007')).toEqual({ subject: 'CRT-007' });
    expect(requireNaming(REGISTER, 'r001')).toEqual({ number: 'R001' });
    expect(requireNaming(REGISTER, '474ww4e')).toEqual({ kit: '474WW4E' });
  });

  test('that is none of them is refused, with a hint', () => {
    expect(failureOf(() => requireNaming(REGISTER, 'CRT-099'))).toEqual({
      code: 'bad-data',
      message: `"CRT-099" ${NOTHING}`,
      problems: [],
      hint: LIST,
    });
  });

  test('that is like one is refused, and the hint names that one', () => {
    expect(failureOf(() => requireNaming(REGISTER, 'CRT-OO7'))).toMatchObject({
      message: `"CRT-OO7" ${NOTHING}`,
      hint: `Did you mean CRT-007? ${LIST}`,
    });
    expect(failureOf(() => requireNaming(REGISTER, 'CRT\u2013007'))).toMatchObject({
      hint: `It has an en dash (U+2013) in the place of "-": type CRT-007. ${LIST}`,
    });
  });

  test('that may be a mistyped kit code is refused, and says what is wrong with it', () => {
    expect(failureOf(() => requireNaming(REGISTER, '474WW4F'))).toEqual({
      code: 'bad-data',
      message: `"474WW4F" ${NOTHING}`,
      problems: [
        {
          message:
            'Or it is a kit code: kit "474WW4F" is mistyped: its check character does not fit, so a character is wrong or two are exchanged',
        },
      ],
      hint: LIST,
    });
  });

  test('that is like a participant is not taken for a mistyped kit code', () => {
    const entries = [...SOURCES.entries, randomized('474-WW4-F', 'R003')];
    expect(failureOf(() => requireNaming({ ...REGISTER, entries }, '474WW4F'))).toEqual({
      code: 'bad-data',
      message: `"474WW4F" ${NOTHING}`,
      problems: [],
      hint: `Did you mean 474-WW4-F? ${LIST}`,
    });
  });

  test('that is a kit code of another trial is refused', () => {
    const slots = SOURCES.slots.slice(1);
    const register = { ...REGISTER, slots, entries: [] };
    expect(failureOf(() => requireNaming(register, '474ww4e'))).toEqual({
      code: 'bad-data',
      message: 'kit code 474WW4E is correctly formed but is not in this study',
      problems: [],
      hint: 'Check which trial the kit is for.',
    });
  });

  test('is not said to be a kit in a study without kits', () => {
    expect(failureOf(() => requireNaming(WITHOUT_KITS, '474WW4E'))).toEqual({
      code: 'bad-data',
      message: '"474WW4E" is not a participant or a randomization number of this study',
      problems: [],
      hint: LIST,
    });
    expect(failureOf(() => requireNaming(WITHOUT_KITS, 'CRT_007')).hint).toBe(
      `Did you mean CRT-007? ${LIST}`,
    );
  });
});

describe('a participant', () => {
  test('is found by the subject id, the number or the kit', () => {
    for (const naming of [{ subject: 'crt-007' }, { number: ' r001 ' }, { kit: '474-ww4e' }]) {
      expect(requireParticipant(REGISTER, naming).subject).toBe('CRT-007');
    }
  });

  test('by a number that nobody has is refused', () => {
    expect(failureOf(() => requireParticipant(REGISTER, { number: 'r003' }))).toEqual({
      code: 'bad-data',
      message: 'no participant has the number R003 yet',
      problems: [],
      hint: 'Check the number. To list participants, run: randose calendar',
    });
  });

  test('by a kit that nobody has is refused', () => {
    expect(failureOf(() => requireParticipant(REGISTER, { kit: '9CAMH7G' }))).toMatchObject({
      code: 'bad-data',
      message: 'no participant has kit 9CAMH7G (R003) yet',
    });
  });

  test('must be named', () => {
    expect(failureOf(() => requireParticipant(REGISTER, {}))).toMatchObject({
      code: 'usage',
      message: 'name the participant: ID, --subject ID, --number NUMBER or --kit CODE',
    });
  });
});

describe('a slot', () => {
  test('is found by its number or kit, also if nobody has it, and by its participant', () => {
    expect(requireSlot(REGISTER, { number: ' r003 ' }).number).toBe('R003');
    expect(requireSlot(REGISTER, { kit: '9camh7g' }).number).toBe('R003');
    expect(requireSlot(REGISTER, { subject: 'r003' }).number).toBe('R002');
  });

  test('is that of the participant, if more is said', () => {
    const more = { number: 'R001', kit: '9CAMH7G' };
    expect(requireSlot(REGISTER, { subject: 'r003', ...more }).number).toBe('R002');
    expect(requireSlot(REGISTER, more).number).toBe('R001');
  });

  test('that is not named is refused', () => {
    expect(failureOf(() => requireSlot(REGISTER, {})).code).toBe('usage');
  });

  test('by a number that the list does not have is refused, with a hint', () => {
    const where = "The number is on the participant's calendar and on the card.";
    expect(failureOf(() => requireSlot(REGISTER, { number: 'R009' }))).toEqual({
      code: 'bad-data',
      message: '"R009" is not a randomization number of this study',
      problems: [],
      hint: where,
    });
    expect(failureOf(() => requireSlot(REGISTER, { number: 'ROO1' })).hint).toBe(
      `Did you mean R001 (CRT-007)? ${where}`,
    );
    expect(failureOf(() => requireSlot(REGISTER, { number: 'R\u2013001' })).hint).toBe(
      `It has an en dash (U+2013) in the place of "-": type R-001. ${where}`,
    );
  });
});
