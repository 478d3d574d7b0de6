import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Encrypter } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import {
  formatIdentityFile,
  formatPublicHalf,
  isProtectedIdentityFile,
  isWrongPassphrase,
  keyPairFrom,
  looksLikeIdentityFile,
  namedRecipients,
  protectIdentityFile,
  readIdentityFile,
  recipientOf,
} from '../../src/blinding/identity.ts';
import { RandoseError } from '../../src/errors.ts';
import { drawKeyPair } from '../../src/store/draw.ts';
import { sealFor } from '../../src/blinding/seal.ts';
import { recipientKind } from '../../src/study/recipient.ts';
import { FIXTURES } from '../support/command-line.ts';

const noPassphrase = () => Promise.reject(new Error('no passphrase should be asked'));
const bytes = (text: string) => new TextEncoder().encode(text);
/** Gives these passphrases, one after the other. */
const giving =
  (...passphrases: string[]) =>
  (wrong: number) =>
    Promise.resolve(passphrases[wrong]);

/** A text under a passphrase, as age makes it but with little work, so that the tests are quick. */
async function quicklyProtected(text: string, passphrase: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(1);
  encrypter.setPassphrase(passphrase);
  return encrypter.encrypt(text);
}

const IDENTITY = 'AGE-SECRET-KEY-1E3QCXY94PS4TEANV6VZYMVUR7UTDDJEG3SMHNZL7P96WXJ4QNXYSXTLXDC';

const NOT_A_KEY_FILE = {
  code: 'wrong-key',
  message: 'k is not a key file',
  hint: 'A key file has a line AGE-SECRET-KEY-1…, or is protected by a passphrase. It often ends in .key.',
};
const WRONG_PASSPHRASE = {
  code: 'wrong-key',
  message: 'the passphrase does not open k',
  hint: 'Is Caps Lock on, or another keyboard layout in use? If not, it is the wrong passphrase, or the file is damaged.',
};
const DAMAGED = {
  code: 'wrong-key',
  message: 'k is damaged: no passphrase opens it',
  hint: 'Use a copy of the key file from a backup.',
};

test('a new key reads back, and its recipient is valid', async () => {
  const keys = await drawKeyPair();
  expect(recipientKind(keys.recipient)).toBe('x25519');
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  expect(await readIdentityFile(bytes(text), 'k', noPassphrase)).toEqual([keys]);
});

test('a new post-quantum key reads back too', async () => {
  const keys = await drawKeyPair('hybrid');
  expect(recipientKind(keys.recipient)).toBe('hybrid');
  expect(keys.identity).toMatch(/^AGE-SECRET-KEY-PQ-1/);
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  expect(await readIdentityFile(bytes(text), 'k', noPassphrase)).toEqual([keys]);
});

test('a secret makes the identity and the recipient that age knows for it', async () => {
  const keys = keyPairFrom(new Uint8Array(32).fill(7));
  expect(keys.identity).toMatch(/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/);
  expect(await recipientOf(keys.identity)).toBe(keys.recipient);
});

test('only a whole identity has a recipient', async () => {
  const { identity, recipient } = keyPairFrom(new Uint8Array(32).fill(7));
  expect(await recipientOf(identity)).toBe(recipient);
  for (const text of ['', recipient, ` ${identity}`, `${identity} `, identity.toLowerCase()]) {
    expect(await recipientOf(text)).toBeUndefined();
  }
});

test('a key file and its public half are written as age-keygen writes them', () => {
  const keys = { identity: 'AGE-SECRET-KEY-1X', recipient: 'age1x', name: 'A. Example' };
  expect(formatIdentityFile(keys, '2026-01-01T00:00:00Z')).toBe(
    '# created: 2026-01-01T00:00:00Z\n# public key: age1x\nAGE-SECRET-KEY-1X\n',
  );
  expect(formatPublicHalf(keys)).toBe('# A. Example\nage1x\n');
});

test('a key that is in its file many times is one key', async () => {
  const keys = await drawKeyPair();
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  for (const file of [text.repeat(3), `${text} ${keys.identity} \n`]) {
    expect(await readIdentityFile(bytes(file), 'k', noPassphrase)).toEqual([keys]);
  }
});

