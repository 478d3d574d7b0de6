import { join, relative } from 'node:path';
import { type BlindedView, differences, type Explained } from '../../../blinding/blinded-view.ts';
import { sha256 } from '../../../digest.ts';
import { drawSeed } from '../../../store/draw.ts';
import { unzipped } from '../../../exports/datasets/zip.ts';
import { explainDigests, seenFiles } from '../../../store/verify/view-study.ts';
import { exchangeArms } from '../../../study/exchange.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { withDetermined } from '../../../system/determined.ts';
import {
  makeFolder,
  readBytes,
  readText,
  replace,
  withTemporaryFolder,
  writeNew,
} from '../../../system/files.ts';
import type { Runner } from '../../command.ts';
import { stoppedBy } from '../../exit.ts';

/** A command of a trial. */
export interface Step {
  readonly words: readonly string[];
  /**
   * What a blinded person sees of it: all that it prints; only the length of a sealed answer; or, if it opens
   * something, only its talk.
   */
  readonly seen: 'all' | 'length' | 'talk';
  /** Files outside the study that blinded people get. */
  readonly results?: readonly string[];
  /** Whether the command may refuse: not every study has what it is about. A refusal is seen too, and compared. */
  readonly mayRefuse?: boolean;
}

/** A trial while it runs: where it is, and how its commands are given. */
export interface RunningTrial {
  /** The study folder. */
  readonly study: string;
  /** The path of a file beside the study folder. */
  readonly at: (name: string) => string;
  /** Runs commands, each with `--study`. */
  readonly run: (steps: readonly Step[]) => Promise<void>;
  /** Changes study.yaml. */
  readonly edit: (change: (text: string) => string | Promise<string>) => Promise<void>;
  /** Keeps the files of the study as they are now, to be compared too. */
  readonly lookAround: () => void;
}

/** What is done with both trials. */
export interface Script {
  /** A study.yaml, whose first two arms are exchanged in the second trial. */
  readonly text: string;
  /** The codes of its arms, in their order. */
  readonly arms: readonly string[];
  /** @returns the path of the opened list, as CSV with the column `arm` */
  readonly play: (trial: RunningTrial) => Promise<string>;
}

/** A command line that refused. */
interface Refused {
  readonly command: string;
  /** Its error, without the hint. */
  readonly why: string;
}

/** What two trials that differ only in their arms show of that. */
export interface Comparison {
  readonly slots: number;
  /** How many files were compared. */
  readonly files: number;
  /** The command lines that were compared. */
  readonly seen: readonly string[];
  /** Those that refused in both, with the reason that they gave. */
  readonly refused: readonly Refused[];
  /** In words; empty if nobody can tell the two apart. */
  readonly differences: readonly string[];
}

/** When the trials take place. */
export const START = '2026-05-28T08:00:00.000Z';

/**
 * Makes two trials with the same entropy and exchanged arms, does the same with both, and compares all that a blinded
 * person can see of them.
 *
 * @param tell says what is done
 * @param tellProgress called with the number of commands that a trial has run; and of how many, if that is known
 * @throws RandoseError if a command stops that may not
 */
