'use strict';
const process = require('node:process');

/**
 * Loaded with `node --require` ahead of the command line: the process starts at the time that the test gives,
 * and its clock goes on from there.
 *
 * - RANDOSE_TEST_CLOCK=MILLISECONDS: what the clock is ahead of the machine's; behind if negative. It is read each
 *   time, since a process that stays is given another clock for each command.
 */

const ahead = () => Number(process.env.RANDOSE_TEST_CLOCK ?? 0);
const MachineDate = Date;

globalThis.Date = new Proxy(MachineDate, {
  construct: (machine, given) =>
    given.length === 0 ? new machine(machine.now() + ahead()) : Reflect.construct(machine, given),
  get: (machine, name) =>
    name === 'now' ? () => machine.now() + ahead() : Reflect.get(machine, name),
});
