import {
  CALENDARS,
  EXPORTS,
  HOME_FILE,
  KEPT_STUDY_FILE,
  LABELS,
  LAST_EXPORT,
  LEDGER_FILE,
  LEDGER_STORE_FILE,
  LOCK_FILE,
  PENDING,
  SEEN_ENTRIES_FILE,
  SIGNERS_FILE,
  STUDY_FILE,
  STUDY_SCHEMA_FILE,
  SUPERSEDED,
} from './layout.ts';

/** Something in a study folder, outside allocation/, with its first bytes. */
export interface SeenFile {
  /** Relative to the study folder, with forward slashes. */
  readonly path: string;
  readonly kind:
    'file' | 'link inside' | 'link outside' | 'dead link' | 'not regular' | 'unreadable';
  /** The first bytes as Latin-1, without zeros; empty if it is not a file that randose can read. */
  readonly text: string;
}

/** A file in a study folder that is not the study's own, and what it is. */
export interface Stray {
  readonly path: string;
  /** `ledger` means lines of a ledger, which the caller compares with the study's own. */
  readonly what: 'ledger' | 'sealed' | 'problem' | 'note';
  /** What is wrong with it and what to do; the file's name goes before it. */
  readonly message: string;
}

/** The folder of a rehearsal that has its keys, which are for everyone. */
export const REHEARSAL_KEYS = 'keys';

const READ_BY_ALL = 'and blinded people read this folder: move it elsewhere';
const MOVE_OUT = 'move it out of the study folder';

/**
 * What a file is, if it does not belong where it is.
 *
 * @param isRehearsal whether the folder belongs to a rehearsal, whose keys are in it
 * @returns undefined for the study's own files
 */
export function strayOf(file: SeenFile, isRehearsal: boolean): Stray | undefined {
  const { path, kind, text } = file;
  const told = (what: Stray['what'], message: string): Stray => ({ path, what, message });
  if (kind !== 'file') return told('note', KINDS[kind]);
  const [folder = '', ...rest] = path.split('/');
  const name = rest.at(-1) ?? folder;
  const isKeys = isRehearsal && rest.length > 0 && folder === REHEARSAL_KEYS;
  const isPutAside = rest.length > 0 && folder === SUPERSEDED;
  const key = isKeys ? undefined : keyIn(text);
  if (key !== undefined) return told('problem', key);
  if (rest.length === 0 && OWN.some(([own]) => own === name)) return undefined;
  const unblinding = unblindingIn(text);
  if (unblinding !== undefined) return told('problem', unblinding);
  if (isPutAside || path === STUDY_SCHEMA_FILE) return undefined;
  if (isAge(text)) return told('sealed', `is a sealed file outside allocation/: ${MOVE_OUT}`);
  const system = systemPart(path);
  if (system !== undefined) return { path: system, what: 'note', message: LEFT_BY_SYSTEM };
  const unfinished = unfinishedText(path, name);
  if (unfinished !== undefined) return told('note', unfinished);
  if (rest.length === 0 && EDITED.test(name)) return told('note', PUT_ASIDE);
  const copied = copyOf(name, text);
  if (copied !== undefined) return told(copied.what, copied.message);
  if (BACKUP.test(name)) return told('note', LEFT_BY_SYSTEM);
  const isIn = rest.length > 0 && [CALENDARS, EXPORTS, LABELS].includes(folder);
  if (isIn || isKeys || (rest.length === 1 && folder === PENDING && name.endsWith('.json'))) {
    return undefined;
  }
  return told('note', 'is not a file of the study');
}

/** study.yaml as it was before `study --restore`. */
const EDITED = /^study\.yaml\.edited(-\d+)?$/;
const PUT_ASIDE =
  'is what randose study --restore or randose pull replaced: delete it when nobody needs it any more';

const KINDS: Record<Exclude<SeenFile['kind'], 'file'>, string> = {
  'link inside': 'is a link to something in this folder',
  'link outside': 'is a link that leads out of the study folder',
  'dead link': 'is a link to nothing',
  'not regular': 'is not a regular file, and was not read',
  unreadable: 'cannot be read here, and was not looked at',
};

