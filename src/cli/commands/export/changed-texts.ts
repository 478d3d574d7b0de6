import type { Changed } from '../../../exports/datasets/ascii.ts';
import { counted } from '../../../words.ts';

/** The most texts that the warning shows; others are counted. */
const MOST_SHOWN = 3;

/** The texts of all SAS transport files of an export that are not as they were typed. */
export class ChangedTexts {
  readonly #found = new Map<string, Changed>();

  /** Adds those of one dataset. */
  readonly add = (changed: readonly Changed[]): void => {
    for (const one of changed) {
      const known = this.#found.get(one.was);
      this.#found.set(
        one.was,
        known === undefined ? one : { ...known, count: known.count + one.count },
      );
    }
  };

  /** One warning about each text; none if no text is changed. Only an export that succeeded has it. */
  warnings(): string[] {
    const changed = [...this.#found.values()];
    if (changed.length === 0) return [];
    const shown = changed.slice(0, MOST_SHOWN).map(({ where, was, now, count }) => {
      const others = count > 1 ? `, and ${counted(count - 1, 'more time')}` : '';
      return `  "${was}" is "${now}" (${where}${others})`;
    });
    const more = changed.length - MOST_SHOWN;
    return [
      [
        `XPT has ASCII only: ${counted(changed.length, 'text')} ${changed.length === 1 ? 'is' : 'are'} changed`,
        ...shown,
        ...(more > 0 ? [`  and ${counted(more, 'more text')}`] : []),
        'To keep them as they are: --format json, xlsx or csv',
      ].join('\n'),
    ];
  }
}
