import { isOfOthers } from '../../../ledger/hidden-slots.ts';
import {
  nearlyFull,
  randomizations,
  replacementUse,
  strataUse,
  type StratumUse,
} from '../../../ledger/enrolment.ts';
import { countAttendances } from '../../../ledger/attendances.ts';
import { type KitAccount, siteStocks } from '../../../ledger/accountability.ts';
import { DEPOT } from '../../../ledger/kit-sites.ts';
import type { Entry, EntryOf } from '../../../ledger/entry.ts';
import { expiredText } from '../../../ledger/kit-rules.ts';
import type { reconcileUnits } from '../../../ledger/unit-balances.ts';
import { unitTexts } from '../../../ledger/unit-texts.ts';
import {
  otherLotTexts,
  otherUnitsTexts,
  useByChanges,
  useByChangeTexts,
} from '../../../ledger/label-changes.ts';
import {
  codeBreaksOf,
  type EarlierOpening,
  earlierOpenings,
  earlierOpeningText,
  openingsOf,
  openingsOfNobody,
} from '../../../ledger/openings.ts';
import { maskedTables } from '../../../ledger/masked-tables.ts';
import { howPendingEntered } from '../../../store/ledger-of.ts';
import { waitingActs } from '../../../store/folder/pending.ts';
import { insteadOf, laterSpares, studyChange } from '../../../store/changed-study.ts';
import { describeChange, openStudy, type OpenStudy, ALL_PARTS } from '../../../store/open-study.ts';
import { subjectKey } from '../../../study/identifiers.ts';
import { LEDGER_FILE, STUDY_FILE } from '../../../study/layout.ts';
import { changedParts } from '../../../blinding/manifest.ts';
import { counted, RESTORE_STUDY, upperFirst, withStop } from '../../../words.ts';
import { RESTORE_LEDGER } from '../../study/at-home.ts';
import { findHome, warnOfHome } from '../../study/home-finding.ts';
import { goneKitTexts } from '../../study/gone-kits.ts';
import { kitRecords, unitRecords } from '../../study/kit-records.ts';
import { exampleKeyWarnings } from '../../study/list-warnings.ts';
import { nearlyFullTexts } from '../../study/nearly-full.ts';
import type { Output } from '../../output/output.ts';
import { deviationsOf } from '../../study/deviations-of.ts';
import type { Site, Study } from '../../../study/study.ts';
import { todayAt } from '../../../system/today.ts';
import { judgedCalendars } from '../../study/judged-calendars.ts';
import { overdueIn } from '../../study/overdue-in.ts';
import type { JudgedCalendar } from '../../../schedule/deviations.ts';
import { scheduledParticipants } from '../../../store/scheduled-participants.ts';
import { newerRewrap } from '../../../store/allocation/superseded.ts';
import { warnOfUnseen } from '../../study/unseen.ts';
import { studyPlace } from '../../study/study-place.ts';
import { formatTable } from '../../output/table.ts';
import type { StatusFlags } from './command.ts';
import { participantNames } from '../../../ledger/subject-ids.ts';
import { nameOfParticipant } from '../../../study/identifiers.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { lockInForce } from '../../../ledger/lock.ts';
import { lockedText } from '../../../store/locked.ts';
import { dayText } from '../../../ledger/times.ts';

