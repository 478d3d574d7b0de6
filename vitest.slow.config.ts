import { mergeConfig } from 'vitest/config';
import fast from './vitest.config.ts';

/** The slow tier: many lists are drawn, and looked at as chance should have them. */
export default mergeConfig(
  { ...fast, test: { ...fast.test, include: [] } },
  { test: { include: ['test/slow/*.slow.ts'], testTimeout: 600_000 } },
);
