/**
 * One client of a ledger in a database: gives slots, one after the other. Run by bench/database.ts, several at once.
 *
 * Arguments: the study folder, the URL of its database, the site, and how many slots. It says when it is
 * connected, begins at a word, and prints how many acts were entered, and how often it had to try again.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerOf } from '../src/store/ledger-of.ts';
import { makeReady } from '../src/store/ready.ts';
import { randomization, slotsOf } from './long-trial.ts';

const [study = '', url = '', site = '', count = ''] = process.argv.slice(2);
const text = readFileSync(join(study, 'study.yaml'));
const own = slotsOf(study).filter(({ stratum }) => stratum === `site=${site}`);

const ledger = ledgerOf(study, { ledger: url });
const { entries, ...view } = await ledger.read();
let { head } = view;
const used = entries.filter((one) => one.action === 'randomization' && one.site === site).length;
const slots = own.slice(used, used + Number(count));
process.stdout.write('connected\n');
await once(process.stdin, 'data');

let retries = 0;
for (const slot of slots) {
  const ready = makeReady({ text, head }, [randomization(slot)]);
  for (;;) {
    const answer = await ledger.append({ head }, ready);
    if (answer.result === 'done') {
      head = answer.head;
      break;
    }
    retries += 1;
    ({ head } = await ledger.read());
  }
}
await ledger.close();
process.stdout.write(`${JSON.stringify({ acts: slots.length, retries })}\n`);
process.stdin.destroy();
