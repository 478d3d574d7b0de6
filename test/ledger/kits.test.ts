import { describe, expect, test } from 'vitest';
import { RandoseError } from '../../src/errors.ts';
import { requireKit, requireKitHolder, requireKits } from '../../src/ledger/kits.ts';
import type { Slot } from '../../src/randomization/list.ts';
import { PLAIN_NUMBERS } from '../../src/randomization/vectors.ts';
import { kitLedger } from '../support/kit-records.ts';

const SLOTS = [
  { number: 'R001', kit: '474WW4E', spares: ['XEE6Q3J'], stratum: 'site=A', batch: 1 },
  { number: 'R002', kit: '9CAMH7G', spares: [], stratum: 'site=A', batch: 1 },
] as unknown as Slot[];
const WITHOUT_KITS = [{ number: 'R001', stratum: 'site=A', batch: 1 }] as unknown as Slot[];
const ENTRIES = kitLedger(
  { action: 'allocation' },
  { action: 'randomization', subject: 'CRT-001', number: 'R001', kit: '474WW4E' },
);
const STUDY = { domain: 'production', numbers: PLAIN_NUMBERS } as const;
const REGISTER = { study: STUDY, slots: SLOTS, entries: ENTRIES };

/** What the user is told if the call fails. */
function toldBy(call: () => unknown) {
  try {
    call();
  } catch (error) {
    const { code, message, hint } = error as RandoseError;
    return { code, message, hint };
  }
  return undefined;
}

describe('a kit is found', () => {
  test.each([
    ['474WW4E', 'the kit of a slot'],
    ['xee6 q3j', 'a spare kit, however it was typed'],
  ])('by its code %s: %s', (typed) => {
    expect(requireKit(REGISTER, typed)).toEqual({
      kit: typed.toUpperCase().replace(' ', ''),
      slot: SLOTS[0],
      holder: ENTRIES[1],
    });
    expect(requireKitHolder(REGISTER, typed)).toBe(ENTRIES[1]);
  });

  test('without a holder while nobody has its slot', () => {
    expect(requireKit(REGISTER, '9CAMH7G')).toEqual({
      kit: '9CAMH7G',
      slot: SLOTS[1],
      holder: undefined,
    });
  });
});

describe('the user is told why a kit is not found', () => {
  const none = {
    code: 'usage',
    message: 'this study has no kits: study.yaml says supplies: none',
    hint: 'Participants are named by their subject id or randomization number.',
  };

  test('in a study without kits', () => {
    expect(
      toldBy(() => {
        requireKits(WITHOUT_KITS);
      }),
    ).toEqual(none);
    expect(toldBy(() => requireKit({ ...REGISTER, slots: WITHOUT_KITS }, '474WW4E'))).toEqual(none);
    expect(
      toldBy(() => {
        requireKits(SLOTS);
      }),
    ).toBeUndefined();
  });

  test.each([
    [
      'a code that is mistyped',
      '474WW4F',
      'kit "474WW4F" is mistyped: its check character does not fit, so a character is wrong or two are exchanged',
      'Check the code on the kit.',
    ],
    [
      'the id of a participant',
      'crt-001',
      'kit "crt-001" has 6 characters; a kit code has 7',
      'crt-001 names the participant CRT-001 (R001), not a kit. Check the code on the kit.',
    ],
    [
      'a kit of another trial',
      '7ACDEFY',
      'kit code 7ACDEFY is correctly formed but is not in this study',
      'Check which trial the kit is for.',
    ],
  ])('%s', (_, typed, message, hint) => {
    expect(toldBy(() => requireKit(REGISTER, typed))).toEqual({ code: 'bad-data', message, hint });
  });

  test('a kit that no participant has, if one must have it', () => {
    expect(toldBy(() => requireKitHolder(REGISTER, '9CAMH7G'))).toEqual({
      code: 'bad-data',
      message: 'no participant has kit 9CAMH7G (R002) yet',
      hint: 'Check the code on the kit.',
    });
  });
});
