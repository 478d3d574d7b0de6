import { execFile, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RandoseError } from '../errors.ts';
import {
  asKnown,
  exists,
  makeTemporaryFolder,
  readBytes,
  readText,
  removeFolder,
} from './files.ts';
import { requireRegular } from './regular-file.ts';

/**
 * Signatures by people's ssh keys, made and checked by OpenSSH's own ssh-keygen (ssh-keygen(1), -Y),
 * version 8.9 or later. Nothing secret goes by arguments or environment; keys stay where they are.
 */
const PROGRAM = 'ssh-keygen';
/** What a signature is for: one of something else is never taken for one of these. */
const NAMESPACE = 'randose-ledger';
/**
 * The same words on every machine, and the same clock: a time in allowed-signers that names no zone is
 * UTC, wherever the ledger is checked.
 */
const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' };
/** How many checks run side by side. */
const SIDE_BY_SIDE = 4;
/** Whatever needs longer without asking anybody hangs. */
const LONGEST_MS = 30_000;
/** In ssh-keygen's words a fingerprint ends a line, behind anything that a file may say. */
const SIGNED_WITH = / key (SHA256:[A-Za-z0-9+/]{43})\n?$/;

/**
 * The fingerprint of a key: `SHA256:` and 43 characters.
 *
 * @param keyFile a private key, or a public one whose private half is beside it or in an agent
 * @throws RandoseError `wrong-key` where it is no ssh key, or several; `not-found` where ssh-keygen
 *   is missing
 */
export function fingerprintOf(keyFile: string): string {
  if (!exists(keyFile)) throw noKey(keyFile, 'there is no such file');
  // ssh-keygen would wait for a FIFO.
  for (const file of [keyFile, `${keyFile}.pub`]) requireRegular(file);
  const { status, stdout } = runQuietly(['-l', '-E', 'sha256', '-f', resolve(keyFile)]);
  const [line = '', ...more] = stdout.trimEnd().split('\n');
  const fingerprint = /^\d+ (SHA256:[A-Za-z0-9+/]{43}) /.exec(line)?.[1];
  if (status !== 0 || fingerprint === undefined) throw noKey(keyFile, 'the file is none');
  if (more.length > 0) throw noKey(keyFile, 'the file holds several');
  return fingerprint;
}

/**
 * Signs messages with a key, all of them by one call: a passphrase is asked for once.
 *
 * @param mayAsk whether ssh-keygen may ask for a passphrase, which takes a terminal as well
 * @returns an armored SSH signature for each message, in their order
 * @throws RandoseError `wrong-key` where the key does not sign; `not-found` where ssh-keygen is missing
 */
export function signAll(keyFile: string, messages: readonly string[], mayAsk: boolean): string[] {
  if (messages.length === 0) return [];
  const folder = makeTemporaryFolder('randose-signature-');
  try {
    const files = messages.map((message, index) => writeIn(folder, `${index}`, message));
    const words = ['-Y', 'sign', '-q', '-n', NAMESPACE, '-f', resolve(keyFile)];
    const asks = mayAsk && process.stdin.isTTY;
    // An empty passphrase is the way to say that there is nobody to ask for another one.
    const { status, stderr } = asks
      ? runAsking([...words, ...files])
      : runQuietly([...words, '-P', '', ...files]);
    if (status !== 0) throw doesNotSign(keyFile, stderr, asks);
    return files.map((file) => readText(`${file}.sig`));
  } finally {
    removeFolder(folder);
  }
}

/** A message with its signature, as it is to be checked. */
export interface SignedMessage {
  readonly message: string;
  /** Armored. */
  readonly signature: string;
  /** Of the key that is said to have signed. */
  readonly fingerprint: string;
  /** When: an instant in ISO 8601. A key counts where it was valid then. */
  readonly time: string;
}

/**
 * Whose signature it is, by the allowed signers: the first name on the first line that has the key at
 * that time. Or what is wrong with it.
 */
export type CheckedSignature = { readonly signer: string } | { readonly problem: string };

/**
 * Checks signatures.
 *
 * @param signersFile whose keys count (ssh-keygen(1), ALLOWED SIGNERS); where it does not exist,
 *   nobody's do
 * @returns a result for each, in their order
 * @throws RandoseError `not-found` where ssh-keygen is missing; `no-access` where a file cannot be
 *   read or ssh-keygen does not run to its end
 */
