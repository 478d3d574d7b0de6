import { declareCommand } from '../../command.ts';

export const demoCommand = declareCommand({
  name: 'demo',
  desk: 'everyone',
  description: 'Run a whole trial in a new folder, with throwaway keys',
  page: 'README.md',
  examples: ['demo', 'demo /tmp/depil-2-demo'],
  flags: (command) =>
    command.argument('[dir]', 'the folder to make (default: randose-demo in this folder)'),
});
