import { bech32 } from '@scure/base';
import { describe, expect, test } from 'vitest';
import { keyPairFrom } from '../../src/blinding/identity.ts';
import {
  addLine,
  CARD_GROUPS,
  identityOf,
  keptGroups,
  looksLikeCardKey,
  nextGroup,
  NOTHING_TYPED,
  withoutGroups,
  withoutWrongGroups,
} from '../../src/blinding/typed-card.ts';

const KEY = keyPairFrom(new Uint8Array(32).fill(7)).identity;
const DATA = KEY.slice('AGE-SECRET-KEY-1'.length);
const GROUPS = DATA.match(/.{1,6}/g)!;

/** The characters of Bech32 in the order of their values (BIP 173). */
const ALPHABET = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L';

/** Another character of the alphabet. */
function other(character: string): string {
  return character === 'Q' ? 'P' : 'Q';
}

function typeAll(...lines: string[]) {
  return lines.reduce((typed, line) => addLine(typed, line).typed, NOTHING_TYPED);
}

test('a key has ten groups, as on the card', () => {
  expect(CARD_GROUPS).toBe(GROUPS.length);
});

describe('a key is accepted', () => {
  test.each([
    ['scanned at once', [KEY]],
    ['in small letters', [KEY.toLowerCase()]],
    ['without its prefix', [DATA]],
    ['with spaces anywhere', [`age-secret-key-1 ${DATA.slice(0, 9)} ${DATA.slice(9)}`]],
    ['the prefix alone, then group by group', ['AGE-SECRET-KEY-1', ...GROUPS]],
    ['after blanks', [`  ${KEY}\t`]],
    ['without hyphens', [`AGESECRETKEY1${DATA}`]],
    ['with blanks and hyphens at random', [`age  secret -key- 1 ${GROUPS.join(' - ')}-`]],
    ['its data once more, after a part of it', [GROUPS[4]!, DATA]],
    ['its data in groups, after a part of it', [GROUPS[4]!, GROUPS.join(' ')]],
    ['whole, after a part of it', [GROUPS.slice(4).join(' '), KEY]],
    ['in groups of other sizes', [`${DATA.slice(0, 7)} ${DATA.slice(7, 12)}`, DATA.slice(12)]],
    ['several groups in a line', [GROUPS.slice(0, 4).join(' '), GROUPS.slice(4).join('')]],
  ])('%s', (_, lines) => {
    const typed = typeAll(...lines);
    expect(nextGroup(typed)).toBeUndefined();
    expect(identityOf(typed)).toBe(KEY);
  });
});

test('a hybrid key too, with and without its prefix', () => {
  const bytes = new Uint8Array(32).fill(9);
  const hybrid = bech32.encodeFromBytes('age-secret-key-pq-', bytes).toUpperCase();
  expect(identityOf(typeAll(hybrid))).toBe(hybrid);
  expect(identityOf(typeAll(hybrid.toLowerCase().replaceAll('-', ' ')))).toBe(hybrid);
  for (const prefix of ['AGE-SECRET-KEY-PQ-1', 'AGESECRETKEYPQ1', 'age secret key pq  1']) {
    expect(typeAll(prefix).prefix).toBe('AGE-SECRET-KEY-PQ-1');
    expect(identityOf(typeAll(prefix, hybrid.slice(-58)))).toBe(hybrid);
  }
  // A key is checked with the prefix that was typed.
  expect(identityOf(typeAll(KEY.replace('KEY-1', 'KEY-PQ-1')))).toBeUndefined();
  expect(identityOf(typeAll(hybrid.slice('AGE-SECRET-KEY-PQ-1'.length)))).toBe(hybrid);
});

