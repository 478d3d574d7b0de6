import { formatPdf } from '../pdf/document.ts';
import type { Pdf, TextStyle } from '../pdf/fitted-text.ts';
import { writeFitted } from '../pdf/fitted-text.ts';
import type { Fonts } from '../pdf/font-metrics.ts';

/** A name and what it has. */
export type Row = readonly [name: string, value: string];

/** A test that was made on the machine. */
export interface TestDone {
  readonly name: string;
  readonly hasPassed: boolean;
  /** What was done, and its counts. */
  readonly what: string;
  /** What belongs to it: names of vectors, or differences that were found. */
  readonly details?: readonly string[];
}

/** A self-test of an installed program, for a person to sign. */
export interface SelfTestRecord {
  readonly software: string;
  /** When it was made: ISO 8601, UTC. */
  readonly made: string;
  readonly installation: readonly Row[];
  readonly tests: readonly TestDone[];
  /** The commands that refused, and why. */
  readonly refused: readonly Row[];
}

/** A4, portrait. Lengths are in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 50;
const WIDTH = PAGE.width - 2 * MARGIN;
const BOTTOM = PAGE.height - MARGIN - 24;
const NAMES = 128;
const LINE = 12;

const TEXT: TextStyle = { font: 'regular', size: 9, least: 9 };
const BOLD: TextStyle = { font: 'bold', size: 9, least: 9 };
const SMALL: TextStyle = { font: 'regular', size: 7.5, least: 7.5 };

const SCOPE = [
  'This record is about one program, on one computer, at one time. It says what is installed there, and that it makes the published lists and keeps two trials alike whose arms are exchanged.',
  'It does not say that randose fits your trial. Compare the digest with that of the release that you approved. The page "randose docs statement" lists what the rules leave to you.',
];

/** Makes a PDF of the record of an installation and its self-test (IQ and OQ), with lines to sign. */
export async function formatSelfTestRecord(
  record: SelfTestRecord,
  fonts: Fonts,
): Promise<Uint8Array> {
  const about = {
    title: `Installation and operation record of ${record.software}`,
    author: record.software,
    made: record.made.slice(0, 10),
    language: 'en',
    layout: 'portrait',
  } as const;
  let pages = 0;
  const draw = (pdf: Pdf) => {
    pages = new RecordPages(pdf, record, pages).draw();
  };
  // Twice, because each page says how many pages there are.
  await formatPdf(about, fonts, draw);
  return formatPdf(about, fonts, draw);
}

/** Whether every test of a record has passed. */
function hasPassed({ tests }: Pick<SelfTestRecord, 'tests'>): boolean {
  return tests.every((test) => test.hasPassed);
}

/** The pages of a record, from top to bottom. */
class RecordPages {
  readonly #pdf: Pdf;
  readonly #record: SelfTestRecord;
  readonly #of: number;
  #page = 0;
  #y = 0;

  constructor(pdf: Pdf, record: SelfTestRecord, of: number) {
    this.#pdf = pdf;
    this.#record = record;
    this.#of = of;
  }

  /** @returns the number of pages */
  draw(): number {
    const { installation, tests, refused } = this.#record;
    this.#newPage();
    this.#drawVerdict();
    this.#heading('1. Installation');
    for (const row of installation) this.#row(row);
    this.#heading('2. Operation');
    for (const test of tests) this.#test(test);
    if (refused.length > 0) {
      const text = 'Refused in both trials alike. What these commands make was not compared:';
      this.#paragraph(text, BOLD);
      for (const [command, why] of refused) this.#paragraph(`randose ${command}: ${why}`, SMALL);
    }
    this.#heading('3. What this record does not show');
    for (const text of SCOPE) this.#paragraph(text, TEXT);
    this.#signatures();
    return this.#page;
  }

