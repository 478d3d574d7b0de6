import { describe, expect, test } from 'vitest';
import { formatAnswer } from '../../src/blinding/answer-text.ts';
import { rootOf } from '../../src/blinding/envelope.ts';
import {
  formatProof,
  isProofOf,
  readProof,
  strangeLine,
  studyOfProof,
} from '../../src/blinding/proof.ts';

const content = {
  study: 'DEPIL-2',
  list: 'd569ded28c3dedd1f8862d4f488b97b0',
  number: 'R002',
  kits: ['4KX9TM7'],
  salt: 'a'.repeat(64),
  arm: { code: 'ILT101', name: 'ILT101 (interleukin-2)', type: 'active' as const },
  index: 1,
  leaves: 3,
  path: ['b'.repeat(64), 'c'.repeat(64)],
};
const proof = formatProof('CRT-002', content, rootOf(content) ?? '');
const answer = formatAnswer({
  subject: 'CRT-002',
  content,
  time: '2026-11-28T02:41:00.000Z',
  reason: 'serious adverse event',
  by: 'A. Example, physician',
  proof,
});
const original = readProof(proof, 'f');
const strangeIn = (lines: readonly string[]) => strangeLine(lines.join('\n'), original, 'f');

describe('a proof and an answer have only the lines that randose writes', () => {
  test.each([
    ['proof', proof],
    ['answer', answer],
  ])('%s', (_, text) => {
    const lines = text.trimEnd().split('\n');
    expect(strangeIn(lines)).toBeUndefined();
    expect(strangeIn([...lines, ''])).toBeUndefined();
    expect(strangeIn(lines.map((line) => `${line.trimEnd()}\r`))).toBeUndefined();
    for (const [index, line] of lines.entries()) {
      expect(strangeIn(lines.toSpliced(index, 0, '# a word'))?.line).toBe(index + 1);
      // Nothing proves who opened it, when and why: there only the form is known.
      if (/^# (?:Opened|Reason)/.test(line)) continue;
      expect(strangeIn(lines.with(index, `${line}x`))?.line, line).toBe(index + 1);
      // Without its tail, or without one line of it, it is neither a proof nor an answer.
      expect(strangeIn(lines.toSpliced(index, 1)), line).toBeDefined();
    }
    expect(strangeIn([...lines, '# a word'])).toMatchObject({ line: lines.length + 1 });
  });

  test('the arm in words is the one that is proven', () => {
    const forged = answer.replace('#   ILT101  ILT101 (interleukin-2)', '#   PLACEBO  Placebo');
    expect(strangeIn(forged.split('\n'))?.message).toBe(
      'says "PLACEBO  Placebo (active)", but what it proves is "ILT101  ILT101 (interleukin-2) (active)"',
    );
  });

  test('a second reason is not one', () => {
    const more = answer.replace('# Reason:', '# Reason: PLACEBO\n# Reason:');
    expect(strangeIn(more.split('\n'))).toBeDefined();
  });

  test('which line is strange, and what randose writes there, is told', () => {
    const told = (text: string) => strangeLine(text, original, 'f');
    expect(told(proof.replace('subject CRT-002', 'subject CRT-001'))).toEqual({
      file: 'f',
      line: 19,
      message: 'says "subject CRT-001", but randose writes "subject CRT-002" there',
    });
    expect(told(proof.replace('subject CRT-002', 'subject CRT # 2'))?.message).toBe(
      'says "subject CRT # 2", but randose writes "subject CRT-002" there',
    );
    const cut = answer.slice(0, answer.indexOf('# Every'));
    expect(told(cut)).toMatchObject({
      line: cut.split('\n').length,
      message:
        'says "", but randose writes "Every other participant is still blinded: tell only who must know." there',
    });
    const more = 'x'.repeat(120);
    expect(told(`${proof}# ${more}\n`)).toEqual({
      file: 'f',
      line: proof.split('\n').length,
      message: `says "${'x'.repeat(100)}…", but randose writes no line there`,
    });
    expect(told(answer.replace('# Every', '# Not every'))?.message).toBe(
      'says "Not every other participant is still blinded: tell only who must know.", but randose writes "Every other participant is still blinded: tell only who must know." there',
    );
  });

  test('blanks and empty lines at the ends do not count, but before a line they do', () => {
    const told = (text: string) => strangeLine(text, original, 'f');
    expect(told(`${proof}\n \n`)).toBeUndefined();
    expect(told(proof.replaceAll('\n', ' \t\r\n'))).toBeUndefined();
    expect(told(`\n${proof}`)).toMatchObject({ line: 1 });
    expect(told(proof.replace('subject', ' subject'))).toMatchObject({ line: 19 });
  });
});

describe('a proof', () => {
  const text = () => formatProof('CRT-002', content, rootOf(content) ?? '');

  test('is a text that says how to check it, then its facts', () => {
    const second = { ...content, index: 1, leaves: 3 };
    expect(formatProof('CRT-002', second, 'd'.repeat(64)))
      .toBe(`# The arm of participant CRT-002 of DEPIL-2, proven with what was published before the first
# participant. This file says nothing about anybody else.
#
# To check it with sha256sum (bash; FILE is this file):
#
#   bytes() { printf "$(sed 's/../\\\\x&/g')"; }
#   hash() { sha256sum | cut -c1-64; }
#   h=$( (printf '\\0'; grep ^leaf FILE | cut -c6- | tr -d '\\n') | hash)
#   while read -r _ side other; do
#     if [ $side = left ]; then both=$other$h; else both=$h$other; fi
#     h=$( (printf '\\1'; printf %s $both | bytes) | hash)
#   done < <(grep ^path FILE)
#   echo $h
#
# The last line must be the root below, and this root must be in the commitment that was filed.
randose proof 1
study DEPIL-2
list d569ded28c3dedd1f8862d4f488b97b0
subject CRT-002
number R002
leaf randose 1 slot DEPIL-2 d569ded28c3dedd1f8862d4f488b97b0 R002 4KX9TM7 ${'a'.repeat(64)} ILT101 active ILT101 (interleukin-2)
index 1
leaves 3
path left ${'b'.repeat(64)}
path right ${'c'.repeat(64)}
root ${'d'.repeat(64)}
`);
  });

  test('without a path is that of a single leaf', () => {
    const alone = { ...content, index: 0, leaves: 1, path: [] };
    const written = formatProof('CRT-002', alone, rootOf(alone) ?? '');
    expect(written).toMatch(/\nleaves 1\nroot [0-9a-f]{64}\n$/);
    expect(readProof(written, 'f').path).toEqual([]);
  });

  test.each([
    ['as it was written', (written: string) => written],
    ['with line ends of Windows', (written: string) => written.replaceAll('\n', '\r\n')],
    ['with blanks at the ends of lines', (written: string) => written.replaceAll('\n', '  \n')],
    ['without its comments', (written: string) => written.replaceAll(/^#.*\n/gm, '')],
    ['with other comments and empty lines', (written: string) => `\n# x\n\n${written}\n# y\n`],
  ])('reads back %s', (_, as) => {
    const { study, list, number, index, leaves, path } = content;
    expect(readProof(as(text()), 'f')).toEqual({
      study,
      list,
      subject: 'CRT-002',
      number,
      leaf: `randose 1 slot DEPIL-2 ${list} R002 4KX9TM7 ${content.salt} ILT101 active ILT101 (interleukin-2)`,
      slot: { study, list, number, kits: content.kits, arm: content.arm, salt: content.salt },
      index,
      leaves,
      path,
      root: rootOf(content),
    });
    expect(studyOfProof(as(text()), 'f')).toBe('DEPIL-2');
  });

  test('of a place with two digits is read', () => {
    const path = ['d'.repeat(64), 'e'.repeat(64)];
    const last = { ...content, index: 10, leaves: 11, path };
    const written = formatProof('CRT-002', last, rootOf(last) ?? '');
    expect(readProof(written, 'f')).toMatchObject({ index: 10, leaves: 11, path });
  });

  test.each<[string, (written: string) => string]>([
    ['it has no line "randose proof 1"', () => ''],
    ['it has no line "randose proof 1"', (written) => written.replace('proof 1', 'proof 2')],
    [
      'other lines are above "randose proof 1"',
      (written) => written.replace('randose proof', 'study X\nrandose proof'),
    ],
    ['it has 0 lines "root" instead of one', (written) => written.replace(/^root.*\n/m, '')],
    ['it has 0 lines "root" instead of one', (written) => written.replace(/^root/m, 'rootx')],
    ['it has 2 lines "study" instead of one', (written) => `${written}study X\n`],
    ['it has 2 lines "list" instead of one', (written) => `${written}list X\n`],
    ['it has 2 lines "number" instead of one', (written) => `${written}number X\n`],
    ['it has 0 lines "subject" instead of one', (written) => written.replace('subject', 'who')],
    ['it has 3 lines "leaf" instead of one', (written) => `${written}leaf X\nleaf Y\n`],
    ['index is not a number', (written) => written.replace('index 1', 'index 1x')],
    ['index is not a number', (written) => written.replace('index 1', 'index -1')],
    ['leaves is not a number', (written) => written.replace('leaves 3', 'leaves 3333333333')],
    ['leaves is not a number', (written) => written.replace('leaves 3', 'leaves  3')],
    ['its leaf is not the leaf of a slot', (written) => written.replace('leaf randose 1', 'leaf')],
    [
      'the sides in its path do not match its place',
      (written) => written.replace('path left', 'path right'),
    ],
    [
      'the sides in its path do not match its place',
      (written) => written.replace(/^(path .*)$/m, '$1 more'),
    ],
  ])('is refused: %s', (reason, change) => {
    const changed = change(text());
    expect(() => readProof(changed, 'f')).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: `f is not a proof: ${reason}`,
        hint: 'Use the file as it was written, whole and without other lines. To write a new one would be another code-break.',
      }),
    );
    expect(studyOfProof(changed, 'f')).toBeUndefined();
  });

  test.each<[string, (written: string) => string]>([
    ['another arm', (written) => written.replace('ILT101 active', 'PLACEBO active')],
    ['another root', (written) => written.replace(/^root .*$/m, `root ${'d'.repeat(64)}`)],
    ['another place', (written) => written.replace('index 1', 'index 0')],
    ['another size', (written) => written.replace('leaves 3', 'leaves 9')],
    ['a step less', (written) => written.replace(/^path left.*\n/m, '')],
    ['a step without its hash', (written) => written.replace(/^path left.*$/m, 'path left')],
  ])('that does not lead to its own root is not trusted: %s', (_, change) => {
    expect(() => readProof(change(text()), 'f')).toThrow(
      expect.objectContaining({
        code: 'not-trusted',
        message: 'NOT TRUSTED: f does not lead to its own root',
        hint: 'The file was changed or is incomplete. Ask for it again.',
      }),
    );
    expect(studyOfProof(change(text()), 'f')).toBeUndefined();
  });

  test.each([
    ['age-encryption.org/v1\n-> X25519', 'a b.age', '"a b.age"'],
    ['-----BEGIN AGE ENCRYPTED FILE-----\n', 'answer.age', 'answer.age'],
  ])('that is still encrypted says how it is decrypted: %j', (encrypted, file, inCommand) => {
    expect(() => readProof(encrypted, file)).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: `${file} is still encrypted`,
        hint: `Whoever has the key decrypts it first: age -d -i KEY ${inCommand} > answer.txt`,
      }),
    );
    expect(() => readProof(` ${encrypted}`, file)).toThrow('is not a proof');
  });

  test('a mistake of the program itself is not taken for a wrong proof', () => {
    expect(() => studyOfProof(undefined as unknown as string, 'f')).toThrow(TypeError);
  });

  const batch = {
    study: 'DEPIL-2',
    list: content.list,
    commitment: { leaves: 3, root: rootOf(content)! },
  };
  test.each<[string, boolean, object, object]>([
    ['itself', true, {}, {}],
    ['another study', false, { study: 'X' }, {}],
    ['another list', false, { list: 'ff' }, {}],
    ['another root', false, {}, { root: 'd'.repeat(64) }],
    ['another number of leaves', false, {}, { leaves: 4 }],
  ])('is for a slot of the batch that has its facts: %s', (_, isOf, change, commitment) => {
    const own = readProof(text(), 'f');
    const other = { ...batch, ...change, commitment: { ...batch.commitment, ...commitment } };
    expect(isProofOf(own, other)).toBe(isOf);
  });

  test.each([
    ['number', 'number R003'],
    ['study', 'study DEPIL-3'],
    ['list', 'list ff'],
  ])('says the same %s as its leaf, or it is for no batch', (key, line) => {
    const own = readProof(text().replace(new RegExp(`^${key} .*$`, 'm'), line), 'f');
    const { study, list } = own;
    expect(isProofOf(own, { ...batch, study, list })).toBe(false);
  });
});
