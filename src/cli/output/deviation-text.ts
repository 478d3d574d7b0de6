import { eventLabel } from '../../schedule/calendar.ts';
import type {
  ChangedDeviation,
  Declared,
  JudgedCalendar,
  JudgedEvent,
} from '../../schedule/deviations.ts';
import { datedName } from '../../study/civil-date.ts';

/**
 * The deviations of a participant, an event each, with what was declared when they were entered. Also what was
 * declared, but is not a deviation any more.
 */
export function deviationTexts({ events }: Pick<JudgedCalendar, 'events'>): string[] {
  return events.flatMap((event) => {
    const { deviations, declared } = event;
    if (deviations.length === 0 && declared === null) return [];
    const found =
      deviations.length === 0
        ? 'no deviation, by the records as they are now'
        : deviations.map(({ rule, text }) => ruleText(rule, text)).join('; ');
    return `${nameOf(event)} on ${datedName(event.date)}: ${found}.${declaredText(declared)}${undeclaredText(event)}`;
  });
}

function nameOf({ kind, visit, title }: JudgedEvent): string {
  if (kind === 'additional injection') return title;
  return kind === 'injection' ? visit : `${visit} ${title}`;
}

/** A missed injection needs no explanation of its rule. */
function ruleText(rule: string, text: string): string {
  return rule === 'missed' ? text : `${rule}: ${text}`;
}

function declaredText(declared: Declared | null): string {
  if (declared === null) return '';
  const { rules, reason, seq } = declared;
  return ` Declared: ${rules.join(', ')}${reason === null ? '' : `, "${reason}"`} (ledger ${seq}).`;
}

/** A record that kept to the rules when it was entered, and does not any more. */
function undeclaredText({ deviations, declared, kind, status, reason }: JudgedEvent): string {
  const isRecorded = kind === 'injection' || status === 'done' || status === 'not done';
  if (declared !== null || !isRecorded) return '';
  if (status === 'not done') return reason === null ? '' : ` Reason: "${reason}".`;
  return deviations.length === 0 ? '' : ' Not declared when it was entered.';
}

/** What a record changed for another visit. */
export function changedDeviationText({
  visit,
  title,
  date,
  began,
  ended,
}: ChangedDeviation): string {
  const what = `${eventLabel({ visit, title })} on ${datedName(date)}`;
  const rules = (some: ChangedDeviation['began']) =>
    some.map(({ rule, text }) => ruleText(rule, text)).join('; ');
  return [
    ...(began.length === 0 ? [] : [`${what} is now a deviation (${rules(began)}).`]),
    ...(ended.length === 0 ? [] : [`${what} is no longer a deviation (${rules(ended)}).`]),
  ].join(' ');
}
