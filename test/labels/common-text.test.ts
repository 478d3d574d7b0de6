import { describe, expect, test } from 'vitest';
import { RandoseError } from '../../src/errors.ts';
import { commonText } from '../../src/labels/common-text.ts';
import { labelledStudy } from '../support/labels.ts';

const packaged = (...rows: string[]) =>
  labelledStudy(['packaged: [{lot: L2026-01, expiry: 2027-06}]', `packaged: [${rows.join(', ')}]`]);

function differing(...rows: string[]): string[] {
  try {
    commonText(packaged(...rows), 1);
  } catch (error) {
    if (error instanceof RandoseError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('what labels say of all arms', () => {
  test.each([
    [
      'lot',
      '{arm: ILT101, lot: A1, expiry: 2027-06}',
      '{arm: PLACEBO, lot: P1, expiry: 2027-06}',
      'supplies: lot differs, ILT101: A1; PLACEBO: P1',
    ],
    [
      'expiry',
      '{lot: A, expiry: 2027-06}',
      '{arm: PLACEBO, expiry: 2027-07}',
      'supplies: expiry differs, ILT101: 2027-06; PLACEBO: 2027-07',
    ],
    [
      'a text',
      '{lot: A, expiry: 2027-06}',
      '{arm: PLACEBO, storage: cool}',
      "supplies: storage differs, ILT101: À conserver entre 2 °C et 8 °C, à l'abri de la lumière; PLACEBO: cool",
    ],
    [
      'what one has and the other lacks',
      '{lot: A, expiry: 2027-06}',
      '{arm: PLACEBO, trialReference: B}',
      'supplies: trialReference differs, ILT101: nothing; PLACEBO: B',
    ],
  ])('must not differ: %s', (_, one, other, message) => {
    expect(differing(one, other)).toEqual([message]);
  });

  test('every difference is reported', () => {
    expect(
      differing(
        '{arm: ILT101, lot: A, expiry: 2027-06}',
        '{arm: PLACEBO, lot: B, expiry: 2028-06}',
      ),
    ).toHaveLength(2);
  });

  test('may be written arm by arm if it is the same', () => {
    const study = packaged(
      '{arm: ILT101, lot: A, expiry: 2027-06}',
      '{arm: PLACEBO, lot: A, expiry: 2027-06}',
    );
    expect(commonText(study, 1)).toMatchObject({ lot: 'A', expiry: '2027-06' });
  });

  test('is the same however it is written', () => {
    expect(
      differing(
        '{arm: ILT101, lot: A, trialReference: {fr: X}}',
        '{arm: PLACEBO, lot: A, trialReference: X}',
      ),
    ).toEqual([]);
  });

  test('may differ for a further batch: a text for the batch takes precedence', () => {
    const study = packaged('{lot: A, expiry: 2027-06}', '{batch: 2, lot: B}');
    expect(commonText(study, 1)).toMatchObject({ lot: 'A', expiry: '2027-06' });
    expect(commonText(study, 2)).toMatchObject({ lot: 'B', expiry: '2027-06' });
  });

  test('is refused with what to do, and for a kit type with its name', () => {
    const typed = labelledStudy(
      [
        / {2}kit:\n(?: {4}.*\n)+/,
        '  kits: [{type: tablets, units: 84}, {type: syringe, units: each injection, injected: true}]\n',
      ],
      [
        'packaged: [{lot: L2026-01, expiry: 2027-06}]',
        'packaged: [{arm: ILT101, type: tablets, storage: {fr: frais, en: cool}}, {arm: PLACEBO, type: tablets, storage: {fr: sec, en: cool}}]',
      ],
    );
    expect(() => commonText(typed, 1, 'tablets')).toThrow(
      expect.objectContaining({
        code: 'invalid-study',
        message: 'the labels of the arms differ',
        problems: [
          {
            file: 'study.yaml',
            message:
              'supplies, tablets: storage differs, ILT101: frais / cool; PLACEBO: sec / cool',
          },
        ],
        hint: 'Anyone who sees two kits could tell their arms apart. Package all arms alike, with one lot number, and correct study.yaml. Nothing was printed.',
      }) as Error,
    );
    expect(() => commonText(typed, 1, 'syringe')).not.toThrow();
  });

  test('is compared language by language', () => {
    const study = labelledStudy(
      ['languages: [fr]', 'languages: [fr, en]'],
      [
        'packaged: [{lot: L2026-01, expiry: 2027-06}]',
        'packaged: [{arm: ILT101, storage: {fr: ab, en: c}}, {arm: PLACEBO, storage: {fr: a, en: bc}}]',
      ],
    );
    expect(() => commonText(study, 1)).toThrow('the labels of the arms differ');
  });
});
