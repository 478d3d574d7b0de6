import { RandoseError } from '../../../errors.ts';
import { refuseFolder, writeNew } from '../../../system/files.ts';
import { nearestWord } from '../../../words.ts';
import { refuseExisting } from '../../output/exported-files.ts';
import type { Output } from '../../output/output.ts';
import { DOCUMENTS, documentSchemaText } from '../../results/document-schema.ts';
import { type SchemaName, schemaText } from '../../study/editor-schemas.ts';
import type { SchemaFlags } from './command.ts';

/**
 * `randose schema`: what an editor completes and checks study.yaml or plan.yaml with, or what the JSON of a command has.
 */
export function schema(
  output: Output,
  { output: path, force = false }: SchemaFlags,
  [what, command]: [SchemaName | 'result', string[]],
): void {
  const { of, text } = what === 'result' ? schemaOfResult(command) : schemaOfFile(what, command);
  const about = { of, schema: JSON.parse(text) as object };
  if (path === undefined) {
    output.result(about, text, { exact: true });
    return;
  }
  refuseFolder(path);
  if (!force) refuseExisting(path);
  writeNew(path, text, { force });
  output.result({ ...about, file: path }, '');
  if (what === 'result') {
    output.say(`Wrote ${path}: ${of}.`);
    return;
  }
  output.say(`Wrote ${path}, for editors. Name it in the first line of ${of}:`);
  output.say(`  # yaml-language-server: $schema=FILE`);
}

/** @throws RandoseError `usage` if a command is named too */
function schemaOfFile(name: SchemaName, command: readonly string[]) {
  if (command.length === 0) return { of: `${name}.yaml`, text: schemaText(name) };
  throw new RandoseError('usage', `schema ${name} takes no other word than ${name}`, {
    hint: `For what a command prints with --json: randose schema result ${command.join(' ')}`,
  });
}

/** @throws RandoseError `usage` if no command with a result is named */
function schemaOfResult(command: readonly string[]) {
  const name = command.join(' ');
  if (DOCUMENTS.includes(name)) {
    return { of: `randose ${name} --json`, text: documentSchemaText(name) };
  }
  const nearest = nearestWord(name, DOCUMENTS);
  const all = `Commands with a result: ${DOCUMENTS.join(', ')}.`;
  throw new RandoseError(
    'usage',
    name === ''
      ? 'schema result needs a command'
      : `no command "${name.slice(0, 40)}" has a result`,
    { hint: nearest === undefined ? all : `Did you mean ${nearest}? ${all}` },
  );
}
