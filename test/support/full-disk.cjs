'use strict';
const process = require('node:process');
const { watchChanges } = require('./kill-at.cjs');

/**
 * Loaded with `node --require` ahead of the command line: from the call on that
 * RANDOSE_TEST_FULL_FROM numbers, nothing more can be written, as on a full disk. What is taken away,
 * and what is printed, still works.
 */
const from = Number(process.env.RANDOSE_TEST_FULL_FROM);
watchChanges(({ name, number, about }) => {
  if (number < from || name === 'rmSync' || about.startsWith('descriptor')) return;
  const error = new Error(`ENOSPC: no space left on device, ${name} '${about}'`);
  throw Object.assign(error, { code: 'ENOSPC', errno: -28 });
});
