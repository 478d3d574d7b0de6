import { join } from 'node:path';
import { readCardKeys } from '../../blinding/card-keys.ts';
import { custodyOf, holdersOf, recipientsOf, type SealedKind } from '../../blinding/custody.ts';
import type { KeyPair } from '../../blinding/identity.ts';
import { formatManifest, makeManifest, type Manifest } from '../../blinding/manifest.ts';
import { readMaster } from '../../blinding/sealed-list.ts';
import { sealContents } from '../../blinding/sealing.ts';
import { signManifest, type SigningKey } from '../../blinding/signing-key.ts';
import { RandoseError } from '../../errors.ts';
import { batchFiles, envelopeFile, STUDY_FILE } from '../../study/layout.ts';
import { SOFTWARE } from '../../version.ts';
import { readText } from '../../system/files.ts';
import { readCardRecipients } from '../opening/open-cards.ts';
import { proveEnvelope } from '../opening/prove-envelope.ts';
import { keysFor, openSealed, readSealed } from '../opening/open-sealed.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';

/** A batch that is sealed to other people, ready for its place. */
export interface RewrappedBatch {
  readonly manifest: Manifest;
  /** path → content of every file that was sealed anew. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The text of its manifest.sig; undefined if the list has no signing key yet. */
  readonly signature: string | undefined;
}

/** The keys of a rewrap, beside those that open what is in force. */
export interface RewrapKeys {
  /** A new one, if it now takes several officers together. */
  readonly studyKey: KeyPair | undefined;
  /** Signs this rewrap: the one in force; undefined if there is none yet. */
  readonly signer: SigningKey | undefined;
  /** Signs what comes later; with the first batch alone. */
  readonly signingKey: SigningKey | undefined;
}

/**
 * Opens everything of a batch, has every envelope and the list prove themselves, and seals the same
 * contents to the people whom study.yaml names now. Cards that were printed stay good; what its
 * holders, who stay, alone can open is left as it is.
 *
 * @param tellProgress called with the number of envelopes sealed so far
 * @throws RandoseError `wrong-key` where the keys do not open all of it; `not-trusted` where something
 *   is not what was sealed
 */
export async function rewrapBatch(
  open: OpenStudy,
  batch: SealedBatch,
  given: readonly KeyPair[],
  { studyKey, signer, signingKey, created }: RewrapKeys & { readonly created: string },
  tellProgress: (sealed: number) => void,
): Promise<RewrappedBatch> {
  const { manifest, slots } = batch;
  const { study, root, text } = open;
  const now = filesOf(manifest);
  const rewrap = manifest.rewrap + 1;
  const { keys, refusal } = await keysFor(open, batch, given);
  if (refusal !== undefined) throw refusal;
  const custody = custodyOf(study, studyKey);
  const master = await openSealed(open, batch, now.master, keys);
  readMaster(master, {
    file: now.master,
    study: manifest.study,
    batch: manifest.batch,
    list: manifest.list,
    slots,
  });
  const isKept = (kind: SealedKind) => {
    const [before, after] = [manifest.custody, custody].map((one) => holdersOf(one)[kind]);
    return before?.who === 'people' && JSON.stringify(before) === JSON.stringify(after);
  };
  const keptOrOpened = async (kind: 'packing' | 'cards') =>
    isKept(kind)
      ? readSealed(open, batch, now[kind])
      : openSealed(open, batch, now[kind], keys).catch((error: unknown) => {
          throw withHolders(
            error,
            now[kind],
            recipientsOf(holdersOf(manifest.custody)[kind]).length,
          );
        });
  const cards = await keptOrOpened('cards');
  if (typeof cards === 'string') {
    readCardKeys(cards, { file: now.cards, study: manifest.study, list: manifest.list, slots });
  }
  const recipients = readCardRecipients(open, batch);
  const files = await sealContents(
    study,
    slots,
    {
      envelopeOf: async (index) => {
        const file = envelopeFile(slots[index]!, manifest.rewrap);
        const envelope = await openSealed(open, batch, file, keys);
        proveEnvelope(batch, index, envelope);
        return envelope;
      },
      master,
      packing: await keptOrOpened('packing'),
      cards,
    },
    {
      batch: manifest.batch,
      rewrap,
      studyKey,
      signingKey,
      created,
      recipients,
    },
    tellProgress,
  );
  const { list, cardRecipients } = batchFiles(manifest.batch);
  const all = new Map<string, string | Uint8Array>([
    [STUDY_FILE, text],
    [list, readText(join(root, list))],
    [cardRecipients, readText(join(root, cardRecipients))],
    ...files,
  ]);
  const facts = { batch: manifest.batch, rewrap, list: manifest.list, created, software: SOFTWARE };
  const { commitment } = manifest;
  const made = makeManifest(study, slots, all, { ...facts, custody, commitment });
  const signature = signer === undefined ? undefined : signManifest(formatManifest(made), signer);
  return { manifest: made, files, signature };
}

/** Where a file is sealed to somebody else alone, their key is needed too. */
function withHolders(error: unknown, file: string, holders: number): unknown {
  if (!(error instanceof RandoseError) || error.code !== 'wrong-key') return error;
  return new RandoseError('wrong-key', `${file} is sealed to other people, who are to change`, {
    hint: `Name the key of one of its ${holders} holders as well: --identity FILE, once for each key. Nothing was changed.`,
  });
}