test('a file with several keys has them in their order', async () => {
  const keys = [await drawKeyPair(), await drawKeyPair()];
  const text = keys.map((one) => formatIdentityFile(one, '2026-01-01T00:00:00Z')).join('\n');
  expect(await readIdentityFile(bytes(text), 'k', noPassphrase)).toEqual(keys);
});

test('a wrong passphrase, or none, is told', async () => {
  const file = await quicklyProtected('AGE-SECRET-KEY-1X', 'four random words');
  for (const given of [[], [''], ['another'], ['one', 'two']]) {
    await expect(readIdentityFile(file, 'k', giving(...given))).rejects.toMatchObject(
      WRONG_PASSPHRASE,
    );
  }
});

test('an empty passphrase opens nothing, even if somebody made such a file', async () => {
  const file = await quicklyProtected(`${IDENTITY}\n`, '');
  await expect(readIdentityFile(file, 'k', giving(''))).rejects.toMatchObject(WRONG_PASSPHRASE);
});

test.each([
  ['armored', (file: Uint8Array) => bytes(armor.encode(file))],
  ['armored, after blank lines', (file: Uint8Array) => bytes(`\n \n${armor.encode(file)}`)],
  [
    'armored, with line ends of Windows',
    (file: Uint8Array) => bytes(armor.encode(file).replaceAll('\n', '\r\n')),
  ],
  ['binary', (file: Uint8Array) => file],
])('it asks until there is no other passphrase, and stops at the right one: %s', async (_, as) => {
  const keys = await drawKeyPair();
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  const file = as(await quicklyProtected(text, 'four r\u00e4ndom words'));
  const given: number[] = [];
  const answers = ['', 'four r\u0061\u0308ndom words'];
  const read = await readIdentityFile(file, 'k', (wrong) => {
    given.push(wrong);
    return Promise.resolve(answers[wrong]);
  });
  expect(read).toEqual([keys]);
  expect(given).toEqual([0, 1]);
});

test.each([
  ['composed', 'NFC', 'NFD'],
  ['decomposed', 'NFD', 'NFC'],
] as const)('an accent may be %s where the key was made', async (_, made, typed) => {
  const keys = await drawKeyPair();
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  const file = await quicklyProtected(text, 'à la crème'.normalize(made));
  const give = giving('à la crème'.normalize(typed));
  expect(await readIdentityFile(file, 'k', give)).toEqual([keys]);
});

test('a passphrase that is neither composed nor decomposed opens as it was typed', async () => {
  const keys = await drawKeyPair();
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  const mixed = `${'é'.normalize('NFC')} ${'é'.normalize('NFD')}`;
  const file = await quicklyProtected(text, mixed);
  expect(await readIdentityFile(file, 'k', giving(mixed))).toEqual([keys]);
});

test('an envelope, or a damaged file, is not asked for a passphrase again', async () => {
  const keys = await drawKeyPair();
  const sealed = await sealFor([keys.recipient])('x');
  for (const file of [sealed, bytes(armor.encode(sealed))]) {
    await expect(readIdentityFile(file, 'k', noPassphrase)).rejects.toMatchObject(NOT_A_KEY_FILE);
  }
  const whole = await quicklyProtected('text', 'four random words');
  const damaged = [whole.slice(0, -1), bytes(armor.encode(whole).slice(0, 200))];
  for (const file of damaged) {
    await expect(readIdentityFile(file, 'k', giving('four random words'))).rejects.toMatchObject(
      DAMAGED,
    );
  }
});

test('only a wrong passphrase is one: not a damaged file, and not another error', () => {
  const { code, message } = WRONG_PASSPHRASE;
  expect(isWrongPassphrase(new RandoseError('wrong-key', message))).toBe(true);
  expect(code).toBe('wrong-key');
  for (const other of [NOT_A_KEY_FILE, DAMAGED]) {
    expect(isWrongPassphrase(new RandoseError('wrong-key', other.message))).toBe(false);
  }
  expect(isWrongPassphrase(new RandoseError('not-trusted', message))).toBe(false);
});

