import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// npm run fuzz -- [--seconds 60 | --minutes 30] [--seed TEXT] [--case NUMBER]
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: 'randose' },
    case: { type: 'string' },
  },
});
const { seconds, minutes, seed, case: again } = values;
const env = {
  ...process.env,
  FUZZ_SEED: seed,
  FUZZ_SECONDS: minutes === undefined ? seconds : String(Number(minutes) * 60),
  ...(again === undefined ? {} : { FUZZ_CASE: again }),
};
const project = join(import.meta.dirname, '..', '..');
const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs');
const words = [vitest, 'run', '--config', 'vitest.fuzz.config.ts'];
const { status } = spawnSync(process.execPath, words, { cwd: project, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
