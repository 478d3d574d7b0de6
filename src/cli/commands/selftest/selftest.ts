import { EXIT_DISCREPANCY, EXIT_OK } from '../../exit.ts';
import { sha256 } from '../../../digest.ts';
import { now } from '../../../system/clock.ts';
import { inspectInstallation } from '../../../system/installation.ts';
import { counted } from '../../../words.ts';
import type { Runner } from '../../command.ts';
import { checkFiles, writeFiles } from '../../output/exported-files.ts';
import { requirePdfName } from '../../format-by-name.ts';
import type { Output } from '../../output/output.ts';
import type { SelftestFlags } from './command.ts';
import { type MadeAgain, makePublishedLists } from './published-lists.ts';
import type { Stopped } from './self-test-report.ts';
import { scriptOfStudy } from './study-script.ts';
import { TEMPLATE_SCRIPT } from './template-script.ts';
import { compareTwins, type Comparison } from './twin-trials.ts';

/**
 * `randose selftest`: makes every published list again; makes two studies with the same entropy and exchanged arms, does
 * everything with both, and compares all that a blinded person can see of them; with `--plan`, two studies of the design in
 * study.yaml. With `--report`, it writes down what is installed and what came out.
 *
 * @returns the exit status
 */
export async function selftest(
  output: Output,
  flags: SelftestFlags,
  _args: [],
  { apart }: Runner,
): Promise<number> {
  const { report } = flags;
  if (report !== undefined) {
    checkFiles([{ file: report }], NO_STUDY, flags.force ?? false);
    requirePdfName('--report', report);
  }
  const made = now();
  const script =
    flags.plan === undefined ? TEMPLATE_SCRIPT : scriptOfStudy(flags.plan, flags.study);
  const design = flags.plan === undefined ? null : sha256(script.text);
  const installation = inspectInstallation();
  const vectors = makePublishedLists();
  const write = async (compared: Comparison | Stopped) => {
    if (report === undefined) return;
    const { formatReport } = await import('./self-test-report.ts');
    const content = await formatReport({ made, installation, vectors, compared, design });
    writeFiles([{ file: report, content }], NO_STUDY, flags.force ?? false);
  };
  output.say('Two trials are made in a temporary folder. Your study is not touched.');
  let compared;
  try {
    compared = await compareTwins(
      script,
      apart,
      (text) => {
        output.say(text);
      },
      (ran, total) => {
        output.progress(ran, total, 'running commands');
      },
    );
  } catch (error) {
    await write({ stopped: error instanceof Error ? error.message : String(error) });
    if (report !== undefined) output.say(`Wrote ${report}: FAILED.`);
    throw error;
  }
  await write(compared);
  const { slots, files, seen, refused, differences } = compared;
  const isBlind = differences.length === 0;
  const hasPassed = isBlind && vectors.different.length === 0;
  const summary = `two trials of ${slots} slots, ${exchangedText(script.arms)}; compared ${files} files (names, bytes, lengths, modes, times) and what ${seen.length} commands print`;
  output.result(
    {
      blind: isBlind,
      slots,
      files,
      seen,
      refused,
      differences,
      design,
      vectors,
      installation,
      made,
      report: report ?? null,
    },
    (isBlind
      ? `${output.colour.green('blind')}: ${summary}. Nothing shows which is which.\n${refusedText(refused)}`
      : `${output.colour.red('NOT BLIND')}: ${summary}.\n${differences.map((text) => `  ${text}\n`).join('')}`) +
      listsText(output, vectors),
  );
  if (report !== undefined) {
    output.say(
      `Wrote ${report}: ${hasPassed ? 'passed' : 'FAILED'}. Print it, sign it and file it.`,
    );
  }
  return hasPassed ? EXIT_OK : EXIT_DISCREPANCY;
}

/** A report belongs to no study, and lies in none. */
const NO_STUDY = { root: undefined, folder: 'exports' };

/** Whether the published lists came out as published. */
function listsText(output: Output, { made, different }: MadeAgain): string {
  const all = made.length + different.length;
  if (different.length === 0)
    return `lists: ${all} of ${all} published lists are made as published.\n`;
  const names = different.map((name) => `  ${name}\n`).join('');
  return `${output.colour.red('OTHER LISTS')}: ${different.length} of ${all} published lists come out otherwise:\n${names}`;
}

/** Which slots have another arm in the second trial. */
function exchangedText([one = '', other = '', ...more]: readonly string[]): string {
  return more.length === 0
    ? 'all with exchanged arms'
    : `of which those of ${one} and ${other} are exchanged`;
}

function refusedText(refused: Comparison['refused']): string {
  if (refused.length === 0) return '';
  const list = refused.map(({ command, why }) => `  randose ${command}\n    ${why}\n`).join('');
  return `${counted(refused.length, 'command')} refused, in both trials alike. What they make was not compared:\n${list}`;
}
