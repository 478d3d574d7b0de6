import { join } from 'node:path';
import { readLedger } from '../../../ledger/chain.ts';
import { kitsOfEntry, randomizations } from '../../../ledger/enrolment.ts';
import { LEDGER_FILE } from '../../../study/layout.ts';
import { hasVisits } from '../../../study/sections/schedule.ts';
import type { Role, Study } from '../../../study/study.ts';
import { readText } from '../../../system/files.ts';
import { exportSteps } from './export-steps.ts';
import { START, type Step } from './twin-trials.ts';

/** A participant who is randomized in a trial of any design. */
export interface ExampleParticipant {
  readonly subject: string;
  readonly site: string;
  /** The level of each factor. */
  readonly levels: Readonly<Record<string, string>>;
  /** `YYYY-MM-DD`; undefined if the study has no schedule. */
  readonly day1: string | undefined;
}

/** What commands of a trial are about. */
export interface TrialParts {
  /** The path of a file beside the study folder. */
  readonly at: (name: string) => string;
  /** The key files of each role. */
  readonly keys: Readonly<Record<Role, readonly string[]>>;
  /** Those who are randomized, in their order. */
  readonly participants: readonly ExampleParticipant[];
  /** One more, who replaces the second participant; undefined if there are too few slots. */
  readonly replacement: ExampleParticipant | undefined;
  readonly study: Study;
}

const WHO = ['--by', 'Example Person, example role, Example Hospital'];
const WHY = ['--reason', 'example'];
const TODAY = START.slice(0, 10);
const ON = ['--date', TODAY];

const must = (...words: string[]): Step => ({ words, seen: 'all' });
const may = (...words: string[]): Step => ({ words, seen: 'all', mayRefuse: true });
const mayOpen = (...words: string[]): Step => ({ words, seen: 'talk', mayRefuse: true });

/** The list, what is published of it, and the participants. */
export function beginning({ at, participants }: TrialParts): Step[] {
  const [published, request] = [at('commitment.txt'), at('commitment.tsq')];
  return [
    must('allocate', '--plan', at('plan.yaml'), ...WHO),
    {
      ...must('commitment', '--output', published, '--request', request),
      results: [published, request],
    },
    must('study'),
    must('people'),
    ...participants.map((one) => must('randomize', ...wordsOf(one), ...WHO)),
    must('status'),
    must('status', '--json'),
  ];
}

/** Openings, the whole list, and everything that is on record. */
export function end({ at, keys, participants, study }: TrialParts): Step[] {
  const [first, second, third] = participants.map(({ subject }) => subject);
  const officers = identity(keys.officer);
  const ofList = keys.statistician.length > 0 ? identity(keys.statistician) : officers;
  const masked = ['unblind', '--all', '--masked', '--until', TODAY, '--purpose', 'interim 1'];
  const opened = (...subjects: (string | undefined)[]): Step[] =>
    subjects
      .filter((subject) => subject !== undefined)
      .map((subject) => mayOpen('unblind', subject, ...officers, ...WHY));
  return [
    ...(first !== undefined && study.blinding === 'open label'
      ? [mayOpen('reveal', first, ...officers, ...WHO)]
      : []),
    ...opened(second, third),
    ...(first === undefined ? [] : [sealed(study, first, officers)]),
    {
      ...may(...masked, ...ofList, '--output', at('MASKED.csv')),
      results: [at('MASKED.csv')],
    },
    mayOpen('unblind', '--letters', 'interim 1', ...ofList, ...WHY),
    must('status'),
    { words: ['open', ...ofList, ...WHY, '--output', at('list.csv')], seen: 'talk' },
    mayOpen('unblind', '--all', ...ofList, ...WHY),
    ...(study.schedule.phases.length > 0
      ? [mayOpen('unblind', '--all', '--doses', ...ofList, ...WHY)]
      : []),
    must('verify', '--regenerate', ...ofList),
    must('verify', '--commitment', at('commitment.txt'), '--json'),
    must('ledger'),
    must('ledger', '--json'),
    must('status'),
  ];
}

/** The arm of a participant, sealed to a preparer: whoever gives the command sees its length. */
function sealed({ preparers }: Study, subject: string, officers: string[]): Step {
  const to = preparers[0] === undefined ? [] : ['--to', preparers[0].name];
  return { words: ['prepare', subject, ...to, ...officers, ...WHO], seen: 'length' };
}

function identity(files: readonly string[]): string[] {
  return files.length > 0 ? ['--identity', ...files] : [];
}

function wordsOf({ subject, site, levels, day1 }: ExampleParticipant): string[] {
  const factors = Object.entries(levels).flatMap(([name, level]) => {
    return ['--factor', `${name}=${level}`];
  });
  return ['--subject', subject, '--site', site, ...factors, ...(day1 ? ['--day1', day1] : [])];
}

/** Calendars, labels, kits and visits, and what happens to participants. */
export function middle(parts: TrialParts, place: string): Step[] {
  return [...visits(parts), ...supplies(parts, place), ...changes(parts)];
}

