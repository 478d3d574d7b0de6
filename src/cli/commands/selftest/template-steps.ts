import { join } from 'node:path';
import { readText } from '../../../system/files.ts';
import { kitsOf } from '../../../randomization/list.ts';
import { parsePublicList } from '../../../randomization/public-list.ts';
import { ALLOCATION } from '../../../study/layout.ts';
import { exportSteps } from './export-steps.ts';
import type { Step } from './twin-trials.ts';

const WHO = ['--by', 'Example Person, example role, Example Hospital'];
const WHY = ['--reason', 'example'];

/** A trial from its list to its last code-break. */
export function stepsOf(at: (name: string) => string): Step[] {
  const officer = ['--identity', at('officer.key')];
  const blinded = (...words: string[]): Step => ({ words, seen: 'all' });
  const codeBreak = (subject: string): string[] => [
    'unblind',
    '--subject',
    subject,
    ...officer,
    ...WHY,
  ];
  const [published, request] = [at('commitment.txt'), at('commitment.tsq')];
  const [maker, sheet] = [at('card-maker.key'), at('cards.pdf')];
  const [visit, pages] = [['--subject', 'CRT-001', '--visit', 'D1'], at('calendars.pdf')];
  return [
    blinded('allocate', '--plan', at('plan.yaml'), ...WHO),
    {
      ...blinded('commitment', '--output', published, '--request', request),
      results: [published, request],
    },
    blinded('commitment', '--json'),
    blinded('study'),
    blinded('people'),
    blinded('randomize', '--from', at('participants.csv'), ...WHO),
    blinded('calendar'),
    blinded('calendar', '--format', 'csv'),
    blinded('move', ...visit, '--date', '2026-05-28', ...WHO, ...WHY),
    blinded('dose', ...visit, '--date', '2026-05-28', '--with-assessments', ...WHO),
    blinded('attend', ...visit, '--date', '2026-05-28', '--not-done', '--correct', ...WHO, ...WHY),
    blinded('calendar', '--subject', 'CRT-001'),
    blinded('calendar', '--format', 'ics'),
    blinded('calendar', '--changes'),
    blinded('calendar', 'load', '--from', '2026-06-01', '--format', 'html'),
    blinded('calendar', 'plan', '--from', '2026-06-01', '--to', '2026-06-30'),
    { ...blinded('calendar', '--format', 'pdf', '--output', pages), results: [pages] },
    { ...blinded('cards', '--identity', maker, '--output', sheet), results: [sheet] },
    { words: [...codeBreak('CRT-007'), '--proof', at('proof.txt')], seen: 'talk' },
    { words: ['reveal', 'CRT-006', ...officer, ...WHO], seen: 'talk' },
    { words: ['prepare', 'CRT-006', ...officer, ...WHO], seen: 'length' },
    { words: [...codeBreak('CRT-008'), '--to', recipientIn(at)], seen: 'length' },
    blinded('status'),
    blinded('status', '--json'),
  ];
}

/** The kits of the first two slots, of each the vials, the spare ones and the tablets, as anybody can read them. */
function kitsIn(study: string): readonly string[] {
  const text = readText(join(study, ALLOCATION, 'list.csv'));
  return parsePublicList(text, 1).slice(0, 2).flatMap(kitsOf);
}

/** Labels in every format, the packing list, and events of some kits. */
export function suppliesOf(at: (name: string) => string, study: string): Step[] {
  const blinded = (...words: string[]): Step => ({ words, seen: 'all' });
  const labels = (file: string, ...words: string[]): Step => ({
    ...blinded('labels', ...words, '--output', at(file), ...WHO),
    results: [at(file)],
  });
  const [first = '', spare = '', tablets = '', second = ''] = kitsIn(study);
  const account = (event: string, kit: string, ...words: string[]) =>
    blinded('kit', event, '--kits', kit, '--date', '2026-05-28', ...words, ...WHO);
  return [
    labels('outer.pdf'),
    labels('units.pdf', '--sheet', 'L7651'),
    labels('again.pdf', '--profile', 'us-312.6', '--sheet', '5164', '--kits', first),
    labels('dispensed.pdf', '--subject', 'CRT-001'),
    labels('tablets.pdf', '--type', 'tablets'),
    labels('labels.zpl', '--format', 'zpl', '--dpi', '203', '--only', 'units'),
    labels('labels.csv', '--format', 'csv'),
    labels('use-by.pdf', '--use-by', '--kits', first),
    {
      words: ['packing', '--identity', at('packer.key'), '--output', at('packing.csv')],
      seen: 'talk',
    },
    account('shipped', [first, spare].join(','), '--to', 'CRT'),
    blinded('kit', spare),
    account('received', [first, spare, tablets, second].join(',')),
    account('dispensed', [first, tablets].join(','), '--subject', 'CRT-001'),
    account('returned', tablets, '--units', '3'),
    blinded('check', '--kit', tablets),
    account('returned', first, '--units', '8'),
    account('destroyed', spare, ...WHY),
    blinded('kit', 'retracted', '--kits', spare, ...WHO, ...WHY),
    account('returned-to-depot', spare),
    ...visitsTakenBack(second),
    account('quarantined', second, ...WHY),
    account('released', second, ...WHY),
    account('lost', second),
    blinded('kit'),
    blinded('check', '--kit', first),
    blinded('check', '--kit', second, '--json'),
    blinded('status'),
  ];
}

