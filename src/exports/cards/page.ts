import { ageCommand, HOW_TO_GET_AGE } from './age-command.ts';
import type { Card, CardPages, Contact } from './card.ts';
import { type Frame, type Pdf, type TextStyle, writeFitted } from '../pdf/fitted-text.ts';
import { CARD_GROUP } from '../../study/card-key.ts';
import type { FlapPattern } from './flap-pattern.ts';
import { asContent, asDecoration, inPart } from '../pdf/tags.ts';
import { qrCode } from './qr-code.ts';

/** A4, folded in three. Lengths are in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 42;
const WIDTH = PAGE.width - 2 * MARGIN;
const FOLDS = [PAGE.height / 3, (2 * PAGE.height) / 3] as const;
const GREY = '#444444';

/** ISO/IEC 18004: a QR code has four light modules around it. */
const QUIET = 4;

/** The right-hand column of the outside. */
const BESIDE = { x: MARGIN + WIDTH * 0.5, width: WIDTH * 0.5 };

/** Draws a card. When it is folded, the outside is in front, and the key lies between two layers. */
export function drawCard(pdf: Pdf, pages: CardPages, card: Card, pattern: FlapPattern): void {
  drawHead(pdf, pages);
  drawSlot(pdf, card);
  drawForm(pdf, pages);
  drawReceipt(pdf, card);
  drawKey(pdf, pages, card);
  drawFlap(pdf, pattern);
}

function drawHead(pdf: Pdf, { study, made, isDummy, isReprint }: CardPages): void {
  const style: TextStyle = { font: 'bold', size: 11, least: 6 };
  inPart(pdf, 'H1', () => {
    writeFitted(pdf, 'CODE-BREAK CARD', row(31, 14, { width: 130 }), style);
  });
  const date: TextStyle = { font: 'regular', size: 8, least: 6, colour: GREY, align: 'right' };
  writeFitted(pdf, `made ${made} UTC`, row(33, 12, { x: MARGIN + WIDTH - 80, width: 80 }), date);
  let x = MARGIN + 138;
  if (isDummy) x = drawMark(pdf, 'DUMMY: FOR REHEARSAL ONLY', x, 188);
  if (isReprint) drawMark(pdf, 'REPRINT', x, 66);
  writeFitted(pdf, study.id, row(47.5, 15), { font: 'bold', size: 12.5, least: 6 });
  const small: TextStyle = { font: 'regular', size: 9, least: 4.5 };
  const end = writeFitted(pdf, study.title, row(62.5, 21.5), small);
  writeFitted(pdf, study.sponsor, row(end + 1, 12), small);
}

/** White on black, so that nobody overlooks it. */
function drawMark(pdf: Pdf, text: string, x: number, width: number): number {
  asDecoration(pdf, () => pdf.rect(x, 29, width, 17).fill('black'));
  const frame = row(31.5, 13, { x: x + 6, width: width - 12 });
  writeFitted(pdf, text, frame, { font: 'bold', size: 10.5, least: 6, colour: 'white' });
  return x + width + 6;
}

function drawSlot(pdf: Pdf, { number, kits, site, stratum }: Card): void {
  const least = 4;
  const [top, height, line] = [106, 40, 11.5];
  drawLabel(pdf, 'Randomization number', row(97, 9));
  const frame = row(top, height, { width: WIDTH * 0.47 });
  writeFitted(pdf, number, frame, { font: 'bold', size: 33.5, least });
  if (kits.length > 0) drawLabel(pdf, kits.length === 1 ? 'Kit' : 'Kits', row(97, 9, BESIDE));
  const below = [site, stratum].filter((words) => words !== null && words !== '');
  const above = height - line * below.length;
  const style: TextStyle = { font: 'bold', size: 14, least };
  if (kits.length > 0) writeFitted(pdf, kits.join(', '), row(top, above, BESIDE), style);
  for (const [index, words] of below.entries()) {
    const frame = row(top + above + line * index, line, BESIDE);
    writeFitted(pdf, words ?? '', frame, { font: 'regular', size: 9, least });
  }
}

