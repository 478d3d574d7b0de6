import type { ErrorCode } from '../errors.ts';
import { kitNames, numberText } from '../randomization/list.ts';
import { levelsOfStratum, siteOfStratum } from '../study/sections/strata.ts';
import { shown } from '../study/stored-text.ts';
import { counted } from '../words.ts';
import { findRandomization } from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';
import { doneText } from './kit-rules.ts';
import { wayText } from './kit-sites.ts';
import { cardOf, isWithCard, NO_SUBJECT, participantOf } from './openings.ts';
import { factsBySubject } from './participant-facts.ts';
import { momentText } from './times.ts';

/**
 * What an entry says was done, and about what, in one line.
 *
 * @param all the entries of its ledger: a correction is shown with what was there before
 */
export function entryText(entry: Entry, all: readonly Entry[]): string {
  switch (entry.action) {
    case 'allocation':
      return `allocation, batch ${entry.batch}`;
    case 'randomization':
      return `randomization of ${entry.subject}: ${numberText(entry.number, kitNames(entry))}, ${placeText(entry)}${entry.day1 === undefined ? '' : `, Day 1 ${entry.day1}`}${entry.replaces === undefined ? '' : `, replaces ${entry.replaces}`}`;
    case 'dose': {
      const { visit, subject, result, date, corrects } = entry;
      if (result === 'retracted') {
        return `${visit} of ${subject} on ${date}: entry ${corrects ?? 0} retracted`;
      }
      return `${visit} of ${subject}: ${result} on ${date}${fromKit(entry)}${corrects === null ? '' : `, corrects ${corrects}`}${deviationsText(entry)}`;
    }
    case 'additional dose': {
      const { subject, result, date, corrects } = entry;
      const what = `additional dose of ${subject}`;
      return result === 'retracted'
        ? `${what}: retracted, takes back entry ${corrects ?? 0} of ${date}`
        : `${what}: given on ${date}${fromKit(entry)}${deviationsText(entry)}`;
    }
    case 'attendance': {
      const { visit, subject, assessments, result, date, corrects } = entry;
      const what = `${visit} of ${subject}, ${assessments.join(', ')}`;
      return result === 'retracted'
        ? `${what}: retracted, takes back entry ${corrects ?? 0} of ${date}`
        : `${what}: ${result} on ${date}${corrects === null ? '' : `, corrects ${corrects}`}${deviationsText(entry)}`;
    }
    case 'move':
      if (entry.retracts !== undefined) {
        return `${entry.visit} of ${entry.subject}, ${entry.from} to ${entry.date}: move of entry ${entry.retracts} retracted`;
      }
      return `${entry.visit} of ${entry.subject} moved: ${entry.from} to ${entry.date}${deviationsText(entry)}`;
    case 'code-break intent':
      return `${codeBreakOf(entry, all)}: intent`;
    case 'late code-break': {
      return `${codeBreakOf(entry, all)} on ${momentText(entry.opened)}, entered late: ${resultText(entry)}`;
    }
    case 'labels': {
      const whose = entry.subject === null ? '' : ` for ${entry.subject}`;
      const again = entry.reprints.length === 0 ? '' : `, ${entry.reprints.length} of them again`;
      return `${counted(entry.count, 'label')} (${entry.labels}, ${entry.format})${whose}: ${counted(entry.kits.length, 'kit')}${again}`;
    }
    case 'kit': {
      const whose = entry.subject === null ? '' : `, ${entry.subject}`;
      const units = entry.units === null ? '' : `, ${counted(entry.units, 'unit')}`;
      const back = entry.corrects === null ? '' : `, corrects ${entry.corrects}`;
      return `kit ${entry.kit} ${doneText(entry.event)}${wayText(entry)} on ${entry.date}${whose}${units}${back}`;
    }
    case 'packing intent':
    case 'card making intent':
      return `${entry.action.replace(' intent', '')}, batch ${entry.batches.join(', ')}: intent`;
    case 'reveal intent':
      return `reveal of ${entry.subject} (${entry.number}): intent`;
    case 'preparation intent':
      return `preparation for ${entry.subject} (${entry.number}), sealed to ${entry.preparer}: intent`;
    case 'masked table intent':
      return `masked table for "${shown(entry.purpose)}": ${entry.rows} until ${entry.until}${lettersText(entry)}: intent`;
    case 'letter opening intent':
      return `which arm each letter of masked table "${shown(entry.letters)}" is: intent`;
    case 'list opening intent':
    case 'rewrap intent':
      return entry.action.replace(' intent', ': intent');
    case 'amendment':
      return `amendment ${entry.amendment} in force, from ${entry.from}, for ${entry.applies}`;
    case 'amendment consent': {
      const what = `amendment ${entry.amendment} for ${entry.subject}, from ${entry.from}`;
      return entry.retracts === undefined ? what : `entry ${entry.retracts} retracted: ${what}`;
    }
    case 'stratum correction':
      return `${entry.subject} corrected: ${levelsText(entry, all)}`;
    case 'subject correction':
      return `${entry.subject} corrected: the id is ${entry.newId}`;
    case 'withdrawal': {
      const what = `withdrawn from ${entry.from} on ${entry.date}`;
      return entry.retracts === undefined
        ? `${entry.subject} ${what}`
        : `${entry.subject}: entry ${entry.retracts} retracted: ${what}`;
    }
    case 'transfer': {
      const what = `transferred from ${entry.from} to ${entry.to} on ${entry.date}`;
      return entry.retracts === undefined
        ? `${entry.subject} ${what}`
        : `${entry.subject}: retracted, takes back entry ${entry.retracts}: ${what}`;
    }
    case 'randomization in error':
      return entry.retracts === undefined
        ? `${entry.subject} was randomized in error`
        : `${entry.subject}: entry ${entry.retracts} retracted: randomized in error`;
    case 'lock':
    case 'unlock':
      return `database ${entry.action}ed`;
    case 'repair':
      return 'repair: an incomplete last line removed';
    case 'study restoration':
      return 'study.yaml brought back as it was accepted before';
    case 'continuation':
      return 'ledger moved to a database, where it is continued';
    case 'masked table outcome':
      return `masked table: ${entry.table === null ? resultText(entry) : 'made, no arms shown'}, intent ${entry.intent}`;
    case 'letter opening outcome':
      return `which arm each letter is: ${resultText(entry)}, intent ${entry.intent}`;
    case 'packing outcome':
    case 'code-break outcome':
    case 'reveal outcome':
    case 'preparation outcome':
    case 'list opening outcome':
    case 'card making outcome':
    case 'rewrap outcome': {
      const about = entry.subject === null ? '' : ` of ${ofWhom(entry, all)}`;
      return `${entry.action.replace(' outcome', '')}${about}: ${resultText(entry)}, intent ${entry.intent}`;
    }
  }
}