/** `randose status`: the recruitment progress. Nothing in it is counted by arm. */
export async function status(output: Output, options: StatusFlags): Promise<void> {
  const open = await openStudy(studyPlace(options));
  warnOfUnseen(output, open);
  const { study, entries, slots, taken, batches } = open;
  const randomized = randomizations(entries);
  const strata = strataUse(slots, randomized, taken).filter(
    ({ stratum }) => !isOfOthers(open, stratum),
  );
  const replacements = replacementUse(slots, randomized, taken);
  const few = nearlyFull(strata, options.warnAt);
  const opened = {
    codeBreaks: counts(codeBreaksOf(entries)),
    listOpenings: counts(openingsOf(entries, 'list opening')),
    cardMakings: counts(openingsOf(entries, 'card making')),
    rewraps: counts(openingsOf(entries, 'rewrap')),
    packings: counts(openingsOf(entries, 'packing')),
    reveals: counts(openingsOf(entries, 'reveal')),
    preparations: counts(openingsOf(entries, 'preparation')),
    maskedTables: counts(openingsOf(entries, 'masked table')),
    letterOpenings: counts(openingsOf(entries, 'letter opening')),
  };
  const openings = earlierOpenings(entries);
  const pending = waitingActs(open.root, entries).acts.length;
  const supply = supplyOf(open);
  const home = findHome(open.root);
  const stopped = stoppedByLedger(home, open) ?? whyStopped(open);
  const calendars = calendarsIn(open);
  const deviations = calendars && deviationsIn(open, calendars);
  const overdue = calendars && overdueCounts(open, calendars);
  const people = peopleCounts(open);
  const closed = study.sites.flatMap(({ code, enrolment }) => (enrolment === 'closed' ? code : []));
  const spares = laterSpares(open);
  const lock = lockInForce(entries);
  const attended = countAttendances(entries);
  const last = randomized.at(-1);
  const nameOf = participantNames(entries);
  const lines = [
    `${study.id}: ${randomized.length} randomized` +
      (last === undefined ? '' : `, the last ${nameOf(last.subject)} on ${dayText(last.time)}`),
    '',
    strataTable(output, strata, few),
    ...(replacements === undefined
      ? []
      : [`Replacement slots: ${replacements.slots}, ${replacements.used} used`]),
    ...(stopped === undefined ? [] : [output.colour.yellow(stopped)]),
    ...(closed.length === 0 ? [] : [`Closed for enrolment: ${closed.join(', ')}`]),
    ...(lock === undefined ? [] : [upperFirst(lockedText(lock))]),
    ...(batches.length > 1 ? [`The list has ${batches.length} batches.`] : []),
    ...(spares === undefined ? [] : [upperFirst(spares.text)]),
    countsText('Code-breaks', opened.codeBreaks),
    ...openings.flatMap((one) => [
      `  ${nameOf(one.subject)}  ${earlierOpeningText(one)}`,
      ...ownerOfKitLines(one, randomized),
    ]),
    ...ofNobodyLines(entries),
    ...pendingLines(open.root, pending),
    ...(overdue === null || overdue.visits === 0 ? [] : [overdueText(overdue)]),
    ...(deviations === null || deviations.count === 0 ? [] : [deviationsText(deviations)]),
    ...(attended.done + attended.notDone === 0
      ? []
      : [`Assessments: ${attended.done} done, ${attended.notDone} not done`]),
    ...peopleLines(people),
  ];
  const others = [
    ['Reveals (open label)', opened.reveals],
    ['Preparations', opened.preparations],
    ['List openings', opened.listOpenings],
    ['Letters of masked tables', opened.letterOpenings],
    ['Rewraps', opened.rewraps],
    ['Packing list', opened.packings],
  ] as const;
  if (hasAny(opened.cardMakings)) lines.push(cardsText(opened.cardMakings));
  for (const [what, count] of others) {
    if (hasAny(count)) lines.push(countsText(what, count));
  }
  lines.push(...maskedLines(entries, opened.maskedTables));
  const unfinished = Object.values(opened).reduce(
    (sum, { withoutOutcome }) => sum + withoutOutcome,
    0,
  );
  if (unfinished > 0) {
    const began = unfinished === 1 ? '1 opening has' : `${unfinished} openings have`;
    lines.push(
      `${began} no outcome in the ledger: somebody may have seen an arm. See: randose verify`,
    );
  }
  output.result(
    {
      study: study.id,
      randomized: randomized.length,
      batches: batches.length,
      spareKits: spares === undefined ? null : { latestBatch: spares.latest, later: spares.later },
      strata,
      ...(replacements !== undefined && { replacementSlots: replacements }),
      nearlyFull: few.map(({ stratum }) => stratum),
      ...people,
      stopped: stopped ?? null,
      closedForEnrolment: closed,
      locked: lock === undefined ? null : { seq: lock.seq, time: lock.time },
      ...opened,
      pending,
      openedBefore: openings,
      kits: supply.stocks,
      units: supply.balances,
      overdue,
      deviations,
      assessments: attended,
      labelsToChange: supply.changes,
    },
    `${output.ownWords(lines.join('\n'))}\n${supply.isUsed ? `\n${stockTable(output, supply)}` : ''}`,
  );
  for (const text of study.domain === 'dummy' ? [] : exampleKeyWarnings(study)) output.warn(text);
  warnOfHome(output, home, home.older);
  for (const text of supply.problems) output.warn(withStop(text));
  for (const text of nearlyFullTexts(few, true)) output.warn(text);
}

