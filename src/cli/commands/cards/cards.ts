import { RandoseError } from '../../../errors.ts';
import type { Contact } from '../../../exports/cards/card.ts';
import { formatCards } from '../../../exports/cards/pdf.ts';
import { formatHead } from '../../../ledger/chain.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import { sitesOfKits } from '../../../ledger/kit-sites.ts';
import { batchesOpened, openingsOf } from '../../../ledger/openings.ts';
import { formatWho, parseWho } from '../../../ledger/who.ts';
import { now } from '../../../system/clock.ts';
import { isSelfTest } from '../../../system/determined.ts';
import { writeNew } from '../../../system/files.ts';
import { openOnRecord } from '../../../store/opening/on-record.ts';
import { openCards, type OpenCard } from '../../../store/opening/open-cards.ts';
import { openStudy, type OpenStudy, type SealedBatch } from '../../../store/open-study.ts';
import { openerOf } from '../../../store/opening/owners.ts';
import { kitsOf } from '../../../randomization/list.ts';
import { signingWith } from '../../../store/signing.ts';
import { envelopeFile } from '../../../study/layout.ts';
import type { Study } from '../../../study/study.ts';
import { atHome } from '../../study/at-home.ts';
import { tellDryRun } from '../../study/look-first.ts';
import { keysAfterReason, openingReason } from '../../study/opening-reason.ts';
import { requireKeyFlags } from '../../arguments/keys.ts';
import { refuseOpened } from '../../study/opened-list.ts';
import { requirePdfName } from '../../format-by-name.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { refuseSecretFile } from '../../study/secret-file.ts';
import { counted } from '../../../words.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { CardsFlags } from './command.ts';
import { dayText } from '../../../ledger/times.ts';

/**
 * `randose cards`: the code-break cards for the sites' sealed envelopes, as a PDF. They are made once; whoever makes
 * them again must say so, and the ledger has it.
 */
export async function cards(output: Output, options: CardsFlags): Promise<void> {
  const place = studyPlace(options);
  const by = options.by === undefined ? undefined : parseWho(options.by);
  const isReprint = options.again === true;
  await requireKeyFlags(options);
  refuseSecretFile(options.output);
  requirePdfName('--output', options.output);
  const before = await openStudy(place); // fails before a passphrase is asked for
  const wanted = batchesToPrint(before, isReprint);
  if (options.dryRun === true) {
    const count = wanted.reduce((sum, { slots }) => sum + slots.length, 0);
    tellDryRun(output, `print ${counted(count, 'code-break card')} to ${options.output}`);
    return;
  }
  const given = options.reason?.trim() ?? null;
  const reason = isReprint
    ? await openingReason(
        output,
        options.reason,
        '--again',
        'the cards were lost in the post',
        before.study,
      )
    : given;
  const signing = await signingWith(options.sign, !output.json);
  const study = await atHome(output, place, options);
  const keys = await keysAfterReason(output, options, reason);
  const opened = await openOnRecord<number, 'card making'>(study, signing, {
    intentOf: (open) => ({
      action: 'card making intent',
      ...openerOf(open, keys, by),
      reason,
      batches: batchesToPrint(open, isReprint).map(({ manifest }) => manifest.batch),
    }),
    work: async (open) => {
      if (!keys.ok) throw keys.error;
      const batches = batchesToPrint(open, isReprint);
      const perBatch: OpenCard[][] = [];
      for (const batch of batches) {
        const total = batch.slots.length;
        const cardsOfBatch = await openCards(open, batch, keys.value, (checked) => {
          output.progress(checked, total, 'checking cards');
        });
        perBatch.push(cardsOfBatch);
      }
      const found = perBatch.flat();
      const pages = await pagesOf(output, open, found, isReprint);
      writeNew(options.output, pages, { mode: 'private' });
      return found.length;
    },
  });
  if (!opened.ok) throw refuseOpened(output, opened);
  const { head, value: count, open } = opened;
  output.result(
    { study: open.study.id, file: options.output, cards: count, ledger: head },
    `${options.output}: ${counted(count, 'code-break card')}. Only you can read this file.\n`,
  );
  output.say(
    'Print it. Fold and cover each card, and seal it into its envelope. Then destroy the file, and what the printer keeps. Anyone with a card can open its allocation.',
  );
  output.say(`The ledger says that the cards were made.\n${formatReceipt(head)}`);
}

/** @throws RandoseError `would-overwrite` if all cards have been made and --again is not given */
function batchesToPrint(
  { batches, entries }: OpenStudy,
  isReprint: boolean,
): readonly SealedBatch[] {
  if (isReprint) return batches;
  const made = batchesOpened(entries, 'card making');
  const left = batches.filter(({ manifest }) => !made.has(manifest.batch));
  if (left.length > 0) return left;
  const last = openingsOf(entries, 'card making').at(-1)?.intent;
  const when = last === undefined ? '' : ` on ${dayText(last.time)} by ${formatWho(last.who)}`;
  throw new RandoseError('would-overwrite', `the code-break cards were already made${when}`, {
    hint: 'Nothing was opened. Cards are made once, so that each one is known. If they are lost, add --again --reason TEXT: each card then says REPRINT.',
  });
}

/** The cards as a PDF. */
async function pagesOf(
  output: Output,
  { study, batches, entries }: OpenStudy,
  found: readonly OpenCard[],
  isReprint: boolean,
): Promise<Uint8Array> {
  const { FONTS } = await import('../../../system/fonts.ts');
  const siteOf = sitesOfKits(entries);
  const names = new Map(study.sites.map(({ code, name }) => [code, name]));
  const allocations = entriesOf(entries, 'allocation');
  // The self-test explains each digest that differs with the arms. In a compressed PDF it cannot, so it is blank.
  const hashOf = (hash: string) => (isSelfTest() ? '0'.repeat(hash.length) : hash);
  const receipts = new Map(
    allocations.map(({ batch, seq, hash }) => [batch, formatHead({ seq, hash: hashOf(hash) })]),
  );
  const tellProgress = (drawn: number) => {
    output.progress(drawn, found.length, 'drawing cards');
  };
  const pages = await formatCards(
    {
      study: { id: study.id, title: study.title, sponsor: study.sponsor },
      made: now().slice(0, 10),
      isDummy: study.domain === 'dummy',
      isReprint,
      contact: contactOf(study),
      cards: found.map(({ slot, identity }) => ({
        number: slot.number,
        kits: kitsOf(slot),
        stratum: slot.stratum,
        site: names.get(siteOf(slot) ?? '') ?? null,
        envelope: envelopeFile(slot, batches[slot.batch - 1]!.manifest.rewrap),
        identity,
        receipt: receipts.get(slot.batch)!,
      })),
    },
    FONTS,
    tellProgress,
  );
  tellProgress(found.length);
  return pages;
}

/** The person to call at any hour: the contact of the labels, if it has a telephone number. */
function contactOf({ supplies }: Study): Contact | null {
  const { name, phone } = supplies.labels.contact ?? {};
  return name === undefined || phone === undefined ? null : { name, phone };
}
