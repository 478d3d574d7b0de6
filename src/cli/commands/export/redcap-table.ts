import { RandoseError } from '../../../errors.ts';
import type { Dataset } from '../../../exports/datasets/dataset.ts';
import { redcapDataset } from '../../../exports/datasets/redcap.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { isReplacementSlot, type Slot } from '../../../randomization/list.ts';
import { invalidStudy } from '../../../store/folder/study-folder.ts';
import { type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { readStudy } from '../../../study/study-file.ts';
import { counted } from '../../../words.ts';

/**
 * Makes REDCap's allocation table from the list.
 *
 * @param batch one batch of the list; undefined for all
 * @throws RandoseError `invalid-study` with every line of study.yaml that lacks something or is wrong
 */
export function redcapTable(open: OpenStudy, batch: number | undefined): Dataset {
  const { text, study } = open;
  requireUnchanged(open, ['identity', 'strata', 'numbers']);
  if (study.redcap === undefined) {
    throw new RandoseError('usage', `${STUDY_FILE} does not say what REDCap calls the strata`, {
      hint: 'Add a part redcap: to it, as randose docs data-manager redcap shows. The list does not depend on it. Nothing was written.',
    });
  }
  const checked = readStudy(text, STUDY_FILE, 'redcap');
  if (!checked.ok) throw invalidStudy(checked.problems);
  return redcapDataset(study.redcap, study.stratifyBy, rowsOf(open, batch));
}

/** The slots of the table: REDCap gives them out in turn, and so never the one that is for a certain participant. */
function rowsOf({ slots, batches }: OpenStudy, batch: number | undefined): Slot[] {
  if (batch !== undefined && !batches.some(({ manifest }) => manifest.batch === batch)) {
    throw new RandoseError('usage', `there is no batch ${batch}`, {
      hint: `The list has ${counted(batches.length, 'batch', 'batches')}. Nothing was written.`,
    });
  }
  return slots.filter((one) => {
    return !isReplacementSlot(one) && (batch === undefined || one.batch === batch);
  });
}

/** What to do with the table, a line each. */
export function redcapAdvice({ study, batches }: OpenStudy, batch: number | undefined): string[] {
  const mode = study.domain === 'dummy' ? 'development' : 'production';
  const isPart = batch === undefined && batches.length > 1;
  return [
    `It is the ${mode} table of REDCap’s blinded model: the field that is randomized is a text field.`,
    ...(mode === 'production'
      ? ['REDCap takes another table for development: export the one of a rehearsal.']
      : []),
    ...(isPart
      ? [
          `It has all ${batches.length} batches. If REDCap has the first ones already, append only the last: --batch ${batches.length}`,
        ]
      : []),
  ];
}

/** What goes wrong if the table is taken as it is, a sentence each. */
export function redcapWarnings({ study, slots, entries, taken }: OpenStudy): string[] {
  const used = new Set([...randomizations(entries).map(({ number }) => number), ...taken]).size;
  const left = slots.filter(isReplacementSlot).length;
  return [
    ...(used > 0 && study.domain !== 'dummy'
      ? [
          `${counted(used, 'participant')} ${used === 1 ? 'is' : 'are'} randomized here already. REDCap would give their numbers again: randomize them in REDCap first, in the order of export transfer, and compare.`,
        ]
      : []),
    ...(left > 0
      ? [
          `${counted(left, 'replacement slot')} ${left === 1 ? 'is' : 'are'} left out: REDCap gives numbers in turn, and cannot give a certain participant the slot with the same arm. Replace participants with randose replace.`,
        ]
      : []),
  ];
}
