import PDFDocument from 'pdfkit';
import type { Study } from '../study/study.ts';
import { qrCode } from './qr-code.ts';

/** The fonts of a printed page, as TrueType files. */
export interface Fonts {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
  readonly mono: Uint8Array;
}

/** A code-break card: what opens one slot's envelope and no other. It does not say the arm. */
export interface Card {
  readonly number: string;
  readonly kits: readonly string[];
  readonly stratum: string;
  /** The site's name; null where it is unknown. */
  readonly site: string | null;
  /** The slot's envelope, as a path in the study folder. */
  readonly envelope: string;
  /** An age identity. */
  readonly identity: string;
}

/** The code-break cards of a study. */
export interface CardSheet {
  readonly study: Pick<Study, 'id' | 'title' | 'sponsor'>;
  /** The day on which they are made, YYYY-MM-DD. */
  readonly made: string;
  readonly isDummy: boolean;
  readonly isReprint: boolean;
  readonly cards: readonly Card[];
}

/** Lengths are in points: A4, folded in three. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 42;
const WIDTH = PAGE.width - 2 * MARGIN;
const FOLDS = [PAGE.height / 3, (2 * PAGE.height) / 3] as const;

/**
 * The code-break cards as a PDF, a page each: the outside above, the key in the middle, and below it
 * the flap that is folded over the key. The same sheet gives the same bytes.
 */
export async function formatCards(sheet: CardSheet, fonts: Fonts): Promise<Uint8Array> {
  const { study, made } = sheet;
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    font: fonts.regular as unknown as string,
    lang: 'en',
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
  pdf.registerFont('regular', Buffer.from(fonts.regular));
  pdf.registerFont('bold', Buffer.from(fonts.bold));
  pdf.registerFont('mono', Buffer.from(fonts.mono));
  for (const card of sheet.cards) {
    pdf.addPage();
    drawOutside(pdf, sheet, card);
    drawKey(pdf, sheet, card);
    drawFlap(pdf);
  }
  pdf.end();
  await isDone;
  return Buffer.concat(chunks);
}

type Pdf = InstanceType<typeof PDFDocument>;

/** One line, made small enough for its width, and cut off where even that does not do. */
function line(
  pdf: Pdf,
  text: string,
  place: { x?: number; y: number; width?: number; size: number; font?: string; align?: 'right' },
): void {
  const { x = MARGIN, y, width = WIDTH, size, font = 'regular', align = 'left' } = place;
  const flat = text.replace(/\s+/g, ' ');
  pdf.font(font).fontSize(size);
  const fitting = Math.max(0.7 * size, Math.min(size, (size * width) / pdf.widthOfString(flat)));
  pdf.fontSize(fitting);
  let shown = flat;
  while (pdf.widthOfString(shown) > width && shown.length > 1) shown = `${shown.slice(0, -2)}…`;
  const shift = align === 'right' ? width - pdf.widthOfString(shown) : 0;
  pdf.text(shown, x + shift, y + (size - fitting), { lineBreak: false });
}

function drawOutside(pdf: Pdf, { study, made, isDummy, isReprint }: CardSheet, card: Card): void {
  const marks = [...(isDummy ? ['DUMMY: a rehearsal'] : []), ...(isReprint ? ['REPRINT'] : [])];
  line(pdf, 'CODE-BREAK CARD', { y: 38, size: 11, font: 'bold', width: WIDTH / 2 });
  line(pdf, [...marks, made].join('   '), {
    ...{ x: MARGIN + WIDTH / 2, y: 38, width: WIDTH / 2, size: 11, font: 'bold', align: 'right' },
  });
  line(pdf, study.id, { y: 58, size: 15, font: 'bold' });
  line(pdf, study.title, { y: 78, size: 9 });
  line(pdf, study.sponsor, { y: 91, size: 9 });
  line(pdf, card.number, { y: 110, size: 34, font: 'bold', width: WIDTH * 0.6 });
  const kits = `Kit ${card.kits.join(', ')}`;
  const beside = { x: MARGIN + WIDTH * 0.62, width: WIDTH * 0.38 };
  line(pdf, kits, { ...beside, y: 114, size: 13, font: 'bold' });
  line(pdf, card.site ?? '', { ...beside, y: 132, size: 9 });
  line(pdf, card.stratum, { ...beside, y: 144, size: 9 });
  line(
    pdf,
    'Open only in an emergency, where treatment depends on the arm and no officer can be reached.',
    {
      ...{ y: 168, size: 9.5, font: 'bold' },
    },
  );
  line(
    pdf,
    'Whoever opens it fills this in at once and tells the sponsor. A card that was opened stays opened.',
    {
      ...{ y: 182, size: 9.5 },
    },
  );
  const blanks = [
    ['Opened by', 'Date and time'],
    ['Reason', 'Signature'],
  ] as const;
  for (const [row, names] of blanks.entries()) {
    for (const [column, name] of names.entries()) {
      const x = MARGIN + (column * WIDTH) / 2;
      const y = 214 + row * 30;
      line(pdf, name, { x, y, size: 8.5, width: 75 });
      const end = x + WIDTH / 2 - (column === 0 ? 14 : 0);
      pdf
        .moveTo(x + 76, y + 11)
        .lineTo(end, y + 11)
        .lineWidth(0.6)
        .stroke('#444444');
    }
  }
}

