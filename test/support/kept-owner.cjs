'use strict';
const { workerData } = require('node:worker_threads');
const { KeptProcess } = require('./kept-process.cjs');

/**
 * The thread that owns the process that stays (kept-command.ts), since the thread of the test waits and can hear nothing.
 */

/** @type {import('node:worker_threads').MessagePort} */
const port = workerData.port;
/** @type {Int32Array} */
const answered = workerData.answered;
const kept = new KeptProcess();

port.on('message', (/** @type {import('./kept-command.ts').Order | 'end'} */ order) => {
  const done = order === 'end' ? kept.end() : kept.run(order);
  void done.then((answer) => {
    port.postMessage(answer);
    Atomics.store(answered, 0, 1);
    Atomics.notify(answered, 0);
  });
});
