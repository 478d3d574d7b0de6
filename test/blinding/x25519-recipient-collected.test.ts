import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { expect, test } from 'vitest';
import { testFolder } from '../support/command-line.ts';

const RECIPIENT = 'age1vr2ep4f2cc5ut8lll7qfuv6l9w8w5p4l5mljfzr7wjca0shvadmqqgvjvu';

test('sealing finishes, whenever the garbage collector runs', async () => {
  // If the key is exported after it was made, Node 20 hangs here for ever; in normal use, once in
  // some hundred lists.
  const folder = testFolder();
  const program = join(folder, 'program.ts');
  const module = join(import.meta.dirname, '..', '..', 'src', 'blinding', 'x25519-recipient.ts');
  writeFileSync(
    program,
    `import { x25519Recipient } from ${JSON.stringify(module)};
     const recipient = x25519Recipient('${RECIPIENT}');
     for (let round = 0; round < 20_000; round += 1) recipient.wrapFileKey(new Uint8Array(16));`,
  );
  const file = join(folder, 'program.cjs');
  await build({
    input: program,
    platform: 'node',
    output: { file, format: 'cjs' },
    logLevel: 'silent',
  });
  const ran = spawnSync(process.execPath, ['--gc-interval=7', file], { timeout: 50_000 });
  expect(ran.status).toBe(0);
});
