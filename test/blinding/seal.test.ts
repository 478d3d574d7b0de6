import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { formatIdentityFile } from '../../src/blinding/identity.ts';
import { padded, sealFor, unseal } from '../../src/blinding/seal.ts';
import { drawKeyPair } from '../../src/store/draw.ts';
import { ageDecrypt, testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

test('each of two recipients opens a sealed text alone, also with the library itself', async () => {
  const [one, two] = [await drawKeyPair(), await drawKeyPair()];
  const sealed = await sealFor([one.recipient, two.recipient])('the arm: é');
  for (const { identity } of [one, two]) {
    expect(await unseal(sealed, [identity], 'it')).toBe('the arm: é');
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(sealed, 'text')).toBe('the arm: é');
  }
});

testWithTool(['age', '--version'])('stock age opens a sealed text [R-024]', async () => {
  const keys = await drawKeyPair();
  const other = await drawKeyPair();
  const folder = testFolder();
  const identity = join(folder, 'key');
  writeFileSync(identity, formatIdentityFile(keys, '2026-01-01T00:00:00Z'));
  // Longer than one chunk of 64 KiB.
  const text = 'kit,arm\n'.repeat(20_000);
  for (const [name, content] of [
    ['long', text],
    ['empty', ''],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, await sealFor([other.recipient, keys.recipient])(content));
    expect(ageDecrypt(identity, file)).toBe(content);
  }
});

describe('an age file that does not open', () => {
  test('with another key is the wrong key', async () => {
    const [one, two] = [await drawKeyPair(), await drawKeyPair()];
    const sealed = await sealFor([one.recipient])('x');
    await expect(unseal(sealed, [two.identity], 'it')).rejects.toMatchObject({ code: 'wrong-key' });
  });

  test('with any byte changed is not trusted, or the wrong key, and never opens [R-023]', async () => {
    const keys = await drawKeyPair();
    const sealed = await sealFor([keys.recipient])('x'.repeat(40));
    for (let place = 0; place < sealed.length; place += 1) {
      const changed = Uint8Array.from(sealed);
      changed[place]! ^= 0x01;
      await expect(unseal(changed, [keys.identity], 'it'), `byte ${place}`).rejects.toMatchObject({
        code: expect.stringMatching(/^(not-trusted|wrong-key)$/) as string,
      });
    }
  });

  test('incomplete, empty or not an age file is not trusted', async () => {
    const keys = await drawKeyPair();
    const sealed = await sealFor([keys.recipient])('x'.repeat(40));
    const text = new TextEncoder().encode('kit,arm\n');
    for (const bytes of [sealed.slice(0, -1), sealed.slice(0, 30), new Uint8Array(), text]) {
      await expect(unseal(bytes, [keys.identity], 'it')).rejects.toMatchObject({
        code: 'not-trusted',
      });
    }
  });
});

test('sealing needs at least one recipient, and only valid ones', () => {
  expect(() => sealFor([])).toThrow();
  expect(() => sealFor(['age1qqqq'])).toThrow();
});

test('padding counts bytes, and refuses a text that is too long', () => {
  expect(Buffer.byteLength(padded('é', 10, ' '))).toBe(10);
  expect(() => padded('12345', 4, ' ')).toThrow();
});
