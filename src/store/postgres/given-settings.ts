import { posix, win32 } from 'node:path';
import type { Machine } from './machine.ts';
import { settingError } from './setting-error.ts';

/** A setting as somebody gave it, and where. */
export interface Given {
  readonly value: string;
  /** For messages: `the URL`, `PGHOST`, or a file and line. */
  readonly from: string;
}

/** The settings of PostgreSQL's library that randose follows, by their name in a URL, with their environment variable. */
const FOLLOWED = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  application_name: 'PGAPPNAME',
  options: 'PGOPTIONS',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslpassword: undefined,
  sslcrl: 'PGSSLCRL',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  service: 'PGSERVICE',
} as const;

export type Setting = keyof typeof FOLLOWED;

/** Settings that randose cannot follow, with the values under which that makes no difference. */
const NOT_FOLLOWED: Readonly<
  Record<string, { readonly variable: string; readonly harmless: readonly string[] }>
> = {
  channel_binding: { variable: 'PGCHANNELBINDING', harmless: ['prefer', 'disable'] },
  gssencmode: { variable: 'PGGSSENCMODE', harmless: ['prefer', 'disable'] },
  load_balance_hosts: { variable: 'PGLOADBALANCEHOSTS', harmless: ['disable'] },
  require_auth: { variable: 'PGREQUIREAUTH', harmless: [] },
  requirepeer: { variable: 'PGREQUIREPEER', harmless: [] },
  sslcertmode: { variable: 'PGSSLCERTMODE', harmless: ['allow'] },
  sslcompression: { variable: 'PGSSLCOMPRESSION', harmless: ['0'] },
  sslcrldir: { variable: 'PGSSLCRLDIR', harmless: [] },
  sslnegotiation: { variable: 'PGSSLNEGOTIATION', harmless: ['postgres'] },
  sslsni: { variable: 'PGSSLSNI', harmless: ['1'] },
};

/** randose speaks UTF-8 with the server, whatever this says. */
const ALWAYS_UTF8 = 'client_encoding';

/** Where builds of PostgreSQL keep the service file of the whole machine. */
const SYSTEM_FOLDERS = ['/etc/postgresql-common', '/etc/sysconfig/pgsql', '/etc'];

/**
 * Every setting that somebody gave: in the URL, else in the service file, else in the environment.
 *
 * @throws RandoseError `usage`
 */
export function givenSettings(
  url: string | undefined,
  machine: Machine,
): ReadonlyMap<Setting, Given> {
  const fromUrl = url === undefined ? [] : settingsInUrl(url);
  const { environment } = machine;
  const variables = [
    ...Object.entries(FOLLOWED),
    ...Object.entries(NOT_FOLLOWED).map(([name, { variable }]) => [name, variable] as const),
  ];
  const fromEnvironment = variables.flatMap(([name, variable]): [string, Given][] => {
    const value = variable === undefined ? undefined : environment[variable];
    return value === undefined ? [] : [[name, { value, from: variable! }]];
  });
  const service = [...fromUrl, ...fromEnvironment].find(
    ([name, { value }]) => name === 'service' && value !== '',
  )?.[1];
  const fromService = service === undefined ? [] : settingsOfService(service, machine);

  const given = new Map<Setting, Given>();
  for (const [name, one] of [...fromUrl, ...fromService, ...fromEnvironment]) {
    if (one.value === '') continue;
    if (isFollowed(name)) {
      if (!given.has(name)) given.set(name, one);
    } else if (NOT_FOLLOWED[name]?.harmless.includes(one.value) === false) {
      throw settingError(
        one.from,
        `randose cannot do what ${name}=${one.value} asks for`,
        'Leave this setting out, or ask the administrator of the database for another way.',
      );
    }
  }
  return given;
}

function isFollowed(name: string): name is Setting {
  return Object.hasOwn(FOLLOWED, name);
}

function isKnown(name: string): boolean {
  return isFollowed(name) || Object.hasOwn(NOT_FOLLOWED, name) || name === ALWAYS_UTF8;
}

const IN_URL = 'the URL of the database';

