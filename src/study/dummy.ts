import { isMap, parseDocument } from 'yaml';
import { addPerson } from './sections/people.ts';
import type { Person, Role } from './study.ts';

const HEADING = ` DUMMY: a rehearsal. Never treat a participant from it.`;

/**
 * A study file, changed to that of a rehearsal: marked, and with more people, whose keys everyone has.
 *
 * @param text the content of a study.yaml that `readStudy` accepts
 */
export function asDummy(
  text: string,
  people: readonly { readonly role: Role; readonly person: Person }[],
): string {
  const document = parseDocument(text);
  // Everyone has the keys of a rehearsal, so one of them is enough.
  document.delete('custody');
  document.set('dummy', true);
  if (isMap(document.contents)) {
    const { items } = document.contents;
    const last = items.pop();
    if (last !== undefined) items.splice(1, 0, last);
  }
  document.commentBefore = [HEADING, document.commentBefore].filter(Boolean).join('\n');
  const marked = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return people.reduce((changed, { role, person }) => addPerson(changed, role, person), marked);
}
