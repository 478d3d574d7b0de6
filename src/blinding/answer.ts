import { armor } from 'age-encryption';
import { sealFor } from './seal.ts';

/** Seals an answer as an armored age file, which can be sent as text. */
export async function sealAnswerFor(recipient: string, text: string): Promise<string> {
  return armor.encode(await sealFor([recipient])(text));
}
