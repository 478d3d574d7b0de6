import { recordResult } from '../../results/record-parts.ts';

export const DOSE_RESULT = recordResult('dose', 'additional dose', 'attendance');
