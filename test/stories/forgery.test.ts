import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { slotLeaf } from '../../src/blinding/commitment.ts';
import { sha256 } from '../../src/digest.ts';
import { type EnvelopeContent, formatEnvelope, rootOf } from '../../src/blinding/envelope.ts';
import { makeTree } from '../../src/blinding/merkle-tree.ts';
import { sealFor } from '../../src/blinding/seal.ts';
import { readLedger } from '../../src/ledger/chain.ts';
import type { Act } from '../../src/ledger/entry.ts';
import { asAnotherUser, enrolled, mustRun, randose, type Trial } from '../support/command-line.ts';
import { ledgerOf } from '../support/custody.ts';
import { templateStudy } from '../support/designs.ts';
import { linesOf, rewriteLedger } from '../support/ledger.ts';

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
    study: 'DEPIL-2',
    list: id,
    number: 'R007',
    kits: [kit],
    salt: 'a'.repeat(64),
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
  const text = rewriteLedger(readFileSync(path, 'utf8'), (act) =>
    act.action === 'allocation' ? { ...act, manifest: sha256(after) } : act,
  );
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
  expect(lastRecord(trial)).toMatchObject({ result: 'refused', error: 'not-trusted' });
}

/** The outcome of the last code-break: in the ledger; or beside it, if the ledger is not the one that was seen here. */
function lastRecord({ study }: Trial): unknown {
  const pending = join(study, 'pending');
  const [file] = existsSync(pending) ? readdirSync(pending) : [];
  if (file === undefined) return ledgerOf(study).at(-1);
  const kept = JSON.parse(readFileSync(join(pending, file), 'utf8')) as {
    act: { outcome: unknown };
  };
  return kept.act.outcome;
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
  test.each(cases)('%s: opens nothing [R-048]', async (_, forge) => {
    const trial = enrolled();
    await forge(trial);
    expectRefused(trial);
  });

  test('an honest one opens after the same changes: only the forgery is refused', () => {
    const trial = enrolled();
    coverUp(trial);
    expect(unblind(trial).status).toBe(0);
  });
});

/** Adds entries to the ledger as anybody can: chained to its end by public data alone. */
function appendForged({ study }: Trial, acts: readonly Act[]): void {
  const file = join(study, 'ledger.jsonl');
  const text = readFileSync(file, 'utf8');
  const { entries } = readLedger(text);
  const last = entries.at(-1)!;
  const added = linesOf(acts, last, { ...last, signer: null });
  writeFileSync(file, text + added.text);
}

const WHO = { name: 'Forger', role: '', organisation: '' };

/** A rewrap made without a key: a folder, a manifest with a root of its own, envelopes, ledger entries. */
async function forgeRewrap(trial: Trial, code: string, keepsPromise: boolean): Promise<void> {
  const { study } = trial;
  const first = JSON.parse(readFileSync(join(study, 'allocation/manifest.json'), 'utf8')) as {
    commitment: { root: string };
    files: Record<string, string>;
  };
  const folder = join(study, 'allocation/rewrap-1');
  mkdirSync(join(folder, 'envelopes'), { recursive: true });
  const text = forged(trial, code);
  const content = JSON.parse(text) as EnvelopeContent;
  const files: Record<string, string> = {};
  for (const [file, digest] of Object.entries(first.files)) {
    const moved = file.replace(/^allocation\/(?!list|card-r)/, 'allocation/rewrap-1/');
    files[moved] = digest;
    if (moved !== file) cpSync(join(study, file), join(study, moved));
  }
  const card = readFileSync(join(study, 'allocation/card-recipients.csv'), 'utf8').split('\n')[7]!;
  const sealed = await sealFor([recipientOf(trial.officer), card.split(',')[1]!])(text);
  writeFileSync(join(folder, 'envelopes/R007.age'), sealed);
  files['allocation/rewrap-1/envelopes/R007.age'] = sha256(sealed);
  const root = rootOf(content)!;
  const commitment = keepsPromise ? first.commitment : { ...first.commitment, root };
  const manifest = `${JSON.stringify({ ...first, rewrap: 1, commitment, files }, undefined, 2)}\n`;
  writeFileSync(join(folder, 'manifest.json'), manifest);
  const seq = ledgerOf(study).length + 1;
  appendForged(trial, [
    { action: 'rewrap intent', who: WHO, reason: 'example', key: null },
    {
      action: 'rewrap outcome',
      who: WHO,
      intent: seq,
      result: 'opened',
      error: null,
      manifests: [{ batch: 1, rewrap: 1, manifest: sha256(manifest) }],
    },
  ]);
}

