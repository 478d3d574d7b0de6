import { describe, expect, test } from 'vitest';
import { formatAssessmentHtml } from '../../src/report/html.ts';
import type { Candidate } from '../../src/report/candidate.ts';
import {
  asSimulated,
  inBetween,
  oneBlockSize,
  TWO_TO_ONE,
  YARDSTICKS,
} from '../support/assessments.ts';

const FACTS = {
  study: 'DEPIL-2',
  title: 'Low dose IL-2',
  software: 'randose 0.1.0',
  yardsticks: YARDSTICKS,
};
const VOID = new Set(['meta', 'br', 'col']);

function candidates(slots: readonly number[], recruited?: readonly number[]): Candidate[] {
  const design = { ...TWO_TO_ONE, slots, ...(recruited && { recruited }) };
  const [three, six] = [oneBlockSize(3, design), oneBlockSize(6, design)];
  return [
    { name: 'plan-3.yaml', assessment: three },
    { name: 'plan-6.yaml', assessment: six },
    { name: 'plan-3-6.yaml', assessment: asSimulated(inBetween(three, six)) },
  ];
}

/** The errors in the nesting of the elements; empty if there are none. */
function misnested(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const content = html.replace(/<style>.*?<\/style>/s, '');
  for (const [tag, end, name = '', , empty] of content.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w-]+(?:="[^"<]*")?)*)\s*(\/?)>/g,
  )) {
    if (VOID.has(name) || empty === '/') continue;
    if (end === '') open.push(name);
    else if (open.pop() !== name) wrong.push(tag);
  }
  return [...wrong, ...open];
}

/** The text between the tags. */
function textOf(html: string): string {
  return html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' ');
}

describe.each([
  ['one plan', candidates([18]).slice(0, 1)],
  ['three plans in one stratum', candidates([18])],
  ['three plans in six strata', candidates([18, 18, 18, 18, 18, 12], [5, 6, 0, 1, 9, 2])],
  ['a stratum of 300 slots', candidates([300])],
  [
    'three arms',
    [5, 10].map((size) => ({
      name: `plan-${size}`,
      assessment: oneBlockSize(size, {
        arms: ['LOW', 'HIGH', 'PLACEBO'].map((arm, index) => ({ arm, share: index < 2 ? 2 : 1 })),
        slots: [20, 10],
      }),
    })),
  ],
])('the report on %s', (_, some) => {
  const html = formatAssessmentHtml(some, FACTS);

  test('loads nothing and has no scripts', () => {
    expect(html).not.toMatch(/<(script|link|img|image|iframe|object|embed|use|base|form)\b/i);
    expect(html).not.toMatch(/https?:|url\(|@import|\bon\w+=|\bsrc=|href/i);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('is well-formed, and every id is there once', () => {
    expect(misnested(html)).toEqual([]);
    expect(textOf(html)).not.toMatch(/[<>]/);
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...html.matchAll(/aria-labelledby="([^"]*)"/g)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('draws only numbers', () => {
    expect(html).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  test('gives every plot a title, a description and its numbers', () => {
    const plots = html.match(/<svg class="plot" role="img"/g) ?? [];
    expect(plots.length).toBeGreaterThanOrEqual(3 * some.length);
    expect(html.match(/<title id="/g)).toHaveLength(plots.length);
    expect(html.match(/<desc id="/g)).toHaveLength(plots.length);
    expect(html).toContain('The numbers behind the plot');
  });

  test('is the same, byte for byte, if it is made again', () => {
    expect(formatAssessmentHtml(some, FACTS)).toBe(html);
  });

  test('is of moderate size', () => {
    expect(html.length).toBeLessThan(250_000);
  });

  test('names every candidate and its sizes', () => {
    for (const { name } of some) expect(html).toContain(`<th scope="row">${name}</th>`);
  });
});

describe('the report', () => {
  const html = formatAssessmentHtml(candidates([18]), FACTS);

  test('has the figures', () => {
    for (const figure of ['0.7778', '0.7444', '0.7611 ±0.0004', '0.4444', '0.2889', '3,375']) {
      expect(html).toContain(`<td>${figure}</td>`);
    }
  });

  test('is marked as confidential: on top, and in the head of every printed page', () => {
    expect(html).toContain('<title>CONFIDENTIAL: DEPIL-2');
    expect(html).toContain('<div class="running"><div><strong>CONFIDENTIAL</strong>');
    expect(html).toMatch(/@media print \{.*\.running \{ display: table-header-group/s);
  });

  test('says where the figures come from and how exact they are', () => {
    expect(html).toContain('Blackwell D, Hodges JL.');
    expect(html).toContain('ICH E9');
    expect(html).toContain(
      'correct guesses simulated, standard error 0.0004 (best guesser) and 0.0007 (certain)',
    );
  });

  test('distinguishes lines by their dashes, and plans by their markers', () => {
    const dashes = ['always', 'greatest', 'best'].map(
      (name) => new RegExp(`\\.plot \\.${name} \\{[^}]*?stroke-dasharray: ([^;]*)`).exec(html)?.[1],
    );
    expect(new Set(dashes).size).toBe(3);
    const markers = [...html.matchAll(/class="candidate-\d" transform="[^"]*" d="([^"]*)"/g)];
    expect(new Set(markers.map(([, shape]) => shape)).size).toBe(3);
  });

  test('uses greys of different lightness for adjacent shades', () => {
    const lightness = (name: string) => {
      const colour = new RegExp(`--${name}: #(..)(..)(..)`).exec(html) ?? [];
      const [red = 0, green = 0, blue = 0] = colour.slice(1).map((hex) => parseInt(hex, 16));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    expect(lightness('pale') - lightness('middle')).toBeGreaterThan(50);
    expect(lightness('middle') - lightness('ink')).toBeGreaterThan(50);
  });

  test('draws the likeliest arm, the best guess and what is certain where they belong', () => {
    // Blocks of 3 at 2:1: the third of a block is certain, the second in one of three.
    const plot = /id="guess-1-title".*?<\/svg>\s*<\/g>|id="guess-1-title".*?<\/figure>/s.exec(html);
    const text = plot?.[0] ?? '';
    expect(text).toContain('always guessing ILT101 0.6667');
    expect(text).toContain('Best guess between 0.6667 and 1.0000, on average 0.7778');
  });
});

describe('text from outside', () => {
  const nasty = `<b>"A&B"</b> '<script>'`;
  const html = formatAssessmentHtml(
    candidates([18]).map((one) => ({ ...one, name: `${nasty}\u0000.yaml` })),
    { ...FACTS, study: nasty, title: nasty, software: nasty },
  );

  test('stays text', () => {
    expect(html).not.toContain('<b>');
    expect(html).not.toContain('<script');
    expect(html).toContain(
      '&lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt; &#39;&lt;script&gt;&#39;\uFFFD.yaml',
    );
    expect(misnested(html)).toEqual([]);
  });
});

describe('long strata', () => {
  const html = formatAssessmentHtml(candidates([300, 300, 18]), FACTS);

  test('are drawn at both ends, with a summary of the middle', () => {
    expect(html).toContain('The longest stratum is shown, with 300 slots.');
    expect(html).toContain('Positions 45 to 280 are not drawn: best guess from 0.6667 to 1.0000');
    expect(html).toMatch(/<text[^>]*>300<\/text>/);
    expect(html).not.toMatch(/<text[^>]*>150<\/text>/);
  });
});

describe('one plan alone', () => {
  test('is not compared with itself', () => {
    const html = formatAssessmentHtml(candidates([18]).slice(0, 1), FACTS);
    expect(html).not.toContain('Comparison of the plans');
  });
});
