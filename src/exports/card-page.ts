import type { Card, CardSheet } from './card-sheet.ts';
import { type Frame, type Pdf, type TextStyle, writeFitted } from './fitted-text.ts';
import type { FlapPattern } from './flap-pattern.ts';
import { qrCode } from './qr-code.ts';

/** Lengths are in points: A4, folded in three. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 42;
const WIDTH = PAGE.width - 2 * MARGIN;
const FOLDS = [PAGE.height / 3, (2 * PAGE.height) / 3] as const;
const GREY = '#444444';

/** ISO/IEC 18004: four modules of nothing around a QR code. */
const QUIET = 4;

/** The right-hand column of the outside. */
const BESIDE = { x: MARGIN + WIDTH * 0.5, width: WIDTH * 0.5 };

/** Draws a card on the page: folded, the outside is in front, and the key between two layers. */
export function drawCard(pdf: Pdf, sheet: CardSheet, card: Card, pattern: FlapPattern): void {
  drawHead(pdf, sheet);
  drawSlot(pdf, card);
  drawForm(pdf);
  drawKey(pdf, sheet, card);
  drawFlap(pdf, pattern);
}

function drawHead(pdf: Pdf, { study, made, isDummy, isReprint }: CardSheet): void {
  const style: TextStyle = { font: 'bold', size: 11, least: 6 };
  writeFitted(pdf, 'CODE-BREAK CARD', row(31, 14, { width: 130 }), style);
  const date: TextStyle = { font: 'regular', size: 8, least: 6, colour: GREY, align: 'right' };
  writeFitted(pdf, `made ${made}`, row(33, 12, { x: MARGIN + WIDTH - 80, width: 80 }), date);
  let x = MARGIN + 138;
  if (isDummy) x = drawMark(pdf, 'DUMMY: FOR REHEARSAL ONLY', x, 188);
  if (isReprint) drawMark(pdf, 'REPRINT', x, 66);
  writeFitted(pdf, study.id, row(48.5, 16), { font: 'bold', size: 13, least: 6 });
  const small: TextStyle = { font: 'regular', size: 9.5, least: 4.5 };
  const end = writeFitted(pdf, study.title, row(65, 22.5), small);
  writeFitted(pdf, study.sponsor, row(end + 1.5, 13), small);
}

/** White on black: nobody overlooks it. */
function drawMark(pdf: Pdf, text: string, x: number, width: number): number {
  pdf.rect(x, 29, width, 17).fill('black');
  const frame = row(31.5, 13, { x: x + 6, width: width - 12 });
  writeFitted(pdf, text, frame, { font: 'bold', size: 10.5, least: 6, colour: 'white' });
  return x + width + 6;
}

function drawSlot(pdf: Pdf, { number, kits, site, stratum }: Card): void {
  const least = 4;
  drawLabel(pdf, 'Randomization number', row(108, 10));
  const frame = row(118, 44, { width: WIDTH * 0.47 });
  writeFitted(pdf, number, frame, { font: 'bold', size: 36, least });
  drawLabel(pdf, kits.length === 1 ? 'Kit' : 'Kits', row(108, 10, BESIDE));
  const below = [site, stratum].filter((words) => words !== null && words !== '');
  const height = 44 - 13 * below.length;
  const style: TextStyle = { font: 'bold', size: 14, least };
  writeFitted(pdf, kits.join(', '), row(118, height, BESIDE), style);
  for (const [index, words] of below.entries()) {
    const frame = row(118 + height + 13 * index, 13, BESIDE);
    writeFitted(pdf, words ?? '', frame, { font: 'regular', size: 9, least });
  }
}

function drawForm(pdf: Pdf): void {
  pdf
    .rect(MARGIN - 6, 167, WIDTH + 12, 32)
    .lineWidth(1)
    .stroke('black');
  const style: TextStyle = { font: 'bold', size: 9.5, least: 6 };
  writeFitted(
    pdf,
    'Open only in an emergency, where treatment depends on the arm and no officer can be reached.',
    row(170.5, 12),
    style,
  );
  writeFitted(
    pdf,
    'Whoever opens it writes date, time, name and reason below at once, and tells the sponsor.',
    row(183.5, 12),
    { ...style, font: 'regular' },
  );
  const half = WIDTH / 2 - 8;
  drawBlank(pdf, 'Opened by (name)', row(207, 12, { width: half }));
  drawBlank(pdf, 'Date and time', row(207, 12, { x: PAGE.width / 2 + 8, width: half }));
  drawBlank(pdf, 'Reason', row(232, 12));
  drawBlank(pdf, 'Signature', row(257, 12, { width: half }));
  drawBlank(pdf, 'Sponsor told (when, by)', row(257, 12, { x: PAGE.width / 2 + 8, width: half }));
}

function drawBlank(pdf: Pdf, name: string, frame: Frame): void {
  pdf.font('regular').fontSize(8.5);
  const taken = pdf.widthOfString(name) + 6;
  writeFitted(pdf, name, frame, { font: 'regular', size: 8.5, least: 6 });
  const [left, right, y] = [frame.x + taken, frame.x + frame.width, frame.y + 10.5];
  pdf.moveTo(left, y).lineTo(right, y).lineWidth(0.6).stroke(GREY);
}

