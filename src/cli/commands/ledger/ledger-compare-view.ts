import { kitNames } from '../../../randomization/list.ts';
import { doneText } from '../../../ledger/kit-rules.ts';
import { wayText } from '../../../ledger/kit-sites.ts';
import {
  type ComparedParticipant,
  entriesText,
  isEnteredIn,
  type LedgerComparison,
  type LedgerRelation,
  relationText,
} from '../../../ledger/compare.ts';
import { isOfCodeBreak } from '../../../ledger/copied-code-breaks.ts';
import type { Entry } from '../../../ledger/entry.ts';
import { subjectKey } from '../../../study/identifiers.ts';
import { formatEntry } from './ledger-view.ts';
import type { Palette } from '../../output/palette.ts';
import { commandToReenter, type ReenterFlags } from '../../study/reenter.ts';
import { secondText } from '../../../ledger/times.ts';
import { counted, quoted } from '../../../words.ts';
import { indented } from '../../output/wrapped.ts';

/** How the study is found, and the other ledger. */
interface ComparedFlags extends ReenterFlags {
  /** As it was typed. */
  readonly other: string;
}

/** What to do about one entry of the other ledger, and the command for it. */
interface Todo {
  /** The sequence of the entry in the other ledger; null if only this ledger has it. */
  readonly seq: number | null;
  readonly subject: string | null;
  readonly todo: string;
  readonly command: string | null;
}

/**
 * What to do with each participant of two ledgers that have forked: first those who are entered again, in the order
 * in which they get the slots that they already have.
 */
export function participantTodos(
  participants: readonly ComparedParticipant[],
  flags: ReenterFlags,
): Todo[] {
  const isFirst = ({ what }: ComparedParticipant) => what === 'enter';
  const ordered = [...participants.filter(isFirst), ...participants.filter((one) => !isFirst(one))];
  const holders = new Set<string>(participants.flatMap(({ holder }) => holder?.subject ?? []));
  return ordered
    .filter(({ what, subject }) => what !== 'here' || !holders.has(subject))
    .map((one) => {
      const { subject, there } = one;
      const needsCommand = there !== null && CASES_TO_ENTER.includes(one.what);
      const command = needsCommand ? (commandToReenter(there, flags) ?? null) : null;
      return { seq: there?.seq ?? null, subject, todo: participantText(one), command };
    });
}

const CASES_TO_ENTER: readonly ComparedParticipant['what'][] = [
  'enter',
  'another slot',
  'given twice',
];

/** Without kits nobody can see from a box who had which slot. */
const NO_BOX =
  'Treatment from the other folder may be a protocol deviation: tell the sponsor and the statistician before you enter anything.';

/** The kits that a randomization names, with their types if there are several. */
function kitsText(entry: NonNullable<ComparedParticipant['there']>): string {
  return kitNames(entry).join(', ');
}

function participantText({ what, subject, here, there, holder }: ComparedParticipant): string {
  const slot = (entry: ComparedParticipant['there']) =>
    entry === null
      ? ''
      : `${entry.number}${entry.kit === undefined ? '' : ` (kit ${kitsText(entry)})`}`;
  switch (what) {
    case 'same':
      return `${subject} has ${slot(there)} in both folders. Nothing to do.`;
    case 'here':
      return `${subject} has ${slot(here)} in this folder only. Nothing to do.`;
    case 'enter':
      return `${subject} has ${slot(there)} in the other folder only, and ${there?.replaces === undefined ? 'it is the next free slot here' : 'it is free here'}. ${replacing(there)}Enter it again:`;
    case 'another slot': {
      const has = `${subject} has ${slot(there)} in the other folder only. That slot is free here, but it is not the next one`;
      if (there?.kit === undefined) {
        return `${has}: randose gives another slot. Find out how ${subject} was treated. ${NO_BOX}`;
      }
      return `${has}: randose gives another slot and kit. Find out whether ${subject} was given kit ${kitsText(there)}. Enter it again, and record a protocol deviation if the kit was given: tell the sponsor and the statistician.`;
    }
    case 'two numbers': {
      const has = `${subject} has ${slot(here)} in this folder and ${slot(there)} in the other one`;
      if (there?.kit === undefined) {
        return `${has}. Find out how ${subject} was treated. ${NO_BOX} ${here?.number ?? ''} stays on record here.`;
      }
      return `${has}. Find out which kit ${subject} was given. If it was kit ${kitsText(there)}, this is a protocol deviation: tell the sponsor and the statistician. ${here?.number ?? ''} stays on record here.`;
    }
    case 'given twice': {
      const other = holder?.subject ?? '';
      const has = `${slot(there)} belongs to ${subject} in the other folder and to ${other} in this one`;
      if (there?.kit === undefined) {
        return `${has}. Find out how both were treated. ${NO_BOX} To randomize ${subject} again, with another slot, use the command below.`;
      }
      return `${has}. The kit is one box: find out who was given it. If ${other} was given it, or if nobody was: do not give it to ${subject}, and randomize ${subject} again with the command below. If ${subject} was given it: do not give it to ${other}, and ask the sponsor before you enter anything. It is a protocol deviation: tell the sponsor and the statistician.`;
    }
  }
}

