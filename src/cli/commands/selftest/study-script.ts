import { join } from 'node:path';
import { formatIdentityFile } from '../../../blinding/identity.ts';
import type { Problem } from '../../../errors.ts';
import { readPlan, slotsOfPlan } from '../../../randomization/plan.ts';
import { drawKeyPair } from '../../../store/draw.ts';
import { findStudyFolder, invalidStudy } from '../../../store/folder/study-folder.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { addPerson, withRecipients } from '../../../study/sections/people.ts';
import { hasVisits } from '../../../study/sections/schedule.ts';
import { levelsOfStratum, stratumOf } from '../../../study/sections/strata.ts';
import { exampleIds } from '../../../study/sections/subjects.ts';
import { readStudy } from '../../../study/study-file.ts';
import type { Role, Study } from '../../../study/study.ts';
import { readText, writeNew } from '../../../system/files.ts';
import { readPlanFile } from '../../arguments/plan-file.ts';
import { beginning, end, type ExampleParticipant, middle, type TrialParts } from './study-steps.ts';
import { type Script, START } from './twin-trials.ts';

/** The most participants who are randomized. */
const MOST_PARTICIPANTS = 8;

/**
 * A trial of the design that a study.yaml has, from its list to its opening. Only study.yaml and the plan are read: the
 * people get other keys, and the study may have its list already or not.
 *
 * @throws RandoseError if study.yaml or the plan has problems
 */
export function scriptOfStudy(planPath: string, folder: string | undefined): Script {
  const root = findStudyFolder(folder);
  const text = readText(join(root, STUDY_FILE));
  const planText = readPlanFile(planPath);
  const read = readStudy(text, STUDY_FILE, 'draft', slotsOfPlan(planText));
  const plan = readPlan(planText, planPath, read.design);
  const problems: Problem[] = [read, plan].flatMap((one) => (one.ok ? [] : one.problems));
  if (!read.ok || !plan.ok) throw invalidStudy(problems);
  const study = read.value;
  return {
    text,
    arms: study.arms.map(({ code }) => code),
    async play({ at, run, edit, study: place }) {
      const keys: Record<Role, string[]> = {
        officer: [],
        statistician: [],
        packer: [],
        'card-maker': [],
        preparer: [],
      };
      const drawKey = async (role: Role): Promise<string> => {
        const pair = await drawKeyPair();
        const path = at(`${role}-${keys[role].length + 1}.key`);
        writeNew(path, formatIdentityFile(pair, START), { mode: 'private' });
        keys[role].push(path);
        return pair.recipient;
      };
      await edit(async (original) => {
        const known = await withRecipients(original, drawKey);
        const roles: Role[] = [
          ...(study.officers.length > 0 ? [] : (['officer'] as const)),
          ...(study.preparers.length > 0 ? [] : (['preparer'] as const)),
        ];
        let all = known;
        for (const role of roles) {
          all = addPerson(all, role, { name: `Example ${role}`, recipient: await drawKey(role) });
        }
        return all;
      });
      writeNew(at('plan.yaml'), planText);
      const parts = { at, keys, study, ...participantsOf(study) };
      await run(beginning(parts));
      await run(middle(parts, place));
      await run(end(parts));
      return at('list.csv');
    },
  };
}

/**
 * A few participants: one of each stratum, then others of the same strata, as far as there are slots; and somebody who
 * replaces the second one.
 */
function participantsOf(study: Study): Pick<TrialParts, 'participants' | 'replacement'> {
  const sites = study.sites.filter(({ enrolment }) => enrolment !== 'closed');
  const idsOf = new Map(sites.map(({ code }) => [code, exampleIds(study.subjects, code)]));
  const nextAt = (site: string) => idsOf.get(site)?.next().value;
  const day1 = hasVisits(study.schedule) ? START.slice(0, 10) : undefined;
  const rounds = [0, 1, 2].flatMap((round) =>
    study.strata.filter(({ slots }) => slots > round).map((stratum) => ({ stratum, round })),
  );
  const participants: ExampleParticipant[] = [];
  for (const [index, { stratum, round }] of rounds.slice(0, MOST_PARTICIPANTS).entries()) {
    const ofStratum = levelsOfStratum(stratum.id);
    // A factor that does not stratify has its levels in turn.
    const levels = Object.fromEntries(
      study.factors.map(({ name, levels: all }) => {
        return [name, ofStratum[name] ?? all[index % all.length]!];
      }),
    );
    const own = sites.filter((one) => stratumOf(study.stratifyBy, one, levels) === stratum.id);
    const site = own[round % Math.max(1, own.length)]?.code;
    const subject = site && nextAt(site);
    if (site && subject) participants.push({ subject, site, levels, day1 });
  }
  const [, second] = participants;
  const subject = second && nextAt(second.site);
  return { participants, replacement: second && subject ? { ...second, subject } : undefined };
}