function visits({ at, participants, study: { schedule } }: TrialParts): Step[] {
  if (!hasVisits(schedule)) return [];
  const [first] = participants;
  const who = ['--subject', first?.subject ?? ''];
  const visit = [...who, '--visit', 'D1'];
  const pages = at('calendars.pdf');
  return [
    may('calendar'),
    may('calendar', ...who),
    may('calendar', '--format', 'csv'),
    may('calendar', '--csv-for', 'excel-fr'),
    may('calendar', '--format', 'ics'),
    { ...may('calendar', '--format', 'pdf', '--output', pages), results: [pages] },
    may('calendar', 'load', '--from', TODAY, '--format', 'html'),
    may(schedule.phases.length > 0 ? 'dose' : 'attend', ...visit, ...ON, ...WHO),
    may('calendar', '--changes'),
  ];
}

/** The kits of the first two participants, as anybody can read them in the ledger. */
function kitsIn(place: string): SiteKits[] {
  const { entries } = readLedger(readText(join(place, LEDGER_FILE)));
  return randomizations(entries)
    .slice(0, 2)
    .map((one) => ({ kits: kitsOfEntry(one), site: one.site }));
}

function supplies({ at, keys, participants, study }: TrialParts, place: string): Step[] {
  const [first] = participants;
  const about = first ? [may('check', '--subject', first.subject)] : [];
  const sheet = at('cards.pdf');
  const makers = identity(keys['card-maker']);
  const cards: Step = { ...may('cards', ...makers, '--output', sheet), results: [sheet] };
  const common = keys['card-maker'].length > 0 ? [cards, ...about] : about;
  const [own, other] = study.hasKits ? kitsIn(place) : [];
  if (first === undefined || own === undefined) return common;
  return [
    ...common,
    ...labelsAndPacking({ at, keys, study }),
    ...accountOf(first.subject, own, other),
  ];
}

function labelsAndPacking({ at, keys, study }: Pick<TrialParts, 'at' | 'keys' | 'study'>): Step[] {
  const labels = (file: string, ...words: string[]): Step => ({
    ...may('labels', ...words, '--output', at(file), ...WHO),
    results: [at(file)],
  });
  return [
    labels('outer.pdf'),
    labels('labels.zpl', '--format', 'zpl'),
    labels('labels.csv', '--format', 'csv'),
    labels('excel.csv', '--csv-for', 'excel-fr'),
    ...study.supplies.types.map(({ type }) => labels(`${type}.pdf`, '--type', type)),
    ...(keys.packer.length > 0
      ? [mayOpen('packing', ...identity(keys.packer), '--output', at('packing.csv'))]
      : []),
  ];
}

/** Events of a participant's kit, and of the kit of another one if there is one. */
function accountOf(subject: string, own: SiteKits, other: SiteKits | undefined): Step[] {
  const account = (event: string, { kits }: SiteKits, ...words: string[]) =>
    may('kit', event, '--kits', kits.join(), ...ON, ...words, ...WHO);
  const checked = ({ kits }: SiteKits) => kits.map((kit) => may('check', '--kit', kit));
  const arrival = (one: SiteKits) => [
    account('shipped', one, '--to', one.site),
    account('received', one, '--site', one.site),
  ];
  return [
    ...arrival(own),
    account('dispensed', own, '--subject', subject),
    ...(other === undefined
      ? []
      : [
          ...arrival(other),
          account('quarantined', other, ...WHY),
          account('released', other, ...WHY),
          account('lost', other),
          ...checked(other),
        ]),
    may('kit'),
    ...checked(own),
  ];
}

interface SiteKits {
  /** One of each type. */
  readonly kits: readonly string[];
  readonly site: string;
}

function changes({ at, participants, replacement, study }: TrialParts): Step[] {
  const [, second, third] = participants.map(({ subject }) => subject);
  const other = study.sites.find(({ code }) => code !== participants[2]?.site)?.code;
  const about = (subject: string | undefined, ...words: string[]): Step[] =>
    subject === undefined ? [] : [may(words[0]!, '--subject', subject, ...words.slice(1), ...WHO)];
  return [
    ...about(second, 'withdraw', '--from', 'treatment', ...ON, ...WHY),
    ...(other === undefined ? [] : about(third, 'transfer', '--to', other, ...ON, ...WHY)),
    ...about(third, 'randomized-in-error', ...WHY),
    ...(replacement && second
      ? [may('replace', ...wordsOf(replacement), '--for', second, ...WHO)]
      : []),
    may('deviations'),
    may('deviations', '--format', 'csv'),
    may('deviations', '--csv-for', 'excel'),
    ...(hasVisits(study.schedule) ? [may('calendar', '--format', 'csv')] : []),
    ...exportSteps(at, study.hasKits, study.redcap !== undefined),
    may('lock', ...WHO, ...WHY),
    may('unlock', ...WHO, ...WHY),
    must('status'),
  ];
}