/** That a replacement needs what was recorded of the participant who is replaced. */
function replacing(there: ComparedParticipant['there']): string {
  if (there?.replaces === undefined) return '';
  return `It replaces ${there.replaces}: see below whether that participant's withdrawal must be entered first. `;
}

/** What to do about the other acts of the other ledger that this one does not have. */
export function actTodos(
  { here, there }: LedgerComparison,
  participants: readonly ComparedParticipant[],
  flags: ComparedFlags,
): Todo[] {
  const unsettled = new Map(
    participants
      .filter(({ what }) => !['same', 'here', 'enter'].includes(what))
      .map(({ subject }) => [subjectKey(subject), subject]),
  );
  return there.flatMap((entry): Todo[] => {
    if (entry.action === 'randomization' || 'intent' in entry) return [];
    if (isEnteredIn(here, entry)) return [];
    const { seq, subject } = entry;
    const waitsFor = unsettled.get(subjectKey(subject ?? ''));
    const isOfKit = entry.action === 'kit';
    const command = isOfCodeBreak(entry)
      ? commandToEnterFrom(flags)
      : waitsFor !== undefined && isOfKit
        ? undefined
        : commandToReenter(entry, flags);
    const todo = actText(entry, there, waitsFor);
    return [{ seq, subject, todo, command: command ?? null }];
  });
}

function commandToEnterFrom({ study, rehearsal = false, other }: ComparedFlags): string {
  const where = [
    ...(study === undefined ? [] : ['--study', study]),
    ...(rehearsal ? ['--rehearsal'] : []),
  ];
  return ['randose', 'ledger', ...where, '--enter-from', other].map(quoted).join(' ');
}

