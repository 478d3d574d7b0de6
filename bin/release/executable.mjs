/**
 * Writes the program as one file that needs no Node: build/randose-VERSION-PLATFORM-ARCH, with what its user must
 * have beside it, and the SHA-256 sums of all. It takes the files of dist/ as they are and the Node that runs it.
 * The same two give the same bytes (docs/decisions/0070-executable-has-the-chunks.md).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The mark in a Node binary that says whether it has a program inside (Node's page on single executables). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const project = join(import.meta.dirname, '..', '..');
const build = join(project, 'build');
/** @type {{ version: string }} */
const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
const { platform, arch, execPath } = process;
const name = `randose-${version}-${platform === 'win32' ? 'windows' : platform}-${arch}`;
const executable = join(build, platform === 'win32' ? `${name}.exe` : name);
const licences = join(build, `${name}-licences.txt`);
const billFile = join(build, `${name}.cdx.json`);
const sums = join(build, `${name}.sha256`);

/**
 * Runs a program, and shows what it says only if it fails.
 *
 * @param {string} program
 * @param {string[]} words
 * @returns what it wrote to standard output
 */
function run(program, ...words) {
  const { status, error, stdout, stderr } = spawnSync(program, words, {
    cwd: project,
    encoding: 'utf8',
  });
  if (error !== undefined || status !== 0) {
    throw error ?? new Error(`${program} ${words.join(' ')}: status ${status}\n${stdout}${stderr}`);
  }
  return stdout;
}

/** The files of dist/, by their names, in one order. */
function chunks() {
  const names = readdirSync(join(project, 'dist')).filter((file) => file.endsWith('.cjs'));
  return Object.fromEntries(names.sort().map((file) => [file, `dist/${file}`]));
}

/** Puts the chunks into one file, as Node reads it from an executable. */
function writeBlob() {
  const blob = join(build, 'chunks.blob');
  const config = join(build, 'executable.json');
  const about = {
    // Node writes this path into the blob, so it must not be that of a machine.
    main: 'bin/release/main.cjs',
    output: blob,
    disableExperimentalSEAWarning: true,
    // Compiled code differs from run to run. Chunks that are compiled when they are called do not need it.
    useCodeCache: false,
    useSnapshot: false,
    assets: chunks(),
  };
  writeFileSync(config, JSON.stringify(about));
  run(execPath, '--experimental-sea-config', config);
  rmSync(config);
  return blob;
}

/** @param {string} blob */
function writeExecutable(blob) {
  rmSync(executable, { force: true });
  copyFileSync(execPath, executable);
  chmodSync(executable, 0o755);
  // macOS starts only what is signed, and the signature of Node is no longer true.
  if (platform === 'darwin') run('codesign', '--remove-signature', executable);
  const postject = fileURLToPath(import.meta.resolve('postject/dist/cli.js'));
  const segment = platform === 'darwin' ? ['--macho-segment-name', 'NODE_SEA'] : [];
  run(execPath, postject, executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, ...segment);
  if (platform === 'darwin') run('codesign', '--sign', '-', executable);
  rmSync(blob);
}

/** The licence of Node and of what is inside it, where an installation has it. */
function nodeLicence() {
  const above = join(dirname(execPath), '..');
  const places = ['LICENSE', 'share/doc/nodejs/LICENSE', 'share/doc/node/LICENSE'];
  const found = [join(dirname(execPath), 'LICENSE'), ...places.map((place) => join(above, place))]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .find((text) => text.startsWith('Node.js is licensed'));
  const page = `https://github.com/nodejs/node/blob/${process.version}/LICENSE`;
  return found ?? `This installation of Node has no licence file. Its text is at ${page}\n`;
}

/** Whoever passes the executable on passes on the licences with it: MIT and others ask for it. */
function writeLicences() {
  const parts = [
    `randose ${version} (MIT)\n\n${readFileSync(join(project, 'LICENSE'), 'utf8')}`,
    readFileSync(join(project, 'dist', 'THIRD-PARTY-LICENCES.txt'), 'utf8'),
    `Node.js ${process.version}\n\n${nodeLicence()}`,
  ];
  writeFileSync(licences, parts.join(`\n${'='.repeat(72)}\n\n`));
}

/** The bill of materials of dist/, with Node and the libraries that Node has inside. */
function writeBill() {
  /** @type {{ components: object[], dependencies: { dependsOn: string[] }[] }} */
  const bill = JSON.parse(readFileSync(join(project, 'dist', 'randose.cdx.json'), 'utf8'));
  const { node, ...others } = process.versions;
  const inside = Object.entries(others)
    // These are versions of interfaces and of standards.
    .filter(([library]) => !['modules', 'napi', 'unicode'].includes(library))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([library, number]) => ({ type: 'library', name: library, version: number }));
  const purl = `pkg:generic/node@${node}`;
  bill.components.push({
    type: 'platform',
    'bom-ref': purl,
    name: 'node',
    version: node,
    scope: 'required',
    licenses: [{ license: { id: 'MIT' } }],
    cpe: `cpe:2.3:a:nodejs:node.js:${node}:*:*:*:*:*:*:*`,
    purl,
    components: inside,
  });
  bill.dependencies[0]?.dependsOn.push(purl);
  writeFileSync(billFile, `${JSON.stringify(bill, null, 2)}\n`);
}

/** One line a file, as `sha256sum -c` reads it. */
function writeSums() {
  const lines = [executable, licences, billFile].map((file) => {
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    return `${digest}  ${basename(file)}\n`;
  });
  writeFileSync(sums, lines.join(''));
}

mkdirSync(build, { recursive: true });
writeExecutable(writeBlob());
writeLicences();
writeBill();
writeSums();
const said = run(executable, '--version').trim();
if (said !== version) throw new Error(`${executable} says ${said}, and not ${version}`);
console.log(readFileSync(sums, 'utf8').trimEnd());