/**
 * The settings in `postgres://user@host:port,host:port/database?setting=value`, each part optional.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
function settingsInUrl(url: string): [string, Given][] {
  const rest = /^postgres(?:ql)?:\/\/(.*)$/s.exec(url)?.[1];
  if (rest === undefined) {
    throw settingError(
      IN_URL,
      'it does not begin with postgres:// or postgresql://',
      'Write it like postgres://db.example.org/study',
    );
  }
  const [, before, query = ''] = /^([^?]*)(?:\?(.*))?$/s.exec(rest)!;
  // Whatever else is wrong with it: a password is never repeated.
  const parameters = query === '' ? [] : query.split('&').map(parameterOf);
  const hasPassword = parameters.some(
    ([name, value]) => (name === 'password' || name === 'sslpassword') && value !== '',
  );
  if (hasPassword || /^[^@]*:[^@]+@/.test(before!)) throw passwordInUrl();

  const [, user = '', hosts, database = ''] = /^(?:([^@/]*)@)?([^/]*)(?:\/(.*))?$/s.exec(before!)!;
  const parts = hosts!.split(',').map(hostAndPort);
  if (parts.some(([, port]) => !/^\d*$/.test(port)) && rest.includes('@')) throw passwordInUrl();
  const settings: [string, string][] = [
    ['user', decoded(user.replace(/:$/, ''))],
    ['host', parts.map(([host]) => host).join(',')],
    ['port', parts.every(([, port]) => port === '') ? '' : parts.map(([, port]) => port).join(',')],
    ['dbname', decoded(database)],
  ];
  const unknown = parameters.map(([name]) => name).filter((name) => !isKnown(name));
  if (unknown.length > 0) {
    throw settingError(
      IN_URL,
      `unknown ${unknown.length === 1 ? 'parameter' : 'parameters'} ${unknown.map((one) => `"${one}"`).join(', ')}`,
      'Correct it, or leave it out.',
    );
  }
  // What comes after the question mark has the last word.
  return [...parameters.reverse(), ...settings.filter(([, value]) => !/^,*$/.test(value))].map(
    ([name, value]) => [name, { value, from: IN_URL }],
  );
}

function passwordInUrl() {
  return settingError(
    IN_URL,
    'it has a password, which everybody on this machine can see',
    'Change the password: it has been seen. Put the new one into a password file that only you can read (PGPASSFILE, or .pgpass in your home folder), as host:port:database:user:password. If it was not a password, write : as %3A and @ as %40.',
  );
}

function hostAndPort(text: string): [string, string] {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) {
    throw settingError(
      IN_URL,
      'its host cannot be read',
      'Write hosts like db.example.org, db.example.org:5432 or [2001:db8::1]:5432.',
    );
  }
  return [decoded(host), decoded(port)];
}

function parameterOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at === -1) {
    throw settingError(
      IN_URL,
      'a parameter has no value',
      'Write parameters as name=value, with & between.',
    );
  }
  const [name, value] = [decoded(text.slice(0, at)), decoded(text.slice(at + 1))];
  return name === 'ssl' && value === 'true' ? ['sslmode', 'require'] : [name, value];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw settingError(IN_URL, 'a % is not followed by two hexadecimal digits', 'Write % as %25.');
  }
}

/** The settings of a service: from the user's file, else from that of the machine. */
function settingsOfService(service: Given, machine: Machine): [string, Given][] {
  const files = serviceFiles(machine);
  for (const path of files) {
    const text = machine.readFile(path)?.text;
    const found = text === undefined ? undefined : sectionOf(text, path, service.value);
    if (found !== undefined) return found;
  }
  throw settingError(
    service.from,
    `the service "${service.value}" is in none of ${files.join(', ')}`,
    `Add it there, as a line [${service.value}] and lines like host=db.example.org below it.`,
  );
}

function serviceFiles({ environment, home, isWindows }: Machine): string[] {
  const named = environment.PGSERVICEFILE ?? '';
  const folder = environment.PGSYSCONFDIR ?? '';
  const paths = isWindows ? win32 : posix;
  const own = isWindows
    ? [paths.join(environment.APPDATA ?? '', 'postgresql', '.pg_service.conf')]
    : home === undefined
      ? []
      : [paths.join(home, '.pg_service.conf')];
  const system = folder === '' ? (isWindows ? [] : SYSTEM_FOLDERS) : [folder];
  return [
    ...(named === '' ? own : [named]),
    ...system.map((one) => paths.join(one, 'pg_service.conf')),
  ];
}

/** The settings below `[name]`; undefined if the file does not have it. */
function sectionOf(text: string, path: string, name: string): [string, Given][] | undefined {
  let found: [string, Given][] | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const from = `${path}, line ${index + 1}`;
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      if (found !== undefined) return found;
      if (line === `[${name}]`) found = [];
      continue;
    }
    if (found === undefined) continue;
    const [, setting, value] = /^([^=]*)=(.*)$/s.exec(line) ?? [];
    if (setting === undefined || !isKnown(setting) || setting === 'service') {
      throw settingError(
        from,
        setting === undefined ? 'this is not setting=value' : `unknown setting "${setting}"`,
        'Correct the line, without blanks around the equals sign.',
      );
    }
    found.push([setting, { value: value!, from }]);
  }
  return found;
}
