import { recordResult } from '../../results/record-parts.ts';

export const WITHDRAW_RESULT = recordResult('withdrawal');
