import { mergeConfig } from 'vitest/config';
import fast from './vitest.config.ts';

/** The fuzz: broken files and odd command lines, for a given time; seeded. */
export default mergeConfig(
  { ...fast, test: { ...fast.test, include: [] } },
  { test: { include: ['test/fuzz/*.fuzz.ts'], hookTimeout: 600_000 } },
);
