import { changedParts, type DesignPart, type Manifest } from '../blinding/manifest.ts';
import { compareAmendments } from '../ledger/amendments.ts';
import type { Entry } from '../ledger/entry.ts';
import { onlyAddsSlots, missingSlots, type Slot } from '../randomization/list.ts';
import { STUDY_FILE } from '../study/layout.ts';
import { partsOfStratum } from '../study/sections/strata.ts';
import { type Person, type Role, ROLES, type Study } from '../study/study.ts';
import { counted } from '../words.ts';

/** How study.yaml differs from the study that was sealed. */
export interface StudyChange {
  /** The parts that the list, or a file made from it, depends on. */
  readonly parts: readonly DesignPart[];
  /**
   * What somebody has to do, as sentences: then the list agrees with study.yaml again. Empty if nothing changed, or
   * if something changed that no command can follow.
   */
  readonly todos: readonly string[];
}

/** What study.yaml is compared with. */
export interface SealedStudy {
  readonly study: Study;
  /** In force, of the latest batch. */
  readonly manifest: Manifest;
  readonly entries: readonly Entry[];
}

/** The parts of study.yaml that differ from what was sealed, and from the amendments that are in force. */
export function changedDesign({ study, manifest, entries }: SealedStudy): DesignPart[] {
  const { pending, changed } = compareAmendments(study, entries);
  const parts = changedParts(manifest, study);
  return pending.length + changed.length === 0 ? parts : [...parts, 'amendments'];
}

/** @param slots of all batches */
export function studyChange(sealed: SealedStudy, slots: readonly Slot[]): StudyChange {
  const { study, manifest, entries } = sealed;
  const parts = changedDesign(sealed);
  const todos = parts.map((part) => {
    if (part === 'amendments') return amendmentTodo(study, entries);
    if (part === 'strata') return slotsTodo(study, slots);
    return part === 'custody' ? peopleTodo(study, manifest) : undefined;
  });
  const canFollow = todos.every((todo) => todo !== undefined);
  return { parts, todos: canFollow ? todos : [] };
}

/** What to do about amendments that are not in force; undefined if one that is in force was changed. */
function amendmentTodo(study: Study, entries: readonly Entry[]): string | undefined {
  const { pending, changed } = compareAmendments(study, entries);
  const [first] = pending;
  if (first === undefined || changed.length > 0) return undefined;
  return `${STUDY_FILE} has amendment ${first.id}, which is not in force. ${amendHint(first.id)}`;
}

/** How an amendment is put in force. */
export function amendHint(id: string): string {
  return `To put it in force: randose amend --id ${id} --by WHO --reason TEXT`;
}

/** What to do about slots that study.yaml has and the list does not; undefined if it has others or fewer. */
function slotsTodo({ strata, stratifyBy }: Study, slots: readonly Slot[]): string | undefined {
  const names = stratifyBy.join();
  const areSame = slots.every(
    ({ stratum }) => Object.keys(partsOfStratum(stratum)).join() === names,
  );
  if (!areSame || !onlyAddsSlots(strata, slots)) return undefined;
  const missing = missingSlots(strata, slots);
  const total = missing.reduce((sum, { slots: count }) => sum + count, 0);
  const where = missing.map(({ id, slots: count }) => `${id}: ${count}`).join('; ');
  return `${STUDY_FILE} has ${counted(total, 'slot')} more than the list (${where}). A statistician or an officer adds them: randose allocate --extend --plan FILE --identity KEY`;
}

/** What to do about the people who can open the sealed files. */
function peopleTodo(study: Study, { custody }: Manifest): string {
  const roles = Object.entries(ROLES) as [Role, (typeof ROLES)[Role]][];
  const others = (some: readonly Person[], rest: readonly Person[]) =>
    some.filter((one) => !rest.some((other) => isSame(one, other)));
  const added = roles.flatMap(([role, key]) =>
    others(study[key], custody[key]).map(({ name }) => `${role} ${name} is added`),
  );
  const removed = roles.flatMap(([role, key]) =>
    others(custody[key], study[key]).map(({ name }) => `${role} ${name} is removed`),
  );
  const who = [...added, ...removed];
  const what = who.length === 0 ? 'the rule or the order is another one' : who.join(', ');
  return `${STUDY_FILE} names other people than those who can open the sealed files (${what}). An officer re-encrypts everything: randose rewrap --identity FILE --reason TEXT`;
}

/** Spare kits of slots that do not exist yet. */
interface LaterSpares {
  /** How many each slot of the latest batch has. */
  readonly latest: number;
  /** That study.yaml has another number, and for which slots it counts. */
  readonly text: string;
}

/** What another number of spare kits in study.yaml means; undefined if it is that of the latest batch. */
export function laterSpares({
  study,
  slots,
}: {
  readonly study: Study;
  readonly slots: readonly Slot[];
}): LaterSpares | undefined {
  const latest = slots.at(-1)?.spares?.length ?? 0;
  if (latest === study.spareKits) return undefined;
  const text = `in ${STUDY_FILE} supplies.kit.spares is ${study.spareKits}: it counts for slots that are added later. Each slot of the latest batch has ${counted(latest, 'spare kit')}, and keeps that.`;
  return { latest, text };
}

function isSame(one: Person, other: Person): boolean {
  return one.name === other.name && one.recipient === other.recipient;
}
