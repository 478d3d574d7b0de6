import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  exists,
  filesBelow,
  isFolder,
  liesWithin,
  readText,
  removeUnfinished,
  replace,
  writeNew,
} from '../../src/system/files.ts';
import { realPath } from '../../src/system/links.ts';
import { asKnown } from '../../src/system/system-error.ts';
import { testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

describe('a new file', () => {
  test('is written whole, with its mode, and leaves no other file [R-106]', () => {
    const folder = testFolder();
    writeNew(join(folder, 'a'), 'text', { mode: 'private' });
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('text');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('never replaces another, unless force is set [R-106]', () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'a'), 'old');
    expect(() => {
      writeNew(join(folder, 'a'), 'new');
    }).toThrow(expect.objectContaining({ code: 'would-overwrite' }));
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
    writeNew(join(folder, 'a'), 'new', { force: true });
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
  });

  test('makes the folders above it, which nobody else can read if nobody can read the file', () => {
    const folder = testFolder();
    writeNew(join(folder, 'a', 'b', 'c'), 'x', { mode: 'private' });
    expect(readFileSync(join(folder, 'a', 'b', 'c'), 'utf8')).toBe('x');
    for (const made of ['a', join('a', 'b')]) {
      expect(statSync(join(folder, made)).mode & 0o777).toBe(0o700);
    }
  });
});

test('a file to replace in a missing folder is an error that names the folder', () => {
  const folder = join(testFolder(), 'none');
  expect(() => {
    replace(join(folder, 'a'), 'x');
  }).toThrow(
    expect.objectContaining({ code: 'not-found', message: `the folder ${folder} does not exist` }),
  );
});

test('a replaced file has the whole new content', () => {
  const folder = testFolder();
  replace(join(folder, 'a'), 'one');
  replace(join(folder, 'a'), 'two');
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['a']);
});

test('a text that is missing or not UTF-8 is a known error', () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'latin1'), Buffer.from([0x43, 0xe9]));
  expect(() => readText(join(folder, 'latin1'))).toThrow(
    expect.objectContaining({ code: 'bad-data' }),
  );
  expect(() => readText(join(folder, 'none'))).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
  expect(() => readText(folder)).toThrow(expect.objectContaining({ code: 'not-found' }));
});

test('whether a path lies in a folder, links followed', () => {
  const folder = testFolder();
  const study = join(folder, 'study');
  mkdirSync(study);
  symlinkSync(study, join(folder, 'link'));
  expect(liesWithin(join(study, 'plan.yaml'), study)).toBe(true);
  expect(liesWithin(join(study, 'deep', 'plan.yaml'), study)).toBe(true);
  expect(liesWithin(join(folder, 'link', 'plan.yaml'), study)).toBe(true);
  expect(liesWithin(study, study)).toBe(true);
  symlinkSync(join(folder, 'elsewhere.yaml'), join(study, 'plan-link.yaml'));
  expect(liesWithin(join(study, 'plan-link.yaml'), study)).toBe(true);
  expect(liesWithin(join(folder, 'plan.yaml'), study)).toBe(false);
  expect(liesWithin(join(folder, 'study-plan.yaml'), study)).toBe(false);
  expect(liesWithin(join(study, '..plan.yaml'), study)).toBe(true);
});

test('the files below a folder, sorted, as relative paths', () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'b', 'c'), { recursive: true });
  writeFileSync(join(folder, 'b', 'c', 'd'), '');
  writeFileSync(join(folder, 'a'), '');
  expect(filesBelow(folder)).toEqual(['a', 'b/c/d']);
  expect(filesBelow(join(folder, 'none'))).toEqual([]);
  expect(existsSync(folder)).toBe(true);
});

