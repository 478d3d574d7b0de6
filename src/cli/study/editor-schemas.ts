import { PLAN_SHAPE } from '../../randomization/plan.ts';
import { editorSchema } from '../../study/json-schema.ts';
import { STUDY_SHAPE } from '../../study/study-file.ts';

/** A file that an editor can check while somebody writes it, without `.yaml`. */
export type SchemaName = 'study' | 'plan';

/** The text of the JSON Schema of study.yaml or of plan.yaml. */
export function schemaText(name: SchemaName): string {
  const shape = name === 'study' ? STUDY_SHAPE : PLAN_SHAPE;
  return `${JSON.stringify(editorSchema(shape, `${name}.yaml of randose`), undefined, 1)}\n`;
}
