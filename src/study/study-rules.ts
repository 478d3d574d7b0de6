import * as v from 'valibot';
import { KIT_ALPHABET } from './identifiers.ts';
import { reportRepeats } from './repeats.ts';
import { checkSchedule } from './schedule-rules.ts';
import { checkSupplies } from './supplies-rules.ts';
import { allStrata, crossStrata, isStrataTable, ROW_KEYS } from './strata.ts';
import { recipientKind } from './recipient.ts';
import { DUMMY_MARK, ROLES, type Stratum } from './study.ts';
import {
  ARM,
  CUSTODY,
  FACTOR,
  FACTORS,
  NUMBERS,
  PEOPLE,
  PERSON,
  SITE,
  SITES,
  STRATA,
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
  checkSitesAndFactors(yaml);
  checkStrata(yaml);
  checkNumbers(yaml);
  checkSchedule(yaml);
  checkSupplies(yaml);
  checkPeople(yaml);
  checkCustody(yaml, readyToSeal);
  if (readyToSeal && yaml.sound(['officers'], PEOPLE)?.length === 0) {
    yaml.report(['officers'], 'officers: nobody could open an envelope; randose keygen adds one');
  }
}

function checkArms(yaml: StudyYaml): void {
  const arms = yaml.soundItems(['arms'], ARM);
  reportRepeats(yaml, arms, 'code', 'arm code');
  reportRepeats(yaml, arms, 'name', 'arm name');
}

function checkSitesAndFactors(yaml: StudyYaml): void {
  const sites = yaml.soundItems(['sites'], SITE);
  reportRepeats(yaml, sites, 'code', 'site code');
  for (const { path, value } of sites) {
    if (/^DUMMY/i.test(value.code)) {
      yaml.report([...path, 'code'], 'DUMMY marks a rehearsal: choose another code for the site');
    }
  }
  const factors = yaml.soundItems(['factors'], FACTOR);
  reportRepeats(yaml, factors, 'name', 'factor');
  for (const { path, value } of factors) {
    const isTaken = TAKEN_NAMES.some((name) => name.toUpperCase() === value.name.toUpperCase());
    // Names such as constructor, which every mapping has from the start.
    if (isTaken || value.name in {}) {
      yaml.report(
        [...path, 'name'],
        `"${value.name}" has another meaning: call the factor otherwise`,
      );
    }
    const levels = value.levels.map((level, index) => ({
      path: [...path, 'levels', index],
      value: { level },
    }));
    reportRepeats(yaml, levels, 'level', `level of ${value.name}`, []);
  }
}

/** How many codes there must be for each kit, so that none is hit upon by guessing. */
const CODES_A_KIT = 20;

function checkKitWidth(yaml: StudyYaml, strata: readonly Stratum[]): void {
  const width = yaml.sound(['numbers', 'kits', 'width'], v.optional(v.number(), 6));
  if (width === undefined) return;
  const spares = yaml.sound(['supplies', 'kit', 'spares'], v.optional(v.number(), 0)) ?? 0;
  const slots = strata.reduce((sum, stratum) => sum + stratum.slots, 0);
  const kits = slots * (1 + spares);
  // Of all 36 check characters only those of the alphabet are used.
  const codes = (drawn: number) => KIT_ALPHABET.length ** (drawn + 1) / 36;
  if (codes(width) >= CODES_A_KIT * kits) return;
  let would = width;
  while (codes(would) < CODES_A_KIT * kits) would += 1;
  const message = `kit codes of ${width} characters are too few for ${slots} slots${spares === 0 ? '' : `, each with ${spares} spare`}; a width of ${would} would do`;
  yaml.report(['numbers', 'kits', 'width'], message);
}

/** Columns and keys that stand beside the factors' names. */
const TAKEN_NAMES = [
  ...ROW_KEYS,
  ...['subject', 'day1', 'number', 'stratum', 'kit', 'arm', 'block'],
  ...['studyid', 'subjid', 'siteid', 'randnum', 'randdtc', 'day1dtc', 'armcd', 'armtype'],
];

