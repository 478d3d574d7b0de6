import { join, relative } from 'node:path';
import { type BlindedView, differences, type Explained } from '../../../blinding/blinded-view.ts';
import { sha256 } from '../../../digest.ts';
import { withDetermined } from '../../../system/determined.ts';
import { drawKeyPair, drawSeed } from '../../../store/draw.ts';
import {
  makeFolder,
  readBytes,
  readText,
  replace,
  withTemporaryFolder,
  writeNew,
} from '../../../system/files.ts';
import { formatIdentityFile } from '../../../blinding/identity.ts';
import { explainDigests, seenFiles } from '../../../store/verify/view-study.ts';
import {
  EXAMPLE_PARTICIPANTS,
  PLAN_TEMPLATE,
  STUDY_TEMPLATE,
  withExampleParticulars,
} from '../../../study/depil-2.ts';
import { exchangeArms } from '../../../study/exchange.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { addPerson } from '../../../study/sections/people.ts';
import { ROLES, type Role } from '../../../study/study.ts';
import { EXIT_DISCREPANCY, EXIT_OK, stoppedBy } from '../../exit.ts';
import type { Runner } from '../../command.ts';
import type { Output } from '../../output/output.ts';
import { extensionOf, lifeOf, rewrapOf, type Step, stepsOf, suppliesOf } from './selftest-steps.ts';

const PERIODS = [
  '  - {name: Period 1, days: 1-12}',
  '  - {name: Washout, days: 13-14, washout: true}',
  '  - {name: Period 2, days: 15-60}',
];

/**
 * The template as a crossover, with one arm whose texts are longer than the other's, and a site with its own ratio.
 */
const UNLIKE_ARMS = withExampleParticulars(STUDY_TEMPLATE)
  .replace('name: Placebo (', 'name: Placebo, "which looks the same" – (')
  .replace('arms:\n', 'blinding: open label\narms:\n')
  .replace('spares: 0', 'spares: 1')
  .replace('ratio: 2', 'ratio: 2\n    periods: [ILT101, Placebo]')
  .replace('ratio: 1\n', 'ratio: 1\n    periods: [Placebo, "ILT101, after placebo"]\n')
  .replace('schedule:\n', `schedule:\n${periodsOf('  ')}`)
  .replace(
    'slots: 18',
    'slotsPerStratum: 9\n  - { site: LYO, slotsPerStratum: 4, ratio: { ILT101: 3, PLACEBO: 1 } }',
  )
  .replace(
    'strata:',
    '  - { code: LYO, name: Example Hospital Lyon, investigator: Example Physician }\nfactors: [{ name: sex, levels: [F, M] }]\nreplacements: { offset: 1000 }\nstrata:',
  );

/** Two periods and a washout, as lines of YAML. */
function periodsOf(indent: string): string {
  return ['periods:', ...PERIODS].map((line) => `${indent}${line}\n`).join('');
}

/** When the trials of the self-test take place. */
const START = '2026-05-28T08:00:00.000Z';

/**
 * `randose selftest`: makes two studies with the same entropy and exchanged arms, does everything with both, and
 * compares all that a blinded person can see of them.
 *
 * @returns the exit status
 */
export async function selftest(
  output: Output,
  _flags: object,
  _args: [],
  { apart: run }: Runner,
): Promise<number> {
  output.say('Two trials are made in a temporary folder. Your study is not touched.');
  const seed = drawSeed();
  const [one, other] = await withTemporaryFolder('randose-selftest-', async (folder) => {
    const trials: Trial[] = [];
    for (const [name, text] of [
      // Exchanged twice: so both are written by the same code, and only their arms differ.
      ['one', exchangeArms(exchangeArms(UNLIKE_ARMS))],
      ['two', exchangeArms(UNLIKE_ARMS)],
    ] as const) {
      output.say(`${name === 'one' ? 'A trial' : 'The same trial with its arms exchanged'} …`);
      const place = join(folder, name);
      trials.push(await withDetermined(seed, START, async () => runTrial(place, text, run)));
    }
    return trials as [Trial, Trial];
  });
  const found = differences([one.view, one.known], [other.view, other.known]);
  const exchanged = one.arms.filter((arm, index) => arm !== other.arms[index]).length;
  const slots = one.arms.length;
  if (exchanged !== slots || slots !== other.arms.length) {
    found.push(`the test itself: the arms of ${exchanged} of ${slots} slots were exchanged`);
  }
  const { files, outputs } = one.view;
  const isBlind = found.length === 0;
  const summary = `two trials of ${slots} slots, all with exchanged arms; compared ${files.length} files (names, bytes, lengths, modes, times) and what ${outputs.length} commands print`;
  output.result(
    {
      blind: isBlind,
      slots,
      files: files.length,
      seen: outputs.map(({ command }) => command),
      differences: found,
    },
    isBlind
      ? `${output.colour.green('blind')}: ${summary}. Nothing shows which is which.\n`
      : `${output.colour.red('NOT BLIND')}: ${summary}.\n${found.map((text) => `  ${text}\n`).join('')}`,
  );
  return isBlind ? EXIT_OK : EXIT_DISCREPANCY;
}

