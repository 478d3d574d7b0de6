import { recordResult } from '../../results/record-parts.ts';

export const ATTEND_RESULT = recordResult('attendance');
