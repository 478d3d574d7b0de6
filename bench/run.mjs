/**
 * Runs whole processes in pairs, one after the other. What counts is the ratio of each pair. It
 * measures wall time, because that is what a person waits for, and takes medians, because a machine
 * is never quiet.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

// npm run bench -- [ROUNDS] [PART ...]
const [first = '', ...others] = process.argv.slice(2);
const hasRounds = /^\d+$/.test(first);
const USUAL_ROUNDS = 21;
const ROUNDS = hasRounds ? Number(first) : USUAL_ROUNDS;
/** With few rounds, large trials are smaller too: whether all of it runs is what counts then. */
const isShort = ROUNDS < USUAL_ROUNDS;
const named = hasRounds || first === '' ? others : [first, ...others];
const project = join(import.meta.dirname, '..');
const randose = join(project, 'dist', 'randose.cjs');
const fixtures = join(project, 'fixtures');
const folder = mkdtempSync(join(tmpdir(), 'randose-bench-'));

// Commands note the studies that they see. These notes must not go into this user's own state folder.
process.env.XDG_STATE_HOME = join(folder, 'state');

/** @param {string[]} command */
function milliseconds([program = '', ...words]) {
  const begin = performance.now();
  const { status, error, stderr } = spawnSync(program, words, { maxBuffer: 2 ** 30 });
  const end = performance.now();
  if (error || status !== 0) throw error ?? new Error(`${program} ${words.join(' ')}: ${stderr}`);
  return end - begin;
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return /** @type {number} */ (sorted[Math.floor(sorted.length / 2)]);
}

/**
 * @param {string} title
 * @param {string[]} ours
 * @param {string[]} theirs
 * @param {number | undefined} aim the highest ratio that is acceptable, if there is one
 * @param {() => void} [prepare] what is to be done before each of our runs
 * @param {number} [rounds] how many pairs
 */
function compare(title, ours, theirs, aim, prepare = () => undefined, rounds = ROUNDS) {
  const pairs = Array.from({ length: rounds + 1 }, () => {
    prepare();
    return { one: milliseconds(ours), other: milliseconds(theirs) };
  }).slice(1); // the first one only fills the disk cache
  const one = median(pairs.map((pair) => pair.one));
  const other = median(pairs.map((pair) => pair.other));
  const ratio = median(pairs.map((pair) => pair.one / pair.other));
  const verdict = aim === undefined ? '' : ` (aim: ${aim}, ${ratio <= aim ? 'reached' : 'missed'})`;
  console.log(
    `${title}\n  ${one.toFixed(0)} ms beside ${other.toFixed(0)} ms: ratio ${ratio.toFixed(2)}${verdict}`,
  );
  return ratio;
}

/** An allocation list of 18 at 2:1, in blocks of 3 and 6: drawn and written, not sealed. */
const blockrand = `
library(blockrand)
set.seed(1)
list <- blockrand(n = 18, num.levels = 3, levels = c("ILT101", "ILT101", "PLACEBO"), block.sizes = 1:2)
write.csv(list, stdout())
`;
const baseR = `
set.seed(1)
arms <- character(); block <- integer()
while (length(arms) < 18) {
  size <- if (18 - length(arms) >= 6) sample(c(3, 6), 1) else 3
  arms <- c(arms, sample(rep(c("ILT101", "ILT101", "PLACEBO"), size / 3)))
  block <- c(block, rep(length(unique(block)) + 1, size))
}
write.csv(data.frame(id = 1:18, block, arms), stdout())
`;

/** @param {string} program R, from the package blockrand or without any */
function rScript(program) {
  const file = join(folder, 'list.R');
  writeFileSync(file, program);
  return ['Rscript', '--vanilla', file];
}

/** A long list, by the package, and as fast as base R can do the same. */
const LONG = 99_999;
const longBlockrand = blockrand.replace('n = 18', `n = ${LONG}`);
const longBaseR = `
set.seed(1)
sizes <- sample(c(3, 6), ${LONG} / 3, replace = TRUE)
sizes <- sizes[cumsum(sizes) <= ${LONG}]
sizes <- c(sizes, rep(3, (${LONG} - sum(sizes)) / 3))
arms <- unlist(lapply(sizes, function(size) sample(rep(c("ILT101", "ILT101", "PLACEBO"), size / 3))))
list <- data.frame(id = seq_along(arms), block = rep(seq_along(sizes), sizes), size = rep(sizes, sizes), arm = arms)
write.csv(list, stdout())
`;
/** R's blockrand took 7.4 s where node -e 0 took 54 ms: the figures that this project began with. */
const BLOCKRAND_IN_NODE_STARTS = 7400 / 54;

