import { dirname, join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { exists, liesWithin, makeFolder, refuseFolder, writeNew } from '../../../system/files.ts';
import { PLAN_TEMPLATE, STUDY_TEMPLATE } from '../../../study/depil-2.ts';
import { ALLOCATION, LEDGER_FILE, STUDY_FILE } from '../../../study/layout.ts';
import type { InitFlags } from './command.ts';
import { tellWould } from '../../study/look-first.ts';
import { A_PLAN } from '../../arguments/plan-file.ts';
import type { Output } from '../../output/output.ts';

/** `randose init`: makes a study folder from the template, and the confidential plan outside it. */
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
  const taken = [studyFile, join(folder, ALLOCATION), join(folder, LEDGER_FILE), plan];
  for (const file of taken) {
    if (file === undefined || !exists(file)) continue;
    throw new RandoseError('would-overwrite', `${file} exists already`, {
      hint: `Nothing was written. ${whatNext(file, studyFile, plan)}`,
    });
  }
  if (options.dryRun === true) {
    tellWould(
      output,
      `write ${[studyFile, plan].filter((file) => file !== undefined).join(' and ')}`,
    );
    return;
  }
  makeFolder(folder);
  if (plan !== undefined) {
    makeFolder(dirname(plan));
    writeNew(plan, PLAN_TEMPLATE, { mode: 'private' });
  }
  writeNew(studyFile, STUDY_TEMPLATE);
  output.say(`Wrote ${studyFile}: the study, for everyone. Edit it to match your protocol.`);
  if (plan !== undefined) {
    output.say(`Wrote ${plan}: the block sizes, CONFIDENTIAL. Only the statistician may read it.`);
  }
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
  output.result({ study: studyFile, plan: plan ?? null }, '');
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
