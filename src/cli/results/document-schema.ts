import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { EXIT_STATUS } from '../exit.ts';
import { HEAD, PROBLEM } from './common-parts.ts';
import { RESULTS } from './results.ts';
import { list, members, oneOf, optional, says, TEXT } from './shapes.ts';

const WARNINGS = {
  warnings: says(list(TEXT), 'All warnings, in the order in which they are on stderr.'),
};

/** What every command gives under --json if it fails. */
const FAILURE = members({
  ok: says(v.literal(false), 'The command failed.'),
  error: says(
    members({
      code: says(
        oneOf([...Object.keys(EXIT_STATUS), 'bug']),
        'The kind of the failure, which the exit status follows from (docs/FORMATS.md, The command line).',
      ),
      message: says(TEXT, 'What is wrong, in a sentence.'),
      problems: says(list(PROBLEM), 'Each single problem, if the message alone is not enough.'),
      hint: optional(says(TEXT, 'What to do next.')),
    }),
    'What is wrong.',
  ),
  ledger: optional(
    says(HEAD, 'The head of the ledger, if the command entered something before it failed.'),
  ),
  entered: optional(
    says(list(TEXT), 'What it entered, in sentences, if that is more than an attempt to open.'),
  ),
  ...WARNINGS,
});

/** The names of what a document can be: `error`, or a command, with the word after it if it has one. */
export const DOCUMENTS: readonly string[] = [...Object.keys(RESULTS), 'error'];

/**
 * The text of the JSON Schema (2020-12) of what a command prints under --json.
 *
 * @param name one of `DOCUMENTS`
 */
export function documentSchemaText(name: string): string {
  return `${JSON.stringify(documentSchema(name), sentenceFirst, 1)}\n`;
}

/** A replacer for JSON.stringify: a person reads first what a part is. */
function sentenceFirst(_: string, part: unknown): unknown {
  if (typeof part !== 'object' || part === null || !('description' in part)) return part;
  const { description, ...rest } = part;
  return { description, ...rest };
}

function documentSchema(name: string): JsonSchema {
  const data = RESULTS[name];
  if (data === undefined) return converted('Any command of randose that fails, --json', FAILURE);
  const shape = members({
    ok: says(v.literal(true), 'The command did its work.'),
    data: says(data, 'The result.'),
    ...WARNINGS,
  });
  return converted(`randose ${name} --json`, shape);
}

function converted(title: string, shape: v.GenericSchema): JsonSchema {
  const schema = toJsonSchema(shape, {
    target: 'draft-2020-12',
    // Values that the ledger checks as its own, such as dates, have no counterpart.
    errorMode: 'ignore',
    overrideAction: ({ jsonSchema }) => ('says' in jsonSchema ? withSentences(jsonSchema) : null),
  });
  const { $schema, ...rest } = schema;
  return { ...($schema !== undefined && { $schema }), title, ...rest };
}

/** A schema whose members get their sentences by their names, wherever they are in it. */
function withSentences({ says: sentences, ...schema }: JsonSchema & { says: unknown }): JsonSchema {
  const described = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(described);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, value]) => [
        key,
        key === 'properties' ? propertiesOf(value as Properties) : described(value),
      ]),
    );
  };
  const propertiesOf = (properties: Properties) =>
    Object.fromEntries(
      Object.entries(properties).map(([name, value]) => {
        const description = (sentences as Readonly<Record<string, string>>)[name];
        return [name, { ...(described(value) as object), description }];
      }),
    );
  return described(schema) as JsonSchema;
}

type Properties = Readonly<Record<string, unknown>>;