/**
 * How many participants were withdrawn, randomized in error, or have a corrected level; whose id was corrected, and who
 * was replaced.
 */
function peopleCounts({ entries }: OpenStudy) {
  const factsOf = factsBySubject(entries);
  const all = randomizations(entries).map(({ subject }) => factsOf(subject));
  const from = (what: 'treatment' | 'study') =>
    all.filter(({ withdrawal }) => withdrawal?.from === what).length;
  return {
    withdrawn: { treatment: from('treatment'), study: from('study') },
    randomizedInError: all.filter(({ inError }) => inError !== undefined).length,
    corrected: all.filter(({ corrected }) => Object.keys(corrected).length > 0).length,
    transferred: all.flatMap(({ ids: { current }, transfers }) => {
      const last = transfers.at(-1);
      return last === undefined ? [] : { subject: current, to: last.to, date: last.date };
    }),
    replaced: all.flatMap(({ ids: { current }, replacement: { replacedBy } }) =>
      replacedBy === undefined ? [] : { subject: current, by: replacedBy.subject },
    ),
    idsCorrected: all.flatMap(({ ids: { current, randomizedAs } }) =>
      current === randomizedAs ? [] : { subject: current, randomizedAs },
    ),
  };
}

/** More participants than these are only counted. */
const MOST_NAMED = 3;

function peopleLines(people: ReturnType<typeof peopleCounts>) {
  const { withdrawn, randomizedInError, corrected, transferred, idsCorrected, replaced } = people;
  const { treatment, study } = withdrawn;
  const names = idsCorrected.map((one) => nameOfParticipant(one.subject, one.randomizedAs));
  const more = names.length > MOST_NAMED ? ', …' : '';
  const others = replaced.map(({ subject, by }) => `${subject} by ${by}`);
  const andMore = others.length > MOST_NAMED ? ', …' : '';
  return [
    ...(treatment + study === 0
      ? []
      : [`Withdrawn: ${treatment} from treatment, ${study} from the study`]),
    ...(transferred.length === 0 ? [] : [`Transferred: ${transferTexts(transferred).join(', ')}`]),
    ...(randomizedInError === 0 ? [] : [`Randomized in error: ${randomizedInError}`]),
    ...(others.length === 0
      ? []
      : [`Replaced: ${others.length}, ${others.slice(0, MOST_NAMED).join(', ')}${andMore}`]),
    ...(corrected === 0 ? [] : [`Level corrected: ${corrected}`]),
    ...(names.length === 0
      ? []
      : [`Id corrected: ${names.length}, ${names.slice(0, MOST_NAMED).join(', ')}${more}`]),
  ];
}

/** `1 to LYO`, for each site that has participants of others. */
function transferTexts(transferred: readonly { readonly to: string }[]): string[] {
  const counts = new Map<string, number>();
  for (const { to } of transferred) counts.set(to, (counts.get(to) ?? 0) + 1);
  return [...counts].map(([to, count]) => `${count} to ${to}`);
}

/** Why nobody can be randomized although slots are left; undefined if study.yaml still allows it. */
function whyStopped(open: OpenStudy): string | undefined {
  const { parts, todos } = studyChange(open, open.slots);
  const stopping = parts.filter((part) => ALL_PARTS.includes(part));
  if (stopping.length === 0) return undefined;
  const next =
    todos.length > 0 ? todos.join('\n') : [RESTORE_STUDY, ...insteadOf(stopping, open)].join('\n');
  return `Nobody can be randomized now: ${STUDY_FILE} ${describeChange(stopping)}.\n${next}`;
}