/** Injections from the kits of others, and records of visits that are taken back. */
function visitsTakenBack(other: string): Step[] {
  const blinded = (...words: string[]): Step => ({ words, seen: 'all' });
  const visit = (name: string) => ['--subject', 'CRT-001', '--visit', name, ...WHO, ...WHY];
  const more = ['CRT-001', '--additional', '--date', '2026-05-28', ...WHO, ...WHY];
  const given = (name: string, ...words: string[]) =>
    blinded('dose', ...visit(name), '--date', '2026-05-28', '--deviation', ...words);
  return [
    given('D2', '--kit', other),
    given('D3', '--other-kit', 'OTHER 1', '--amount', '1 vial', '--weight', '72,5'),
    blinded('dose', ...more, '--kit', other, '--deviation'),
    blinded('check', '--kit', other),
    blinded('deviations'),
    blinded('deviations', '--format', 'csv'),
    blinded('calendar', '--subject', 'CRT-001'),
    blinded('calendar', '--format', 'csv'),
    blinded('dose', ...visit('D2'), '--retract', '--rest'),
    blinded('dose', ...more, '--retract'),
    blinded('move', ...visit('D15'), '--date', '2026-06-12'),
    blinded('move', ...visit('D15'), '--retract'),
  ];
}

/** CRT-003 is replaced. */
const REPLACE = [
  ...['replace', '--subject', 'CRT-103', '--for', 'CRT-003', '--factor', 'sex=M'],
  ...['--day1', '2026-06-01'],
] as const;

/** What happens to participants, an amendment in force, and what they change. */
export function lifeOf(at: (name: string) => string): Step[] {
  const blinded = (...words: string[]): Step => ({ words, seen: 'all' });
  const stop = ['--subject', 'CRT-002', '--from', 'treatment', '--date', '2026-05-28'];
  return [
    blinded('amend'),
    blinded('amend', '--id', 'A2', ...WHO, ...WHY),
    blinded('withdraw', ...stop, ...WHO, ...WHY),
    blinded('correct', '--subject', 'CRT-004', '--factor', 'sex=F', ...WHO, ...WHY),
    blinded('correct', '--subject', 'CRT-002', '--new-id', 'CRT-102', ...WHO, ...WHY),
    blinded(
      'transfer',
      '--subject',
      'CRT-005',
      '--to',
      'LYO',
      '--date',
      '2026-05-28',
      ...WHO,
      ...WHY,
    ),
    blinded('calendar', '--format', 'ics', '--by', 'site', '--force'),
    blinded('randomized-in-error', '--subject', 'CRT-003', ...WHO, ...WHY),
    blinded(...REPLACE, ...WHO),
    blinded('calendar', '--subject', 'CRT-102'),
    blinded('check', '--subject', 'CRT-002'),
    blinded('calendar', '--subject', 'CRT-001'),
    blinded('calendar', '--format', 'csv'),
    blinded('calendar', '--format', 'ics', '--force'),
    ...exportSteps(at, true, true),
    blinded('lock', ...WHO, ...WHY),
    blinded('status'),
    blinded('unlock', ...WHO, ...WHY),
    blinded('verify'),
  ];
}

/** Masked tables, more slots, and the whole list opened. */
export function extensionOf(at: (name: string) => string): Step[] {
  const blinded = (...words: string[]): Step => ({ words, seen: 'all' });
  const statistician = ['--identity', at('statistician.key')];
  const masked = (name: string, purpose: string, ...words: string[]): Step => ({
    words: [
      ...['unblind', '--all', '--masked', '--until', '2026-05-28', '--purpose', purpose],
      ...[...words, ...statistician, '--output', at(name)],
    ],
    seen: 'all',
    results: [at(name)],
  });
  const letters = ['unblind', '--letters', 'interim 1', ...statistician, ...WHY];
  return [
    masked('MASKED-1.csv', 'interim 1'),
    masked('MASKED-doses.csv', 'interim 1', '--doses'),
    masked('MASKED-2.csv', 'interim 2', '--letters-of', 'interim 1'),
    { words: letters, seen: 'talk' },
    { words: [...letters, '--to', recipientIn(at)], seen: 'length' },
    blinded('status'),
    {
      words: ['allocate', '--extend', '--plan', at('more.yaml'), ...statistician, ...WHO],
      seen: 'all',
    },
    { words: ['open', ...statistician, ...WHY, '--output', at('list.csv')], seen: 'talk' },
    { words: ['unblind', '--all', ...statistician, ...WHY], seen: 'talk' },
    { words: ['unblind', '--all', '--doses', ...statistician, ...WHY], seen: 'talk' },
  ];
}

/** A rewrap, and looks at its result. */
export function rewrapOf(at: (name: string) => string): Step[] {
  const keys = ['--identity', at('officer.key')];
  return [
    { words: ['rewrap', ...keys, ...WHY], seen: 'all' },
    { words: ['verify', '--regenerate', ...keys], seen: 'all' },
    { words: ['verify', '--commitment', at('commitment.txt')], seen: 'all' },
    { words: ['verify', '--json'], seen: 'all' },
    { words: ['ledger'], seen: 'all' },
    { words: ['ledger', '--json'], seen: 'all' },
    { words: ['status'], seen: 'all' },
  ];
}

/** The recipient of an answer: the packer; anybody would do. */
function recipientIn(at: (name: string) => string): string {
  return /age1\w+/.exec(readText(at('packer.key')))![0];
}
