import { describe, expect, test } from 'vitest';
import {
  depil2,
  editStudy,
  jsonOf,
  kitsOfTrial,
  mustRun,
  randose,
  type Ran,
  type Trial,
} from '../support/command-line.ts';

const BY = ['--by', 'F. Example, pharmacist, Example Hospital'];
/** The day on which lists are made (support/clock.ts). */
const TODAY = '2026-05-28';

/** Two sites; the first participant of each list is at CRT. */
function started(): Trial & { kits: string[] } {
  const trial = depil2();
  editStudy(trial, [
    '\nstrata:\n  - site: CRT\n    slots: 18\n',
    `
  - code: LYO
    name: Example Hospital Lyon
strata:
  slotsPerSite: 9
`,
  ]);
  const { study, plan } = trial;
  mustRun('allocate', '--study', study, '--plan', plan);
  const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', TODAY];
  mustRun('randomize', '--study', study, ...who, ...BY);
  return { ...trial, kits: kitsOfTrial(trial) };
}

function kit({ study }: Trial, event: string, kits: string, ...more: string[]): Ran {
  return randose('kit', event, '--study', study, '--kits', kits, ...more, ...BY);
}

describe('a kit', () => {
  test('goes from the depot to a site, to another one with its participant, and back to the depot [R-089]', () => {
    const trial = started();
    const [first = ''] = trial.kits;
    const on = ['--study', trial.study];
    expect(kit(trial, 'shipped', first, '--to', 'crt').stdout).toContain(
      `kit ${first}: shipped from the depot to CRT on ${TODAY}`,
    );
    expect(mustRun('kit', ...on)).toMatch(new RegExp(`${first}.* shipped to CRT `));
    expect(mustRun('check', first, ...on)).toMatch(
      /Place {3}on its way to CRT, not received\n {2}State {3}shipped to CRT: DO NOT GIVE IT/,
    );
    const data = jsonOf('check', first, ...on);
    expect(data).toMatchObject({
      state: 'shipped',
      site: 'CRT',
      belongsTo: 'CRT',
      onItsWay: { from: null, to: 'CRT', shipped: TODAY },
      events: [{ event: 'shipped', from: null, to: 'CRT', units: 9 }],
    });
    expect(mustRun('status', ...on)).toMatch(/On the/);
    expect(jsonOf('status', ...on).kits).toMatchObject([{ site: 'CRT', inTransit: 1 }, {}]);
    const early = kit(trial, 'dispensed', first, '--subject', 'CRT-001');
    expect(early.status).toBe(65);
    expect(early.stderr).toContain(`is not recorded as received. If it has come, record that`);
    const came = kit(trial, 'received', first, '--units', '8');
    expect(came.stderr).toContain(
      '9 units shipped, 8 received: 1 is not accounted for (--reason says why)',
    );
    kit(trial, 'retracted', first, '--reason', 'miscounted', '--yes');
    expect(kit(trial, 'received', first).status).toBe(0);
    expect(kit(trial, 'dispensed', first, '--subject', 'CRT-001').status).toBe(0);
    const day = ['--visit', 'D1', '--date', TODAY];
    mustRun('dose', 'CRT-001', ...day, ...on, ...BY);
    const there = ['--to', 'LYO', '--date', TODAY, '--reason', 'moved house', '--yes'];
    expect(randose('transfer', 'CRT-001', ...there, ...on, ...BY).stderr).toMatch(
      new RegExp(`record it: randose kit shipped .*--kits ${first} --to LYO --by WHO`),
    );
    expect(kit(trial, 'shipped', first, '--to', 'LYO').stdout).toContain(
      `kit ${first}: shipped from CRT to LYO on ${TODAY}`,
    );
    expect(kit(trial, 'received', first).stdout).toContain('8 units');
    expect(jsonOf('check', first, ...on)).toMatchObject({ state: 'dispensed', site: 'LYO' });
    expect(kit(trial, 'returned', first, '--units', '8').status).toBe(0);
    expect(kit(trial, 'shipped', first, '--to', 'CRT').stderr).toContain(
      `was returned by CRT-001 on ${TODAY}: it cannot be shipped to a site`,
    );
    expect(kit(trial, 'returned-to-depot', first).stdout).toContain(
      `kit ${first}: returned to the depot from LYO on ${TODAY}`,
    );
    expect(mustRun('status', ...on)).toMatch(/^depot +1 /m);
    expect(mustRun('ledger', ...on)).toContain(`kit ${first} shipped from the depot to CRT on`);
    expect(mustRun('verify', ...on)).toMatch(/^verified/);
  });

  test('that should not go where somebody sends it, or has come elsewhere, is a deviation', () => {
    const trial = started();
    const [first = '', second = ''] = trial.kits;
    const last = trial.kits.at(-1)!;
    const wrong = kit(trial, 'shipped', [second, last].join(','), '--to', 'CRT');
    expect(wrong.status).toBe(65);
    expect(wrong.stderr).toContain(`kit ${last} should not go to CRT: its stratum is of LYO`);
    expect(wrong.stderr).toContain('--deviation --reason TEXT');
    expect(kit(trial, 'shipped', first, '--to', 'LYO').stderr).toContain('CRT-001 is at CRT');
    expect(kit(trial, 'shipped', first, '--to', 'CRT').status).toBe(0);
    const elsewhere = kit(trial, 'received', first, '--site', 'LYO');
    expect(elsewhere.stderr).toContain(`was shipped to CRT on ${TODAY}, not to LYO`);
    const known = ['--deviation', '--reason', 'the courier took the wrong box'];
    expect(kit(trial, 'received', first, '--site', 'LYO', '--deviation').status).toBe(64);
    expect(kit(trial, 'received', first, '--site', 'LYO', ...known).stdout).toContain(
      `received at LYO on ${TODAY}`,
    );
    const on = ['--study', trial.study];
    expect(mustRun('check', first, ...on)).toContain('Place   LYO');
    expect(mustRun('deviations', ...on)).toContain('other site');
    expect(kit(trial, 'dispensed', first, '--subject', 'CRT-001').stderr).toContain(
      'is at LYO by its records, but CRT-001 is at CRT',
    );
    expect(kit(trial, 'shipped', first, '--to', 'LYO').stderr).toContain(
      'is at LYO already, by its records',
    );
    expect(mustRun('verify', ...on)).toMatch(/^verified/);
  });

  test('on hold is shipped only as a deviation, and whoever gets it is told', () => {
    const trial = started();
    const second = trial.kits[1]!;
    kit(trial, 'quarantined', second, '--reason', 'freezer failed');
    const sent = kit(trial, 'shipped', second, '--to', 'CRT');
    expect(sent.stderr).toContain('do not ship it before it is released');
    const known = ['--deviation', '--reason', 'the laboratory is at the site'];
    expect(kit(trial, 'shipped', second, '--to', 'CRT', ...known).stderr).toContain(
      `kit ${second} is quarantined: DO NOT GIVE IT before it is released.`,
    );
    expect(kit(trial, 'received', second).stderr).toContain('is quarantined: DO NOT GIVE IT');
    expect(jsonOf('check', second, '--study', trial.study).state).toBe('quarantined');
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });
});

test.each<[string, string[], number, RegExp]>([
  ['without a destination', ['shipped'], 64, /kit shipped needs --to/],
  ['to a site that is none', ['shipped', '--to', 'PAR'], 64, /site "PAR" is unknown/],
  ['to the depot', ['shipped', '--to', 'depot'], 64, /returned-to-depot/],
  [
    'with more units than it has',
    ['shipped', '--to', 'CRT', '--units', '10'],
    65,
    /at most 9 units/,
  ],
  ['in the future', ['shipped', '--to', 'CRT', '--date', '2099-01-01'], 65, /in the future/],
  ['back to the depot, before it came', ['returned-to-depot'], 65, /not recorded as received/],
  ['back to the depot, as one word is not', ['returned', 'to', 'depot'], 64, /too many arguments/],
  ['at a site that is none', ['received', '--site', 'PAR'], 64, /site "PAR" is unknown/],
])(
  'what cannot be recorded: a kit that is sent %s',
  (_, [event = '', ...more], status, message) => {
    const trial = started();
    const ran = kit(trial, event, trial.kits[1]!, ...more);
    expect(ran.stderr).toMatch(message);
    expect(ran.status).toBe(status);
  },
);
