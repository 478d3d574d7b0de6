import { join, relative } from 'node:path';
import { LABELS } from '../../study/layout.ts';
import { quoted } from '../../words.ts';

/**
 * The command that prints a participant's labels again. It works in any folder, and if there is an earlier file of the
 * same name.
 *
 * @param root the study folder
 */
export function labelsAgain(root: string, subject: string): string {
  const file = relative('', join(root, LABELS, `${subject}.pdf`));
  return `randose labels --subject ${subject} --output ${quoted(file)} --force --by WHO`;
}