/** That the ledger is not the newest one: then it does not say what else is to be done. */
function stoppedByLedger(
  { older }: ReturnType<typeof findHome>,
  open: OpenStudy,
): string | undefined {
  const newer = newerRewrap(open);
  if (older === undefined && newer === undefined) return undefined;
  const what = older?.message ?? `is older than ${newer ?? ''}`;
  return `Nobody can be randomized now: ${LEDGER_FILE} ${what}.\n${RESTORE_LEDGER}`;
}

function strataTable(
  output: Output,
  strata: readonly StratumUse[],
  few: readonly StratumUse[],
): string {
  const rows = strata.map((row) => {
    const cells = [row.stratum, ...[row.slots, row.used, row.left].map(String)];
    return few.includes(row) ? cells.map((cell) => output.colour.yellow(cell)) : cells;
  });
  return formatTable(['Stratum', 'Slots', 'Used', 'Left'], rows, output.colour, output);
}

function counts(attempts: readonly { outcome: { result: string } | undefined }[]) {
  const of = (result: string | undefined) =>
    attempts.filter(({ outcome }) => outcome?.result === result).length;
  return { opened: of('opened'), refused: of('refused'), withoutOutcome: of(undefined) };
}

/** Of a kit that was opened as given to somebody else: whoever has its number is not blinded any more either. */
function ownerOfKitLines(
  { seq, subject, number, kit }: EarlierOpening,
  randomized: readonly EntryOf<'randomization'>[],
): string[] {
  const owner = randomized.find((entry) => entry.number === number);
  if (kit === null || owner === undefined || subjectKey(owner.subject) === subjectKey(subject)) {
    return [];
  }
  return [`  ${owner.subject}  kit ${kit} was opened as given to ${subject} (ledger ${seq})`];
}

/** That code-breaks name nobody: those participants are not blinded, and the ledger does not say who they are. */
function ofNobodyLines(entries: readonly Entry[]): string[] {
  const { length } = openingsOfNobody(entries);
  if (length === 0) return [];
  return [
    length === 1
      ? '1 code-break names no participant. What to do: randose verify'
      : `${length} code-breaks name no participant. What to do: randose verify`,
  ];
}

/** Code-breaks, and outcomes of code-breaks, that wait to be entered. */
function pendingLines(root: string, pending: number): string[] {
  if (pending === 0) return [];
  const what =
    pending === 1 ? '1 code-break in pending/ is' : `${pending} code-breaks in pending/ are`;
  return [
    `${what} not counted. To enter ${pending === 1 ? 'it' : 'them'}: ${howPendingEntered(root)}`,
  ];
}

function countsText(what: string, { opened, refused }: ReturnType<typeof counts>): string {
  return `${what}: ${opened} opened, ${refused} refused`;
}

function hasAny(count: ReturnType<typeof counts>): boolean {
  return Object.values(count).some((number) => number > 0);
}

/** The masked tables: nobody has seen an arm in them. */
function maskedLines(entries: readonly Entry[], count: ReturnType<typeof counts>): string[] {
  if (!hasAny(count)) return [];
  const made = maskedTables(entries).map(({ purpose, until, rows, time, seq }) => {
    return `  "${purpose}": ${rows} until ${until}, made on ${dayText(time)} (ledger ${seq})`;
  });
  return [`Masked tables: ${count.opened} made, ${count.refused} refused`, ...made];
}

/** How often the code-break cards were printed. */
function cardsText({ opened, refused }: ReturnType<typeof counts>): string {
  const times = opened === 0 ? 'not printed' : `printed ${timesText(opened)}`;
  return `Code-break cards: ${times}${refused === 0 ? '' : `, refused ${timesText(refused)}`}`;
}

function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** The deviations of all participants, counted by rule, and never by arm. */
interface DeviationCounts {
  readonly count: number;
  readonly participants: number;
  /** Rule → how often it was broken, in the order of the rules' names. */
  readonly byRule: Readonly<Record<string, number>>;
}

