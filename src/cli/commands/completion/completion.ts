import type { Output } from '../../output/output.ts';
import type { CompletionFlags } from './command.ts';
import { SCRIPTS, type Shell } from './scripts.ts';

/** `randose completion bash`: the script for a shell. */
export function completion(output: Output, _: CompletionFlags, [shell]: [Shell]): void {
  const script = SCRIPTS[shell];
  output.result({ shell, script }, script, { exact: true });
}
