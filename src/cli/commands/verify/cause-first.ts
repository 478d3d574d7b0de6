import type { Problem } from '../../../errors.ts';
import { ALLOCATION, LEDGER_FILE } from '../../../study/layout.ts';
import { counted } from '../../../words.ts';

/** What is known about a ledger that is not the newest one. */
interface OldLedger {
  /** `is missing` or `is empty`, if that is so. */
  readonly gone: string | undefined;
  /** That a newer one was seen here; undefined if none was. */
  readonly older: Problem | undefined;
}

/** The problems of a study, the cause first. */
interface Ordered {
  readonly problems: readonly Problem[];
  /** Whether the ledger is missing or an old one: then it does not say what is to be done about anything else. */
  readonly isLedgerOld: boolean;
}

/** How `checkSealedFiles` says that the ledger does not have a rewrap or a batch. */
const NOT_IN_LEDGER = /^belongs to a (rewrap|batch) that is not in the ledger/;

/**
 * The problems with the cause first, and once. If the ledger is missing or an old one, each sealed file that is newer
 * than it would be a problem, and each one that was moved aside: they are counted in the problem that is their cause.
 */
export function causeFirst(found: readonly Problem[], { gone, older }: OldLedger): Ordered {
  const newer = found.filter(({ message }) => NOT_IN_LEDGER.test(message));
  const moved = found.filter(
    ({ file = '', message }) => message === 'is missing' && file.startsWith(`${ALLOCATION}/`),
  );
  const isRewrapOver = newer.some(isOfRewrap) && moved.length > 0;
  const isLedgerOld = gone !== undefined || older !== undefined || isRewrapOver;
  if (!isLedgerOld) return { problems: inFolders(found, newer), isLedgerOld };
  // Files are moved aside only after the entry of the rewrap.
  const explained = new Set<Problem>([...newer, ...(newer.some(isOfRewrap) ? moved : [])]);
  if (gone !== undefined) found.filter(isAboutLedger).forEach((problem) => explained.add(problem));
  const others = found.filter((problem) => !explained.has(problem) && problem !== older);
  return { problems: [causeOf(newer, moved, { gone, older }), ...others], isLedgerOld };
}

function causeOf(
  newer: readonly Problem[],
  moved: readonly Problem[],
  { gone, older }: OldLedger,
): Problem {
  const folders = foldersOf(newer);
  const age = gone ?? `is older than ${folders.join(', ')}`;
  const what = older?.message ?? age;
  const movedText =
    moved.length > 0 && newer.some(isOfRewrap)
      ? `, and ${counted(moved.length, 'earlier file')} ${moved.length === 1 ? 'was' : 'were'} moved aside`
      : '';
  const files =
    newer.length > 0 && gone === undefined
      ? [
          `It says nothing about ${counted(newer.length, 'file')} in ${folders.join(', ')}${movedText}`,
        ]
      : [];
  const rest = [
    'To do: restore the newest ledger from a backup or from another copy of this folder, then run: randose verify',
    ...(newer.length === 0 ? [] : ['Delete nothing, and run no rewrap before that']),
  ];
  return { file: LEDGER_FILE, message: [what, ...files, ...rest].join('. ') };
}

function isOfRewrap({ message }: Problem): boolean {
  return message.startsWith('belongs to a rewrap');
}

/** What follows from a ledger that is not there. */
function isAboutLedger({ file, message }: Problem): boolean {
  return (
    file === LEDGER_FILE ||
    message.endsWith(`${LEDGER_FILE} does not exist`) ||
    message === 'is not the manifest that the ledger names'
  );
}

/** The problems, with one for each folder of a rewrap or a batch that the ledger does not have. */
function inFolders(found: readonly Problem[], newer: readonly Problem[]): readonly Problem[] {
  const told = new Set<string>();
  return found.flatMap((problem) => {
    if (!newer.includes(problem)) return [problem];
    const folder = folderOf(problem);
    if (told.has(folder)) return [];
    told.add(folder);
    const own = newer.filter((one) => folderOf(one) === folder);
    return [own.length === 1 ? problem : { ...problem, file: folder }];
  });
}

function foldersOf(problems: readonly Problem[]): string[] {
  return [...new Set(problems.map(folderOf))];
}

/** The folder of a rewrap or a batch, with its slash. */
function folderOf({ file = '' }: Problem): string {
  return /^.*?\/(?:batch-\d+\/)?(?:rewrap-\d+\/)?/.exec(file)?.[0] ?? file;
}
