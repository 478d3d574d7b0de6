'use strict';
const fs = require('node:fs');

/**
 * Loaded with `node --require` ahead of the command line: files have the manners that they have on Windows, as far as
 * they can be imitated.
 *
 * - There are no permissions: everybody's file can be read by everybody, and nothing changes that.
 * - fsync of a file that is open for reading alone, and of a folder, is refused.
 * - A name that Windows does not take cannot be created.
 * - A file that is open cannot be replaced or removed.
 */
const all = /** @type {Record<string, any>} */ (/** @type {any} */ (fs));
const real = { ...all };

/** @param {string} code */
function refusal(code, /** @type {string} */ call, /** @type {unknown} */ about) {
  const error = new Error(`${code}: as on Windows, ${call} '${String(about)}'`);
  return Object.assign(error, { code, errno: -1, syscall: call, path: String(about) });
}

/** @param {unknown} path */
function requireName(path, /** @type {string} */ call) {
  for (const name of String(path).split('/')) {
    const isDots = /^\.{0,2}$/.test(name);
    const isReserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
    // eslint-disable-next-line no-control-regex -- Windows refuses them
    if (!isDots && (isReserved || /[\u0000-\u001f<>:"|?*\\]|[. ]$/.test(name))) {
      throw refusal('ENOENT', call, path);
    }
  }
}

/** Descriptors, with whether they are writable and what they are of. @type {Map<number, { path: string, isWritable: boolean }>} */
const open = new Map();

/** @param {unknown} path */
function requireClosed(path, /** @type {string} */ call) {
  for (const one of open.values())
    if (one.path === String(path)) throw refusal('EPERM', call, path);
}

all.openSync = (/** @type {string} */ path, /** @type {any} */ flags) => {
  const isWritable = typeof flags === 'string' ? /[wa+]/.test(flags) : (flags & 3) !== 0;
  if (isWritable) requireName(path, 'open');
  const descriptor = real.openSync(path, flags);
  open.set(descriptor, { path: String(path), isWritable });
  return descriptor;
};
all.closeSync = (/** @type {number} */ descriptor) => {
  open.delete(descriptor);
  real.closeSync(descriptor);
};
all.fsyncSync = (/** @type {number} */ descriptor) => {
  const about = open.get(descriptor);
  if (about?.isWritable !== true) throw refusal('EPERM', 'fsync', about?.path);
};
all.writeFileSync = (
  /** @type {any} */ file,
  /** @type {any} */ content,
  /** @type {any} */ how,
) => {
  if (typeof file !== 'number') requireName(file, 'open');
  const { flag } = typeof how === 'object' ? how : { flag: undefined };
  real.writeFileSync(file, content, { flag });
};
all.mkdirSync = (/** @type {string} */ path, /** @type {any} */ how) => {
  requireName(path, 'mkdir');
  return real.mkdirSync(path, typeof how === 'object' ? { recursive: how.recursive } : undefined);
};
for (const name of ['renameSync', 'linkSync']) {
  all[name] = (/** @type {string} */ from, /** @type {string} */ to) => {
    requireName(to, name);
    requireClosed(from, name);
    requireClosed(to, name);
    real[name](from, to);
  };
}
all.rmSync = (/** @type {string} */ path, /** @type {any} */ how) => {
  requireClosed(path, 'rm');
  real.rmSync(path, how);
};
for (const name of ['chmodSync', 'fchmodSync', 'fchownSync']) all[name] = () => undefined;
for (const name of ['statSync', 'lstatSync', 'fstatSync']) {
  all[name] = (/** @type {any[]} */ ...words) => {
    const found = real[name](...words);
    if (found !== undefined && typeof found.mode === 'number') found.mode |= 0o666;
    return found;
  };
}