describe('a symbolic link in place of a file', () => {
  test('is followed, through several links: the file that it leads to is replaced', () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'share'));
    mkdirSync(join(folder, 'study'));
    const target = join(folder, 'share', 'a');
    writeFileSync(target, 'old');
    symlinkSync('a', join(folder, 'share', 'between'));
    symlinkSync('../share/between', join(folder, 'study', 'a'));
    replace(join(folder, 'study', 'a'), 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'study', 'a')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(folder, 'share'))).toEqual(['a', 'between']);
    expect(readdirSync(join(folder, 'study'))).toEqual(['a']);
    // What is made for people never goes where a link leads.
    expect(() => {
      writeNew(join(folder, 'study', 'a'), 'newest', { force: true });
    }).toThrow(
      expect.objectContaining({
        code: 'would-overwrite',
        message: `${join(folder, 'study', 'a')} is a link to ../share/between`,
      }),
    );
    expect(readFileSync(target, 'utf8')).toBe('new');
  });

  test('is followed from a folder that is a link itself, as the system does', () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'real', 'deep'), { recursive: true });
    symlinkSync(join('real', 'deep'), join(folder, 'link'));
    symlinkSync('../a', join(folder, 'real', 'deep', 'up'));
    replace(join(folder, 'link', 'up'), 'new');
    expect(readFileSync(join(folder, 'real', 'a'), 'utf8')).toBe('new');
  });

  test('is followed to a file that does not exist yet', () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'share'));
    symlinkSync(join('share', 'a'), join(folder, 'a'));
    expect(() => readText(join(folder, 'a'))).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `${join(folder, 'a')} is a link to share/a, which does not exist`,
      }),
    );
    replace(join(folder, 'a'), 'new');
    expect(readFileSync(join(folder, 'share', 'a'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'a')).isSymbolicLink()).toBe(true);
  });

  test('that leads in a circle is an error for reading, writing and looking', () => {
    const folder = testFolder();
    const [one, other] = [join(folder, 'one'), join(folder, 'other')];
    symlinkSync('other', one);
    symlinkSync('one', other);
    const circle: unknown = expect.objectContaining({
      code: 'not-found',
      message: `${one} leads to no file: its symbolic links go in a circle`,
    });
    for (const work of [
      () => readText(one),
      () => {
        replace(one, 'new');
      },
      () => exists(one),
      () => realPath(one),
    ])
      expect(work).toThrow(circle);
    expect(readdirSync(folder)).toEqual(['one', 'other']);
  });

  test('leads into a folder, also if the file does not exist yet', () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'study'));
    symlinkSync(join('study', 'page.html'), join(folder, 'page.html'));
    expect(liesWithin(join(folder, 'page.html'), join(folder, 'study'))).toBe(true);
  });
});

describe('a file that is replaced', () => {
  test.each([0o640, 0o664, 0o600, 0o444])('keeps its permissions: %o', (mode) => {
    const path = join(testFolder(), 'a');
    writeFileSync(path, 'old');
    chmodSync(path, mode);
    replace(path, 'new');
    expect(statSync(path).mode & 0o7777).toBe(mode);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  test('keeps its group’s permissions if it is private, and shows nothing to others', () => {
    const path = join(testFolder(), 'a');
    writeFileSync(path, 'old');
    chmodSync(path, 0o644);
    writeNew(path, 'new', { mode: 'private', force: true });
    expect(statSync(path).mode & 0o7777).toBe(0o640);
  });

  test.runIf(process.getuid?.() === 0)('keeps its owner and group', () => {
    const path = join(testFolder(), 'a');
    writeFileSync(path, 'old');
    chownSync(path, 12_345, 54_321);
    chmodSync(path, 0o660);
    replace(path, 'new');
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 54_321 });
    expect(statSync(path).mode & 0o7777).toBe(0o660);
  });
});

describe('something else in place of a file', () => {
  const mkfifo = testWithTool(['mkfifo', '--version']);

  mkfifo('is refused at once: a FIFO', () => {
    const path = join(testFolder(), 'a');
    execFileSync('mkfifo', [path]);
    const refused: unknown = expect.objectContaining({
      code: 'bad-data',
      message: `${path} is a FIFO, not a file`,
    });
    expect(() => readText(path)).toThrow(refused);
    expect(() => {
      replace(path, 'new');
    }).toThrow(refused);
    expect(statSync(path).isFIFO()).toBe(true);
  });

  test('is refused at once: a socket', async () => {
    const path = join(testFolder(), 'a');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => {
      server.close();
    });
    expect(() => readText(path)).toThrow(
      expect.objectContaining({ code: 'bad-data', message: `${path} is a socket, not a file` }),
    );
  });

  test('is refused at once: a device', () => {
    expect(() => readText('/dev/null')).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: '/dev/null is a character device, not a file',
      }),
    );
  });

  test('is refused: a folder', () => {
    const folder = testFolder();
    expect(() => {
      replace(folder, 'new');
    }).toThrow(expect.objectContaining({ message: `${folder} is a folder, not a file` }));
    expect(() => {
      writeNew(folder, 'new');
    }).toThrow(expect.objectContaining({ message: `${folder} is a folder, not a file` }));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a name', () => {
  test('that is too long is a known error', () => {
    const path = join(testFolder(), 'n'.repeat(300));
    const tooLong: unknown = expect.objectContaining({
      code: 'not-found',
      message: expect.stringContaining(': the file name is too long') as unknown,
    });
    for (const work of [
      () => readText(path),
      () => {
        writeNew(path, 'x');
      },
      () => {
        replace(path, 'x');
      },
      () => exists(path),
    ])
      expect(work).toThrow(tooLong);
  });

  test.each(['n'.repeat(255), 'é'.repeat(127)])('is written if the system accepts it', (name) => {
    const folder = testFolder();
    writeNew(join(folder, name), 'x');
    replace(join(folder, name), 'y');
    expect(readdirSync(folder)).toEqual([name]);
  });
});

