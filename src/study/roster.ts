import { isSeq, parseDocument, YAMLSeq } from 'yaml';
import { type Person, type Role, ROLES } from './study.ts';

/**
 * Adds a person to a study file and keeps the rest of it, comments included.
 *
 * @param text the content of a study.yaml that `readStudy` accepts
 * @returns the new content; read it with `readStudy`, which knows whether the person fits in
 */
export function addPerson(text: string, role: Role, person: Person): string {
  const document = parseDocument(text);
  const key = ROLES[role];
  let people = document.get(key, true);
  if (!isSeq(people)) {
    people = new YAMLSeq();
    document.set(key, people);
  }
  const list = people as YAMLSeq;
  if (list.items.length === 0) list.flow = false;
  list.add(document.createNode(person));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