describe('a rewrap that somebody without a key made up', () => {
  const arms_ = arms.map(({ code }) => code);
  test.each([
    [true, arms_[0]!],
    [false, arms_[0]!],
    [false, arms_[1]!],
  ])(
    'promising the same %s, with %s in it: the real envelope is opened, and the forgery is reported',
    async (keeps, code) => {
      const trial = enrolled();
      const arm = /^ {2}(\w+) /m.exec(unblind(trial).stdout)![1];
      await forgeRewrap(trial, code, keeps);
      const opened = unblind(trial);
      expect(opened.status).toBe(0);
      expect(/^ {2}(\w+) /m.exec(opened.stdout)?.[1]).toBe(arm);
      expect(opened.stdout).toMatch(
        /NOT CHECKED: .*rewrap-1\/manifest\.json is not a rewrap of this list/,
      );
      expect(opened.stdout).not.toContain('NOT PROVEN');
      // What is no emergency refuses, and verify says why.
      for (const words of [
        ['status'],
        ['open', '--reason', 'example', '--identity', trial.statistician],
      ]) {
        expect(randose(...words, '--study', trial.study).status).toBe(65);
      }
      const { status, stdout } = randose('verify', '--study', trial.study);
      expect(status).toBe(1);
      expect(stdout).toMatch(/rewrap-1\/manifest\.json: (is not signed|commits to another list)/);
    },
  );

  test('if the real envelopes are gone, nothing is opened', async () => {
    const trial = enrolled();
    await forgeRewrap(trial, arms_[0]!, false);
    rmSync(join(trial.study, 'allocation/envelopes'), { recursive: true });
    const refused = unblind(trial);
    expect(refused).toMatchObject({ status: 65, stdout: '' });
    expect(refused.stderr).toMatch(/NOT TRUSTED/);
    expect(refused.stderr).not.toMatch(/ILT101|PLACEBO/);
  });
});

describe('manifest and ledger made again around a forged envelope', () => {
  test('do not agree with what was filed, which proves the real envelope', async () => {
    const trial = enrolled();
    const filed = join(trial.folder, 'commitment.txt');
    mustRun('commitment', '--study', trial.study, '--output', filed);
    const arm = /^ {2}(\w+) /m.exec(unblind(trial).stdout)![1];
    const receipt = ledgerOf(trial.study)[0]!;
    const at = ['--subject', 'CRT-007', '--identity', trial.officer, '--reason', 'e'];
    const withFiled = (...words: string[]) =>
      randose('unblind', '--study', trial.study, ...at, ...words);
    // The manifest commits to the forger's own tree, and the ledger agrees with it.
    const manifest = join(trial.study, 'allocation/manifest.json');
    const text = forged(trial, arms[0]!.code);
    const root = rootOf(JSON.parse(text) as EnvelopeContent)!;
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace(/"root": "\w+"/, `"root": "${root}"`),
    );
    coverUp(trial);
    expectRefused(trial);
    const proven = withFiled('--commitment', filed);
    expect(/^ {2}(\w+) /m.exec(proven.stdout)?.[1]).toBe(arm);
    expect(proven.stdout).not.toContain('NOT PROVEN');
    const doubted = withFiled('--expect', `1:${String(receipt.hash)}`);
    expect(doubted.stdout).toMatch(
      /NOT CHECKED: ledger\.jsonl does not match the filed receipt of entry 1/,
    );
    const seal = sealFor([recipientOf(trial.officer)]);
    writeFileSync(envelopeOf(trial), await seal(text));
    const refused = withFiled('--commitment', filed);
    expect(refused).toMatchObject({ status: 65, stdout: '' });
    expect(refused.stderr).not.toMatch(/ILT101|PLACEBO/);
  });
});

test('no command uses a batch without a signature', () => {
  const trial = enrolled();
  const file = join(trial.study, 'study.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('slots: 18', 'slots: 24'));
  const words = ['--study', trial.study, '--plan', trial.plan];
  mustRun('allocate', '--extend', ...words, '--identity', trial.statistician);
  mustRun('verify', '--study', trial.study);
  rmSync(join(trial.study, 'allocation/batch-2/manifest.sig'));
  const one = ['--subject', 'X-1', '--site', 'CRT', '--day1', '2026-06-15', '--by', 'E'];
  const refused = randose('randomize', '--study', trial.study, ...one);
  expect(refused).toMatchObject({ status: 65, stdout: '' });
  expect(refused.stderr).toContain('is not signed with the signing key');
  expect(randose('verify', '--study', trial.study).status).toBe(1);
  // Without the public half nothing is taken for an old study that had none.
  rmSync(join(trial.study, 'allocation/signing.pub'));
  expect(randose('randomize', '--study', trial.study, ...one).status).toBe(65);
  expect(randose('allocate', '--extend', ...words, '--identity', trial.packer).status).toBe(65);
});
