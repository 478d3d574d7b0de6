import { formatIdentityFile } from '../../../blinding/identity.ts';
import { drawKeyPair } from '../../../store/draw.ts';
import {
  EXAMPLE_PARTICIPANTS,
  PLAN_TEMPLATE,
  STUDY_TEMPLATE,
  withExampleParticulars,
} from '../../../study/depil-2.ts';
import { addPerson } from '../../../study/sections/people.ts';
import { ROLES, type Role } from '../../../study/study.ts';
import { writeNew } from '../../../system/files.ts';
import { extensionOf, lifeOf, rewrapOf, stepsOf, suppliesOf } from './template-steps.ts';
import { type Script, START } from './twin-trials.ts';

const PERIODS = [
  '  - {name: Period 1, days: 1-12}',
  '  - {name: Washout, days: 13-14, washout: true}',
  '  - {name: Period 2, days: 15-60}',
];

/** Two kit types: vials with spare ones, and tablets. */
const KITS = `  kits:
    - { type: vials, injected: true, spares: 1 }
    - { type: tablets, units: 28, unitLabels: false, form: comprimés }
`;

/**
 * The template as a crossover with two kit types, with one arm whose texts are longer than the other's, and a site with its
 * own ratio.
 */
const UNLIKE_ARMS = withExampleParticulars(STUDY_TEMPLATE)
  .replace('name: Placebo (', 'name: Placebo, "which looks the same" – (')
  .replace('arms:\n', 'blinding: open label\narms:\n')
  .replace(/ {2}kit:\n(?: {4}.*\n)+/, KITS)
  .replace('ratio: 2', 'ratio: 2\n    periods: [ILT101, Placebo]')
  .replace('ratio: 1\n', 'ratio: 1\n    periods: [Placebo, "ILT101, after placebo"]\n')
  .replace('schedule:\n', `schedule:\n${periodsOf('  ')}`)
  .replace(
    'slots: 18',
    'slotsPerStratum: 9\n  - { site: LYO, slotsPerStratum: 4, ratio: { ILT101: 3, PLACEBO: 1 } }',
  )
  .replace(
    'strata:',
    '  - { code: LYO, name: Example Hospital Lyon, investigator: Example Physician }\nfactors: [{ name: sex, levels: [F, M] }]\nreplacements: { offset: 1000 }\nredcap: { dag: { CRT: 7, LYO: 8 }, factors: { sex: { field: sex, codes: { F: 1, M: 2 } } } }\nstrata:',
  );

/** Two periods and a washout, as lines of YAML. */
function periodsOf(indent: string): string {
  return ['periods:', ...PERIODS].map((line) => `${indent}${line}\n`).join('');
}

/** A trial made from the template, with everything in it that a trial can have, from its list to its opening. */
export const TEMPLATE_SCRIPT: Script = {
  text: UNLIKE_ARMS,
  arms: ['ILT101', 'PLACEBO'],
  async play({ at, study, run, edit, lookAround }) {
    await edit(async (text) => withPeople(text, at));
    writeNew(at('plan.yaml'), `${PLAN_TEMPLATE}strata: [{ site: LYO, blocks: { sizes: [4] } }]\n`);
    writeNew(at('more.yaml'), 'blocks: { sizes: [3] }\n');
    writeNew(at('participants.csv'), withSex(EXAMPLE_PARTICIPANTS));
    await run(stepsOf(at));
    await run(suppliesOf(at, study));
    await edit(withAmendment);
    await run(lifeOf(at));
    await edit(moreSlots);
    await run(extensionOf(at));
    lookAround();
    await edit(async (text) => withPerson(text, 'officer', 'second', at));
    await run(rewrapOf(at));
    return at('list.csv');
  },
};

/** The study file with a person for each role; their keys are beside the study. */
async function withPeople(text: string, at: (name: string) => string): Promise<string> {
  let changed = text;
  for (const role of Object.keys(ROLES) as Role[])
    changed = await withPerson(changed, role, role, at);
  return changed;
}

async function withPerson(
  text: string,
  role: Role,
  name: string,
  at: (name: string) => string,
): Promise<string> {
  const keys = await drawKeyPair();
  writeNew(at(`${name}.key`), formatIdentityFile(keys, START), { mode: 'private' });
  return addPerson(text, role, { name: `Example ${name}`, recipient: keys.recipient });
}

/** The example participants with the factor of the study: every other one is F. */
function withSex(table: string): string {
  const [header = '', ...rows] = table.trimEnd().split('\n');
  return [
    `${header},sex`,
    ...rows.map((row, index) => `${row},${index % 2 === 0 ? 'F' : 'M'}`),
    '',
  ].join('\n');
}

/** The study file with an amendment: one injection less from the middle of the trial on. */
function withAmendment(text: string): string {
  return `${text}
amendments:
  - id: A2
    from: 2026-06-20
    applies: everyone
    schedule:
${periodsOf('      ')}      injections:
        - { phase: induction, days: 1-5 }
        - { phase: maintenance, weeks: 3-5 }
`;
}

/** The study file with one more block in each stratum. */
function moreSlots(text: string): string {
  return text.replace('slotsPerStratum: 9', 'slotsPerStratum: 12');
}
