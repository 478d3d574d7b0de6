import { findStudyFolder, isAllocated, loadStudy } from '../../../store/folder/study-folder.ts';
import { shortRecipient } from '../../../study/recipient.ts';
import { type Custody, type Role, ROLES } from '../../../study/study.ts';
import type { Output } from '../../output/output.ts';
import { formatTable } from '../../output/table.ts';
import type { PeopleFlags } from './command.ts';

/** `randose people`: the people in study.yaml, with their public keys. */
export function people(output: Output, flags: PeopleFlags): void {
  const root = findStudyFolder(flags.study);
  const { study } = loadStudy(root);
  const listed = (Object.keys(ROLES) as Role[]).flatMap((role) =>
    study[ROLES[role]].map((person) => ({ role, ...person })),
  );
  const rows = listed.map(({ role, name, recipient }) => [role, name, shortRecipient(recipient)]);
  const table =
    rows.length === 0
      ? 'study.yaml names nobody yet.\n'
      : formatTable(
          ['Role', 'Name', 'Public key'],
          rows,
          output.colour,
          output.isShown ? output : {},
        );
  output.result(
    { study: study.id, people: listed, custody: study.custody },
    `${table}${ruleText(study.custody)}\n`,
  );
  if (isAllocated(root)) {
    output.say('Whether the sealed files are for these people: randose verify');
  } else {
    output.say('To add a person: randose people add --role ROLE --name NAME --recipient age1…');
    output.say('To take one out: delete the two lines with name and recipient in study.yaml.');
  }
}

function ruleText(custody: Custody): string {
  return custody.rule === 'any'
    ? 'Any officer opens an envelope alone.'
    : `${custody.needed} of ${custody.of} officers open an envelope together.`;
}
