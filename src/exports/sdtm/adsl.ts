import { levelsOfStratum } from '../../study/sections/strata.ts';
import type { Study } from '../../study/study.ts';
import { sdtmDataset, type SdtmDataset, type SdtmVariable, variable } from './sdtm-dataset.ts';
import { actualArm } from './subject-level/dm.ts';
import { givenDates, type SdtmUnblinded } from './subject-level/sdtm-participant.ts';
import { usubjidVariable } from './subject-level/subject-variables.ts';

/** A part of ADaM's subject-level analysis dataset: the treatments as planned and as given, and the strata. It names arms. */
export function analysisFragment(
  study: Study,
  participants: readonly SdtmUnblinded[],
): SdtmDataset {
  const { arms, factors, stratifyBy } = study;
  const periods = Math.max(0, ...arms.map((arm) => arm.periods?.length ?? 0));
  const orders = new Map(arms.map(({ code }, index) => [code, index + 1]));
  const text = (name: string, label: string, of: (one: SdtmUnblinded) => string) =>
    variable<SdtmUnblinded>(name, label, 'Record Qualifier', of, { origin: 'Derived' });
  const day = (name: string, label: string, of: (one: SdtmUnblinded) => string | undefined) =>
    variable<SdtmUnblinded>(name, label, 'Timing', (one) => of(one) ?? null, {
      type: 'day',
      origin: 'Derived',
    });
  const order = (name: string, label: string, of: (one: SdtmUnblinded) => string) =>
    variable<SdtmUnblinded>(name, label, 'Record Qualifier', (one) => orders.get(of(one)) ?? null, {
      type: 'number',
      origin: 'Derived',
    });
  const treatments =
    periods === 0
      ? [
          text('TRT01P', 'Planned Treatment for Period 01', ({ arm }) => arm.name),
          order('TRT01PN', 'Planned Treatment for Period 01 (N)', ({ arm }) => arm.code),
          text('TRT01A', 'Actual Treatment for Period 01', (one) => actualArm(one).name),
          order('TRT01AN', 'Actual Treatment for Period 01 (N)', (one) => actualArm(one).code),
        ]
      : [
          ...Array.from({ length: periods }, (_, index) => ofPeriod(index)).flat(),
          text('TRTSEQP', 'Planned Sequence of Treatments', ({ arm }) => arm.name),
          text('TRTSEQA', 'Actual Sequence of Treatments', (one) => actualArm(one).name),
        ];
  return sdtmDataset<SdtmUnblinded>(
    {
      name: 'ADSL',
      label: 'Subject-Level Analysis Dataset, Part',
      class: 'SUBJECT LEVEL ANALYSIS DATASET',
      structure: 'One record per subject',
      isReference: false,
      comment:
        'A fragment, to be merged by USUBJID. Actual treatments are by the kits that were used.',
    },
    [
      variable('STUDYID', 'Study Identifier', 'Identifier', () => study.id, { core: 'R', key: 1 }),
      usubjidVariable<SdtmUnblinded>(),
      text('SUBJID', 'Subject Identifier for the Study', (one) => one.facts.ids.current),
      text('SITEID', 'Study Site Identifier', (one) => one.randomization.site),
      text('ARM', 'Description of Planned Arm', ({ arm }) => arm.name),
      text('ACTARM', 'Description of Actual Arm', (one) => actualArm(one).name),
      ...treatments,
      text('RANDFL', 'Randomized Population Flag', () => 'Y'),
      day('RANDDT', 'Date of Randomization', ({ randomizedOn }) => randomizedOn),
      text('RANDNO', 'Randomization Number', ({ randomization }) => randomization.number),
      day('TRTSDT', 'Date of First Exposure to Treatment', (one) => givenDates(one)[0]),
      day('TRTEDT', 'Date of Last Exposure to Treatment', (one) => givenDates(one).at(-1)),
      text('STRATAR', 'Strata Used for Randomization', ({ randomization }) => {
        return valuesOf(randomization.stratum).join(', ');
      }),
      ...strataVariables(),
    ],
    participants,
  );

  function ofPeriod(index: number): SdtmVariable<SdtmUnblinded>[] {
    const number = String(index + 1).padStart(2, '0');
    const actual = (one: SdtmUnblinded) =>
      arms.find(({ code }) => code === actualArm(one).code)?.periods?.[index] ?? '';
    return [
      text(`TRT${number}P`, `Planned Treatment for Period ${number}`, ({ arm }) => {
        return arm.periods?.[index] ?? '';
      }),
      text(`TRT${number}A`, `Actual Treatment for Period ${number}`, actual),
    ];
  }

  /** The factors in the order in which strata have them. */
  function strataVariables(): SdtmVariable<SdtmUnblinded>[] {
    const known = factors.map(({ name }) => name);
    return stratifyBy.flatMap((name, index) => [
      text(`STRAT${index + 1}D`, `Description of Stratification Factor ${index + 1}`, () => name),
      text(`STRAT${index + 1}R`, `Strat Factor ${index + 1} Value Used for Rand`, (one) => {
        const { stratum } = one.randomization;
        return known.includes(name)
          ? (levelsOfStratum(stratum)[name] ?? '')
          : (partOf(stratum, name) ?? '');
      }),
    ]);
  }
}

/** `CRT` and `F` of `site=CRT/sex=F`. */
function valuesOf(stratum: string): string[] {
  return stratum.split('/').map((part) => part.slice(part.indexOf('=') + 1));
}

function partOf(stratum: string, name: string): string | undefined {
  return stratum
    .split('/')
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
