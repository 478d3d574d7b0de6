/** A count with its noun, such as `1 kit` or `3 kits`. @param many the plural, if it is not the noun with an s */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The hint for a file that is damaged or missing and that randose cannot make again. */
export const RESTORE = 'Restore it from a backup, then run: randose verify';
