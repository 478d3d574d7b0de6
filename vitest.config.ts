import { defineConfig } from 'vitest/config';
import { fileBytes, fileTexts, folderTexts, holidayTexts } from './rolldown.config.ts';

export default defineConfig({
  plugins: [
    { ...fileBytes(), enforce: 'pre' },
    { ...fileTexts(), enforce: 'pre' },
    { ...folderTexts(), enforce: 'pre' },
    { ...holidayTexts(), enforce: 'pre' },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/count-reporter.ts'],
    // A hostile zone and locale: nothing may depend on the machine's own.
    setupFiles: ['./test/support/setup.ts'],
    globalSetup: ['./test/support/compile-ahead.ts', './test/support/shared-folder.ts'],
    env: { TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    // One for each core: most tests wait for a command that they have started.
    maxWorkers: '100%',
    server: { deps: { inline: [/\?texts$/, /\.wasm$/] } },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
