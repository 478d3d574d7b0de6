import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { describe, expect, test } from 'vitest';
import { DOCUMENTS, documentSchemaText } from '../../../src/cli/results/document-schema.ts';
import { membersOf, schemaFile, schemaOf, SCHEMAS } from '../../support/json-documents.ts';
import { EVERY } from '../../support/terminal-story.ts';

test('every command that has --json has a schema, and every schema is of such a command', () => {
  const withJson = EVERY.flatMap(([name, entry]) => {
    const command = new Command();
    entry.define(command);
    return command.options.some(({ long }) => long === '--json') ? name : [];
  });
  expect(DOCUMENTS.toSorted()).toEqual([...withJson, 'error'].toSorted());
  const files = DOCUMENTS.map((name) => basename(schemaFile(name)));
  expect(readdirSync(SCHEMAS).toSorted()).toEqual(files.toSorted());
});

describe.each(DOCUMENTS)('the schema of %s', (name) => {
  // To write it again: npx vitest run test/cli/results --update
  test('in docs/schemas is the one that the program prints', async () => {
    await expect(documentSchemaText(name)).toMatchFileSnapshot(schemaFile(name));
  });

  test('says in a sentence what each member is', () => {
    for (const { path, description } of membersOf(schemaOf(name))) {
      expect(description, path).toMatch(/^[\w"].*\.$/);
    }
  });
});
