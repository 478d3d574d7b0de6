import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';

/**
 * A shape as a JSON Schema (draft-07, which editors with a YAML language server know). It has what a schema can say
 * about each value by itself: keys, types, patterns and words. It accepts what the shape accepts, but for lists in
 * the place of keys.
 *
 * Parts that the library cannot read are in metadata beside their shape: `says` (what the keys of a mapping are for)
 * and, for values that randose reads itself, such as days, keywords of JSON Schema.
 */
export function editorSchema(shape: v.GenericSchema, title: string): JsonSchema {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...converted(shape) };
}

function converted(shape: v.GenericSchema): JsonSchema {
  const schema = toJsonSchema(shape, {
    // Checks and transforms have no counterpart.
    errorMode: 'ignore',
    overrideAction: ({ valibotAction, jsonSchema }) => {
      if (valibotAction.type === 'regex') {
        return withPattern(jsonSchema, valibotAction as v.RegexAction<string, undefined>);
      }
      return 'says' in jsonSchema ? asMapping(jsonSchema) : null;
    },
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      if ('shapes' in valibotSchema) {
        const shapes = valibotSchema.shapes as readonly v.GenericSchema[];
        return { anyOf: shapes.map(converted) };
      }
      // An editor would write it when it completes the key.
      if (typeof jsonSchema.default !== 'object') return null;
      const { ...others } = jsonSchema;
      delete others.default;
      return others;
    },
  });
  // What the library made of a shape with two sides, and the version, which belongs to the whole.
  delete schema.$defs;
  delete schema.$schema;
  return schema;
}

/** A pattern, with the sentence that randose has for what does not match, if it depends on nothing. */
function withPattern(
  schema: JsonSchema,
  { requirement, message }: v.RegexAction<string, undefined>,
): JsonSchema {
  const sentence = typeof (message as unknown) === 'string' ? { patternErrorMessage: message } : {};
  return { ...schema, pattern: requirement.source, ...sentence };
}

/** A mapping whose keys are described. Keys that are refused are unknown to an editor. */
function asMapping({
  says,
  properties = {},
  ...schema
}: JsonSchema & { says: unknown }): JsonSchema {
  const described = Object.entries(says as Readonly<Record<string, string>>).map(
    ([key, description]) => {
      const known = properties[key];
      return [key, { description, ...(typeof known === 'object' ? known : {}) }] as const;
    },
  );
  const isClosed = JSON.stringify(schema.additionalProperties) === NOTHING;
  return {
    ...schema,
    properties: Object.fromEntries(described),
    ...(isClosed && { additionalProperties: false }),
  };
}

/** What the library makes of `never`. */
const NOTHING = '{"not":{}}';
