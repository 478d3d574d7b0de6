import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { sha256 } from '../digest.ts';
import { SOFTWARE } from '../version.ts';
import { accountName } from './account.ts';

/** The program as it is installed. */
export interface ProgramFiles {
  /** Where its first file is, without links. */
  readonly path: string;
  /** SHA-256 of that file. */
  readonly sha256: string;
  /** How many files the program has. */
  readonly files: number;
  /** SHA-256 of what `LC_ALL=C sha256sum *.cjs` prints in the program's folder; with one file that of the file. */
  readonly sha256OfAll: string;
}

/** A program and the machine that it runs on. */
export interface Installation {
  /** Its name and version. */
  readonly software: string;
  readonly program: ProgramFiles;
  readonly node: string;
  readonly computer: string;
  /** The account that runs it. */
  readonly account: string;
  readonly system: string;
  readonly cpu: string;
  /** In GB. */
  readonly memory: number;
  readonly locale: string;
  readonly zone: string;
}

/** What runs here, and where. */
export function inspectInstallation(): Installation {
  const processors = cpus();
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return {
    software: SOFTWARE,
    program: programFiles(process.argv[1] ?? process.execPath),
    node: process.version,
    computer: hostname(),
    account: accountName(),
    system: `${platform()} ${release()}, ${arch()}`,
    cpu: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: Math.round(totalmem() / 1e9),
    locale,
    zone: timeZone,
  };
}

/** The files of a program: what it starts with, and the parts beside it that it loads. */
function programFiles(started: string): ProgramFiles {
  const path = realpathSync(started);
  const digestOf = (file: string) => sha256(readFileSync(file));
  const own = digestOf(path);
  const end = '.cjs';
  // An executable is one file. What lies beside it has nothing to do with it.
  if (!path.endsWith(end)) return { path, sha256: own, files: 1, sha256OfAll: own };
  const folder = dirname(path);
  const names = readdirSync(folder).filter((name) => name.endsWith(end));
  const lines = names.sort().map((name) => {
    return `${name === basename(path) ? own : digestOf(join(folder, name))}  ${name}\n`;
  });
  return { path, sha256: own, files: names.length, sha256OfAll: sha256(lines.join('')) };
}
