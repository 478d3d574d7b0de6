import { posix, win32 } from 'node:path';
import type { Given } from './given-settings.ts';
import type { Machine } from './machine.ts';

/** The lines of a password file. */
export interface Passwords {
  readonly lines: readonly { readonly fields: readonly string[]; readonly from: string }[];
  /** Why the file was not read. */
  readonly notes: readonly string[];
}

/**
 * Reads the password file of PostgreSQL's library: lines `host:port:database:user:password`. A file that others can read is
 * left aside, as the library does. https://www.postgresql.org/docs/current/libpq-pgpass.html
 *
 * @param named the file, if somebody named one
 */
export function readPasswords(named: Given | undefined, machine: Machine): Passwords {
  const path = named?.value ?? usualFile(machine);
  const file = path === undefined ? undefined : machine.readFile(path);
  if (path === undefined || file === undefined) {
    const isMissing = named !== undefined;
    return { lines: [], notes: isMissing ? [`${named.from}: ${named.value} is not a file.`] : [] };
  }
  if (((file.mode ?? 0) & 0o077) !== 0) {
    const note = `${path} was not read, because others than you can read it. Run: chmod 600 ${path}`;
    return { lines: [], notes: [note] };
  }
  const lines = file.text.split('\n').flatMap((raw, index) => {
    const line = raw.replace(/\r$/, '');
    const isEntry = line !== '' && !line.startsWith('#');
    return isEntry ? [{ fields: fieldsOf(line), from: `${path}, line ${index + 1}` }] : [];
  });
  return { lines, notes: [] };
}

function usualFile({ environment, home, isWindows }: Machine): string | undefined {
  if (isWindows) return win32.join(environment.APPDATA ?? '', 'postgresql', 'pgpass.conf');
  return home === undefined ? undefined : posix.join(home, '.pgpass');
}

/** Fields are separated by colons; a backslash before a colon or a backslash makes it a letter of the field. */
function fieldsOf(line: string): string[] {
  const fields = [''];
  for (const [part] of line.matchAll(/\\[\s\S]|[\s\S]/g)) {
    if (part === ':') fields.push('');
    else fields.push(`${fields.pop()!}${part.length === 2 ? part.slice(1) : part}`);
  }
  return fields;
}

/** The password of the first line that fits; undefined if none does. */
export function passwordFor(
  { lines }: Passwords,
  wanted: {
    readonly host: string;
    readonly port: string;
    readonly database: string;
    readonly user: string;
  },
): { readonly text: string; readonly from: string } | undefined {
  const { host, port, database, user } = wanted;
  const found = lines.find(({ fields }) =>
    [host, port, database, user].every(
      (value, index) => fields[index] === '*' || fields[index] === value,
    ),
  );
  const text = found?.fields[4] ?? '';
  return found === undefined || text === '' ? undefined : { text, from: found.from };
}