test('a key is known by its prefix, or by thirty characters that a key can have', () => {
  const words = [
    KEY,
    KEY.toLowerCase(),
    'age secret - key 1',
    'AGESECRETKEYPQ1',
    DATA.slice(0, 30),
  ];
  for (const text of [...words, ` ${GROUPS.slice(2, 7).join('-').toLowerCase()} `]) {
    expect(looksLikeCardKey(text)).toBe(true);
  }
  const codes = ['', 'R001', DATA.slice(0, 29), `${DATA.slice(0, 30)}B`, 'the AGE-SECRET-KEY-1'];
  for (const text of [...codes, 'AGE-SECRET-KEY-2', 'AGE-SECRET-KEY-']) {
    expect(looksLikeCardKey(text)).toBe(false);
  }
});

test('a key that is not complete is none', () => {
  expect(identityOf(typeAll(...GROUPS.slice(0, 9)))).toBeUndefined();
  expect(identityOf(NOTHING_TYPED)).toBeUndefined();
  // Not even if its checksum fits: 48 characters and the checksum are nine groups.
  const words = Array.from({ length: 48 }, (_, index) => index % 32);
  const shorter = bech32.encode('age-secret-key-', words).toUpperCase();
  const typed = typeAll(shorter.slice('AGE-SECRET-KEY-1'.length));
  expect(keptGroups(typed)).toBe('groups 1 to 9');
  expect(identityOf(typed)).toBeUndefined();
});

