import { refuseFolder, writeNew } from '../../../system/files.ts';
import { refuseExisting } from '../../output/exported-files.ts';
import type { Output } from '../../output/output.ts';
import { type SchemaName, schemaText } from '../../study/editor-schemas.ts';
import type { SchemaFlags } from './command.ts';

/** `randose schema`: what an editor completes and checks study.yaml or plan.yaml with. */
export function schema(
  output: Output,
  { output: path, force = false }: SchemaFlags,
  [file]: [SchemaName],
): void {
  const text = schemaText(file);
  const about = { file: `${file}.yaml`, schema: JSON.parse(text) as object };
  if (path === undefined) {
    output.result(about, text, { exact: true });
    return;
  }
  refuseFolder(path);
  if (!force) refuseExisting(path);
  writeNew(path, text, { force });
  output.result({ ...about, output: path }, '');
  output.say(`Wrote ${path}, for editors. Name it in the first line of ${file}.yaml:`);
  output.say(`  # yaml-language-server: $schema=FILE`);
}
