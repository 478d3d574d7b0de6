import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type SchemaName, schemaText } from '../../src/cli/study/editor-schemas.ts';
import { PLAN_SHAPE } from '../../src/randomization/plan.ts';
import { PLAN_TEMPLATE, STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { STUDY_SHAPE } from '../../src/study/study-file.ts';
import { FIXTURES, testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const ajv = new Ajv({ strict: false });
const accepts = {
  study: ajv.compile(JSON.parse(schemaText('study')) as object),
  plan: ajv.compile(JSON.parse(schemaText('plan')) as object),
};
const SHAPES = { study: STUDY_SHAPE, plan: PLAN_SHAPE } as const;

/** Every study.yaml and plan of the fixtures and the template, by its name. */
const FILES: [name: string, kind: SchemaName, content: unknown][] = [
  ['template', 'study', parse(STUDY_TEMPLATE)],
  ['template', 'plan', parse(PLAN_TEMPLATE)],
  ...readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file): [string, SchemaName, unknown] => {
      const kind = file.endsWith('study.yaml') ? 'study' : 'plan';
      return [file, kind, parse(readFileSync(join(FIXTURES, file), 'utf8'))];
    }),
];

/** A content with one part replaced, for each of its parts; undefined leaves the part out. */
function* mistakes(
  content: unknown,
  path: readonly (string | number)[] = [],
): Generator<{ path: readonly (string | number)[]; content: unknown; what: string }> {
  if (typeof content !== 'object' || content === null) return;
  const isList = Array.isArray(content);
  if (!isList) yield { path, content: { ...content, armz: 1 }, what: 'an unknown key' };
  for (const key of Object.keys(content)) {
    const at = [...path, isList ? Number(key) : key];
    const others = [undefined, 'xyzzy !', -7, 1e9, true, null, [], {}, [{ armz: 1 }]];
    const value = (content as Record<string, unknown>)[key];
    for (const other of others) {
      if (isList && other === undefined) continue;
      const changed = isList ? content.with(Number(key), other) : { ...content, [key]: other };
      if (other === undefined) Reflect.deleteProperty(changed, key);
      yield {
        path: at,
        content: changed,
        what: other === undefined ? 'nothing' : JSON.stringify(other),
      };
    }
    for (const one of mistakes(value, at)) {
      const changed = isList
        ? content.with(Number(key), one.content)
        : { ...content, [key]: one.content };
      yield { ...one, content: changed };
    }
  }
}

/** What a check of randose says that a schema cannot say: it is about the sense of a text or a number. */
const BEYOND_A_SCHEMA: RegExp[] = [/is here twice$/];

describe('the JSON Schema of study.yaml and plan.yaml', () => {
  test.each(FILES)('accepts %s (%s)', (_, kind, content) => {
    accepts[kind](content);
    expect(accepts[kind].errors).toBeNull();
  });

  test.each(FILES)(
    'refuses the single mistakes of %s (%s) that the check refuses',
    (_, kind, good) => {
      const missed: string[] = [];
      const strict: string[] = [];
      for (const { path, content, what } of mistakes(good)) {
        const { issues = [] } = v.safeParse(SHAPES[kind], content);
        const isAccepted = accepts[kind](content);
        const place = `${path.join('.')} = ${what}`;
        if (isAccepted && issues.length > 0) missed.push(`${place}: ${issues[0]!.message}`);
        // The check lets an empty list pass where keys with values belong, and lists within lists.
        if (!isAccepted && issues.length === 0 && !what.startsWith('[')) strict.push(place);
      }
      expect(strict).toEqual([]);
      expect(missed.filter((one) => !BEYOND_A_SCHEMA.some((known) => known.test(one)))).toEqual([]);
    },
  );

  test.each(['study', 'plan'] as const)('of %s.yaml describes every key in a sentence', (kind) => {
    const words = [...descriptions(JSON.parse(schemaText(kind)))];
    expect(words.length).toBeGreaterThan(kind === 'study' ? 150 : 6);
    for (const [key, description] of words) {
      expect(description, key).toMatch(/^\S.*\.$/);
    }
  });

  test('knows every way of writing days and windows that the check knows', () => {
    const schedule = {
      phase: 'a',
      days: ['1-3', 8, '10, 12'],
      window: '-1 to +2 days',
      leastInterval: '1 week',
    };
    const study = parse(STUDY_TEMPLATE) as Record<string, unknown>;
    const ways: [string, unknown[]][] = [
      ['days', [1, '1', '1-5', '1-3, 8', [1, 2], ['1-3', 5]]],
      ['window', [0, '0', '±2', '+/-2', '+-2', '-1/+2', '−1/+2', '0/+3', '-2..0', '-1 to +2 days']],
      ['leastInterval', [6, '6', '6 days', '1 day', '2 weeks', '2Weeks']],
    ];
    for (const [key, values] of ways) {
      for (const value of values) {
        const content = { ...study, schedule: { injections: [{ ...schedule, [key]: value }] } };
        expect(
          v.safeParse(STUDY_SHAPE, content).issues,
          `${key}: ${String(value)}`,
        ).toBeUndefined();
        expect(accepts.study(content), `${key}: ${String(value)}`).toBe(true);
      }
    }
  });
});

