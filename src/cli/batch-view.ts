import type { Manifest } from '../blinding/manifest.ts';
import { sealedFor } from '../blinding/sealing.ts';
import { FIRST_BATCH } from '../randomization/list.ts';
import { batchFiles } from '../study/layout.ts';
import { type Person, ratioText, type Study } from '../study/study.ts';

/** What a freshly sealed batch is, and what was sealed to whom. */
export function formatBatch(study: Study, { batch, slots, strata }: Manifest): string {
  const inStrata = strata.length === 1 ? '1 stratum' : `${strata.length} strata`;
  const which = batch === FIRST_BATCH ? '' : `batch ${batch}, `;
  const title = `${study.id}: ${which}${slots} slots in ${inStrata}, ${ratioText(study.arms)}, drawn and sealed.`;
  const { folder } = batchFiles(batch);
  const recipients = sealedFor(study);
  const rows = [
    ['envelopes/', `one a slot, for ${names(recipients.envelopes)}`],
    ['master.age', `the list, its seed and plan, for ${names(recipients.master)}`],
    ['packing.age', `kit to arm, for ${names(recipients.packing)}`],
    ['list.csv', 'numbers and kits, for everyone: no arm in it'],
  ] as const;
  const width = `${folder}/packing.age`.length + 2;
  const lines = rows.map(([file, what]) => `  ${`${folder}/${file}`.padEnd(width)}${what}\n`);
  return `${title}\n\n${lines.join('')}`;
}

function names(people: readonly Person[]): string {
  return people.map((person) => person.name).join(', ');
}
