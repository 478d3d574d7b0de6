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
import { lendTerminal } from './prompts.ts';
import { requireRegular } from './regular-file.ts';

/**
 * OpenSSH's ssh-keygen makes and checks signatures with people's ssh keys (ssh-keygen(1), -Y), version
 * 8.9 or later. Arguments and environment contain nothing secret; nobody copies the keys.
 */
const PROGRAM = 'ssh-keygen';
/** The purpose of a signature: ssh-keygen rejects a signature made for another purpose. */
export const NAMESPACE = 'randose-ledger';
/**
 * The same words and the same clock on every machine: a time in allowed-signers without a zone is UTC,
 * wherever the ledger is checked.
 */
const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' };
/** How many checks run at the same time. */
const SIDE_BY_SIDE = 4;
/** A run that takes longer without asking anybody hangs. */
const LONGEST_MS = 30_000;
/** In the output of ssh-keygen the fingerprint is last on the line, after any text from a file. */
const SIGNED_WITH = / key (SHA256:[A-Za-z0-9+/]{43})\n?$/;

/**
 * The fingerprint of a key: `SHA256:` and 43 characters.
 *
 * @param keyFile a private key, or a public one whose private half is beside it or in an agent
 * @throws RandoseError `wrong-key` if the file is not an ssh key or has several; `not-found` if
 *   ssh-keygen is missing
 */
export function fingerprintOf(keyFile: string): string {
  if (!exists(keyFile)) throw noKey(keyFile, 'there is no such file');
  // ssh-keygen would wait for a FIFO.
  for (const file of [keyFile, `${keyFile}.pub`]) requireRegular(file);
  const { status, stdout } = runQuietly(['-l', '-E', 'sha256', '-f', resolve(keyFile)]);
  const [line = '', ...more] = stdout.trimEnd().split('\n');
  const fingerprint = /^\d+ (SHA256:[A-Za-z0-9+/]{43}) /.exec(line)?.[1];
  if (status !== 0 || fingerprint === undefined) throw noKey(keyFile, 'the file is not an ssh key');
  if (more.length > 0) throw noKey(keyFile, 'the file has several keys');
  return fingerprint;
}

/**
 * Signs messages with a key, all in one call, so that ssh-keygen asks for a passphrase once.
 *
 * @param mayAsk whether ssh-keygen may ask for a passphrase, if there is a terminal
 * @returns an armored SSH signature for each message, in their order
 * @throws RandoseError `wrong-key` if the key does not sign; `not-found` if ssh-keygen is missing
 */
export function signAll(keyFile: string, messages: readonly string[], mayAsk: boolean): string[] {
  if (messages.length === 0) return [];
  const folder = makeTemporaryFolder('randose-signature-');
  try {
    const files = messages.map((message, index) => writeIn(folder, `${index}`, message));
    const words = ['-Y', 'sign', '-q', '-n', NAMESPACE, '-f', resolve(keyFile)];
    const asks = mayAsk && process.stdin.isTTY;
    // An empty passphrase tells ssh-keygen not to ask for one.
    const { status, stderr } = asks
      ? runAsking([...words, ...files])
      : runQuietly([...words, '-P', '', ...files]);
    if (status !== 0) throw doesNotSign(keyFile, stderr, asks);
    return files.map((file) => readText(`${file}.sig`));
  } finally {
    removeFolder(folder);
  }
}

/** A message and its signature, to be checked. */
interface SignedMessage {
  readonly message: string;
  /** Armored. */
  readonly signature: string;
  /** The fingerprint of the key that signed, according to the entry. */
  readonly fingerprint: string;
  /** When it was signed, ISO 8601. The key must have been valid then. */
  readonly time: string;
}

/**
 * Who signed: the first name on the first line of allowed-signers that has the key at that time. Or what
 * is wrong with the signature.
 */
type CheckedSignature = { readonly signer: string } | { readonly problem: string };

/**
 * Checks signatures.
 *
 * @param signersFile the keys that are accepted (ssh-keygen(1), ALLOWED SIGNERS); if it does not exist, no
 *   key is
 * @returns a result for each, in their order
 * @throws RandoseError `not-found` if ssh-keygen is missing; `no-access` if a file cannot be read or
 *   ssh-keygen does not finish
 */
export async function checkSignatures(
  signersFile: string,
  items: readonly SignedMessage[],
): Promise<CheckedSignature[]> {
  const signers = exists(signersFile) ? readBytes(signersFile) : undefined;
  const folder = makeTemporaryFolder('randose-signature-');
  try {
    // A copy, so that every entry is checked against the same keys.
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
    // All of them finish before their folder is removed.
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
  // Something is wrong. Check first whether the signature itself is valid.
  const made = await runAside(['-Y', 'check-novalidate', ...about], message);
  if (made.status !== 0) return { problem: whyBroken(made.stderr) };
  const actual = SIGNED_WITH.exec(made.stdout)?.[1] ?? 'an unknown key';
  if (actual !== fingerprint) {
    return { problem: `was signed with ${actual}, but the entry names another key` };
  }
  if (given && 'refusal' in given) {
    return { problem: `was signed with ${fingerprint}, ${given.refusal}` };
  }
  return { problem: `was signed with ${fingerprint}, but there is no allowed-signers` };
}

type Given =
  | { readonly signer: string; readonly fingerprint: string | undefined }
  | { readonly refusal: string };

/** The name that allowed-signers has for a valid signature, or why it has none. */
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
    return { refusal: 'for which allowed-signers has a pattern but no name' };
  }
  const { status, stdout, stderr } = await runAside(
    ['-Y', 'verify', '-I', signer, ...words],
    message,
  );
  if (status !== 0) return { refusal: whyRefused(stderr, time) };
  return { signer, fingerprint: SIGNED_WITH.exec(stdout)?.[1] };
}