export async function compareTwins(
  script: Script,
  run: Runner['apart'],
  tell: (text: string) => void,
  tellProgress: (ran: number, total: number | undefined) => void,
): Promise<Comparison> {
  const seed = drawSeed();
  const [one, other] = await withTemporaryFolder('randose-selftest-', async (folder) => {
    const trials: Trial[] = [];
    for (const [name, text] of [
      // Exchanged twice: so both are written by the same code, and only their arms differ.
      ['one', exchangeArms(exchangeArms(script.text))],
      ['two', exchangeArms(script.text)],
    ] as const) {
      tell(`${name === 'one' ? 'A trial' : 'The same trial with its arms exchanged'} …`);
      const place = join(folder, name);
      const total = trials[0]?.view.outputs.length;
      let ran = 0;
      const told: typeof run = async (words) => {
        tellProgress(ran, total);
        ran += 1;
        return run(words);
      };
      trials.push(
        await withDetermined(seed, START, async () => playTrial(place, text, script, told)),
      );
      tellProgress(ran, ran);
    }
    return trials as [Trial, Trial];
  });
  const found = differences([one.view, one.known], [other.view, other.known]);
  const exchanged = script.arms.slice(0, 2);
  const unchanged = one.arms.filter((arm, index) => {
    return exchanged.includes(arm) && arm === other.arms[index];
  });
  const slots = one.arms.length;
  if (slots === 0 || slots !== other.arms.length || unchanged.length > 0) {
    found.push(
      `the test itself: the arms of ${slots - unchanged.length} of ${slots} slots were exchanged`,
    );
  }
  const { files, outputs } = one.view;
  return {
    slots,
    files: files.length,
    seen: outputs.map(({ command }) => command),
    refused: one.refused,
    differences: found,
  };
}

/** A trial as blinded people see it, and its arms, to check that they were exchanged. */
interface Trial {
  readonly view: BlindedView;
  readonly known: Explained;
  /** The arm of each slot, in their order. */
  readonly arms: readonly string[];
  readonly refused: readonly Refused[];
}

/** A file, or the files in a workbook, whose digests can be read only in them. */
function readable(path: string, content: Uint8Array): { path: string; content: Uint8Array }[] {
  if (!path.endsWith('.xlsx')) return [{ path, content }];
  return unzipped(content).map((file) => ({ path: `${path}/${file.name}`, content: file.content }));
}

async function playTrial(
  place: string,
  text: string,
  { play }: Script,
  run: Runner['apart'],
): Promise<Trial> {
  const study = join(place, 'trial');
  const at = (name: string) => join(place, name);
  makeFolder(study);
  writeNew(join(study, STUDY_FILE), text);
  const outputs: { command: string; text: string }[] = [];
  const results: { path: string; content: Uint8Array }[] = [];
  const earlier: BlindedView['files'][number][] = [];
  const refused: Refused[] = [];
  const known = new Map<string, string>();
  const within = (told: string) => told.replaceAll(place, '.').replaceAll(relative('', place), '.');
  const list = await play({
    study,
    at,
    async run(steps) {
      for (const { words, seen, results: paths = [], mayRefuse = false } of steps) {
        const ran = await run([...words, '--study', study]);
        const command = within(words.join(' '));
        if (ran.status !== 0) {
          if (!mayRefuse) {
            throw stoppedBy(ran.status, `randose ${command}: ${ran.stderr}${ran.stdout}`);
          }
          const [, why = ''] = /^error: (.*)$/m.exec(ran.stderr) ?? [];
          refused.push({ command, why: within(why) });
        }
        const printed = { all: ran.stdout, length: `${ran.stdout.length}`, talk: '' }[seen];
        const end = mayRefuse ? `status ${ran.status}\n` : '';
        outputs.push({ command, text: within(printed + ran.stderr) + end });
        for (const path of ran.status === 0 ? paths : []) {
          const content = readBytes(path);
          results.push(...readable(within(path), content));
          known.set(sha256(content), `<digest of ${within(path)}>`);
        }
        for (const [digest, explanation] of explainDigests(study)) {
          if (!known.has(digest)) known.set(digest, explanation);
        }
      }
    },
    async edit(change) {
      const path = join(study, STUDY_FILE);
      replace(path, await change(readText(path)));
    },
    lookAround() {
      earlier.push(...seenFiles(study).map((file) => ({ ...file, path: `before ${file.path}` })));
    },
  });
  const [header = '', ...rows] = readText(list).trimEnd().split('\n');
  const column = header.split(',').indexOf('arm');
  const given = results.map(({ path, content }) => {
    return { path, content, mode: 0, modified: undefined };
  });
  return {
    view: { files: [...earlier, ...seenFiles(study), ...given], outputs },
    known,
    arms: rows.map((row) => row.split(',')[column] ?? ''),
    refused,
  };
}
