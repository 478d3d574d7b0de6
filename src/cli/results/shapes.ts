import * as v from 'valibot';

/** A member of a result, with a sentence or two about it. */
export function says<const Shape extends v.GenericSchema>(shape: Shape, sentence: string) {
  return v.pipe(shape, v.description(sentence));
}

/** A value with exactly these members. */
export const members = v.strictObject;
/** A member that is left out if there is nothing to say. */
export const optional = v.exactOptional;
export const list = v.array;
export const orNull = v.nullable;
export const oneOf = v.picklist;

/** One of the forms that a result has, with the flags or the study that give it. */
export function form<const Entries extends v.ObjectEntries>(when: string, entries: Entries) {
  return says(members(entries), when);
}

/** A result that has one of several forms. Each has a member that none of the others has, or lacks one. */
export function forms<const Forms extends readonly v.GenericSchema[]>(...all: Forms) {
  return v.union(all);
}

export const TEXT = v.string();
export const YES_NO = v.boolean();
export const NUMBER = v.number();
export const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
export const DATE = v.pipe(TEXT, v.regex(/^\d{4}-\d\d-\d\d$/));
/** ISO 8601, UTC. */
export const TIME = v.pipe(TEXT, v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/));
/** `YYYY-MM`. */
export const MONTH = v.pipe(TEXT, v.regex(/^\d{4}-\d\d$/));
/** A SHA-256. */
export const DIGEST = v.pipe(TEXT, v.regex(/^[0-9a-f]{64}$/));

/** A row of a table that has columns of its own in some studies: column → text. */
export const ROW = v.record(TEXT, TEXT);
