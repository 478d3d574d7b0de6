'use strict';
/** Loaded ahead of randose: writes a character into a file for each thread that starts, and stops it if that is asked for. */
const { appendFileSync } = require('node:fs');
const process = require('node:process');
const { isMainThread } = require('node:worker_threads');

const { COUNT_THREADS_IN: file = '', STOP_THREADS: stop } = process.env;
if (!isMainThread) {
  appendFileSync(file, '.');
  if (stop !== undefined) process.exit(1);
}
