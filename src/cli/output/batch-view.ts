import { type Holders, holdersOf, holdersText } from '../../blinding/custody.ts';
import type { Manifest } from '../../blinding/manifest.ts';
import { FIRST_BATCH } from '../../randomization/list.ts';
import { batchFiles } from '../../study/layout.ts';
import { ratiosText, type Study } from '../../study/study.ts';
import { counted } from '../../words.ts';

/** A batch that has just been sealed, and who can open what. */
export function formatBatch(study: Study, manifest: Manifest): string {
  const { batch, slots, strata, commitment, replacements = 0 } = manifest;
  const inStrata = counted(strata.length, 'stratum', 'strata');
  const which = batch === FIRST_BATCH ? '' : `batch ${batch}, `;
  const drawn = study.strata.filter(({ id }) => strata.some(({ stratum }) => stratum === id));
  const ratios = ratiosText(study.arms, drawn);
  const also = replacements === 0 ? '' : ` and as many replacement slots`;
  const title = `${study.id}: ${which}${counted(slots - replacements, 'slot')}${also} in ${inStrata}, ${ratios}, drawn and sealed.`;
  return `${title}\n\n${formatHolders(manifest)}\nRoot of the commitment:\n  ${commitment.root}\n`;
}

/** Who can open which file of a batch. */
export function formatHolders({ batch, rewrap, custody, files }: Manifest): string {
  const { folder, sealed, packing } = batchFiles(batch, rewrap);
  const hasKits = packing in files;
  const holders = holdersOf(custody);
  const names = (some: Holders) => holdersText(custody, some);
  const rows = [
    [sealed, 'envelopes/', `one per slot, for ${names(holders.envelopes)}`],
    [sealed, 'master.age', `the list, its seed and plan, for ${names(holders.master)}`],
    ...(hasKits ? [[sealed, 'packing.age', `kit to arm, for ${names(holders.packing)}`]] : []),
    [sealed, 'cards.age', `one code-break card per slot, for ${names(holders.cards)}`],
    [folder, 'list.csv', `numbers${hasKits ? ' and kits' : ''}, for everyone: without arms`],
  ];
  const width = `${sealed}/packing.age`.length + 2;
  return rows
    .map(([where, file, what]) => `  ${`${where}/${file}`.padEnd(width)}${what}\n`)
    .join('');
}
