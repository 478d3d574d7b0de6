/**
 * `randose export` of a large trial, whole processes: wall time and memory. Run by bench/run.mjs.
 *
 * Arguments: the built randose, the fixtures, and an empty folder.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatEntries, readLedger, readyActs } from '../src/ledger/chain.ts';
import type { Act } from '../src/ledger/entry.ts';
import { parsePublicList } from '../src/randomization/public-list.ts';
import type { CivilDate } from '../src/study/civil-date.ts';
import type { SubjectId } from '../src/study/identifiers.ts';

const [randose = '', fixtures = '', folder = ''] = process.argv.slice(2);
const study = join(folder, 'large');
/** A mega-trial; the aims are for as many. */
const PARTICIPANTS = 32_451;
const [MOST_SECONDS, MOST_MB] = [20, 500];

/** Prints the most memory that a process had, at its end. */
const memory = join(folder, 'memory.cjs');
writeFileSync(
  memory,
  "process.on('exit', () => console.error('maxRSS', process.resourceUsage().maxRSS));\n",
);

/** Runs randose. @returns seconds and megabytes */
function run(...words: string[]): { seconds: number; megabytes: number } {
  const begin = performance.now();
  const { status, stderr } = spawnSync('node', ['--require', memory, randose, ...words], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`randose ${words.join(' ')}: ${stderr}`);
  const kilobytes = Number(/^maxRSS (\d+)$/m.exec(stderr)?.[1]);
  return { seconds: (performance.now() - begin) / 1000, megabytes: kilobytes / 1024 };
}

/** A trial with its list, whose participants are all randomized. */
function makeTrial(): void {
  cpSync(join(fixtures, 'two-sites'), study, { recursive: true });
  const file = join(study, 'study.yaml');
  const text = readFileSync(file, 'utf8')
    .replace('slots: 6', `slots: ${PARTICIPANTS - 10_800}`)
    .replace('slots: 3', 'slots: 10800');
  writeFileSync(file, text);
  const plan = join(folder, 'plan-of-3.yaml');
  writeFileSync(plan, 'blocks: { sizes: [3] }\n');
  run('allocate', '--study', study, '--plan', plan, '--by', 'B. Example');
  const ledger = join(study, 'ledger.jsonl');
  const { head, entries } = readLedger(readFileSync(ledger, 'utf8'));
  const { software, study: digest, who, time } = entries[0]!;
  const slots = parsePublicList(readFileSync(join(study, 'allocation', 'list.csv'), 'utf8'), 1);
  const acts = slots.map(({ number, kit, stratum }, index): Act => {
    const site = stratum.replace('site=', '');
    const subject = `${site}-${String(index).padStart(5, '0')}` as SubjectId;
    const day1 = '2027-06-01' as CivilDate;
    const about = { action: 'randomization', who, subject, site, stratum, number, day1 } as const;
    return kit === undefined ? about : { ...about, kit };
  });
  let count = 0;
  const drawId = () => String((count += 1)).padStart(32, '0');
  const ready = readyActs(acts, { software, study: digest, signer: null, seen: null }, drawId);
  appendFileSync(ledger, formatEntries(head, ready, time).text);
}

makeTrial();
console.log(`exports of ${PARTICIPANTS} participants, whole process`);
for (const what of ['transfer', 'sdtm', 'ledger', 'accountability']) {
  // Nobody reads 300,000 injections in a workbook.
  const formats = what === 'sdtm' ? ['csv', 'json', 'xpt'] : ['csv', 'xlsx', 'json', 'xpt'];
  const figures = formats.map((format) => {
    // define.xml describes one format: each has a folder of its own.
    const output = join(folder, 'exported', what, format);
    const words = ['--format', format, '--output', output, '--study', study];
    const { seconds, megabytes } = run('export', what, ...words);
    return { format, seconds, megabytes };
  });
  for (const { format, seconds, megabytes } of figures) {
    const isReached = seconds <= MOST_SECONDS && megabytes <= MOST_MB;
    const figure = `${seconds.toFixed(1)} s of ${MOST_SECONDS}, peak RSS ${megabytes.toFixed(0)} MB of ${MOST_MB}`;
    console.log(`  ${what} ${format}: ${figure}: ${isReached ? 'reached' : 'missed'}`);
  }
}
