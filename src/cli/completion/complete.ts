import { homedir } from 'node:os';
import type { CommandEntry } from '../command.ts';
import { type Expected, expectedAfter, type StudyWords, type Word } from './expected.ts';

/** What a shell does besides offering words: it completes names of files itself. */
const FILES = ':files';
const FOLDERS = ':folders';

/** Words that no shell reads in another way. Others are not offered. */
const PLAIN = /^[\w.,:/=@%+-]+$/;

/**
 * What a shell offers after a command line that is being typed: a line each, the word and after a tab what it means; or
 * what the shell completes by itself. The scripts that `randose completion` prints read it.
 *
 * @param typed the words after `randose`; the last one is being typed, and may be empty
 * @returns empty also if the study is damaged: nobody who types asked about it
 */
export async function completions(
  typed: readonly string[],
  commands: readonly CommandEntry[],
): Promise<string> {
  const { before, current, start } = splitAtEqualSign(typed);
  try {
    const expected = expectedAfter({ before, current }, commands);
    const offered = await offeredFor(expected, before, current);
    return offered
      .filter(({ word }) => word.startsWith(':') || (word.startsWith(current) && PLAIN.test(word)))
      .map(({ word, about }) => `${start}${word}${about === '' ? '' : `\t${about}`}\n`)
      .join('');
  } catch {
    return '';
  }
}

/** A value may be typed after an equal sign, which bash makes a word of its own: `--site=C`, or `--site`, `=`, `C`. */
function splitAtEqualSign(typed: readonly string[]) {
  const words = typed.slice(0, -1).filter((word) => word !== '=');
  const last = typed.at(-1) ?? '';
  const [, option, value] = /^(--[\w-]+)=(.*)$/.exec(last) ?? [];
  if (option !== undefined) {
    return { before: [...words, option], current: value ?? '', start: `${option}=` };
  }
  return { before: words, current: last === '=' ? '' : last, start: '' };
}

async function offeredFor(
  expected: Expected,
  before: readonly string[],
  current: string,
): Promise<readonly Word[]> {
  switch (expected.kind) {
    case 'words':
      return expected.words;
    case 'file':
      return [bare(FILES)];
    case 'folder':
      return [bare(FOLDERS)];
    case 'page': {
      const { PAGES } = await import('../commands/docs/pages.ts');
      return PAGES.map(({ name, about }) => ({ word: name, about }));
    }
    case 'section':
      return sectionsOf(expected.page);
    case 'sheet': {
      const { SHEETS } = await import('../../labels/sheets.ts');
      return SHEETS.map(({ name }) => bare(name));
    }
    case 'month':
      return comingMonths();
    case 'study':
      return fromStudyOrFile(expected, before, current);
    case 'anything':
      return [];
  }
}

/** The headings of a page, in words that `randose docs` finds. */
async function sectionsOf(page: string): Promise<Word[]> {
  const { PAGES } = await import('../commands/docs/pages.ts');
  const { headingsOf } = await import('../commands/docs/page-text.ts');
  const text = PAGES.find(({ name }) => name === page)?.text ?? '';
  const below = headingsOf(text).filter(({ depth }) => depth > 1);
  return below.map((one) => bare(one.text.toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, '-')));
}

/** This month and the eleven after it. */
async function comingMonths(): Promise<Word[]> {
  const { DateTime } = await import('luxon');
  const { todayHere } = await import('../../system/today.ts');
  const first = DateTime.fromISO(todayHere());
  return Array.from({ length: 12 }, (_, months) =>
    bare(first.plus({ months }).toFormat('yyyy-MM')),
  );
}

/** A file can be checked where there is no study, too. */
async function fromStudyOrFile(
  expected: Extract<Expected, { kind: 'study' }>,
  before: readonly string[],
  current: string,
): Promise<readonly Word[]> {
  if (expected.isFileToo !== true) return fromStudy(expected, before, current);
  try {
    const words = await fromStudy(expected, before, current);
    return words.length > 0 ? words : [bare(FILES)];
  } catch {
    return [bare(FILES)];
  }
}

/** The words of the first kind that has one which begins as the current word does. */
async function fromStudy(
  { of, isList }: Extract<Expected, { kind: 'study' }>,
  before: readonly string[],
  current: string,
): Promise<Word[]> {
  const { studyWords } = await import('./study-words.ts');
  const named = before[before.indexOf('--study') + 1]?.replace(/^~(?=\/|$)/, homedir());
  const folder = before.includes('--study') ? named : undefined;
  const listed = isList ? /^.*,/.exec(current)?.[0] : undefined;
  const taken = listed?.split(',') ?? [];
  const offer = (kind: StudyWords) =>
    studyWords(folder, kind)
      .filter((word) => !taken.includes(word))
      .map((word) => (listed ?? '') + word)
      .filter((word) => word.startsWith(current))
      .map(bare);
  for (const kind of of) {
    const words = offer(kind);
    if (words.length > 0) return words;
  }
  return [];
}

function bare(word: string): Word {
  return { word, about: '' };
}
