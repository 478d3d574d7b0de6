/** HTML or SVG that is not escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Content = string | number | Markup | readonly Markup[];

/** A template for HTML and SVG. It escapes every inserted value that is not markup. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    parts.reduce((text, part, index) => text + contentText(contents[index - 1]) + part, ''),
  );
}

/** An id or a date: it is never on two lines. */
export function whole(text: string): Markup {
  return markup`<span class="whole">${text}</span>`;
}

/** Texts with commas between them. */
export function withCommas(texts: readonly Markup[]): Markup[] {
  return texts.map((text, index) => (index === 0 ? text : markup`, ${text}`));
}

/** A length or place in a drawing, rounded to a tenth of a unit, which is finer than the eye can see. */
export function px(value: number): number {
  return Number(value.toFixed(1));
}

function contentText(content: Content = ''): string {
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(({ text }) => text).join('');
  return escapeText(String(content));
}

function escapeText(text: string): string {
  return (
    text
      // HTML cannot contain these characters.
      .replace(/[^\P{Cc}\n\t]/gu, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}
