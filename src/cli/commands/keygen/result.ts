import { FILE, ROLE } from '../../results/common-parts.ts';
import { members, orNull, says, TEXT } from '../../results/shapes.ts';

export const KEYGEN_RESULT = members({
  recipient: says(TEXT, 'The public key, age1….'),
  ...FILE,
  role: says(orNull(ROLE), 'The role; null if none was given.'),
  name: says(TEXT, 'Whose key it is.'),
});
