/**
 * `randose export` of a large trial, whole processes: wall time and memory. Run by bench/run.mjs.
 *
 * Arguments: the built randose, the fixtures, and an empty folder.
 */
import { join } from 'node:path';
import { actsOf, fillLedger, makeTrial, slotsOf } from './long-trial.ts';
import { wholeCommand } from './whole-command.ts';

const [randose = '', fixtures = '', folder = ''] = process.argv.slice(2);
const study = join(folder, 'large');
/** A mega-trial; the aims are for as many. */
const PARTICIPANTS = 32_451;
const [MOST_SECONDS, MOST_MB] = [20, 500];

const run = wholeCommand(randose, folder);
makeTrial(
  study,
  fixtures,
  new Map([
    ['CRT', PARTICIPANTS - 10_800],
    ['LYO', 10_800],
  ]),
  run,
);
// All are randomized.
fillLedger(study, actsOf(slotsOf(study), 1));
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
