import * as v from 'valibot';
import type { Checked } from '../errors.ts';
import { type Assessment, type Stratum, type Study, stratumId } from './study.ts';
import { checkStudyRules } from './study-rules.ts';
import { ARM, phaseDays, STRATUM, STUDY_FILE, type StudyYaml } from './study-shape.ts';
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
  const { study, arms, sites, strata, schedule, ...people } = yaml.value;
  return {
    ok: true,
    design,
    value: {
      ...study,
      arms,
      sites,
      strata: strata.map(asStratum),
      schedule: {
        phases: schedule.injections.map((phase) => ({ name: phase.phase, days: phaseDays(phase) })),
        assessments: schedule.assessments as unknown as readonly Assessment[],
      },
      officers: people.officers,
      statisticians: people.statisticians,
      packers: people.packers,
    },
  };
}

/** What of a study decides which plans fit it, each where its own shape is right. */
type SoundDesign = Partial<Pick<Study, 'id' | 'arms' | 'strata'>>;

function soundDesign(yaml: StudyYaml): SoundDesign {
  const id = yaml.sound(['study', 'id'], v.string());
  const arms = yaml.sound(['arms'], v.array(ARM));
  const strata = yaml.sound(['strata'], v.array(STRATUM))?.map(asStratum);
  return { ...(id && { id }), ...(arms && { arms }), ...(strata && { strata }) };
}

function asStratum({ site, slots }: v.InferOutput<typeof STRATUM>): Stratum {
  return { id: stratumId(site), site, slots };
}
