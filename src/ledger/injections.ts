import { subjectKey } from '../study/identifiers.ts';
import { additionalDosesInForce } from './additional-doses.ts';
import { dosesInForceBySubject, type RecordedDose } from './doses.ts';
import type { Entry, EntryOf } from './entry.ts';

/** The record in force of an injection, of the schedule or additional. */
export type InjectionRecord = RecordedDose | AdditionalDose;

type AdditionalDose = EntryOf<'additional dose'>;

/** Whether the schedule does not have the injection. */
export function isAdditional(record: InjectionRecord): record is AdditionalDose {
  return record.action === 'additional dose';
}

/** The records in force of every participant's injections, those of the schedule first, by `subjectKey`. */
export function injectionsBySubject(entries: readonly Entry[]): Map<string, InjectionRecord[]> {
  const found = new Map<string, InjectionRecord[]>(dosesInForceBySubject(entries));
  for (const one of additionalDosesInForce(entries)) {
    const key = subjectKey(one.subject);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return found;
}
