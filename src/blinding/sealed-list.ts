import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as v from 'valibot';
import { DIGEST_TEXT } from '../digest.ts';
import { RandoseError } from '../errors.ts';
import { lowestTerms } from '../randomization/blocks.ts';
import { type CountTable, longestTablesText, tablesText } from '../randomization/count-table.ts';
import { ALGORITHM, ALGORITHM_BY_COUNTS } from '../randomization/generator.ts';
import {
  type AllocatedSlot,
  type FurtherKit,
  listedKits,
  type PackedKit,
  type Slot,
  slotsPerStratum,
} from '../randomization/list.ts';
import type { KitNumber, RandomizationNumber } from '../randomization/numbers.ts';
import { MOST_PLAN_BYTES } from '../randomization/plan.ts';
import { type Arm, type Domain, sharesIn, type Stratum, type Study } from '../study/study.ts';
import { RESTORE } from '../words.ts';
import type { SaltedSlot } from './commitment.ts';
import { parseJson } from './parse-json.ts';
import { padded } from './seal.ts';

/** The list, and everything that is needed to make it again. */
export interface MasterContent {
  readonly study: string;
  readonly domain: Domain;
  readonly batch: number;
  /** The identifier of this batch of the allocation list. */
  readonly list: string;
  /** 32 bytes in hexadecimal. */
  readonly seed: string;
  /** study.yaml and plan.yaml, word for word. */
  readonly studyFile: string;
  readonly planFile: string;
  /** The tables of a least predictable list; undefined for permuted blocks. */
  readonly tables?: readonly CountTable[];
  /** The salt of the leaf of seed and plan: 32 bytes in hexadecimal. */
  readonly salt: string;
  readonly slots: readonly SaltedSlot[];
}

/** The public facts of a study on which the length of master.age depends. */
export type SealedDesign = Pick<Study, 'arms'> & {
  readonly strata: readonly Pick<Stratum, 'id' | 'ratio'>[];
};

/**
 * The plaintext of master.age: JSON, one slot per line, padded with spaces to a length that follows from public
 * facts alone. Otherwise the length would show how long the plan is, how many digits the block sizes have, and whether
 * arms are drawn in blocks or by their numbers.
 */
export function formatMaster(content: MasterContent, design: SealedDesign): string {
  const { arms } = design;
  const text = masterText(content);
  const digits = (number: number) => String(number).length;
  // JSON writes each line break of a plan as two characters, and no character of a plan as more.
  const roomForPlan =
    2 * MOST_PLAN_BYTES - (Buffer.byteLength(JSON.stringify(content.planFile)) - 2);
  const widestNumbers = 3 * digits(content.slots.length);
  const widestArm = widestCode(arms);
  const roomForSlots = content.slots.reduce((room, { arm, block, blockSize, sequenceInBlock }) => {
    const numbers = digits(block) + digits(blockSize) + digits(sequenceInBlock);
    return room + widestNumbers - numbers + widestArm - arm.length;
  }, 0);
  const roomForTables = longestTables(content, design) - tablesMember(content.tables).length;
  return padded(text, Buffer.byteLength(text) + roomForPlan + roomForSlots + roomForTables, ' ');
}

/** The most characters that tables of these strata need, whatever the plan is. */
function longestTables({ slots }: MasterContent, { arms, strata }: SealedDesign): number {
  const ratioOf = new Map(
    strata.map((stratum) => [stratum.id, lowestTerms(sharesIn(arms, stratum)).join()]),
  );
  const unlike = new Map(
    [...slotsPerStratum(slots)].map(([stratum, count]) => [
      [count, ratioOf.get(stratum)].join(' '),
      count,
    ]),
  );
  return tablesMember([]).length + longestTablesText(arms.length, [...unlike.values()]);
}

/** The member of master.age that has the tables; nothing for permuted blocks. */
function tablesMember(tables: MasterContent['tables']): string {
  return tables === undefined ? '' : `,\n  "tables": ${tablesText(tables)}`;
}

/**
 * The plaintext of packing.age: kit → arm as CSV, in the order of the kit codes, padded with empty lines to a
 * length that does not depend on the arms of the kits. With kit types, the type comes after the kit.
 */
