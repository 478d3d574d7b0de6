import type { CountTable } from '../randomization/count-table.ts';
import { type AllocatedSlot, haveKits, type Slot } from '../randomization/list.ts';
import { formatPublicList } from '../randomization/public-list.ts';
import { batchFiles, envelopeFile } from '../study/layout.ts';
import type { Study } from '../study/study.ts';
import { formatCardKeys, formatCardRecipients } from './card-keys.ts';
import { commit, type Commitment, commitmentOf, type Salts } from './commitment.ts';
import { type Custodians, custodyOf, holdersOf, recipientsOf } from './custody.ts';
import { formatEnvelope } from './envelope.ts';
import { formatIdentityFile, type KeyPair } from './identity.ts';
import type { SealedCustody } from './manifest.ts';
import { sealFor } from './seal.ts';
import { type OpenSealer, type SealedFile, type Sealer, sealerHere } from './sealer.ts';
import {
  formatMaster,
  formatPackingList,
  type MasterContent,
  type SealedDesign,
} from './sealed-list.ts';
import { formatSigningKey, formatSigningSecret, type SigningKey } from './signing-key.ts';
import { wrapStudyKey } from './study-key.ts';

/** The number of envelopes in a group: enough to keep the machine busy, and few, for they wait in memory. */
const GROUP = 32;

/** The parts of a batch other than its study and its slots. */
export interface BatchSecrets {
  readonly batch: number;
  /** The identifier of the batch's list. */
  readonly list: string;
  readonly seed: Uint8Array;
  readonly salts: Salts;
  readonly studyFile: string;
  readonly planFile: string;
  /** The tables of a least predictable list; undefined for permuted blocks. */
  readonly tables?: readonly CountTable[] | undefined;
  /** The code-break card of each slot, in their order. */
  readonly cards: readonly KeyPair[];
  /** The key that the officers share; undefined without a threshold. */
  readonly studyKey: KeyPair | undefined;
  /** Signs the manifests of later batches and rewraps; undefined if the batch has no key of its own. */
  readonly signingKey: SigningKey | undefined;
  /** When it is made: an instant in ISO 8601, UTC. */
  readonly created: string;
}

/** The files of a sealed batch. */
interface SealedFiles {
  /** path → content of every file of the batch except its manifest, in a fixed order. */
  readonly files: Map<string, SealedFile | string>;
  readonly commitment: Commitment;
  readonly custody: SealedCustody;
}

/**
 * Seals a batch of the allocation list: an envelope for each slot, the whole list with its seed and plan, the
 * packing list, and the code-break cards. Unsealed, they exist in memory only.
 *
 * @param study with at least one officer
 * @param tellProgress called with the number of envelopes sealed so far
 * @param openSealer makes what seals the envelopes
 */
export async function sealList(
  study: Custodians & Pick<Study, 'id' | 'domain'> & SealedDesign,
  slots: readonly AllocatedSlot[],
  secrets: BatchSecrets,
  tellProgress: (sealed: number) => void = () => undefined,
  openSealer: OpenSealer = sealerHere,
): Promise<SealedFiles> {
  const { batch, list, salts, studyFile, planFile, tables, cards, studyKey } = secrets;
  if (salts.slots.length !== slots.length) throw new Error('each slot has a salt of its own');
  const master: MasterContent = {
    study: study.id,
    domain: study.domain,
    batch,
    list,
    seed: Buffer.from(secrets.seed).toString('hex'),
    studyFile,
    planFile,
    ...(tables !== undefined && { tables }),
    salt: salts.list,
    slots: slots.map((slot, index) => ({ ...slot, salt: salts.slots[index]! })),
  };
  const { slots: leaves, tree } = commit(study, master);
  const paths = batchFiles(batch);
  const contents: Contents = {
    envelopeOf: (index) =>
      formatEnvelope({ ...leaves[index]!, index, leaves: tree.size, path: tree.pathOf(index) }),
    master: () => formatMaster(master, study),
    packing: haveKits(slots) ? () => formatPackingList(slots, study.arms) : undefined,
    cards: () =>
      formatCardKeys({
        study: study.id,
        list,
        cards: slots.map(({ number }, index) => ({ number, identity: cards[index]!.identity })),
      }),
  };
  const recipients = cards.map(({ recipient }) => recipient);
  const sealed = await sealContents(
    study,
    slots,
    contents,
    { ...secrets, recipients, rewrap: 0 },
    tellProgress,
    openSealer,
  );
  const files = new Map<string, SealedFile | string>([
    [paths.list, formatPublicList(slots)],
    [paths.cardRecipients, formatCardRecipients(slots, cards)],
  ]);
  for (const [path, content] of sealed) files.set(path, content);
  return {
    files,
    commitment: commitmentOf(tree),
    custody: custodyOf(study, studyKey),
  };
}

