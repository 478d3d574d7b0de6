import { WOULD } from '../../results/common-parts.ts';
import { COUNT, form, forms, orNull, says, TEXT } from '../../results/shapes.ts';

export const PULL_RESULT = forms(
  form('The folder has the files of the study as they are in the database.', {
    folder: says(TEXT, 'The study folder.'),
    written: says(COUNT, 'How many files were written.'),
    superseded: says(
      orNull(TEXT),
      'The folder to which sealed files were moved that are no longer in force, or null.',
    ),
    edited: says(
      orNull(TEXT),
      'The edited study.yaml that was kept beside the one in force, or null.',
    ),
  }),
  WOULD,
);