/** A message if a text has a secret key in it; undefined if it has none. */
function keyIn(text: string): string | undefined {
  if (/AGE-SECRET-KEY-|^-----BEGIN [A-Z ]*PRIVATE KEY|^PuTTY-User-Key-File/im.test(text)) {
    return `has a secret key in it, ${READ_BY_ALL}`;
  }
  if (ageHeader(text)?.startsWith('-> scrypt ') === true) {
    return `is a secret key or another file under a passphrase, ${READ_BY_ALL}`;
  }
  return undefined;
}

/** Whether a text is a randomization plan. */
export function isPlan({ text }: Pick<SeenFile, 'text'>): boolean {
  const hasBlocks = /^["']?blocks["']?\s*:/m.test(text) && /\bsizes\b/.test(text);
  return hasBlocks || /(?:^|[{,])\s*["']?largestImbalance["']?\s*:/m.test(text);
}

/** A message if a text tells arms or block sizes; undefined if it tells neither. */
function unblindingIn(text: string): string | undefined {
  if (isPlan({ text })) {
    return `is a randomization plan: it says how arms are drawn, ${READ_BY_ALL}`;
  }
  if (/<title>CONFIDENTIAL:[^<]*assessment of (?:block sizes|plans)/.test(text)) {
    return `is an assessment of plans, ${READ_BY_ALL}`;
  }
  if (hasArms(text)) return `shows which arms participants or kits have, ${READ_BY_ALL}`;
  return undefined;
}

const ARM_COLUMNS = ['arm', 'arm_code', 'arm_name', 'armcd', 'armtype'];

/** Whether a text unblinds: a table or a JSON document with arms, a proof, or an answer. */
function hasArms(text: string): boolean {
  if (/^randose proof 1$|still blinded: tell only/m.test(text)) return true;
  if (/^[\s\u00ef\u00bb\u00bf]*[{[]/.test(text)) {
    return /"(arm|arm_code|arm_name|ARMCD|ARM)"\s*:\s*"/.test(text);
  }
  const [header = ''] = text.replace(/^\u00ef\u00bb\u00bf/, '').split(/\r?\n/, 1);
  const columns = header.split(/[,;\t]/).map((cell) => cell.trim().replace(/"/g, '').toLowerCase());
  return columns.length > 1 && columns.some((column) => ARM_COLUMNS.includes(column));
}

const AGE = 'age-encryption.org/v1\n';
const ARMOR = /^\s*-----BEGIN AGE ENCRYPTED FILE-----\r?\n([A-Za-z0-9+/=\r\n]*)/;

function isAge(text: string): boolean {
  return ageHeader(text) !== undefined;
}

/** The lines after the first one of an age file, binary or armored, which say to whom it is sealed. */
function ageHeader(text: string): string | undefined {
  const armored = ARMOR.exec(text)?.[1];
  const plain = armored === undefined ? text : Buffer.from(armored, 'base64').toString('latin1');
  return plain.startsWith(AGE) ? plain.slice(AGE.length) : undefined;
}

/** The study's own files in its folder, by the parts of their names that a copy keeps. */
const OWN: readonly (readonly [file: string, stem: string, extension: string])[] = [
  [STUDY_FILE, 'study', '\\.ya?ml'],
  [LEDGER_FILE, 'ledger', '\\.jsonl'],
  [SIGNERS_FILE, 'allowed-signers', ''],
  [LAST_EXPORT, 'last-export', '\\.json'],
  [HOME_FILE, '\\.randose\\.home', ''],
  [LEDGER_STORE_FILE, 'ledger-store', ''],
  [SEEN_ENTRIES_FILE, 'seen-entries', '\\.jsonl'],
  [KEPT_STUDY_FILE, '\\.randose\\.study', '\\.ya?ml'],
];
/** What programs add before, within and after a name when they copy a file. */
const BEFORE = '(?:(?:copy|copie|kopie|copia)(?: \\(\\d+\\))? (?:of|de|von) |#|\\.#?)?';
const WITHIN = [
  ' ?\\([^)]*\\)',
  ' - [^.]+',
  '[-_. ]?(?:copy|copie|kopie|copia|backup|bak|old|orig|conflict)\\b[^.]*',
  '\\.sync-conflict-[^.]+',
  '~[^.]*',
  ' ?\\d{1,2}',
].join('|');
const BEHIND = '~\\d*~?|#|\\.(?:bak|backup|old|orig|save|tmp|copy|rej|sw[a-p]|\\d+)';

/** The study's file of which another one is a copy, according to its name. */
function copiedName(name: string): string | undefined {
  const found = OWN.find(([, stem, extension]) =>
    [
      `^${BEFORE}${stem}(?:${WITHIN}){1,3}${extension}(?:${BEHIND}){0,2}$`,
      `^${BEFORE}${stem}${extension}(?:${WITHIN})?(?:${BEHIND}){1,2}$`,
      `^${BEFORE.slice(0, -1)}${stem}${extension}$`,
    ].some((pattern) => new RegExp(pattern, 'i').test(name)),
  );
  return found?.[0];
}

/** A message if a file is a copy of one of the study's, according to its name or its content. */
function copyOf(name: string, text: string): Pick<Stray, 'what' | 'message'> | undefined {
  if (/^\{"seq":\d+,"time":"[^"]*","software":"/m.test(text)) {
    return { what: 'ledger', message: `is a copy of ${LEDGER_FILE}` };
  }
  const problem = (message: string) => ({ what: 'problem' as const, message });
  if (/^randose:\s*\d/m.test(text) && /^arms:/m.test(text)) {
    return problem(`is a copy of ${STUDY_FILE}, or that of another study: ${MOVE_OUT}`);
  }
  if (/"randose":\s*"manifest"/.test(text)) {
    return problem(`is a copy of a manifest, which belongs in allocation/: ${MOVE_OUT}`);
  }
  if (/^\W*randomization_number,stratum,sequence_in_stratum,kit\b/.test(text)) {
    return problem(`is a copy of a list.csv, which belongs in allocation/: ${MOVE_OUT}`);
  }
  if (/"randose":\s*"home"/.test(text)) return problem(`is a copy of ${HOME_FILE}: ${MOVE_OUT}`);
  const copied = copiedName(name);
  return copied === undefined
    ? undefined
    : problem(`looks like a copy of ${copied}: compare the two, then ${MOVE_OUT}`);
}

const LEFT_BY_SYSTEM = 'is left by the system or another program, not by randose';

/** Files and folders that systems, file managers and synchronization make. */
const SYSTEM = new RegExp(
  [
    '\\.DS_Store|\\._.*|\\.localized|\\.Spotlight-V100|\\.fseventsd|\\.TemporaryItems|\\.AppleDouble|Icon\\r',
    '(eh)?thumbs\\.db|desktop\\.ini|\\$RECYCLE\\.BIN|System Volume Information|~\\$.*',
    '\\.directory|\\.~lock\\..*#|\\.nfs.*|\\.fuse_hidden.*|\\.Trash.*|lost\\+found',
    '@eaDir|#recycle|#snapshot|\\.SynologyWorkingDirectory|\\.st(folder|ignore|versions).*',
    '\\.git.*|\\.hg|\\.svn|\\.dropbox.*|\\.owncloudsync\\.log|\\.sync_.*\\.db.*',
  ]
    .map((names) => `^(?:${names})$`)
    .join('|'),
  'i',
);
/** The file of a system that a path is, or the folder in which it is; undefined if there is none. */
function systemPart(path: string): string | undefined {
  const parts = path.split('/');
  const index = parts.findIndex((part) => SYSTEM.test(part));
  if (index === -1) return undefined;
  return index === parts.length - 1 ? path : `${parts.slice(0, index + 1).join('/')}/`;
}

/** Names of backups that editors leave of other files. */
const BACKUP = /~$|^\..*\.sw[a-p]$|^#.*#$|^\.#/;

/** A message if a stopped command left the file: what it is, and what removes it. */
function unfinishedText(path: string, name: string): string | undefined {
  if (!path.includes('/')) {
    if (name === LOCK_FILE || name.startsWith('.randose.claim.')) {
      return 'is there while a command runs, or was left by one that was stopped. If no randose runs on any machine, the next command that writes clears it, or says to remove it';
    }
    if (name === `${LOCK_FILE}.clearing`) {
      return 'was left by a command that was stopped: if no randose runs, remove it';
    }
    if (isPartial(name)) {
      return 'was left by a command that was stopped: the next command that writes clears it';
    }
  }
  return isPartial(name) ? 'was left by a command that was stopped: remove it' : undefined;
}

function isPartial(name: string): boolean {
  return /^\..+\.\d+\.partial$/.test(name);
}