/** A trial as blinded people see it, and its arms, to check that they were exchanged. */
interface Trial {
  readonly view: BlindedView;
  readonly known: Explained;
  /** The arm of each slot, in their order. */
  readonly arms: readonly string[];
}

async function runTrial(place: string, text: string, run: Runner['apart']): Promise<Trial> {
  const study = join(place, 'trial');
  const at = (name: string) => join(place, name);
  makeFolder(study);
  writeNew(join(study, STUDY_FILE), await withPeople(text, at));
  writeNew(at('plan.yaml'), `${PLAN_TEMPLATE}strata: [{ site: LYO, blocks: { sizes: [4] } }]\n`);
  writeNew(at('more.yaml'), 'blocks: { sizes: [3] }\n');
  writeNew(at('participants.csv'), withSex(EXAMPLE_PARTICIPANTS));
  const outputs: { command: string; text: string }[] = [];
  const results: { path: string; content: Uint8Array }[] = [];
  const known = new Map<string, string>();
  const go = async (steps: readonly Step[]) => {
    for (const { words, seen, results: paths = [] } of steps) {
      const ran = await run([...words, '--study', study]);
      if (ran.status !== 0) {
        throw stoppedBy(ran.status, `randose ${words.join(' ')}: ${ran.stderr}${ran.stdout}`);
      }
      const printed = { all: ran.stdout, length: `${ran.stdout.length}`, talk: '' }[seen];
      const within = (told: string) =>
        told.replaceAll(place, '.').replaceAll(relative('', place), '.');
      outputs.push({ command: within(words.join(' ')), text: within(printed + ran.stderr) });
      for (const path of paths) {
        const content = readBytes(path);
        results.push({ path: within(path), content });
        known.set(sha256(content), `<digest of ${within(path)}>`);
      }
      for (const [digest, words_] of explainDigests(study)) {
        if (!known.has(digest)) known.set(digest, words_);
      }
    }
  };
  await go(stepsOf(at));
  await go(suppliesOf(at, study));
  replace(join(study, STUDY_FILE), withAmendment(readText(join(study, STUDY_FILE))));
  await go(lifeOf());
  replace(join(study, STUDY_FILE), moreSlots(readText(join(study, STUDY_FILE))));
  await go(extensionOf(at));
  const before = seenFiles(study).map((file) => ({ ...file, path: `before ${file.path}` }));
  replace(join(study, STUDY_FILE), await withSecondOfficer(readText(join(study, STUDY_FILE)), at));
  await go(rewrapOf(at));
  const [header = '', ...rows] = readText(at('list.csv')).trimEnd().split('\n');
  const column = header.split(',').indexOf('arm');
  const seen = results.map(({ path, content }) => ({
    path,
    content,
    mode: 0,
    modified: undefined,
  }));
  return {
    view: { files: [...before, ...seenFiles(study), ...seen], outputs },
    known,
    arms: rows.map((row) => row.split(',')[column] ?? ''),
  };
}

/** The study file with a person for each role; their keys are beside the study. */
async function withPeople(text: string, at: (name: string) => string): Promise<string> {
  let changed = text;
  for (const role of Object.keys(ROLES) as Role[])
    changed = await withPerson(changed, role, role, at);
  return changed;
}

async function withSecondOfficer(text: string, at: (name: string) => string): Promise<string> {
  return withPerson(text, 'officer', 'second', at);
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
