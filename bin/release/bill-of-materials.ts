import type { BundledPackage } from './bundled-packages.ts';

/** What the bill is about. */
interface Program {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/**
 * The software bill of materials of the bundle: CycloneDX 1.6, as JSON. It has no serial number and no time, so that
 * the same bundle has the same bill.
 *
 * @param direct the names of the packages that the program itself imports
 */
export function billOfMaterials(
  program: Program,
  packages: readonly BundledPackage[],
  direct: readonly string[],
) {
  const { name, version, description, license } = program;
  const places = new Map(packages.map((one) => [one.place, one]));
  const refsOf = (names: readonly string[], from: string) =>
    names
      .map((needed) => resolved(needed, from, places))
      .filter((found) => found !== undefined)
      .map(purlOf)
      .sort();
  const own = purlOf(program);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': own,
        name,
        version,
        description,
        licenses: [{ license: { id: license } }],
        purl: own,
      },
    },
    components: unique(packages).map(componentOf),
    dependencies: [
      { ref: own, dependsOn: refsOf(direct, '') },
      ...unique(packages).map((one) => ({
        ref: purlOf(one),
        dependsOn: refsOf(one.needs, one.place),
      })),
    ],
  };
}

/** Packages without those that are there again, with the same version, in another folder. */
function unique(packages: readonly BundledPackage[]): BundledPackage[] {
  const byPurl = new Map(packages.map((one) => [purlOf(one), one]));
  return [...byPurl.values()];
}

function componentOf(one: BundledPackage) {
  const [, group, name] = /^(?:(@[^/]+)\/)?(.*)$/.exec(one.name)!;
  const isOne = /^[\w.-]+$/.test(one.licence);
  return {
    type: 'library',
    'bom-ref': purlOf(one),
    ...(group !== undefined && { group }),
    name,
    version: one.version,
    scope: 'required',
    ...(one.integrity !== undefined && { hashes: [hashOf(one.integrity)] }),
    licenses: isOne ? [{ license: { id: one.licence } }] : [{ expression: one.licence }],
    purl: purlOf(one),
  };
}

/** The package that a package gets for a name, as Node looks for it; undefined if it is not in the bundle. */
function resolved(
  name: string,
  from: string,
  places: ReadonlyMap<string, BundledPackage>,
): BundledPackage | undefined {
  const found = places.get(`${from === '' ? '' : `${from}/`}node_modules/${name}`);
  if (found !== undefined || from === '') return found;
  return resolved(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), places);
}

/** A package as its registry and scanners for weaknesses name it: a package URL. */
function purlOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function hashOf(integrity: string) {
  const [, bits, digest] = /^sha(\d+)-(.+)$/.exec(integrity)!;
  return { alg: `SHA-${bits}`, content: Buffer.from(digest!, 'base64').toString('hex') };
}