function actText(entry: Entry, there: readonly Entry[], waitsFor: string | undefined): string {
  const first =
    waitsFor === undefined ? '' : ` First settle the number of ${waitsFor} (see above).`;
  switch (entry.action) {
    case 'dose':
      if (entry.result === 'retracted') {
        return `The record of ${entry.visit} of ${entry.subject} on ${entry.date} is taken back in the other folder.${first} If it is recorded here too, take it back:`;
      }
      return `${entry.visit} of ${entry.subject} is recorded in the other folder: ${entry.result} on ${entry.date}.${first} Enter it again:`;
    case 'additional dose':
      if (entry.result === 'retracted') {
        return `The additional dose of ${entry.subject} on ${entry.date} is taken back in the other folder.${first} If it is recorded here too, take it back:`;
      }
      return `An additional dose of ${entry.subject} on ${entry.date} is recorded in the other folder.${first} Enter it again:`;
    case 'attendance': {
      const what = `${entry.assessments.join(', ')} at ${entry.visit} of ${entry.subject}`;
      if (entry.result === 'retracted') {
        return `The record of ${what} on ${entry.date} is taken back in the other folder.${first} If it is recorded here too, take it back:`;
      }
      return `${what} is recorded in the other folder: ${entry.result} on ${entry.date}.${first} Enter it again:`;
    }
    case 'move':
      if (entry.retracts !== undefined) {
        return `The move of ${entry.visit} of ${entry.subject} to ${entry.from} is taken back in the other folder.${first} If it was moved here too, take that back:`;
      }
      return `${entry.visit} of ${entry.subject} is moved to ${entry.date} in the other folder.${first} Enter it again:`;
    case 'kit':
      return waitsFor === undefined
        ? `Kit ${entry.kit} is recorded as ${doneText(entry.event)}${wayText(entry)} in the other folder. Enter it again:`
        : `Kit ${entry.kit} is recorded as ${doneText(entry.event)} for ${waitsFor} in the other folder.${first} Then record the kit that ${waitsFor} has.`;
    case 'labels':
      return `Labels of ${entry.kits.length === 1 ? `kit ${entry.kits[0] ?? ''}` : counted(entry.kits.length, 'kit')} were made in the other folder. No command can enter this, so this folder does not have these labels on record: if you print labels of these kits again, write REPRINT on them.`;
    case 'allocation':
      return `Batch ${entry.batch} of the list was made in the other folder, and this folder does not have it. Use no slot of it. Tell the statistician.`;
    case 'amendment':
      return `Amendment ${entry.amendment} was put in force in the other folder, from ${entry.from} on. If study.yaml here has it too, enter it again:`;
    case 'amendment consent':
      return `${entry.subject} was moved to amendment ${entry.amendment} in the other folder, from ${entry.from} on${entry.retracts === undefined ? '' : ', and that was taken back'}.${first} Enter it again:`;
    case 'stratum correction':
      return `The levels of ${entry.subject} are corrected in the other folder.${first} Enter it again:`;
    case 'subject correction':
      return `The id of ${entry.subject} is corrected in the other folder: it is ${entry.newId}.${first} Enter it again:`;
    case 'withdrawal':
      return `${entry.subject} is recorded as withdrawn from ${entry.from} in the other folder${entry.retracts === undefined ? '' : ', and that was taken back'}.${first} Enter it again:`;
    case 'transfer':
      return `${entry.subject} is transferred to ${entry.to} in the other folder${entry.retracts === undefined ? '' : ', and that was taken back'}.${first} Enter it again:`;
    case 'randomization in error':
      return `${entry.subject} is recorded as randomized in error in the other folder${entry.retracts === undefined ? '' : ', and that was taken back'}.${first} Enter it again:`;
    case 'lock':
    case 'unlock':
      return `The database was ${entry.action}ed in the other folder. Settle everything else in this list first. If that holds here too, run: randose ${entry.action}`;
    case 'repair':
      return 'An incomplete last line was removed from the other ledger. Ask who did what was in it.';
    case 'continuation':
      return 'The other ledger was moved to a database, which has its entries: see docs/database.md.';
    case 'study restoration':
      return 'study.yaml was brought back in the other folder. Compare the two files: keep one.';
    case 'code-break intent':
    case 'late code-break':
      return `The code-break of ${entry.subject} in the other folder did happen${resultText(entry, there)}. Enter it here, as late:`;
    case 'rewrap intent':
      return `Everything was re-encrypted in the other folder${resultText(entry, there)}. If study.yaml here lists other people than before, run: randose rewrap`;
    case 'randomization': // settled participant by participant
    case 'packing intent':
    case 'packing outcome':
    case 'code-break outcome':
    case 'reveal intent':
    case 'reveal outcome':
    case 'preparation intent':
    case 'preparation outcome':
    case 'list opening intent':
    case 'list opening outcome':
    case 'masked table intent':
    case 'masked table outcome':
    case 'letter opening intent':
    case 'letter opening outcome':
    case 'card making intent':
    case 'card making outcome':
    case 'rewrap outcome': {
      const what = entry.action.replace(' intent', '');
      const whose = entry.subject === null ? '' : ` of ${entry.subject}`;
      return `The ${what}${whose} in the other folder did happen${resultText(entry, there)}. No command enters it: write down who did it, when and why, and file it with this comparison.`;
    }
  }
}

