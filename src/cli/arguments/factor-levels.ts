import { RandoseError } from '../../errors.ts';
import type { Factor } from '../../study/study.ts';

/** `--factor sex=F age=LT65` as factor → level. */
export function levelsOf(
  given: readonly string[],
  factors: readonly Factor[],
): Record<string, string> {
  const levels: Record<string, string> = {};
  for (const text of given) {
    refuseSeveral(text, factors);
    const [name = '', level] = text.split('=', 2).map((part) => part.trim());
    const factor = factors.find((one) => one.name.toUpperCase() === name.toUpperCase());
    const before = factor === undefined ? undefined : levels[factor.name];
    if (factor !== undefined && level !== undefined && before !== undefined) {
      throw new RandoseError(
        'usage',
        `--factor gives ${factor.name} twice: ${before} and ${level}`,
        { hint: 'Give each factor once. Nothing was recorded.' },
      );
    }
    if (factor === undefined || level === undefined) {
      const names = factors.map((one) => one.name).join(', ');
      throw new RandoseError('usage', `--factor "${text}" does not name a factor and its level`, {
        hint:
          factors.length === 0
            ? 'This study has no factors besides the site.'
            : `Give each of the study's factors once (${names}), as --factor NAME=LEVEL.`,
      });
    }
    levels[factor.name] = level;
  }
  return levels;
}

/** @throws RandoseError `usage` if a text gives several factors at once, such as `sex=F,age=LT65` */
function refuseSeveral(text: string, factors: readonly Factor[]): void {
  const parts = text.split(/\s*[,;&+/]\s*|\s+/).filter((part) => part !== '');
  const isOfFactor = (part: string) => {
    const [name = '', level = ''] = part.split(/[=:]/, 2);
    return level !== '' && factors.some((one) => one.name.toUpperCase() === name.toUpperCase());
  };
  if (parts.length < 2 || !parts.every(isOfFactor)) return;
  const apart = parts.map((part) => `--factor ${part.replace(':', '=')}`).join(' ');
  throw new RandoseError('usage', `--factor "${text}" gives several factors at once`, {
    hint: `Repeat --factor for each: ${apart}`,
  });
}
