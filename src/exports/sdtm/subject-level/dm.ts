import { NO_ARM_REASONS, SEXES } from '../../../study/cdisc-terms.ts';
import { alpha3 } from '../../../study/countries.ts';
import { levelsOfStratum } from '../../../study/sections/strata.ts';
import type { Study } from '../../../study/study.ts';
import {
  cut,
  identifiers,
  sdtmDataset,
  type SdtmDataset,
  type SdtmVariable,
  variable,
} from '../sdtm-dataset.ts';
import {
  byText,
  givenDates,
  kitsGivenText,
  type SdtmParticipant,
  type SdtmUnblinded,
} from './sdtm-participant.ts';
import { usubjidVariable } from './subject-variables.ts';

const BLINDED =
  'Null while the trial is blinded. CDISC has no reason (ARMNRS) for it: this dataset is a fragment, to be merged with the data of participants.';

/** Demographics: what randose knows of participants, to be merged with the data that are collected. Its arms are empty while the trial is blinded. */
export function demographics(
  study: Study,
  participants: readonly (SdtmParticipant | SdtmUnblinded)[],
): SdtmDataset {
  type One = SdtmParticipant | SdtmUnblinded;
  const isOpen = participants.some((one) => 'arm' in one);
  const countries = new Map(study.sites.map(({ code, country }) => [code, country]));
  const date = (name: string, label: string, of: (one: One) => string | undefined) =>
    variable<One>(name, label, 'Record Qualifier', (one) => of(one) ?? null, {
      type: 'date',
      core: 'E',
      origin: 'Derived',
    });
  const arm = (name: string, label: string, of: (one: SdtmUnblinded) => string) =>
    variable<One>(
      name,
      label,
      name === 'ARM' || name === 'ACTARM' ? 'Synonym Qualifier' : 'Record Qualifier',
      (one) => ('arm' in one ? of(one) : ''),
      {
        core: 'E',
        ...(!isOpen && { comment: BLINDED }),
        ...(name === 'ARMNRS' && { list: NO_ARM_REASONS }),
      },
    );
  const sex = sexFactor(study);
  return sdtmDataset<One>(
    {
      name: 'DM',
      label: 'Demographics',
      class: 'SPECIAL PURPOSE',
      structure: 'One record per subject',
      isReference: false,
      comment:
        'A fragment: only variables that follow from the randomization and the injections. Merge it by USUBJID.',
    },
    [
      ...identifiers<One>(study.id, 'DM'),
      usubjidVariable<One>(),
      variable(
        'SUBJID',
        'Subject Identifier for the Study',
        'Topic',
        (one) => one.facts.ids.current,
        {
          core: 'R',
        },
      ),
      date('RFSTDTC', 'Subject Reference Start Date/Time', (one) => givenDates(one)[0]),
      date('RFXSTDTC', 'Date/Time of First Study Treatment', (one) => givenDates(one)[0]),
      date('RFXENDTC', 'Date/Time of Last Study Treatment', (one) => givenDates(one).at(-1)),
      variable(
        'SITEID',
        'Study Site Identifier',
        'Record Qualifier',
        (one) => one.randomization.site,
        {
          core: 'R',
          comment:
            'The site of the randomization. After a transfer, SUPPDM has the current one (SITECUR).',
        },
      ),
      ...(sex === undefined
        ? []
        : [
            variable<One>(
              'SEX',
              'Sex',
              'Record Qualifier',
              ({ facts, randomization }) =>
                facts.corrected[sex] ?? levelsOfStratum(randomization.stratum)[sex] ?? '',
              { core: 'R', list: SEXES, origin: 'Collected' },
            ),
          ]),
      arm('ARMCD', 'Planned Arm Code', (one) => one.arm.code),
      arm('ARM', 'Description of Planned Arm', (one) => one.arm.name),
      arm('ACTARMCD', 'Actual Arm Code', (one) => actualArm(one).code),
      arm('ACTARM', 'Description of Actual Arm', (one) => actualArm(one).name),
      arm('ARMNRS', 'Reason Arm and/or Actual Arm is Null', (one) => actualArm(one).whyNull),
      arm('ACTARMUD', 'Description of Unplanned Actual Arm', unplannedText),
      variable(
        'COUNTRY',
        'Country',
        'Record Qualifier',
        ({ randomization }) => alpha3(countries.get(randomization.site) ?? '') ?? '',
        {
          core: 'R',
          comment: 'ISO 3166-1 alpha-3. Empty if study.yaml does not say the country of the site.',
        },
      ),
    ] satisfies SdtmVariable<One>[],
    participants,
  );
}

/**
 * What a participant really had: the arm, or why there is none. SDTM has no arm for who had none, or several.
 */
export function actualArm({ exposure, arm }: SdtmUnblinded): {
  readonly code: string;
  readonly name: string;
  readonly whyNull: string;
} {
  // Without injections there is no record of the treatment.
  if (exposure === undefined) return { ...arm, whyNull: '' };
  const { code, name } = exposure.actual;
  if (exposure.count === 0) return { code: '', name: '', whyNull: 'ASSIGNED, NOT TREATED' };
  if (code === 'MIXED' || code === 'OTHER') return { code: '', name: '', whyNull: UNPLANNED };
  return { code, name, whyNull: '' };
}

const UNPLANNED = 'UNPLANNED TREATMENT';

/** What a participant had whose treatment is that of no arm; empty for all others. */
function unplannedText(one: SdtmUnblinded): string {
  if (actualArm(one).whyNull !== UNPLANNED) return '';
  const given = one.injections.filter(({ result }) => result === 'given');
  return cut(
    kitsGivenText(
      one,
      given.toSorted((a, b) => byText(a.date, b.date)),
    ),
  );
}

/** The name of a factor that is the sex, with the levels that CDISC has. */
function sexFactor({ factors }: Pick<Study, 'factors'>): string | undefined {
  return factors.find(({ name, levels }) => {
    return (
      name.toLowerCase() === 'sex' && levels.every((level) => Object.hasOwn(SEXES.terms, level))
    );
  })?.name;
}
