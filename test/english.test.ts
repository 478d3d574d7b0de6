import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Everything that people read: messages, help, comments and pages. */
const EVERYTHING = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs', 'fixtures/README.md'],
  ...['src', 'bin', 'bench', 'eslint.config.js', 'rolldown.config.ts', '.ci'],
];

/** What lies in a folder, and is not held to the rules. */
const EXCEPT: readonly string[] = [];

/** What pages quote from messages that are not rewritten yet. */
const QUOTED: readonly string[] = [];

interface Rule {
  readonly pattern: RegExp;
  /** What to write instead. */
  readonly instead: string;
}

/** `a b` as a pattern: words with any space between them, in small or capital letters. */
function words(source: string): RegExp {
  return new RegExp(source.replaceAll(' ', '\\s+'), 'gi');
}

/** Where a sentence ends: at a stop, a quotation mark, a table's bar, a tag, the end of a comment or of a line of a message. */
const SENTENCE_END = /(?=[^\S\n]*\n|\s*(?:[.;:!?)]|['"`|]|\\n|\*\/|@\w|$))/.source;

/** The words that no message, help text, comment or page has, and what to write instead. */
const FORBIDDEN: readonly Rule[] = [
  { pattern: words(String.raw`\bmend(?:s|ed|ing)?\b`), instead: 'correct, fix, repair' },
  {
    pattern: words(String.raw`\b(?:hereby|whereof|thereof|howsoever)\b`),
    instead: 'leave it out, or name the thing: "of the list"',
  },
  {
    pattern: words(
      String.raw`\b(?:hold|holds|held|holding)\b(?:(?![.;:]\s)[^|\n]){0,80}?\bagainst\b`,
    ),
    instead: 'compare … with, check … against',
  },
  {
    pattern: words(String.raw`\bwhat(?:ever)? (?:came|comes|becomes|became) of\b`),
    instead: 'the result of, what happened to',
  },
  { pattern: words(String.raw`\bstands? here\b`), instead: 'is here, is written here' },
  {
    pattern: words(String.raw`\b(?:is|are|was|were) of the\b`),
    instead: 'say what it does: "belongs to the", "comes from the", "is about the"',
  },
  { pattern: words(String.raw`\bnobody(?:'|’)s\b`), instead: '"nobody has", "belongs to nobody"' },
  {
    pattern: words(String.raw`(?<!\bthere )\bis no (?!longer\b|more than\b|one\b)\w+`),
    instead: '"is not a", "has no", "does not"',
  },
  { pattern: words(String.raw`\bl(?:ies?|ay|ying) open\b`), instead: 'is not sealed, is readable' },
  {
    pattern: words(String.raw`\bseal(?:s|ed|ing)? (?:\w+ )?anew\b`),
    instead: 're-encrypt, rewrap',
  },
  { pattern: words(String.raw`\bthe same once more\b`), instead: 'repeat it, again' },
  { pattern: words(String.raw`\bas such\b`), instead: 'say as what: "as a rehearsal"' },
  {
    pattern: words(String.raw`\bby it` + SENTENCE_END),
    instead: 'name it: "by this key", "by its number"',
  },
  { pattern: words(String.raw`\bof its own accord\b`), instead: 'by itself, automatically' },
];

/** "where" for "if", in the forms that mean nothing else. "Where" is only for a place. */
const WHERE: readonly Rule[] = [
  {
    pattern: words(String.raw`@throws\b(?:(?!@|\*/)[^.]){0,200}?\bwhere\b`),
    instead: '@throws … if',
  },
  {
    pattern: words(String.raw`\b(?:undefined|null|none|empty|true|false|else)` + '`? where\\b'),
    instead: '… if',
  },
  {
    pattern: words(
      String.raw`\bwhere (?:it takes|(?:somebody|nobody|anybody|none|something|nothing|one of them) (?:is|are|has|was|were|does)\b)`,
    ),
    instead: 'if …',
  },
  {
    // At the beginning of a sentence, with a comma before its end: "Where a stratum is full, …".
    pattern:
      /(?<=^|[.!?]\s+|["'`|*]\s*|\n\s*)Where\s+(?:it|they|there|that|this|a|an|the|one|no|two|several|any|all|some)\b(?!(?: \w+){1,4} (?:begins?|starts?|ends?|lies?),)[^.:?!|\n]{0,120}?,/g,
    instead: 'If …,',
  },
  {
    pattern: words(String.raw`, where there (?:is|are|was|were)\b(?! to\b)`),
    instead: 'if there is, which has',
  },
];

interface Finding {
  readonly place: string;
  readonly words: string;
  readonly instead: string;
}

/** The findings in a text, in their order. Words may be parted by a line break, and a comment's sign in the next line. */
function findingsIn(file: string, text: string, rules: readonly Rule[]): Finding[] {
  // One space for each character that is replaced, so that places stay. An empty line ends a sentence.
  const flat = text.replace(
    /(?<!\n[ \t]*)\n[ \t]*(?:\*(?!\/)|\/\/+|#+(?= )|>)?(?![ \t]*\n)/g,
    (found) => ' '.repeat(found.length),
  );
  return rules
    .flatMap(({ pattern, instead }) =>
      [...flat.matchAll(pattern)].map((match) => {
        const start = match.index + match[0].search(/\S/);
        const line = text.slice(0, start).split('\n').length;
        const shown = match[0].trim().replace(/\s+/g, ' ');
        return { start, place: `${file}:${line}`, words: shown, instead };
      }),
    )
    .sort((a, b) => a.start - b.start)
    .map(({ place, words: shown, instead }) => ({ place, words: shown, instead }));
}

const ROOT = join(import.meta.dirname, '..');
const IS_TEXT = /(?:\.(?:ts|js|mjs|md|yaml|txt|html|css)|^[^.]+)$/;

/** The text files at or below a path, relative to the repository. */
function filesAt(path: string): string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && IS_TEXT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

const isAt = (file: string, path: string) => file === path || file.startsWith(`${path}/`);

/** A text without what is quoted for now, with everything else in its place. */
function unquoted(text: string): string {
  return QUOTED.reduce((rest, one) => rest.replaceAll(one, ' '.repeat(one.length)), text);
}

function report(rules: readonly Rule[]): string[] {
  return [...new Set(EVERYTHING.flatMap(filesAt))]
    .filter((file) => !EXCEPT.some((path) => isAt(file, path)))
    .flatMap((file) => findingsIn(file, unquoted(readFileSync(join(ROOT, file), 'utf8')), rules))
    .map((found) => `${found.place}: "${found.words}". Write: ${found.instead}`);
}

describe('plain English', () => {
  it('has none of the words that make a sentence hard to read', () => {
    expect(report(FORBIDDEN)).toEqual([]);
  });

  it('has "where" for a place only, and "if" for a condition', () => {
    expect(report(WHERE)).toEqual([]);
  });

  it('is asked of what exists', () => {
    const strangers = EVERYTHING.filter((path) => !EVERYTHING.some((whole) => isAt(path, whole)));
    expect(strangers, 'are not in EVERYTHING').toEqual([]);
    for (const path of [...EVERYTHING, ...EXCEPT]) expect(filesAt(path), path).not.toEqual([]);
  });
});

describe('the rules', () => {
  const found = (text: string) => findingsIn('x.ts', text, [...FORBIDDEN, ...WHERE]);

  it.each([
    'Mend the lines above.',
    '// it was mended',
    'the terms hereby agreed',
    '`verify` holds everything in the folder against everything else',
    'what was held\n   * against the list',
    'what came of the attempt',
    'the kit and what became of it',
    'what stands here',
    'an entry that is of the first batch',
    "it is nobody's lock",
    'it is nobody’s lock',
    'block size 4 is no multiple of 3',
    'its keys lie open in the folder',
    'what is sealed anew',
    'sealing it anew',
    '? The same once more:',
    'all keys must be as such.',
    'nobody may be treated by it.',
    '/** What a list is made by it */',
    'it moves\n// of its own accord',
    '@throws RandoseError `not-found` where there is none',
    '/** The key; undefined where it has none. */',
    'one key, or where it takes several, one of each',
    'Where a stratum is full, the statistician adds slots.',
    '/** Where there is none, it is made. */',
    'a card maker, where there is one',
  ])('find: %s', (text) => {
    expect(found(text)).toHaveLength(1);
  });

  it.each([
    'We recommend an amendment; the recommended size was amended.',
    'The study is no longer locked.',
    'It is not a kit. There is no key at this path.',
    'Check the list against the manifest. The lock is held. Nothing counts against it.',
    'whatever the ratio is, of the two arms',
    'It is found by its number, by items, and by it alone',
    'the folder where the study is; it says where there is room',
    'where a command is: src/cli/commands',
    'Where to read on',
    'Where is the ledger?',
    'Where the matrix begins, in dots',
    'such as this; as suchlike',
    'const isNo = mender.thing;',
  ])('leave alone: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('say the line, the words and what to write', () => {
    expect(findingsIn('a.ts', 'one\n * is of\n * the list', FORBIDDEN)).toEqual([
      expect.objectContaining({ place: 'a.ts:2', words: 'is of the' }),
    ]);
  });
});
