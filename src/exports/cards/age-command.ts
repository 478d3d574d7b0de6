/** How a person gets the program `age`, in one line. */
export const HOW_TO_GET_AGE = 'age: https://age-encryption.org (apt install age, brew install age)';

/**
 * The shell command that opens an envelope without randose, and shows the arm on the screen.
 *
 * `tr` squeezes the padding: envelopes of version 2 have it after the arm, and it would scroll the arm
 * away. Envelopes of version 3 end with the arm, with or without `tr`.
 *
 * @param key the file with the age identity, as a path, or a placeholder for it
 * @param envelope the envelope, as a path
 */
export function ageCommand(key: string, envelope: string): string {
  const path = envelope.startsWith('-') ? `./${envelope}` : envelope;
  return `age -d -i ${isPlain(key) ? key : quoted(key)} ${quoted(path)} | tr -s ' '`;
}

/** Whether a shell reads the word as it is. */
function isPlain(word: string): boolean {
  return /^[\w./-]+$/.test(word);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