/** A program of this folder, bundled. @param {string} name */
async function bundled(name) {
  const file = join(folder, `${name}.mjs`);
  const bundle = await rolldown({
    input: join(import.meta.dirname, `${name}.ts`),
    platform: 'node',
    cwd: project,
    moduleTypes: { '.yaml': 'text', '.csv': 'text' },
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  return file;
}

/** Whole processes: how randose starts, and lists beside those of other programs. */
async function processes() {
  compare(
    'randose --help, beside node -e 0',
    ['node', randose, '--help'],
    ['node', '-e', '0'],
    1.15,
  );

  const study = join(folder, 'study');
  const plan = join(fixtures, 'depil-2-plan.yaml');
  const allocate = ['node', randose, 'allocate', '--study', study, '--plan', plan];
  const prepare = () => {
    rmSync(study, { recursive: true, force: true });
    cpSync(join(fixtures, 'depil-2'), study, { recursive: true });
  };
  const title =
    'the DEPIL-2 list made, and sealed for an officer, a statistician and a packer, beside';
  compare(`${title} node -e 0`, allocate, ['node', '-e', '0'], 2.1, prepare);
  const hasR = spawnSync('Rscript', ['--version']).error === undefined;
  const hasBlockrand = hasR && spawnSync('Rscript', ['-e', 'library(blockrand)']).status === 0;
  if (!hasR) {
    console.log(`${title} R\n  skipped: Rscript is not installed`);
  } else if (hasBlockrand) {
    compare(
      `${title} R's blockrand, which seals nothing`,
      allocate,
      rScript(blockrand),
      1,
      prepare,
    );
  } else {
    console.log(
      "R's package blockrand is not installed: its work in base R instead, a lower limit for it",
    );
    compare(`${title} base R, which seals nothing`, allocate, rScript(baseR), 0.9, prepare);
  }

  const long = ['node', await bundled('make-list'), String(LONG)];
  const longTitle = `a list of ${LONG} slots made and written as CSV, whole process, beside`;
  const starts = compare(
    `${longTitle} node -e 0`,
    long,
    ['node', '-e', '0'],
    undefined,
    undefined,
    5,
  );
  if (hasBlockrand) {
    compare(`${longTitle} R's blockrand`, long, rScript(longBlockrand), 1 / 40, undefined, 1);
  } else if (hasR) {
    compare(
      `${longTitle} base R, a lower limit for blockrand`,
      long,
      rScript(longBaseR),
      undefined,
      undefined,
      5,
    );
  }
  if (!hasBlockrand) {
    const times = (BLOCKRAND_IN_NODE_STARTS / starts).toFixed(0);
    console.log(
      `  blockrand could not be run; by an earlier measurement of it, in starts of node, about ${times} times as fast (aim: 40)`,
    );
  }
}

/** Plans and the least predictable list: whole commands, in seconds. */
function plans() {
  const least = join(folder, 'least.yaml');
  writeFileSync(least, 'procedure: least predictable\nlargestImbalance: 4/3 participants\n');
  console.log('a plan of blocks of 3 and 6 assessed, with the curve of the least possible; 2:1');
  for (const [slots, aim] of [
    [18, 1],
    [300, 10],
  ]) {
    const study = designOf(slots);
    const plan = join(fixtures, 'depil-2-plan.yaml');
    tellSeconds(`${slots} slots`, aim, () => ['assess', '--study', study, '--plan', plan]);
  }
  console.log('a least predictable list of 300 slots, made and sealed');
  tellSeconds('within 4/3 participants', 3, () => {
    return ['allocate', '--study', designOf(300), '--plan', least];
  });
}

let designs = 0;

/** DEPIL-2 with another number of slots. @param {number | undefined} slots */
function designOf(slots = 18) {
  designs += 1;
  const study = join(folder, `design-${designs}`);
  cpSync(join(fixtures, 'depil-2'), study, { recursive: true });
  const file = join(study, 'study.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('slots: 18', `slots: ${slots}`));
  return study;
}

/**
 * @param {string} what
 * @param {number | undefined} aim the most seconds that are acceptable
 * @param {() => string[]} words those of the command, for each run
 */
function tellSeconds(what, aim = 0, words) {
  const runs = Array.from({ length: Math.min(ROUNDS, 5) }, () => {
    return milliseconds(['node', randose, ...words()]) / 1000;
  });
  const seconds = median(runs);
  const verdict = seconds <= aim ? 'reached' : 'missed';
  console.log(`  ${what}: ${seconds.toFixed(2)} s (aim: ${aim}, ${verdict})`);
}

/** What is measured, by its name. @type {Record<string, () => void | Promise<void>>} */
const parts = {
  processes,
  plans,
  lists: () => runProgram('lists'),
  calendars: () => runProgram('calendars'),
  labels: () => runProgram('labels'),
  ledger: () => runProgram('ledger'),
  large: () => runProgram('large', randose, fixtures, folder, isShort ? '8' : '88'),
  exports: () => runProgram('exports', randose, fixtures, folder, isShort ? '3000' : '32451'),
  database: async () => {
    // Moving a ledger of 100,000 entries takes a minute.
    const entries = isShort ? 5000 : 100_000;
    const client = await bundled('database-client');
    await runProgram('database', randose, fixtures, folder, client, String(entries));
  },
};

/** Runs a program of this folder. @param {string} name @param {string[]} words */
async function runProgram(name, ...words) {
  const { status } = spawnSync('node', [await bundled(name), ...words], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`bench/${name}.ts failed`);
}

try {
  console.log(`${ROUNDS} pairs each, Node ${process.version}, medians of wall time`);
  for (const name of named.length === 0 ? Object.keys(parts) : named) {
    const part = parts[name];
    if (part === undefined) throw new Error(`no part ${name}: ${Object.keys(parts).join(', ')}`);
    await part();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