describe('a file without an identity is the wrong key', () => {
  test.each([
    ['empty', ''],
    ['comments alone', '# public key: age1xyz\n'],
    ['a recipient', 'age1vr2ep4f2cc5ut8lll7qfuv6l9w8w5p4l5mljfzr7wjca0shvadmqqgvjvu\n'],
    ['a mistyped identity', `${IDENTITY.slice(0, -1)}D\n`],
    ['an identity in small letters', IDENTITY.toLowerCase()],
    ['an identity, then something else', `${IDENTITY}\nand more\n`],
    ['something else', '\u0000\u0001binary'],
  ])('%s', async (_, text) => {
    await expect(readIdentityFile(bytes(text), 'k', noPassphrase)).rejects.toMatchObject(
      NOT_A_KEY_FILE,
    );
  });
});

test('Windows line ends and blank lines are accepted', async () => {
  const text = readFileSync(join(FIXTURES, 'keys', 'officer.key'), 'utf8');
  const windows = `\r\n \r\n${text.replaceAll('\n', '\r\n')}`;
  const [keys] = await readIdentityFile(bytes(windows), 'k', noPassphrase);
  expect(keys?.recipient).toBe(/public key: (\S+)/.exec(text)?.[1]);
});

describe('a key file is known without opening it', () => {
  test.each([
    ['a secret key', `${IDENTITY}\n`],
    ['a post-quantum key', 'AGE-SECRET-KEY-PQ-1X\n'],
    ['a secret key below comments', `# created: 2026\n  ${IDENTITY}\n`],
  ])('%s', (_, text) => {
    expect(looksLikeIdentityFile(bytes(text))).toBe(true);
    expect(isProtectedIdentityFile(bytes(text))).toBe(false);
  });

  test('a file under a passphrase, armored or not', async () => {
    const file = await quicklyProtected(IDENTITY, 'four random words');
    const text = armor.encode(file);
    const armored = [text, `\n ${text}`, text.replaceAll('\n', '\r\n')].map(bytes);
    for (const one of [file, ...armored]) {
      expect(isProtectedIdentityFile(one)).toBe(true);
      expect(looksLikeIdentityFile(one)).toBe(true);
    }
  });

  test('and so is that a file is none', async () => {
    const sealed = await sealFor([(await drawKeyPair()).recipient])(IDENTITY);
    const words = bytes(`The key is ${IDENTITY}`);
    const protectedOne = await quicklyProtected(IDENTITY, 'four random words');
    const within = bytes(`Key:\n${armor.encode(protectedOne)}`);
    for (const file of [sealed, bytes(armor.encode(sealed)), words, within, new Uint8Array()]) {
      expect(isProtectedIdentityFile(file)).toBe(false);
      expect(looksLikeIdentityFile(file)).toBe(false);
    }
  });
});

test('the recipients in a text are found in comments of a key file and in lines of their own', async () => {
  const [one, other] = [await drawKeyPair(), await drawKeyPair('hybrid')];
  const texts = [
    formatIdentityFile(one, '2026-01-01T00:00:00Z'),
    formatPublicHalf({ ...one, name: 'A. Example' }),
    `#public key:${one.recipient}`,
    `  ${one.recipient}  `,
  ];
  for (const text of texts) expect(namedRecipients(text)).toEqual([one.recipient]);
  expect(namedRecipients(`${one.recipient}\r\n${other.recipient}\r\n`)).toEqual([
    one.recipient,
    other.recipient,
  ]);
  const none = [
    `${one.recipient}x`,
    `x ${one.recipient}`,
    `${one.recipient} x`,
    `# ${one.recipient}`,
    `# my public key: ${one.recipient}`,
    one.identity,
    'age1',
  ];
  expect(namedRecipients(none.join('\n'))).toEqual([]);
});

test('with a passphrase it can be read back only with that passphrase [R-036]', async () => {
  const keys = await drawKeyPair();
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  const armored = await protectIdentityFile(text, 'four random words here');
  // Each guess costs as much as age's own files: 2^18 is what it uses.
  const header = Buffer.from(armor.decode(armored)).toString('latin1').split('\n');
  expect(header[1]).toMatch(/^-> scrypt \S+ 18$/);
  const file = bytes(armored);
  expect(await readIdentityFile(file, 'k', giving('four random words here'))).toEqual([keys]);
});
