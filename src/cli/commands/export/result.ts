import { LEDGER, STUDY, WOULD } from '../../results/common-parts.ts';
import { COUNT, form, forms, list, oneOf, says, TEXT } from '../../results/shapes.ts';

export const EXPORT_RESULT = forms(
  form('What was written.', {
    ...STUDY,
    what: says(TEXT, 'The dataset.'),
    format: says(oneOf(['csv', 'xlsx', 'json', 'ndjson', 'xpt']), 'The format of the files.'),
    rows: says(COUNT, 'How many rows they have.'),
    files: says(list(TEXT), 'The files that were written.'),
    ...LEDGER,
  }),
  WOULD,
);