export async function checkSignatures(
  signersFile: string,
  items: readonly SignedMessage[],
): Promise<CheckedSignature[]> {
  const signers = exists(signersFile) ? readBytes(signersFile) : undefined;
  const folder = makeTemporaryFolder('randose-signature-');
  try {
    // A copy: every entry is held against the same keys.
    const allowed = signers && writeIn(folder, 'allowed-signers', signers);
    const results: CheckedSignature[] = [];
    let next = 0;
    const work = async () => {
      try {
        while (next < items.length) {
          const index = next;
          next += 1;
          const file = writeIn(folder, `${index}.sig`, items[index]!.signature);
          results[index] = await checkOne(allowed, file, items[index]!);
        }
      } catch (error) {
        next = items.length;
        throw error;
      }
    };
    // All of them come to an end before their folder goes.
    const ends = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, work));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return results;
  } finally {
    removeFolder(folder);
  }
}

async function checkOne(
  allowed: string | undefined,
  signatureFile: string,
  { message, fingerprint, time }: SignedMessage,
): Promise<CheckedSignature> {
  const about = ['-n', NAMESPACE, '-s', signatureFile];
  const given = allowed && (await findSigner(allowed, about, message, time));
  if (given && 'signer' in given && given.fingerprint === fingerprint) {
    return { signer: given.signer };
  }
  // Something is wrong: first of all with the signature itself?
  const made = await runAside(['-Y', 'check-novalidate', ...about], message);
  if (made.status !== 0) return { problem: whyBroken(made.stderr) };
  const actual = SIGNED_WITH.exec(made.stdout)?.[1] ?? 'an unknown key';
  if (actual !== fingerprint) {
    return { problem: `was signed with ${actual}, which is not the key that the entry names` };
  }
  if (given && 'refusal' in given) {
    return { problem: `was signed with ${fingerprint}, ${given.refusal}` };
  }
  return { problem: `was signed with ${fingerprint}, but there is no allowed-signers` };
}

type Given =
  | { readonly signer: string; readonly fingerprint: string | undefined }
  | { readonly refusal: string };

/** Whom the allowed signers have for a signature that is right; or why they have nobody. */
async function findSigner(
  allowed: string,
  about: readonly string[],
  message: string,
  time: string,
): Promise<Given> {
  const moment = ['-O', `verify-time=${toMoment(time)}`];
  const words = ['-f', allowed, ...moment, ...about];
  const found = await runAside(['-Y', 'find-principals', ...words], '');
  if (found.status !== 0) return { refusal: whyRefused(found.stderr, time) };
  const principals = found.stdout.split('\n').filter((line) => line !== '');
  const signer = principals.find(isName);
  if (signer === undefined) {
    return { refusal: 'for which allowed-signers has a pattern but nobody by name' };
  }
  const { status, stdout, stderr } = await runAside(
    ['-Y', 'verify', '-I', signer, ...words],
    message,
  );
  if (status !== 0) return { refusal: whyRefused(stderr, time) };
  return { signer, fingerprint: SIGNED_WITH.exec(stdout)?.[1] };
}

/** A pattern such as `*@example.org` names nobody; and no name has control characters. */
function isName(principal: string): boolean {
  return !/[*?!\p{Cc}]/u.test(principal);
}

/** An instant as ssh-keygen reads it, which is told in its environment that it is UTC. */
function toMoment(time: string): string {
  return new Date(time).toISOString().replace(/[-:TZ]|\.\d+/g, '');
}

function whyRefused(said: string, time: string): string {
  if (/has expired|not yet valid/.test(said)) {
    return `which by allowed-signers was not valid at ${time}`;
  }
  if (said.includes('namespace')) return 'which by allowed-signers may not sign a ledger';
  return 'which allowed-signers does not have';
}

