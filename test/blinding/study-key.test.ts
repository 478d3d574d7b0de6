import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIdentityFile, type KeyPair } from '../../src/blinding/identity.ts';
import { sealFor, unseal } from '../../src/blinding/seal.ts';
import { studyKeysIn, unwrapStudyKey, wrapStudyKey } from '../../src/blinding/study-key.ts';
import { drawKeyPair } from '../../src/store/draw.ts';
import { testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

/** A key that ends in a digit could be taken for a share, which has digits at its end too. */
async function drawKeyWithDigit(): Promise<KeyPair> {
  const key = await drawKeyPair();
  return /\d$/.test(key.identity) ? key : drawKeyWithDigit();
}

const keys = await Promise.all(Array.from({ length: 9 }, () => drawKeyPair()));
const officersOf = (count: number) =>
  keys.slice(0, count).map(({ recipient }, index) => ({ name: `O${index + 1}`, recipient }));
const studyKey = await drawKeyWithDigit();
const text = formatIdentityFile(studyKey, '2026-01-01T00:00:00Z');

async function shared(of: number, needed: number) {
  const officers = officersOf(of);
  const files = await wrapStudyKey(text, officers, needed);
  return { files, sharing: { officers, needed, recipient: studyKey.recipient } };
}

test('up to six officers have a file for each group, more officers have a share each', async () => {
  expect([...(await shared(3, 2)).files.keys()]).toEqual(['1-2.age', '1-3.age', '2-3.age']);
  // 6 choose 3.
  expect((await shared(6, 3)).files.size).toBe(20);
  expect([...(await shared(7, 3)).files.keys()]).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((n) => `share-${n}.age`),
  );
});

describe('the keys of too few officers', () => {
  const HINT =
    "Give each officer's key: --identity A.key B.key. In an emergency a code-break card is enough for its participant: randose unblind --card";

  test.each([
    [3, 2, [0], '2 of 3 officers are needed (O1, O2, O3); you gave the key of 1'],
    [3, 2, [], '2 of 3 officers are needed (O1, O2, O3); you gave the key of 0'],
    [3, 3, [0, 2], '3 of 3 officers are needed (O1, O2, O3); you gave the key of 2'],
    // The key of nobody, and a key twice, do not count.
    [3, 2, [1, 1, 8], '2 of 3 officers are needed (O1, O2, O3); you gave the key of 1'],
    [
      7,
      3,
      [5, 6],
      '3 of 7 officers are needed (O1, O2, O3, O4, O5, O6, O7); you gave the key of 2',
    ],
  ])('of %i officers, %i needed, given %j: are told', async (of, needed, given, message) => {
    const { files, sharing } = await shared(of, needed);
    const theirs = given.map((at) => keys[at]!);
    await expect(unwrapStudyKey(files, sharing, theirs)).rejects.toMatchObject({
      code: 'wrong-key',
      message,
      hint: HINT,
    });
  });
});

test('a share is one line of hexadecimal', async () => {
  const { files } = await shared(7, 2);
  const share = await unseal(files.get('share-7.age')!, [keys[6]!.identity], 'it');
  expect(share).toMatch(/^[0-9a-f]+\n$/);
});

describe('study keys are found', () => {
  const wanted = () => true;
  const found = (files: Map<string, Uint8Array>, given: typeof keys, needed?: number) =>
    studyKeysIn(files, given, needed, wanted);

  test('by enough officers, also if nobody knows how many are needed', async () => {
    const two = await shared(7, 2);
    expect(await found(two.files, keys.slice(0, 2))).toEqual([studyKey]);
    expect(await found(two.files, keys.slice(0, 3))).toEqual([studyKey]);
    const three = await shared(7, 3);
    expect(await found(three.files, keys.slice(0, 3))).toEqual([studyKey]);
    expect(await found(three.files, keys.slice(0, 2))).toEqual([]);
    expect(await found(three.files, keys.slice(0, 1))).toEqual([]);
    expect(await found(three.files, [])).toEqual([]);
  });

  test('in each file of groups that opens', async () => {
    const { files } = await shared(3, 2);
    expect(await found(files, keys.slice(0, 2))).toEqual([studyKey]);
    expect(await found(files, keys.slice(0, 3))).toEqual([studyKey, studyKey, studyKey]);
  });

  test('only if they are wanted', async () => {
    for (const of of [3, 7]) {
      const { files } = await shared(of, 2);
      expect(await studyKeysIn(files, keys, 2, () => false)).toEqual([]);
    }
  });

  test('in groups of shares, if one of the shares is forged', async () => {
    const { files } = await shared(7, 2);
    const forged = await sealFor([keys[3]!.recipient])('ff00\n');
    const isWanted = (key: typeof studyKey) => key.recipient === studyKey.recipient;
    const given = new Map(files).set('share-4.age', forged);
    expect(await studyKeysIn(given, keys, 2, isWanted)).toEqual([studyKey]);
    expect(await studyKeysIn(given, keys, undefined, isWanted)).toEqual([studyKey]);
    // Only two whole shares are there.
    const fewer = new Map([...given].filter(([name]) => /[1-24]/.test(name)));
    expect(await studyKeysIn(fewer, keys, 2, isWanted)).toEqual([studyKey]);
  });

  test('not in files that are something else', async () => {
    const { files } = await shared(7, 2);
    const sealed = (content: string | Uint8Array) => sealFor([keys[0]!.recipient])(content);
    const others = new Map([
      ['words.age', await sealed('ff00')],
      ['capitals.age', await sealed('FF00\n')],
      ['more.age', await sealed('ff00\nff00\n')],
      ['text.age', await sealed('nothing\n')],
      ['protected.age', await sealed('-----BEGIN AGE ENCRYPTED FILE-----\n')],
      ['README', Buffer.from('Do not delete.\n')],
      ['empty', Buffer.alloc(0)],
    ]);
    expect(await found(others, keys)).toEqual([]);
    expect(await found(new Map([...others, ...files]), keys)).toEqual([studyKey]);
  });

  test('not in shares with something after them', async () => {
    const { files } = await shared(7, 2);
    const longer = await Promise.all(
      [0, 1].map(async (at): Promise<[string, Uint8Array]> => {
        const name = `share-${at + 1}.age`;
        const share = await unseal(files.get(name)!, [keys[at]!.identity], name);
        return [name, await sealFor([keys[at]!.recipient])(`${share}more\n`)];
      }),
    );
    expect(await found(new Map(longer), keys)).toEqual([]);
    expect(await found(new Map([...files].slice(0, 2)), keys)).toEqual([studyKey]);
  });

  test('below six layers, and not below seven', async () => {
    const layers = async (count: number) => {
      let content: string | Uint8Array = text;
      for (let layer = 0; layer < count; layer += 1) {
        content = await sealFor([keys[0]!.recipient])(content);
      }
      return new Map([['deep.age', content as Uint8Array]]);
    };
    expect(await found(await layers(6), keys)).toEqual([studyKey]);
    expect(await found(await layers(7), keys)).toEqual([]);
  });
});

