import type { Output } from '../../output/output.ts';
import type { UnblindFlags } from './command.ts';

/** `randose unblind`: opens one participant's envelope, or the whole list after database lock. */
export async function unblind(output: Output, flags: UnblindFlags): Promise<void> {
  if (flags.all === true) {
    const { unblindAll } = await import('./unblind-all.ts');
    return unblindAll(output, flags);
  }
  const { unblindOne } = await import('./unblind-one.ts');
  return unblindOne(output, flags);
}
