import {
  changedParts,
  changedRatios,
  type DesignPart,
  type Manifest,
} from '../blinding/manifest.ts';
import { compareAmendments } from '../ledger/amendments.ts';
import type { Entry } from '../ledger/entry.ts';
import {
  haveKits,
  missingSlots,
  sparesOfType,
  onlyAddsSlots,
  type Slot,
  slotsPerStratum,
} from '../randomization/list.ts';
import { STUDY_FILE } from '../study/layout.ts';
import { partsOfStratum } from '../study/sections/strata.ts';
import { type Person, type Role, ROLES, type Study } from '../study/study.ts';
import { counted, EXTEND, identityOption } from '../words.ts';

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
    if (part === 'strata') return slotsTodo(study, manifest, slots);
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

/**
 * What to do about slots that study.yaml has and the list does not; undefined if it has others or fewer, or another
 * ratio for slots that there are.
 */
function slotsTodo(study: Study, manifest: Manifest, slots: readonly Slot[]): string | undefined {
  const { strata, stratifyBy } = study;
  if (changedRatios(manifest, study, slots).length > 0) return undefined;
  const names = stratifyBy.join();
  const areSame = slots.every(
    ({ stratum }) => Object.keys(partsOfStratum(stratum)).join() === names,
  );
  if (!areSame || !onlyAddsSlots(strata, slots)) return undefined;
  const missing = missingSlots(strata, slots);
  const total = missing.reduce((sum, { slots: count }) => sum + count, 0);
  const where = missing.map(({ id, slots: count }) => `${id}: ${count}`).join('; ');
  return `${STUDY_FILE} has ${counted(total, 'slot')} more than the list (${where}). A statistician or an officer adds them: ${EXTEND}`;
}

/** What to do about the people who can open the sealed files. */
function peopleTodo(study: Study, { custody }: Manifest): string {
  const roles = Object.entries(ROLES) as [Role, (typeof ROLES)[Role]][];
  const others = (some: readonly Person[], rest: readonly Person[]) =>
    some.filter((one) => !rest.some((other) => isSame(one, other)));
  const added = roles.flatMap(([role, key]) =>
    others(study[key], custody[key] ?? []).map(({ name }) => `${role} ${name} is added`),
  );
  const removed = roles.flatMap(([role, key]) =>
    others(custody[key] ?? [], study[key]).map(({ name }) => `${role} ${name} is removed`),
  );
  const who = [...added, ...removed];
  const what = who.length === 0 ? 'the rule or the order is another one' : who.join(', ');
  return `${STUDY_FILE} names other people than those who can open the sealed files (${what}). An officer re-encrypts everything: randose rewrap ${identityOption(custody.needed)} --reason TEXT`;
}

/** What can be done instead of changing a part that is sealed. */
const INSTEAD: Partial<Record<DesignPart, string>> = {
  identity:
    'The id of a study cannot change: every sealed file has it. Its title can. Another id needs a new study.',
  blinding:
    'Whether the study is open label is sealed with the list, and cannot change. If it was edited by mistake, bring the accepted study.yaml back. If the protocol says so, make a new study.',
  schedule:
    'If the protocol was amended: bring the accepted one back, write the new schedule under amendments, then run: randose amend',
  arms: `Arms and their ratio are sealed and cannot be amended. Other arms need a new study. The name of an arm is sealed too: each envelope has it. If the product has a new name, write it in supplies.labels (substance, words). A further stratum can have another ratio: a new level with a row of its own, then: ${EXTEND}`,
  kits: 'Whether a study has kits is sealed and cannot be amended.',
  kitTypes:
    'Kit types are sealed with the list: no type can be added, removed, renamed or moved afterwards. Their units, spare kits and labels can change.',
  replacements:
    'Replacement slots are sealed with the list: they, and their offset, cannot be added, removed or changed afterwards.',
  numbers: 'Numbers and kit codes are sealed and cannot be amended. Others need a new study.',
};

/** What can be done instead of changing parts that are sealed, a sentence for each that has an answer. */
export function insteadOf(
  parts: readonly DesignPart[],
  { study, slots }: { readonly study: Study; readonly slots: readonly Slot[] },
): string[] {
  return parts.flatMap((part) =>
    part === 'strata' ? strataInstead(study, slots) : (INSTEAD[part] ?? []),
  );
}

/** What to do instead of changing the strata of slots that there are. */
function strataInstead({ strata, stratifyBy }: Study, slots: readonly Slot[]): string {
  const sealed = Object.keys(partsOfStratum(slots[0]?.stratum ?? '')).join(', ');
  const now = stratifyBy.join(', ');
  if (now !== sealed) {
    return `The list is stratified by ${sealed}, ${STUDY_FILE} by ${now}: that cannot change. Another stratification needs a new study.`;
  }
  const asked = new Map(strata.map(({ id, slots: count }) => [id, count]));
  const have = [...slotsPerStratum(slots)];
  const gone = have.filter(([id]) => !asked.has(id)).map(([id]) => id);
  if (gone.length > 0) {
    return `${STUDY_FILE} no longer has ${gone.length === 1 ? 'the stratum' : 'strata of the list, the first'} ${gone[0]!}: the code of a site and the names of factors and levels cannot change once they have slots, nor be removed. The name of a site can. ${STOP_SITE}`;
  }
  const fewer = have.find(([id, count]) => asked.get(id)! < count);
  if (fewer !== undefined) {
    const [id, count] = fewer;
    return `The list has ${counted(count, 'slot')} in ${id}, ${STUDY_FILE} ${asked.get(id)!}: slots cannot be removed. ${STOP_SITE}`;
  }
  return `The strata have the same slots as the list, in another order: bring the order back.`;
}

const STOP_SITE =
  'To stop randomizing at a site, write enrolment: closed there (and keep its strata).';

/** Spare kits of slots that do not exist yet. */
interface LaterSpares {
  /** How many each slot of the latest batch has; with kit types, of the first that has another number now. */
  readonly latest: number;
  /** How many study.yaml asks for. */
  readonly later: number;
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
  if (study.kitTypes.length > 0) return laterSparesOfTypes(study, slots);
  const latest = slots.at(-1)?.spares?.length ?? 0;
  if (!study.hasKits || !haveKits(slots) || latest === study.spareKits) return undefined;
  const text = `in ${STUDY_FILE} supplies.kit.spares is ${study.spareKits}: it counts for slots that are added later. Each slot of the latest batch has ${counted(latest, 'spare kit')}, and keeps that.`;
  return { latest, later: study.spareKits, text };
}

/** The same of a study with kit types: of every type whose number is another one. */
function laterSparesOfTypes({ kitTypes }: Study, slots: readonly Slot[]): LaterSpares | undefined {
  const last = slots.at(-1);
  if (last?.kitType === undefined) return undefined;
  const changed = kitTypes.filter(({ type, spares }) => sparesOfType(last, type) !== spares);
  const [first] = changed;
  if (first === undefined) return undefined;
  const texts = changed.map(({ type, spares }) => {
    return `${spares} of ${type} (${sparesOfType(last, type)} in the latest batch)`;
  });
  const text = `in ${STUDY_FILE} supplies.kits has another number of spare kits: ${texts.join(', ')}. It counts for slots that are added later. Slots that exist keep theirs.`;
  return { latest: sparesOfType(last, first.type), later: first.spares, text };
}

function isSame(one: Person, other: Person): boolean {
  return one.name === other.name && one.recipient === other.recipient;
}
