import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A package whose code is in the bundle. */
export interface BundledPackage {
  /** Its folder as the lock file names it, such as `node_modules/pdfkit/node_modules/@noble/hashes`. */
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** The text of the licence, with the notices that it asks for. */
  readonly text: string;
  /** What npm compared the downloaded package with: `sha512-` and base64. */
  readonly integrity: string | undefined;
  /** The names of the packages that it asks for. */
  readonly needs: readonly string[];
}

/** What a package.json says, as far as it matters here. */
interface About {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Licences of packages whose package.json has none, no SPDX expression, or another one than their licence file:
 * what each licence file must say for this to be true.
 */
const BY_LICENCE_FILE: Readonly<Record<string, { licence: string; says: string }>> = {
  'date-holidays': { licence: 'ISC AND CC-BY-SA-3.0', says: 'is available under CC BY-SA 3.0' },
  'dejavu-fonts-ttf': { licence: 'Bitstream-Vera', says: 'Bitstream Vera Fonts Copyright' },
  'png-js': { licence: 'MIT', says: 'MIT License' },
};

/**
 * The packages that modules of a bundle come from, in the order of their places.
 *
 * @param moduleIds the modules, as rolldown names them; those of randose itself are not listed
 * @throws Error if a package has no licence that is known here
 */
export function bundledPackages(moduleIds: Iterable<string>, project: string): BundledPackage[] {
  const places = new Set<string>();
  for (const id of moduleIds) {
    // rolldown adds a few lines of its own, which let chunks find each other.
    if (id.startsWith('\0rolldown/')) places.add('node_modules/rolldown');
    const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];
    if (folder !== undefined) places.add(relative(project, folder));
  }
  const locked = readLock(project);
  return [...places].sort().map((place) => packageAt(project, place, locked[place]?.integrity));
}

function readLock(project: string): Readonly<Record<string, { integrity?: string }>> {
  const text = readFileSync(join(project, 'package-lock.json'), 'utf8');
  return (JSON.parse(text) as { packages: Record<string, { integrity?: string }> }).packages;
}

function packageAt(project: string, place: string, integrity: string | undefined): BundledPackage {
  const folder = join(project, place);
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as About;
  const { name, version } = about;
  const needs = Object.keys({ ...about.dependencies, ...about.optionalDependencies });
  const text = licenceText(project, folder, about) + attributions(folder);
  return { place, name, version, licence: licenceOf(about, text), text, integrity, needs };
}

function licenceOf({ name, license }: About, text: string): string {
  const known = BY_LICENCE_FILE[name];
  if (known !== undefined && !text.includes(known.says)) {
    throw new Error(`${name} has another licence now: look at it, and correct BY_LICENCE_FILE`);
  }
  const licence = known?.licence ?? license;
  if (licence === undefined) throw new Error(`${name} does not say its licence`);
  return licence;
}

function licenceText(project: string, folder: string, { name, license, author }: About): string {
  const files = readdirSync(folder).filter((entry) => /^(?:licen[cs]e|notice)\b/i.test(entry));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8'));
  if (texts.length > 0) return texts.join('\n');
  const holder = typeof author === 'string' ? author : author?.name;
  if (license === 'MIT' && holder !== undefined) return mitLicence(project, holder);
  // It names nobody, so that every copy is the same.
  if (license === 'Unlicense') {
    return readFileSync(join(project, 'bin', 'release', 'unlicense.txt'), 'utf8');
  }
  throw new Error(`${name} has no text of its licence`);
}

/** The licence of packages under MIT that come without its text: that of randose, with their holder. */
function mitLicence(project: string, holder: string): string {
  const text = readFileSync(join(project, 'LICENSE'), 'utf8');
  return text.replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
}

/** The sources that the data of date-holidays come from: their licence asks to name them. */
function attributions(folder: string): string {
  const countries = join(folder, 'data', 'countries');
  if (!existsSync(countries)) return '';
  const texts = readdirSync(countries).map((file) => readFileSync(join(countries, file), 'utf8'));
  const found = texts.flatMap((text) => text.match(/(?<=@(?:attrib|source) ).*\S/g) ?? []);
  return `\nSources of the holidays:\n${[...new Set(found)].sort().join('\n')}\n`;
}
