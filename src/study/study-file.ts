import type { Checked } from '../errors.ts';
import { type Assessment, type Study, stratumId } from './study.ts';
import { checkStudyRules } from './study-rules.ts';
import { phaseDays, STUDY_FILE } from './study-shape.ts';
import { YamlFile } from './yaml-file.ts';

/**
 * Reads a study file: its shape, then the rules that hold between its parts.
 *
 * @param text the content of study.yaml
 * @param file its name, for the problems
 * @param readyToSeal whether it must also name somebody who can open what will be sealed
 * @returns the study; or all that is wrong with it, each with its line and column
 */
export function readStudy(text: string, file: string, readyToSeal = false): Checked<Study> {
  const yaml = new YamlFile(text, file, STUDY_FILE);
  checkStudyRules(yaml, readyToSeal);
  if (!yaml.isSound) return { ok: false, problems: yaml.problems };
  const { study, arms, sites, strata, schedule, ...people } = yaml.value;
  return {
    ok: true,
    value: {
      ...study,
      arms,
      sites,
      strata: strata.map(({ site, slots }) => ({ id: stratumId(site), site, slots })),
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
