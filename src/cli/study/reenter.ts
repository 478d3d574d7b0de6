import type { VisitEntry } from '../../ledger/doses.ts';
import type { Entry, EntryOf, KitEvent } from '../../ledger/entry.ts';
import { formatWho } from '../../ledger/who.ts';
import type { StudyFlags } from '../arguments/options.ts';
import { levelsOfStratum } from '../../study/sections/strata.ts';
import { quoted } from '../../words.ts';

/** The flags that find a study, and whether the command gives up the other copy of the folder. */
export interface ReenterFlags extends StudyFlags {
  readonly yes: boolean;
}

/**
 * The command line that enters an act of another ledger in this one; undefined if no command does.
 *
 * @param entry an entry of the other ledger
 * @param flags how the study is found; they are repeated in the command line
 */
export function commandToReenter(entry: Entry, flags: ReenterFlags): string | undefined {
  const words = wordsOf(entry);
  if (words === undefined) return undefined;
  const { study, rehearsal = false, yes } = flags;
  const [command, ...rest] = words;
  const where = [
    ...(study === undefined ? [] : ['--study', study]),
    ...(rehearsal ? ['--rehearsal'] : []),
  ];
  const by = ['--by', formatWho(entry.who), ...(yes ? ['--yes'] : [])];
  return ['randose', ...command!.split(' '), ...where, ...rest, ...by].map(quoted).join(' ');
}

/** The command and its options, without --by. */
function wordsOf(entry: Entry): string[] | undefined {
  switch (entry.action) {
    case 'randomization':
      return [
        ...(entry.replaces === undefined ? ['randomize'] : ['replace', '--for', entry.replaces]),
        ...randomizeWords(entry),
        ...declaredWords(entry),
      ];
    case 'dose':
      if (entry.result === 'retracted') return ['dose', ...retractWords(entry)];
      return [
        'dose',
        ...visitWords(entry),
        ...doseWords(entry),
        ...(entry.result === 'not done' ? ['--not-done'] : []),
        ...(entry.corrects === null ? [] : ['--correct']),
      ];
    case 'additional dose': {
      const about = ['dose', '--additional', '--subject', entry.subject, '--date', entry.date];
      if (entry.result === 'retracted') return [...about, '--retract', ...reasonWords(entry)];
      const isOther = entry.deviations.some((rule) => rule !== 'additional');
      return [
        ...about,
        ...(isOther ? ['--deviation'] : []),
        ...reasonWords(entry),
        ...doseWords(entry),
      ];
    }
    case 'attendance':
      return [
        'attend',
        ...(entry.result === 'retracted' ? retractWords(entry) : visitWords(entry)),
        ...['--assessment', ...entry.assessments],
        ...(entry.result === 'not done' ? ['--not-done'] : []),
        ...(entry.result === 'retracted' || entry.corrects === null ? [] : ['--correct']),
      ];
    case 'move':
      return ['move', ...(entry.retracts === undefined ? visitWords(entry) : retractWords(entry))];
    case 'kit':
      return [
        ...[`kit ${entry.event.replaceAll(' ', '-')}`, '--kits', entry.kit],
        ...(entry.event === 'retracted' ? [] : ['--date', entry.date]),
        ...(entry.event === 'dispensed' ? ['--subject', entry.subject ?? ''] : []),
        ...(entry.to === undefined ? [] : ['--to', entry.to]),
        ...(entry.site === undefined ? [] : ['--site', entry.site]),
        ...(COUNTED.includes(entry.event) ? ['--units', String(entry.units)] : []),
        ...((entry.deviations ?? []).length === 0 ? [] : ['--deviation']),
        ...reasonWords(entry),
      ];
    case 'amendment':
      return ['amend', '--id', entry.amendment, ...reasonWords(entry)];
    case 'amendment consent':
      return [
        ...['amend', '--id', entry.amendment, '--subject', entry.subject],
        ...(entry.retracts === undefined ? ['--date', entry.from] : ['--retract']),
        ...reasonWords(entry),
      ];
    case 'stratum correction':
      return [
        ...['correct', '--subject', entry.subject, '--factor'],
        ...entry.levels.map(({ factor, level }) => `${factor}=${level}`),
        ...reasonWords(entry),
      ];
    case 'subject correction':
      return [
        ...['correct', '--subject', entry.subject, '--new-id', entry.newId],
        ...reasonWords(entry),
      ];
    case 'withdrawal':
      return [
        ...['withdraw', '--subject', entry.subject],
        ...(entry.retracts === undefined
          ? ['--from', entry.from, '--date', entry.date]
          : ['--retract']),
        ...reasonWords(entry),
      ];
    case 'transfer':
      return [
        ...['transfer', '--subject', entry.subject],
        ...(entry.retracts === undefined
          ? ['--to', entry.to, '--date', entry.date]
          : ['--retract']),
        ...reasonWords(entry),
      ];
    case 'randomization in error':
      return [
        ...['randomized-in-error', '--subject', entry.subject],
        ...(entry.retracts === undefined ? [] : ['--retract']),
        ...reasonWords(entry),
      ];
    case 'lock':
    case 'unlock':
    case 'allocation':
    case 'labels':
    case 'packing intent':
    case 'packing outcome':
    case 'code-break intent':
    case 'code-break outcome':
    case 'late code-break':
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
    case 'rewrap intent':
    case 'rewrap outcome':
    case 'repair':
    case 'study restoration':
    case 'continuation':
      return undefined; // what was opened, made or printed cannot be entered again
  }
}

/** The events of kits with a number of units that somebody counted. */
const COUNTED: readonly KitEvent[] = [
  ...(['shipped', 'returned', 'returned to depot', 'destroyed', 'lost'] as const),
];

function randomizeWords({ subject, site, stratum, day1 }: EntryOf<'randomization'>): string[] {
  const levels = Object.entries(levelsOfStratum(stratum)).map(
    ([name, level]) => `${name}=${level}`,
  );
  const factors = levels.length === 0 ? [] : ['--factor', ...levels];
  const dated = day1 === undefined ? [] : ['--day1', day1];
  return ['--subject', subject, '--site', site, ...factors, ...dated];
}

/** That a randomization was a deviation, and why. */
function declaredWords(entry: EntryOf<'randomization'>): string[] {
  const declared = (entry.deviations ?? []).length === 0 ? [] : ['--deviation'];
  return [...declared, ...reasonWords(entry)];
}

/** From which kit, and how much. */
function doseWords({
  kit,
  otherKit,
  amount,
  weight,
}: EntryOf<'dose'> | EntryOf<'additional dose'>): string[] {
  return [
    ...(kit === null ? [] : ['--kit', kit]),
    ...(otherKit === undefined ? [] : ['--other-kit', otherKit]),
    ...(amount === undefined ? [] : ['--amount', amount]),
    ...(weight === undefined ? [] : ['--weight', weight]),
  ];
}

function visitWords(entry: VisitEntry): string[] {
  const { subject, visit, date, deviations } = entry;
  const deviation = deviations.length === 0 ? [] : ['--deviation'];
  return [
    '--subject',
    subject,
    '--visit',
    visit,
    '--date',
    date,
    ...deviation,
    ...reasonWords(entry),
  ];
}

function retractWords(entry: VisitEntry): string[] {
  return ['--subject', entry.subject, '--visit', entry.visit, '--retract', ...reasonWords(entry)];
}

function reasonWords({ reason }: Pick<Entry, 'reason'>): string[] {
  return reason === null || reason === '' ? [] : ['--reason', reason];
}
