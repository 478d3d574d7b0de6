import type { CivilDate } from '../../study/civil-date.ts';

/** The dates of a window, both included. */
export function windowText({ from, to }: { readonly from: CivilDate; readonly to: CivilDate }) {
  return from === to ? from : `${from} to ${to}`;
}
