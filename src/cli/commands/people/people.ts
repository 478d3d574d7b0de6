import { findStudyFolder, isAllocated, loadStudy } from '../../../store/folder/study-folder.ts';
import { shortRecipient } from '../../../study/recipient.ts';
import { type Custody, type Person, type Role, ROLES } from '../../../study/study.ts';
import type { Output } from '../../output/output.ts';
import { formatTable } from '../../output/table.ts';
import { characters } from '../../../system/text-lines.ts';
import type { PeopleFlags } from './command.ts';

interface ListedPerson extends Person {
  readonly role: Role;
}

/** `randose people`: the people in study.yaml, with their public keys. */
export function people(output: Output, flags: PeopleFlags): void {
  const root = findStudyFolder(flags.study);
  const { study } = loadStudy(root);
  const listed = (Object.keys(ROLES) as Role[]).flatMap((role) =>
    study[ROLES[role]].map((person): ListedPerson => ({ role, ...person })),
  );
  const table = listed.length === 0 ? 'study.yaml names nobody yet.\n' : tableOf(listed, output);
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

/** The people in columns. If they do not fit on a terminal, their keys are shortened, so that names stay whole. */
function tableOf(listed: readonly ListedPerson[], output: Output): string {
  const head = ['Role', 'Name', 'Public key'];
  const rowsWith = (room?: number) =>
    listed.map(({ role, name, recipient }) => [role, name, shortRecipient(recipient, room)]);
  if (!output.isShown) return formatTable(head, rowsWith(), output.colour, {});
  const whole = rowsWith();
  const widthOf = (column: number) =>
    Math.max(...[head, ...whole].map((row) => characters(row[column] ?? '')));
  const room = output.columns - widthOf(0) - widthOf(1) - 4;
  if (widthOf(2) <= room) return formatTable(head, whole, output.colour, output);
  const table = formatTable(head, rowsWith(room), output.colour, output);
  return `${table}Whole keys: randose people --json\n`;
}

function ruleText(custody: Custody): string {
  return custody.rule === 'any'
    ? 'Any officer opens an envelope alone.'
    : `${custody.needed} of ${custody.of} officers open an envelope together.`;
}
