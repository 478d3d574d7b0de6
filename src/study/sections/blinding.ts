import * as v from 'valibot';

/**
 * Whether people who treat may know arms. In a study that is open label an arm is revealed once its participant is
 * randomized; the list is as concealed as in a blinded one.
 */
export type Blinding = 'blinded' | 'open label';

/** The key `blinding`. */
export const BLINDING = v.nullish(
  v.picklist(['blinded', 'open label'], 'expected blinded or open label'),
  'blinded',
);
