import { type ErrorCode, RandoseError } from '../errors.ts';

/** An error of the operating system. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

/** Whether an error comes from the operating system. */
export function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'syscall' in error &&
    typeof error.syscall === 'string'
  );
}

/** Whether an error has one of these codes. */
export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** A failure in words for people. `text` follows the path. */
interface Known {
  readonly code: ErrorCode;
  readonly text: string;
  readonly hint?: string;
  /** Whether the caller's hint replaces this one. */
  readonly takesHint?: true;
}

const NO_NAME: Known = {
  code: 'not-found',
  text: 'is not a valid file name on this system',
  hint: 'Choose another name.',
};
const NO_ACCESS: Known = {
  code: 'no-access',
  text: ': the operating system refuses access',
  hint: 'Check its owner and permissions.',
};
const NO_ANSWER: Known = {
  code: 'io-error',
  text: ': the network share does not answer',
  hint: 'Check the connection and run the command again.',
};
const NOT_READABLE: Known = {
  code: 'bad-data',
  text: 'is a socket or a device, not a file',
  hint: 'Put the file there, or name another one.',
  takesHint: true,
};
const NO_SPACE: Known = {
  code: 'no-space',
  text: '', // the message says it before the path
  hint: 'Free some space and run the command again.',
};
const NOT_SUPPORTED: Known = {
  code: 'io-error',
  text: ': the file system does not support this',
  hint: 'Use a folder on a file system that has hard links and permissions.',
};

/** The errors that people meet, by the code that the operating system gives. */
const KNOWN: Readonly<Record<string, Known>> = {
  ENOENT: { code: 'not-found', text: 'does not exist', takesHint: true },
  ENOTDIR: {
    code: 'not-found',
    text: 'does not exist: a part of the path is a file, not a folder',
    takesHint: true,
  },
  EISDIR: { code: 'not-found', text: 'is a folder, not a file', takesHint: true },
  ELOOP: {
    code: 'not-found',
    text: 'leads to no file: its symbolic links go in a circle',
    hint: 'ls -l shows where each link leads. Correct the links and run the command again.',
  },
  ENAMETOOLONG: {
    code: 'not-found',
    text: ': the file name is too long',
    hint: 'Choose a shorter name.',
  },
  EILSEQ: NO_NAME,
  EACCES: NO_ACCESS,
  EPERM: NO_ACCESS,
  EROFS: {
    code: 'no-access',
    text: ': the disk is read-only',
    hint: 'Mount it for writing, or use another folder.',
  },
  EEXIST: {
    code: 'would-overwrite',
    text: 'exists already',
    hint: 'Choose another name; nothing was overwritten.',
  },
  ENXIO: NOT_READABLE,
  ENODEV: NOT_READABLE,
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: {
    ...NO_SPACE,
    hint: "The file would exceed this account's size limit. Raise the limit (ulimit -f) and run the command again.",
  },
  EMFILE: {
    code: 'io-error',
    text: ': too many files are open',
    hint: 'Raise the limit (ulimit -n) or close other programs, then run the command again.',
  },
  EIO: {
    code: 'io-error',
    text: ': the disk reports an error',
    hint: 'Check the disk or the network share. Then check the study: randose verify',
  },
  EBUSY: {
    code: 'io-error',
    text: 'is in use by the system or by another program',
    hint: 'Close the program that uses it and run the command again.',
  },
  ESTALE: {
    code: 'io-error',
    text: ': the network share has lost the file',
    hint: 'Reconnect the share and run the command again.',
  },
  ETIMEDOUT: NO_ANSWER,
  EHOSTDOWN: NO_ANSWER,
  EHOSTUNREACH: NO_ANSWER,
  ENOTCONN: NO_ANSWER,
  EXDEV: {
    code: 'io-error',
    text: ': a file cannot be moved here from another disk',
    hint: 'Use a folder that is on one disk.',
  },
  EOPNOTSUPP: NOT_SUPPORTED,
  ENOTSUP: NOT_SUPPORTED,
  ENOSYS: NOT_SUPPORTED,
  EMLINK: NOT_SUPPORTED,
  // Node's own code for an error of the system.
  ERR_FS_FILE_TOO_LARGE: { code: 'bad-data', text: 'is larger than randose can read (2 GB)' },
};
const ALIASES: Readonly<Record<string, string>> = {
  ENOTEMPTY: 'EEXIST',
  ENFILE: 'EMFILE',
  ETXTBSY: 'EBUSY',
  ERR_FS_EISDIR: 'EISDIR',
};
/** The calls that fail with EINVAL if the name is not valid. */
const NAMING = ['open', 'mkdir', 'stat', 'lstat', 'link', 'access', 'scandir'];

/**
 * Turns an error of the operating system about a path into a known failure. Any other error is returned
 * unchanged.
 *
 * @param hint what to do if the file is missing or is not a file
 */
export function asKnown(error: unknown, path: string, hint?: string): unknown {
  if (error instanceof RandoseError || !(error instanceof Error) || !('code' in error))
    return error;
  const code = String(error.code);
  if (path === '') return new RandoseError('usage', 'a file name is empty');
  if (isSystemError(error) && error.syscall === 'uv_cwd') return folderIsGone();
  const known =
    code === 'EINVAL' && isSystemError(error) && NAMING.includes(error.syscall)
      ? NO_NAME
      : KNOWN[ALIASES[code] ?? code];
  if (known !== undefined) return failure(known, shortened(path), hint);
  if (!isSystemError(error)) return error;
  return new RandoseError(
    'io-error',
    `${shortened(path)}: the operating system says: ${error.message}`,
  );
}

function failure({ code, text, hint, takesHint }: Known, path: string, given?: string) {
  const gap = text.startsWith(':') ? '' : ' ';
  const message = code === 'no-space' ? `no space left to write ${path}` : `${path}${gap}${text}`;
  const told = takesHint === true ? (given ?? hint) : hint;
  return new RandoseError(code, message, told === undefined ? {} : { hint: told });
}

function folderIsGone(): RandoseError {
  return new RandoseError('not-found', 'the current folder no longer exists', {
    hint: 'Go to the study folder (cd) and run the command again.',
  });
}

/** The longest path that a message shows whole. */
const LONGEST = 200;

function shortened(path: string): string {
  return path.length <= LONGEST ? path : `${path.slice(0, LONGEST / 2)}…${path.slice(-20)}`;
}
