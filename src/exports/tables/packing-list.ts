import type { PackedKit } from '../../randomization/list.ts';
import { makeUpOf } from '../../study/sections/supplies.ts';
import type { Study } from '../../study/study.ts';
import { counted } from '../../words.ts';
import type { Fonts } from '../pdf/font-metrics.ts';
import { dataMatrix } from '../pdf/data-matrix.ts';
import { type Pdf, writeFitted } from '../pdf/fitted-text.ts';
import { asDecoration, inPart } from '../pdf/tags.ts';
import { drawModules, formatPdf } from '../pdf/document.ts';

/** A4, portrait. Lengths are in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 36;
const COLUMNS = 4;
const ROW = 48;
const TOP = 112;
const ROWS = Math.floor((PAGE.height - MARGIN - 16 - TOP) / ROW);
const CELL = (PAGE.width - 2 * MARGIN) / COLUMNS;

/**
 * Makes a PDF of the packing list: one or more pages for each arm and kit type, with a bar code and a box to tick for each
 * kit. It shows every arm.
 */
export async function formatPackingPdf(
  study: Pick<Study, 'id' | 'sponsor' | 'domain' | 'arms' | 'supplies'>,
  kits: readonly PackedKit[],
  fonts: Fonts,
): Promise<Uint8Array> {
  const about = { title: `Packing list, ${study.id}`, author: study.sponsor, isTagged: true };
  return formatPdf(about, fonts, (pdf) => {
    for (const { code, name } of study.arms) {
      for (const type of new Set(kits.map((one) => one.type))) {
        const own = kits.filter((one) => one.arm === code && one.type === type);
        const pages = Math.ceil(own.length / (ROWS * COLUMNS));
        for (let page = 0; page < pages; page += 1) {
          pdf.addPage({ size: 'A4', margin: 0 });
          const shown = own.slice(page * ROWS * COLUMNS, (page + 1) * ROWS * COLUMNS);
          inPart(pdf, 'Sect', () => {
            drawHead(pdf, study, { code, name, type, count: own.length, page: page + 1, pages });
            for (const [index, { kit }] of shown.entries()) drawKit(pdf, kit, index);
            drawFoot(pdf);
          });
        }
      }
    }
  });
}

function drawHead(
  pdf: Pdf,
  { id, domain, supplies }: Pick<Study, 'id' | 'domain' | 'supplies'>,
  arm: {
    readonly code: string;
    readonly name: string;
    readonly type: string | undefined;
    readonly count: number;
    readonly page: number;
    readonly pages: number;
  },
): void {
  const width = PAGE.width - 2 * MARGIN;
  asDecoration(pdf, () => pdf.rect(MARGIN, 30, width, 18).fill('black'));
  const secret = `CONFIDENTIAL: UNBLINDS EVERY KIT${domain === 'dummy' ? ' · DUMMY: FOR REHEARSAL ONLY' : ''}`;
  const frame = { x: MARGIN + 6, y: 33, width: width - 12, height: 14 };
  writeFitted(pdf, secret, frame, { font: 'bold', size: 10, least: 6, colour: 'white' });
  const place = (y: number, height: number) => ({ x: MARGIN, y, width, height });
  writeFitted(pdf, `${id}: packing list`, place(54, 14), { font: 'regular', size: 10, least: 6 });
  const which = arm.type === undefined ? arm.code : `${arm.code} · ${arm.type}`;
  inPart(pdf, 'H1', () => {
    writeFitted(pdf, which, place(66, 22), { font: 'bold', size: 17, least: 8 });
  });
  const [kits, units] = [
    counted(arm.count, 'kit'),
    counted(makeUpOf(supplies, arm.type).units, 'unit'),
  ];
  const about = `${arm.name} · ${kits} of ${units} · page ${arm.page} of ${arm.pages} of this arm${arm.type === undefined ? '' : ' and type'}`;
  writeFitted(pdf, about, place(90, 14), { font: 'regular', size: 9, least: 5 });
}

/** Draws lines to sign, for the packer and for the person who checks. */
function drawFoot(pdf: Pdf): void {
  const text =
    'Packed by ______________________   Checked by ______________________   Lot ______________   Date ______________';
  const frame = {
    x: MARGIN,
    y: PAGE.height - MARGIN - 10,
    width: PAGE.width - 2 * MARGIN,
    height: 14,
  };
  writeFitted(pdf, text, frame, { font: 'regular', size: 9, least: 5 });
}

function drawKit(pdf: Pdf, kit: string, index: number): void {
  const x = MARGIN + (index % COLUMNS) * CELL;
  const y = TOP + Math.floor(index / COLUMNS) * ROW;
  const { side, runs } = dataMatrix(kit);
  const module = Math.min(2.2, 34 / side);
  asDecoration(pdf, () => {
    pdf
      .rect(x + 2, y + 14, 9, 9)
      .lineWidth(0.8)
      .stroke('black');
    pdf.fillColor('black');
  });
  drawModules(pdf, runs, { x: x + 18, y: y + 2, module });
  const frame = {
    x: x + 22 + side * module,
    y: y + 11,
    width: CELL - 26 - side * module,
    height: 24,
  };
  writeFitted(pdf, kit, frame, { font: 'mono', size: 10.5, least: 3.5 });
}
