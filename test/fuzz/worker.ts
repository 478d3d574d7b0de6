import { runRandose } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/system/terminal.ts';
import type { Order, Result } from './processes.ts';

/**
 * Runs one command line after the other within one process, ten times as fast as with a process for each. It is
 * bundled as the program is, and started with machine.cjs.
 */

declare const startMachine: (given: string) => void;

async function obey({ words, folder, machine, env }: Order): Promise<Result> {
  process.chdir(folder);
  Object.assign(process.env, env);
  startMachine(machine);
  const kept = { stdout: '', stderr: '' };
  const keep = (name: keyof typeof kept): Terminal => ({
    write(text) {
      kept[name] += text;
      return true;
    },
    columns: undefined,
    colourDepth: 1,
  });
  const [begin, used] = [performance.now(), process.cpuUsage()];
  const surroundings = { stdout: keep('stdout'), stderr: keep('stderr'), env: process.env };
  const status = await runRandose(words, surroundings);
  const { user, system } = process.cpuUsage(used);
  return { status, ...kept, milliseconds: performance.now() - begin, cpu: (user + system) / 1000 };
}

process.on('message', (order: Order) => {
  void obey(order).then((result) => process.send!(result));
});
