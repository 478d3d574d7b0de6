import { mergeConfig } from 'vitest/config';
import fast from './vitest.config.ts';

/** Chaos: folders that are broken, commands that are killed, many at once, forgeries; seeded and bounded. */
export default mergeConfig(
  { ...fast, test: { ...fast.test, include: [] } },
  {
    test: {
      include: ['test/chaos/*.chaos.ts', 'test/stories/forgery.test.ts'],
      testTimeout: 500_000,
    },
  },
);
