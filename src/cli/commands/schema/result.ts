import { members, optional, says, TEXT } from '../../results/shapes.ts';
import * as v from 'valibot';

export const SCHEMA_RESULT = members({
  of: says(TEXT, 'What it is the schema of.'),
  schema: says(v.looseObject({}), 'The JSON Schema.'),
  file: optional(says(TEXT, 'The file that was written; only with --output.')),
});
