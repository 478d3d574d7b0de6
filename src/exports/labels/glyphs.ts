import { RandoseError } from '../../errors.ts';
import type { Label } from '../../labels/label.ts';
import type { FontMetrics } from '../pdf/font-metrics.ts';

/** Scripts that are written from left to right, letter by letter. */
const SCRIPTS =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Common}]$/u;

/** Characters that nobody sees: some turn text around, others have no meaning. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\u200b]/u;

/** @throws RandoseError `invalid-study` if a label has a character that its fonts do not have or cannot set */
export function requireGlyphs(labels: readonly Label[], metrics: FontMetrics): void {
  const seen = new Set<string>();
  for (const { name, contact, lines, caption, marks } of labels) {
    const texts = [
      ...[contact?.caption ?? '', contact?.phone ?? '', contact?.text ?? '', caption],
      ...marks.map(({ text }) => text),
      ...lines.map((line) => line.text),
    ];
    for (const text of texts) {
      if (seen.has(text)) continue;
      seen.add(text);
      const missing =
        metrics.missingIn('regular', text) ??
        metrics.missingIn('bold', text) ??
        Array.from(text).find((one) => !SCRIPTS.test(one) || UNSEEN.test(one));
      if (missing === undefined) continue;
      const point = missing.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      const message = `${name}: "${missing}" (U+${point}) cannot be printed on labels`;
      throw new RandoseError('invalid-study', message, {
        hint: `It is in "${text}". Replace it in study.yaml. Nothing was printed.`,
      });
    }
  }
}
