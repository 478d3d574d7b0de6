'use strict';
const { Buffer } = require('node:buffer');
const crypto = require('node:crypto');
const process = require('node:process');

/**
 * Loaded with `node --require` ahead of the command line: what it draws follows from a seed, so that two runs draw the same
 * list. Draws of another length do not change it: a connection to a server draws some too.
 *
 * - RANDOSE_TEST_ENTROPY=SEED: without it, the machine's entropy is used. A process that stays is given another seed for
 *   each command, and begins anew with it.
 */

let seed = process.env.RANDOSE_TEST_ENTROPY;
/** @type {Map<number, number>} */
const drawn = new Map();

if (seed !== undefined) {
  crypto.randomBytes = (/** @type {number} */ count) => {
    if (process.env.RANDOSE_TEST_ENTROPY !== seed) {
      seed = process.env.RANDOSE_TEST_ENTROPY;
      drawn.clear();
    }
    const before = drawn.get(count) ?? 0;
    drawn.set(count, before + 1);
    const key = crypto.createHash('sha256').update(`${seed} ${count} ${before}`).digest();
    const stream = crypto.createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
    return stream.update(Buffer.alloc(count));
  };
}
