/**
 * What the executable runs: it gives the chunks of dist/, which are inside the executable, the `require` that they
 * have in a folder. A chunk is compiled when it is asked for, so the program starts as fast as it does from dist/.
 *
 * This file is CommonJS, because Node's single executables take nothing else.
 */
const { getAsset } = require('node:sea');
const { dirname, join } = require('node:path');
const { execPath } = require('node:process');
const { compileFunction } = require('node:vm');

/** @type {Map<string, { exports: unknown }>} */
const loaded = new Map();
const folder = dirname(execPath);

/**
 * The exports of a chunk. One that is still being loaded gives what it has so far, as CommonJS does.
 *
 * @param {string} name
 */
function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const chunk = { exports: {} };
  loaded.set(name, chunk);
  const run = compileFunction(
    getAsset(name, 'utf8').replace(/^#!.*/, ''),
    ['exports', 'require', 'module', '__filename', '__dirname'],
    { filename: name },
  );
  run.call(chunk.exports, chunk.exports, requireFrom, chunk, join(folder, name), folder);
  return chunk.exports;
}

/** @param {string} id a chunk beside this one, or a module of Node */
function requireFrom(id) {
  return id.startsWith('./') ? load(id.slice(2)) : require(id);
}

load('randose.cjs');
