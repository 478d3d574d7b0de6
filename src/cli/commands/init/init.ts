import { dirname, join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { exists, liesWithin, makeFolder, refuseFolder, writeNew } from '../../../system/files.ts';
import { PLAN_TEMPLATE, STUDY_TEMPLATE } from '../../../study/depil-2.ts';
import {
  ALLOCATION,
  LEDGER_FILE,
  PLAN_SCHEMA_FILE,
  STUDY_FILE,
  STUDY_SCHEMA_FILE,
} from '../../../study/layout.ts';
import type { InitFlags } from './command.ts';
import { listed } from '../../../words.ts';
import { tellWould } from '../../study/look-first.ts';
import { A_PLAN } from '../../arguments/plan-file.ts';
import type { Output } from '../../output/output.ts';
import { schemaText } from '../../study/editor-schemas.ts';

/**
 * `randose init`: makes a study folder from the template, and the confidential plan outside it. Beside each file is its
 * schema, which the first line of the file names, so that an editor completes and checks it.
 */
export function init(output: Output, options: InitFlags, [folder]: [string]): void {
  const studyFile = join(folder, STUDY_FILE);
  const { plan } = options;
  if (plan !== undefined && liesWithin(plan, folder)) {
    throw new RandoseError('usage', `${plan} is inside the study folder ${folder}`, {
      hint: 'Blinded people read that folder, and the plan has the block sizes. Keep it elsewhere. Nothing was written.',
    });
  }
  if (folder === '' || plan === '') {
    const what = folder === '' ? 'the study folder' : 'the plan';
    throw new RandoseError('usage', `the name of ${what} is empty`, {
      hint: 'Nothing was written. For example: randose init depil-2 --plan confidential-plan.yaml',
    });
  }
  if (plan !== undefined) refuseFolder(plan);
  const planSchema = plan === undefined ? undefined : join(dirname(plan), PLAN_SCHEMA_FILE);
  const schemaFile = join(folder, STUDY_SCHEMA_FILE);
  const taken = [studyFile, schemaFile, join(folder, ALLOCATION), join(folder, LEDGER_FILE), plan];
  for (const file of taken) {
    if (file === undefined || !exists(file)) continue;
    throw new RandoseError('would-overwrite', `${file} exists already`, {
      hint: `Nothing was written. ${whatNext(file, studyFile, plan)}`,
    });
  }
  // Another plan in its folder has the same schema.
  const writesPlanSchema = planSchema !== undefined && !exists(planSchema);
  const schemas = [schemaFile, ...(writesPlanSchema ? [planSchema] : [])];
  if (options.dryRun === true) {
    tellWould(
      output,
      `write ${listed([studyFile, ...(plan === undefined ? [] : [plan]), ...schemas])}`,
    );
    return;
  }
  makeFolder(folder);
  if (plan !== undefined) {
    makeFolder(dirname(plan));
    writeNew(plan, withSchema(PLAN_SCHEMA_FILE, PLAN_TEMPLATE), { mode: 'private' });
    if (writesPlanSchema) writeNew(planSchema, schemaText('plan'));
  }
  writeNew(schemaFile, schemaText('study'));
  writeNew(studyFile, withSchema(STUDY_SCHEMA_FILE, STUDY_TEMPLATE));
  output.say(`Wrote ${studyFile}: the study, for everyone. Edit it to match your protocol.`);
  if (plan !== undefined) {
    output.say(`Wrote ${plan}: the block sizes, CONFIDENTIAL. Only the statistician may read it.`);
  }
  output.say(
    `The .schema.json beside ${plan === undefined ? 'it is' : 'each is'} for editors, which complete and check the file with it: randose docs statistician editor`,
  );
  const [whose, inPlan] =
    plan === undefined ? ['It is', ''] : ['Both are', ', and the same name in the plan'];
  output.say(
    `${whose} about DEPIL-2. For another trial, change study.id first${inPlan}; then title, sponsor, registrations, arms, sites, schedule and supplies.`,
  );
  if (plan === undefined) {
    output.say(
      `allocate also needs a plan with the block sizes, which are confidential: ${planOfYourOwn(folder)}`,
    );
  }
  output.say(
    'Next: create a key for each officer, statistician, packer and card maker: randose keygen',
  );
  output.result({ study: studyFile, plan: plan ?? null, schemas }, '');
}

/** A file whose first line tells editors where its schema is. */
function withSchema(schemaFile: string, text: string): string {
  return `# yaml-language-server: $schema=./${schemaFile}\n${text}`;
}

/** What to do if a file exists already. */
function whatNext(file: string, studyFile: string, plan: string | undefined): string {
  if (file === plan) return 'Choose another name for the plan; or keep this one, without --plan.';
  const other = 'Choose another folder.';
  if (file !== studyFile || plan === undefined) return other;
  return `${other} If only the plan is missing, ${planOfYourOwn(dirname(studyFile))}`;
}

function planOfYourOwn(folder: string): string {
  return `write it into a file outside ${folder}, with this line: ${A_PLAN}`;
}
