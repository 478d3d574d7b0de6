import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'rolldown';
import { thirdParty } from './bin/release/third-party.ts';

/**
 * Parts of libraries that randose never runs. They stay out of the bundle:
 *
 * - commander loads child_process for subcommands that are programs of their own. randose has none, and
 *   loading it would be a third of what `randose --help` costs beyond Node.
 * - fontkit unpacks WOFF2 fonts with brotli's dictionary (0.5 MB). The fonts here are TrueType.
 * - bwip-js finds any of a hundred kinds of bar codes by name (0.7 MB). randose draws two kinds.
 */
function unusedParts(): Plugin {
  const empty = '\0unused';
  return {
    name: 'unused-parts',
    resolveId: (id, importer = '') =>
      (id === 'node:child_process' && importer.includes('/node_modules/commander/')) ||
      (id === 'brotli/decompress.js' && importer.includes('/node_modules/fontkit/'))
        ? empty
        : null,
    load: (id) => (id === empty ? 'export default {}' : null),
    transform(code, id) {
      if (!id.endsWith('/bwip-js/dist/bwipp.mjs')) return null;
      const names = /^ {8}case "(?!datamatrix"|qrcode")\w+":\n {12}return bwipp_\w+;\n/gm;
      const left = code
        .replace(names, '')
        .replace(/^var bwipp_symlist = [\s\S]*?^\];/m, 'var bwipp_symlist = [];');
      if (left.length === code.length)
        throw new Error('bwip-js finds bar codes in another way now');
      return left;
    },
  };
}

/**
 * An imported font, or a program in WebAssembly, is its bytes. They are compressed within the bundle, so that the program
 * needs no other file. Tests go the same way.
 */
export function fileBytes(): Plugin {
  return {
    name: 'file-bytes',
    load(id) {
      if (!/\.(ttf|wasm)$/.test(id)) return null;
      const packed = deflateSync(readFileSync(id), { level: 9 }).toString('base64');
      return `import { inflateSync } from 'node:zlib';
export default new Uint8Array(inflateSync(Buffer.from('${packed}', 'base64')));`;
    },
  };
}

/** A template or a page that is imported (YAML, CSV, Markdown) is its text. Tests go the same way. */
export function fileTexts(): Plugin {
  return {
    name: 'file-texts',
    load(id) {
      if (!/\.(yaml|csv|md)$/.test(id)) return null;
      return `export default ${JSON.stringify(readFileSync(id, 'utf8'))};`;
    },
  };
}

/**
 * An imported folder, `FOLDER?files`, is the texts of its files by their names, compressed within the bundle. Tests go the
 * same way.
 */
export function folderTexts(): Plugin {
  const end = '?files';
  return {
    name: 'folder-texts',
    resolveId: (id, importer = '') => (id.endsWith(end) ? join(dirname(importer), id) : null),
    load(id) {
      if (!id.endsWith(end)) return null;
      const folder = id.slice(0, -end.length);
      const files = readdirSync(folder).sort();
      const texts = files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
      const packed = deflateSync(JSON.stringify(Object.fromEntries(texts)), { level: 9 });
      return `import { inflateSync } from 'node:zlib';
export default JSON.parse(inflateSync(Buffer.from('${packed.toString('base64')}', 'base64')).toString());`;
    },
  };
}

/**
 * `date-holidays/data?texts` is the data of date-holidays with a JSON text for each country and each name: all of them
 * together take as long to load as the rest of a command. Tests go the same way.
 */
export function holidayTexts(): Plugin {
  const end = '?texts';
  return {
    name: 'holiday-texts',
    async resolveId(id, importer) {
      if (!id.endsWith(end)) return null;
      const data = await this.resolve(id.slice(0, -end.length), importer);
      return data === null ? null : `${data.id}${end}`;
    },
    async load(id) {
      if (!id.endsWith(end)) return null;
      const file = pathToFileURL(id.slice(0, -end.length)).href;
      const { data } = (await import(file)) as {
        data: Record<'holidays' | 'names', Record<string, unknown>>;
      };
      const texts = (parts: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, JSON.stringify(part)]));
      const { holidays, names } = data;
      return `export default ${JSON.stringify({ holidays: texts(holidays), names: texts(names) })};`;
    },
  };
}

/** Makes the entry executable. npm does so when it installs, but not in the repository. */
function executable(): Plugin {
  return {
    name: 'executable',
    writeBundle({ dir = '' }) {
      chmodSync(join(dir, 'randose.cjs'), 0o755);
    },
  };
}

/**
 * One bundle with every library inside it, so that what was tested is what runs, and so that randose
 * starts almost as fast as Node. CommonJS, because Node 20 starts it measurably faster than an ES
 * module (bench/ has the figures). Each command is its own chunk.
 */
export const program = defineConfig({
  input: { randose: 'bin/randose.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    // The executable gives its chunks require, and no import (bin/release/main.cjs).
    dynamicImportInCjs: false,
    minify: true,
    sourcemap: false,
  },
  plugins: [
    fileBytes(),
    fileTexts(),
    folderTexts(),
    holidayTexts(),
    unusedParts(),
    thirdParty(import.meta.dirname),
    executable(),
  ],
  cwd: import.meta.dirname,
});

/** The program of a thread that seals. It is a file of its own, for it must not run the other one. */
const sealingThread = defineConfig({
  input: { 'sealing-thread': 'bin/sealing-thread.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    codeSplitting: false,
    minify: true,
  },
  cwd: import.meta.dirname,
});

export default [program, sealingThread];
