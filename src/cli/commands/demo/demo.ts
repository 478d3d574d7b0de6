import { join, relative } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { ageCommand } from '../../../exports/cards/age-command.ts';
import { exists, makeFolder, readText, replace, writeNew } from '../../../system/files.ts';
import { EXAMPLE_PARTICIPANTS, withExampleParticulars } from '../../../study/depil-2.ts';
import { envelopeFile, STUDY_FILE } from '../../../study/layout.ts';
import { stoppedBy } from '../../exit.ts';
import type { Output } from '../../output/output.ts';

/** Runs a command line as a person would have typed it. @returns its exit status */
export type Run = (words: readonly string[]) => Promise<number>;

/** `randose demo`: the whole trial, by the real commands, in a new folder with throwaway keys. */
export async function demo(output: Output, folder: string | undefined, run: Run): Promise<void> {
  const root = folder ?? freeName('randose-demo');
  if (exists(root)) {
    throw new RandoseError('would-overwrite', `${root} exists already`, {
      hint: 'The demo makes a folder of its own: name one that is not there.',
    });
  }
  makeFolder(root);
  const at = (name: string) => join(root, name);
  const study = at('depil-2');
  const type = async (...words: string[]) => {
    output.say(`\n${output.talkColour.bold(`$ randose ${words.map(quoted).join(' ')}`)}`);
    const status = await run(words);
    if (status !== 0) {
      throw stoppedBy(status, `the demo stopped at: randose ${words.join(' ')} (status ${status})`);
    }
  };
  const tell = (text: string) => {
    output.say(`\n${output.talkColour.cyan(text)}`);
  };

  tell('1. The statistician sets the study up; the block sizes go into a plan outside the folder.');
  await type('init', study, '--plan', at('plan.yaml'));

  tell('2. Before it is chosen, the plan is measured: a page to look at in a browser.');
  const page = at('assessment.html');
  const measured = ['--study', study, '--plan', at('plan.yaml'), '--format', 'html'];
  await type('assess', ...measured, '--output', page);

  tell(
    '3. Keys: officers open envelopes, packers read kit to arm, card makers print code-break cards. (No passphrase: a demo.)',
  );
  const keys = [
    ['officer', 'Example Officer'],
    ['statistician', 'Example Statistician'],
    ['packer', 'Example Packer'],
    ['card-maker', 'Example Card Maker'],
  ] as const;
  for (const [role, name] of keys) {
    const file = at(`${role}.key`);
    const words = ['--role', role, '--name', name, '--output', file, '--study', study];
    await type('keygen', ...words, '--no-passphrase');
  }

  const yaml = join(study, STUDY_FILE);
  replace(yaml, withExampleParticulars(readText(yaml)));
  tell(
    `   What kit labels need is written into ${yaml}: whom to call, lot and expiry. Invented here.`,
  );

  tell('4. The list is drawn and sealed. From here on nobody without a key can know an arm.');
  const statistician = 'Example Statistician, trial statistician, Example CRO';
  await type('allocate', '--study', study, '--plan', at('plan.yaml'), '--by', statistician);

  tell(
    '   What to file or publish before the first participant; and cards for the sealed envelopes.',
  );
  await type('commitment', '--study', study, '--output', at('commitment.txt'));
  const maker = ['--identity', at('card-maker.key'), '--output', at('cards.pdf')];
  await type('cards', '--study', study, ...maker);

  tell(
    '   Labels for the boxes and their vials: the same whatever the arm. And who packs opens the packing list.',
  );
  const [boxes, vials] = [at('boxes.pdf'), at('vials.pdf')];
  await type('labels', '--study', study, '--output', boxes);
  await type('labels', '--study', study, '--sheet', 'L7651', '--output', vials);
  const packer = ['--identity', at('packer.key'), '--format', 'pdf', '--output', at('packing.pdf')];
  await type('packing', '--study', study, ...packer);

  tell('   Which days would do as Day 1? Weekends, holidays and closures are weighed beforehand.');
  const march = ['--from', '2027-03-15', '--to', '2027-04-04'];
  await type('calendar', 'plan', '--study', study, ...march);

  tell('5. The site randomizes eighteen participants: numbers and kits, never arms.');
  writeNew(at('participants.csv'), EXAMPLE_PARTICIPANTS);
  const coordinator = 'Example Coordinator, site coordinator, Example Hospital';
  const file = at('participants.csv');
  await type('randomize', '--study', study, '--from', file, '--by', coordinator);

  tell('6. Their injections: Days 1 to 5, then once a week in Weeks 3 to 6.');
  await type('calendar', '--study', study);
  await type('calendar', '--study', study, '--format', 'ics', '--output', at('calendars'));

  tell('   The first one’s vials, each with its visit and date.');
  const dispensed = ['--subject', 'CRT-001', '--output', at('CRT-001.pdf')];
  await type('labels', '--study', study, ...dispensed);

  await type('calendar', 'load', '--study', study, '--from', '2026-06-01', '--weeks', '5');

  tell('7. Three in the morning: the officer opens one participant, and only that one.');
  const reason = 'example: serious adverse event, treatment depends on the arm';
  const officer = ['--identity', at('officer.key'), '--reason', reason];
  const proof = ['--proof', at('CRT-007-proof.txt')];
  await type('unblind', '--study', study, '--subject', 'CRT-007', ...officer, ...proof);

  tell(
    '8. What anyone may see of the trial, and a check of it all: the list made again from its seed.',
  );
  await type('status', '--study', study);
  const again = ['--regenerate', '--identity', at('statistician.key')];
  const filed = ['--commitment', at('commitment.txt')];
  await type('verify', '--study', study, ...again, ...filed);

  tell('All of it is yours to look at:');
  output.say(`  ${relative('', study) || study}`);
  output.say(`  ${page}`);
  output.say(`  ${at('cards.pdf')}`);
  output.say(`  ${boxes}, ${vials}`);
  output.say(`  ${at('CRT-007-proof.txt')}`);
  const envelope = join(study, envelopeFile({ batch: 1, number: 'R001' }));
  output.say(`  ${ageCommand(at('officer.key'), envelope)}`);
}

/** The name, or the name with a number behind it, under which there is nothing yet. */
function freeName(name: string): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!exists(candidate)) return candidate;
  }
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `"${word}"`;
}