function whyBroken(said: string): string {
  if (said.includes('namespace')) return 'its signature was made for something else than a ledger';
  if (/parse|armor|format/.test(said)) return 'its signature is damaged: ssh-keygen cannot read it';
  return 'its signature does not match the entry';
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Lets it ask; it does so on the terminal itself, whatever becomes of its output. */
function runAsking(words: readonly string[]): Ran {
  const env = { ...process.env, LC_ALL: 'C' };
  return ran(
    spawnSync(PROGRAM, words, { encoding: 'utf8', env, stdio: ['inherit', 'pipe', 'pipe'] }),
  );
}

/** In a session of its own there is no terminal on which it could ask. */
function runQuietly(words: readonly string[]): Ran {
  const options = { env: quietly(), timeout: LONGEST_MS, input: '', detached: true };
  return ran(spawnSync(PROGRAM, words, { ...options, encoding: 'utf8' }));
}

function ran({ error, status, stdout, stderr }: SpawnSyncReturns<string>): Ran {
  if (error !== undefined) throw notRun(error);
  return { status, stdout, stderr };
}

function runAside(words: readonly string[], input: string): Promise<Ran> {
  return new Promise((succeed, fail) => {
    const options = { env: quietly(), timeout: LONGEST_MS, encoding: 'utf8' } as const;
    const child = execFile(PROGRAM, words, options, (error, stdout, stderr) => {
      // Only its own verdict is one; what kept it from giving one says nothing of the signature.
      if (error === null) succeed({ status: 0, stdout, stderr });
      else if (typeof error.code === 'number') succeed({ status: error.code, stdout, stderr });
      else fail(notRun(error));
    });
    // It may be gone before it has read all: then its status says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function quietly(): NodeJS.ProcessEnv {
  return { ...process.env, ...ENVIRONMENT, SSH_ASKPASS_REQUIRE: 'never' };
}

function writeIn(folder: string, name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  try {
    writeFileSync(file, content, { mode: 0o600 });
  } catch (error) {
    throw asKnown(error, file);
  }
  return file;
}

function noKey(keyFile: string, why: string): RandoseError {
  return new RandoseError('wrong-key', `no ssh key at ${keyFile}: ${why}`, {
    hint: 'Name a private key with --sign, such as ~/.ssh/id_ed25519; or its .pub where an agent holds it.',
  });
}

/** Why a key does not sign, by what ssh-keygen says. */
function doesNotSign(keyFile: string, said: string, asked: boolean): RandoseError {
  const [message, hint] = whyNotSigned(keyFile, said, asked);
  return new RandoseError('wrong-key', message, {
    hint: `${hint} Nothing was entered in the ledger.`,
  });
}

function whyNotSigned(keyFile: string, said: string, asked: boolean): [string, string] {
  if (said.includes('incorrect passphrase')) {
    return asked
      ? [`that was not the passphrase of ${keyFile}`, 'Try again.']
      : [
          `${keyFile} has a passphrase, and there is nobody to ask for it`,
          `Unlock it first: ssh-add ${keyFile}. Or run this on a terminal, without --json.`,
        ];
  }
  if (said.includes('UNPROTECTED')) {
    return [`others can read ${keyFile}, so that it is not used`, `Run: chmod 600 ${keyFile}.`];
  }
  if (said.includes("doesn't match private")) {
    return [`${keyFile} and the .pub beside it are not the same key`, 'Set the right one there.'];
  }
  if (said.includes('No private key found')) {
    return [
      `the private half of ${keyFile} is neither beside it nor in an agent`,
      'Name the private key with --sign, or give it to the agent with ssh-add.',
    ];
  }
  const last =
    said
      .trim()
      .split(/[\r\n]+/)
      .at(-1) ?? '';
  return [
    `${keyFile} does not sign${last === '' ? '' : `: ${last}`}`,
    'Does an agent hold it? ssh-add -l tells.',
  ];
}

/** What kept ssh-keygen from running, or from coming to an end. */
function notRun(error: Error): RandoseError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    return new RandoseError(
      'not-found',
      `${PROGRAM} is not installed, and signatures are its work`,
      {
        hint: 'It comes with OpenSSH (Debian, Ubuntu: apt install openssh-client).',
      },
    );
  }
  // Where execFile runs out of time it kills, and has no code to give.
  const isLate = code === 'ETIMEDOUT' || ('killed' in error && error.killed === true);
  const why = isLate
    ? `did not end within ${LONGEST_MS / 1000} seconds`
    : `did not run: ${String(code)}`;
  return new RandoseError('no-access', `${PROGRAM} ${why}`, {
    hint: 'Does an ssh agent wait for somebody to confirm? ssh-add -l shows whether it answers.',
  });
}
