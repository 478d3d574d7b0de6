import type { Language } from '../../languages/language.ts';
import type { CalendarEvent } from '../../schedule/calendar.ts';
import type { DayMark } from '../../schedule/days-that-matter.ts';
import type { NameOf } from '../../study/names.ts';

/** What an event is, in a language: an injection with its number, or the name of an assessment. */
export function titleIn(
  { page }: Language,
  nameOf: NameOf,
  { kind, title }: Pick<CalendarEvent, 'kind' | 'title'>,
): string {
  if (kind === 'assessment') return nameOf('assessment', title);
  if (kind === 'additional injection') return page.additional;
  const [, index, of] = /(\d+) of (\d+)$/.exec(title) ?? [];
  return index === undefined || of === undefined ? title : page.injection(index, of);
}

/** A day of a cycle in a language: `Cycle 2 Day 8`. */
export function cycleIn({ page }: Language, text: string): string {
  const [, cycle = '', day = ''] = /^Cycle (\d+) Day (\d+)$/.exec(text) ?? [];
  return page.cycle(cycle, day);
}

/** Why a day matters, in words; empty on ordinary days, and on weekends, for which the weekday is enough. */
export function marksIn({ page }: Language, marks: readonly DayMark[]): string {
  const texts = marks.map(({ kind, name }) => {
    if (kind === 'weekend') return '';
    if (kind === 'public holiday') return `${name} (${page.publicHoliday})`;
    return name === '' ? page.closed : `${page.closed} (${name})`;
  });
  return texts.filter((text) => text !== '').join(', ');
}
