import type { Pdf } from './fitted-text.ts';

/** What groups other parts of a document, and has no text of its own (ISO 32000-1, 14.8.4). */
type Group = 'Document' | 'Sect' | 'Table' | 'TR';
/** What has text. */
type Content = 'H1' | 'P' | 'TH' | 'TD' | 'Figure';

const GROUPS: ReadonlySet<string> = new Set(['Document', 'Sect', 'Table', 'TR']);

interface Place {
  readonly type: Group | Content | 'Artifact';
  readonly element: Element | undefined;
}

interface Element {
  add(child: Element | (() => void)): unknown;
  end(): void;
}

/** What pdfkit's types leave out. */
interface Tagging {
  struct(type: string, options?: object): Element;
}

/** Where in its structure a tagged document is now. A document that is not here has no tags. */
const places = new WeakMap<Pdf, Place[]>();

/** Begins the structure of a document: what a screen reader reads, in order. */
export function beginTags(pdf: Pdf): void {
  const element = (pdf as unknown as Tagging).struct('Document');
  pdf.addStructure(element as never);
  places.set(pdf, [{ type: 'Document', element }]);
}

/**
 * Draws a part of the structure. Texts in a group are paragraphs; a part with text has the texts that are drawn in it.
 * In a document without tags, it is only drawn.
 */
export function inPart(
  pdf: Pdf,
  type: Group | Content,
  draw: () => void,
  options: { readonly scope?: 'Row' | 'Column'; readonly alt?: string } = {},
): void {
  const all = places.get(pdf);
  const parent = all?.at(-1)?.element;
  if (all === undefined || parent === undefined) {
    draw();
    return;
  }
  const element = (pdf as unknown as Tagging).struct(type, options);
  parent.add(element);
  all.push({ type, element });
  try {
    draw();
  } finally {
    all.pop();
  }
  element.end();
}

/** Draws what belongs to the part that is drawn now: a text, or a picture that has words in its place. */
export function asContent(pdf: Pdf, draw: () => void): void {
  const place = places.get(pdf)?.at(-1);
  if (place?.element === undefined) {
    draw();
  } else if (GROUPS.has(place.type)) {
    inPart(pdf, 'P', () => {
      asContent(pdf, draw);
    });
  } else {
    place.element.add(draw);
  }
}

/** Draws what nobody needs to read: lines, boxes, shades, and bar codes of what is written beside them. */
export function asDecoration(pdf: Pdf, draw: () => void): void {
  const all = places.get(pdf);
  if (all?.at(-1)?.element === undefined) {
    draw();
    return;
  }
  pdf.markContent('Artifact');
  all.push({ type: 'Artifact', element: undefined });
  try {
    draw();
  } finally {
    all.pop();
  }
  pdf.endMarkedContent();
}
