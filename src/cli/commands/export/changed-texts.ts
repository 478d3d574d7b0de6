import type { Changed } from '../../../exports/datasets/ascii.ts';
import { counted } from '../../../words.ts';

/** The most texts that the warning shows; others are counted. */
const MOST_SHOWN = 3;

/** The warning that texts of a SAS transport file are not as they were typed. @param changed one at least */
export function changedTexts(changed: readonly Changed[]): string {
  const shown = changed.slice(0, MOST_SHOWN).map(({ where, was, now, count }) => {
    const others = count > 1 ? `, and ${counted(count - 1, 'more time')}` : '';
    return `  "${was}" is "${now}" (${where}${others})`;
  });
  const more = changed.length - MOST_SHOWN;
  return [
    `XPT has ASCII only: ${counted(changed.length, 'text')} ${changed.length === 1 ? 'is' : 'are'} changed`,
    ...shown,
    ...(more > 0 ? [`  and ${counted(more, 'more text')}`] : []),
    'To keep them as they are: --format json, xlsx or csv',
  ].join('\n');
}