/** Draws when to open the card, whom to call and what to write down: between the slot and the receipt. */
function drawForm(pdf: Pdf, { contact }: CardPages): void {
  const style: TextStyle = { font: 'bold', size: 9.5, least: 6 };
  const [top, line] = [149, 12.8];
  const frame = (at: number) => row(top + 2.8 + line * at, 12.5);
  writeFitted(
    pdf,
    'Open only in an emergency, if treatment depends on the arm and no officer can be reached.',
    frame(0),
    style,
  );
  if (contact !== null) drawContact(pdf, contact, frame(1));
  const lines = contact === null ? 2 : 3;
  writeFitted(
    pdf,
    'Whoever opens it writes date, time, name and reason below at once, and tells the sponsor.',
    frame(lines - 1),
    { ...style, font: 'regular' },
  );
  const height = line * lines + 5;
  asDecoration(pdf, () =>
    pdf
      .rect(MARGIN - 6, top, WIDTH + 12, height)
      .lineWidth(1)
      .stroke('black'),
  );
  const half = WIDTH / 2 - 8;
  const right = { x: PAGE.width / 2 + 8, width: half };
  const [first, last] = [top + height + 5, 236];
  const between = (first + last) / 2;
  drawBlank(pdf, 'Opened by (name)', row(first, 12, { width: half }));
  drawBlank(pdf, 'Date and time', row(first, 12, right));
  drawBlank(pdf, 'Reason', row(between, 12));
  drawBlank(pdf, 'Signature', row(last, 12, { width: half }));
  drawBlank(pdf, 'Sponsor told (when, by)', row(last, 12, right));
}

/** The phone number is large, even if the name is long. */
function drawContact(pdf: Pdf, { name, phone }: Contact, frame: Frame): void {
  const style: TextStyle = { font: 'bold', size: 10.5, least: 6 };
  const number = `24 hours: ${phone}`;
  writeFitted(pdf, number, frame, style);
  const taken = pdf.widthOfString(number) + 8;
  const beside = { ...frame, x: frame.x + taken, width: frame.width - taken };
  writeFitted(pdf, name, beside, { ...style, least: 3.5 });
}

/** Draws the receipt that was filed: whoever opens the card can compare it with what `unblind` prints. */
function drawReceipt(pdf: Pdf, { receipt }: Card): void {
  drawLabel(
    pdf,
    'Receipt of the sealed list, filed before its first participant. randose unblind prints it again: compare them.',
    row(251.5, 9),
  );
  const text = `Ledger ${receipt}`;
  drawInOnePiece(pdf, text, { from: text.indexOf(':') + 1, group: 16, size: 8, y: 265 });
}

function drawBlank(pdf: Pdf, name: string, frame: Frame): void {
  pdf.font('regular').fontSize(8.5);
  const taken = pdf.widthOfString(name) + 6;
  writeFitted(pdf, name, frame, { font: 'regular', size: 8.5, least: 6 });
  const [left, right, y] = [frame.x + taken, frame.x + frame.width, frame.y + 10.5];
  asDecoration(pdf, () => pdf.moveTo(left, y).lineTo(right, y).lineWidth(0.6).stroke(GREY));
}

