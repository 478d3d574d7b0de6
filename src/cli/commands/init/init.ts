import { dirname, join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { exists, liesWithin, makeFolder, writeNew } from '../../../system/files.ts';
import { PLAN_TEMPLATE, STUDY_TEMPLATE } from '../../../study/depil-2.ts';
import { ALLOCATION, LEDGER_FILE, STUDY_FILE } from '../../../study/layout.ts';
import type { InitFlags } from './command.ts';
import { tellWould } from '../../study/look-first.ts';
import { WHAT_IS_A_PLAN } from '../../arguments/plan-file.ts';
import type { Output } from '../../output/output.ts';

/** `randose init`: makes a study folder from the template, and the confidential plan outside it. */
export function init(output: Output, options: InitFlags, [folder]: [string]): void {
  const studyFile = join(folder, STUDY_FILE);
  const { plan } = options;
  if (plan !== undefined && liesWithin(plan, folder)) {
    throw new RandoseError('usage', `${plan} is inside the study folder ${folder}`, {
      hint: 'Blinded people read that folder, and the plan has the block sizes. Keep it elsewhere.',
    });
  }
  if (folder === '' || plan === '') {
    const what = folder === '' ? 'the study folder' : 'the plan';
    throw new RandoseError('usage', `the name of ${what} is empty`, {
      hint: 'Nothing was written. For example: randose init depil-2 --plan confidential-plan.yaml',
    });
  }
  const taken = [studyFile, join(folder, ALLOCATION), join(folder, LEDGER_FILE), plan];
  for (const file of taken) {
    if (file !== undefined && exists(file)) {
      throw new RandoseError('would-overwrite', `${file} exists already`, {
        hint:
          file === studyFile
            ? `Choose another name. Nothing was written.${plan === undefined ? '' : ` For the plan alone: ${WHAT_IS_A_PLAN}`}`
            : 'Choose another name. Nothing was written.',
      });
    }
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
    plan === undefined ? ['It is', ''] : ['They are', ', and the same name in the plan'];
  output.say(
    `${whose} of DEPIL-2. For another trial, change study.id first${inPlan}; then title, sponsor, registrations, arms, sites, schedule and supplies.`,
  );
  output.say('Next: randose keygen for each officer, statistician, packer and card maker.');
  output.result({ study: studyFile, plan: plan ?? null }, '');
}
