import { recordResult } from '../../results/record-parts.ts';

export const MOVE_RESULT = recordResult('move');
