import PDFDocument from 'pdfkit';
import type { Study } from '../../study/study.ts';
import { drawCard } from './page.ts';
import { flapPattern } from './flap-pattern.ts';
import type { Fonts } from '../pdf/font-metrics.ts';

/** A code-break card: what opens one slot's envelope and no other. It does not say the arm. */
export interface Card {
  readonly number: string;
  readonly kits: readonly string[];
  /** Null where there is one stratum alone. */
  readonly stratum: string | null;
  /** The site's name; null where it is unknown. */
  readonly site: string | null;
  /** The slot's envelope, as a path in the study folder. */
  readonly envelope: string;
  /** An age identity. */
  readonly identity: string;
  /** The receipt of the allocation of the slot's batch, `sequence:hash`: what was filed has it too. */
  readonly receipt: string;
}

/** Whom to call, at any hour. */
export interface Contact {
  readonly name: string;
  readonly phone: string;
}

/** The code-break cards of a study. */
export interface CardSheet {
  readonly study: Pick<Study, 'id' | 'title' | 'sponsor'>;
  /** The day on which they are made, YYYY-MM-DD. */
  readonly made: string;
  readonly isDummy: boolean;
  readonly isReprint: boolean;
  /** Null if study.yaml has no telephone number. */
  readonly contact: Contact | null;
  readonly cards: readonly Card[];
}

/**
 * The code-break cards as a PDF, a page each: the outside above, the key in the middle, and below it
 * the flap that is folded over the key. The same sheet gives the same bytes.
 */
export async function formatCards(sheet: CardSheet, fonts: Fonts): Promise<Uint8Array> {
  const { study, made, cards } = sheet;
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    font: '', // else pdfkit looks for Helvetica, in a file beside its own
    lang: 'en',
    displayTitle: true,
    info: {
      Title: `Code-break cards of ${study.id}`,
      Author: study.sponsor,
      Creator: 'randose',
      Producer: 'randose',
      CreationDate: new Date(`${made}T00:00:00Z`),
    },
  });
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const isDone = new Promise((resolve) => pdf.on('end', resolve));
  for (const [name, bytes] of Object.entries(fonts) as [string, Uint8Array][]) {
    pdf.registerFont(name, Buffer.from(bytes));
  }
  const pattern = flapPattern(pdf);
  for (const card of cards) {
    pdf.addPage();
    drawCard(pdf, sheet, card, pattern);
  }
  pdf.end();
  await isDone;
  return Buffer.concat(chunks);
}
