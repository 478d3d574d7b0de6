import { CsvError, parse } from 'csv-parse/sync';
import type { Checked, Problem } from '../errors.ts';
import type { CivilDate } from '../study/civil-date.ts';
import { parseSubjectId, type SubjectId } from '../study/identifiers.ts';
import { wrongHyphen } from '../study/look-alike-hyphens.ts';
import { shown } from '../study/stored-text.ts';
import { quoted } from '../words.ts';
import type { Factor } from '../study/study.ts';
import { readTypedDate } from '../study/typed-date.ts';
import { withoutEmptyColumns, withoutMarks, withoutSeparatorLine } from './spreadsheet-csv.ts';
import { LONGEST_ROW } from '../study/longest-row.ts';

/** A participant to be randomized. */
export interface Participant {
  readonly subject: SubjectId;
  readonly site: string;
  /** Factor → level, for every factor of the study. */
  readonly levels: Readonly<Record<string, string>>;
  /** The date that is planned for Day 1; undefined if the study has no schedule. */
  readonly day1: CivilDate | undefined;
  /** The place of the input, for problems that are found later. */
  readonly place: Pick<Problem, 'file' | 'line'>;
}

/** The most characters of a file's own text that a message repeats. */
const MOST_SHOWN = 60;

/** The columns that every study has. With a schedule there is `day1` too. */
const COLUMNS = ['subject', 'site'] as const;
const DAY1 = 'day1';

/** A participant as text: the columns, and the level of each factor. */
type ParticipantFields = Record<(typeof COLUMNS)[number], string> & {
  /** Undefined if the study has no schedule. */
  readonly day1: string | undefined;
  readonly levels: Readonly<Record<string, string>>;
};

/**
 * Reads one participant from text.
 *
 * @param today the date that "today" means; without it the word is a problem
 * @returns the participant, or every problem
 */
export function readParticipant(
  fields: ParticipantFields,
  factors: readonly Factor[],
  place: Participant['place'],
  today?: CivilDate,
): Checked<Participant> {
  const problems: Problem[] = [];
  const subject = parseSubjectId(fields.subject);
  if (subject === undefined) {
    const why =
      wrongHyphen(fields.subject) ??
      'expected 1 to 32 letters, digits, dots, hyphens or underscores, the first a letter or digit';
    const message = `subject "${shown(fields.subject, MOST_SHOWN)}": ${why}`;
    problems.push({ ...place, message });
  }
  if (fields.site === '') problems.push({ ...place, message: 'the site is missing' });
  for (const { name, levels } of factors) {
    const level = fields.levels[name] ?? '';
    if (levels.includes(level)) continue;
    const found = level === '' ? 'is missing' : `"${shown(level, MOST_SHOWN)}" is not a level`;
    // A file has a column for it, a command line a flag.
    const expected =
      place.file === undefined && level === ''
        ? `add --factor ${levels.map((one) => quoted(`${name}=${one}`)).join(' or --factor ')}`
        : `expected ${levels.join(' or ')}`;
    problems.push({ ...place, message: `${name} ${found}: ${expected}` });
  }
  const day1 = fields.day1 === undefined ? { date: undefined } : readTypedDate(fields.day1, today);
  if ('problem' in day1) problems.push({ ...place, message: `day1: ${day1.problem}` });
  if (subject === undefined || 'problem' in day1 || problems.length > 0) {
    return { ok: false, problems };
  }
  const { site, levels } = fields;
  return { ok: true, value: { subject, site, levels, day1: day1.date, place } };
}

/**
 * Reads participants.csv: a header `subject,site,day1` and the study's factors (in any order; without a schedule there is
 * no `day1`), then one row per participant, separated by commas, semicolons or tabs, as spreadsheets write it: a first
 * line `sep=;`, columns that are empty and the marks of `--csv-for` are accepted.
 *
 * @param file its name, for the problems
 * @param hasSchedule whether participants have a Day 1
 * @returns the participants without problems, in file order, and every problem, by line
 */
