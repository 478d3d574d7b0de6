import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { goOnWithClock, startOfLists, timeOfClock } from './clock.ts';

/** What one test has taken: two studies of a test are never the same one. */
const taken = new Map<string, number>();

/**
 * Has something made once for all tests that begin with it, and gives each its copy: the folder with its study, and
 * what this user has seen of it, as if it had been made there.
 *
 * @param what says in full what is made: whatever else has the same text gets a copy of the same
 * @param folder where the copy goes: an empty one
 * @param study its name in the folder
 * @param make makes it in the folder that it is given
 */
export function shareStudy(
  what: string,
  folder: string,
  study: string,
  make: (folder: string) => void,
): void {
  const all = process.env.RANDOSE_TEST_SHARED;
  if (all === undefined) {
    make(folder);
    return;
  }
  const nth = taken.get(what) ?? 0;
  taken.set(what, nth + 1);
  if (nth === 0) onTestFinished(() => void taken.delete(what));
  const full = JSON.stringify([what, nth, startOfLists(), defaults()]);
  const name = createHash('sha256').update(full).digest('hex').slice(0, 16);
  const kept = join(all, name);
  if (!existsSync(kept)) keep(kept, study, make);
  const { made, time } = JSON.parse(readFileSync(join(kept, 'made.json'), 'utf8')) as Made;
  cpSync(join(kept, 'folder'), folder, { recursive: true });
  const [from, to] = [join(made, study), join(folder, study)];
  moveIn(join(folder, study, '.randose.home'), from, to);
  const state = process.env.XDG_STATE_HOME!;
  for (const file of filesIn(join(kept, 'state'))) {
    mkdirSync(dirname(join(state, file)), { recursive: true, mode: 0o700 });
    cpSync(join(kept, 'state', file), join(state, file));
    moveIn(join(state, file), from, to);
  }
  goOnWithClock(to, time);
}

/** What this user has set, and commands take. */
function defaults(): unknown {
  const variables = Object.entries(process.env).filter(([name]) => {
    return name.startsWith('RANDOSE_') && !name.startsWith('RANDOSE_TEST_');
  });
  const file = join(process.env.XDG_CONFIG_HOME ?? '', 'randose', 'config.yaml');
  return [variables, existsSync(file) ? readFileSync(file, 'utf8') : undefined];
}

/** What was made, where and until when. */
interface Made {
  readonly made: string;
  readonly time: number;
}

/** Makes it, and keeps it for whoever needs it next; another worker may do the same at the same time. */
function keep(kept: string, study: string, make: (folder: string) => void): void {
  const begun = mkdtempSync(`${kept}-`);
  const folder = join(begun, 'folder');
  mkdirSync(folder);
  const state = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = join(begun, 'state');
  try {
    make(folder);
  } finally {
    process.env.XDG_STATE_HOME = state;
  }
  const made: Made = { made: folder, time: timeOfClock(join(folder, study)) };
  writeFileSync(join(begun, 'made.json'), JSON.stringify(made));
  try {
    renameSync(begun, kept);
  } catch (error) {
    if (!existsSync(kept)) throw error;
    rmSync(begun, { recursive: true });
  }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Changes where a file says that the study is. One without a list has no such file. */
function moveIn(file: string, from: string, to: string): void {
  if (!existsSync(file)) return;
  const before = readFileSync(file, 'utf8');
  if (!before.includes(JSON.stringify(from))) throw new Error(`${file} does not name ${from}`);
  writeFileSync(file, before.replaceAll(JSON.stringify(from), JSON.stringify(to)));
}