  #newPage(): void {
    const { software, made } = this.#record;
    this.#pdf.addPage({ size: 'A4', margin: 0 });
    this.#page += 1;
    const y = PAGE.height - MARGIN;
    const frame = { x: MARGIN, y, width: WIDTH, height: LINE };
    writeFitted(this.#pdf, `${software} · ${inUtc(made)}`, frame, { ...SMALL, colour: '#555' });
    const page = `page ${this.#page} of ${this.#of}`;
    writeFitted(this.#pdf, page, frame, { ...SMALL, colour: '#555', align: 'right' });
    this.#y = MARGIN;
  }

  /** Begins a new page if so much does not fit on this one. */
  #need(height: number): void {
    if (this.#y + height > BOTTOM) this.#newPage();
  }

  #drawVerdict(): void {
    const { software, made } = this.#record;
    const title = 'Installation and operation record (IQ, OQ)';
    this.#paragraph(title, { font: 'bold', size: 17, least: 12 });
    this.#paragraph(`${software}, self-test of ${inUtc(made)}`, {
      font: 'regular',
      size: 11,
      least: 8,
    });
    const passed = hasPassed(this.#record);
    const [x, y, height] = [MARGIN, this.#y + 4, 44];
    this.#pdf.rect(x, y, WIDTH, height);
    if (passed) this.#pdf.lineWidth(1.5).stroke('black');
    else this.#pdf.fill('black');
    const colour = passed ? 'black' : 'white';
    const place = { x: x + 12, y: y + 5, width: WIDTH - 24, height: 36 };
    const verdict = passed ? 'PASSED' : 'FAILED: begin no trial before you know why';
    writeFitted(this.#pdf, verdict, place, { font: 'bold', size: 28, least: 14, colour });
    this.#y = y + height + 4;
  }

  #heading(text: string): void {
    this.#need(60);
    this.#y += 12;
    this.#paragraph(text, { font: 'bold', size: 12, least: 12 });
  }

  /** A text over the whole width, or beside the names. */
  #paragraph(text: string, style: TextStyle, x = MARGIN, width = WIDTH): void {
    const lineHeight = 1.18 * style.size;
    this.#pdf.font(style.font).fontSize(style.size);
    // Lines end between words, so that they are a little shorter than the width.
    const lines = Math.ceil((1.12 * this.#pdf.widthOfString(text)) / width);
    this.#need(lines * lineHeight);
    const height = BOTTOM + 20 - this.#y;
    this.#y = writeFitted(this.#pdf, text, { x, y: this.#y, width, height }, style) + 3;
  }

  #row([name, value]: Row): void {
    this.#need(2 * LINE);
    const top = this.#y;
    writeFitted(this.#pdf, name, { x: MARGIN, y: top, width: NAMES - 8, height: LINE }, TEXT);
    this.#paragraph(value, BOLD, MARGIN + NAMES, WIDTH - NAMES);
  }

  #test({ name, hasPassed: isGood, what, details = [] }: TestDone): void {
    this.#need(4 * LINE);
    const frame = { x: MARGIN, y: this.#y, width: WIDTH, height: LINE };
    const result = isGood ? 'passed' : 'FAILED';
    writeFitted(this.#pdf, result, frame, { ...BOLD, align: 'right' });
    this.#paragraph(name, BOLD);
    this.#paragraph(what, TEXT);
    // What was found is told line by line, on as many pages as it needs.
    const lines = isGood && details.length > 0 ? [details.join(' · ')] : details;
    for (const line of lines) this.#paragraph(line, SMALL);
    this.#y += 4;
  }

  #signatures(): void {
    this.#need(160);
    this.#heading('4. Signatures');
    this.#line('Digest compared with the release of', 0, WIDTH);
    for (const who of ['Performed by', 'Reviewed by']) {
      this.#y += 8;
      this.#line(`${who}: name`, 0, WIDTH / 2 - 8);
      this.#line('role', WIDTH / 2 + 8, WIDTH / 2 - 8, true);
      this.#line('date', 0, WIDTH / 2 - 8);
      this.#line('signature', WIDTH / 2 + 8, WIDTH / 2 - 8, true);
    }
  }

  /** A line to write on, after a word. */
  #line(word: string, from: number, width: number, isBeside = false): void {
    if (!isBeside) this.#y += 22;
    const [x, y] = [MARGIN + from, this.#y];
    writeFitted(this.#pdf, word, { x, y: y - 9, width, height: LINE }, TEXT);
    const begin = x + this.#pdf.widthOfString(word) + 6;
    this.#pdf.moveTo(begin, y).lineTo(x + width, y);
    this.#pdf.lineWidth(0.6).stroke('black');
  }
}

function inUtc(time: string): string {
  return `${time.slice(0, 19).replace('T', ' ')} UTC`;
}
