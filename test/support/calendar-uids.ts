import { createHash } from 'node:crypto';

/** The UID of an injection of DEPIL-2, as docs/FORMATS.md has it. */
export function uidOf(subject: string, visit: string): string {
  const digest = createHash('sha256').update(`DEPIL-2/${subject}/${visit}/injection`).digest('hex');
  return `${digest.slice(0, 32)}@randose`;
}
