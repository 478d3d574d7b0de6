import { describe, expect, test } from 'vitest';
import { commandToReenter } from '../../../src/cli/study/reenter.ts';
import { quoted } from '../../../src/words.ts';
import type { Entry } from '../../../src/ledger/entry.ts';

const told = (entry: object, flags: object = {}) => {
  const who = { name: 'A. Example', role: 'nurse', organisation: '' };
  const whole = { who, subject: 'CRT-001', reason: null, ...entry } as unknown as Entry;
  return commandToReenter(whole, { yes: false, ...flags });
};
const BY = '--by "A. Example, nurse"';

describe('the command that enters an act again', () => {
  const randomization = {
    action: 'randomization',
    site: 'CRT',
    day1: '2026-06-15',
    number: 'R001',
    stratum: 'site=CRT/sex=F/age=LT65',
  };
  const visit = { visit: 'D15', date: '2026-06-29', deviations: [] };
  const dose = { action: 'dose', ...visit, result: 'given', kit: null, corrects: null };
  const more = {
    action: 'additional dose',
    date: '2026-06-29',
    deviations: ['additional'],
    result: 'given',
    kit: null,
    reason: 'x',
  };
  const own = { assessments: ['Safety'], result: 'done', corrects: null };
  const attendance = { action: 'attendance', ...visit, ...own };
  const kit = { action: 'kit', kit: '474WW4E', date: '2026-06-01', units: 9, corrects: null };

  test.each([
    [
      randomization,
      `randose randomize --subject CRT-001 --site CRT --factor sex=F age=LT65 --day1 2026-06-15 ${BY}`,
    ],
    [
      { ...randomization, stratum: 'site=CRT', deviations: ['day 1'], reason: 'holiday' },
      `randose randomize --subject CRT-001 --site CRT --day1 2026-06-15 --deviation --reason holiday ${BY}`,
    ],
    [dose, `randose dose --subject CRT-001 --visit D15 --date 2026-06-29 ${BY}`],
    [
      { ...dose, result: 'not done', corrects: 7, deviations: ['order'], reason: 'a "fever"' },
      `randose dose --subject CRT-001 --visit D15 --date 2026-06-29 --deviation --reason "a \\"fever\\"" --not-done --correct ${BY}`,
    ],
    [
      { ...dose, kit: '474WW4E' },
      `randose dose --subject CRT-001 --visit D15 --date 2026-06-29 --kit 474WW4E ${BY}`,
    ],
    [
      { ...dose, amount: '1 vial', weight: '72.5' },
      `randose dose --subject CRT-001 --visit D15 --date 2026-06-29 --amount "1 vial" --weight 72.5 ${BY}`,
    ],
    [
      { ...more, deviations: ['additional', 'kit'], kit: '474WW4E' },
      `randose dose --additional --subject CRT-001 --date 2026-06-29 --deviation --reason x --kit 474WW4E ${BY}`,
    ],
    [
      { ...more, result: 'retracted', corrects: 7 },
      `randose dose --additional --subject CRT-001 --date 2026-06-29 --retract --reason x ${BY}`,
    ],
    [
      { ...attendance, assessments: ['Treg blood sample', 'Safety'] },
      `randose attend --subject CRT-001 --visit D15 --date 2026-06-29 --assessment "Treg blood sample" Safety ${BY}`,
    ],
    [
      { ...attendance, result: 'not done', corrects: 7, deviations: ['window'], reason: 'x' },
      `randose attend --subject CRT-001 --visit D15 --date 2026-06-29 --deviation --reason x --assessment Safety --not-done --correct ${BY}`,
    ],
    [
      { ...attendance, result: 'retracted', corrects: 7, reason: 'x' },
      `randose attend --subject CRT-001 --visit D15 --retract --reason x --assessment Safety ${BY}`,
    ],
    [
      { action: 'move', ...visit, from: '2026-06-30', reason: 'holiday' },
      `randose move --subject CRT-001 --visit D15 --date 2026-06-29 --reason holiday ${BY}`,
    ],
    [
      { ...dose, otherKit: 'LOT 77/A', deviations: ['kit'], reason: 'box' },
      `randose dose --subject CRT-001 --visit D15 --date 2026-06-29 --deviation --reason box --other-kit "LOT 77/A" ${BY}`,
    ],
    [
      { ...dose, result: 'retracted', corrects: 7, reason: 'x' },
      `randose dose --subject CRT-001 --visit D15 --retract --reason x ${BY}`,
    ],
    [
      { action: 'move', ...visit, from: '2026-06-30', reason: 'x', retracts: 7 },
      `randose move --subject CRT-001 --visit D15 --retract --reason x ${BY}`,
    ],
    [
      { ...kit, event: 'received', subject: null },
      `randose kit received --kits 474WW4E --date 2026-06-01 ${BY}`,
    ],
    [
      { ...kit, event: 'shipped', subject: null, from: null, to: 'LYO' },
      `randose kit shipped --kits 474WW4E --date 2026-06-01 --to LYO --units 9 ${BY}`,
    ],
    [
      {
        ...kit,
        event: 'received',
        subject: null,
        site: 'LYO',
        deviations: ['other site'],
        reason: 'x',
      },
      `randose kit received --kits 474WW4E --date 2026-06-01 --site LYO --deviation --reason x ${BY}`,
    ],
    [
      { ...kit, event: 'returned to depot', subject: null, from: 'LYO' },
      `randose kit returned-to-depot --kits 474WW4E --date 2026-06-01 --units 9 ${BY}`,
    ],
    [
      { ...kit, event: 'dispensed' },
      `randose kit dispensed --kits 474WW4E --date 2026-06-01 --subject CRT-001 ${BY}`,
    ],
    [
      { ...kit, event: 'returned', units: 2 },
      `randose kit returned --kits 474WW4E --date 2026-06-01 --units 2 ${BY}`,
    ],
    [
      { ...kit, event: 'retracted', subject: null, reason: 'x', corrects: 3 },
      `randose kit retracted --kits 474WW4E --reason x ${BY}`,
    ],
  ])('%#', (entry, command) => {
    expect(told(entry)).toBe(command);
  });

  test('finds the same study, as a rehearsal if it is one, and gives the other copy up', () => {
    expect(told(dose, { study: 'my study', rehearsal: true, yes: true })).toBe(
      `randose dose --study "my study" --rehearsal --subject CRT-001 --visit D15 --date 2026-06-29 ${BY} --yes`,
    );
  });

  test('there is none for an act that opened, printed or made something', () => {
    for (const action of ['code-break intent', 'labels', 'allocation', 'repair']) {
      expect(told({ action })).toBeUndefined();
    }
  });
});

test('a shell takes a quoted word as it is', () => {
  expect(quoted('CRT-001')).toBe('CRT-001');
  expect(quoted('')).toBe('""');
  expect(quoted('a $HOME `b` \\ "c"')).toBe('"a \\$HOME \\`b\\` \\\\ \\"c\\""');
});
