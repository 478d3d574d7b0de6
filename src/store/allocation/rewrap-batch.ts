import { join } from 'node:path';
import { readCardKeys } from '../../blinding/card-keys.ts';
import { custodyOf, holdersOf, recipientsOf, type SealedKind } from '../../blinding/custody.ts';
import type { KeyPair } from '../../blinding/identity.ts';
import { formatManifest, makeManifest, type SealedCustody } from '../../blinding/manifest.ts';
import { readMaster } from '../../blinding/sealed-list.ts';
import { type Contents, sealContents } from '../../blinding/sealing.ts';
import { signManifest, type SigningKey } from '../../blinding/signing-key.ts';
import type { Content } from '../../digest.ts';
import { RandoseError } from '../../errors.ts';
import { haveKits } from '../../randomization/list.ts';
import { batchFiles, envelopeFile, STUDY_FILE } from '../../study/layout.ts';
import { SOFTWARE } from '../../version.ts';
import { readText } from '../../system/files.ts';
import { readCardRecipients } from '../opening/open-cards.ts';
import { proveEnvelope } from '../opening/prove-envelope.ts';
import { keysFor, openSealed, readSealed } from '../opening/open-sealed.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';
import { sealerInThreads } from './sealer-in-threads.ts';
import type { ReadyBatch } from './unfinished-folder.ts';

/** The keys of a rewrap, apart from those that open the files in force. */
interface RewrapKeys {
  /** A new one, if several officers are now needed together; else undefined. */
  readonly studyKey: KeyPair | undefined;
  /** The signing key in force, which signs this rewrap; undefined if there is none yet. */
  readonly signer: SigningKey | undefined;
  /** A new one, which signs what comes later; only with the first batch. */
  readonly signingKey: SigningKey | undefined;
}

/**
 * Opens everything in a batch, proves every envelope and the list, and encrypts the same contents for the
 * people whom study.yaml names now. Cards that were printed stay valid. A file stays as it is if only its
 * holders can open it and they stay the same.
 *
 * @param tellProgress called with the number of envelopes sealed so far
 * @throws RandoseError `wrong-key` if the keys do not open all of it; `not-trusted` if something is not
 *   what was sealed
 */
export async function rewrapBatch(
  open: OpenStudy,
  batch: SealedBatch,
  given: readonly KeyPair[],
  { studyKey, signer, signingKey, created }: RewrapKeys & { readonly created: string },
  tellProgress: (sealed: number) => void,
): Promise<ReadyBatch> {
  const { manifest, slots } = batch;
  const rewrap = manifest.rewrap + 1;
  const { keys, refusal } = await keysFor(open, batch, given);
  if (refusal !== undefined) throw refusal;
  const custody = custodyOf(open.study, studyKey);
  const contents = await openContents(open, batch, keys, custody);
  const recipients = readCardRecipients(open, batch);
  const files = await sealContents(
    open.study,
    slots,
    contents,
    { batch: manifest.batch, rewrap, studyKey, signingKey, created, recipients },
    tellProgress,
    sealerInThreads,
  );
  const { list, commitment } = manifest;
  const facts = { batch: manifest.batch, rewrap, list, created, software: SOFTWARE };
  const all = new Map<string, Content>([...publicFiles(open, batch), ...files]);
  const made = makeManifest(open.study, slots, all, { ...facts, custody, commitment });
  const signature = signer === undefined ? undefined : signManifest(formatManifest(made), signer);
  return { manifest: made, files, signature };
}

/** The contents of everything that is sealed in a batch, each proven as it is opened. */
async function openContents(
  open: OpenStudy,
  batch: SealedBatch,
  keys: readonly KeyPair[],
  custody: SealedCustody,
): Promise<Contents> {
  const keptOrOpened = (kind: 'packing' | 'cards') =>
    isKept(batch, custody, kind)
      ? readSealed(open, batch, filesOf(batch.manifest)[kind])
      : openKind(open, batch, kind, keys);
  const master = await openMasterText(open, batch, keys);
  const cards = await keptOrOpened('cards');
  if (typeof cards === 'string') checkCards(batch, cards);
  const packing = haveKits(batch.slots) ? await keptOrOpened('packing') : undefined;
  const envelopeOf = async (index: number) => {
    const file = envelopeFile(batch.slots[index]!, batch.manifest.rewrap);
    const envelope = await openSealed(open, batch, file, keys);
    proveEnvelope(batch, index, envelope);
    return envelope;
  };
  return {
    envelopeOf,
    master: () => master,
    packing: packing === undefined ? undefined : () => packing,
    cards: () => cards,
  };
}

/** Whether a file stays sealed as it is: only its holders can open it, and they stay the same. */
function isKept({ manifest }: SealedBatch, custody: SealedCustody, kind: SealedKind): boolean {
  const [before, after] = [manifest.custody, custody].map((one) => holdersOf(one)[kind]);
  return before?.who === 'people' && JSON.stringify(before) === JSON.stringify(after);
}

async function openMasterText(
  open: OpenStudy,
  batch: SealedBatch,
  keys: readonly KeyPair[],
): Promise<string> {
  const { manifest, slots } = batch;
  const { master: file } = filesOf(manifest);
  const text = await openSealed(open, batch, file, keys);
  const { study, list } = manifest;
  readMaster(text, { file, study, batch: manifest.batch, list, slots });
  return text;
}

function checkCards({ manifest, slots }: SealedBatch, text: string): void {
  const { study, list } = manifest;
  readCardKeys(text, { file: filesOf(manifest).cards, study, list, slots });
}

/** Opens the packing list or the cards. If only other people can, the error says so. */
async function openKind(
  open: OpenStudy,
  batch: SealedBatch,
  kind: 'packing' | 'cards',
  keys: readonly KeyPair[],
): Promise<string> {
  const file = filesOf(batch.manifest)[kind];
  const holders = recipientsOf(holdersOf(batch.manifest.custody)[kind]).length;
  return openSealed(open, batch, file, keys).catch((error: unknown) => {
    throw withHolders(error, file, holders);
  });
}

/** The files of a batch that are not sealed, unchanged; study.yaml as it is now. */
function publicFiles(
  { root, text }: OpenStudy,
  { manifest }: SealedBatch,
): [file: string, content: string][] {
  const { list, cardRecipients } = batchFiles(manifest.batch);
  return [
    [STUDY_FILE, text],
    [list, readText(join(root, list))],
    [cardRecipients, readText(join(root, cardRecipients))],
  ];
}

/** If only other people can open a file, the error says that one of their keys is needed too. */
function withHolders(error: unknown, file: string, holders: number): unknown {
  if (!(error instanceof RandoseError) || error.code !== 'wrong-key') return error;
  const whose = holders === 1 ? 'its holder' : `one of its ${holders} holders`;
  return new RandoseError('wrong-key', `these keys do not open ${file}, and its holders change`, {
    hint: `Also name the key of ${whose}: --identity FILE, once for each key. Nothing was changed.`,
  });
}
