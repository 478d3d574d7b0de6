import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export const SCHEMAS = join(import.meta.dirname, '..', '..', 'docs', 'schemas');

/** A part of a JSON Schema, as far as those of randose go. */
interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

// What a schema says of the form of dates and times is in patterns too.
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const schemas = new Map<string, Schema>();
const validators = new WeakMap<Schema, ValidateFunction>();

/** The schema that the documents of a command have, or of one that fails: `error`. */
export function schemaOf(name: string): Schema {
  const known = schemas.get(name) ?? (JSON.parse(readFileSync(schemaFile(name), 'utf8')) as Schema);
  schemas.set(name, known);
  return known;
}

/** The file of docs/schemas about a command, such as `kit received`, or about `error`. */
export function schemaFile(name: string): string {
  return join(SCHEMAS, `${name.replace(' ', '-')}.json`);
}

function validatorOf(schema: Schema): ValidateFunction {
  const known = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, known);
  return known;
}

/** A document that a command printed, with the name of its schema; undefined if it printed none. */
export function documentOf(
  words: readonly string[],
  stdout: string,
): { readonly name: string; readonly document: object } | undefined {
  if (!words.includes('--json')) return undefined;
  let document: { readonly ok?: unknown };
  try {
    document = JSON.parse(stdout) as typeof document;
  } catch {
    return undefined;
  }
  return { name: document.ok === true ? commandIn(words) : 'error', document };
}

/** The command that is called, with the word after it if that is a command too. */
function commandIn(words: readonly string[]): string {
  const [command = '', word = ''] = words.filter((one) => !one.startsWith('-'));
  const both = `${command} ${word}`;
  return /^[a-z-]+$/.test(word) && existsSync(schemaFile(both)) ? both : command;
}

/** What a document of a command has that its schema does not allow; empty if nothing. */
export function differences(name: string, document: object): string[] {
  const validate = validatorOf(schemaOf(name));
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`;
  });
}

/** A member of a schema. */
interface Member {
  /** Where it is; `(1)` is the second of several forms. */
  readonly path: string;
  /** Its name among those beside it: the same member of a part that several commands have. */
  readonly part: string;
  readonly description: string | undefined;
}

/** Every member that a schema has. */
export function* membersOf(schema: Schema, path = ''): Generator<Member> {
  const { properties = {} } = schema;
  for (const [name, member] of Object.entries(properties)) {
    const part = `${name} of ${Object.keys(properties).join()}`;
    yield { path: `${path}.${name}`, part, description: member.description };
    yield* membersOf(member, `${path}.${name}`);
  }
  for (const [one, end] of partsOf(schema)) yield* membersOf(one, `${path}${end}`);
}

function partsOf({ anyOf = [], items, additionalProperties }: Schema): [Schema, string][] {
  return [
    ...anyOf.map((form, index): [Schema, string] => [form, `(${index})`]),
    ...(items === undefined ? [] : [[items, '[]'] as [Schema, string]]),
    ...(additionalProperties ? [[additionalProperties, '{}'] as [Schema, string]] : []),
  ];
}
