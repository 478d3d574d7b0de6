import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIdentityFile } from '../../src/blinding/identity.ts';
import { sealFor } from '../../src/blinding/seal.ts';
import { unwrapStudyKey, wrapStudyKey } from '../../src/blinding/study-key.ts';
import { drawKeyPair } from '../../src/store/draw.ts';
import { testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const keys = await Promise.all(Array.from({ length: 9 }, () => drawKeyPair()));
const officersOf = (count: number) =>
  keys.slice(0, count).map(({ recipient }, index) => ({ name: `O${index + 1}`, recipient }));
const studyKey = await drawKeyPair();
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
      await expect(wrong()).rejects.toMatchObject({ code: 'not-trusted' });
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
