import { describe, expect, test } from 'vitest';
import type { Act, Entry, EntryOf } from '../../src/ledger/entry.ts';
import { checkSubjectIds, unusualIds } from '../../src/ledger/subject-id-rules.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { entriesOfActs, EXAMPLE_OFFICER } from '../support/ledger.ts';

const id = (text: string) => text as SubjectId;
const site = (code: string) => ({ code, name: code });
const withPattern = (pattern: string | undefined) => ({
  sites: [site('CRT'), site('LYO')],
  subjects: { pattern, unit: 'participant' as const },
});
const study = withPattern(undefined);

/** A ledger in which these ids are randomized, each at a site. */
function ledger(...ids: [subject: string, at: string][]): Entry[] {
  return entriesOfActs(
    ids.map(([subject, at], index): Act => ({
      action: 'randomization',
      who: EXAMPLE_OFFICER,
      subject: id(subject),
      site: at,
      stratum: `site=${at}`,
      number: `R00${index + 1}`,
    })),
  );
}

const asked = (subject: string, at = 'CRT', line?: number) => ({
  subject: id(subject),
  site: at,
  place: line === undefined ? {} : { file: 'p.csv', line },
});

describe('the ids of new participants', () => {
  test('that are as they should be have no problem and no condition', () => {
    const all = [asked('CRT-002'), asked('CRT-003')];
    const none = { wrong: [], doubtful: [], condition: '' };
    expect(checkSubjectIds(study, ledger(['CRT-001', 'CRT']), all)).toEqual(none);
    expect(checkSubjectIds(withPattern('{site}-###'), [], all)).toEqual(none);
  });

  test('are as the pattern of study.yaml has them', () => {
    const all = [asked('CRT-1', 'CRT', 2), asked('CRT-001', 'CRT', 3)];
    expect(checkSubjectIds(withPattern('{site}-###'), [], all).wrong).toEqual([
      {
        file: 'p.csv',
        line: 2,
        message:
          'subject id CRT-1 does not fit subjects.pattern in study.yaml: at site CRT it looks like CRT-123',
      },
    ]);
  });

  test('say nothing at a site that study.yaml does not have: that is reported elsewhere', () => {
    const all = [asked('CRT-1', 'BER'), asked('LYO-1', 'BER')];
    expect(checkSubjectIds(withPattern('{site}-###'), [], all)).toEqual({
      wrong: [],
      doubtful: [],
      condition: '',
    });
  });

  test('that are like one of the ledger are doubtful', () => {
    const entries = ledger(['CRT-001', 'CRT'], ['CRT-002', 'CRT']);
    expect(checkSubjectIds(study, entries, [asked('CRT_002', 'CRT', 4)])).toEqual({
      wrong: [],
      doubtful: [
        {
          file: 'p.csv',
          line: 4,
          message: 'subject id CRT_002 may be the same person as CRT-002 (randomized: R002)',
        },
      ],
      condition: 'the id is right and this is another person',
    });
  });

  test('that are like another one of the same file are doubtful', () => {
    const { doubtful } = checkSubjectIds(study, [], [asked('CRT-2'), asked('CRT-002')]);
    expect(doubtful).toEqual([
      { message: 'subject id CRT-002 may be the same person as CRT-2 (also in this file)' },
    ]);
  });

  test('that begin with the code of another site are doubtful', () => {
    expect(checkSubjectIds(study, [], [asked('LYO-001', 'CRT', 2)])).toEqual({
      wrong: [],
      doubtful: [
        {
          file: 'p.csv',
          line: 2,
          message: 'subject id LYO-001 begins with the code of site LYO, but the site is CRT',
        },
      ],
      condition: 'the id is right and the site is right too',
    });
  });

  test('can be doubtful in both ways', () => {
    const entries = ledger(['LYO-001', 'LYO']);
    expect(checkSubjectIds(study, entries, [asked('LYO_001')])).toMatchObject({
      doubtful: [{}, {}],
      condition: 'the id is right, this is another person and the site is right too',
    });
  });

  test('of the participant whose id is corrected do not count', () => {
    const entries = ledger(['CRT-001', 'CRT'], ['CRT-002', 'CRT']);
    const own = entries[0] as EntryOf<'randomization'>;
    expect(checkSubjectIds(study, entries, [asked('CRT_001')], own).doubtful).toEqual([]);
    expect(checkSubjectIds(study, entries, [asked('CRT_002')], own).doubtful).toHaveLength(1);
  });
});

describe('an unusual id', () => {
  const CRT = ledger(['CRT-001', 'CRT'], ['CRT-002', 'CRT'], ['LYO1', 'LYO']);
  const unusual = (subject: string, at = 'CRT', entries: readonly Entry[] = CRT) =>
    unusualIds(study, entries, [asked(subject, at)]);

  test('has no digit', () => {
    expect(unusual('Martin')).toEqual([
      'Subject id Martin has no digit: is it a name? Use a subject code.',
    ]);
    expect(unusual('Martin', 'CRT', [])).toHaveLength(1);
  });

  test('does not look like all earlier ones of its site', () => {
    expect(unusual('CRT3')).toEqual([
      'Subject id CRT3 does not look like the others of site CRT (CRT-001): check it.',
    ]);
    expect(unusual('LYO-2', 'LYO')).toEqual([
      'Subject id LYO-2 does not look like the other one of site LYO (LYO1): check it.',
    ]);
    expect(unusual('CRT-0003')).toHaveLength(1);
    expect(unusual('CR1-003')).toHaveLength(1);
    expect(unusual('C-003')).toHaveLength(1);
  });

  test.each([
    ['CRT-003', 'CRT'],
    ['lyo-004', 'CRT'], // another letter in the place of each letter
    ['LYO2', 'LYO'],
    ['BER.1', 'BER'], // the first of its site
  ])('is not %s at site %s', (subject, at) => {
    expect(unusual(subject, at)).toEqual([]);
  });

  test('is not the number after 9 or 99', () => {
    const nine = ledger(['CRT-8', 'CRT'], ['CRT-9', 'CRT']);
    expect(unusual('CRT-10', 'CRT', nine)).toEqual([]);
    expect(unusual('CRT-11', 'CRT', nine)).toHaveLength(1);
    expect(unusual('CRT-100', 'CRT', nine)).toHaveLength(1);
    expect(unusual('CRT-100', 'CRT', ledger(['CRT-99', 'CRT']))).toEqual([]);
    expect(unusual('CRT-210', 'CRT', ledger(['CRT-99', 'CRT']))).toHaveLength(1);
    expect(unusual('CRT-10A', 'CRT', ledger(['CRT-9A', 'CRT']))).toHaveLength(1);
  });

  test('cannot be told at a site whose ids have several forms', () => {
    expect(unusual('CRT.003', 'CRT', ledger(['CRT-1', 'CRT'], ['CRT-02', 'CRT']))).toEqual([]);
  });

  test('is compared with those before it in the same file too', () => {
    const all = [asked('CRT-001'), asked('LYO1', 'LYO'), asked('CRT2')];
    expect(unusualIds(study, [], all)).toEqual([
      'Subject id CRT2 does not look like the other one of site CRT (CRT-001): check it.',
    ]);
  });

  test('is what the pattern of study.yaml does not allow, and nothing else', () => {
    expect(unusualIds(withPattern('{site}-@@'), CRT, [asked('CRT-AB')])).toEqual([]);
  });
});