describe('damaged files', () => {
  const forged = () => sealFor([keys[0]!.recipient])('ff00\n');

  test.each([
    [3, 2],
    [7, 3],
    [7, 6],
  ])(
    '%i officers, %i needed: a file that is damaged, gone or forged does not stop another group',
    async (of, needed) => {
      const { files, sharing } = await shared(of, needed);
      const damaged = async (): Promise<[string, Uint8Array][]> => {
        const [[name, content]] = [...files] as [[string, Uint8Array]];
        return [
          [name, content.subarray(0, 90)],
          [name, Buffer.from('not an age file')],
          [name, await forged()],
        ];
      };
      for (const [name, content] of await damaged()) {
        const files_ = new Map(files).set(name, content);
        expect(await unwrapStudyKey(files_, sharing, keys)).toEqual(studyKey);
      }
      const gone = new Map([...files].slice(1));
      expect(await unwrapStudyKey(gone, sharing, keys)).toEqual(studyKey);
    },
  );

  test.each([
    [3, 2],
    [7, 3],
  ])('%i officers, %i needed: if no group is whole, nothing opens', async (of, needed) => {
    const { files, sharing } = await shared(of, needed);
    const names = [...files.keys()];
    const present = keys.slice(0, needed);
    const theirs = of > 6 ? names[0]! : '1-2.age';
    const swapped = new Map(files).set(theirs, await forged());
    const gone = new Map([...files].filter(([name]) => name !== theirs));
    const other = { ...sharing, recipient: keys[8]!.recipient };
    for (const wrong of [
      () => unwrapStudyKey(swapped, sharing, present),
      () => unwrapStudyKey(gone, sharing, present),
      () => unwrapStudyKey(files, other, keys),
    ]) {
      await expect(wrong()).rejects.toMatchObject({
        code: 'not-trusted',
        message: 'NOT TRUSTED: the files in custody/ do not contain the study key of this list',
        hint: 'Restore the custody/ folder from a backup, then run: randose verify',
      });
    }
  });
});

testWithTool(['age', '--version'])('stock age opens a group, one after the other', async () => {
  const folder = testFolder();
  const { files } = await shared(3, 2);
  const at = (name: string) => join(folder, name);
  writeFileSync(at('1-3.age'), files.get('1-3.age')!);
  writeFileSync(at('one'), `${keys[0]!.identity}\n`);
  writeFileSync(at('three'), `${keys[2]!.identity}\n`);
  const words = 'age -d -i one 1-3.age | age -d -i three';
  expect(execFileSync('sh', ['-c', words], { cwd: folder, encoding: 'utf8' })).toBe(text);
});

test('any group of the needed size opens it, in any order; a smaller one does not [R-034]', async () => {
  const cases = await Promise.all(
    [
      [2, 2],
      [3, 2],
      [5, 3],
      [6, 6],
      [7, 2],
      [9, 5],
    ].map(async ([of, needed]) => ({ of: of!, needed: needed!, ...(await shared(of!, needed!)) })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...cases),
      fc.shuffledSubarray(keys),
      async ({ of, needed, files, sharing }, given) => {
        const present = given.filter((key) => keys.indexOf(key) < of).length;
        const opened = unwrapStudyKey(files, sharing, given);
        if (present >= needed) expect(await opened).toEqual(studyKey);
        else await expect(opened).rejects.toMatchObject({ code: 'wrong-key' });
      },
    ),
    { numRuns: 60 },
  );
});
