import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, vi } from 'vitest';
import { startTestClock } from './clock.ts';
import { endKept, noteSurroundings } from './kept-command.ts';
import { removeTestFolders } from './test-folders.ts';

// The same cases every time: a failure is found again by running the test again.
fc.configureGlobal({ seed: 20_200_615 });

startTestClock();

// Hooks run in the order in which they were added, backwards: this one is the last that may need the process.
afterAll(endKept);

// What the machine says of itself changes colours (Node shows none if CI is set); stories say it themselves.
const OF_RANDOSE = ['RANDOSE_BY', 'RANDOSE_SIGN', 'RANDOSE_STUDY'];
const OF_COLOURS = ['COLORTERM', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'NO_COLOR', 'TMUX'];
for (const name of ['CI', ...OF_COLOURS, ...OF_RANDOSE]) {
  vi.stubEnv(name, undefined);
}

// All tests share what is compiled (compile-ahead.ts).
process.env.NODE_DISABLE_COMPILE_CACHE = '1';

// What commands note of the studies that they see, and the commands that are run inherit it.
const state = mkdtempSync(join(tmpdir(), 'randose-state-'));
process.env.XDG_STATE_HOME = state;
// The defaults of whoever runs the tests change none.
process.env.XDG_CONFIG_HOME = join(state, 'config');
afterAll(() => {
  rmSync(state, { recursive: true, force: true });
  // An `afterAll` within a test is not heard.
  removeTestFolders();
});

noteSurroundings();
