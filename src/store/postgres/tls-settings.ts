import { posix, win32 } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { RandoseError } from '../../errors.ts';
import type { Given, Setting } from './given-settings.ts';
import type { Machine } from './machine.ts';
import { settingError } from './setting-error.ts';

/** How a connection is encrypted. */
export interface TlsSettings {
  /** `nothing`: whoever answers. `authority`: its certificate is from a trusted authority. `host`: and for this host name. */
  readonly verify: 'nothing' | 'authority' | 'host';
  /** What the certificate must be for; undefined if no name was given. */
  readonly hostName: string | undefined;
  /** Whether plain text will do if the server has no TLS. */
  readonly isOptional: boolean;
  /** Certificates of authorities, PEM; undefined if nothing is verified. */
  readonly authorities: string | undefined;
  /** The file that has them, for messages. */
  readonly authoritiesFrom: string;
  /** What this machine shows to the server, PEM. */
  readonly own:
    | {
        readonly certificate: string;
        readonly key: string;
        readonly passphrase: string | undefined;
      }
    | undefined;
  /** Certificates that the authorities have revoked, PEM. */
  readonly revoked: string | undefined;
  readonly minVersion: SecureVersion | undefined;
  readonly maxVersion: SecureVersion | undefined;
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
const VERSIONS: readonly string[] = [
  'TLSv1',
  'TLSv1.1',
  'TLSv1.2',
  'TLSv1.3',
] satisfies SecureVersion[];

/** Where operating systems keep the authorities that they trust. */
const SYSTEM_AUTHORITIES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, Red Hat
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/ssl/cert.pem', // Alpine, macOS
];

/**
 * How the connection to one host is encrypted. On this machine, as PostgreSQL's library does it. To another machine it is
 * always encrypted, and the server's certificate is verified in full: `disable` is refused, and every other mode allows it.
 * https://www.postgresql.org/docs/current/libpq-ssl.html
 *
 * @returns undefined for plain text
 * @throws RandoseError `usage` or `not-found`
 */
export function tlsFor({
  hostName,
  isHere,
  given,
  machine,
}: {
  readonly hostName: string | undefined;
  readonly isHere: boolean;
  readonly given: ReadonlyMap<Setting, Given>;
  readonly machine: Machine;
}): TlsSettings | undefined {
  const root = given.get('sslrootcert');
  const mode = modeOf(given.get('sslmode'), root);
  if (mode === 'disable' && !isHere) {
    throw settingError(
      given.get('sslmode')?.from ?? '',
      `sslmode=disable would send everything to ${hostName ?? 'another machine'} in plain text`,
      'Use sslmode=verify-full.',
    );
  }
  // `allow` would be plain text first: on this machine that will do.
  if (isHere && (mode === 'disable' || mode === 'allow')) return undefined;

  const files = ownFiles(machine);
  const authorities = authoritiesOf(root, files, machine);
  const verify = verified(isHere ? mode : 'verify-full', authorities !== undefined);
  if (verify === 'host' && hostName === undefined) {
    throw settingError(
      given.get('hostaddr')?.from ?? '',
      'an address alone does not say which host name the certificate of the server must be for',
      'Give the host name too (host, or PGHOST).',
    );
  }
  if (verify !== 'nothing' && authorities === undefined) {
    throw settingError(
      given.get('sslmode')?.from ?? IN_SETTINGS,
      `${hostName ?? 'the server'} is used over verified TLS, and no authority is known that its certificate may be from`,
      `Put the authority's certificate into ${files?.root ?? 'a file'}, or name its file with PGSSLROOTCERT. If it is an authority that this machine trusts, use PGSSLROOTCERT=system.`,
    );
  }
  return {
    verify,
    hostName,
    isOptional: isHere && mode === 'prefer',
    authorities: verify === 'nothing' ? undefined : authorities?.text,
    authoritiesFrom: authorities?.from ?? '',
    own: ownCertificate(given, files, machine),
    revoked: textOf(given.get('sslcrl'), machine),
    minVersion: versionOf(given.get('ssl_min_protocol_version')),
    maxVersion: versionOf(given.get('ssl_max_protocol_version')),
  };
}

const IN_SETTINGS = 'the settings of the database';

