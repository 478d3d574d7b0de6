/** What a terminal of 80 columns and 24 lines shows after a text, above the prompt: 23 rows at most. */
export function lastScreen(text: string): string {
  const rows = text.replace(/\n$/, '').split('\n').flatMap(rowsOf);
  return rows.slice(-23).join('\n');
}

/** A line as a terminal wraps it. */
function rowsOf(line: string): string[] {
  return line.match(/.{1,80}/gu) ?? [''];
}