describe('a wrong line is named, and what was right is kept', () => {
  test('a character that no key has, with what it may be', () => {
    const line = `${GROUPS[0]} BO${GROUPS[1]!.slice(2)} ${GROUPS[2]!}`;
    const { typed, problems } = addLine(NOTHING_TYPED, line);
    expect(problems).toEqual([
      `Group 2, BO${GROUPS[1]!.slice(2)}: a key has no "B" (is it 8?) and no "O" (is it 0?).`,
    ]);
    expect(nextGroup(typed)).toBe(2);
    expect(
      identityOf(addLine(addLine(typed, GROUPS[1]!).typed, GROUPS.slice(3).join('')).typed),
    ).toBe(KEY);
  });

  test.each([
    ['I', ' (is it L?)'],
    ['1', ' (is it L?)'],
    ['O', ' (is it 0?)'],
    ['B', ' (is it 8?)'],
    ['*', ''],
    ['É', ''],
  ])('the character %s is in no key', (sign, meant) => {
    const group = `${sign}${GROUPS[0].slice(2)}${sign}`;
    expect(addLine(NOTHING_TYPED, group).problems).toEqual([
      `Group 1, ${group}: a key has no "${sign}"${meant}.`,
    ]);
  });

  test('up to three wrong groups are named, one by one', () => {
    const wrong = GROUPS.map((group, index) => (index % 3 === 1 ? `O${group.slice(1)}` : group));
    const { typed, problems } = addLine(NOTHING_TYPED, wrong.join(' '));
    expect(problems).toEqual(
      [1, 4, 7].map((at) => `Group ${at + 1}, ${wrong[at]!}: a key has no "O" (is it 0?).`),
    );
    expect(keptGroups(typed)).toBe('groups 1, 3 to 4, 6 to 7 and 9 to 10');
    expect(identityOf(typeAll(wrong.join(' '), GROUPS[1]!, GROUPS[4]!, GROUPS[7]!))).toBe(KEY);
  });

  test('the whole line may be typed again, or only the wrong group', () => {
    const secret = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 3);
    const { identity } = keyPairFrom(secret);
    const all = identity.slice('AGE-SECRET-KEY-1'.length).match(/.{1,6}/g)!;
    for (const wrong of [2, 4, 5]) {
      const line = all.slice(2, 6);
      const mistyped = line.with(wrong - 2, `B${all[wrong]!.slice(1)}`).join(' ');
      const first = addLine(typeAll(all.slice(0, 2).join(' ')), mistyped);
      expect(nextGroup(first.typed)).toBe(wrong + 1);
      for (const again of [line.join(' '), all[wrong]!]) {
        const second = addLine(first.typed, again);
        expect(second.problems).toEqual([]);
        expect(nextGroup(second.typed)).toBe(7);
        expect(identityOf(addLine(second.typed, all.slice(6).join(' ')).typed)).toBe(identity);
      }
    }
  });

  test('a part of the line may be typed again, and the rest of it is kept', () => {
    const typed = typeAll(
      `${GROUPS[0]} ${GROUPS[1]}`,
      `${GROUPS[2]} B${GROUPS[3]!.slice(1)} ${GROUPS[4]} ${GROUPS[5]}`,
      `${GROUPS[2]} ${GROUPS[3]}`,
    );
    expect(keptGroups(typed)).toBe('groups 1 to 6');
    expect(typed.groups.slice(0, 6)).toEqual(GROUPS.slice(0, 6));
  });

  test('the wrong group may be typed together with the next ones', () => {
    const typed = typeAll(
      `${GROUPS[0]} ${GROUPS[1]}`,
      `B${GROUPS[2]!.slice(1)} ${GROUPS[3]} ${GROUPS[4]} ${GROUPS[5]}`,
      `${GROUPS[2]} ${GROUPS[6]}`,
    );
    expect(typed.groups.slice(0, 7)).toEqual(GROUPS.slice(0, 7));
    expect(nextGroup(typed)).toBe(8);
  });

  test('a line with the prefix begins the key again', () => {
    const typed = typeAll(GROUPS.slice(0, 3).join(' '), `AGE-SECRET-KEY-1 ${GROUPS[0]}`);
    expect(keptGroups(typed)).toBe('group 1');
    const within = addLine(NOTHING_TYPED, `KEY ${KEY}`);
    expect(within.problems).toEqual([
      'This is 16 characters too many: after AGE-SECRET-KEY-1 the key has 58 characters, in 10 groups.',
    ]);
  });

  test('what is too much after a whole key is told, and the key is kept', () => {
    const { typed, problems } = addLine(typeAll(KEY), 'QQ');
    expect(problems).toEqual([
      'This is 2 characters too many: after AGE-SECRET-KEY-1 the key has 58 characters, in 10 groups.',
    ]);
    expect(typed.wrongFrom).toBeUndefined();
    expect(identityOf(typed)).toBe(KEY);
  });

  test('what is kept is told', () => {
    expect(keptGroups(NOTHING_TYPED)).toBeUndefined();
    expect(keptGroups(typeAll(...GROUPS.slice(0, 1)))).toBe('group 1');
    const gaps = { ...NOTHING_TYPED, groups: ['a', undefined, 'c', 'd', undefined, 'f'] };
    expect(keptGroups(gaps)).toBe('groups 1, 3 to 4 and 6');
    expect(keptGroups(typeAll(...GROUPS.slice(0, 2)))).toBe('groups 1 to 2');
    expect(keptGroups(typeAll(KEY))).toBe('groups 1 to 10');
    const two = { ...NOTHING_TYPED, groups: ['a', undefined, 'c'] };
    expect(keptGroups(two)).toBe('groups 1 and 3');
  });

  test('a group that is too short', () => {
    const { typed, problems } = addLine(NOTHING_TYPED, `${GROUPS[0]} ${GROUPS[1]!.slice(1)}`);
    expect(problems).toEqual([
      `Group 2, ${GROUPS[1]!.slice(1)}, has 5 characters; on the card it has 6.`,
    ]);
    expect(nextGroup(typed)).toBe(2);
  });

  test('a last group that is too short, and one character', () => {
    const all = typeAll(...GROUPS.slice(0, 9));
    expect(addLine(all, GROUPS[9]!.slice(1)).problems).toEqual([
      `Group 10, ${GROUPS[9]!.slice(1)}, has 3 characters; on the card it has 4.`,
    ]);
    expect(addLine(NOTHING_TYPED, 'Q').problems).toEqual([
      'Group 1, Q, has 1 character; on the card it has 6.',
    ]);
  });

  test('nothing after a group of another length is taken', () => {
    const line = `${GROUPS[0]}${GROUPS[1]!.slice(0, 3)} ${GROUPS[2]}`;
    const { typed, problems } = addLine(NOTHING_TYPED, line);
    expect(problems).toEqual([
      `Group 2, ${GROUPS[1]!.slice(0, 3)}, has 3 characters; on the card it has 6.`,
    ]);
    expect(keptGroups(typed)).toBe('group 1');
  });

  test('a strange character and a wrong length are one problem', () => {
    const { typed, problems } = addLine(NOTHING_TYPED, `B ${GROUPS[1]}`);
    expect(problems).toEqual(['Group 1, B: a key has no "B" (is it 8?).']);
    expect(keptGroups(typed)).toBeUndefined();
  });

  test('an empty line is no problem', () => {
    const typed = typeAll(GROUPS[0]);
    expect(addLine(typed, ' - ')).toEqual({ typed, problems: [] });
  });

  test('one character too many', () => {
    const typed = typeAll(...GROUPS.slice(0, 8));
    const read = addLine(typed, `${GROUPS[8]} ${GROUPS[9]}Q`);
    expect(read.problems).toEqual([
      'This is 1 character too many: after AGE-SECRET-KEY-1 the key has 58 characters, in 10 groups.',
    ]);
    expect(nextGroup(read.typed)).toBe(9);
  });

  test('too much', () => {
    const { typed, problems } = addLine(NOTHING_TYPED, `${KEY}QQ`);
    expect(problems).toEqual([
      'This is 2 characters too many: after AGE-SECRET-KEY-1 the key has 58 characters, in 10 groups.',
    ]);
    expect(nextGroup(typed)).toBe(1);
  });

  test('a scanner with another keyboard', () => {
    const { problems } = addLine(NOTHING_TYPED, 'b'.repeat(58));
    expect(problems).toEqual([
      'Many of these characters do not occur in a key. A scanner that is set to another keyboard than this computer writes such a text: change its setting, or type the key.',
    ]);
  });
});

