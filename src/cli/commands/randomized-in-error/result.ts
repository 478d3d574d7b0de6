import { recordResult } from '../../results/record-parts.ts';

export const RANDOMIZED_IN_ERROR_RESULT = recordResult('randomization in error');
