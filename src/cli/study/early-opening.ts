import { randomizations, strataUse } from '../../ledger/enrolment.ts';
import { lockInForce } from '../../ledger/lock.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { counted } from '../../words.ts';
import type { HomeFlags } from '../arguments/options.ts';
import type { Output } from '../output/output.ts';
import { askFirst } from './look-first.ts';
import { notRecordedText, openInjections, stillTreatedText } from './open-injections.ts';

/**
 * Warns before the whole list is opened while arms in it must stay secret: slots are not used yet, or participants are
 * still treated, or records are missing.
 *
 * @returns whether it warned
 */
export function warnIfEarly(output: Output, open: OpenStudy): boolean {
  const reasons = reasonsToWait(open);
  if (reasons.length === 0) return false;
  const why =
    'whoever sees it knows the arms, and each randomization after that is a protocol deviation.';
  output.warn(`it is early to open the whole list: ${why} ${reasons.join(' ')}`);
  return true;
}

/**
 * Warns, and then asks on a terminal. Scripts, and --yes, are not asked.
 *
 * @throws RandoseError `usage` if the answer is not yes
 */
export async function askIfEarly(output: Output, open: OpenStudy, flags: HomeFlags): Promise<void> {
  if (!warnIfEarly(output, open)) return;
  await askFirst(output, flags, 'Open the whole list?', [], 'Nothing was opened.');
}

/** Why the whole list should stay closed for now, a sentence each. */
function reasonsToWait(open: OpenStudy): string[] {
  const randomized = randomizations(open.entries);
  const strata = strataUse(open.slots, randomized, open.taken);
  const count = (what: 'slots' | 'left') => strata.reduce((sum, one) => sum + one[what], 0);
  const left = count('left');
  const { late, toCome } = openInjections(open);
  const slots = `${left} of ${counted(count('slots'), 'slot')} ${left === 1 ? 'is' : 'are'} not used yet.`;
  return [
    ...(randomized.length === 0 ? ['Nobody is randomized yet.'] : left > 0 ? [slots] : []),
    ...stillTreatedText(toCome),
    ...notRecordedText(late),
    ...(lockInForce(open.entries) === undefined
      ? ['The database is not locked. To lock it first: randose lock']
      : []),
  ];
}