/** Whether a principal is a name: not a pattern such as `*@example.org`, and without control characters. */
function isName(principal: string): boolean {
  return !/[*?!\p{Cc}]/u.test(principal);
}

/** An instant as ssh-keygen reads it: UTC, as its environment says. */
function toMoment(time: string): string {
  return new Date(time).toISOString().replace(/[-:TZ]|\.\d+/g, '');
}

function whyRefused(said: string, time: string): string {
  if (/has expired|not yet valid/.test(said)) {
    return `which was not valid at ${time}, according to allowed-signers`;
  }
  if (said.includes('namespace'))
    return 'which may not sign a ledger, according to allowed-signers';
  return 'which is not in allowed-signers';
}

function whyBroken(said: string): string {
  if (said.includes('namespace')) return 'its signature was not made for a ledger';
  if (/parse|armor|format/.test(said)) return 'its signature is damaged: ssh-keygen cannot read it';
  return 'its signature does not match the entry';
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs ssh-keygen and lets it ask. It asks on the terminal itself, also if its output goes elsewhere. */
function runAsking(words: readonly string[]): Ran {
  const env = { ...process.env, LC_ALL: 'C' };
  return lendTerminal(() =>
    ran(spawnSync(PROGRAM, words, { encoding: 'utf8', env, stdio: ['inherit', 'pipe', 'pipe'] })),
  );
}

/** Runs ssh-keygen in its own session, which has no terminal, so that it cannot ask. */
function runQuietly(words: readonly string[]): Ran {
  const options = { env: quietEnvironment(), timeout: LONGEST_MS, input: '', detached: true };
  return ran(spawnSync(PROGRAM, words, { ...options, encoding: 'utf8' }));
}

function ran({ error, status, stdout, stderr }: SpawnSyncReturns<string>): Ran {
  if (error !== undefined) throw notRun(error);
  return { status, stdout, stderr };
}

function runAside(words: readonly string[], input: string): Promise<Ran> {
  return new Promise((succeed, fail) => {
    const options = { env: quietEnvironment(), timeout: LONGEST_MS, encoding: 'utf8' } as const;
    const child = execFile(PROGRAM, words, options, (error, stdout, stderr) => {
      // Only an exit status says whether the signature is valid; any other failure says nothing about it.
      if (error === null) succeed({ status: 0, stdout, stderr });
      else if (typeof error.code === 'number') succeed({ status: error.code, stdout, stderr });
      else fail(notRun(error));
    });
    // ssh-keygen may end before it has read everything: then its status says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function quietEnvironment(): NodeJS.ProcessEnv {
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
  return new RandoseError('wrong-key', `cannot use ${keyFile} as an ssh key: ${why}`, {
    hint: 'Name a private key with --sign, such as ~/.ssh/id_ed25519, or its .pub file if an agent has the private half.',
  });
}

/** The error for a key that does not sign, from the words of ssh-keygen. */
function doesNotSign(keyFile: string, said: string, asked: boolean): RandoseError {
  const [message, hint] = whyNotSigned(keyFile, said, asked);
  return new RandoseError('wrong-key', message, {
    // A hint can end with a command, so it comes last.
    hint: `Nothing was entered in the ledger. ${hint}`,
  });
}

function whyNotSigned(keyFile: string, said: string, asked: boolean): [string, string] {
  if (said.includes('incorrect passphrase')) {
    return asked
      ? [`that is not the passphrase of ${keyFile}`, 'Try again.']
      : [
          `${keyFile} has a passphrase, but there is no terminal to ask for it`,
          `Unlock the key first: ssh-add ${keyFile}. Or run the command on a terminal, without --json.`,
        ];
  }
  if (said.includes('UNPROTECTED')) {
    return [`ssh-keygen does not use ${keyFile}: others can read it`, `Run: chmod 600 ${keyFile}`];
  }
  if (said.includes("doesn't match private")) {
    return [
      `${keyFile} and the .pub file beside it are not the same key`,
      'Replace the wrong file.',
    ];
  }
  if (said.includes('No private key found')) {
    return [
      `the private half of ${keyFile} is neither beside it nor in an ssh agent`,
      'Name the private key with --sign, or add it to the agent with ssh-add.',
    ];
  }
  const last =
    said
      .trim()
      .split(/[\r\n]+/)
      .at(-1) ?? '';
  return [
    `${keyFile} does not sign${last === '' ? '' : `: ${last}`}`,
    'To see the keys of your ssh agent, run: ssh-add -l',
  ];
}

/** The error for an ssh-keygen that did not start or did not finish. */
function notRun(error: Error): RandoseError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    return new RandoseError(
      'not-found',
      `${PROGRAM} is not installed; randose needs it for signatures`,
      {
        hint: 'It comes with OpenSSH (Debian, Ubuntu: apt install openssh-client).',
      },
    );
  }
  // After its timeout execFile kills the process, and the error has no code.
  const isLate = code === 'ETIMEDOUT' || ('killed' in error && error.killed === true);
  const why = isLate
    ? `did not finish within ${LONGEST_MS / 1000} seconds`
    : `did not run: ${String(code)}`;
  return new RandoseError('no-access', `${PROGRAM} ${why}`, {
    hint: 'Your ssh agent may be waiting for you to confirm. To see whether it answers, run: ssh-add -l',
  });
}
