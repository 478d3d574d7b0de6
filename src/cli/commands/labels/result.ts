import * as v from 'valibot';
import { FILE, LEDGER, STUDY } from '../../results/common-parts.ts';
import { recordDryRun } from '../../results/record-parts.ts';
import { COUNT, form, forms, list, says, TEXT } from '../../results/shapes.ts';

const LABELS = {
  labels: says(COUNT, 'How many labels were made.'),
  files: says(list(TEXT), 'The files that were written.'),
};

export const LABELS_RESULT = forms(
  form('Labels to use.', {
    ...STUDY,
    profile: says(TEXT, 'The law that they follow.'),
    ...LABELS,
    kits: says(COUNT, 'Of how many kits.'),
    reprints: says(list(TEXT), 'The kits that had such labels before.'),
    ...LEDGER,
  }),
  form('With --specimen: labels to look at, which are not on record.', {
    ...STUDY,
    specimen: says(v.literal(true), 'They are marked as specimens.'),
    ...LABELS,
  }),
  form('With --calibrate: the outlines of a sheet.', {
    ...FILE,
    sheet: says(TEXT, 'The name of the sheet.'),
  }),
  recordDryRun('labels'),
);
