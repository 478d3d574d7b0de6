import {
  type ScheduledParticipant,
  scheduledParticipants,
} from '../../../store/scheduled-participants.ts';
import { dirname, join, relative } from 'node:path';
import type { Problem } from '../../../errors.ts';
import { RandoseError } from '../../../errors.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { subjectIds } from '../../../ledger/subject-ids.ts';
import type { Happening, Transfer } from '../../../schedule/happenings.ts';
import { sitesEver } from '../../../study/site-periods.ts';
import { reviseCalendar } from '../../../schedule/revisions.ts';
import { readLastExport } from '../../../store/folder/last-export.ts';
import {
  openStudy,
  type OpenStudy,
  requireUnchanged,
  SCHEDULE_PARTS,
} from '../../../store/open-study.ts';
import { CALENDARS } from '../../../study/layout.ts';
import { filesBelow, readText } from '../../../system/files.ts';
import { studyPlace } from '../../study/study-place.ts';
import { languageOfIcs } from '../../../exports/calendars/ics.ts';
import { icsFiles } from '../../study/calendar-ics.ts';
import type { VerifyFlags } from './command.ts';
import { quoted } from '../../../words.ts';

/** What a look at the exported calendars found. */
export interface CalendarFindings {
  readonly problems: readonly Problem[];
  /** The calendars that are older than the ledger; a sentence each. */
  readonly todos: readonly string[];
  readonly notes: readonly string[];
}

/** How many earlier states of a calendar are tried, the latest first. */
const MOST_STATES = 60;

/**
 * Compares each iCalendar file in calendars/ with what randose writes from study.yaml and the ledger. A file that
 * nobody can have exported, now or before, was changed by hand.
 */
export async function inspectCalendars(
  root: string,
  flags: VerifyFlags,
): Promise<CalendarFindings> {
  const names = filesBelow(join(root, CALENDARS)).filter((name) => /\.ics$/i.test(name));
  const findings = { problems: [] as Problem[], todos: [] as string[], notes: [] as string[] };
  if (names.length === 0) return findings;
  let open: OpenStudy;
  try {
    open = await openStudy(studyPlace(flags));
    requireUnchanged(open, ['identity', ...SCHEDULE_PARTS]);
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    findings.notes.push(`${CALENDARS}/ was not checked: correct the problems above first.`);
    return findings;
  }
  for (const name of names) {
    const file = `${CALENDARS}/${name}`;
    try {
      inspectFile(open, file, readText(join(root, file)), findings);
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      findings.problems.push({ file, message: error.message });
    }
  }
  return findings;
}

function inspectFile(
  open: OpenStudy,
  file: string,
  text: string,
  { problems, todos, notes }: { problems: Problem[]; todos: string[]; notes: string[] },
): void {
  const plain = withoutReturns(text);
  const exported = exportsOf(open, plain);
  if (exported.length === 0) {
    const message =
      'names no participant or site of this study: it was changed by hand, or comes from elsewhere';
    problems.push({ file, message });
    return;
  }
  const isSame = (state: string | undefined) => state === plain;
  if (exported.some(({ make }) => isSame(make(open.head.seq)))) {
    if (text !== plain.replaceAll('\n', '\r\n')) notes.push(`${file} has other line ends.`);
    return;
  }
  for (const { make, command, states, formerOf } of exported) {
    const again =
      formerOf === undefined
        ? `To write it again: ${command(file)}`
        : `It has a former id of ${formerOf}, and can be deleted. To write the calendar of ${formerOf}: ${command(file)}`;
    if (withoutZone(make(open.head.seq) ?? '') === withoutZone(plain)) {
      notes.push(`${file} has other rules of its time zone than this version of randose. ${again}`);
      return;
    }
    const seq = states.find((state) => isSame(make(state)));
    if (seq === undefined) continue;
    todos.push(`${file} is from before entry ${firstSince(states, seq)} of the ledger. ${again}`);
    return;
  }
  const message = `was changed after it was exported, or comes from another version of randose. To write it again: ${exported[0]!.command(file)}`;
  problems.push({ file, message });
}

/** One way in which a file may have been exported. */
interface PossibleExport {
  /** Its text as of an entry of the ledger; undefined if there was none. Line ends are LF. */
  readonly make: (seq: number) => string | undefined;
  /** The entries after which it changed, the latest first. */
  readonly states: readonly number[];
  readonly command: (file: string) => string;
  /** The participant's current id, if the file has a former one. */
  readonly formerOf: string | undefined;
}