test('nothing is below a file', () => {
  const path = join(testFolder(), 'a');
  writeFileSync(path, '');
  const below = join(path, 'b', 'c');
  expect(exists(below)).toBe(false);
  expect(isFolder(below)).toBe(false);
  expect(liesWithin(below, path)).toBe(true);
  expect(() => readText(below)).toThrow(
    expect.objectContaining({
      code: 'not-found',
      message: `${below} does not exist: a part of the path is a file, not a folder`,
    }),
  );
});

describe('the files below a folder', () => {
  test('are found through links to folders', () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'disk'));
    mkdirSync(join(folder, 'study'));
    writeFileSync(join(folder, 'disk', 'a'), '');
    symlinkSync(join('..', 'disk'), join(folder, 'study', 'more'));
    symlinkSync('nowhere', join(folder, 'study', 'lost'));
    expect(filesBelow(join(folder, 'study'))).toEqual(['lost', 'more/a']);
  });

  test('are not searched in a circle', () => {
    const folder = testFolder();
    symlinkSync('.', join(folder, 'again'));
    expect(() => filesBelow(folder)).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `${join(folder, 'again')} is a link to a folder that contains it`,
      }),
    );
  });
});

test('unfinished files are removed, or only those of a named file', () => {
  const folder = testFolder();
  const begun = ['.a.12.partial', '.b.12.partial'];
  for (const name of begun) writeFileSync(join(folder, name), '');
  removeUnfinished(folder, 'a');
  expect(readdirSync(folder)).toEqual(['.b.12.partial']);
  removeUnfinished(folder);
  expect(readdirSync(folder)).toEqual([]);
  removeUnfinished(join(folder, 'none'));
});

describe('an error of the system', () => {
  const errorOf = (code: string, syscall = 'read') =>
    Object.assign(new Error(`${code}: some words, ${syscall}`), { code, syscall, errno: -1 });

  test.each([
    ['EIO', 'io-error', 'f: the disk reports an error'],
    ['EFBIG', 'no-space', 'no space left to write f'],
    ['EROFS', 'no-access', 'f: the disk is read-only'],
    ['EMFILE', 'io-error', 'f: too many files are open'],
    ['ENFILE', 'io-error', 'f: too many files are open'],
    ['ESTALE', 'io-error', 'f: the network share has lost the file'],
    ['ETIMEDOUT', 'io-error', 'f: the network share does not answer'],
    ['EBUSY', 'io-error', 'f is in use by the system or by another program'],
    ['EXDEV', 'io-error', 'f: a file cannot be moved here from another disk'],
    ['ENXIO', 'bad-data', 'f is a socket or a device, not a file'],
    ['ENOTDIR', 'not-found', 'f does not exist: a part of the path is a file, not a folder'],
    ['EWHATEVER', 'io-error', 'f: the operating system says: EWHATEVER: some words, read'],
    ['EINVAL', 'io-error', 'f: the operating system says: EINVAL: some words, read'],
  ])('%s is a known failure', (code, known, message) => {
    expect(asKnown(errorOf(code), 'f')).toMatchObject({
      name: 'RandoseError',
      code: known,
      message,
    });
  });

  test('about a name is reported as one', () => {
    expect(asKnown(errorOf('EINVAL', 'open'), 'f')).toMatchObject({
      code: 'not-found',
      message: 'f is not a valid file name on this system',
    });
  });

  test('is distinguished from a bug', () => {
    const mistake = new TypeError('no function');
    expect(asKnown(mistake, 'f')).toBe(mistake);
    const argument = Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' });
    expect(asKnown(argument, 'f')).toBe(argument);
  });
});