function drawKey(pdf: Pdf, { study }: CardSheet, { number, envelope, identity }: Card): void {
  drawFold(
    pdf,
    FOLDS[0],
    'Second: fold this line backwards, so that the number stays outside. Then seal the edges.',
  );
  const top = FOLDS[0] + 22;
  const side = 132;
  drawQr(pdf, identity, MARGIN, top + 4, side);
  const beside = { x: MARGIN + side + 20, width: WIDTH - side - 20 };
  const lines: readonly (readonly [text: string, font: string, size: number])[] = [
    [`The key to the allocation of ${number} in ${study.id}, and to nobody else's`, 'bold', 10],
    ['With randose, which asks for the key (scan the code, or type it):', 'regular', 8.5],
    ['randose unblind --subject SUBJECT --card --by "NAME" --reason "WHY"', 'mono', 8],
    ['With age alone (age-encryption.org), in the study folder:', 'regular', 8.5],
    ['1. Write the key into a file of one line, card.txt', 'regular', 8.5],
    [`2. age --decrypt -i card.txt ${envelope}`, 'mono', 8],
    ['3. Delete card.txt. Write down who opened it, when and why.', 'regular', 8.5],
    [`(If it is not there: ${fileName(envelope)} in another folder of allocation.)`, 'regular', 8],
  ];
  let y = top + 4;
  for (const [index, [text, font, size]] of lines.entries()) {
    line(pdf, text, { ...beside, y, size, font });
    y += index === 0 || index === 2 ? 20 : 15;
  }
  line(
    pdf,
    'The key, one line without blanks. After AGE-SECRET-KEY-1 it has no letter B, I or O and no digit 1.',
    {
      ...{ y: top + side + 22, size: 8.5 },
    },
  );
  line(pdf, identity, { y: top + side + 38, size: 11, font: 'mono' });
}

/** Nothing shows through it: what is folded over the key is covered with a pattern. */
function drawFlap(pdf: Pdf): void {
  drawFold(pdf, FOLDS[1], 'First: fold this part up, over the key.');
  const [top, bottom] = [FOLDS[1] + 30, PAGE.height - 24];
  const step = 4;
  pdf
    .save()
    .rect(MARGIN / 2, top, PAGE.width - MARGIN, bottom - top)
    .clip();
  for (let x = MARGIN / 2 - (bottom - top); x < PAGE.width; x += step) {
    pdf.moveTo(x, bottom).lineTo(x + (bottom - top), top);
    pdf.moveTo(x, top).lineTo(x + (bottom - top), bottom);
  }
  pdf.lineWidth(1.1).stroke('#333333').restore();
}

function drawFold(pdf: Pdf, y: number, words: string): void {
  pdf.save().moveTo(0, y).lineTo(PAGE.width, y).lineWidth(0.6).dash(4, { space: 3 });
  pdf.stroke('#777777').restore();
  pdf.fillColor('#555555');
  line(pdf, words, { y: y + 4, size: 7.5 });
  pdf.fillColor('#000000');
}

/** Runs of dark modules as rectangles, with four modules of quiet zone within the square. */
function drawQr(pdf: Pdf, text: string, left: number, top: number, side: number): void {
  const modules = qrCode(text);
  const unit = side / (modules.length + 8);
  for (const [row, dark] of modules.entries()) {
    let from = 0;
    while (from < dark.length) {
      const to = dark.indexOf(!dark[from], from);
      const end = to < 0 ? dark.length : to;
      if (dark[from] === true) {
        pdf.rect(left + (from + 4) * unit, top + (row + 4) * unit, (end - from) * unit, unit);
      }
      from = end;
    }
  }
  pdf.fill('#000000');
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
