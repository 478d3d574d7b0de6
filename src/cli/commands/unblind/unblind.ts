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
  const { flags, id } = idAmongFiles(withoutPlaceholders(typed), argument);
  requireMaskedFlags(flags, id);
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