describe('the checksum names the group', () => {
  test('of any one wrong character [R-045]', () => {
    for (let place = 0; place < DATA.length; place += 1) {
      const wrong = DATA.slice(0, place) + other(DATA[place]!) + DATA.slice(place + 1);
      const typed = typeAll(wrong);
      expect(identityOf(typed)).toBeUndefined();
      const group = Math.floor(place / 6);
      const read = withoutWrongGroups(typed);
      expect(read.problems).toEqual([
        `Group ${group + 1}, ${wrong.slice(group * 6, group * 6 + 6)}, looks wrong by the checksum. Compare it with the card.`,
      ]);
      expect(nextGroup(read.typed)).toBe(group + 1);
      expect(identityOf(addLine(read.typed, GROUPS[group]!).typed)).toBe(KEY);
    }
  });

  test('of two exchanged characters', () => {
    const at = Array.from(DATA).findIndex((one, index) => one !== DATA[index + 1] && index % 6 < 5);
    const wrong = DATA.slice(0, at) + DATA[at + 1]! + DATA[at]! + DATA.slice(at + 2);
    expect(withoutWrongGroups(typeAll(wrong)).problems).toHaveLength(1);
  });

  test('of two characters in two groups', () => {
    const wrong = other(DATA[0]!) + DATA.slice(1, 57) + other(DATA[57]!);
    const { typed, problems } = withoutWrongGroups(typeAll(wrong));
    expect(problems).toEqual(
      [1, 10].map((group) => {
        const text = wrong.slice(6 * group - 6, 6 * group);
        return `Group ${group}, ${text}, looks wrong by the checksum. Compare it with the card.`;
      }),
    );
    expect(identityOf(addLine(typed, `${GROUPS[0]} ${GROUPS[9]!}`).typed)).toBe(KEY);
  });

  test.each([
    [1, 2],
    [2, 1],
  ])('of two characters, in the order of the groups: errors %i and %i', (first, last) => {
    const off = (sign: string, error: number) => ALPHABET[ALPHABET.indexOf(sign) ^ error]!;
    const wrong = off(DATA[0]!, first) + DATA.slice(1, 57) + off(DATA[57]!, last);
    const { problems } = withoutWrongGroups(typeAll(wrong));
    expect(problems.map((problem) => problem.slice(0, 8))).toEqual(['Group 1,', 'Group 10']);
  });

  test('of the usual kind of key, if a character would also be wrong in the other kind', () => {
    // By the checksum of a post-quantum key, group 8 of this one would be wrong.
    const wrong = `${DATA.slice(0, 3)}L${DATA.slice(4)}`;
    const { problems } = withoutWrongGroups(typeAll(wrong));
    expect(problems).toEqual([
      'Group 1, QURLWP, looks wrong by the checksum. Compare it with the card.',
    ]);
    const hybrid = withoutWrongGroups(typeAll(`AGE-SECRET-KEY-PQ-1${wrong}`));
    expect(hybrid.problems[0]).toMatch(/^Group 8, /);
  });

  test('of a post-quantum key too, also without its prefix', () => {
    const bytes = new Uint8Array(32).fill(9);
    const key = bech32.encodeFromBytes('age-secret-key-pq-', bytes).toUpperCase().slice(-58);
    const wrong = other(key[0]!) + key.slice(1);
    expect(withoutWrongGroups(typeAll(wrong)).problems).toEqual([
      `Group 1, ${wrong.slice(0, 6)}, looks wrong by the checksum. Compare it with the card.`,
    ]);
  });

  test('or says that it cannot', () => {
    const wrong = Array.from(DATA)
      .map((one, place) => (place % 9 === 0 ? other(one) : one))
      .join('');
    const { typed, problems } = withoutWrongGroups(typeAll(wrong));
    expect(problems).toEqual([
      'The key does not fit its own checksum: several characters are wrong. Compare each group with the card:',
    ]);
    // Every group is kept, and the person says which ones differ from the card.
    expect(nextGroup(typed)).toBeUndefined();
    const wrongGroups = '1 to 4, 5 6-10';
    const rest = withoutGroups(typed, wrongGroups);
    expect(identityOf(addLine(rest!, DATA).typed)).toBe(KEY);
  });

  test('a group is named by its number', () => {
    const typed = typeAll(DATA);
    const left = (text: string) => withoutGroups(typed, text)?.groups.map((one) => one ?? '-');
    expect(left('2')).toEqual(GROUPS.with(1, '-'));
    expect(left('9-10 and 1')).toEqual(GROUPS.with(0, '-').with(8, '-').with(9, '-'));
    const second = GROUPS.with(1, '-');
    for (const text of [' 2 ', '2,', '2-2', '2 and 2', '02']) expect(left(text)).toEqual(second);
    const to4 = second.with(2, '-').with(3, '-');
    const ranges = ['2 to 4', '2 TO 4', '2  to  4', '2 - 4', '2-4', '2 -4', '2- 4', '2  -  4'];
    const words = [...ranges, '2 3 4', '2, 3 And 4', '4 2-3', '2  3-4'];
    for (const text of words) expect(left(text)).toEqual(to4);
    expect(left('10')).toEqual(GROUPS.with(9, '-'));
    expect(left('1-10')).toEqual(GROUPS.map(() => '-'));
    const numbers = [
      '',
      ' ',
      ',',
      '0',
      '11',
      '0-2',
      '9-11',
      '3-2',
      '2-',
      '-2',
      '2-3-4',
      '100',
      '3-2 4',
    ];
    for (const no of [...numbers, 'V4XK2P', '2 x', '2x', 'x2', '1-x', 'and']) {
      expect(left(no)).toBeUndefined();
    }
    const repeated = { ...typed, wrongFrom: 0 };
    expect(withoutGroups(repeated, '2')?.wrongFrom).toBeUndefined();
  });
});
