import { EXIT_DISCREPANCY, EXIT_OK } from '../../exit.ts';
import { counted } from '../../../words.ts';
import type { Runner } from '../../command.ts';
import type { Output } from '../../output/output.ts';
import type { SelftestFlags } from './command.ts';
import { scriptOfStudy } from './study-script.ts';
import { TEMPLATE_SCRIPT } from './template-script.ts';
import { compareTwins, type Comparison } from './twin-trials.ts';

/**
 * `randose selftest`: makes two studies with the same entropy and exchanged arms, does everything with both, and
 * compares all that a blinded person can see of them; with `--plan`, two studies of the design in study.yaml.
 *
 * @returns the exit status
 */
export async function selftest(
  output: Output,
  flags: SelftestFlags,
  _args: [],
  { apart }: Runner,
): Promise<number> {
  const script =
    flags.plan === undefined ? TEMPLATE_SCRIPT : scriptOfStudy(flags.plan, flags.study);
  output.say('Two trials are made in a temporary folder. Your study is not touched.');
  const compared = await compareTwins(script, apart, (text) => {
    output.say(text);
  });
  const { slots, files, seen, refused, differences } = compared;
  const isBlind = differences.length === 0;
  const summary = `two trials of ${slots} slots, ${exchangedText(script.arms)}; compared ${files} files (names, bytes, lengths, modes, times) and what ${seen.length} commands print`;
  output.result(
    { blind: isBlind, slots, files, seen, refused, differences },
    isBlind
      ? `${output.colour.green('blind')}: ${summary}. Nothing shows which is which.\n${refusedText(refused)}`
      : `${output.colour.red('NOT BLIND')}: ${summary}.\n${differences.map((text) => `  ${text}\n`).join('')}`,
  );
  return isBlind ? EXIT_OK : EXIT_DISCREPANCY;
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
