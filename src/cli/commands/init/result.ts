import { list, members, orNull, says, TEXT } from '../../results/shapes.ts';

export const INIT_RESULT = members({
  study: says(TEXT, 'The study.yaml that was written.'),
  plan: says(orNull(TEXT), 'The plan that was written; null without --plan.'),
  schemas: says(list(TEXT), 'The schemas for editors that were written.'),
});