/** The exports that a file can be, by what it says: of whom, at which time of day, with which alarm. */
function exportsOf(open: OpenStudy, text: string): PossibleExport[] {
  const title = unescaped(/^X-WR-CALNAME:(.*(?:\n .*)*)/m.exec(text)?.[1] ?? '');
  const name = title.startsWith(`${open.study.id} `) ? title.slice(open.study.id.length + 1) : '';
  const all = scheduledParticipants(open, randomizations(open.entries));
  const made = new Map(randomizations(open.entries).map(({ subject, seq }) => [subject, seq]));
  const idsOf = subjectIds(open.entries);
  const [at, alarm, language] = [timeIn(text), alarmIn(text), languageOfIcs(text)];
  const options = {
    ...(at !== undefined && { at }),
    ...(alarm !== undefined && { alarm }),
    ...(language !== undefined && language !== 'en' && { language }),
  };
  return (['participant', 'site'] as const).flatMap((by): PossibleExport[] => {
    const own = all.filter(({ subject, happenings }) =>
      by === 'participant'
        ? idsOf(subject.subject).all.some((id) => id === name)
        : sitesEver(subject.site, happenings.filter(isTransfer)).includes(name),
    );
    if (own.length === 0) return [];
    const make = (seq: number): string | undefined => {
      const calendars = own
        .filter(({ subject }) => (made.get(subject.subject) ?? 0) <= seq)
        .map(({ subject, visits, happenings }) =>
          reviseCalendar(
            visits,
            subject,
            happenings.filter((one) => one.seq <= seq),
          ),
        );
      const [only] = icsOf(
        { by, ...(by === 'site' && { site: name }), ...options },
        { open, calendars, isOne: by === 'participant' },
      );
      return only;
    };
    const [only] = own;
    const now = by === 'participant' ? only!.subject.subject : name;
    const formerOf = now === name ? undefined : now;
    const states = statesOf(open, own, made);
    const write = commandFor(open, by, now, options);
    const command = (file: string) => write(file.replace(name, now));
    return [{ make, states, command, formerOf }];
  });
}

function isTransfer(one: Happening): one is Transfer {
  return one.action === 'transfer';
}

/** An export as text; none if it cannot be made with these options. */
function icsOf(...given: Parameters<typeof icsFiles>): string[] {
  try {
    return icsFiles(...given).map(({ content }) => withoutReturns(content));
  } catch (error) {
    if (error instanceof RandoseError) return [];
    throw error;
  }
}

/** The entries after which some calendars changed, and the last exports, the latest first. */
function statesOf(
  { root, entries }: OpenStudy,
  own: readonly ScheduledParticipant[],
  made: ReadonlyMap<string, number>,
): number[] {
  const changed = own.flatMap(({ subject, happenings }) => [
    made.get(subject.subject) ?? 0,
    ...happenings.map(({ seq }) => seq),
  ]);
  let exported: ReadonlyMap<string, number> = new Map();
  try {
    exported = readLastExport(root);
  } catch {
    // Without it, only the latest states are tried.
  }
  const idsOf = subjectIds(entries);
  const last = own.flatMap(({ subject }) =>
    idsOf(subject.subject).all.flatMap((id) => exported.get(id) ?? []),
  );
  const latest = [...new Set(changed)].sort((a, b) => b - a).slice(0, MOST_STATES);
  return [...new Set([...latest, ...last])].sort((a, b) => b - a);
}

/** The first entry that a calendar as of an earlier state lacks. */
function firstSince(states: readonly number[], seq: number): number {
  return states.filter((state) => state > seq).at(-1) ?? seq + 1;
}

function commandFor(
  { root }: OpenStudy,
  by: 'participant' | 'site',
  name: string,
  {
    at,
    alarm,
    language,
  }: { readonly at?: string; readonly alarm?: string; readonly language?: string },
): (file: string) => string {
  return (file) => {
    const path = relative('', join(root, by === 'participant' ? file : dirname(file)));
    return [
      ...['randose', 'calendar', '--format', 'ics'],
      ...(by === 'participant' ? ['--subject', name] : ['--site', name, '--by', 'site']),
      ...(at === undefined ? [] : ['--at', at]),
      ...(alarm === undefined ? [] : ['--alarm', alarm]),
      ...(language === undefined ? [] : ['--language', language]),
      ...['--output', path, '--force'],
    ]
      .map(quoted)
      .join(' ');
  };
}

/** The time of day of most events, as `--at` takes it. */
function timeIn(text: string): string | undefined {
  const time = commonest(text, /^DTSTART;TZID=[^:]*:\d{8}T(\d{4})00$/gm);
  return time === undefined ? undefined : `${time.slice(0, 2)}:${time.slice(2)}`;
}

/** The alarm of most events, as `--alarm` takes it. */
function alarmIn(text: string): string | undefined {
  const parts = /^PT?(\d+)([DHM])$/.exec(commonest(text, /^TRIGGER:-(P\w+)$/gm) ?? '');
  return parts === null ? undefined : `${parts[1] ?? ''}${(parts[2] ?? '').toLowerCase()}`;
}

function commonest(text: string, pattern: RegExp): string | undefined {
  const counts = new Map<string, number>();
  for (const [, found = ''] of text.matchAll(pattern)) {
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** A value of an iCalendar line, without its folds and escapes. */
function unescaped(value: string): string {
  return value.replaceAll('\n ', '').replace(/\\([\\;,])/g, '$1');
}

function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function withoutZone(text: string): string {
  return text.replace(/^BEGIN:VTIMEZONE\n[\s\S]*?^END:VTIMEZONE\n/gm, '');
}
