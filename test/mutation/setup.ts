import fc from 'fast-check';

// That a case fails is enough: what the smallest one is costs time for each mutant.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

// The thread is kept (kept-thread.ts): the tests of a file are collected without the mutant of the tests before them.
// If they could not be, there would be none that fails.
const { __stryker__: stryker } = globalThis as { __stryker__?: { activeMutant?: string } };
if (stryker !== undefined) delete stryker.activeMutant;
