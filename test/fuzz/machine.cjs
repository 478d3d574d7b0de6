'use strict';
const { Buffer } = require('node:buffer');
const crypto = require('node:crypto');
const fs = require('node:fs');
const process = require('node:process');

/**
 * Loaded with `node --require`: a machine whose chance and clock are given, so that one seed makes the same trial, and
 * breaks it in the same way, again and again.
 *
 * - RANDOSE_FUZZ_MACHINE=SEED/START: the seed of all random bytes, and the time of the start in milliseconds.
 * - RANDOSE_FUZZ_MACHINE=SEED/START/steps: the same, but each reading of the clock is a millisecond after the one
 *   before, however fast the machine is.
 */

const MachineDate = Date;
let stream = streamOf('');
let start = 0;
let began = 0;
/** @type {number | undefined} */
let steps;

/** @param {string} seed */
function streamOf(seed) {
  const key = crypto.createHash('sha256').update(seed).digest();
  return crypto.createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
}

/** @param {string} given as RANDOSE_FUZZ_MACHINE */
function startMachine(given) {
  const [seed = '', time = '0', how] = given.split('/');
  stream = streamOf(seed);
  start = Number(time);
  began = MachineDate.now();
  steps = how === 'steps' ? 0 : undefined;
}

/** @param {number} count */
const bytes = (count) => stream.update(Buffer.alloc(count));

function now() {
  if (steps === undefined) return start + MachineDate.now() - began;
  steps += 1;
  return start + steps;
}

/** @param {ArrayBufferView} array */
function fill(array) {
  bytes(array.byteLength).copy(Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  return array;
}

/** The start of a private key for X25519 in DER; the raw key follows. */
const X25519_DER = Buffer.from('302e020100300506032b656e04220420', 'hex');

function x25519() {
  const der = Buffer.concat([X25519_DER, bytes(32)]);
  const privateKey = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = crypto.createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { publicKey, privateKey };
}

Object.assign(crypto, {
  randomBytes: bytes,
  /** @param {number} low @param {number} high */
  randomInt: (low, high) => low + (bytes(4).readUInt32LE() % (high - low)),
  randomFillSync: fill,
  generateKeyPairSync: x25519,
});
Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: fill });
globalThis.Date = new Proxy(MachineDate, {
  construct: (machine, given) =>
    given.length === 0 ? new machine(now()) : Reflect.construct(machine, given),
  get: (machine, name) => (name === 'now' ? now : Reflect.get(machine, name)),
});
Object.assign(globalThis, { startMachine });
startMachine(process.env.RANDOSE_FUZZ_MACHINE ?? '');

// A command alone says at its end how long it worked, in milliseconds of the processor.
if (process.env.RANDOSE_FUZZ_MACHINE !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    fs.writeSync(3, String((user + system) / 1000));
  });
}
