import * as v from 'valibot';
import type { Checked } from '../errors.ts';
import { crossStrata } from './strata.ts';
import { DUMMY_MARK, type Study } from './study.ts';
import { scheduleFrom } from './schedule-rules.ts';
import { suppliesFrom } from './supplies.ts';
import { checkStudyRules } from './study-rules.ts';
import { ARM, FACTORS, SITES, STRATA, STUDY_FILE, type StudyYaml } from './study-shape.ts';
import { YamlFile } from './yaml-file.ts';

/**
 * Reads a study file: its shape, then the rules that hold between its parts.
 *
 * @param text the content of study.yaml
 * @param file its name, for the problems
 * @param readyToSeal whether it must also name somebody who can open what will be sealed
 * @returns the study; or all that is wrong with it, each with its line and column, and what of the
 *   design is sound all the same
 */
export function readStudy(
  text: string,
  file: string,
  readyToSeal = false,
): Checked<Study> & { readonly design: SoundDesign } {
  const yaml = new YamlFile(text, file, STUDY_FILE);
  checkStudyRules(yaml, readyToSeal);
  const design = soundDesign(yaml);
  if (!yaml.isSound) return { ok: false, problems: yaml.problems, design };
  const { dummy, study, arms, sites, factors, strata, numbers, schedule, custody, ...rest } =
    yaml.value;
  const { randomization, kits } = numbers;
  const { supplies, officers, statisticians, packers, cardMakers } = rest;
  const planned = scheduleFrom(schedule);
  const injections = planned.phases.reduce((sum, { days }) => sum + days.length, 0);
  return {
    ok: true,
    design,
    value: {
      ...study,
      id: dummy ? `${DUMMY_MARK}${study.id}` : study.id,
      domain: dummy ? 'dummy' : 'production',
      arms,
      sites,
      factors,
      strata: crossStrata(strata, sites, factors),
      numbers: {
        randomization: { ...randomization, width: randomization.width },
        kits: { prefix: kits.prefix, site: kits.site, width: kits.width },
      },
      spareKits: supplies.kit.spares,
      schedule: planned,
      supplies: suppliesFrom(supplies, injections),
      officers,
      statisticians,
      packers,
      cardMakers,
      custody: custody.threshold ? { rule: 'threshold', ...custody.threshold } : { rule: 'any' },
    },
  };
}

/** What of a study decides which plans fit it, each where its own shape is right. */
type SoundDesign = Partial<Pick<Study, 'id' | 'arms' | 'strata'>>;

function soundDesign(yaml: StudyYaml): SoundDesign {
  const id = yaml.sound(['study', 'id'], v.string());
  const arms = yaml.sound(['arms'], v.array(ARM));
  const strata = yaml.sound(['strata'], STRATA);
  const sites = yaml.sound(['sites'], SITES);
  const factors = yaml.sound(['factors'], FACTORS);
  const areSound = strata !== undefined && sites !== undefined && factors !== undefined;
  return {
    ...(id && { id }),
    ...(arms && { arms }),
    ...(areSound && { strata: crossStrata(strata, sites, factors) }),
  };
}
