import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect } from 'vitest';
import { testFolder } from './command-line.ts';
import { enrol, type Login, type Person, receiptIn, type ServedStudy } from './served-study.ts';

interface Crowd {
  /** Half of them at each site. */
  readonly clients: number;
  /** How many participants each of them randomizes with one command. */
  readonly fromFile: number;
  /** How many more, with a command each. */
  readonly single: number;
  readonly factor?: string;
  /** More words of each command. */
  readonly more?: readonly string[];
  /** How many commands are killed while they run. */
  readonly kills?: number;
  /** How often the server crashes, and is started again. */
  readonly restarts?: number;
}

/** How often a person runs a command again that says that it was not done. */
const MOST_TRIES = 40;
const DAY1 = '2026-06-01';

/**
 * Randomizes participants from several processes at once. A command that was killed, or that says that it can be run again,
 * is run again as it was.
 *
 * @returns the receipts that were printed, `SEQ:HASH`
 */
export async function crowdAt(
  study: ServedStudy,
  { clients, fromFile, single, factor, more = [], kills = 0, restarts = 0 }: Crowd,
): Promise<string[]> {
  const folder = testFolder(afterAll);
  const receipts: string[] = [];
  const random = generator(20);
  const toKill = new Set<number>();
  while (toKill.size < kills) toKill.add(Math.floor(random() * clients * (single + 1)));
  let started = 0;

  const does = async (person: Person, words: readonly string[]) => {
    const isKilled = toKill.has(started);
    started += 1;
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const { ended, kill } = person.start([...words, '--json']);
      if (isKilled && tries === 1) void pause(150 + random() * 1500).then(kill);
      const { status, stdout, stderr } = await ended;
      // What was printed before a kill counts too, if all of it was.
      const receipt = status === 75 || !stdout.endsWith('}\n') ? undefined : receiptIn(stdout);
      if (receipt !== undefined) receipts.push(receipt);
      if (status === 0) return;
      // Another command of the same person may have found out, and said, that the act of an earlier try was entered.
      if (status === 65 && tries > 1 && stdout.includes(`${subjectIn(words)} was randomized on`))
        return;
      // Killed, or told that it may be run again.
      if (status !== null && status !== 75)
        throw new Error(`${words.join(' ')}: ${status}\n${stdout}${stderr}`);
      await pause(100);
    }
    throw new Error(`${words.join(' ')}: not done after ${MOST_TRIES} tries`);
  };
  const sites: readonly (readonly [Login, string])[] = [
    ['s01', 'S01'],
    ['s08', 'S08'],
  ];
  await Promise.all(sites.map(async ([login]) => study.person(login)));
  const isOver = { value: false };
  const crashes = (async () => {
    for (let crash = 0; crash < restarts && !isOver.value; crash += 1) {
      await pause(4000);
      await study.cluster.restart('immediate');
    }
  })();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const [login, site] = sites[client % 2]!;
      const person = await study.person(login);
      const id = (index: number) => `${site}-${client}-${String(index).padStart(3, '0')}`;
      const level = factor?.split('=');
      if (fromFile > 0) {
        const file = join(folder, `${client}.csv`);
        const rows = Array.from({ length: fromFile }, (_row, index) =>
          [id(index), site, DAY1, ...(level === undefined ? [] : [level[1]])].join(','),
        );
        const columns = ['subject', 'site', 'day1', ...(level === undefined ? [] : [level[0]])];
        writeFileSync(file, [columns.join(','), ...rows, ''].join('\n'));
        await does(person, ['randomize', '--from', file, '--id-is-right', ...more]);
      }
      for (let index = 0; index < single; index += 1) {
        const about = factor === undefined ? [] : ['--factor', factor];
        await does(person, enrol(id(fromFile + index), site, '--id-is-right', ...about, ...more));
      }
    }),
  );
  isOver.value = true;
  await crashes;
  return receipts;
}

/** That slots were used in the order of the list, one for each participant, by entries that follow each other. */
export async function expectSoundList(
  study: ServedStudy,
  {
    participants,
    perStratum,
  }: { readonly participants: number; readonly perStratum: readonly number[] },
): Promise<void> {
  const entries = (await study.lines()).map((line) => JSON.parse(line) as Record<string, string>);
  const given = entries.filter(({ action }) => action === 'randomization');
  const distinct = (values: readonly (string | undefined)[]) => new Set(values).size;
  expect(given).toHaveLength(participants);
  expect(distinct(given.map(({ subject }) => subject?.toUpperCase()))).toBe(participants);
  expect(distinct(given.map(({ number }) => number))).toBe(participants);
  for (const [index, { prev }] of entries.entries()) {
    expect(prev).toBe(entries[index - 1]?.hash ?? '0'.repeat(64));
  }
  // The first slots of each stratum, and none besides.
  const used = await study.sql(
    'select count(*), max(sequence) from randose.slots where held_in is not null group by stratum order by stratum',
  );
  expect(used).toBe(perStratum.map((many) => `${many}|${many}\n`).join(''));
  const inspector = await study.person('inspector');
  expect(await inspector.must('verify')).toContain('Nothing disagrees');
}

/** Whom a command is about; of a file, its first participant. */
function subjectIn(words: readonly string[]): string {
  const at = words.indexOf('--subject');
  if (at !== -1) return words[at + 1]!;
  const file = words[words.indexOf('--from') + 1]!;
  return readFileSync(file, 'utf8').split('\n')[1]!.split(',')[0]!;
}

/** Numbers from 0 to 1, the same ones each time. https://en.wikipedia.org/wiki/Lehmer_random_number_generator */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
