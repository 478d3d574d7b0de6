import { ROLE, STUDY } from '../../results/common-parts.ts';
import { COUNT, list, members, oneOf, optional, says, TEXT, YES_NO } from '../../results/shapes.ts';

const PERSON = {
  role: says(ROLE, 'The role of the person.'),
  name: says(TEXT, 'The name in study.yaml.'),
  recipient: says(TEXT, 'The public key, age1….'),
};

export const PEOPLE_RESULT = members({
  ...STUDY,
  people: says(list(members(PERSON)), 'The people in study.yaml.'),
  custody: says(
    members({
      rule: says(oneOf(['any', 'threshold']), 'Whether any officer can open, or several together.'),
      needed: optional(says(COUNT, 'How many officers it takes; only with a threshold.')),
      of: optional(says(COUNT, 'Of how many; only with a threshold.')),
    }),
    'How many officers it takes to open what is sealed to them.',
  ),
});

export const PEOPLE_ADD_RESULT = members({
  ...STUDY,
  ...PERSON,
  written: says(YES_NO, 'Whether study.yaml was changed; false with --dry-run.'),
});
