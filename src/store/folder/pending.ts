import { join } from 'node:path';
import * as v from 'valibot';
import { sha256 } from '../../digest.ts';
import { parseJson } from '../../blinding/parse-json.ts';
import type { Act, Entry } from '../../ledger/entry.ts';
import { KIT_TEXT, NUMBER_TEXT } from '../../randomization/numbers.ts';
import { PENDING } from '../../study/layout.ts';
import { SOFTWARE } from '../../version.ts';
import { now } from '../../system/clock.ts';
import { drawIdentifier } from '../draw-identifier.ts';
import {
  exists,
  filesBelow,
  isFolder,
  makeFolder,
  readText,
  removeFolder,
  replace,
  writeNew,
} from '../../system/files.ts';

const TEXT = v.string();
const NUMBER = v.nullable(v.pipe(TEXT, v.regex(NUMBER_TEXT)));
const KIT = v.nullable(v.pipe(TEXT, v.regex(KIT_TEXT)));
const WHO = v.strictObject({ name: TEXT, role: TEXT, organisation: TEXT });
const OUTCOME = { result: v.picklist(['opened', 'refused']), error: v.nullable(TEXT) };
const CODE_BREAK = v.strictObject({
  what: v.literal('code-break'),
  who: WHO,
  subject: TEXT,
  number: NUMBER,
  kit: KIT,
  reason: TEXT,
  to: v.nullable(TEXT),
  key: v.nullable(TEXT),
  opened: v.pipe(TEXT, v.isoTimestamp()),
  /** Null while it is not known: what is open may have been seen. */
  outcome: v.nullable(v.strictObject(OUTCOME)),
  /** The SHA-256 of this file before it had an outcome: a command may have entered it then. */
  earlier: v.optional(v.pipe(TEXT, v.regex(/^[0-9a-f]{64}$/))),
  /** The id of the intent, if it was sent to a database that did not say whether it has entered it. */
  intent: v.optional(v.pipe(TEXT, v.regex(/^[0-9a-f]{32}$/))),
});
/** The outcome of a code-break whose intent is in the ledger. */
const LATE_OUTCOME = v.strictObject({
  what: v.literal('outcome'),
  who: WHO,
  subject: TEXT,
  intent: v.number(),
  ...OUTCOME,
});
const FILE = v.strictObject({
  randose: v.literal('pending'),
  version: v.literal(1),
  software: TEXT,
  /** Why it could not be entered. */
  why: TEXT,
  act: v.variant('what', [CODE_BREAK, LATE_OUTCOME]),
});

/** An act that could not be entered in the ledger. Nothing in it depends on an arm. */
export type PendingAct = v.InferOutput<typeof FILE>['act'];

/** Where an act is kept. */
export interface KeptAct {
  /** Relative to the study folder. */
  readonly file: string;
  /** The SHA-256 of the file. */
  readonly digest: string;
}

/**
 * Keeps an act beside the ledger, in a file of its own: a process that cannot have the lock disturbs
 * nobody.
 *
 * @throws RandoseError if nothing can be written there
 */
export function keepPending(root: string, act: PendingAct, why: string): KeptAct {
  const text = formatPending(act, why);
  const moment = now().slice(0, 19).replace(/[-:]/g, '');
  const file = `${PENDING}/${moment}-${drawIdentifier().slice(0, 8)}.json`;
  makeFolder(join(root, PENDING));
  writeNew(join(root, file), text);
  return { file, digest: sha256(text) };
}

/** Keeps a code-break now that its outcome is known. @throws RandoseError if nothing can be written there */
export function keepOutcome(
  root: string,
  { file, digest }: KeptAct,
  act: Extract<PendingAct, { what: 'code-break' }>,
  why: string,
): void {
  // Another command can have entered the code-break without its outcome in the meantime, and removed the file.
  makeFolder(join(root, PENDING));
  replace(join(root, file), formatPending({ ...act, earlier: digest }, why));
}

