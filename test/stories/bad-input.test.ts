import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCardRecipients, readCardKeys } from '../../src/blinding/card-keys.ts';
import { formatEnvelope, readEnvelope } from '../../src/blinding/envelope.ts';
import { readIdentityFile } from '../../src/blinding/identity.ts';
import { parseManifest } from '../../src/blinding/manifest.ts';
import { readProof } from '../../src/blinding/proof.ts';
import { readPublication } from '../../src/blinding/published.ts';
import { unseal } from '../../src/blinding/seal.ts';
import { readMaster } from '../../src/blinding/sealed-list.ts';
import { unwrapStudyKey } from '../../src/blinding/study-key.ts';
import { RandoseError } from '../../src/errors.ts';
import { readLedger } from '../../src/ledger/chain.ts';
import { readPlan } from '../../src/randomization/plan.ts';
import { parsePublicList } from '../../src/randomization/public-list.ts';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { readStudy } from '../../src/study/study-file.ts';
import { enrolled, mustRun, randose, testFolder, type Trial } from '../support/command-line.ts';

let trial: Trial;
let proof: string;
const at = (file: string) => readFileSync(join(trial.study, file));

beforeAll(() => {
  trial = enrolled(afterAll);
  const file = join(trial.folder, 'proof.txt');
  const officer = ['--identity', trial.officer, '--reason', 'example'];
  mustRun('unblind', '--study', trial.study, '--subject', 'CRT-007', ...officer, '--proof', file);
  proof = readFileSync(file, 'utf8');
});

/** A text, or bytes, with some of it taken out, put in, turned round or written over. */
const anyDamage = fc.array(
  fc.record({
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 3000 })),
    kind: fc.constantFrom('drop', 'insert', 'repeat', 'reverse', 'value'),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .constantFrom(
          'null',
          '-1',
          '1e999',
          '"',
          '}',
          '[[',
          '\n',
          '\u0000',
          '\ud800',
          'AGE-SECRET-',
        )
        .map((text) => new TextEncoder().encode(text)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);
type Damage = typeof anyDamage extends fc.Arbitrary<infer T> ? T : never;

function damaged(original: Uint8Array, damage: Damage): Buffer {
  let bytes = Buffer.from(original);
  for (const { from, length, kind, bytes: more } of damage) {
    const begin = Math.floor(from * bytes.length);
    const end = Math.min(bytes.length, begin + length);
    const [before, span, after] = [
      bytes.subarray(0, begin),
      bytes.subarray(begin, end),
      bytes.subarray(end),
    ];
    if (kind === 'drop') bytes = Buffer.concat([before, after]);
    if (kind === 'insert') bytes = Buffer.concat([before, more, span, after]);
    if (kind === 'repeat') bytes = Buffer.concat([before, span, span, after]);
    if (kind === 'reverse') bytes = Buffer.concat([before, Buffer.from(span).reverse(), after]);
    // A whole value of JSON or YAML is another one.
    if (kind === 'value') {
      const text = bytes.toString('utf8');
      const place = Math.floor(from * text.length);
      const tail = text
        .slice(place)
        .replace(/: ?("[^"\n]*"|[\d.]+|[^\n,]+)/, `: ${Buffer.from(more).toString()}`);
      bytes = Buffer.from(text.slice(0, place) + tail);
    }
  }
  return bytes;
}

/** Whatever goes in, a value or a known error comes out, and no error tells an arm. */
async function alwaysKnown(
  original: Uint8Array | string,
  read: (bytes: Uint8Array, text: string) => unknown,
  numRuns = 300,
): Promise<void> {
  const bytes = Buffer.from(original);
  const any = fc.oneof(
    { weight: 4, arbitrary: anyDamage.map((damage) => damaged(bytes, damage)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)) },
  );
  await fc.assert(
    fc.asyncProperty(any, async (input) => {
      try {
        await read(input, input.toString('utf8'));
      } catch (error) {
        expect(error).toBeInstanceOf(RandoseError);
        const { message, hint = '', problems } = error as RandoseError;
        expect(`${message} ${hint} ${JSON.stringify(problems)}`).not.toMatch(/ILT101|PLACEBO/);
      }
    }),
    { numRuns },
  );
}