/** The plaintexts to be sealed. They exist in memory only. */
export interface Contents {
  /** The plaintext of the envelope of the slot at a place, from 0. */
  readonly envelopeOf: (index: number) => string | Promise<string>;
  readonly master: () => string;
  /** The plaintext; or, as bytes, the sealed file if it stays as it is; undefined if the study has no kits. */
  readonly packing: (() => string | Uint8Array) | undefined;
  readonly cards: () => string | Uint8Array;
}

/** The batch and the rewrap that contents are sealed for. */
interface SealingPlace extends Pick<BatchSecrets, 'batch' | 'studyKey' | 'signingKey' | 'created'> {
  readonly rewrap: number;
  /** The public halves of the slots' code-break cards, in their order. */
  readonly recipients: readonly string[];
}

/**
 * Seals contents to the people in the study, and each envelope also to its code-break card.
 *
 * @returns path → content of every sealed file, in a fixed order
 */
export async function sealContents(
  study: Custodians & Pick<Study, 'id'>,
  slots: readonly Slot[],
  contents: Contents,
  { batch, rewrap, studyKey, signingKey, created, recipients }: SealingPlace,
  tellProgress: (sealed: number) => void,
  openSealer: OpenSealer,
): Promise<Map<string, SealedFile>> {
  const paths = batchFiles(batch, rewrap);
  const custody = custodyOf(study, studyKey);
  const holders = holdersOf(custody);
  const seal = (kind: keyof typeof holders, content: string | Uint8Array) => {
    if (typeof content !== 'string') return content;
    return sealFor(recipientsOf(holders[kind]))(content);
  };
  // The long texts come first: together with the envelopes they would take more memory.
  const master = await seal('master', contents.master());
  const packing = contents.packing && (await seal('packing', contents.packing()));
  const cards = await seal('cards', contents.cards());
  const files = new Map<string, SealedFile>();
  const sealer = await openSealer(recipientsOf(holders.envelopes), slots.length);
  const envelopes = await sealEnvelopes(sealer, contents, recipients, tellProgress).finally(() => {
    sealer.close();
  });
  for (const [index, slot] of slots.entries()) {
    files.set(envelopeFile(slot, rewrap), envelopes[index]!);
  }
  files.set(paths.master, master);
  if (packing !== undefined) files.set(paths.packing, packing);
  files.set(paths.cards, cards);
  if (signingKey !== undefined) {
    files.set(paths.signing, await seal('signing', formatSigningSecret(signingKey, study.id)));
    files.set(paths.signingKey, Buffer.from(formatSigningKey(signingKey, study.id)));
  }
  if (custody.recipient !== null) {
    const key = formatIdentityFile(studyKey!, created);
    const wrapped = await wrapStudyKey(key, study.officers, custody.needed);
    for (const [name, content] of wrapped) files.set(`${paths.custody}/${name}`, content);
  }
  return files;
}

/** The sealed envelopes, in the order of their slots' code-break cards. */
async function sealEnvelopes(
  sealer: Sealer,
  { envelopeOf }: Contents,
  cards: readonly string[],
  tellProgress: (sealed: number) => void,
): Promise<SealedFile[]> {
  const sealed: SealedFile[] = [];
  let [begun, done] = [0, 0];
  const sealNextGroups = async () => {
    while (begun < cards.length) {
      const first = begun;
      const recipients = cards.slice(first, first + GROUP);
      begun += recipients.length;
      const texts = await Promise.all(
        recipients.map(async (_, place) => envelopeOf(first + place)),
      );
      const files = await sealer.seal({ texts, recipients });
      for (const [place, file] of files.entries()) sealed[first + place] = file;
      done += files.length;
      tellProgress(done);
    }
  };
  await Promise.all(Array.from({ length: sealer.sideBySide }, sealNextGroups));
  return sealed;
}