/** Null if study.yaml no longer has the schedule that was sealed: nobody can say what it asks for. */
function calendarsIn(open: OpenStudy): readonly JudgedCalendar[] | null {
  if (changedParts(open.manifest, open.study).includes('schedule')) return null;
  return judgedCalendars(open, scheduledParticipants(open, randomizations(open.entries)));
}

/** The visits before today that nobody has recorded. */
interface OverdueCounts {
  readonly visits: number;
  readonly participants: number;
  /** The oldest ones. */
  readonly first: readonly {
    readonly subject: string;
    readonly visit: string;
    readonly date: string;
  }[];
}

function overdueCounts(open: OpenStudy, calendars: readonly JudgedCalendar[]): OverdueCounts {
  const overdueOf = overdueIn(open);
  const all = calendars.flatMap((calendar) => {
    const { subject } = calendar;
    const byVisit = new Map(overdueOf(calendar).map((one) => [one.visit, one.date]));
    return [...byVisit].map(([visit, date]) => ({ subject, visit, date }));
  });
  return {
    visits: all.length,
    participants: new Set(all.map(({ subject }) => subject)).size,
    first: all.toSorted((a, b) => (a.date < b.date ? -1 : 1)).slice(0, MOST_NAMED),
  };
}

function overdueText({ visits, participants, first }: OverdueCounts): string {
  const names = first.map(({ subject, visit, date }) => `${subject} ${visit} on ${date}`);
  const more = visits > first.length ? ', …' : '';
  return `Overdue (planned before today, and not recorded): ${counted(visits, 'visit')} of ${counted(participants, 'participant')}: ${names.join(', ')}${more}`;
}

function deviationsIn(open: OpenStudy, calendars: readonly JudgedCalendar[]): DeviationCounts {
  const rows = deviationsOf(open, randomizations(open.entries), calendars);
  const rules = rows.map(({ rule }) => rule).toSorted();
  const byRule: Record<string, number> = {};
  for (const rule of rules) byRule[rule] = (byRule[rule] ?? 0) + 1;
  return {
    count: rows.length,
    participants: new Set(rows.map(({ subject }) => subject)).size,
    byRule,
  };
}

function deviationsText({ count, participants, byRule }: DeviationCounts): string {
  const rules = Object.entries(byRule).map(([rule, times]) => `${rule} ${times}`);
  return `Deviations: ${count} in ${counted(participants, 'participant')} (${rules.join(', ')})`;
}

/** The kits and their units, reconciled. */
interface Supply {
  readonly stocks: ReturnType<typeof siteStocks>;
  readonly balances: ReturnType<typeof reconcileUnits>['balances'];
  /** Whether the ledger has any event of a kit. */
  readonly isUsed: boolean;
  /** The labels that show a month that has changed. */
  readonly changes: ReturnType<typeof useByChanges>;
  /** What is wrong: units that do not add up, kits that have expired, labels with an old month. */
  readonly problems: readonly string[];
}

function supplyOf(open: OpenStudy): Supply {
  const accounts = kitRecords(open);
  const units = unitRecords(open);
  const hasEvents = accounts.some(({ events }) => events.length > 0);
  const changes = useByChanges(accounts);
  return {
    stocks: stocksOf(open.study, accounts),
    balances: units.balances,
    isUsed: accounts.some(({ state }) => state !== 'listed'),
    changes,
    problems: [
      ...(hasEvents ? unitTexts(units) : []),
      ...goneKitTexts(open),
      ...expiredTexts(open, accounts),
      ...useByChangeTexts(changes),
      ...otherLotTexts(accounts),
      ...otherUnitsTexts(accounts, open.study.supplies),
    ],
  };
}

/** The kits of each site: in the order of the list; if that has no sites, the depot, then the sites of study.yaml. */
function stocksOf({ sites, stratifyBy }: Study, accounts: readonly KitAccount[]) {
  const stocks = siteStocks(accounts);
  if (stratifyBy.includes('site')) return stocks;
  const place = (site: string | null) => sites.findIndex(({ code }) => code === site);
  return stocks.toSorted((a, b) => place(a.site) - place(b.site));
}

