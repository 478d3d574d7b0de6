'use strict';
const { Buffer } = require('node:buffer');
const fs = require('node:fs');
const { basename, join } = require('node:path');
const process = require('node:process');

/**
 * Loaded with `node --require` ahead of the command line: numbers each call that changes the disk or
 * prints something, in their order, from 1.
 *
 * - RANDOSE_TEST_POINTS=FILE: the calls are written to FILE when the process ends, a line each.
 * - RANDOSE_TEST_KILL_AT=N: the process kills itself ahead of the N-th call.
 * - RANDOSE_TEST_KILL_AT=N/half: it does so when half of the call's content is written, or half of the
 *   folder is gone.
 *
 * fsync is no such call: what a killed process leaves is the same before and after it.
 */

/** Each as the arguments' place of the content that it writes, or undefined. */
const CHANGING = {
  openSync: undefined,
  writeFileSync: 1,
  appendFileSync: 1,
  writeSync: 1,
  linkSync: undefined,
  symlinkSync: undefined,
  renameSync: undefined,
  copyFileSync: undefined,
  rmSync: undefined,
  rmdirSync: undefined,
  unlinkSync: undefined,
  mkdirSync: undefined,
  mkdtempSync: undefined,
  truncateSync: undefined,
  ftruncateSync: undefined,
};

/**
 * @typedef {object} Call
 * @property {string} name the function's
 * @property {number} number from 1
 * @property {string} about what it is done to
 * @property {(() => void) | undefined} half does half of it, where that can be
 */

/**
 * Has something done ahead of every such call.
 *
 * @param {(call: Call) => void} before
 */
function watchChanges(before) {
  const all = /** @type {Record<string, (...words: any[]) => unknown>} */ (/** @type {any} */ (fs));
  let number = 0;
  let isWithin = false;
  for (const [name, place] of Object.entries(CHANGING)) {
    const real = /** @type {(...words: any[]) => unknown} */ (all[name]);
    all[name] = (...words) => {
      // One that another one makes is a part of that.
      if (isWithin || (name === 'openSync' && isReading(words[1]))) return real(...words);
      isWithin = true;
      try {
        number += 1;
        before({ name, number, about: aboutOf(words[0]), half: halfOf(name, real, words, place) });
        return real(...words);
      } finally {
        isWithin = false;
      }
    };
  }
}

/** @param {unknown} flags */
function isReading(flags) {
  if (typeof flags === 'number')
    return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0;
  // A file that is opened for `r+` is only synced.
  return flags === undefined || flags === 'r' || flags === 'r+';
}

/** @param {unknown} target */
function aboutOf(target) {
  return typeof target === 'number' ? `descriptor ${target}` : basename(String(target));
}

/**
 * @param {string} name
 * @param {(...words: any[]) => unknown} real
 * @param {any[]} words
 * @param {number | undefined} place
 */
function halfOf(name, real, words, place) {
  if (name === 'rmSync') return isFolder(words[0]) ? () => removeHalf(words[0]) : undefined;
  if (place === undefined) return undefined;
  const content = Buffer.from(words[place]);
  if (content.length < 2) return undefined;
  const half = content.subarray(0, content.length / 2);
  return () => void real(...words.with(place, half));
}

/** @param {string} path */
function isFolder(path) {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** @param {string} folder */
function removeHalf(folder) {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => join(folder, name)).filter((path) => !isFolder(path));
  for (const file of files.slice(0, Math.ceil(files.length / 2))) fs.unlinkSync(file);
}

module.exports = { watchChanges };

const { RANDOSE_TEST_KILL_AT: killAt, RANDOSE_TEST_POINTS: pointsFile } = process.env;
if (killAt !== undefined || pointsFile !== undefined) {
  const [point, part] = (killAt ?? '').split('/');
  /** @type {string[]} */
  const calls = [];
  watchChanges(({ name, number, about, half }) => {
    calls.push(`${name} ${about}${half === undefined ? '' : ' (can be half)'}`);
    if (number !== Number(point)) return;
    if (part === 'half') half?.();
    process.kill(process.pid, 'SIGKILL');
  });
  const { writeFileSync } = fs;
  process.on('exit', () => {
    if (pointsFile !== undefined) writeFileSync(pointsFile, calls.join('\n'));
  });
}
