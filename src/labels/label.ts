import type { KitNumber } from '../randomization/numbers.ts';
import type { CivilDate } from '../study/civil-date.ts';

/** The packaging that a label is for. */
export type LabelKind = 'outer' | 'unit';

/** What a line of a label is about; also its column in CSV. */
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
  /** The keys of study.yaml whose texts it consists of. Undefined if nobody can shorten it, such as a lot. */
  readonly keys?: readonly string[];
}

/** Whom to call. The phone number is what people see first. */
export interface LabelContact {
  /** What the contact is for; undefined if there is no room for this. */
  readonly caption: string | undefined;
  readonly phone: string | undefined;
  /** The name, and on outer labels the address. */
  readonly text: string;
  /** The keys of study.yaml with the text. */
  readonly keys: readonly string[];
}

/** A mark that a label can have. Every label has room for it, so that a reprint always fits. */
export interface LabelMark {
  readonly text: string;
  readonly isShown: boolean;
}

/** A label, before its size and format are known. It does not depend on an arm. */
export interface Label {
  readonly kind: LabelKind;
  /** Its name for messages, such as `the outer label of kit 474WW4E`. */
  readonly name: string;
  /** The kit code: in the bar code, and in letters below it. */
  readonly kit: KitNumber;
  /** The caption of the kit code. */
  readonly caption: string;
  /** The number of the unit in the kit, from 1; null on an outer label. */
  readonly unit: number | null;
  /** Beside the kit code, what people see first. Undefined if study.yaml has no contact. */
  readonly contact: LabelContact | undefined;
  readonly lines: readonly LabelLine[];
  /** REPRINT, DUMMY and so on, in the first language. */
  readonly marks: readonly LabelMark[];
  readonly subject: string | null;
  readonly visit: string | null;
  readonly date: CivilDate | null;
}
