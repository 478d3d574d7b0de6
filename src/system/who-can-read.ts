import { lookAt } from './look.ts';

/**
 * The letters of chmod for those who can read one folder and not another: `g` for the group, `o` for all others.
 *
 * @returns an empty text if nobody is kept out, or if a folder cannot be looked at
 */
export function keptOut(folder: string, like: string): string {
  const [own, wanted] = [folder, like].map((path) => lookAt(path)?.mode);
  if (own === undefined || wanted === undefined) return '';
  const missing = wanted & ~own;
  return `${(missing & 0o050) === 0 ? '' : 'g'}${(missing & 0o005) === 0 ? '' : 'o'}`;
}
