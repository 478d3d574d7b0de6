import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { formatIdentityFile } from '../../src/blinding/identity.ts';
import { padded, readRecipient, sealFor, unseal, unsealBytes } from '../../src/blinding/seal.ts';
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

const DAMAGED = {
  code: 'not-trusted',
  message: 'NOT TRUSTED: R001.age is damaged or not an age file',
  hint: 'Restore it from a backup or another copy of the study folder, then run: randose verify',
};

describe('an age file that does not open', () => {
  test('with another key is the wrong key', async () => {
    const [one, two] = [await drawKeyPair(), await drawKeyPair()];
    const sealed = await sealFor([one.recipient])('x');
    await expect(unseal(sealed, [two.identity], 'R001.age')).rejects.toMatchObject({
      code: 'wrong-key',
      message: 'this key does not open R001.age',
      hint: 'Use the key file of a person to whom it was sealed; study.yaml names them.',
    });
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
      await expect(unseal(bytes, [keys.identity], 'R001.age')).rejects.toMatchObject(DAMAGED);
    }
  });

  test('with what is not text is not trusted as a text, and opens as bytes', async () => {
    const keys = await drawKeyPair();
    const content = Uint8Array.of(0xc3, 0x28);
    const sealed = await sealFor([keys.recipient])(content);
    await expect(unseal(sealed, [keys.identity], 'R001.age')).rejects.toMatchObject(DAMAGED);
    const opened = await unsealBytes(sealed, [keys.identity], 'R001.age');
    expect(Buffer.from(opened)).toEqual(Buffer.from(content));
  });
});

test('a text opens as it was sealed, with a mark at its beginning too', async () => {
  const keys = await drawKeyPair();
  for (const text of ['\ufeffkit,arm\n', '', 'é'.repeat(70_000)]) {
    const sealed = await sealFor([keys.recipient])(text);
    expect(await unseal(sealed, [keys.identity], 'it')).toBe(text);
  }
});

test('a recipient that was read once seals as its text does', async () => {
  const keys = await drawKeyPair();
  const read = readRecipient(keys.recipient);
  // randose's own, which is several times as fast as the library's.
  expect(read).toHaveProperty('wrapFileKey');
  const sealed = await sealFor([read])('x');
  expect(await unseal(sealed, [keys.identity], 'it')).toBe('x');
});

test('a post-quantum recipient is sealed to, and opens it', async () => {
  const keys = await drawKeyPair('hybrid');
  expect(readRecipient(keys.recipient)).toBe(keys.recipient);
  const sealed = await sealFor([keys.recipient])('x');
  expect(await unseal(sealed, [keys.identity], 'it')).toBe('x');
});

test('sealing needs at least one recipient, and only valid ones', () => {
  expect(() => sealFor([])).toThrow('sealed to nobody');
  expect(() => sealFor(['age1qqqq'])).toThrow();
});

test('padding counts bytes, and refuses a text that is too long', () => {
  expect(Buffer.byteLength(padded('é', 10, ' '))).toBe(10);
  expect(padded('é', 4, '\n')).toBe('é\n\n');
  expect(padded('1234', 4, ' ')).toBe('1234');
  expect(() => padded('12345', 3, ' ')).toThrow(new Error('2 bytes too long for its sealed space'));
});