function modeOf(given: Given | undefined, root: Given | undefined): (typeof MODES)[number] {
  // The system's authorities vouch for everybody: without the host name they would say nothing.
  if (root?.value === 'system') {
    if (given !== undefined && given.value !== 'verify-full') {
      throw settingError(
        given.from,
        `sslmode "${given.value}" is too weak for sslrootcert=system`,
        'Use sslmode=verify-full.',
      );
    }
    return 'verify-full';
  }
  if (given === undefined) return 'prefer';
  const mode = MODES.find((one) => one === given.value);
  if (mode !== undefined) return mode;
  throw settingError(
    given.from,
    `unknown sslmode "${given.value}"`,
    `Use one of ${MODES.join(', ')}.`,
  );
}

function verified(mode: (typeof MODES)[number], hasAuthorities: boolean): TlsSettings['verify'] {
  if (mode === 'verify-full') return 'host';
  if (mode === 'verify-ca') return 'authority';
  return mode === 'require' && hasAuthorities ? 'authority' : 'nothing';
}

interface OwnFiles {
  readonly root: string;
  readonly certificate: string;
  readonly key: string;
}

function ownFiles({ environment, home, isWindows }: Machine): OwnFiles | undefined {
  const paths = isWindows ? win32 : posix;
  const base = isWindows ? environment.APPDATA : home;
  if (base === undefined) return undefined;
  const [root, certificate, key] = ['root.crt', 'postgresql.crt', 'postgresql.key'].map((name) =>
    paths.join(base, isWindows ? 'postgresql' : '.postgresql', name),
  );
  return { root: root!, certificate: certificate!, key: key! };
}

function authoritiesOf(
  given: Given | undefined,
  files: OwnFiles | undefined,
  machine: Machine,
): { readonly text: string; readonly from: string } | undefined {
  if (given?.value === 'system') {
    const named = machine.environment.SSL_CERT_FILE ?? '';
    for (const path of named === '' ? SYSTEM_AUTHORITIES : [named]) {
      const text = machine.readFile(path)?.text;
      if (text !== undefined) return { text, from: path };
    }
    throw settingError(
      given.from,
      'the authorities that this machine trusts were not found',
      'Name their file with SSL_CERT_FILE.',
    );
  }
  if (given !== undefined) return { text: textOf(given, machine)!, from: given.value };
  const text = files === undefined ? undefined : machine.readFile(files.root)?.text;
  return text === undefined ? undefined : { text, from: files!.root };
}

function ownCertificate(
  given: ReadonlyMap<Setting, Given>,
  files: OwnFiles | undefined,
  machine: Machine,
): TlsSettings['own'] {
  const named = given.get('sslcert');
  const certificate =
    textOf(named, machine) ??
    (files === undefined ? undefined : machine.readFile(files.certificate)?.text);
  if (certificate === undefined) return undefined;
  const path = given.get('sslkey')?.value ?? files?.key ?? '';
  const from = given.get('sslkey')?.from ?? named?.from ?? files?.certificate ?? '';
  const key = machine.readFile(path);
  if (key === undefined) {
    throw settingError(
      from,
      `the key of the certificate, ${path}, does not exist`,
      'Name it with PGSSLKEY.',
    );
  }
  // The library's rule: the owner alone, or root and a group of root's choice.
  const others = (key.mode ?? 0) & (key.isOwnedByRoot ? 0o037 : 0o077);
  if (others !== 0) {
    throw new RandoseError('no-access', `${path}: others can use this key`, {
      hint: `Run: chmod 600 ${path}`,
    });
  }
  return { certificate, key: key.text, passphrase: given.get('sslpassword')?.value };
}

/** @throws RandoseError `not-found` if the file that was named does not exist */
function textOf(given: Given | undefined, machine: Machine): string | undefined {
  if (given === undefined) return undefined;
  const text = machine.readFile(given.value)?.text;
  if (text !== undefined) return text;
  throw new RandoseError('not-found', `${given.from}: ${given.value} does not exist`, {
    hint: 'Correct the path, or put the file there.',
  });
}

function versionOf(given: Given | undefined): SecureVersion | undefined {
  if (given === undefined) return undefined;
  if (VERSIONS.includes(given.value)) return given.value as SecureVersion;
  throw settingError(
    given.from,
    `unknown version "${given.value}" of TLS`,
    `Use one of ${VERSIONS.join(', ')}.`,
  );
}
