'use strict';
const { Buffer } = require('node:buffer');
const { readSync, writeSync } = require('node:fs');
const { basename, dirname } = require('node:path');
const process = require('node:process');
const { setImmediate } = require('node:timers');

/**
 * The process that stays (kept-command.ts): it loads the built program once and runs one command line after the other.
 * An order is a line of JSON on descriptor 3. A command is over when nothing is left to wait for, as if the process
 * ended; so one that waits for ever is seen, and so is one that stops before it is done. Whatever ends the process ends
 * the command: an exception that nobody catches, `process.exit`, a signal.
 */

const ORDERS = 3;
const CHUNK_BYTES = 65_536;

/** @type {import('./kept-command.ts').Order | undefined} */
let order;
/** The program's own `main`, once it is loaded. @type {(() => Promise<void>) | undefined} */
let main;

/** @returns {import('./kept-command.ts').Order | undefined} undefined if no more will come */
function nextOrder() {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  /** @type {Buffer[]} */
  const read = [];
  while (read.at(-1)?.at(-1) !== 0x0a) {
    const count = readSync(ORDERS, chunk);
    if (count === 0) return undefined;
    read.push(Buffer.from(chunk.subarray(0, count)));
  }
  return JSON.parse(Buffer.concat(read).toString());
}

/** Who listens to what happens to this process, as the first command finds it. */
const listening = new Map();

function noteListeners() {
  for (const name of process.eventNames()) listening.set(name, process.rawListeners(name));
}

/** @param {string | symbol} name */
function addedTo(name) {
  const before = listening.get(name) ?? [];
  return process.rawListeners(name).filter((one) => !before.includes(one));
}

/** Does what a process does at its end, and tells the exit status. */
function finish() {
  for (const listener of addedTo('exit')) Reflect.apply(listener, process, [process.exitCode ?? 0]);
  const status = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  for (const name of process.eventNames()) {
    for (const listener of addedTo(name)) {
      process.removeListener(name, /** @type {() => void} */ (listener));
    }
  }
  // Its folder may be removed now.
  process.chdir(module.path);
  const mark = order?.mark ?? '';
  writeSync(1, mark);
  writeSync(2, mark);
  const { rss } = process.memoryUsage;
  writeSync(ORDERS, `${JSON.stringify({ status, bytes: rss() })}\n`);
}

/** @param {NodeJS.ProcessEnv} given */
function setEnvironment(given) {
  for (const name of Object.keys(process.env)) {
    if (given[name] === undefined) Reflect.deleteProperty(process.env, name);
  }
  for (const [name, value] of Object.entries(given)) {
    if (process.env[name] !== value) process.env[name] = value;
  }
}

/** @param {import('./kept-command.ts').Order} given */
function begin({ program, cwd, words, env }) {
  process.chdir(cwd);
  setEnvironment(env);
  process.argv = [process.execPath, program, ...words];
  if (main !== undefined) {
    void main();
    return;
  }
  // The first command runs as the program starts it.
  require(program);
  void Promise.resolve().then(() => {
    const isMain = (/** @type {string} */ file) =>
      dirname(file) === dirname(program) && /^main-.*\.cjs$/.test(basename(file));
    const file = Object.keys(require.cache).find(isMain);
    if (file === undefined) throw new Error(`${program} has no main`);
    ({ main } = require(file));
  });
}

process.on('beforeExit', () => {
  if (order !== undefined) finish();
  const next = nextOrder();
  order = next;
  // Node ends now, unless something is left to be done: a promise is not enough.
  if (next !== undefined) setImmediate(begin, next);
});
noteListeners();
