import { recordResult } from '../../results/record-parts.ts';

export const TRANSFER_RESULT = recordResult('transfer');
