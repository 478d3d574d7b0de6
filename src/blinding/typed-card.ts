import { CARD_GROUP } from '../study/card-key.ts';
import { counted } from '../words.ts';

/** The characters of a key's data, in the order of their values (Bech32, BIP 173). */
const ALPHABET = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L';
/** The characters of a key after its prefix: 32 bytes and the checksum. */
const LENGTH = 58;
/** The groups of a key as they are printed; the last one is shorter. */
export const CARD_GROUPS = Math.ceil(LENGTH / CARD_GROUP);

const PREFIX = 'AGE-SECRET-KEY-1';
const HYBRID_PREFIX = 'AGE-SECRET-KEY-PQ-1';
/** What people read for a character that has no twin in the alphabet. */
const MISREAD: Readonly<Record<string, string>> = { B: '8', O: '0', I: 'L', '1': 'L' };

/** The part of a card's key that is typed. A group that is missing, or that must be typed again, is undefined. */
export interface TypedCard {
  /** Undefined if it was not typed: it may be left out. */
  readonly prefix: string | undefined;
  readonly groups: readonly (string | undefined)[];
  /** The index of the first group of the last line, if something in that line was wrong. */
  readonly wrongFrom?: number | undefined;
}

export const NOTHING_TYPED: TypedCard = {
  prefix: undefined,
  groups: Array.from({ length: CARD_GROUPS }, () => undefined),
};

/** A key with one more line, and what is wrong with the line. */
interface AddedLine {
  readonly typed: TypedCard;
  readonly problems: readonly string[];
}

/**
 * Adds a typed or scanned line to a card's key: one group, several, or all. It fills the missing groups in their
 * order. Lower case is accepted, and so are spaces and hyphens anywhere. Groups that are right are kept.
 */
export function addLine(before: TypedCard, line: string): AddedLine {
  const text = line.trim().toUpperCase();
  const [head = '', isHybrid] = /^AGE[\s-]*SECRET[\s-]*KEY[\s-]*(PQ[\s-]*)?1/.exec(text) ?? [];
  const pieces = text.slice(head.length).split(/[\s-]/);
  const isAll = head !== '' || pieces.join('').length === LENGTH;
  const prefix = head === '' ? before.prefix : isHybrid === undefined ? PREFIX : HYBRID_PREFIX;
  const start = isAll ? { ...NOTHING_TYPED, prefix } : withoutRepeated(before, pieces.join(''));
  const read = fill(start, pieces);
  const next = nextGroup(start);
  const wrongFrom = read.problems.length > 0 && next !== undefined ? next - 1 : undefined;
  return { ...read, typed: { ...read.typed, wrongFrom } };
}

/** Whether a line is the key of a card, or a part of it that is long enough to be sure. */
export function looksLikeCardKey(line: string): boolean {
  const text = line.toUpperCase().replace(/[\s-]/g, '');
  if (/^AGESECRETKEY(PQ)?1/.test(text)) return true;
  return text.length >= SURE_LENGTH && Array.from(text).every((one) => ALPHABET.includes(one));
}

/** Fewer characters than these may be a word or a code. */
const SURE_LENGTH = 5 * CARD_GROUP;

/**
 * The key without the groups that a line types again: a person who is asked for one group of a line may type the
 * whole line once more.
 */
function withoutRepeated(before: TypedCard, text: string): TypedCard {
  const { wrongFrom } = before;
  if (wrongFrom === undefined) return before;
  const groups = text.matchAll(new RegExp(`.{1,${CARD_GROUP}}`, 'g'));
  const pieces = Array.from(groups, ([piece]) => piece);
  const isRepeated = pieces.some((piece, at) => before.groups[wrongFrom + at] === piece);
  if (!isRepeated) return before;
  const end = wrongFrom + pieces.length;
  return {
    ...before,
    groups: before.groups.map((group, at) => (at >= wrongFrom && at < end ? undefined : group)),
  };
}