function resultText(entry: Entry, there: readonly Entry[]): string {
  if (entry.action === 'late code-break') return ` (${entry.result})`;
  const { seq } = entry;
  const outcome = there.find((one) => 'intent' in one && one.intent === seq);
  return outcome !== undefined && 'result' in outcome ? ` (${outcome.result})` : ' (no outcome)';
}

/** The comparison of two ledgers, for a person. */
export function formatComparison(
  other: string,
  comparison: LedgerComparison,
  participants: readonly ComparedParticipant[],
  todos: { readonly participants: readonly Todo[]; readonly acts: readonly Todo[] },
  layout: { readonly colour: Palette; readonly columns: number },
): string {
  const { colour, columns } = layout;
  const { relation, common, here, there } = comparison;
  const told = indented(`${other} ${relationText(comparison, participants)}.`, columns, '');
  const section = (title: string, list: readonly Todo[]) =>
    list.length === 0
      ? ''
      : `\n${colour.bold(title)}\n${list.map((todo) => todoText(todo, columns)).join('')}`;
  if (relation === 'newer' && there.every(isOfCodeBreak)) {
    const made = section('Code-breaks in the other folder', todos.acts);
    return `${told}${made}\n${indented(ONLY_CODE_BREAKS, columns, '')}`;
  }
  if (relation !== 'forked') return `${told}${indented(NEXT[relation], columns, '')}`;
  const when = common.time === null ? '' : ` (${secondText(common.time)})`;
  const same =
    common.seq === 0
      ? 'They have no entry in common although both belong to one list: one of them was rewritten. Compare both with the receipts on file.\n'
      : `Both have the same entries up to sequence ${common.seq}${when}.\n`;
  const entries = (title: string, list: readonly Entry[]) =>
    `\n${colour.bold(title)}: ${entriesText(list.length)}\n${list.map((entry) => `${formatEntry(entry, colour, list)}\n`).join('')}`;
  const isDone = there.every((entry) => isOfCodeBreak(entry) && !isMissing(entry, todos.acts));
  return [
    told + same,
    entries('In this folder since then', here),
    entries(`In ${other} since then`, there),
    section('Participants', todos.participants),
    section('What else happened in the other folder', todos.acts),
    `\n${indented(isDone ? ALL_ENTERED : NEXT.forked, columns, '')}`,
  ].join('');
}

function todoText({ todo, command }: Todo, columns: number): string {
  const [first = '', ...rest] = indented(todo, columns, '    ').trimEnd().split('\n');
  // A command stays on one line, however long it is, so that it can be copied.
  const lines = [
    first.replace('    ', '  - '),
    ...rest,
    ...(command === null ? [] : [`      ${command}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function isMissing({ seq }: Entry, todos: readonly Todo[]): boolean {
  return todos.some((todo) => todo.seq === seq);
}

/** What to do next if a copy of the folder in use has nothing but code-breaks that are missing here. */
const ONLY_CODE_BREAKS =
  'The other folder has nothing but these code-breaks that is missing here. Next: keep this folder in use, enter them with the command above, and move the other copy out of reach. If the other folder is the one in use: stop using this one.';

const ALL_ENTERED =
  'The code-breaks of the other folder are entered here. Next: keep this folder in use, and move the other copy out of reach.';

/** What to do next, by how the other ledger is related to this one. */
const NEXT: Record<LedgerRelation, string> = {
  foreign: 'Next: move it out of this folder.',
  same: 'Next: use one folder only, and move the other copy out of reach.',
  older:
    'Nothing in it is missing here. Next: keep this folder, and move the other copy out of reach.',
  newer:
    'This folder is behind. Next: keep the folder that the other ledger comes from, and stop using this one. If it is a copy of the file in this folder, put it in the place of ledger.jsonl while no command runs; then: randose verify',
  forked:
    'Next: stop using the other folder. Keep a copy of its ledger with this comparison in the trial master file. Then go through the list above in its order, and end with: randose verify',
};
