import { formatPdf } from '../pdf/document.ts';
import { inPart } from '../pdf/tags.ts';
import type { Fonts } from '../pdf/font-metrics.ts';
import type { CardPages } from './card.ts';
import { flapPattern } from './flap-pattern.ts';
import { drawCard } from './page.ts';

/**
 * Makes a PDF of code-break cards, one page for each: the outside above, the key in the middle, and below it
 * the flap that is folded over the key. The same cards give the same bytes.
 *
 * @param tellProgress called with the number of cards that are drawn
 */
export async function formatCards(
  pages: CardPages,
  fonts: Fonts,
  tellProgress: (drawn: number) => void = () => undefined,
): Promise<Uint8Array> {
  const { study, made, cards } = pages;
  const title = `Code-break cards of ${study.id}`;
  const about = { title, author: study.sponsor, made, layout: 'portrait', isTagged: true } as const;
  return formatPdf(about, fonts, (pdf) => {
    const pattern = flapPattern(pdf);
    for (const [index, card] of cards.entries()) {
      tellProgress(index);
      pdf.addPage();
      inPart(pdf, 'Sect', () => {
        drawCard(pdf, pages, card, pattern);
      });
    }
  });
}