/** The kits at sites, with participants and at the depot that have expired today, a sentence for each place. */
function expiredTexts({ study }: OpenStudy, accounts: readonly KitAccount[]): string[] {
  const places: Partial<Pick<Site, 'code' | 'timeZone'>>[] = [...study.sites, {}];
  const inUse = new Map<string | undefined, KitAccount[]>(places.map(({ code }) => [code, []]));
  for (const account of accounts) {
    if (IN_USE.includes(account.state)) inUse.get(account.site)?.push(account);
  }
  return places.flatMap(({ code, timeZone }) => {
    const today = todayAt(timeZone);
    const texts = (inUse.get(code) ?? []).flatMap((account) => expiredText(account, today) ?? []);
    const [first, ...more] = texts;
    if (first === undefined) return [];
    const where = code ?? DEPOT;
    if (more.length === 0) return `${where}: ${first}: do not use it`;
    return `${where}: ${texts.length} kits have expired: do not use them. The first: ${first}`;
  });
}

/** The states of kits from which somebody may be treated. */
const IN_USE: readonly KitAccount['state'][] = ['shipped', 'received', 'dispensed'];

/** A column of the table of kits: its title, and its value for a site. */
type StockColumn = readonly [
  title: string,
  of: (stock: Supply['stocks'][number]) => string | number,
];

function stockTable({ colour, columns }: Output, { stocks, balances }: Supply): string {
  const all = [
    ...([['Kits', ({ site }) => site ?? DEPOT]] satisfies StockColumn[]),
    ...(stocks.some(({ type }) => type !== undefined)
      ? [['Type', ({ type = '' }) => type] satisfies StockColumn]
      : []),
    ...([
      ['All', ({ kits }) => kits],
      ['Labelled', ({ labelled }) => labelled],
      ['Received', ({ received }) => received],
      ['Dispensed', ({ dispensed }) => dispensed],
      ['Returned', ({ returned }) => returned],
      ['Destroyed', ({ destroyed }) => destroyed],
    ] satisfies StockColumn[]),
    ...(
      [
        ['Lost', ({ lost }) => lost],
        ['On the way', ({ inTransit }) => inTransit],
        ['On hold', ({ quarantined }) => quarantined],
      ] satisfies StockColumn[]
    ).filter(([, of]) => stocks.some((one) => of(one) > 0)),
    ['In stock', ({ inStock }) => inStock] satisfies StockColumn,
  ];
  const head = all.map(([title]) => title);
  const rows = stocks.map((one) => all.map(([, of]) => String(of(one))));
  const table = formatTable(head, rows, colour, { columns });
  if (balances.length === 0) return table;
  const types = [...new Set(balances.map(({ type }) => type))];
  const lines = types.map((type) =>
    unitsLine(
      type,
      balances.filter((one) => one.type === type),
    ),
  );
  return `${table}${lines.join('')}`;
}

/** What happened to the units of the dispensed kits of a type. */
function unitsLine(type: string | undefined, balances: Supply['balances']): string {
  const sum = (of: (one: (typeof balances)[number]) => number) =>
    balances.reduce((total, one) => total + of(one), 0);
  // What was counted when a kit came back is in these units, whatever happened to it later.
  const goneOf = (of: (one: (typeof balances)[number]) => number | null) =>
    sum((one) => (one.returned === null ? (of(one) ?? 0) : 0));
  const gone = (
    [
      ['lost', goneOf(({ lost }) => lost)],
      ['destroyed', goneOf(({ destroyed }) => destroyed)],
    ] as const
  ).flatMap(([what, count]) => (count === 0 ? [] : `, ${count} ${what}`));
  const open = sum((one) => one.open);
  const which = type === undefined ? 'Units' : `Units (${type})`;
  const areTaken = balances.some(({ taken }) => taken !== undefined);
  const given = sum((one) => one.given);
  const used = areTaken
    ? `${sum((one) => one.taken ?? 0)} taken${given > 0 ? `, ${given} given` : ''}`
    : `${given} given`;
  return `${which}: ${sum((one) => one.dispensed)} dispensed, ${used}, ${sum((one) => one.returned ?? 0)} returned${gone.join('')}, ${open} not yet accounted for\n`;
}
