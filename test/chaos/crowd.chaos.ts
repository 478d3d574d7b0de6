import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { depil2, mustRun, RANDOSE, startRandose, testFolder } from '../support/command-line.ts';
import { ledgerOf, replaceIn } from '../support/custody.ts';

const PROCESSES = 8;
const PEOPLE = 500;

/** A study of 600 slots. */
function largeStudy(): string {
  const trial = depil2();
  replaceIn(join(trial.study, 'study.yaml'), 'slots: 18', 'slots: 600');
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  return trial.study;
}

function numbersOf(study: string): { subjects: string[]; numbers: string[]; kits: string[] } {
  const given = ledgerOf(study).filter(({ action }) => action === 'randomization');
  const all = (key: string) => given.map((entry) => String(entry[key]));
  return { subjects: all('subject'), numbers: all('number'), kits: all('kit') };
}

const expectedNumbers = (count: number) =>
  Array.from({ length: count }, (_, index) => `R${String(index + 1).padStart(3, '0')}`);

test('eight processes randomize 500 people: no loss, no double, no gap', async () => {
  const study = largeStudy();
  const folder = testFolder();
  const goes: string[][] = Array.from({ length: PROCESSES }, () => []);
  let twice = 0;
  for (let person = 1, go = 0; person <= PEOPLE; go += 1) {
    const rows = Array.from({ length: Math.min(1 + (go % 14), PEOPLE - person + 1) }, () => {
      person += 1;
      return `P-${person - 1},CRT,2026-06-15`;
    });
    const file = join(folder, `${go}.csv`);
    writeFileSync(file, `subject,site,day1\n${rows.join('\n')}\n`);
    goes[go % PROCESSES]!.push(file);
    // Every tenth go is tried by another process too: one of the two gets it, whole.
    if (go % 10 === 0) {
      goes[(go + 3) % PROCESSES]!.push(file);
      twice += 1;
    }
  }
  const results = await Promise.all(
    goes.map(async (files) => {
      const statuses: (number | null)[] = [];
      for (const file of files) {
        const ran = await startRandose(
          'randomize',
          '--study',
          study,
          '--from',
          file,
          '--by',
          'Example',
        );
        statuses.push(ran.status);
      }
      return statuses;
    }),
  );
  const statuses = results.flat();
  expect(statuses.filter((status) => status !== 0)).toEqual(
    Array.from({ length: twice }, () => 65),
  );
  const { subjects, numbers, kits } = numbersOf(study);
  expect(numbers).toEqual(expectedNumbers(PEOPLE));
  expect(new Set(subjects).size).toBe(PEOPLE);
  expect(new Set(kits).size).toBe(PEOPLE);
  mustRun('verify', '--study', study);
});

test('processes that are killed in between lose nobody who was told a number', async () => {
  const study = largeStudy();
  const told: string[] = [];
  const one = (person: number) =>
    new Promise<void>((resolve) => {
      const about = ['--subject', `K-${person}`, '--site', 'CRT', '--day1', '2026-06-15'];
      const words = ['randomize', '--study', study, ...about, '--by', 'Example'];
      const child = spawn(process.execPath, [RANDOSE, ...words], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let text = '';
      child.stdout.on('data', (data: Buffer) => (text += data.toString()));
      // Killed at moments that differ from one to the next, some of them within its turn.
      const timer =
        person % 2 === 0 ? setTimeout(() => child.kill('SIGKILL'), 60 + person * 3) : undefined;
      child.on('close', () => {
        clearTimeout(timer);
        const [number] = /R\d{3}/.exec(text) ?? [];
        if (number !== undefined) told.push(`K-${person} ${number}`);
        resolve();
      });
    });
  for (let first = 0; first < 48; first += PROCESSES) {
    await Promise.all(Array.from({ length: PROCESSES }, (_, index) => one(first + index)));
  }
  const { subjects, numbers } = numbersOf(study);
  const given = subjects.map((subject, index) => `${subject} ${numbers[index]!}`);
  expect(given).toEqual(expect.arrayContaining(told));
  expect(numbers).toEqual(expectedNumbers(numbers.length));
  expect(numbers.length).toBeGreaterThanOrEqual(24);
  mustRun('verify', '--study', study);
  mustRun(
    ...['randomize', '--study', study, '--subject', 'LAST', '--site', 'CRT'],
    ...['--day1', '2026-06-15', '--by', 'Example'],
  );
  expect(readFileSync(join(study, 'ledger.jsonl'), 'utf8').endsWith('\n')).toBe(true);
});
