import type { CivilDate } from '../../study/civil-date.ts';

/** The first and the last date of a window. */
export function windowText({ from, to }: { readonly from: CivilDate; readonly to: CivilDate }) {
  return from === to ? from : `${from} to ${to}`;
}
