import type { KitNumber } from '../randomization/numbers.ts';
import type { CivilDate } from '../study/civil-date.ts';

/** The packaging that a label is for. */
export type LabelKind = 'outer' | 'unit';

/** What a line of a label is about: its column where labels are a table. */
export type LineKind =
  | 'injection'
  | 'substance'
  | 'contents'
  | 'lot'
  | 'subject'
  | 'trial'
  | 'investigator'
  | 'directions'
  | 'trial_use'
  | 'caution'
  | 'storage'
  | 'children';

export interface LabelLine {
  readonly kind: LineKind;
  readonly text: string;
  readonly isStrong: boolean;
}

/** Whom to call, as a label says it: the telephone number is what is seen first of it. */
export interface LabelContact {
  /** What it is the contact for; undefined where there is no room for that. */
  readonly caption: string | undefined;
  readonly phone: string | undefined;
  /** The name, and on outer labels the address behind it. */
  readonly text: string;
}

/** What a label may have to be marked as; room is kept for it on every one, so that a reprint always fits. */
export interface LabelMark {
  readonly text: string;
  readonly isShown: boolean;
}

/** A label, before anybody knows on what it is printed. It depends on no arm. */
export interface Label {
  readonly kind: LabelKind;
  /** Its name, for whoever has to do something about it: `the outer label of kit 474WW4E`. */
  readonly name: string;
  /** What is scanned, and is read beneath the bar code. */
  readonly kit: KitNumber;
  /** The caption of that. */
  readonly caption: string;
  /** Which unit of the kit, from 1; null on an outer label. */
  readonly unit: number | null;
  /** What is seen first, beside the kit code. Undefined where study.yaml has nobody. */
  readonly contact: LabelContact | undefined;
  readonly lines: readonly LabelLine[];
  /** REPRINT, DUMMY: in the first of the languages. */
  readonly marks: readonly LabelMark[];
  readonly subject: string | null;
  readonly visit: string | null;
  readonly date: CivilDate | null;
}
