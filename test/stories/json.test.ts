import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOCUMENTS } from '../../src/cli/results/document-schema.ts';
import {
  allocated,
  depil2,
  FIXTURES,
  labelled,
  mustRun,
  randose,
  testFolder,
  twoSitesBegun,
} from '../support/command-line.ts';
import { documentOf } from '../support/json-documents.ts';
import { storyOf } from '../support/terminal-story.ts';

const BY = ['--by', 'A. Example, nurse, Example Hospital'];
const WHY = ['--reason', 'an example', ...BY];
const DAY1 = ['--day1', '2026-06-15'];

/** Their documents are checked in test/stories/database, with a server, and in test/stories/selftest.test.ts: it takes long. */
const APART = ['pull', 'selftest'];

test('the document of every command, and of a failure, has what its schema says', () => {
  const given = new Set<string>();
  // A document that is not as its schema says fails in `randose` already.
  const see = (...words: string[]) => {
    const typed = [...words, '--json'];
    const { stdout, stderr } = randose(...typed);
    const printed = documentOf(typed, stdout);
    expect(printed, `${words.join(' ')}\n${stderr}`).toBeDefined();
    given.add(printed!.name);
  };
  const fresh = depil2();
  see('allocate', '--study', fresh.study, '--plan', fresh.plan);
  see('schema', 'study');

  const trial = allocated();
  for (const subject of ['CRT-001', 'CRT-002']) {
    const who = ['--subject', subject, '--site', 'CRT', ...DAY1, ...BY];
    see('randomize', '--study', trial.study, ...who);
  }
  // Some of these commands refuse, such as the reveal of an arm in a trial that is blinded.
  for (const words of storyOf(trial)) see(...words);

  const { study } = labelled();
  const sheet = ['--sheet', 'avery-l7160', '--output', join(testFolder(), 'labels.pdf')];
  see('labels', ...sheet, '--specimen', '--study', study);

  const two = twoSitesBegun();
  const visit = ['--visit', 'D15', '--date', '2026-06-16', ...WHY];
  see('move', 'CRT-001', ...visit, '--study', two);
  see('transfer', 'CRT-003', '--to', 'LYO', '--date', '2026-05-28', ...WHY, '--study', two);
  see('withdraw', 'CRT-002', '--from', 'study', '--date', '2026-05-28', ...WHY, '--study', two);
  const other = ['--subject', 'CRT-050', '--for', 'CRT-002', ...DAY1, ...BY];
  see('replace', ...other, '--study', two);

  const open = join(testFolder(), 'study');
  cpSync(join(FIXTURES, 'designs', 'open-label'), open, { recursive: true });
  rmSync(join(open, 'plan.yaml'));
  const plan = join(FIXTURES, 'designs', 'open-label', 'plan.yaml');
  mustRun('allocate', '--plan', plan, '--study', open, ...BY);
  mustRun('randomize', '--subject', 'PAR-001', '--site', 'PAR', ...DAY1, ...BY, '--study', open);
  const officer = ['--identity', join(FIXTURES, 'keys', 'officer.key')];
  see('reveal', 'PAR-001', ...officer, ...BY, '--study', open);

  expect(DOCUMENTS.filter((name) => !given.has(name))).toEqual(APART);
}, 600_000);