/** Every key that a schema knows, and its description. */
function* descriptions(schema: unknown): Generator<[key: string, description: unknown]> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key !== 'properties') yield* descriptions(value);
    else {
      for (const [name, one] of Object.entries(value as Record<string, { description?: string }>)) {
        yield [name, one.description];
        yield* descriptions(one);
      }
    }
  }
}

const PYTHON = '/usr/bin/python3';

/** A folder with both schemas, each file to check and a mistake in one line of a text. */
function schemasAndFiles(): string {
  const folder = testFolder();
  for (const kind of ['study', 'plan'] as const) {
    writeFileSync(join(folder, `${kind}.schema`), schemaText(kind));
  }
  const cases = FILES.map(([name, kind, content]) => ({ name, kind, content }));
  writeFileSync(join(folder, 'cases'), JSON.stringify(cases));
  return folder;
}

testWithTool([PYTHON, '--version'])("every pattern is one for Python's re too", () => {
  const script = `
import json, re, sys
def patterns(part):
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if key == 'pattern' and isinstance(value, str): yield value
        elif isinstance(value, (dict, list)): yield from patterns(value)
for kind in 'study', 'plan':
    for one in set(patterns(json.load(open(sys.argv[1] + '/' + kind + '.schema')))): re.compile(one)
lines = next(one for one in patterns(json.load(open(sys.argv[1] + '/study.schema'))) if 'u001f' in one)
print([bool(re.search(lines, text)) for text in ['Étude 1, 2 µg', '', 'a\\tb', 'a\\u0085b']])
`;
  const read = execFileSync(PYTHON, ['-c', script, schemasAndFiles()], { encoding: 'utf8' });
  expect(read).toBe('[True, True, False, False]\n');
});

testWithTool([PYTHON, '-c', 'import jsonschema'])(
  "Python's jsonschema accepts every fixture, and refuses a control character",
  () => {
    const script = `
import json, sys, jsonschema
of = {}
for kind in 'study', 'plan':
    schema = json.load(open(sys.argv[1] + '/' + kind + '.schema'))
    jsonschema.Draft7Validator.check_schema(schema)
    of[kind] = jsonschema.Draft7Validator(schema)
for one in json.load(open(sys.argv[1] + '/cases')):
    for error in of[one['kind']].iter_errors(one['content']): print(one['name'], error.json_path, error.message)
    if one['name'] == 'template' and one['kind'] == 'study':
        one['content']['study']['title'] = 'a\\tb'
        print([error.json_path for error in of['study'].iter_errors(one['content'])])
`;
    const read = execFileSync(PYTHON, ['-c', script, schemasAndFiles()], { encoding: 'utf8' });
    expect(read).toBe("['$.study.title']\n");
  },
);
