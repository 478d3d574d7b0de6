import { quoted } from '../../words.ts';

/** The commands that record visits. */
type Recorder = 'attend' | 'dose' | 'move';

/**
 * The whole command that corrects a record of a visit, for a hint.
 *
 * @param date undefined if nobody has said one
 * @param assessments those of the record, if it has not all of the visit
 */
export function correctCommand(
  name: Exclude<Recorder, 'move'>,
  subject: string,
  visit: string,
  date = 'DATE',
  assessments: readonly string[] = [],
): string {
  const which =
    assessments.length === 0 ? '' : ` --assessment ${assessments.map(quoted).join(' ')}`;
  return `randose ${name} --subject ${subject} --visit ${visit}${which} --date ${date} --correct --reason TEXT --by WHO`;
}

/** The whole command that takes a record of a visit back, for a hint. */
export function retractCommand(name: Recorder, subject: string, visit: string): string {
  return `randose ${name} --subject ${subject} --visit ${visit} --retract --reason TEXT --by WHO`;
}

/** What to do if a record of a visit is wrong, for a hint. */
export function ifWrongText(
  name: Exclude<Recorder, 'move'>,
  subject: string,
  visit: string,
): string {
  return `If that record is wrong: ${correctCommand(name, subject, visit)}\nTo take it back: ${retractCommand(name, subject, visit)}`;
}
