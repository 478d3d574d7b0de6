'use strict';
const { Buffer } = require('node:buffer');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { dirname } = require('node:path');
const process = require('node:process');
const { clearTimeout, setTimeout } = require('node:timers');

/**
 * @typedef {import('./kept-command.ts').Order} Order
 * @typedef {import('./command-line.ts').Ran} Ran
 * @typedef {import('node:stream').Duplex} Duplex
 */

const CHILD = require.resolve('./kept-child.cjs');
/** Then there is a new process. */
const MOST_BYTES = 600_000_000;
const MOST_RUNS = 400;

/** A process that runs kept-child.cjs, and what it has printed. */
class Child {
  /** @param {NodeJS.ProcessEnv} env */
  constructor(env) {
    this.process = spawn(process.execPath, [CHILD], {
      cwd: dirname(CHILD),
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const { stdin, stdout, stderr, stdio } = this.process;
    this.orders = /** @type {Duplex} */ (stdio[3]);
    this.closed = once(this.process, 'close');
    /** @type {Buffer[]} */
    this.out = [];
    /** @type {Buffer[]} */
    this.err = [];
    this.said = '';
    this.runs = 0;
    this.heard = () => {};
    // Commands find an empty input that has ended.
    stdin.on('error', () => undefined).end();
    // What is wrong with the process is seen when it closes.
    this.orders.on('error', () => undefined);
    this.orders.on('data', (data) => {
      this.said += String(data);
      this.heard();
    });
    stdout.on('data', (data) => {
      this.out.push(data);
      this.heard();
    });
    stderr.on('data', (data) => {
      this.err.push(data);
      this.heard();
    });
  }

  /** @param {Order} order @returns {Promise<Ran & { bytes: number }>} */
  answerTo(order) {
    [this.out, this.err, this.said] = [[], [], ''];
    this.runs += 1;
    this.orders.write(`${JSON.stringify(order)}\n`);
    return new Promise((resolve) => {
      this.heard = () => {
        if (!this.said.endsWith('\n')) return;
        const stdout = untilMark(this.out, order.mark);
        const stderr = untilMark(this.err, order.mark);
        if (stdout === undefined || stderr === undefined) return;
        resolve({ ...JSON.parse(this.said), stdout, stderr });
      };
    });
  }
}

/**
 * What was printed, if it ends with the mark; undefined as long as more will come.
 *
 * @param {Buffer[]} printed @param {string} mark
 */
function untilMark(printed, mark) {
  const all = Buffer.concat(printed);
  printed.splice(0, printed.length, all);
  const end = all.length - mark.length;
  return end >= 0 && all.toString('latin1', end) === mark
    ? all.toString('utf8', 0, end)
    : undefined;
}

/** @param {Buffer[]} printed */
const textOf = (printed) => Buffer.concat(printed).toString();

/**
 * A process that stays, for one command line after the other. It is started when the first command needs it, and again
 * if it has ended or has become large.
 */
class KeptProcess {
  /** @type {Child | undefined} */
  #child;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** Runs a command line when those before it are over. @param {Order} order @returns {Promise<Ran>} */
  run(order) {
    const ran = this.#last.then(() => this.#run(order));
    this.#last = ran;
    return ran;
  }

  /** @param {Order} order @returns {Promise<Ran>} */
  async #run(order) {
    this.#child ??= new Child(order.env);
    const child = this.#child;
    const timer = setTimeout(() => child.process.kill('SIGKILL'), order.longest);
    const answer = await Promise.race([child.answerTo(order), child.closed]);
    clearTimeout(timer);
    if (!('bytes' in answer)) {
      // The command has ended the process: these are its last words.
      this.#child = undefined;
      const { exitCode } = child.process;
      return { status: exitCode, stdout: textOf(child.out), stderr: textOf(child.err) };
    }
    const { status, stdout, stderr, bytes } = answer;
    if (bytes > MOST_BYTES || child.runs === MOST_RUNS) await this.#end();
    return { status, stdout, stderr };
  }

  /** Ends the process when all commands are over. */
  async end() {
    await this.#last;
    await this.#end();
  }

  /** The process ends by itself when no more orders can come. */
  async #end() {
    const child = this.#child;
    this.#child = undefined;
    child?.orders.end();
    await child?.closed;
  }
}

module.exports = { KeptProcess };
