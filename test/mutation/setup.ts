import fc from 'fast-check';

// That a case fails is enough: what the smallest one is costs time for each mutant.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