function formatPending(act: PendingAct, why: string): string {
  const content = { randose: 'pending', version: 1, software: SOFTWARE, why, act };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** Acts that wait, as entries; and the files that keep them. */
export interface WaitingActs {
  readonly acts: readonly Act[];
  /** Files whose acts are among these acts, or in the ledger already. They can be removed once all acts are entered. */
  readonly files: readonly string[];
  /** Files that keep no act that can be read. */
  readonly unreadable: readonly string[];
}

/** Whether anything may wait to be entered. */
export function hasPending(root: string): boolean {
  return exists(join(root, PENDING));
}

/** How long a code-break without an outcome may be going on still, in milliseconds. */
const GOING_ON_MS = 120_000;

/**
 * What waits to be entered in a ledger.
 *
 * @param isPatient whether a code-break that may be going on still is left alone, so that it is entered with its outcome
 */
export function waitingActs(
  root: string,
  entries: readonly Entry[],
  { isPatient = false } = {},
): WaitingActs {
  const acts: Act[] = [];
  const files: string[] = [];
  const unreadable: string[] = [];
  for (const name of isFolder(join(root, PENDING)) ? filesBelow(join(root, PENDING)) : []) {
    const file = `${PENDING}/${name}`;
    if (!name.endsWith('.json')) continue;
    const text = textOf(join(root, file));
    const read = v.safeParse(FILE, text === undefined ? undefined : parseJson(text));
    if (!read.success || text === undefined) {
      unreadable.push(file);
      continue;
    }
    if (isPatient && mayGoOn(read.output.act)) continue;
    files.push(file);
    const act = asEntry(read.output.act, sha256(text), entries);
    if (act !== undefined) acts.push(act);
  }
  // The names of files say the second alone.
  const inOrder = acts.toSorted((a, b) => openedAt(a).localeCompare(openedAt(b)));
  return { acts: inOrder, files, unreadable };
}

/** Whether somebody may be opening the envelope of a code-break just now. */
function mayGoOn(act: PendingAct): boolean {
  if (act.what !== 'code-break' || act.outcome !== null) return false;
  const age = Date.parse(now()) - Date.parse(act.opened);
  return age >= 0 && age < GOING_ON_MS;
}

/** When a code-break that waits was made; an outcome that waits belongs to an entry of before. */
function openedAt(act: Act): string {
  return act.action === 'late code-break' ? act.opened : '';
}

/** Removes files whose acts the ledger has on the disk, whole. */
export function forgetWaiting(root: string, files: readonly string[]): void {
  for (const file of files) removeFolder(join(root, file));
  const folder = join(root, PENDING);
  if (files.length > 0 && exists(folder) && filesBelow(folder).length === 0) removeFolder(folder);
}

/** The entry that an act becomes; undefined if the ledger has it. */
function asEntry(act: PendingAct, digest: string, entries: readonly Entry[]): Act | undefined {
  if (act.what === 'outcome') {
    const { who, subject, intent, result, error } = act;
    const isIn = entries.some(
      (entry) => entry.action === 'code-break outcome' && entry.intent === intent,
    );
    const hasIntent = entries.find(({ seq }) => seq === intent)?.action === 'code-break intent';
    if (isIn || !hasIntent) return undefined;
    return { action: 'code-break outcome', who, subject, intent, result, error };
  }
  const digests = [digest, act.earlier];
  const isIn = entries.some(
    (entry) => entry.action === 'late code-break' && digests.includes(entry.pending),
  );
  if (isIn) return undefined;
  const { who, subject, number, kit, reason, to, key, opened, outcome } = act;
  const intent = entries.find(({ id }) => id !== undefined && id === act.intent);
  if (intent !== undefined) {
    // The database had entered it after all: it lacks its outcome, if that is known.
    const late = { what: 'outcome' as const, who, subject: intent.subject ?? subject };
    return outcome === null
      ? undefined
      : asEntry({ ...late, intent: intent.seq, ...outcome }, digest, entries);
  }
  return {
    action: 'late code-break',
    who,
    subject,
    reason,
    number,
    kit,
    to,
    key,
    opened,
    result: outcome?.result ?? 'unknown',
    error: outcome?.error ?? null,
    pending: digest,
  };
}

function textOf(path: string): string | undefined {
  try {
    return readText(path);
  } catch {
    return undefined;
  }
}
