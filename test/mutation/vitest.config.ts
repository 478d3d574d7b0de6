import { mergeConfig } from 'vitest/config';
import fast from '../../vitest.config.ts';
import { keptThread } from './kept-thread.ts';
import { QuickFirst } from './quick-first.ts';

/**
 * The tests that run again for each mutant (run.mjs): those of units. No program is found on an empty PATH, so tests
 * that ask another program say so and are skipped.
 */
export default mergeConfig(
  {
    ...fast,
    plugins: [...(fast.plugins ?? []), keptThread()],
    test: {
      ...fast.test,
      reporters: [],
      globalSetup: [],
      env: { ...fast.test?.env, PATH: '' },
      sequence: { sequencer: QuickFirst },
      isolate: false,
      maxWorkers: 1,
    },
  },
  { test: { setupFiles: ['./test/mutation/setup.ts'] } },
);
