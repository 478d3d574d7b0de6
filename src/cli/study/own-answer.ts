import { recipientsOfFile } from '../../store/opening/keys.ts';
import { isSpecialFile } from '../../system/files.ts';
import type { Output } from '../output/output.ts';

/** Warns if an answer is to be sealed to the public half of a key that opens it: then it hides the arm from nobody here. */
export function warnIfToOwnKey(
  output: Output,
  { to, identity = [] }: { readonly to?: string; readonly identity?: readonly string[] },
): void {
  if (to === undefined) return;
  const own = identity.find((file) => !isSpecialFile(file) && recipientsOfFile(file).includes(to));
  if (own === undefined) return;
  output.warn(
    `--to names the public half of ${own}: the answer goes to whoever has this key, and to nobody else. For the physician, give --to the key that the physician sent: age1… or a file.`,
  );
}