export function readParticipants(
  text: string,
  file: string,
  factors: readonly Factor[] = [],
  hasSchedule = true,
): { participants: Participant[]; problems: Problem[] } {
  const dates = hasSchedule ? [DAY1] : [];
  const columns = [...COLUMNS, ...dates, ...factors.map(({ name }) => name)];
  const participants: Participant[] = [];
  const problems: Problem[] = [];
  const [header, ...body] = readRows(text, file, problems);
  if (header === undefined) {
    if (problems.length === 0) problems.push({ file, line: 1, message: 'the file is empty' });
    return { participants, problems };
  }
  const names = header.record.map((name) => name.toLowerCase());
  const known = columns.map((name) => name.toLowerCase());
  const missing = known.filter((name) => !names.includes(name));
  // A file with none of the columns is another file, such as a list with its arms: nothing of it is repeated.
  const isOurs = missing.length < known.length;
  const nameless = isOurs ? namelessProblem(header, body, file) : undefined;
  if (nameless !== undefined) return { participants, problems: [nameless] };
  const foreign = names.filter((name, index) => {
    return !known.includes(name) || names.indexOf(name) < index;
  });
  if (missing.length > 0 || foreign.length > 0) {
    const found = isOurs ? `, found ${shown(header.record.join(','), MOST_SHOWN)}` : '';
    const message = `expected the columns ${columns.join(',')} and no others${found}`;
    problems.push({ file, line: header.line, message });
    return { participants, problems };
  }
  for (const { record, line } of body) {
    if (record.length !== names.length) {
      const message = `expected ${names.length} fields, found ${record.length}`;
      problems.push({ file, line, message });
      continue;
    }
    const field = (name: string) => record[names.indexOf(name.toLowerCase())]!;
    const levels = Object.fromEntries(factors.map(({ name }) => [name, field(name)]));
    const participant = readParticipant(
      {
        subject: field('subject'),
        site: field('site'),
        day1: hasSchedule ? field(DAY1) : undefined,
        levels,
      },
      factors,
      { file, line },
    );
    if (participant.ok) participants.push(participant.value);
    else problems.push(...participant.problems);
  }
  if (body.length === 0)
    problems.push({ file, line: 1, message: 'the file has a header but no participants' });
  return { participants, problems };
}

/** Content in a column without a name: nobody knows what it is. */
function namelessProblem(header: Row, body: readonly Row[], file: string): Problem | undefined {
  for (const { record, line } of body) {
    const index = record.findIndex((text, at) => text !== '' && header.record[at] === '');
    if (index >= 0) {
      const message = `"${shown(record[index]!, MOST_SHOWN)}" is in column ${index + 1}, which has no name in the first line`;
      return { file, line, message };
    }
  }
  return undefined;
}

interface Row {
  readonly record: string[];
  readonly line: number;
}

function readRows(text: string, file: string, problems: Problem[]): Row[] {
  try {
    const { text: table, separator } = withoutSeparatorLine(text);
    const rows = parse(table, {
      bom: true,
      delimiter: separator ?? [',', ';', '\t'],
      trim: true,
      skipEmptyLines: true,
      skipRecordsWithEmptyValues: true,
      relaxColumnCount: true,
      info: true,
      maxRecordSize: LONGEST_ROW,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return withoutEmptyColumns(
      rows.map(({ record, info }) => ({ record: record.map(withoutMarks), line: info.lines })),
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number((error as { lines?: unknown }).lines ?? 1);
    const message = CSV_ERRORS[error.code] ?? 'cannot be read as CSV';
    problems.push({ file, line, message });
    return [];
  }
}

const TEXT_AFTER_QUOTE = 'text follows a closing quotation mark';

/** What is wrong with a CSV file, by the code of csv-parse. */
const CSV_ERRORS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is opened but not closed',
  INVALID_OPENING_QUOTE: 'a quotation mark is in the middle of a field',
  CSV_MAX_RECORD_SIZE: `a line has more than ${LONGEST_ROW} characters`,
  CSV_INVALID_CLOSING_QUOTE: TEXT_AFTER_QUOTE,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: TEXT_AFTER_QUOTE,
};
