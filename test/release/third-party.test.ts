import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import {
  rolldown,
  type InputOptions,
  type OutputAsset,
  type OutputChunk,
  type OutputOptions,
} from 'rolldown';
import { expect, test } from 'vitest';
import { bundledPackages } from '../../bin/release/bundled-packages.ts';
import { program as config } from '../../rolldown.config.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const inDist = (name: string) => readFileSync(join(PROJECT, 'dist', name), 'utf8');

interface Component {
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly { alg: string; content: string }[];
  readonly licenses: readonly { license?: { id: string }; expression?: string }[];
}
interface Bill {
  readonly components: readonly Component[];
  readonly dependencies: readonly { ref: string; dependsOn: readonly string[] }[];
}
const BILL = JSON.parse(inDist('randose.cdx.json')) as Bill;
const nameOf = ({ group, name, version }: Component) =>
  `${group === undefined ? '' : `${group}/`}${name} ${version}`;
const NAMES = BILL.components.map(nameOf);

/** Licences that let everyone pass on the program with its notices. */
const PERMIT = ['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'Bitstream-Vera', 'ISC', 'MIT', 'Unlicense'];
/** For data: the sources are named, and changed data keep the licence. */
const PERMIT_FOR_DATA = ['CC-BY-SA-3.0'];

let made: Promise<readonly OutputFile[]> | undefined;
/** The files of a build, which is made once. */
async function build(): Promise<readonly OutputFile[]> {
  const { output, ...input } = config as InputOptions & { output: OutputOptions };
  const bundle = await rolldown(input);
  const { output: files } = await bundle.generate(output);
  await bundle.close();
  return files;
}
type OutputFile = OutputChunk | OutputAsset;

test('each package that is bundled is in the bill, and two builds give the same bill', async () => {
  const files = await (made ??= build());
  const places = new Set<string>();
  for (const chunk of files) {
    for (const id of chunk.type === 'chunk' ? chunk.moduleIds : []) {
      const parts = id.split('/node_modules/');
      const [scope = '', name = ''] = parts.at(-1)!.split('/');
      parts[parts.length - 1] = scope.startsWith('@') ? `${scope}/${name}` : scope;
      if (parts.length > 1) places.add(parts.join('/node_modules/'));
    }
  }
  const bundled = [...places].map((place) => {
    const text = readFileSync(join(place, 'package.json'), 'utf8');
    const { name, version } = JSON.parse(text) as { name: string; version: string };
    return `${name} ${version}`;
  });
  expect(bundled.length).toBeGreaterThan(60);
  // rolldown adds the lines with which chunks find each other.
  const { version } = JSON.parse(
    readFileSync(join(PROJECT, 'node_modules', 'rolldown', 'package.json'), 'utf8'),
  ) as { version: string };
  expect(NAMES.toSorted()).toEqual([...new Set([...bundled, `rolldown ${version}`])].sort());
  const again = files.find(({ fileName }) => fileName === 'randose.cdx.json');
  expect(again?.type === 'asset' && again.source).toBe(inDist('randose.cdx.json'));
});

test('each package that the program imports is in the bill', async () => {
  const files = await (made ??= build());
  const imported = files
    .flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
    .filter((id) => id.startsWith(join(PROJECT, 'src')) && id.endsWith('.ts'))
    .flatMap((id) => {
      const text = readFileSync(id, 'utf8');
      const found = text.matchAll(/^(?:import (?!type )[^;]*? from |.*import\()'([^.'][^']*)'/gm);
      return [...found].map(([, id]) => id!);
    })
    .filter((id) => !id.startsWith('node:'))
    .map((id) => /^(?:@[^/]+\/)?[^/]+/.exec(id)![0]);
  expect(imported.length).toBeGreaterThan(20);
  const names = NAMES.map((name) => name.replace(/ .*/, ''));
  for (const name of imported) expect(names).toContain(name);
});

test('each licence permits to pass the program on, and its text is there', () => {
  const texts = inDist('THIRD-PARTY-LICENCES.txt').split(`\n${'-'.repeat(72)}\n\n`);
  expect(texts).toHaveLength(new Set(NAMES).size);
  for (const component of BILL.components) {
    const said = component.licenses.map(({ license, expression }) => license?.id ?? expression);
    const ids = said.join(' AND ').split(' AND ');
    for (const id of ids) expect([...PERMIT, ...PERMIT_FOR_DATA], nameOf(component)).toContain(id);
    const own = texts.find((text) => text.startsWith(`${nameOf(component)} (`)) ?? '';
    expect(own, nameOf(component)).toMatch(/copyright/i);
    expect(own.length, nameOf(component)).toBeGreaterThan(500);
  }
});

test('each package has the hash of the lock file, and all that it asks for is in the bill', () => {
  const refs = BILL.components.map((component) => component['bom-ref']);
  expect(new Set(refs).size).toBe(refs.length);
  for (const { hashes } of BILL.components) {
    expect(hashes).toEqual([
      { alg: 'SHA-512', content: expect.stringMatching(/^[\da-f]{128}$/) as string },
    ]);
  }
  expect(BILL.dependencies.map(({ ref }) => ref)).toEqual(['pkg:npm/randose@0.1.0', ...refs]);
  const asked = new Set(BILL.dependencies.flatMap(({ dependsOn }) => dependsOn));
  for (const ref of asked) expect(refs).toContain(ref);
  // Nothing is in the bundle that nobody asked for.
  expect(refs.filter((ref) => !asked.has(ref))).toEqual([]);
});

/** The folder of CycloneDX's schemas: `res/schema` in the package @cyclonedx/cyclonedx-library. */
const SCHEMAS = process.env.RANDOSE_CYCLONEDX_SCHEMAS ?? '';

// They are not in the repository.
if (existsSync(SCHEMAS)) {
  test('CycloneDX’s schema takes it', () => {
    const read = (name: string) =>
      JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
      ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
    }
    const validate = ajv.compile(read('bom-1.6'));
    validate(BILL);
    expect(validate.errors).toBeNull();
    const build = join(PROJECT, 'build');
    const others = existsSync(build) ? readdirSync(build) : [];
    for (const file of others.filter((name) => name.endsWith('.cdx.json'))) {
      validate(JSON.parse(readFileSync(join(build, file), 'utf8')));
      expect(validate.errors, file).toBeNull();
    }
  });
}

test('a package in the public domain has the text that says so', () => {
  const module = join(PROJECT, 'node_modules', 'postgres', 'src', 'index.js');
  const [found] = bundledPackages([module], PROJECT);
  expect(found).toMatchObject({ name: 'postgres', licence: 'Unlicense', needs: [] });
  expect(found?.text).toContain('free and unencumbered software released into the public domain');
});
