/** A sentence in lines of at most `columns` characters; a longer word has a line of its own. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && characters(line) + 1 + characters(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

export function characters(text: string): number {
  return Array.from(text).length;
}

/** A text in lines of at most `columns` characters, each indented, with a line feed after each. */
export function indented(text: string, columns: number, indent = '  '): string {
  const lines = wrapped(text, Math.max(20, columns - indent.length));
  return lines.map((line) => `${indent}${line}\n`).join('');
}