function lettersText({ purpose, letters }: EntryOf<'masked table intent'>): string {
  return letters === purpose ? '' : `, with the letters of "${shown(letters)}"`;
}

/** The stratum, and the site if the stratum does not say it. */
function placeText({ stratum, site }: EntryOf<'randomization'>): string {
  return siteOfStratum(stratum) === undefined ? `${stratum}, site ${site}` : stratum;
}

/** From which kit, and how much. */
function fromKit(entry: EntryOf<'dose'> | EntryOf<'additional dose'>): string {
  const { amount, weight } = entry;
  const kit = entry.otherKit ?? entry.kit;
  return [
    ...(kit === null ? [] : [` from kit ${kit}`]),
    ...(amount === undefined ? [] : [`, amount ${amount}`]),
    ...(weight === undefined ? [] : [`, weight ${weight} kg`]),
  ].join('');
}

function levelsText(
  { seq, subject, levels }: EntryOf<'stratum correction'>,
  all: readonly Entry[],
): string {
  const before = all.filter((one) => one.seq < seq);
  const known: Readonly<Record<string, string>> = {
    ...levelsOfStratum(findRandomization(before, subject)?.stratum ?? ''),
    ...factsBySubject(before)(subject).corrected,
  };
  return levels
    .map(({ factor, level }) => {
      const was = known[factor];
      return `${factor}=${level}${was === undefined ? '' : ` (was ${was})`}`;
    })
    .join(', ');
}

/** The result of an opening; the entry has a code for why it was refused. */
function resultText({ result, error }: { readonly result: string; readonly error: string | null }) {
  if (error === null) return result;
  return `${result}: ${Object.hasOwn(REFUSED_FOR, error) ? REFUSED_FOR[error]! : error}`;
}

/** Why an opening was refused, by the code of its error. */
const REFUSED_FOR: Readonly<Record<string, string>> = {
  usage: 'cancelled, or an answer or option was missing',
  'wrong-key': 'wrong or missing key',
  'bad-data': 'unknown participant, or a mistyped code',
  'not-trusted': 'not what was sealed',
  'not-found': 'a file was missing',
  'no-access': 'a file could not be read',
  'io-error': 'the disk failed',
  'no-space': 'no space was left',
  'would-overwrite': 'the file to write existed already',
  'invalid-study': 'study.yaml has errors',
  locked: 'others were changing the study',
  unavailable: 'the database could not be reached',
  'outcome-unknown': 'the database did not answer in time',
  bug: 'a bug in randose',
  cancelled: 'cancelled after a passphrase was typed',
} satisfies Record<ErrorCode | 'bug' | 'cancelled', string>;

function codeBreakOf(
  entry: EntryOf<'code-break intent' | 'late code-break'>,
  all: readonly Entry[],
): string {
  const { kit, key } = entry;
  const subject = ofWhom(entry, all);
  const number = entry.number ?? findRandomization(all, subject)?.number ?? null;
  const what = kit === undefined || kit === null ? '' : `kit ${kit}, given to `;
  const card = isWithCard({ key }) ? `, with the card${ofOther(cardOf({ key }), number)}` : '';
  return `code-break of ${what}${subject} (${number ?? 'no number'})${card}`;
}

/** The participant of an entry; if it names nobody, the one who has the number of the code-break. */
function ofWhom(entry: Entry, all: readonly Entry[]): string {
  const { subject } = entry;
  return subject === null || subject === NO_SUBJECT
    ? (participantOf(all, entry) ?? NO_SUBJECT)
    : subject;
}

/** A card of another participant is named: it was taken out of its envelope. */
function ofOther(card: string | undefined, number: string | null): string {
  return card === undefined || card === number ? '' : ` of ${card}`;
}

function deviationsText({ deviations }: { readonly deviations: readonly string[] }): string {
  return deviations.length === 0 ? '' : `; a deviation (${deviations.join(', ')})`;
}
