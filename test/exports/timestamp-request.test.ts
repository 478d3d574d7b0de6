import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { timestampRequest } from '../../src/exports/timestamp-request.ts';
import { testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

// SHA-256 of "abc": FIPS 180-2, appendix B.1.
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a request', () => {
  test('has version 1, the digest with its algorithm, and asks for the certificate', async () => {
    // By hand, after RFC 3161, 2.4.1: SEQUENCE { 1, { { sha256, NULL }, digest }, TRUE }.
    const algorithm = '300d' + '0609608648016503040201' + '0500';
    expect(hex(await timestampRequest('abc'))).toBe(`30390201013031${algorithm}0420${ABC}0101ff`);
  });

  test('is the same for bytes and for text, each time', async () => {
    const request = await timestampRequest('ü');
    expect(await timestampRequest(Uint8Array.of(0xc3, 0xbc))).toEqual(request);
    expect(await timestampRequest('u')).not.toEqual(request);
  });

  // X.690, 8.3: the fewest octets, the first bit being the sign.
  test.each([
    ['', '020100'],
    ['00', '020100'],
    ['0001', '020101'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['00ff00', '020300ff00'],
    ['fedcba9876543210', '020900fedcba9876543210'],
  ])('has the nonce %s as a number that is not negative', async (nonce, der) => {
    const request = await timestampRequest('abc', Buffer.from(nonce, 'hex'));
    expect(hex(request)).toMatch(new RegExp(`${ABC}${der}0101ff$`));
  });
});

describe('for openssl', () => {
  const testWithOpenssl = testWithTool(['openssl', 'version']);

  testWithOpenssl('it says what it asks for', async () => {
    const folder = testFolder();
    const file = join(folder, 'request.tsq');
    writeFileSync(file, await timestampRequest('abc', Buffer.from('fedcba9876543210', 'hex')));
    const said = openssl(folder, 'ts', '-query', '-in', file, '-text');
    expect(said).toContain('Version: 1\n');
    expect(said).toContain('Hash Algorithm: sha256\n');
    expect(hexOfDump(said)).toBe(ABC);
    expect(said).toContain('Nonce: 0xFEDCBA9876543210\n');
    expect(said).toContain('Certificate required: yes\n');
  });

  testWithOpenssl('it is what openssl would have asked, byte for byte', async () => {
    const folder = testFolder();
    const data = join(folder, 'data');
    const file = join(folder, 'query.tsq');
    for (const content of ['', 'abc', 'study: trial\n'.repeat(10_000), Uint8Array.of(0, 255, 10)]) {
      writeFileSync(data, content);
      const words = ['-data', data, '-sha256', '-cert', '-no_nonce', '-out', file];
      openssl(folder, 'ts', '-query', ...words);
      expect(hex(await timestampRequest(content))).toBe(hex(readFileSync(file)));
    }
  });

  testWithOpenssl(
    'an authority answers it, and the answer holds for this content alone',
    async () => {
      const folder = testFolder();
      makeAuthority(folder);
      const at = (name: string) => join(folder, name);
      writeFileSync(at('manifest'), 'what was allocated\n');
      writeFileSync(at('other'), 'what was allocated \n');
      for (const nonce of [undefined, Uint8Array.of(0x80, 1, 2, 3, 4, 5, 6, 7)]) {
        writeFileSync(at('request.tsq'), await timestampRequest('what was allocated\n', nonce));
        openssl(
          folder,
          ...['ts', '-reply', '-config', at('authority.cnf'), '-queryfile', at('request.tsq')],
          ...['-out', at('reply.tsr')],
        );
        const verify = (...words: string[]) =>
          spawnSync(
            'openssl',
            ['ts', '-verify', ...words, '-in', at('reply.tsr'), '-CAfile', at('ca.pem')],
            { encoding: 'utf8', env: environment(folder) },
          );
        expect(verify('-data', at('manifest'))).toMatchObject({
          status: 0,
          stdout: expect.stringContaining('Verification: OK') as string,
        });
        expect(verify('-queryfile', at('request.tsq')).status).toBe(0);
        expect(verify('-data', at('other')).status).not.toBe(0);
      }
    },
  );
});

/** Nothing of the machine's own settings. */
function environment(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C', OPENSSL_CONF: join(folder, 'none.cnf') };
}

function openssl(folder: string, ...words: string[]): string {
  writeFileSync(join(folder, 'none.cnf'), '');
  return execFileSync('openssl', words, {
    encoding: 'utf8',
    env: environment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The bytes of openssl's dump: `0000 - ba 78 16 …-… 23   ....`, sixteen a line. */
function hexOfDump(text: string): string {
  return [...text.matchAll(/^ {4}00[0-9a-f]0 - ([0-9a-f -]{47})/gm)]
    .map(([, bytes]) => bytes!.replace(/[ -]/g, ''))
    .join('');
}

/** A certificate authority and, under it, a time-stamping one. */
function makeAuthority(folder: string): void {
  const at = (name: string) => join(folder, name);
  writeFileSync(
    at('authority.cnf'),
    `[req]
distinguished_name = name
prompt = no
[name]
CN = Example
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamping]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = authority
[authority]
serial = ${at('serial')}
signer_cert = ${at('tsa.pem')}
certs = ${at('ca.pem')}
signer_key = ${at('tsa.key')}
signer_digest = sha256
ess_cert_id_alg = sha256
default_policy = 1.2.3.4.1
digests = sha256
`,
  );
  writeFileSync(at('serial'), '01\n');
  const config = ['-config', at('authority.cnf')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    folder,
    ...['req', '-x509', ...config, ...key, '-subj', '/CN=Example CA', '-extensions', 'ca'],
    ...['-days', '2', '-keyout', at('ca.key'), '-out', at('ca.pem')],
  );
  openssl(
    folder,
    ...['req', ...config, ...key, '-subj', '/CN=Example TSA'],
    ...['-keyout', at('tsa.key'), '-out', at('tsa.csr')],
  );
  openssl(
    folder,
    ...['x509', '-req', '-in', at('tsa.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-set_serial', '2', '-days', '2', '-extfile', at('authority.cnf')],
    ...['-extensions', 'stamping', '-out', at('tsa.pem')],
  );
}
