import { shortRecipient } from '../../../study/recipient.ts';
import { secretFileText, typedRecipient } from '../../arguments/recipient.ts';
import { withoutPlaceholders } from '../../arguments/stored-texts.ts';
import type { Output } from '../../output/output.ts';
import type { UnblindFlags } from './command.ts';
import { idAmongFiles, requireMaskedFlags } from './unblind-flags.ts';

/** `randose unblind`: opens one participant's envelope, or the whole list after database lock. */
export async function unblind(
  output: Output,
  typed: UnblindFlags,
  [argument]: [string | undefined],
): Promise<void> {
  const { flags: named, id } = idAmongFiles(withoutPlaceholders(typed), argument);
  requireMaskedFlags(named, id);
  const flags = await withRecipient(output, named);
  if (flags.letters !== undefined) {
    const { unblindLetters } = await import('./unblind-letters.ts');
    return unblindLetters(output, flags);
  }
  if (flags.masked === true) {
    const { unblindMasked } = await import('./unblind-masked.ts');
    return unblindMasked(output, flags);
  }
  if (flags.all === true) {
    const { unblindAll } = await import('./unblind-all.ts');
    return unblindAll(output, flags, id);
  }
  const { unblindOne } = await import('./unblind-one.ts');
  return unblindOne(output, flags, id);
}

/**
 * The flags, with the public key in the place of the file that was named for it.
 *
 * @throws RandoseError `usage` if what was typed after --to is not the public key of a recipient, and names no file with one
 */
async function withRecipient(output: Output, flags: UnblindFlags): Promise<UnblindFlags> {
  const { to } = flags;
  if (to === undefined) return flags;
  const { recipient, file, isSecret } = await typedRecipient('--to', to, 'Nothing was opened.');
  if (file === undefined) return { ...flags, to: recipient };
  if (isSecret) output.warn(secretFileText(file));
  output.say(`The public key in ${file}: ${shortRecipient(recipient)}`);
  return { ...flags, to: recipient };
}
