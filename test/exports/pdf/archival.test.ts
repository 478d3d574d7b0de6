import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CalendarPages } from '../../../src/exports/calendars/calendar-pages.ts';
import { formatParticipantPages, formatSiteMonth } from '../../../src/exports/calendars/pdf.ts';
import { formatCards } from '../../../src/exports/cards/pdf.ts';
import { formatCalibration, formatLabelPdf } from '../../../src/exports/labels/pdf.ts';
import { srgbProfile } from '../../../src/exports/pdf/srgb-profile.ts';
import { formatPackingPdf } from '../../../src/exports/tables/packing-list.ts';
import { SHEETS } from '../../../src/labels/sheets.ts';
import { makeCalendar } from '../../../src/schedule/calendar.ts';
import { visitsOf } from '../../../src/schedule/visits.ts';
import type { CivilDate } from '../../../src/study/civil-date.ts';
import type { SubjectId } from '../../../src/study/identifiers.ts';
import { FONTS } from '../../../src/system/fonts.ts';
import { testFolder } from '../../support/command-line.ts';
import { exampleLabels, labelledStudy, METRICS } from '../../support/labels.ts';
import { testWithTool } from '../../support/tools.ts';

const study = labelledStudy([/^ {2}sponsor: .*$/m, '  sponsor: "Müller & Søn <GmbH>"']);
const pages: CalendarPages = {
  study,
  isDummy: true,
  language: 'de',
  nameOf: (_, given) => given,
  contact: { name: 'Apotheke', phone: '+49 30 0000000' },
  made: '2026-05-20',
  asOf: { seq: 12, date: '2026-05-19' },
  siteNames: new Map([['CRT', 'Hôpital Albert Chenevier, Créteil']]),
  markDay: () => (date) =>
    date === '2026-06-15' ? [{ kind: 'public holiday', name: 'Feiertag', text: '' }] : [],
};
const calendars = [1, 2].map((index) =>
  makeCalendar(visitsOf(study.schedule), {
    subject: `CRT-00${index}` as SubjectId,
    site: 'CRT',
    number: `R00${index}`,
    kit: '4KX9TM7',
    day1: '2026-06-15' as CivilDate,
    made: '2026-05-20T08:09:10.123Z',
  }),
);
const sheet = SHEETS.find(({ name }) => name === 'L7163')!;
const place = { sheet, startAt: 1, offset: { x: 0, y: 0 } };
const card = {
  number: 'R001',
  kits: ['4KX9TM7'],
  stratum: 'site=CRT',
  site: 'Hôpital Example, Créteil',
  envelope: 'allocation/envelopes/R001.age',
  identity: `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
  receipt: `1:${'0'.repeat(64)}`,
};
const kits = study.arms.map(({ code }) => ({ kit: '4KX9TM7', arm: code, type: undefined }));

/** Every kind of PDF that randose makes: its language, whether a screen reader has something to read, and how it is made. */
const PAPERS: readonly (readonly [
  name: string,
  language: string,
  isTagged: boolean,
  make: () => Promise<Uint8Array>,
])[] = [
  ['calendars', 'de', true, () => formatParticipantPages(pages, calendars, FONTS)],
  ['a month', 'de', true, () => formatSiteMonth(pages, 'CRT', '2026-06', calendars, FONTS)],
  [
    'cards',
    'en',
    true,
    () =>
      formatCards(
        { study, made: '2026-06-15', isDummy: true, isReprint: true, contact: null, cards: [card] },
        FONTS,
      ),
  ],
  ['the packing list', 'en', true, () => formatPackingPdf(study, kits as never, FONTS)],
  [
    'labels',
    'fr',
    false,
    async () => {
      const labels = exampleLabels(study, ['outer']);
      return (await formatLabelPdf(study, place, labels, FONTS, METRICS)).pdf;
    },
  ],
  ['the calibration', 'en', false, () => formatCalibration(place, FONTS)],
];

/** A PDF as qpdf unpacks it: one object after another, with plain streams. */
function unpacked(pdf: Uint8Array): string {
  const file = join(testFolder(), 'x.pdf');
  writeFileSync(file, pdf);
  const options = ['--qdf', '--object-streams=disable', file, '-'];
  return execFileSync('qpdf', options, { encoding: 'latin1', maxBuffer: 1e8 });
}

function asked(program: string, words: readonly string[], pdf: Uint8Array): string {
  return execFileSync(program, words, { input: pdf, encoding: 'utf8' });
}

const withQpdf = testWithTool(['qpdf', '--version']);
const withPoppler = testWithTool(['pdftotext', '-v']);

describe.each(PAPERS)('%s', (_, language, isTagged, make) => {
  test('has the same bytes again', async () => {
    expect(Buffer.compare(await make(), await make())).toBe(0);
  });

  withQpdf('is well formed, and keeps the rules of PDF/A-2b', async () => {
    const pdf = await make();
    const file = join(testFolder(), 'x.pdf');
    writeFileSync(file, pdf);
    execFileSync('qpdf', ['--check', file]);
    const raw = Buffer.from(pdf).toString('latin1');
    const text = unpacked(pdf);
    // ISO 19005-2, 6.1: header, trailer and end.
    expect(raw).toMatch(/^%PDF-1\.7\n%[\x80-\xff]{4}/);
    expect(raw).toMatch(/\/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]/);
    expect(raw).toMatch(/%%EOF\n$/);
    // 6.1, 6.4 to 6.6: no encryption, forms, actions, scripts, foreign files or compression by LZW.
    for (const key of ['Encrypt', 'AcroForm', 'JavaScript', 'AA', 'OpenAction', 'EmbeddedFiles']) {
      expect(text).not.toMatch(new RegExp(`/${key}\\b`));
    }
    expect(text).not.toMatch(/LZWDecode|\/URI\b|\/XFA\b|\/Annots\b/);
    // 6.2.10: nothing is transparent.
    expect(text).not.toMatch(/\/(?:SMask|CA|ca|BM|Group)\b/);
    // 6.2.3: what colours mean, which are those of a display.
    expect(text).toMatch(/\/OutputIntents \[/);
    expect(text).toMatch(/\/S \/GTS_PDFA1/);
    expect(text).not.toContain('DeviceCMYK');
    // 6.6: the metadata, in plain UTF-8, agree with the information of the file.
    const xmp = Buffer.from(
      raw.slice(raw.indexOf('<?xpacket'), raw.indexOf('<?xpacket end')),
      'latin1',
    );
    const said = xmp.toString('utf8');
    expect(said).toContain('<pdfaid:part>2</pdfaid:part>');
    expect(said).toContain('<pdfaid:conformance>B</pdfaid:conformance>');
    expect(said).toContain('<pdf:Producer>randose</pdf:Producer>');
    if (!said.includes('>Calibration of')) {
      expect(said).toContain('<rdf:li>Müller &amp; Søn &lt;GmbH&gt;</rdf:li>');
    }
    // 6.2.11: fonts are in the file, with the meaning of their glyphs.
    const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
    expect(count(/\/FontFile2 /g)).toBeGreaterThan(0);
    expect(count(/\/FontFile2 /g)).toBe(count(/\/Type \/FontDescriptor/g));
    expect(count(/\/ToUnicode /g)).toBe(count(/\/Subtype \/Type0/g));
    expect(count(/\/CIDToGIDMap \/Identity/g)).toBe(count(/\/Subtype \/CIDFontType2/g));
    expect(text).toContain(`/Lang (${language})`);
    expect(text).toContain('/DisplayDocTitle true');
  });

  withPoppler('is what other programs say it is', async () => {
    const pdf = await make();
    const info = asked('pdfinfo', ['-'], pdf);
    for (const words of ['Metadata Stream: yes', 'PDF version:     1.7', 'JavaScript:      no']) {
      expect(info).toContain(words);
    }
    expect(info).toMatch(isTagged ? /Tagged: +yes/ : /Tagged: +no/);
    const fonts = asked('pdffonts', ['-'], pdf).trim().split('\n').slice(2);
    expect(fonts.length).toBeGreaterThan(0);
    for (const font of fonts) expect(font).toMatch(/ yes yes yes +\d+ +0$/);
  });

  if (!isTagged) return;

  withPoppler('has all its text in the structure, in the order of the page', async () => {
    const pdf = await make();
    const structure = asked('pdfinfo', ['-struct-text', '-'], pdf);
    const words = (text: string) => text.match(/[\p{L}\d]+/gu) ?? [];
    const read = [...structure.matchAll(/^\s+"(.*)"$/gm)].map(([, text = '']) => text).join(' ');
    expect(words(read).sort()).toEqual(words(asked('pdftotext', ['-', '-'], pdf)).sort());
    expect(structure).toMatch(/^Document\n {2}(?:Sect|H1)/);
    expect(structure).toContain('H1');
  });

  withQpdf('has nothing that is neither read nor decoration', async () => {
    const all = contents(unpacked(await make()));
    expect(all.join()).toContain(' BDC');
    for (const content of all) {
      let depth = 0;
      for (const line of content.split('\n')) {
        if (/\bB(?:DC|MC)$/.test(line)) depth += 1;
        else if (line === 'EMC') depth -= 1;
        else if (/(?:^| )(?:S|s|f\*?|F|B\*?|b\*?|TJ|Tj|Do|sh)$/.test(line)) {
          expect(depth, line).toBe(1);
        }
      }
      expect(depth).toBe(0);
    }
  });
});

/** The contents of the pages. */
function contents(text: string): string[] {
  const ids = [...text.matchAll(/\/Contents (\d+) 0 R/g)].map(([, id]) => id);
  return ids.map((id) => {
    const from = text.indexOf(`\n${id!} 0 obj\n`);
    const begin = text.indexOf('stream\n', from) + 'stream\n'.length;
    return text.slice(begin, text.indexOf('endstream', begin));
  });
}

test('the colour profile is sRGB: its colours add up to its white', () => {
  const profile = srgbProfile();
  expect(profile.readUInt32BE(0)).toBe(profile.length);
  expect(profile.toString('latin1', 12, 24)).toBe('mntrRGB XYZ ');
  expect(profile.toString('latin1', 36, 40)).toBe('acsp');
  const tags = new Map(
    Array.from({ length: profile.readUInt32BE(128) }, (_, index) => {
      const at = 132 + 12 * index;
      return [profile.toString('latin1', at, at + 4), profile.readUInt32BE(at + 4)] as const;
    }),
  );
  const numbers = (name: string, from: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      return profile.readInt32BE(tags.get(name)! + from + 4 * index) / 0x10000;
    });
  const white = numbers('wtpt', 8, 3);
  const [red, green, blue] = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => numbers(name, 8, 3));
  for (const [index, of] of white.entries()) {
    expect(red![index]! + green![index]! + blue![index]!).toBeCloseTo(of, 3);
  }
  // The chromatic adaptation takes the white of sRGB (D65) to that of the profile (D50).
  const matrix = numbers('chad', 8, 9);
  const d65 = [0.9505, 1, 1.0891];
  const adapted = [0, 1, 2].map((row) =>
    d65.reduce((sum, one, column) => sum + one * matrix[3 * row + column]!, 0),
  );
  for (const [index, of] of white.entries()) expect(adapted[index]).toBeCloseTo(of, 3);
  // The curve of sRGB: dark colours are straight, and 0.5 is 0.214 of the light.
  const [gamma, a, b, c, d] = numbers('gTRC', 12, 5) as [number, number, number, number, number];
  expect((a * 0.5 + b) ** gamma).toBeCloseTo(0.214, 3);
  expect((a * d + b) ** gamma).toBeCloseTo(c * d, 3);
});