/** The numbers of the groups that are typed, in words, such as `groups 3 to 5 and 7`; undefined if none is. */
export function keptGroups({ groups }: TypedCard): string | undefined {
  const runs: { first: number; last: number }[] = [];
  for (const [at, group] of groups.entries()) {
    if (group === undefined) continue;
    const run = runs.at(-1);
    if (run?.last === at) run.last = at + 1;
    else runs.push({ first: at + 1, last: at + 1 });
  }
  const texts = runs.map(({ first, last }) =>
    first === last ? `${first}` : `${first} to ${last}`,
  );
  if (texts.length === 0) return undefined;
  const isOne = runs.length === 1 && runs[0]!.first === runs[0]!.last;
  const end = texts.pop()!;
  return `${isOne ? 'group' : 'groups'} ${texts.length === 0 ? end : `${texts.join(', ')} and ${end}`}`;
}

/** The number of the first group to type, from 1; undefined if none is missing. */
export function nextGroup({ groups }: TypedCard): number | undefined {
  const at = groups.indexOf(undefined);
  return at === -1 ? undefined : at + 1;
}

/** The secret key, if every group is typed and the checksum fits. */
export function identityOf(typed: TypedCard): string | undefined {
  const data = typed.groups.join('');
  const prefix = prefixesOf(typed).find((one) => syndromeOf(one, data) === 0);
  return data.length === LENGTH && prefix !== undefined ? `${prefix}${data}` : undefined;
}

/**
 * A complete key whose checksum does not fit, without its wrong groups. The checksum shows where one or two
 * characters are wrong. If there are more, nothing shows where: then the key is kept as it is, and a person compares it.
 */
export function withoutWrongGroups(typed: TypedCard): AddedLine {
  const data = typed.groups.join('');
  const places = prefixesOf(typed)
    .map((prefix) => placesOfErrors(syndromeOf(prefix, data)))
    .find((found) => found !== undefined);
  if (places === undefined) {
    const text =
      'The key does not fit its own checksum: several characters are wrong. Compare each group with the card:';
    return { typed, problems: [text] };
  }
  const wrong = [...new Set(places.map((place) => Math.floor(place / CARD_GROUP)))].sort(
    (a, b) => a - b,
  );
  return {
    typed: {
      ...typed,
      groups: typed.groups.map((group, index) => (wrong.includes(index) ? undefined : group)),
    },
    problems: wrong.map(
      (index) =>
        `Group ${index + 1}, ${typed.groups[index]!}, looks wrong by the checksum. Compare it with the card.`,
    ),
  };
}

/**
 * A key without the groups that a person names by number, such as `2`, `2 5` or `2-10`.
 *
 * @returns undefined if the text has no such numbers
 */
export function withoutGroups(typed: TypedCard, text: string): TypedCard | undefined {
  const words = text.replace(/\s*(?:-|\bto\b)\s*/gi, '-').split(/[\s,]|\band\b/i);
  const named = new Set<number>();
  for (const word of words.filter((one) => one !== '')) {
    const range = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(word);
    const [from, to] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
    if (!(from >= 1 && to <= CARD_GROUPS && from <= to)) return undefined;
    for (let group = from; group <= to; group += 1) named.add(group - 1);
  }
  if (named.size === 0) return undefined;
  const groups = typed.groups.map((group, at) => (named.has(at) ? undefined : group));
  return { ...typed, groups, wrongFrom: undefined };
}

