import { RandoseError } from '../../../errors.ts';
import { csvParts } from '../../../exports/csv.ts';
import {
  FIRST_BATCH,
  nextBatch,
  type PlanToDraw,
  slotsPerStratum,
} from '../../../randomization/list.ts';
import { referenceLists } from '../../../randomization/reference-lists.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import type { Stratum, Study } from '../../../study/study.ts';
import { refuseFolder, writeNew } from '../../../system/files.ts';
import { counted } from '../../../words.ts';
import { refuseExisting } from '../../output/exported-files.ts';
import type { Output } from '../../output/output.ts';
import type { AssessFlags } from './command.ts';

/** The most lists, and the most rows in all of them: the file has about 30 bytes for each. */
const [MOST_LISTS, MOST_ROWS] = [100_000, 50_000_000];
const HEADER = ['list', 'stratum', 'sequence_in_stratum', 'arm'];

/** @throws RandoseError `usage` if options do not go with --draw, or only with it */
export function checkDraw(flags: AssessFlags): void {
  const { draw, format, output, csvFor } = flags;
  if (draw === undefined) {
    if (flags.batch !== undefined) {
      throw new RandoseError('usage', '--batch is for the lists of --draw');
    }
    if (format !== 'csv') return;
    const typed = csvFor === undefined ? '--format csv' : '--csv-for';
    throw new RandoseError('usage', `${typed} is for the lists of --draw`, {
      hint: 'An assessment is a table, json or html.',
    });
  }
  const other = (['against', 'participants', 'recruited'] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (other !== undefined) {
    throw new RandoseError('usage', `--draw writes lists of one plan: leave --${other} out`);
  }
  if (output === undefined || format !== 'csv') {
    throw new RandoseError('usage', '--draw writes CSV into a file: add --output FILE.csv');
  }
  if (draw >= 1 && draw <= MOST_LISTS) return;
  throw new RandoseError('usage', `--draw expects a number from 1 to ${MOST_LISTS}`);
}

/** Which slots are drawn: those of a batch, and how many of each stratum come before. */
export interface DrawnBatch {
  readonly batch: number;
  readonly before: ReadonlyMap<string, number>;
}

/** The slots of one batch of a list; of the whole design if there is no list. */
export interface BatchToDraw extends DrawnBatch {
  readonly strata: readonly Stratum[];
}

/**
 * The batch whose lists are drawn.
 *
 * @param asked undefined if none is named: then there must be one alone
 * @throws RandoseError `usage` if it does not exist, or if none is named and there are several
 */
export function batchToDraw(
  { study, slots }: Pick<OpenStudy, 'study' | 'slots'>,
  asked: number | undefined,
): BatchToDraw {
  const last = nextBatch(slots) - 1;
  if (asked === undefined && last > FIRST_BATCH) {
    throw new RandoseError('usage', `the list has ${last} batches: name one with --batch`, {
      hint: 'Each has a plan of its own. Draw the lists of each with its plan, and put the rows of the same list together.',
    });
  }
  const batch = asked ?? FIRST_BATCH;
  if (batch < FIRST_BATCH || batch > last) {
    throw new RandoseError('usage', `--batch expects a number from 1 to ${last}`);
  }
  const own = slotsPerStratum(slots.filter((slot) => slot.batch === batch));
  const ratioOf = new Map(study.strata.map(({ id, ratio }) => [id, ratio]));
  const strata = [...own].map(([id, count]): Stratum => {
    const ratio = ratioOf.get(id);
    return { id, slots: count, ...(ratio && { ratio }) };
  });
  return { batch, before: slotsPerStratum(slots.filter((slot) => slot.batch < batch)), strata };
}

/**
 * Writes lists of the plan that are no trial's: `list` says so in each row, and they come from a seed that everybody knows.
 *
 * @param flags with `draw` and `output`
 */
export function drawReference(
  output: Output,
  { draw = 0, output: file = '', force = false, csvFor }: AssessFlags,
  study: Study,
  plan: PlanToDraw,
  { batch, before }: DrawnBatch,
): void {
  const slots = study.strata.reduce((sum, stratum) => sum + stratum.slots, 0);
  if (draw * slots > MOST_ROWS) {
    throw new RandoseError(
      'usage',
      `${draw} lists of ${counted(slots, 'slot')} are too many rows`,
      {
        hint: `At most ${Math.floor(MOST_ROWS / slots)} lists of this study fit into one file.`,
      },
    );
  }
  refuseFolder(file);
  if (!force) refuseExisting(file);
  const digits = String(draw).length;
  function* rows() {
    for (const { draw: number, stratum, arms } of referenceLists(study, plan, batch, draw)) {
      if (stratum === study.strata[0]!.id)
        output.progress(number - 1, draw, 'drawing reference lists');
      const list = `REFERENCE-${String(number).padStart(digits, '0')}`;
      for (const [index, arm] of arms.entries())
        yield [list, stratum, (before.get(stratum) ?? 0) + index + 1, arm];
    }
  }
  writeNew(file, csvParts(HEADER, rows(), csvFor), { mode: 'private', force });
  output.progress(draw, draw, 'drawing reference lists');
  output.say(
    `Wrote ${file}. Only you can read this file. CONFIDENTIAL: it shows how the plan draws. None of these lists is the trial's.`,
  );
  output.result({ study: study.id, lists: draw, slots, file }, '');
}
