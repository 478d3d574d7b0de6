import { posix, win32 } from 'node:path';
import { type Given, givenSettings, type Setting } from './given-settings.ts';
import type { Machine } from './machine.ts';
import { passwordFor, readPasswords } from './password-file.ts';
import { settingError } from './setting-error.ts';
import { type TlsSettings, tlsFor } from './tls-settings.ts';

/** One of the servers that may have the database. */
export interface HostSettings {
  /** For messages: `db.example.org:5432`, or a socket. */
  readonly name: string;
  readonly place: { readonly socket: string } | { readonly host: string; readonly port: number };
  readonly password: { readonly text: string; readonly from: string } | undefined;
  /** Undefined: in plain text. */
  readonly tls: TlsSettings | undefined;
}

/** How a database is reached. */
export interface ConnectionSettings {
  /** In the order in which they are tried. */
  readonly hosts: readonly HostSettings[];
  readonly user: string;
  readonly database: string;
  readonly applicationName: string;
  /** Options for the server's session, such as `-c work_mem=64MB`. */
  readonly options: string | undefined;
  /** The servers that will do: one that can be written to, one that is not a standby, or any. */
  readonly session: 'read-write' | 'primary' | 'any';
  /** How long a server may take to answer; undefined if nobody said. */
  readonly connectTimeoutMs: number | undefined;
  /** What was left aside, and why: sentences. */
  readonly notes: readonly string[];
}

/** Where PostgreSQL's programs look for a socket, by who built them. */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp'];

/**
 * How a database is reached, by the rules of PostgreSQL's own library: what the URL does not say comes from a service file,
 * then from the environment. Stricter than the library in two ways: a server on another machine is used over TLS alone,
 * its certificate checked up to a trusted authority and for its host name; and the session must be one that can write.
 * https://www.postgresql.org/docs/current/libpq-connect.html
 *
 * @param url `postgres://` or `postgresql://`; undefined if the environment says everything
 * @throws RandoseError `usage` if a setting is unknown, contradicts another, or is a password in the URL
 */
export function connectionSettings(url: string | undefined, machine: Machine): ConnectionSettings {
  const given = givenSettings(url, machine);
  const user = given.get('user')?.value ?? machine.account;
  const database = given.get('dbname')?.value ?? user;
  const places = placesOf(given, machine);
  const passwords = readPasswords(given.get('passfile'), machine);
  const own = given.get('password');
  const hosts = places.map((place): HostSettings => {
    const port = String(place.port);
    const password =
      own === undefined
        ? passwordFor(passwords, { host: place.hostInPasswordFile, port, database, user })
        : { text: own.value, from: own.from };
    if ('folder' in place) {
      const socket = socketIn(place.folder, place.port);
      return { name: `the socket ${socket}`, place: { socket }, password, tls: undefined };
    }
    const { address: host, hostName } = place;
    return {
      name: `${host.includes(':') ? `[${host}]` : (hostName ?? host)}:${port}`,
      place: { host, port: place.port },
      password,
      tls: tlsFor({ hostName, isHere: isThisMachine(host), given, machine }),
    };
  });
  return {
    hosts,
    user,
    database,
    applicationName: given.get('application_name')?.value ?? 'randose',
    options: given.get('options')?.value,
    session: sessionOf(given.get('target_session_attrs')),
    connectTimeoutMs: timeoutOf(given.get('connect_timeout')),
    notes: passwords.notes,
  };
}

/** Whether a host is this machine: nothing that is sent to it leaves the machine. */
function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

type Place = { readonly port: number; readonly hostInPasswordFile: string } & (
  { readonly folder: string } | { readonly address: string; readonly hostName: string | undefined }
);

function placesOf(given: ReadonlyMap<Setting, Given>, machine: Machine): readonly Place[] {
  const [names, addresses, ports] = (['host', 'hostaddr', 'port'] as const).map((setting) => {
    const one = given.get(setting);
    return one === undefined ? undefined : { ...one, list: one.value.split(',') };
  });
  const count = (names ?? addresses)?.list.length ?? 1;
  for (const [what, list] of [
    ['addresses', addresses],
    ['ports', ports],
  ] as const) {
    const isOnePort = list === ports && list?.list.length === 1;
    if (list !== undefined && list.list.length !== count && !isOnePort) {
      throw settingError(
        list.from,
        `${list.list.length} ${what} for ${count} ${count === 1 ? 'host' : 'hosts'}`,
        'Give one for each host, in the same order.',
      );
    }
  }
  return Array.from({ length: count }, (_, index): Place => {
    const port = portOf(
      (ports?.list.length === 1 ? ports.list[0] : ports?.list[index]) ?? '',
      ports,
    );
    const address = addresses?.list[index] ?? '';
    const named = names?.list[index] ?? '';
    const hostName = named === '' ? undefined : named;
    if (address !== '') {
      return { port, address, hostName, hostInPasswordFile: hostName ?? address };
    }
    if (hostName !== undefined && !isFolder(hostName, machine)) {
      return { port, address: hostName, hostName, hostInPasswordFile: hostName };
    }
    if (machine.isWindows && hostName === undefined) {
      return { port, address: 'localhost', hostName: 'localhost', hostInPasswordFile: 'localhost' };
    }
    const usual = SOCKET_FOLDERS.find((one) => machine.hasSocket(socketIn(one, port)));
    const folder = hostName ?? usual ?? SOCKET_FOLDERS[0]!;
    const isUsual = SOCKET_FOLDERS.includes(folder);
    return { port, folder, hostInPasswordFile: isUsual ? 'localhost' : folder };
  });
}

/** Whether a host is the folder of a socket. */
function isFolder(host: string, machine: Machine): boolean {
  return (machine.isWindows ? win32 : posix).isAbsolute(host);
}

const socketIn = (folder: string, port: number) => `${folder}/.s.PGSQL.${String(port)}`;

function portOf(text: string, given: Given | undefined): number {
  if (text === '') return 5432;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw settingError(given?.from ?? '', 'a port is not a number from 1 to 65535', 'Correct it.');
}

function sessionOf(given: Given | undefined): ConnectionSettings['session'] {
  const session = given?.value ?? 'read-write';
  if (session === 'read-write' || session === 'primary' || session === 'any') return session;
  throw settingError(
    given?.from ?? '',
    `target_session_attrs "${session}" does not fit: randose writes to the database`,
    'Use read-write. To read from any server, use any.',
  );
}

function timeoutOf(given: Given | undefined): number | undefined {
  if (given === undefined) return undefined;
  const seconds = Number(given.value);
  if (!/^-?\d+$/.test(given.value)) {
    throw settingError(
      given.from,
      `connect_timeout "${given.value}" is not a number of seconds`,
      'Correct it.',
    );
  }
  // The library waits for ever, and for two seconds at least. randose does not wait for ever.
  return seconds <= 0 ? undefined : Math.max(2, seconds) * 1000;
}