describe('bad input gives a known error', () => {
  const manifestOf = () => parseManifest(at('allocation/manifest.json').toString(), 1);
  const slotsOf = () => parsePublicList(at('allocation/list.csv').toString(), 1);

  test('envelopes, opened', async () => {
    const key = readFileSync(trial.officer);
    const [{ identity } = { identity: '' }] = await readIdentityFile(key, 'k', never);
    const sealed = at('allocation/envelopes/R001.age');
    const { study, list, commitment } = manifestOf();
    const slot = slotsOf()[0]!;
    const expected = { study, list, slot, index: 0, commitment };
    const opened = await unseal(sealed, [identity], 'it');
    const content = readEnvelope(opened, expected);
    // Without its padding, so that damage hits something.
    const unpadded = formatEnvelope(content).replace(/ {9,}/, '');
    await alwaysKnown(unpadded, (_, text) => readEnvelope(text, expected));
    await alwaysKnown(sealed, (bytes) => unseal(bytes, [identity], 'it'));
    const file = 'master';
    const master = await unseal(at('allocation/master.age'), [identity], 'it');
    const about = { file, study, batch: 1, list, slots: slotsOf() };
    await alwaysKnown(master.trimEnd(), (_, text) => readMaster(text, about));
    const cards = await unseal(at('allocation/cards.age'), [identity], 'it');
    await alwaysKnown(cards, (_, text) => readCardKeys(text, about));
  });

  test('manifests, lists, recipients of cards', async () => {
    await alwaysKnown(at('allocation/manifest.json'), (_, text) => parseManifest(text, 1));
    await alwaysKnown(at('allocation/list.csv'), (_, text) => parsePublicList(text, 1));
    await alwaysKnown(at('allocation/card-recipients.csv'), (_, text) =>
      parseCardRecipients(text, 'f', slotsOf()),
    );
  });

  test('ledgers, commitments, proofs', async () => {
    await alwaysKnown(at('ledger.jsonl'), (_, text) => readLedger(text));
    const commitment = mustRun('commitment', '--study', trial.study);
    await alwaysKnown(commitment, (_, text) => readPublication(text, 'f'));
    await alwaysKnown(proof, (_, text) => readProof(text, 'f'));
  });

  test('keys, and what officers share', async () => {
    await alwaysKnown(readFileSync(trial.officer), (bytes) => readIdentityFile(bytes, 'k', never));
    const envelope = at('allocation/envelopes/R001.age');
    const [key] = await readIdentityFile(readFileSync(trial.officer), 'k', never);
    const officers = [1, 2].map((n) => ({
      name: `${n}`,
      recipient: n === 1 ? key!.recipient : 'x',
    }));
    const sharing = { officers, needed: 1, recipient: key!.recipient };
    await alwaysKnown(envelope, (bytes) =>
      unwrapStudyKey(new Map([['1.age', bytes]]), sharing, [key!]),
    );
  });

  test('studies and plans', async () => {
    await alwaysKnown(STUDY_TEMPLATE, (_, text) => readStudy(text, 'study.yaml', 'seal'), 1000);
    const study = readStudy(STUDY_TEMPLATE, 'study.yaml');
    await alwaysKnown(readFileSync(trial.plan), (_, text) =>
      readPlan(text, 'plan.yaml', study.design),
    );
  });

  test('on the command line too: no stack trace, no arm, an exit status that the help names [R-108]', () => {
    const study = join(testFolder(), 'study');
    cpSync(trial.study, study, { recursive: true });
    const files = [
      ...['study.yaml', 'ledger.jsonl', 'allocation/manifest.json', 'allocation/list.csv'],
      ...['allocation/envelopes/R007.age', 'allocation/card-recipients.csv'],
    ];
    const officer = ['--subject', 'CRT-007', '--identity', trial.officer, '--reason', 'example'];
    const commands = [['verify'], ['status'], ['ledger'], ['unblind', ...officer]];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        anyDamage,
        fc.constantFrom(...commands),
        (file, damage, words) => {
          const path = join(study, file);
          const ledger = readFileSync(join(study, 'ledger.jsonl'));
          const before = readFileSync(path);
          const changed = damaged(before, damage);
          writeFileSync(path, changed);
          const { status, stdout, stderr } = randose(...words, '--study', study);
          writeFileSync(join(study, 'ledger.jsonl'), ledger);
          writeFileSync(path, before);
          expect([0, 1, 64, 65, 66, 77, 78]).toContain(status);
          expect(stderr).not.toMatch(/a bug in randose|^ {4}at /m);
          if (status !== 0 && file !== 'study.yaml') {
            expect(stdout + stderr).not.toMatch(/ILT101|PLACEBO/);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

function never(wrong: number): Promise<string | undefined> {
  return Promise.resolve(wrong === 0 ? 'no passphrase at all' : undefined);
}
