import { join } from 'node:path';
import { addDays, type CivilDate, daysBetween, weekday } from '../../../study/civil-date.ts';
import { EXAMPLE_PARTICIPANTS, withExampleParticulars } from '../../../study/depil-2.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { todayHere } from '../../../system/today.ts';
import { readText, replace, writeNew } from '../../../system/files.ts';

/** Where the files of the demo are. */
export interface DemoFiles {
  readonly at: (name: string) => string;
  /** The study folder. */
  readonly study: string;
}

/** A step of the demo: words for the reader, a command line, or a file that somebody would write by hand. */
export type DemoStep =
  | { readonly tell: string }
  | { readonly type: readonly string[] }
  | { readonly prepare: () => void };

const STATISTICIAN = 'Example Statistician, trial statistician, Example CRO';
const COORDINATOR = 'Example Coordinator, site coordinator, Example Hospital';
const PHARMACIST = 'Example Pharmacist, pharmacist, Example Hospital';
const REASON = 'example: serious adverse event, treatment depends on the arm';

/** A trial from its study.yaml to its last check. */
export function stepsOf(files: DemoFiles): DemoStep[] {
  return [...settingUp(files), ...sealing(files), ...supplying(files), ...running(files)];
}

function settingUp({ at, study }: DemoFiles): DemoStep[] {
  const keys = [
    ['officer', 'Example Officer'],
    ['statistician', 'Example Statistician'],
    ['packer', 'Example Packer'],
    ['card-maker', 'Example Card Maker'],
  ] as const;
  const plan = ['--study', study, '--plan', at('plan.yaml')];
  const yaml = join(study, STUDY_FILE);
  return [
    {
      tell: '1. The statistician sets up the study. The block sizes go into a plan outside the folder.',
    },
    type('init', study, '--plan', at('plan.yaml')),
    { tell: '2. The plan is measured before anybody chooses it, as a page for a browser.' },
    type('assess', ...plan, '--format', 'html', '--output', at('assessment.html')),
    {
      tell: '3. Keys: officers open envelopes, packers read the arm of each kit, card makers print code-break cards. (No passphrase: this is a demo.)',
    },
    ...keys.map(([role, name]) => {
      const words = ['--role', role, '--name', name, '--output', at(`${role}.key`)];
      return type('keygen', ...words, '--study', study, '--no-passphrase');
    }),
    {
      prepare: () => {
        const text = withExampleParticulars(readText(yaml));
        replace(yaml, text.replace('2027-06', `${Number(todayHere().slice(0, 4)) + 1}-12`));
      },
    },
    {
      tell: `   Kit labels need a contact, a lot and an expiry date: invented ones are now in ${yaml}.`,
    },
  ];
}

function sealing({ at, study }: DemoFiles): DemoStep[] {
  const plan = ['--plan', at('plan.yaml')];
  return [
    {
      tell: '4. The list is drawn and sealed. From now on nobody without a key can know an arm.',
    },
    type('allocate', '--study', study, ...plan, '--by', STATISTICIAN),
    {
      tell: '   The commitment, to file or publish before the first participant; and code-break cards.',
    },
    type('commitment', '--study', study, '--output', at('commitment.txt')),
    type(
      ...['cards', '--study', study, '--identity', at('card-maker.key')],
      ...['--output', at('cards.pdf')],
    ),
  ];
}

function supplying({ at, study }: DemoFiles): DemoStep[] {
  const packer = ['--identity', at('packer.key'), '--format', 'pdf'];
  const maker = ['--by', PHARMACIST];
  return [
    {
      tell: '   Labels for boxes and vials: they are the same whatever the arm. The packers open the packing list.',
    },
    type('labels', '--study', study, '--output', at('boxes.pdf'), ...maker),
    type('labels', '--study', study, '--sheet', 'L7651', '--output', at('vials.pdf'), ...maker),
    type('packing', '--study', study, ...packer, '--output', at('packing.pdf')),
  ];
}

function running({ at, study }: DemoFiles): DemoStep[] {
  const participants = at('participants.csv');
  const monday = nextMonday(todayHere());
  const officer = ['--identity', at('officer.key'), '--reason', REASON];
  const statistician = ['--regenerate', '--identity', at('statistician.key')];
  return [
    { tell: '   Which dates suit Day 1? Weekends, holidays and closed days are considered.' },
    type('calendar', 'plan', '--study', study, '--from', monday, '--to', addDays(monday, 20)),
    { tell: '5. The site randomizes twelve participants. It sees numbers and kits, never arms.' },
    {
      prepare: () => {
        writeNew(participants, firstParticipants(12, monday));
      },
    },
    type('randomize', '--study', study, '--from', participants, '--by', COORDINATOR),
    { tell: '6. Their injections: Days 1 to 5, then once a week in Weeks 3 to 6.' },
    type('calendar', '--study', study),
    type('calendar', '--study', study, '--format', 'ics', '--output', at('calendars')),
    { tell: '   Labels for the vials of the first participant, each with its visit and date.' },
    type(
      ...['labels', '--study', study, '--subject', 'CRT-001'],
      ...['--output', at('CRT-001.pdf'), '--by', PHARMACIST],
    ),
    type('calendar', 'load', '--study', study, '--from', monday, '--weeks', '5'),
    { tell: '7. Three in the morning: the officer opens one participant, and only that one.' },
    type(
      ...['unblind', '--study', study, '--subject', 'CRT-007', ...officer],
      ...['--proof', at('CRT-007-proof.txt')],
    ),
    {
      tell: '8. What anyone may see of the trial, and a check of all of it: the list is made again from its seed.',
    },
    type('status', '--study', study),
    type('verify', '--study', study, ...statistician, '--commitment', at('commitment.txt')),
  ];
}

/** The next Monday, which is the first day of the first participant; today if it is a Monday. */
function nextMonday(today: CivilDate): CivilDate {
  return addDays(today, (8 - weekday(today)) % 7);
}

/** The first of the example's participants, the first of whom begins on a given day. */
function firstParticipants(count: number, first: CivilDate): string {
  const [head = '', ...rows] = EXAMPLE_PARTICIPANTS.trim().split('\n');
  const [, , template = ''] = rows[0]?.split(',') ?? [];
  const later = daysBetween(template as CivilDate, first);
  const moved = rows.slice(0, count).map((row) => {
    const [subject = '', site = '', day1 = ''] = row.split(',');
    return [subject, site, addDays(day1 as CivilDate, later)].join(',');
  });
  return `${[head, ...moved].join('\n')}\n`;
}

function type(...words: string[]): DemoStep {
  return { type: words };
}
