import { join, relative } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { ageCommand } from '../../../exports/cards/age-command.ts';
import { envelopeFile } from '../../../study/layout.ts';
import { exists, makeFolder } from '../../../system/files.ts';
import type { Runner } from '../../command.ts';
import { stoppedBy } from '../../exit.ts';
import type { Output } from '../../output/output.ts';
import { programName, quoted } from './program-name.ts';
import { type DemoFiles, stepsOf } from './demo-steps.ts';

/** `randose demo`: a whole trial, by the real commands, in a new folder with throwaway keys. */
export async function demo(
  output: Output,
  _flags: object,
  [folder]: [string | undefined],
  { again }: Runner,
): Promise<void> {
  const root = folder ?? freeName('randose-demo');
  if (exists(root)) {
    throw new RandoseError('would-overwrite', `${root} exists already`, {
      hint: 'The demo makes a new folder: choose a name that does not exist yet.',
    });
  }
  makeFolder(root);
  const at = (name: string) => join(root, name);
  const files: DemoFiles = { at, study: at('depil-2') };
  for (const step of stepsOf(files)) {
    if ('tell' in step) output.say(`\n${output.talkColour.cyan(step.tell)}`);
    else if ('prepare' in step) step.prepare();
    else await type(output, again, step.type);
  }
  tellFiles(output, files);
}

/** Runs a command line as a person would have typed it. */
async function type(output: Output, run: Runner['again'], words: readonly string[]): Promise<void> {
  const line = `randose ${words.map(quoted).join(' ')}`;
  output.say(`\n${output.talkColour.bold(`$ ${line}`)}`);
  const status = await run(words);
  if (status === 0) return;
  throw stoppedBy(status, `the demo stopped at: ${line} (status ${status})`);
}

function tellFiles(output: Output, { at, study }: DemoFiles): void {
  output.say(`\n${output.talkColour.cyan('All of this is yours to look at:')}`);
  output.say(`  ${relative('', study) || study}`);
  output.say(`  ${at('assessment.html')}`);
  output.say(`  ${at('cards.pdf')}`);
  output.say(`  ${at('boxes.pdf')}, ${at('vials.pdf')}`);
  output.say(`  ${at('CRT-007-proof.txt')}`);
  const envelope = join(study, envelopeFile({ batch: 1, number: 'R001' }));
  output.say(`  ${ageCommand(at('officer.key'), envelope)}`);
  output.say(
    `\n${output.talkColour.cyan('Six slots are left. Try one:')}\n  ${programName(process.argv[1])} randomize --study ${study} --subject CRT-013 --site CRT --day1 today --by "A. Example, coordinator"`,
  );
}

/** The name if nothing has it yet; else the name with a number. */
function freeName(name: string): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!exists(candidate)) return candidate;
  }
}
