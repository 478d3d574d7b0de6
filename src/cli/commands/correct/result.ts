import { recordResult } from '../../results/record-parts.ts';

export const CORRECT_RESULT = recordResult('stratum correction', 'subject correction');