export function formatPackingList(slots: readonly AllocatedSlot[], arms: readonly Arm[]): string {
  const packed = slots
    .flatMap((slot) => listedKits(slot).map(({ kit, type }) => ({ kit, type, arm: slot.arm })))
    .sort((a, b) => (a.kit < b.kit ? -1 : 1));
  const nameOf = new Map(arms.map((arm) => [arm.code, arm.name]));
  const rows = packed.map(({ kit, type, arm }) => {
    return [kit, ...(type === undefined ? [] : [type]), arm, nameOf.get(arm)];
  });
  const columns = packingColumns(packed.some(({ type }) => type !== undefined));
  const text = stringify(rows, { header: true, columns });
  // CSV may add quotation marks around a name and double those within it.
  const widestName = 2 + 2 * Math.max(...arms.map((arm) => Buffer.byteLength(arm.name)));
  // Each row has two commas and a line break, and one comma more with a type; kits and their types are public.
  const lengthOf = (type: string | undefined) => (type === undefined ? 0 : type.length + 1);
  const kits = packed.reduce((sum, { kit, type }) => sum + kit.length + lengthOf(type), 0);
  const widest = 64 + kits + packed.length * (widestName + widestCode(arms) + 3);
  return padded(text, widest, '\n');
}

function packingColumns(areTyped: boolean): string[] {
  return ['kit', ...(areTyped ? ['kit_type'] : []), 'arm_code', 'arm_name'];
}

/**
 * Reads an opened packing list and compares it with the public list and the arms.
 *
 * @returns the kits in the order of their codes
 * @throws RandoseError `not-trusted`, without any arm
 */
export function readPackingList(
  plaintext: string,
  expected: { file: string; slots: readonly Slot[]; arms: readonly Arm[] },
): PackedKit[] {
  const { file, slots, arms } = expected;
  let rows: string[][];
  try {
    rows = parse(plaintext, { skipEmptyLines: true });
  } catch {
    throw notTrusted(file, 'its content is not a packing list');
  }
  const [header, ...body] = rows;
  const kits = slots.flatMap(listedKits).sort((a, b) => (a.kit < b.kit ? -1 : 1));
  const areTyped = kits.some(({ type }) => type !== undefined);
  const isOfList =
    body.length === kits.length &&
    body.every(([kit, type], at) => {
      const own = kits[at]!;
      return kit === own.kit && (!areTyped || type === own.type);
    });
  if (header?.join() !== packingColumns(areTyped).join() || !isOfList) {
    throw notTrusted(file, 'its kits are not those of the public list');
  }
  const ofArms = body.map((row) => row.slice(areTyped ? 2 : 1));
  const isKnown = ofArms.every(([code, name]) =>
    arms.some((arm) => arm.code === code && arm.name === name),
  );
  if (!isKnown) throw notTrusted(file, 'it has arms that are not in study.yaml');
  return ofArms.map((row, at) => {
    const { kit, type } = kits[at]!;
    return { kit, ...(type !== undefined && { type }), arm: row[0]!, armName: row[1]! };
  });
}

const HEX_32 = v.pipe(v.string(), v.regex(DIGEST_TEXT));
const WHOLE = v.pipe(v.number(), v.integer(), v.minValue(1));
const TABLES = v.array(
  v.strictObject({
    ratio: v.array(v.number()),
    slots: WHOLE,
    places: v.array(v.array(v.array(v.number()))),
  }),
);
const MEMBERS = {
  randose: v.literal('master'),
  study: v.string(),
  domain: v.picklist(['production', 'dummy']),
  batch: WHOLE,
  list: v.string(),
  seed: HEX_32,
  studyFile: v.string(),
  planFile: v.string(),
  salt: HEX_32,
  slots: v.array(
    v.strictObject({
      number: v.string(),
      stratum: v.string(),
      sequence: WHOLE,
      block: WHOLE,
      blockSize: WHOLE,
      sequenceInBlock: WHOLE,
      kit: v.optional(v.string()),
      spares: v.optional(v.array(v.string())),
      kitType: v.optional(v.string()),
      further: v.optional(
        v.array(
          v.strictObject({
            type: v.string(),
            kit: v.string(),
            spares: v.optional(v.array(v.string())),
          }),
        ),
      ),
      replacementFor: v.optional(v.string()),
      arm: v.string(),
      salt: HEX_32,
    }),
  ),
};
const MASTER = v.variant('version', [
  v.strictObject({ ...MEMBERS, version: v.literal(2), algorithm: WHOLE }),
  v.strictObject({ ...MEMBERS, version: v.literal(3), algorithm: WHOLE, tables: TABLES }),
]);

