import { quoted } from '../../words.ts';

/** The commands that record visits. */
type Recorder = 'attend' | 'dose' | 'move';

/** What a correction says, as far as it is known. */
interface Correction {
  /** Undefined if nobody has said one. */
  readonly date?: string;
  /** Whether the record is to say that it did not take place. */
  readonly notDone?: boolean;
  /** The assessments that are recorded, one of which may be wrong. */
  readonly assessments?: readonly string[];
}

/**
 * The whole command that corrects a record of a visit, for a hint. It corrects one assessment: the records of the others
 * may be right.
 */
export function correctCommand(
  name: Exclude<Recorder, 'move'>,
  subject: string,
  visit: string,
  { date = 'DATE', notDone = false, assessments = [] }: Correction = {},
): string {
  const result = notDone ? ' --not-done' : '';
  return `randose ${name} --subject ${subject} --visit ${visit}${oneOf(assessments)} --date ${date}${result} --correct --reason TEXT --by WHO`;
}

function oneOf(assessments: readonly string[]): string {
  const [only, second] = assessments;
  if (only === undefined) return '';
  return ` --assessment ${second === undefined ? quoted(only) : 'NAME'}`;
}

/** The whole command that takes a record of a visit back, for a hint. */
export function retractCommand(
  name: Recorder,
  subject: string,
  visit: string,
  assessments: readonly string[] = [],
): string {
  return `randose ${name} --subject ${subject} --visit ${visit}${oneOf(assessments)} --retract --reason TEXT --by WHO`;
}

/** What to do if a record of a visit is wrong, for a hint. */
export function ifWrongText(
  name: Exclude<Recorder, 'move'>,
  subject: string,
  visit: string,
  assessments: readonly string[] = [],
): string {
  return `If that record is wrong: ${correctCommand(name, subject, visit, { assessments })}\nTo take it back: ${retractCommand(name, subject, visit, assessments)}`;
}
