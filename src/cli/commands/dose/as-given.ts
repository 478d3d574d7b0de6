import { RandoseError } from '../../../errors.ts';
import type { AsGiven } from '../../../schedule/happenings.ts';
import type { DoseFlags } from './command.ts';

/** One line that can be read aloud. */
const AMOUNT = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,60}$/u;
/** A weight in kg with at most one decimal; a comma is one too. */
const WEIGHT = /^(\d{1,3})(?:[.,](\d))? ?(?:kg)?$/i;
const MOST_KG = 500;

/**
 * The amount and the weight that somebody says, as they are kept.
 *
 * @throws RandoseError `usage`
 */
export function asGivenTyped({ amount, weight, notDone = false }: DoseFlags): AsGiven {
  if (notDone && (amount ?? weight) !== undefined) {
    throw new RandoseError(
      'usage',
      'an injection that was missed has neither --amount nor --weight',
    );
  }
  if (amount !== undefined && !AMOUNT.test(amount.trim())) {
    throw new RandoseError(
      'usage',
      '--amount: write how much was given, in one line of at most 60 characters',
    );
  }
  return {
    ...(amount !== undefined && { amount: amount.trim() }),
    ...(weight !== undefined && { weight: weightIn(weight) }),
  };
}

function weightIn(typed: string): string {
  const [, whole = '', decimal] = WEIGHT.exec(typed.trim()) ?? [];
  const text = whole === '' ? '' : `${Number(whole)}${decimal === undefined ? '' : `.${decimal}`}`;
  if (text !== '' && Number(text) > 0 && Number(text) <= MOST_KG) return text;
  throw new RandoseError(
    'usage',
    `--weight "${typed}": write the weight in kg, from 0.1 to ${MOST_KG}, with at most one decimal`,
    { hint: 'For example: --weight 72.5' },
  );
}

/** What was given, as it is repeated: `, 0.5 million IU, weight 72.5 kg`. */
export function asGivenText({ amount, weight }: AsGiven): string {
  return `${amount === undefined ? '' : `, ${amount}`}${weight === undefined ? '' : `, weight ${weight} kg`}`;
}