/**
 * Reads an opened master list and compares it with the public facts about its batch. An age file has no
 * sender, so every part must match.
 *
 * @throws RandoseError `not-trusted`, without any arm
 */
export function readMaster(
  plaintext: string,
  expected: { file: string; study: string; batch: number; list: string; slots: readonly Slot[] },
): MasterContent {
  const { file } = expected;
  const content = v.safeParse(MASTER, parseJson(plaintext));
  if (!content.success) throw notTrusted(file, 'its content is not a randose master list');
  const { version, study, batch, list, algorithm, slots } = content.output;
  if (algorithm !== (version === 2 ? ALGORITHM : ALGORITHM_BY_COUNTS))
    throw notTrusted(file, `it was made by algorithm ${algorithm}`);
  if (study !== expected.study) throw notTrusted(file, `it is for study ${study}`);
  if (batch !== expected.batch || list !== expected.list) {
    throw notTrusted(file, 'it is for another allocation list');
  }
  const strange = slots.findIndex((slot, index) => {
    const known = expected.slots[index];
    return (
      slot.number !== known?.number ||
      slot.stratum !== known.stratum ||
      slot.sequence !== known.sequence ||
      slot.replacementFor !== known.replacementFor ||
      kitsText(slot) !== kitsText(known)
    );
  });
  if (strange >= 0 || slots.length !== expected.slots.length) {
    const place = strange >= 0 ? `, from slot ${strange + 1} of the batch` : '';
    throw notTrusted(file, `its slots are not those of the public list${place}`);
  }
  return {
    ...content.output,
    slots: slots.map(({ kit, spares, kitType, further, replacementFor, ...slot }) => ({
      ...slot,
      batch,
      number: slot.number as RandomizationNumber,
      ...(kit !== undefined && { kit: kit as KitNumber }),
      ...(spares !== undefined && { spares: spares as KitNumber[] }),
      ...(kitType !== undefined && { kitType }),
      ...(further !== undefined && { further: further as unknown as FurtherKit[] }),
      ...(replacementFor !== undefined && {
        replacementFor: replacementFor as RandomizationNumber,
      }),
    })),
  };
}

function kitsText({ kit = '', spares = [], kitType = '', further = [] }: KitsInText): string {
  const others = further.map((one) => [one.type, one.kit, ...(one.spares ?? [])].join(' '));
  return [kitType, kit, ...spares, ...others].join(' ');
}

interface KitsInText {
  readonly kit?: string | undefined;
  readonly spares?: readonly string[] | undefined;
  readonly kitType?: string | undefined;
  readonly further?:
    | readonly {
        readonly type: string;
        readonly kit: string;
        readonly spares?: readonly string[] | undefined;
      }[]
    | undefined;
}

function notTrusted(file: string, reason: string): RandoseError {
  return new RandoseError('not-trusted', `NOT TRUSTED: ${file}: ${reason}`, {
    hint: `Do not act on it. ${RESTORE}`,
  });
}

function masterText(content: MasterContent): string {
  const { study, domain, batch, list, seed, studyFile, planFile, tables, salt, slots } = content;
  const [version, algorithm] = tables === undefined ? [2, ALGORITHM] : [3, ALGORITHM_BY_COUNTS];
  const head = { randose: 'master', version, study, domain, batch, list, algorithm, seed };
  const lines = slots.map((slot) =>
    JSON.stringify({
      number: slot.number,
      stratum: slot.stratum,
      sequence: slot.sequence,
      block: slot.block,
      blockSize: slot.blockSize,
      sequenceInBlock: slot.sequenceInBlock,
      kit: slot.kit,
      // JSON leaves out what a slot does not have.
      spares: slot.spares,
      kitType: slot.kitType,
      further: slot.further,
      replacementFor: slot.replacementFor,
      arm: slot.arm,
      salt: slot.salt,
    }),
  );
  const top = JSON.stringify({ ...head, studyFile, planFile, salt }, undefined, 2).slice(0, -2);
  return `${top}${tablesMember(tables)},\n  "slots": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`;
}

function widestCode(arms: readonly Pick<Arm, 'code'>[]): number {
  return Math.max(...arms.map(({ code }) => code.length));
}
