import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/** An authority that openssl makes for tests. */
export interface Authority {
  readonly certificate: string;
  /**
   * @param names as openssl writes them: `DNS:db.example.org`, `IP:127.0.0.1`
   * @param commonName for PostgreSQL, the login of a client
   */
  issue(names: string, commonName?: string): Certified;
}

export function newAuthority(name: string): Authority {
  const own = openssl((folder) => [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'],
    ...['-subj', `/CN=${name}`, '-days', '2', '-keyout', join(folder, 'key')],
    ...['-out', join(folder, 'certificate')],
  ]);
  return {
    certificate: own.certificate,
    issue: (names, commonName = 'for tests') =>
      openssl((folder) => {
        writeFileSync(join(folder, 'authority'), own.certificate);
        writeFileSync(join(folder, 'authority.key'), own.key);
        return [
          ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'],
          ...['-subj', `/CN=${commonName}`, '-days', '2', '-addext', `subjectAltName=${names}`],
          ...['-addext', 'basicConstraints=critical,CA:FALSE'],
          ...['-CA', join(folder, 'authority'), '-CAkey', join(folder, 'authority.key')],
          ...['-keyout', join(folder, 'key'), '-out', join(folder, 'certificate')],
        ];
      }),
  };
}

function openssl(wordsFor: (folder: string) => string[]): Certified {
  const folder = mkdtempSync(join(tmpdir(), 'openssl-'));
  try {
    execFileSync('openssl', wordsFor(folder), { stdio: 'pipe' });
    const [certificate, key] = ['certificate', 'key'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    return { certificate: certificate!, key: key! };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
