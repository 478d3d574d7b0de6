import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { checkSignatures, fingerprintOf, signAll } from '../../src/system/ssh-signature.ts';
import { testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

/** It cannot show its version, so the test asks for its usage. */
const testWithKeygen = testWithTool(['ssh-keygen', '-?']);
const testWithAgent = testWithTool(['ssh-add', '-?']);

const MESSAGE = `7:${'5'.repeat(64)}`;
const TIME = '2026-03-01T12:00:00Z';

function keygen(...words: string[]): string {
  return execFileSync('ssh-keygen', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Makes a key. @returns the private key's path */
function makeKey(name: string, type = 'ed25519', passphrase = ''): string {
  const file = join(folder, name);
  keygen('-q', '-t', type, '-N', passphrase, '-C', `${name} SHA256:comment`, '-f', file);
  return file;
}

/** A public key as in a line of allowed-signers. */
function publicOf(key: string): string {
  return readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}

/** Writes allowed-signers. @returns its path */
function allow(...lines: string[]): string {
  const file = join(folder, 'allowed-signers');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

function signedBy(key: string, changes: { message?: string; time?: string } = {}) {
  const [signature = ''] = signAll(key, [MESSAGE], false);
  return { message: MESSAGE, signature, fingerprint: fingerprintOf(key), time: TIME, ...changes };
}

/** The problem of the item, or its signer. */
async function check(file: string, item: ReturnType<typeof signedBy>): Promise<string> {
  const [result] = await checkSignatures(file, [item]);
  return JSON.stringify(result);
}

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function leftBehind(): string[] {
  return readdirSync(tmpdir());
}

let folder = '';

beforeEach(() => {
  folder = testFolder();
  // Not the agent of the person who runs the tests, and not a folder of other tests.
  vi.stubEnv('SSH_AUTH_SOCK', undefined);
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a fingerprint', () => {
  for (const type of ['ed25519', 'ecdsa', 'rsa']) {
    testWithKeygen(
      `of a key of type ${type} is the one that ssh-keygen shows, for both halves`,
      () => {
        const key = makeKey('key', type);
        const [, said] = keygen('-l', '-E', 'sha256', '-f', key).split(' ');
        expect(said).toMatch(/^SHA256:/);
        expect(fingerprintOf(key)).toBe(said);
        expect(fingerprintOf(`${key}.pub`)).toBe(said);
      },
    );
  }

  testWithKeygen('is the one of the key, not one in its comment', () => {
    const key = makeKey('key');
    const other = fingerprintOf(makeKey('other'));
    writeFileSync(`${key}.pub`, `${publicOf(key)} 256 ${other} \n`);
    expect(fingerprintOf(key)).not.toBe(other);
  });

  testWithKeygen('does not need a passphrase', () => {
    expect(fingerprintOf(makeKey('key', 'ed25519', 'four random words'))).toMatch(/^SHA256:/);
  });

  testWithKeygen('of a file that is missing, not a key or has several keys is refused', () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'nothing of the kind\n');
    const several = join(folder, 'several.pub');
    writeFileSync(several, `${publicOf(makeKey('a'))}\n${publicOf(makeKey('b'))}\n`);
    const missing = join(folder, 'missing');
    for (const [file, why] of [
      [missing, 'there is no such file'],
      ['', 'there is no such file'],
      [text, 'the file is not an ssh key'],
      [folder, 'the file is not an ssh key'],
      [several, 'the file has several keys'],
    ] as const) {
      expect(errorOf(() => fingerprintOf(file))).toMatchObject({
        code: 'wrong-key',
        message: `cannot use ${file} as an ssh key: ${why}`,
      });
    }
  });

  testWithKeygen('of a file whose name looks like a flag is found', () => {
    const key = makeKey('key');
    renameSync(`${key}.pub`, join(folder, '-l.pub'));
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => {
      process.chdir(before);
    });
    expect(fingerprintOf('-l.pub')).toBe(fingerprintOf(key));
  });
});

describe('a signature', () => {
  for (const type of ['ed25519', 'ecdsa', 'rsa']) {
    testWithKeygen(`by a key of type ${type} is its owner's`, async () => {
      const key = makeKey('key', type);
      const file = allow('# who signs', '', `ann@example.org ${publicOf(key)} her key`);
      expect(await check(file, signedBy(key))).toBe('{"signer":"ann@example.org"}');
    });
  }

  testWithKeygen(
    'is there for each message, in their order, and nothing is left behind',
    async () => {
      const key = makeKey('key');
      const file = allow(`ann ${publicOf(key)}`);
      const messages = Array.from({ length: 12 }, (_, index) => `${index}:${'a'.repeat(64)}`);
      const signatures = signAll(key, messages, false);
      expect(signatures).toHaveLength(messages.length);
      const items = messages.map((message, index) => ({
        ...signedBy(key, { message }),
        signature: signatures[index]!,
      }));
      // A wrong one keeps its place.
      items[5] = { ...items[5]!, message: 'something else' };
      const results = await checkSignatures(file, items);
      expect(results.map((result) => 'signer' in result)).toEqual(
        messages.map((_, index) => index !== 5),
      );
      expect(leftBehind()).toEqual([]);
      expect(signAll(key, [], false)).toEqual([]);
      expect(await checkSignatures(file, [])).toEqual([]);
    },
  );

  testWithKeygen('is the same that ssh-keygen makes, and ssh-keygen accepts it', async () => {
    const key = makeKey('key');
    const file = allow(`ann ${publicOf(key)}`);
    const message = join(folder, 'message');
    writeFileSync(message, MESSAGE);
    keygen('-Y', 'sign', '-n', 'randose-ledger', '-f', key, message);
    const theirs = readFileSync(`${message}.sig`, 'utf8');
    expect(await check(file, { ...signedBy(key), signature: theirs })).toBe('{"signer":"ann"}');
    writeFileSync(`${message}.sig`, signedBy(key).signature);
    const words = ['-n', 'randose-ledger', '-f', file, '-I', 'ann', '-s', `${message}.sig`];
    const said = execFileSync('ssh-keygen', ['-Y', 'verify', ...words], { input: MESSAGE });
    expect(said.toString()).toContain('Good "randose-ledger" signature for ann');
  });

  testWithKeygen('of another message is not valid', async () => {
    const key = makeKey('key');
    const item = signedBy(key, { message: `8:${'5'.repeat(64)}` });
    expect(await check(allow(`ann ${publicOf(key)}`), item)).toBe(
      '{"problem":"its signature does not match the entry"}',
    );
  });

  testWithKeygen('with any byte changed, or a part missing, is not valid', async () => {
    const key = makeKey('key');
    const file = allow(`ann ${publicOf(key)}`);
    const good = signedBy(key);
    const [begin = '', ...rest] = good.signature.trimEnd().split('\n');
    const end = rest.pop() ?? '';
    const bytes = Buffer.from(rest.join(''), 'base64');
    const armored = (content: Buffer) =>
      `${[begin, ...(content.toString('base64').match(/.{1,70}/g) ?? []), end].join('\n')}\n`;
    expect(await check(file, { ...good, signature: armored(bytes) })).toContain('signer');
    // Except the last byte of the format's version, which is a format's number and not covered.
    const altered = [...bytes.keys()]
      .filter((at) => at !== 9)
      .map((at) => {
        const copy = Buffer.from(bytes);
        copy[at]! ^= 1;
        return { ...good, signature: armored(copy) };
      });
    const texts = ['', 'nonsense', begin, armored(bytes.subarray(0, 90)), good.signature.slice(40)];
    const cut = texts.map((signature) => ({ ...good, signature }));
    const results = await checkSignatures(file, [...altered, ...cut]);
    expect(results.filter((result) => 'signer' in result)).toEqual([]);
    expect(results).toHaveLength(bytes.length - 1 + cut.length);
    expect(results.slice(-cut.length)[1]).toEqual({
      problem: 'its signature is damaged: ssh-keygen cannot read it',
    });
  });

  testWithKeygen('made for another purpose is not valid', async () => {
    const key = makeKey('key');
    const file = allow(`ann ${publicOf(key)}`);
    const message = join(folder, 'message');
    writeFileSync(message, MESSAGE);
    keygen('-Y', 'sign', '-n', 'file', '-f', key, message);
    const signature = readFileSync(`${message}.sig`, 'utf8');
    expect(await check(file, { ...signedBy(key), signature })).toBe(
      '{"problem":"its signature was not made for a ledger"}',
    );
  });

  testWithKeygen('is valid only for the key that the entry names', async () => {
    const ann = makeKey('ann');
    const ben = makeKey('ben');
    const file = allow(`ann ${publicOf(ann)}`, `ben ${publicOf(ben)}`);
    const whole = fingerprintOf(ann);
    expect(await check(file, { ...signedBy(ann), fingerprint: whole })).toContain('signer');
    for (const fingerprint of [fingerprintOf(ben), '', 'SHA256:', whole.slice(0, -1)]) {
      expect(await check(file, { ...signedBy(ann), fingerprint })).toBe(
        `{"problem":"was signed with ${whole}, but the entry names another key"}`,
      );
    }
  });
});

describe('allowed-signers', () => {
  testWithKeygen(
    'that is not there, or empty, or knows other keys only, lets nobody sign',
    async () => {
      const key = makeKey('key');
      const item = signedBy(key);
      const whose = `was signed with ${item.fingerprint}`;
      expect(await check(join(folder, 'missing'), item)).toBe(
        `{"problem":"${whose}, but there is no allowed-signers"}`,
      );
      const other = publicOf(makeKey('other'));
      for (const file of [
        [],
        [`ben ${other}`],
        [`ben valid-before="20200101Z" ${other}`],
        [`# ann ${publicOf(key)}`],
        [`ann cert-authority ${publicOf(key)}`],
      ]) {
        expect(await check(allow(...file), item)).toBe(
          `{"problem":"${whose}, which is not in allowed-signers"}`,
        );
      }
    },
  );

  testWithKeygen('that is a folder is refused', async () => {
    await expect(checkSignatures(folder, [])).rejects.toMatchObject({
      code: 'not-found',
      message: `${folder} is a folder, not a file`,
    });
  });

  testWithKeygen('is read as of the time of the entry, to the second, in UTC', async () => {
    const key = makeKey('key');
    const refused = (time: string) =>
      `{"problem":"was signed with ${fingerprintOf(key)}, which was not valid at ${time}, according to allowed-signers"}`;
    // Without a Z it is UTC too, although these tests run in a zone thirteen hours ahead.
    for (const zone of ['Z', '']) {
      const options = `valid-after="20260301120000${zone}",valid-before="20260301120010${zone}"`;
      const file = allow(`ann ${options} ${publicOf(key)}`);
      for (const time of ['2026-03-01T11:59:59.999Z', '2026-03-01T12:00:11Z']) {
        expect(await check(file, signedBy(key, { time }))).toBe(refused(time));
      }
      for (const time of ['2026-03-01T12:00:01.250Z', '2026-03-01T13:00:09+01:00']) {
        expect(await check(file, signedBy(key, { time }))).toBe('{"signer":"ann"}');
      }
    }
  });

  testWithKeygen('may have a key under another name later', async () => {
    const key = makeKey('key');
    const file = allow(
      `ann.maiden valid-before="20260101Z" ${publicOf(key)}`,
      `ann.married valid-after="20260101Z" ${publicOf(key)}`,
    );
    const items = ['2025-06-01T00:00:00Z', '2026-06-01T00:00:00Z'].map((time) =>
      signedBy(key, { time }),
    );
    expect(await checkSignatures(file, items)).toEqual([
      { signer: 'ann.maiden' },
      { signer: 'ann.married' },
    ]);
  });

  testWithKeygen('with several names for a key gives the first', async () => {
    const key = makeKey('key');
    const file = allow(`zoe@example.org,ann ${publicOf(key)}`, `ben ${publicOf(key)}`);
    expect(await check(file, signedBy(key))).toBe('{"signer":"zoe@example.org"}');
  });

  testWithKeygen('with a pattern does not name anybody', async () => {
    const key = makeKey('key');
    const both = allow(`*@example.org,ann@example.org ${publicOf(key)}`);
    expect(await check(both, signedBy(key))).toBe('{"signer":"ann@example.org"}');
    expect(await check(allow(`*@example.org,?en ${publicOf(key)}`), signedBy(key))).toContain(
      'for which allowed-signers has a pattern but no name',
    );
  });

  for (const name of ['"Ann Example"', '-Overify-time=20200101', 'Ünal.Şahin', '$(id)', "O'Ann"]) {
    testWithKeygen(`may have the name ${name}`, async () => {
      const key = makeKey('key');
      const file = allow(`${name} ${publicOf(key)}`);
      expect(await check(file, signedBy(key))).toBe(
        JSON.stringify({ signer: name.replace(/^"|"$/g, '') }),
      );
    });
  }

  testWithKeygen('with a key for another purpose does not let it sign', async () => {
    const key = makeKey('key');
    const other = allow(`ann namespaces="git" ${publicOf(key)}`);
    expect(await check(other, signedBy(key))).toContain(
      'which may not sign a ledger, according to allowed-signers',
    );
    const own = allow(`ann namespaces="randose-ledger" ${publicOf(key)}`);
    expect(await check(own, signedBy(key))).toBe('{"signer":"ann"}');
  });

  testWithKeygen('written on Windows, or with an invalid line, is read', async () => {
    const key = makeKey('key');
    const file = allow('nonsense', `ann ${publicOf(key)}\r`);
    expect(await check(file, signedBy(key))).toBe('{"signer":"ann"}');
  });

  testWithKeygen('may name a certification authority', async () => {
    const authority = makeKey('authority');
    const key = makeKey('key');
    keygen('-q', '-s', authority, '-I', 'a name', '-n', 'ann@example.org', `${key}.pub`);
    const item = signedBy(`${key}-cert.pub`);
    expect(item.fingerprint).toBe(fingerprintOf(key));
    const file = allow(`*@example.org cert-authority ${publicOf(authority)}`);
    expect(await check(file, item)).toBe('{"signer":"ann@example.org"}');
    // The key by itself is not certified.
    expect(await check(file, signedBy(key))).toContain('which is not in allowed-signers');
  });
});

describe('a key', () => {
  testWithKeygen('with a passphrase, but no terminal, is refused at once', () => {
    const key = makeKey('key', 'ed25519', 'four random words');
    // A program that ssh-keygen asked instead would leave a trace.
    const asked = join(folder, 'asked');
    const helper = join(folder, 'askpass');
    writeFileSync(helper, `#!/bin/sh\ntouch '${asked}'\necho four random words\n`);
    chmodSync(helper, 0o755);
    vi.stubEnv('SSH_ASKPASS', helper);
    vi.stubEnv('SSH_ASKPASS_REQUIRE', 'force');
    const begun = performance.now();
    // Asking is allowed, but tests have no terminal.
    for (const mayAsk of [false, true]) {
      expect(errorOf(() => signAll(key, [MESSAGE], mayAsk))).toMatchObject({
        code: 'wrong-key',
        message: `${key} has a passphrase, but there is no terminal to ask for it`,
        hint: expect.stringContaining(`ssh-add ${key}`) as string,
      });
    }
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(readdirSync(folder)).not.toContain('asked');
    expect(leftBehind()).toEqual([]);
  });

  testWithKeygen('may be named by its public half', async () => {
    const key = makeKey('key');
    const file = allow(`ann ${publicOf(key)}`);
    expect(await check(file, signedBy(`${key}.pub`))).toBe('{"signer":"ann"}');
  });

  testWithKeygen('without its private half, or that others can read, does not sign', () => {
    const key = makeKey('key');
    const lonely = join(folder, 'lonely.pub');
    copyFileSync(`${key}.pub`, lonely);
    expect(errorOf(() => signAll(lonely, [MESSAGE], false))).toMatchObject({
      code: 'wrong-key',
      message: `the private half of ${lonely} is neither beside it nor in an ssh agent`,
    });
    chmodSync(key, 0o644);
    expect(errorOf(() => signAll(key, [MESSAGE], false))).toMatchObject({
      code: 'wrong-key',
      message: `ssh-keygen does not use ${key}: others can read it`,
      hint: `Nothing was entered in the ledger. Run: chmod 600 ${key}`,
    });
  });

  testWithKeygen('with the public half of another one does not sign', () => {
    const key = makeKey('key');
    copyFileSync(`${makeKey('other')}.pub`, `${key}.pub`);
    expect(errorOf(() => signAll(key, [MESSAGE], false))).toMatchObject({
      code: 'wrong-key',
      message: `${key} and the .pub file beside it are not the same key`,
    });
  });

  testWithAgent('may be only in an agent', async () => {
    const key = makeKey('key');
    const file = allow(`ann ${publicOf(key)}`);
    const socket = join(folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    onTestFinished(() => {
      agent.kill();
    });
    for (let tries = 0; tries < 200 && !readdirSync(folder).includes('agent'); tries += 1) {
      await sleep(25);
    }
    vi.stubEnv('SSH_AUTH_SOCK', socket);
    execFileSync('ssh-add', ['-q', key]);
    rmSync(key);
    expect(await check(file, signedBy(`${key}.pub`))).toBe('{"signer":"ann"}');
  });
});

describe('without ssh-keygen', () => {
  test('the message names the missing program', async () => {
    vi.stubEnv('PATH', folder);
    const key = join(folder, 'key');
    writeFileSync(key, '');
    const missing = {
      code: 'not-found',
      message: 'ssh-keygen is not installed; randose needs it for signatures',
      hint: expect.stringContaining('openssh-client') as string,
    };
    expect(errorOf(() => fingerprintOf(key))).toMatchObject(missing);
    expect(errorOf(() => signAll(key, [MESSAGE], false))).toMatchObject(missing);
    const item = { message: MESSAGE, signature: '', fingerprint: 'SHA256:', time: TIME };
    await expect(checkSignatures(key, [item, item])).rejects.toMatchObject(missing);
    expect(leftBehind()).toEqual([]);
  });

  test('no signature is judged if it cannot run', async () => {
    // A file with that name that the system cannot run.
    symlinkSync(folder, join(folder, 'ssh-keygen'));
    vi.stubEnv('PATH', folder);
    const item = { message: MESSAGE, signature: '', fingerprint: 'SHA256:', time: TIME };
    await expect(checkSignatures(join(folder, 'none'), [item])).rejects.toMatchObject({
      code: 'no-access',
    });
  });
});
