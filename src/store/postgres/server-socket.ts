import { once } from 'node:events';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { RandoseError } from '../../errors.ts';
import { isCode } from '../../system/system-error.ts';
import type { HostSettings } from './connection-settings.ts';
import type { TlsSettings } from './tls-settings.ts';

/** The message that asks a PostgreSQL server for TLS: its length and the code 80877103. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]);

/**
 * Opens a connection to a server, encrypted as the settings say. Whoever speaks through it cannot make it plain text.
 *
 * @param deadlineMs how long all of it may take
 * @param lookup finds the addresses of a host name; the system's by default
 * @throws RandoseError `unavailable` if the server cannot be reached; `not-trusted` if it is not the right one
 */
export async function openSocket(
  { name, place, tls }: HostSettings,
  { deadlineMs, lookup }: { readonly deadlineMs: number; readonly lookup?: LookupFunction },
): Promise<Socket> {
  const socket =
    'socket' in place
      ? connect({ path: place.socket })
      : connect({ ...place, lookup, noDelay: true, autoSelectFamilyAttemptTimeout: 1000 });
  const late = new RandoseError(
    'unavailable',
    `${name} did not answer within ${secondsText(deadlineMs)}`,
    { hint: 'Check the network and that the server runs, then run the command again.' },
  );
  const timer = setTimeout(() => socket.destroy(late), deadlineMs);
  try {
    await happens(socket, 'connect', name);
    return tls === undefined ? socket : await encrypted(socket, tls, name);
  } catch (error) {
    socket.destroy();
    throw socket.errored === late ? late : toRandoseError(error, name, tls);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds as a message has them: `4.9 s`. */
export function secondsText(milliseconds: number): string {
  return `${Math.max(1, Math.round(milliseconds / 100)) / 10} s`;
}

async function encrypted(socket: Socket, tls: TlsSettings, name: string): Promise<Socket> {
  socket.write(TLS_REQUEST);
  const answer = (await happens(socket, 'data', name)) as Buffer;
  // More than one byte would have been sent before the server could encrypt it: by somebody else.
  const letter = answer.length === 1 ? answer.toString('latin1') : '';
  if (letter === 'N' && tls.isOptional) return socket;
  if (letter !== 'S') {
    throw new RandoseError(
      'not-trusted',
      letter === 'N'
        ? `${name}: the server does not offer TLS, and nothing is sent to it in plain text`
        : `${name}: this is not an answer of a PostgreSQL server`,
      {
        hint:
          letter === 'N'
            ? 'Ask the administrator of the database to turn on TLS (ssl = on).'
            : 'Check the host and the port.',
      },
    );
  }
  const { hostName } = tls;
  const secured = connectTls({
    socket,
    ...(hostName !== undefined && isIP(hostName) === 0
      ? { servername: hostName }
      : { host: hostName }),
    ca: tls.authorities,
    cert: tls.own?.certificate,
    key: tls.own?.key,
    passphrase: tls.own?.passphrase,
    crl: tls.revoked,
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
    rejectUnauthorized: tls.verify !== 'nothing',
    ...(tls.verify !== 'host' && { checkServerIdentity: () => undefined }),
  });
  await happens(secured, 'secureConnect', name);
  return secured;
}

/** Waits for an event of a socket: the value that comes with it. */
async function happens(socket: Socket, event: string, name: string): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    return await Promise.race([
      once(socket, event, { signal }).then(([value]: unknown[]) => value),
      once(socket, 'close', { signal }).then(() => {
        throw new RandoseError('unavailable', `${name}: the server closed the connection`, {
          hint: CHECK_SERVER,
        });
      }),
    ]);
  } finally {
    settled.abort();
  }
}

/** What the operating system says, in words; each follows the name of the server. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no server listens there',
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
  ENOENT: 'no server listens there',
  EACCES: 'the operating system refuses access',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the network does not lead there',
  ENETUNREACH: 'the network does not lead there',
};

const REVOKED = 'CERT_REVOKED';
const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';
const EXPIRED = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];
const OTHER_AUTHORITY = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
];

function toRandoseError(error: unknown, name: string, tls: TlsSettings | undefined): unknown {
  if (error instanceof RandoseError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined) {
    return new RandoseError('unavailable', `cannot connect to ${name}: ${unreachable}`, {
      hint: code.startsWith('EN') || code === 'EAI_AGAIN' ? CHECK_PLACE : CHECK_SERVER,
    });
  }
  const distrust = (what: string, hint: string) =>
    new RandoseError('not-trusted', `${name}: the certificate of the server ${what}`, { hint });
  if (isCode(error, OTHER_NAME)) {
    return distrust(
      `is for another host, not for ${tls?.hostName ?? 'this one'}`,
      'Use the host name that the certificate has. If it is right, somebody else may be answering: tell the administrator of the database.',
    );
  }
  if (isCode(error, ...OTHER_AUTHORITY)) {
    return distrust(
      `is not from an authority in ${tls?.authoritiesFrom ?? ''}`,
      'Ask the administrator of the database for the certificate of the authority (PGSSLROOTCERT). If you have it, somebody else may be answering: tell the administrator.',
    );
  }
  if (isCode(error, ...EXPIRED)) {
    return distrust(
      'is not valid now',
      'Check the clock of this machine, or tell the administrator of the database.',
    );
  }
  if (isCode(error, REVOKED)) {
    return distrust('has been revoked', 'Tell the administrator of the database.');
  }
  return new RandoseError('not-trusted', `${name}: TLS failed: ${error.message}`, {
    hint: 'Tell the administrator of the database what it says.',
  });
}

const CHECK_PLACE = 'Check the host and the port in --ledger, RANDOSE_LEDGER or PGHOST.';
const CHECK_SERVER =
  'Check the host and the port, and that the server runs, then run the command again.';
