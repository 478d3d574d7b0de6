import type { OpenStudy } from '../../store/open-study.ts';
import { hasPassphrase, recipientsOfFile } from '../../store/opening/keys.ts';
import { ownersOfRecipients, type People, peopleOf } from '../../store/opening/owners.ts';
import { isSpecialFile } from '../../system/files.ts';
import { listed } from '../../words.ts';
import { isSecretTyped } from '../arguments/keys.ts';
import type { KeyFlags } from '../arguments/options.ts';
import type { Output } from '../output/output.ts';

/** How many officers open an envelope together. */
interface Needed {
  readonly needed: number;
  /** Undefined if nothing that can be read names anybody. */
  readonly people: People | undefined;
}

/**
 * Whether more officers are needed than the named files are keys: this is said before a passphrase is typed for nothing.
 * A plain key file of which nothing says whose it is may be the study key or that of a card, which opens an envelope alone.
 */
export function areTooFew({ needed, people }: Needed, files: readonly string[]): boolean {
  if (needed <= files.length || people === undefined) return false;
  return files.every((file) => {
    // What can be read only once is not read to look at it.
    const recipients = isSpecialFile(file) ? [] : recipientsOfFile(file);
    if (recipients.length === 0) return hasPassphrase(file);
    return ownersOfRecipients(people, recipients).some(({ role }) => role === 'officer');
  });
}

/** How many officers are needed, and which keys were named. */
export function tooFewText(needed: number, files: readonly string[]): string {
  const keys = files.length === 1 ? 'one key is named' : `${files.length} keys are named`;
  return `${needed} officers are needed, and ${keys}: ${listed(files)}.`;
}

/** Says that more officers are needed, before passphrases are asked for. */
export function sayIfTooFew(output: Output, open: OpenStudy, flags: KeyFlags): void {
  const { identity = [] } = flags;
  const { needed } = open.manifest.custody;
  if (!isSecretTyped(flags) || !areTooFew({ needed, people: peopleOf(open) }, identity)) return;
  output.say(`${tooFewText(needed, identity)} To name all, press Ctrl-C, then: --identity A B`);
}
