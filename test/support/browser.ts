import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { testFolder } from './command-line.ts';

/** What a page looks like in a window of a given width. */
export interface Look {
  /** How far it is wider than the window, in pixels. */
  readonly overflow: number;
  /** Elements that reach out of the window, unless they can be scrolled. */
  readonly outside: readonly string[];
  /** Words that are on two lines. */
  readonly broken: readonly string[];
}

/** The ids, dates and numbers of a page, none of which may be on two lines; and headings, of which no word may be. */
const LOOK = `(view, width) => {
  const page = view.document;
  const parts = /[A-Z]{1,4}-\\d+|\\d{4}-\\d\\d-\\d\\d|\\b[DJG]-?\\d+\\b|\\d+(?:\\.\\d+)?/g;
  const broken = [];
  const walker = page.createTreeWalker(page.body, 4);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = node.parentElement.closest('h1,h2,h3,th,dt,caption,figcaption') ? /[A-Za-z\\d]+/g : parts;
    for (const found of node.data.matchAll(own)) {
      const range = page.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (tops.size > 1) broken.push(found[0]);
    }
  }
  const outside = [...page.body.querySelectorAll('*')]
    .filter((one) => !one.closest('svg svg, svg *') && one.getBoundingClientRect().right > width + 1)
    .filter((one) => {
      for (let up = one.parentElement; up; up = up.parentElement) {
        if (['auto', 'scroll'].includes(view.getComputedStyle(up).overflowX)) return false;
      }
      return true;
    })
    .map((one) => one.tagName + ': ' + one.textContent.slice(0, 60));
  const { scrollWidth, clientWidth } = page.documentElement;
  return { overflow: scrollWidth - clientWidth, outside, broken };
}`;

/** Looks at a page in Chromium, in a window of each width. The page is not changed. */
export function lookAt(html: string, widths: readonly number[]): Look[] {
  const inScript = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');
  const wrapper = `<!doctype html><meta charset="utf-8"><body><pre id="looks"></pre><script>
const look = ${LOOK};
const looks = [];
const next = ([width, ...others]) => {
  if (width === undefined) { document.getElementById('looks').textContent = JSON.stringify(looks); return; }
  const frame = document.createElement('iframe');
  frame.style = 'border: 0; height: 844px; width: ' + width + 'px';
  frame.onload = () => { looks.push(look(frame.contentWindow, frame.contentDocument.documentElement.clientWidth)); next(others); };
  frame.srcdoc = ${inScript(html)};
  document.body.append(frame);
};
next(${inScript(widths)});
</script>`;
  const file = join(testFolder(), 'looked-at.html');
  writeFileSync(file, wrapper);
  const dom = chromium('--virtual-time-budget=20000', '--dump-dom', pathToFileURL(file).href);
  const [, text = ''] = /<pre id="looks">(.*?)<\/pre>/s.exec(dom) ?? [];
  return JSON.parse(
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  ) as Look[];
}

/** A page as Chromium prints it on A4. */
interface Printed {
  /** Its text, page by page. */
  readonly pages: readonly string[];
  /** The share of dark pixels in the upper tenth of the first page, from 0 to 1. */
  readonly darkHead: number;
}

/** Prints a page on A4, in Chromium. */
export function printed(html: string): Printed {
  const folder = testFolder();
  const [file, pdf] = [join(folder, 'printed.html'), join(folder, 'printed.pdf')];
  writeFileSync(file, html);
  chromium('--no-pdf-header-footer', `--print-to-pdf=${pdf}`, pathToFileURL(file).href);
  const text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' });
  const picture = execFileSync('pdftoppm', ['-r', '36', '-l', '1', '-gray', pdf], {
    maxBuffer: 1e8,
  });
  const [head = '', width = 0, height = 0] =
    /^P5\s(\d+) (\d+)\s255\s/.exec(picture.toString('latin1')) ?? [];
  const upper = picture.subarray(
    head.length,
    head.length + Number(width) * Math.round(Number(height) / 10),
  );
  const darkHead = upper.filter((grey) => grey < 128).length / upper.length;
  return { pages: text.split('\f').slice(0, -1), darkHead };
}

function chromium(...words: readonly string[]): string {
  const always = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  const profile = `--user-data-dir=${join(testFolder(), 'profile')}`;
  return execFileSync('chromium', [...always, profile, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1e8,
  });
}
