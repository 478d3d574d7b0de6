import { ROLES } from './study.ts';
import {
  ARM,
  ASSESSMENT,
  INJECTIONS,
  PEOPLE,
  PERSON,
  phaseDays,
  SITE,
  STRATUM,
  type StudyYaml,
} from './study-shape.ts';

/**
 * Reports whatever does not hold between the parts of a study file. Parts whose own shape is wrong,
 * which is reported already, are passed over.
 *
 * @param readyToSeal whether it must also name somebody who can open what will be sealed
 */
export function checkStudyRules(yaml: StudyYaml, readyToSeal: boolean): void {
  checkArms(yaml);
  checkSitesAndStrata(yaml);
  checkSchedule(yaml);
  checkPeople(yaml);
  if (readyToSeal && yaml.sound(['officers'], PEOPLE)?.length === 0) {
    yaml.report(['officers'], 'officers: nobody could open an envelope; randose keygen adds one');
  }
}

function checkArms(yaml: StudyYaml): void {
  const arms = yaml.soundItems(['arms'], ARM);
  reportRepeats(yaml, arms, 'code', 'arm code');
  reportRepeats(yaml, arms, 'name', 'arm name');
}

function checkSitesAndStrata(yaml: StudyYaml): void {
  const sites = yaml.soundItems(['sites'], SITE);
  const strata = yaml.soundItems(['strata'], STRATUM);
  reportRepeats(yaml, sites, 'code', 'site code');
  reportRepeats(yaml, strata, 'site', 'stratum of site');
  const known = sites.map((site) => site.value.code);
  for (const { path, value } of strata) {
    if (!known.includes(value.site)) {
      yaml.report(
        [...path, 'site'],
        `site "${value.site}" is not among the sites: ${known.join(', ')}`,
      );
    }
  }
  if (!yaml.areSound(['strata'])) return;
  for (const { path, value } of sites) {
    if (!strata.some((stratum) => stratum.value.site === value.code)) {
      yaml.report([...path, 'code'], `site "${value.code}" has no stratum, and so no slots`);
    }
  }
}

function checkSchedule(yaml: StudyYaml): void {
  const phases = yaml.soundItems(['schedule', 'injections'], INJECTIONS);
  reportRepeats(yaml, phases, 'phase', 'phase');
  const phaseOfDay = new Map<number, string>();
  for (const { path, value } of phases) {
    if ((value.days === undefined) === (value.weeks === undefined)) {
      yaml.report(path, 'expected either days (such as 1-5) or weeks (such as 3-6) for this phase');
    }
    for (const day of phaseDays(value)) {
      const other = phaseOfDay.get(day);
      if (other !== undefined) {
        yaml.report(path, `Day ${day} is in ${other} already: two injections on one day`);
      }
      phaseOfDay.set(day, value.phase);
    }
  }
  if (yaml.areSound(['schedule', 'injections']) && phaseOfDay.size > 0 && !phaseOfDay.has(1)) {
    const first = Math.min(...phaseOfDay.keys());
    yaml.report(
      ['schedule', 'injections'],
      `the first injection is on Day ${first}, but Day 1 is by definition the day of the first injection`,
    );
  }
  reportRepeats(
    yaml,
    yaml.soundItems(['schedule', 'assessments'], ASSESSMENT),
    'name',
    'assessment',
  );
}

function checkPeople(yaml: StudyYaml): void {
  const roleOfRecipient = new Map<string, string>();
  for (const role of Object.values(ROLES)) {
    const people = yaml.soundItems([role], PERSON);
    reportRepeats(yaml, people, 'name', `${role}: name`);
    for (const { path, value } of people) {
      const other = roleOfRecipient.get(value.recipient);
      if (other !== undefined) {
        yaml.report([...path, 'recipient'], `this recipient stands under ${other} already`);
      }
      roleOfRecipient.set(value.recipient, role);
    }
  }
}

function reportRepeats<Key extends string>(
  yaml: StudyYaml,
  items: readonly { path: readonly (string | number)[]; value: Record<Key, string> }[],
  key: Key,
  what: string,
): void {
  const seen = new Set<string>();
  for (const { path, value } of items) {
    const text = value[key];
    if (seen.has(text.toUpperCase())) {
      yaml.report([...path, key], `${what} "${text}" stands here twice`);
    }
    seen.add(text.toUpperCase());
  }
}
