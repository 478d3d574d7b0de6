/** HTML or SVG that may stand as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Content = string | number | Markup | readonly Markup[];

/** A template for HTML and SVG: all that is put into it is escaped, unless it is markup itself. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    parts.reduce((text, part, index) => text + contentText(contents[index - 1]) + part, ''),
  );
}

/** A length or place in a drawing: a tenth of a unit is finer than anybody sees. */
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
      // HTML has no way to write these.
      .replace(/[^\P{Cc}\n\t]/gu, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}
