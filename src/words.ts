/** A count with its noun, such as `1 kit` or `3 kits`. @param many the plural, if it is not the noun with an s */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The hint for a file that is damaged or missing and that randose cannot make again. */
export const RESTORE =
  'Restore it from a backup or another copy of the study folder, then run: randose verify';

/** The hint for a study.yaml that is missing, or that was changed in what the list depends on. */
export const RESTORE_STUDY =
  'To see what was changed: randose study --diff. To bring back the accepted one: randose study --restore';

/** The hint for files of which only line ends or the encoding were changed. */
export const PUT_BACK = 'To put them back, run: randose verify --repair-line-ends';
