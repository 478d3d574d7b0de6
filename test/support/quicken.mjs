/**
 * Protects a secret key anew by its own passphrase, with less work for whoever opens it: each one that commands open as
 * they come takes a second or more.
 *
 * Arguments: the key file, and the passphrase.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { armor, Decrypter, Encrypter } from 'age-encryption';

const LEAST_WORK = 10; // of 18, each twice that of the one before

const [file = '', typed = ''] = process.argv.slice(2);
// As keygen takes it.
const passphrase = typed.normalize('NFC');
const decrypter = new Decrypter();
decrypter.addPassphrase(passphrase);
const text = await decrypter.decrypt(armor.decode(readFileSync(file, 'utf8')), 'text');
const encrypter = new Encrypter();
encrypter.setPassphrase(passphrase);
encrypter.setScryptWorkFactor(LEAST_WORK);
writeFileSync(file, armor.encode(await encrypter.encrypt(text)));