/** Puts pieces into the missing groups. A group that is wrong, and what comes after a group of wrong length, is left out. */
function fill(start: TypedCard, pieces: readonly string[]): AddedLine {
  const missing = start.groups.flatMap((group, index) => (group === undefined ? [index] : []));
  const joined = pieces.join('');
  const room = missing.reduce((sum, index) => sum + sizeOf(index), 0);
  if (joined.length > room) {
    const more = counted(joined.length - room, 'character');
    return {
      typed: start,
      problems: [
        `This is ${more} too many: after ${PREFIX} the key has ${LENGTH} characters, in ${CARD_GROUPS} groups.`,
      ],
    };
  }
  // Spaces may be anywhere; they only help to say where a character is missing.
  const parts = endsGroup(joined.length, missing) ? [joined] : pieces;
  const groups = [...start.groups];
  const problems: string[] = [];
  let at = 0;
  for (const part of parts) {
    let rest = part;
    while (rest !== '') {
      const index = missing[at]!;
      const group = rest.slice(0, sizeOf(index));
      rest = rest.slice(group.length);
      at += 1;
      const problem = groupProblem(group, index);
      if (problem === undefined) groups[index] = group;
      else problems.push(problem);
      if (group.length < sizeOf(index)) return { typed: { ...start, groups }, problems };
    }
  }
  return {
    typed: { ...start, groups },
    problems: problems.length > MOST_NAMED ? [FOREIGN] : problems,
  };
}

/** If more groups than these are wrong, the keyboard is. */
const MOST_NAMED = 3;
const FOREIGN =
  'Many of these characters do not occur in a key. A scanner that is set to another keyboard than this computer writes such a text: change its setting, or type the key.';

function sizeOf(index: number): number {
  return Math.min(CARD_GROUP, LENGTH - index * CARD_GROUP);
}

/** Whether so many characters end where a group ends. */
function endsGroup(length: number, missing: readonly number[]): boolean {
  let rest = length;
  for (const index of missing) {
    if (rest <= 0) break;
    rest -= sizeOf(index);
  }
  return rest === 0;
}

function groupProblem(group: string, index: number): string | undefined {
  const name = `Group ${index + 1}, ${group}`;
  const strange = Array.from(new Set(group)).filter((one) => !ALPHABET.includes(one));
  if (strange.length > 0) {
    const meant = strange.map((one) => {
      const other = MISREAD[one];
      return other === undefined ? `"${one}"` : `"${one}" (is it ${other}?)`;
    });
    return `${name}: a key has no ${meant.join(' and no ')}.`;
  }
  if (group.length === sizeOf(index)) return undefined;
  return `${name}, has ${counted(group.length, 'character')}; on the card it has ${sizeOf(index)}.`;
}

function prefixesOf({ prefix }: TypedCard): readonly string[] {
  return prefix === undefined ? [PREFIX, HYBRID_PREFIX] : [prefix];
}

const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** One step of the checksum of Bech32 (BIP 173). */
function step(state: number, value: number): number {
  const top = state >>> 25;
  const next = ((state & 0x1ffffff) << 5) ^ value;
  return GENERATOR.reduce((sum, term, bit) => (((top >>> bit) & 1) === 1 ? sum ^ term : sum), next);
}

/** 0 if the checksum fits. Otherwise it depends on the errors alone, not on the key. */
function syndromeOf(prefix: string, data: string): number {
  const name = Array.from(prefix.slice(0, -1).toLowerCase(), (one) => one.charCodeAt(0));
  const values = [
    ...name.map((code) => code >>> 5),
    0,
    ...name.map((code) => code & 31),
    ...Array.from(data, (one) => ALPHABET.indexOf(one)),
  ];
  return values.reduce(step, 1) ^ 1;
}

/**
 * The places of one or two wrong characters. The checksum is linear, and two different patterns of up to two errors
 * never have the same syndrome, so the answer is unique.
 *
 * @returns undefined if there are more errors
 */
function placesOfErrors(syndrome: number): number[] | undefined {
  const placeOf = new Map<number, number>();
  for (let error = 1; error < 32; error += 1) {
    let state = error;
    for (let place = LENGTH - 1; place >= 0; place -= 1) {
      placeOf.set(state, place);
      state = step(state, 0);
    }
  }
  // A single error is two of its own place.
  for (const [one, place] of placeOf) {
    const other = placeOf.get(syndrome ^ one);
    if (other !== undefined) return [place, other];
  }
  return undefined;
}