function drawKey(pdf: Pdf, { study, isDummy }: CardPages, card: Card): void {
  const { number, envelope, identity } = card;
  const isHybrid = identity.startsWith('AGE-SECRET-KEY-PQ-');
  drawFold(
    pdf,
    FOLDS[0],
    '2. Then fold here backwards: the number stays outside. Seal the open edges; keep it in an opaque envelope.',
  );
  const top = FOLDS[0] + 22;
  const side = 156;
  drawQr(pdf, identity, { x: MARGIN - 12, y: top + 16, width: side, height: side });
  const head = `The key to the allocation of ${number} in ${study.id}, and to no other`;
  writeFitted(pdf, head, row(top, 13.5), { font: 'bold', size: 10.5, least: 5 });
  const beside = { x: MARGIN + side + 2, width: WIDTH - side - 2 };
  const words: TextStyle = { font: 'regular', size: 9, least: 6 };
  const code: TextStyle = { font: 'mono', size: 8.5, least: 4 };
  const version = isHybrid ? ', version 1.3 or later' : '';
  const lines: readonly (readonly [y: number, text: string, style: TextStyle])[] = [
    [
      24,
      'With randose, in the study folder. It asks who and why, then for the key: scan it, or type it.',
      words,
    ],
    [38, unblindCommand(card, isDummy), code],
    [62, `Without randose, with the program age${version}, in the study folder:`, words],
    [76, '1. Write the key into a file of one line, card.txt', words],
    [90, `2. ${ageCommand('card.txt', envelope)}`, code],
    [104, '3. Delete card.txt. Write down who opened it, when and why.', words],
    [
      128,
      `If the file is not there: ${fileName(envelope)} in another folder of allocation/ or superseded/`,
      words,
    ],
    [142, `To get ${HOW_TO_GET_AGE}`, words],
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
  const [from, y] = [dataOf(identity), top + side + 47];
  drawInOnePiece(pdf, identity, { from, group: CARD_GROUP, size: 11.5, y });
}

/** The whole command, ready to type; it asks who and why. The kit is the slot's own, which its participant has; without kits it is the number. */
function unblindCommand({ number, kits: [kit] }: Card, isDummy: boolean): string {
  const slot = kit === undefined ? `--number ${number}` : `--kit ${kit}`;
  const command = `randose unblind ${slot} --card`;
  return isDummy ? `${command} --rehearsal` : command;
}

/** How to write a text that is too long to read at once. */
interface LongText {
  /** Where the groups begin, in characters. */
  readonly from: number;
  /** Characters in a group. */
  readonly group: number;
  /** The largest size, in points. */
  readonly size: number;
  readonly y: number;
}

/** Writes a text in one piece, so that it can be copied. A shade behind every other group guides the eye. */
function drawInOnePiece(pdf: Pdf, text: string, { from, group, size: largest, y }: LongText): void {
  const widest = pdf.font('mono').fontSize(1).widthOfString('0', { features: [] });
  const size = Math.min(largest, WIDTH / (text.length * widest));
  const advance = widest * size;
  for (let at = from; at < text.length; at += 2 * group) {
    const width = Math.min(group, text.length - at) * advance;
    const [x, height] = [MARGIN + at * advance, size * 1.18 + 4];
    asDecoration(pdf, () => pdf.rect(x, y - 2, width, height).fill('#dddddd'));
  }
  // With features, even none, pdfkit does not keep every key that it has written.
  pdf.fillColor('black').fontSize(size);
  asContent(pdf, () => pdf.text(text, MARGIN, y, { lineBreak: false, features: [] }));
}

/** Where the data of a key begins: behind the last 1 (Bech32 has no 1 in its data). */
function dataOf(identity: string): number {
  return identity.lastIndexOf('1') + 1;
}

function drawFlap(pdf: Pdf, pattern: FlapPattern): void {
  drawFold(pdf, FOLDS[1], '1. First fold here forwards: this flap comes up and covers the key.');
  const top = FOLDS[1] + 22;
  asDecoration(pdf, () =>
    pdf
      .rect(MARGIN / 2, top, PAGE.width - MARGIN, PAGE.height - 20 - top)
      .fill([pattern, 'black'] as never),
  );
}

function drawFold(pdf: Pdf, y: number, words: string): void {
  asDecoration(pdf, () => {
    pdf.save().moveTo(0, y).lineTo(PAGE.width, y).lineWidth(0.6).dash(4, { space: 3 });
    pdf.stroke('#777777').restore();
  });
  writeFitted(pdf, words, row(y + 5, 11), { font: 'regular', size: 8, least: 6, colour: GREY });
}

function drawQr(pdf: Pdf, text: string, { x, y, width }: Frame): void {
  const { side, outlines } = qrCode(text);
  const unit = width / (side + 2 * QUIET);
  // The same key is written below it.
  asDecoration(pdf, () => {
    for (const points of outlines) {
      for (const [index, [column, down]] of points.entries()) {
        const [left, top] = [x + (column + QUIET) * unit, y + (down + QUIET) * unit];
        if (index === 0) pdf.moveTo(left, top);
        else pdf.lineTo(left, top);
      }
      pdf.closePath();
    }
    pdf.fill('black', 'even-odd');
  });
}

function drawLabel(pdf: Pdf, text: string, frame: Frame): void {
  writeFitted(pdf, text, frame, { font: 'regular', size: 7.5, least: 6, colour: GREY });
}

/** A frame as wide as the printed area, unless `place` says otherwise. */
function row(y: number, height: number, place: { x?: number; width?: number } = {}): Frame {
  return { x: place.x ?? MARGIN, y, width: place.width ?? WIDTH, height };
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
