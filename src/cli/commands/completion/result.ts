import { members, oneOf, says, TEXT } from '../../results/shapes.ts';

export const COMPLETION_RESULT = members({
  shell: says(oneOf(['bash', 'zsh', 'fish']), 'The shell.'),
  script: says(TEXT, 'The script.'),
});
