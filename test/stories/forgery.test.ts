import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { slotLeaf } from '../../src/blinding/commitment.ts';
import { sha256 } from '../../src/blinding/digest.ts';
import { type EnvelopeContent, formatEnvelope } from '../../src/blinding/envelope.ts';
import { makeTree } from '../../src/blinding/merkle-tree.ts';
import { sealFor } from '../../src/blinding/seal.ts';
import { formatEntries, headOf, readLedger } from '../../src/ledger/chain.ts';
import type { Act } from '../../src/ledger/entry.ts';
import { asAnotherUser, enrolled, mustRun, randose, type Trial } from '../support/command-line.ts';
import { ledgerOf } from '../support/custody.ts';
import { templateStudy } from '../support/designs.ts';

const { arms } = templateStudy();
const recipientOf = (key: string) => /age1\w+/.exec(readFileSync(key, 'utf8'))![0];
const envelopeOf = ({ study }: Trial) => join(study, 'allocation/envelopes/R007.age');

/** The envelope as anybody can write one who knows what is public: with a tree of the forger's own. */
function forged({ study }: Trial, code: string, change: Partial<EnvelopeContent> = {}): string {
  const list = readFileSync(join(study, 'allocation/list.csv'), 'utf8').trimEnd().split('\n');
  const kit = list[7]!.split(',')[3]!;
  const { list: id } = JSON.parse(
    readFileSync(join(study, 'allocation/manifest.json'), 'utf8'),
  ) as {
    list: string;
  };
  const about = {
    ...{ study: 'DEPIL-2', list: id, number: 'R007', kits: [kit], salt: 'a'.repeat(64) },
    arm: arms.find((arm) => arm.code === code)!,
  };
  const leaves = Array.from({ length: 19 }, (_, index) => (index === 6 ? slotLeaf(about) : 'x'));
  const tree = makeTree(leaves);
  return formatEnvelope({ ...about, index: 6, leaves: 19, path: tree.pathOf(6), ...change });
}

/** Puts another digest of a file into the manifest, and writes the ledger anew so that all agrees. */
function coverUp({ study }: Trial): void {
  const manifest = join(study, 'allocation/manifest.json');
  const before = readFileSync(manifest, 'utf8');
  const parsed = JSON.parse(before) as { files: Record<string, string> };
  const file = 'allocation/envelopes/R007.age';
  const after = before.replace(parsed.files[file]!, sha256(readFileSync(join(study, file))));
  writeFileSync(manifest, after);
  const path = join(study, 'ledger.jsonl');
  let text = '';
  let head = headOf([]);
  for (const entry of readLedger(readFileSync(path, 'utf8')).entries) {
    const { time, software, study: digest, signer, who, action, ...rest } = entry;
    const own = Object.fromEntries(
      Object.entries(rest).filter(([key]) => !['seq', 'prev', 'hash', 'meaning'].includes(key)),
    );
    const act = { who, action, ...own } as Act;
    const covered = act.action === 'allocation' ? { ...act, manifest: sha256(after) } : act;
    const added = formatEntries(head, [covered], { time, software, study: digest, signer });
    text += added.text;
    head = added.head;
  }
  writeFileSync(path, text);
}

const unblind = ({ study, officer }: Trial) =>
  randose(
    'unblind',
    '--study',
    study,
    '--subject',
    'CRT-007',
    '--identity',
    officer,
    '--reason',
    'e',
  );

function expectRefused(trial: Trial): void {
  const refused = unblind(trial);
  expect(refused).toMatchObject({ status: 65, stdout: '' });
  expect(refused.stderr).toMatch(/error: NOT TRUSTED/);
  expect(refused.stderr).not.toMatch(/ILT101|PLACEBO/);
  expect(ledgerOf(trial.study).at(-1)).toMatchObject({ result: 'refused', error: 'not-trusted' });
}

describe('an envelope that was forged with the public recipient', () => {
  const cases: [string, (trial: Trial) => Promise<void>][] = [
    [
      'in its place alone',
      async (trial) => {
        const seal = sealFor([recipientOf(trial.officer)]);
        writeFileSync(envelopeOf(trial), await seal(forged(trial, 'PLACEBO')));
      },
    ],
    ...arms.map(({ code }): [string, (trial: Trial) => Promise<void>] => [
      `with ${code} in it, its digest in the manifest and the ledger written anew`,
      async (trial) => {
        const seal = sealFor([recipientOf(trial.officer)]);
        writeFileSync(envelopeOf(trial), await seal(forged(trial, code)));
        coverUp(trial);
        expect(randose('verify', '--study', trial.study)).toMatchObject({ status: 1 });
        // To anyone else all of it agrees with itself: only a receipt, a commitment or the envelope tells.
        asAnotherUser();
        mustRun('verify', '--study', trial.study);
      },
    ]),
    [
      'with the way to the root of another envelope',
      async (trial) => {
        const proof = join(trial.folder, 'proof.txt');
        const at = ['--study', trial.study, '--subject', 'CRT-008', '--identity', trial.officer];
        mustRun('unblind', ...at, '--reason', 'e', '--proof', proof);
        const path = [...readFileSync(proof, 'utf8').matchAll(/^path \w+ (\w+)$/gm)].map(
          ([, hash]) => hash!,
        );
        const seal = sealFor([recipientOf(trial.officer)]);
        writeFileSync(envelopeOf(trial), await seal(forged(trial, 'PLACEBO', { path })));
        coverUp(trial);
      },
    ],
    [
      'which is another participant’s own, covered up',
      async (trial) => {
        const other = join(trial.study, 'allocation/envelopes/R008.age');
        writeFileSync(envelopeOf(trial), readFileSync(other));
        coverUp(trial);
        await Promise.resolve();
      },
    ],
  ];
  test.each(cases)('%s: opens nothing', async (_, forge) => {
    const trial = enrolled();
    await forge(trial);
    expectRefused(trial);
  });

  test('and an honest one, covered up in the same way, opens: what is refused is the forgery', () => {
    const trial = enrolled();
    coverUp(trial);
    expect(unblind(trial).status).toBe(0);
  });
});
