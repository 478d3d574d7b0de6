import { readFileSync } from 'node:fs';
import { unseal } from '../../src/blinding/seal.ts';
import { contentsOf } from './command-line.ts';

/** How many slots can still be opened with somebody's key, wherever in the folder their envelopes are. */
export async function openable(study: string, key: string): Promise<number> {
  const identity = /AGE-SECRET-KEY-\S+/.exec(readFileSync(key, 'utf8'))![0];
  const numbers = new Set<string>();
  for (const [file, content] of contentsOf(study)) {
    const number = /envelopes\/(R\d+)\.age$/.exec(file)?.[1];
    if (number === undefined || numbers.has(number)) continue;
    const text = await unseal(content, [identity], file).catch(() => '');
    if (text.includes(`"number": "${number}"`)) numbers.add(number);
  }
  return numbers.size;
}
