import { bech32 } from '@scure/base';
import { describe, expect, test } from 'vitest';
import { keyPairFrom } from '../../src/blinding/identity.ts';
import {
  addLine,
  CARD_GROUPS,
  identityOf,
  keptGroups,
  nextGroup,
  NOTHING_TYPED,
  withoutGroups,
  withoutWrongGroups,
} from '../../src/blinding/typed-card.ts';

const KEY = keyPairFrom(new Uint8Array(32).fill(7)).identity;
const DATA = KEY.slice('AGE-SECRET-KEY-1'.length);
const GROUPS = DATA.match(/.{1,6}/g)!;

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
  expect(identityOf(typeAll(hybrid.slice('AGE-SECRET-KEY-PQ-1'.length)))).toBe(hybrid);
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

  test('what is kept is told', () => {
    expect(keptGroups(NOTHING_TYPED)).toBeUndefined();
    expect(keptGroups(typeAll(...GROUPS.slice(0, 1)))).toBe('group 1');
    const gaps = { ...NOTHING_TYPED, groups: ['a', undefined, 'c', 'd', undefined, 'f'] };
    expect(keptGroups(gaps)).toBe('groups 1, 3 to 4 and 6');
  });

  test('a group that is too short', () => {
    const { typed, problems } = addLine(NOTHING_TYPED, `${GROUPS[0]} ${GROUPS[1]!.slice(1)}`);
    expect(problems).toEqual([
      `Group 2, ${GROUPS[1]!.slice(1)}, has 5 characters; on the card it has 6.`,
    ]);
    expect(nextGroup(typed)).toBe(2);
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
    expect(problems).toEqual([expect.stringContaining('set to another keyboard')]);
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
        expect.stringContaining(`Group ${group + 1}, ${wrong.slice(group * 6, group * 6 + 6)},`),
      ]);
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
    expect(problems).toHaveLength(2);
    expect(identityOf(addLine(typed, `${GROUPS[0]} ${GROUPS[9]!}`).typed)).toBe(KEY);
  });

  test('or says that it cannot', () => {
    const wrong = Array.from(DATA)
      .map((one, place) => (place % 9 === 0 ? other(one) : one))
      .join('');
    const { typed, problems } = withoutWrongGroups(typeAll(wrong));
    expect(problems).toEqual([expect.stringContaining('Compare each group')]);
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
    for (const no of ['', '0', '11', '3-2', 'V4XK2P', '2 x']) expect(left(no)).toBeUndefined();
  });
});
