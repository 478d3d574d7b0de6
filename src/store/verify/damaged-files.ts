import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { STUDY_FILE } from '../../study/layout.ts';
import { readBytes } from '../../system/files.ts';
import type { OpenStudy } from '../open-study.ts';

/** The sealed files in force that are missing, or that somebody changed. */
export function damagedFiles({ root, batches }: OpenStudy): Problem[] {
  const named = batches.flatMap(({ manifest }) => Object.entries(manifest.files));
  return named.flatMap(([file, digest]) => {
    if (file === STUDY_FILE) return [];
    try {
      if (sha256(readBytes(join(root, file))) === digest) return [];
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      return [{ file, message: error.message }];
    }
    return [{ file, message: 'is not the file that was sealed: its digest differs' }];
  });
}
