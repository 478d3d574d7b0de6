import { type Action, DATE, shapeOf } from '../../ledger/entry.ts';

/**
 * The shape of a value, as the server's function `written` reads it. It is made from the shape with which entries are read,
 * so that nothing which the server takes can stop anybody from reading the ledger.
 */
export type ServerShape = (
  | { readonly is: 'text'; readonly pattern?: string }
  | { readonly is: 'count' }
  | { readonly is: 'word'; readonly words: readonly string[] }
  | { readonly is: 'list'; readonly of: ServerShape; readonly least: number }
  | { readonly is: 'object'; readonly members: readonly ServerMember[] }
) & { readonly null?: true };

interface ServerMember {
  readonly name: string;
  readonly shape: ServerShape;
  readonly optional?: true;
}

/** The members that the server adds to an act. */
const OF_THE_CHAIN: ReadonlySet<string> = new Set(['seq', 'time', 'prev', 'hash', 'signature']);

/**
 * The shape of the acts of a kind (`ReadyAct` in src/ledger/chain.ts): an entry without its place in the chain.
 *
 * @throws Error if a part of the kind's shape cannot be checked by the server
 */
export function actShape(action: Action): ServerShape {
  const own = Object.entries(shapeOf(action).entries).filter(([name]) => !OF_THE_CHAIN.has(name));
  return objectShape(own);
}

/** The parts of valibot's schemas that are read here. */
interface Schema {
  readonly kind: string;
  readonly type: string;
  /** Of a check. */
  readonly requirement?: unknown;
  readonly pipe?: readonly Schema[];
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly options?: readonly string[];
  readonly literal?: unknown;
}

/** `YYYY-MM-DD` from 2000 to 2099, as `parseCivilDate` reads it: 28 days, the 29th and 30th, the 31st, and leap days. */
const CIVIL_DATE = `^20(?:${[
  '[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])',
  '[0-9]{2}-(?:0[13-9]|1[0-2])-(?:29|30)',
  '[0-9]{2}-(?:0[13578]|1[02])-31',
  '(?:[02468][048]|[13579][26])-02-29',
].join('|')})$`;

function shapeFor(schema: Schema): ServerShape {
  if (schema === (DATE as Schema)) return { is: 'text', pattern: CIVIL_DATE };
  const checks = checksOf(schema);
  switch (schema.type) {
    case 'string':
      return textShape(checks);
    case 'number':
      return countShape(checks);
    case 'nullable':
      return { ...shapeFor(schema.wrapped!), null: true };
    case 'array':
      return listShape(schema.item!, checks);
    case 'strict_object':
      return objectShape(Object.entries(schema.entries!));
    case 'picklist':
      return { is: 'word', words: schema.options! };
    case 'literal':
      return { is: 'word', words: [String(schema.literal)] };
    default:
      throw new Error(`the server cannot check a ${schema.type}`);
  }
}

/** The checks of a value, also those of a schema that another one builds on. */
function checksOf({ pipe = [] }: Schema): readonly Schema[] {
  return pipe.flatMap((part) => {
    if (part.kind === 'schema') return checksOf(part);
    return part.kind === 'validation' ? [part] : [];
  });
}

function textShape(checks: readonly Schema[]): ServerShape {
  const [check, ...others] = checks;
  if (check === undefined) return { is: 'text' };
  const { requirement } = check;
  if (others.length > 0 || !(requirement instanceof RegExp)) throw unknownChecks(checks);
  return { is: 'text', pattern: serverPattern(requirement) };
}

function countShape(checks: readonly Schema[]): ServerShape {
  const said = checks.map(({ type, requirement }) => `${type} ${String(requirement)}`);
  const isCount = said.length === 2 && said[0]!.startsWith('integer ') && said[1] === 'min_value 0';
  if (!isCount) throw unknownChecks(checks);
  return { is: 'count' };
}

function listShape(item: Schema, checks: readonly Schema[]): ServerShape {
  const [check, ...others] = checks;
  if (check === undefined) return { is: 'list', of: shapeFor(item), least: 0 };
  const { type, requirement } = check;
  if (others.length > 0 || type !== 'min_length' || typeof requirement !== 'number') {
    throw unknownChecks(checks);
  }
  return { is: 'list', of: shapeFor(item), least: requirement };
}

function objectShape(members: readonly (readonly [string, Schema])[]): ServerShape {
  return {
    is: 'object',
    members: members.map(([name, schema]) => {
      const isOptional = schema.type === 'optional' || schema.type === 'exact_optional';
      if (!isOptional) return { name, shape: shapeFor(schema) };
      return { name, shape: shapeFor(schema.wrapped!), optional: true };
    }),
  };
}

function unknownChecks(checks: readonly Schema[]): Error {
  return new Error(`the server cannot check ${checks.map(({ type }) => type).join(' and ')}`);
}

/**
 * A regular expression of JavaScript as one of PostgreSQL that matches the same texts. Groups, alternatives, counts and
 * ranges of ASCII mean the same in both. `\d` is any digit of Unicode on some servers, so it is written as a range.
 *
 * @throws Error if it is not anchored at both ends, or has anything else
 */
export function serverPattern({ source, flags }: RegExp): string {
  const refuse = (why: string) => new Error(`/${source}/${flags}: the server cannot check ${why}`);
  if (flags !== '' && flags !== 'u') throw refuse('it with these flags');
  if (!source.startsWith('^') || !source.endsWith('$')) throw refuse('a part of a text');
  let depth = 0;
  let pattern = '';
  for (let rest = source.slice(1, -1); rest !== '';) {
    const [token, group, characters] = TOKEN.exec(rest) ?? [];
    if (token === undefined) throw refuse(`what begins with "${rest}"`);
    if (group !== undefined) depth += 1;
    if (token === ')') depth -= 1;
    if (token === '|' && depth === 0) throw refuse('alternatives outside a group');
    if (group !== undefined) pattern += '(?:';
    else if (characters !== undefined) pattern += `[${characters.replaceAll('\\d', '0-9')}]`;
    else pattern += token === '\\d' ? '[0-9]' : token;
    rest = rest.slice(token.length);
  }
  return `^${pattern}$`;
}

/** A group's start, a class, a digit, an escaped dot, a count, or a character that means itself or joins the others. */
const TOKEN =
  /^(?:(\((?:\?:)?)(?!\?)|\[((?:[A-Za-z0-9._: +-]|\\d)+)\]|\\[d.]|\{\d{1,2}(?:,\d{0,2})?\}|[A-Za-z0-9:, +)|?*-])/;