function checkStrata(yaml: StudyYaml): void {
  const sites = yaml.sound(['sites'], SITES);
  const factors = yaml.sound(['factors'], FACTORS);
  const table = yaml.sound(['strata'], STRATA);
  if (sites === undefined || factors === undefined || table === undefined) return;
  const before = yaml.problems.length;
  const strata = crossStrata(table, sites, factors, (path, message, atKey) => {
    yaml.report(['strata', ...path], message, atKey);
  });
  const named = isStrataTable(table)
    ? table.map(({ site }) => site)
    : sites.map(({ code }) => code);
  for (const [index, { code }] of sites.entries()) {
    if (!named.includes(code)) {
      yaml.report(['sites', index, 'code'], `site "${code}" has no stratum, and so no slots`);
    }
  }
  if (yaml.problems.length > before) return;
  const have = new Set(strata.map(({ id }) => id));
  for (const { id } of allStrata(sites, factors)) {
    if (!have.has(id)) {
      yaml.report(['strata'], `stratum ${id} has no slots`);
    }
  }
  checkKitWidth(yaml, strata);
}

function checkNumbers(yaml: StudyYaml): void {
  const numbers = yaml.sound(['numbers'], v.nullish(NUMBERS, {}));
  const id = yaml.sound(['study', 'id'], v.string());
  if (id?.toUpperCase().startsWith(DUMMY_MARK)) {
    yaml.report(
      ['study', 'id'],
      `${DUMMY_MARK} marks a rehearsal, which randose allocate --dummy makes`,
    );
  }
  if (numbers === undefined) return;
  const { randomization, kits } = numbers;
  if (/^DUMMY/i.test(randomization.prefix)) {
    const message = 'DUMMY marks the numbers of a rehearsal: choose another prefix';
    yaml.report(['numbers', 'randomization', 'prefix'], message);
  }
  if (!kits.site) return;
  for (const { path, value } of yaml.soundItems(['sites'], SITE)) {
    if (/^[A-Z0-9]+$/.test(value.code)) continue;
    const message = `kit codes have the site in them (numbers.kits.site): "${value.code}" may then have capital letters and digits alone`;
    yaml.report([...path, 'code'], message);
  }
}

function checkPeople(yaml: StudyYaml): void {
  const roleOfRecipient = new Map<string, string>();
  const kinds = new Set<string | undefined>();
  for (const role of Object.values(ROLES)) {
    const people = yaml.soundItems([role], PERSON);
    reportRepeats(yaml, people, 'name', `${role}: name`);
    for (const { path, value } of people) {
      const place = [...path, 'recipient'];
      const other = roleOfRecipient.get(value.recipient);
      if (other !== undefined) yaml.report(place, `this recipient stands under ${other} already`);
      roleOfRecipient.set(value.recipient, role);
      kinds.add(recipientKind(value.recipient));
      if (kinds.size > 1) yaml.report(place, MIXED);
    }
  }
}

const MIXED =
  'post-quantum (age1pq1…) and classic (age1…) recipients are mixed: what is sealed to both is as weak as the weaker. Make all keys of one kind';

function checkCustody(yaml: StudyYaml, readyToSeal: boolean): void {
  const custody = yaml.sound(['custody'], v.nullish(CUSTODY, {}));
  if (custody === undefined) return;
  const { officers: any, threshold } = custody;
  if (any !== undefined && threshold !== undefined) {
    yaml.report(['custody', 'officers'], 'expected either officers: any or a threshold, not both');
  }
  if (threshold === undefined) return;
  const statisticians = yaml.sound(['statisticians'], PEOPLE) ?? [];
  if (statisticians.length > 0) {
    const message = 'under a threshold nobody opens the list alone: take the statisticians out';
    yaml.report(['statisticians'], message);
  }
  const officers = yaml.sound(['officers'], PEOPLE);
  if (readyToSeal && officers !== undefined && officers.length !== threshold.of) {
    const are = officers.length === 1 ? 'is 1 officer' : `are ${officers.length} officers`;
    yaml.report(['custody', 'threshold'], `expected a number of all officers; there ${are}`);
  }
}