function drawKey(pdf: Pdf, { study }: CardSheet, { number, envelope, identity }: Card): void {
  const isHybrid = identity.startsWith('AGE-SECRET-KEY-PQ-');
  drawFold(
    pdf,
    FOLDS[0],
    '2. Then fold here backwards: the number stays outside. Seal the open edges; keep it in an opaque envelope.',
  );
  const top = FOLDS[0] + 22;
  const side = 156;
  drawQr(pdf, identity, { x: MARGIN - 12, y: top + 16, width: side, height: side });
  const head = `The key to the allocation of ${number} in ${study.id}, and to nobody else's`;
  writeFitted(pdf, head, row(top, 13.5), { font: 'bold', size: 10.5, least: 5 });
  const beside = { x: MARGIN + side + 2, width: WIDTH - side - 2 };
  const words: TextStyle = { font: 'regular', size: 9, least: 6 };
  const code: TextStyle = { font: 'mono', size: 8.5, least: 4 };
  const lines: readonly (readonly [y: number, text: string, style: TextStyle])[] = [
    [30, 'With randose, which asks for the key: scan the code, or type it.', words],
    [45, 'randose unblind --subject SUBJECT --card --by "NAME" --reason "WHY"', code],
    [
      75,
      `With age${isHybrid ? ' 1.3 or later' : ''} alone (age-encryption.org), in the study folder:`,
      words,
    ],
    [90, '1. Write the key into a file of one line, card.txt', words],
    [105, `2. age --decrypt -i card.txt ${envelope}`, code],
    [120, '3. Delete card.txt. Write down who opened it, when and why.', words],
    [146, `If it is not there: ${fileName(envelope)} in another folder of allocation.`, words],
  ];
  for (const [y, text, style] of lines) {
    writeFitted(pdf, text, row(top + y, 12, beside), style);
  }
  writeFitted(
    pdf,
    `The key, one line without blanks. After ${identity.slice(0, dataOf(identity))} it has no letter B, I or O and no digit 1.`,
    row(top + side + 28, 12),
    words,
  );
  drawIdentity(pdf, identity, top + side + 47);
}

/** In one piece, so that it can be copied; behind every other six characters is a shade, for the eye. */
function drawIdentity(pdf: Pdf, identity: string, y: number): void {
  const widest = pdf.font('mono').fontSize(1).widthOfString('0', { features: [] });
  const size = Math.min(11.5, WIDTH / (identity.length * widest));
  const advance = widest * size;
  for (let at = dataOf(identity); at < identity.length; at += 12) {
    const width = Math.min(6, identity.length - at) * advance;
    pdf.rect(MARGIN + at * advance, y - 2, width, size * 1.18 + 4).fill('#dddddd');
  }
  // Features, even none, keep pdfkit from holding on to every key it has written.
  pdf.fillColor('black').fontSize(size);
  pdf.text(identity, MARGIN, y, { lineBreak: false, features: [] });
}

/** Where the data of a key begins: Bech32 has no 1 in it, and one before it. */
function dataOf(identity: string): number {
  return identity.lastIndexOf('1') + 1;
}

function drawFlap(pdf: Pdf, pattern: FlapPattern): void {
  drawFold(pdf, FOLDS[1], '1. First fold here forwards: this flap comes up and covers the key.');
  const top = FOLDS[1] + 22;
  pdf
    .rect(MARGIN / 2, top, PAGE.width - MARGIN, PAGE.height - 20 - top)
    .fill([pattern, 'black'] as never);
}

function drawFold(pdf: Pdf, y: number, words: string): void {
  pdf.save().moveTo(0, y).lineTo(PAGE.width, y).lineWidth(0.6).dash(4, { space: 3 });
  pdf.stroke('#777777').restore();
  writeFitted(pdf, words, row(y + 5, 11), { font: 'regular', size: 8, least: 6, colour: GREY });
}

function drawQr(pdf: Pdf, text: string, { x, y, width }: Frame): void {
  const { side, outlines } = qrCode(text);
  const unit = width / (side + 2 * QUIET);
  for (const points of outlines) {
    for (const [index, [column, down]] of points.entries()) {
      const [left, top] = [x + (column + QUIET) * unit, y + (down + QUIET) * unit];
      if (index === 0) pdf.moveTo(left, top);
      else pdf.lineTo(left, top);
    }
    pdf.closePath();
  }
  pdf.fill('black', 'even-odd');
}

function drawLabel(pdf: Pdf, text: string, frame: Frame): void {
  writeFitted(pdf, text, frame, { font: 'regular', size: 7.5, least: 6, colour: GREY });
}

/** A frame as wide as what is printed, unless it is said otherwise. */
function row(y: number, height: number, place: { x?: number; width?: number } = {}): Frame {
  return { x: place.x ?? MARGIN, y, width: place.width ?? WIDTH, height };
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
