/**
 * Commands on a large trial, with two strata at each site: the time that a person waits, in starts of Node, and memory. Run
 * by bench/run.mjs.
 *
 * Arguments: the built randose, the fixtures, an empty folder, and how many sites; the aims are those of 88.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actsOf, fillLedger, makeTrial, slotsOf } from './long-trial.ts';
import { medianOf, wholeCommand } from './whole-command.ts';

const [randose = '', fixtures = '', folder = '', sites = ''] = process.argv.slice(2);
const SITES = Number(sites);
const SITES_OF_AIMS = 88;
const SLOTS = 186;
const PARTICIPANTS = Math.min(10_000, SITES * 114);
/** A participant is randomized, gets a kit, and has ten injections. */
const ENTRIES = 12;
const ROUNDS = 5;
/** The aims are in seconds on a machine that starts Node in this time. */
const START_SECONDS = 0.054;

const run = wholeCommand(randose, folder);
const today = new Date().toISOString().slice(0, 10);
const codes = Array.from({ length: SITES }, (_, at) => `S${String(at + 1).padStart(2, '0')}`);
const BY = ['--by', 'A. Example, nurse, Example'];

function startOfNode(): number {
  const begin = performance.now();
  spawnSync('node', ['-e', '0']);
  return (performance.now() - begin) / 1000;
}

/** A copy of the study whose user knows of no other one: commands would ask which of them is in use. */
function copyOf(name: string): { readonly at: string; readonly use: () => void } {
  const at = join(folder, name);
  cpSync(study, at, { recursive: true });
  const state = join(folder, `state of ${name}`);
  return { at, use: () => (process.env.XDG_STATE_HOME = state) };
}

/** Prints what a command took beside its aim. @param megabytes the aim for memory, if there is one */
function tell(
  title: string,
  words: readonly string[],
  aim: { readonly seconds: number; readonly megabytes?: number },
  rounds = 1,
): void {
  const pairs = Array.from({ length: rounds }, () => ({
    own: run(...words),
    start: startOfNode(),
  }));
  const starts = medianOf(pairs.map(({ own, start }) => own.seconds / start));
  const seconds = medianOf(pairs.map(({ own }) => own.seconds));
  const megabytes = medianOf(pairs.map(({ own }) => own.megabytes));
  const most = aim.seconds / START_SECONDS;
  const isReached = starts <= most && megabytes <= (aim.megabytes ?? Infinity);
  const memory = aim.megabytes === undefined ? '' : ` and ${aim.megabytes} MB`;
  const verdict = `aim: ${most.toFixed(1)} starts${memory}, ${isReached ? 'reached' : 'missed'}`;
  const took = `${seconds.toFixed(2)} s, ${starts.toFixed(1)} starts of Node`;
  const isWhole = SITES === SITES_OF_AIMS;
  console.log(
    `  ${title}: ${took}, peak RSS ${megabytes.toFixed(0)} MB${isWhole ? ` (${verdict})` : ''}`,
  );
}

console.log(`a trial of ${SITES * 2 * SLOTS} slots in ${SITES * 2} strata`);
const study = join(folder, 'sites');
makeTrial(
  study,
  fixtures,
  new Map(codes.map((code) => [code, SLOTS])),
  (...words) => {
    tell('allocate', words, { seconds: 20, megabytes: 350 });
  },
  { bySex: true },
);
const slots = slotsOf(study);

const asked = copyOf('asked');
asked.use();
const rows = slots.slice(0, PARTICIPANTS).map(({ stratum }, at) => {
  const [, site = '', sex = ''] = /^site=(.+)\/sex=(.+)$/.exec(stratum) ?? [];
  return `${site}-${String(at).padStart(5, '0')},${site},${sex},${today}`;
});
const file = join(folder, 'participants.csv');
writeFileSync(file, ['subject,site,sex,day1', ...rows, ''].join('\n'));
const from = ['randomize', '--from', file, '--id-is-right', '--yes', ...BY, '--study', asked.at];
tell(`randomize --from ${PARTICIPANTS} rows`, from, { seconds: 2 });
tell(`calendar of ${PARTICIPANTS} participants`, ['calendar', '--study', asked.at], {
  seconds: 1.5,
});

const records = copyOf('records');
fillLedger(records.at, actsOf(slots, ENTRIES), PARTICIPANTS);
const last = codes.at(-1)!;
const next = ['--site', last, '--factor', 'sex=M', '--day1', today, '--id-is-right'];
for (const [what, copy] of [
  [`${PARTICIPANTS} entries, a participant each`, asked],
  [`${PARTICIPANTS} entries, ${ENTRIES} for each participant`, records],
] as const) {
  console.log(` ${what}`);
  copy.use();
  const ledger = readFileSync(join(copy.at, 'ledger.jsonl'), 'utf8');
  const [, subject = ''] = /"subject":"([^"]+)"/.exec(ledger) ?? [];
  const one = ['randomize', '--subject', `${last}-N1`, ...next, '--dry-run', ...BY];
  for (const words of [one, ['status'], ['calendar', '--subject', subject]]) {
    const title = words.slice(0, words[0] === 'calendar' ? 2 : 1).join(' ');
    tell(title, [...words, '--study', copy.at], { seconds: 0.25 }, ROUNDS);
  }
}
