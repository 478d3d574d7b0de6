/**
 * `randose export` of a large trial, whole processes: wall time and memory. Run by bench/run.mjs.
 *
 * Arguments: the built randose, the fixtures, an empty folder, and how many participants; the aims are for a
 * mega-trial of 32,451.
 */
import { join } from 'node:path';
import { actsOf, fillLedger, makeTrial, slotsOf } from './long-trial.ts';
import { wholeCommand } from './whole-command.ts';

const [randose = '', fixtures = '', folder = '', participants = ''] = process.argv.slice(2);
const study = join(folder, 'large');
const PARTICIPANTS = Number(participants);
/** A third of them, in blocks of three. */
const AT_LYO = 3 * Math.floor(PARTICIPANTS / 9);
const [MOST_SECONDS, MOST_MB] = [20, 500];

const run = wholeCommand(randose, folder);
makeTrial(
  study,
  fixtures,
  new Map([
    ['CRT', PARTICIPANTS - AT_LYO],
    ['LYO', AT_LYO],
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
