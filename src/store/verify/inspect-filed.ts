import { armWords, readOpening } from '../../blinding/answer-text.ts';
import { isProofOf, readProof, strangeLine } from '../../blinding/proof.ts';
import type { Commitments } from '../../blinding/published.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { type Checkpoint, checkpointOf, rootOver } from '../../blinding/checkpoint.ts';
import { formatHead, type Head, START } from '../../ledger/chain.ts';
import { findRandomization } from '../../ledger/enrolment.ts';
import type { Entry } from '../../ledger/entry.ts';
import { mistypedReceipt } from '../../ledger/mistyped-receipt.ts';
import { withCurrentIds } from '../../ledger/subject-ids.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { manifestsAsAllocated, publicationsOf } from '../published.ts';

/** The result of comparing a study with something. */
export interface Finding {
  readonly problems: readonly Problem[];
  /** What the comparison found, as a sentence; empty if there are problems. */
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Compares the ledger with receipts that were filed. If somebody cut off its end, or rewrote it from some
 * entry on, the ledger agrees with itself but not with the receipts.
 *
 * @param known the hash of each entry, in their order; also of entries that the reader may not see
 */
export function compareReceipts(known: readonly Head[], receipts: readonly Head[]): Finding {
  const problems: Problem[] = [];
  for (const { seq, hash } of receipts) {
    const entry = known.find((one) => one.seq === seq);
    if (entry?.hash === hash) continue;
    const slip = mistypedReceipt({ seq, hash }, known);
    if (slip !== undefined) {
      problems.push({ message: slip });
      continue;
    }
    const end = known.at(-1)?.seq ?? START.seq;
    const message =
      entry !== undefined
        ? `does not match the receipt of entry ${seq}, which has another hash (the ledger has ${entry.hash.slice(0, 8)}…, the receipt ${hash.slice(0, 8)}…): the ledger was rewritten, or the receipt is mistyped or from another study`
        : end < seq
          ? `ends at entry ${end}, but a receipt of entry ${seq} was filed: the end was cut off`
          : `has no readable entry ${seq}, of which a receipt was filed`;
    problems.push({ file: LEDGER_FILE, message });
  }
  const count = receipts.length === 1 ? 'The receipt is' : `All ${receipts.length} receipts are`;
  const text = problems.length > 0 ? '' : `${count} in the ledger.`;
  return { problems, text, data: { receipts: receipts.map(formatHead) } };
}

/**
 * Compares a ledger with a checkpoint that was filed. It needs the hashes alone, so that whoever sees only some entries can
 * compare all of them.
 *
 * @param hashes the hash of every entry, in their order
 */
export function compareCheckpoint(
  study: string,
  hashes: readonly string[],
  filed: Checkpoint,
  file: string,
): Finding {
  const { origin } = checkpointOf(study, hashes);
  const problems: Problem[] = [];
  if (filed.origin !== origin) {
    problems.push({
      file,
      message: `is of another ledger: ${filed.origin}, and this one is ${origin}`,
    });
  } else if (filed.size > hashes.length) {
    const message = `ends at entry ${hashes.length}, but ${file} is of ${filed.size} entries: the end was cut off`;
    problems.push({ file: LEDGER_FILE, message });
  } else if (rootOver(hashes.slice(0, filed.size)) !== filed.root) {
    const message = `does not match ${file}: an entry up to ${filed.size} is another one than when it was filed`;
    problems.push({ file: LEDGER_FILE, message });
  }
  const text = `The ledger matches the checkpoint in ${file}: ${filed.size} of ${hashes.length} entries.`;
  const isSound = problems.length === 0;
  return { problems, text: isSound ? text : '', data: { checkpoint: isSound } };
}

/**
 * Makes sure that what was filed is of this study. The file of another one says nothing about this study, and a verdict
 * on the two would read like tampering.
 *
 * @param study the id in what was filed
 * @throws RandoseError `bad-data` if every batch of the study has another id
 */
export function requireFiledHere(
  root: string,
  entries: readonly Entry[],
  file: string,
  study: string,
): void {
  let own: string[];
  try {
    own = publicationsOf(root, entries).map((one) => one.study);
  } catch (error) {
    if (error instanceof RandoseError) return; // the verdict says what is wrong with the study
    throw error;
  }
  const [first] = own;
  if (first === undefined || own.includes(study)) return;
  throw new RandoseError('bad-data', `${file} is of ${study}, and this study is ${first}`, {
    hint: 'Is it the wrong file, or the wrong study folder? Nothing was compared. To check the study without it: randose verify',
  });
}

/** What two lists never have in common. */
const OF_ONE_LIST = ['list', 'created', 'root', 'manifest', 'ledger'] as const;

/** Compares a study with a commitment that was filed before the first participant. */
export function compareCommitment(
  root: string,
  entries: readonly Entry[],
  filed: readonly Commitments[],
  file: string,
): Finding {
  return asFinding('commitment', () => {
    const problems: Problem[] = [];
    const present = publicationsOf(root, entries);
    for (const one of filed) {
      const own = present.find(({ batch }) => batch === one.batch);
      if (own === undefined) {
        problems.push({
          file,
          message: `names batch ${one.batch}, which this study does not have`,
        });
        continue;
      }
      const differs = (Object.keys(own) as (keyof typeof own)[]).filter(
        (key) => own[key] !== one[key],
      );
      if (OF_ONE_LIST.every((key) => differs.includes(key))) {
        const message = `batch ${one.batch}: is of another list: ${one.list}, made ${one.created}; the one here is ${own.list}, made ${own.created}. The list was replaced, or the file is of another study with the same id`;
        problems.push({ file, message });
        continue;
      }
      for (const key of differs) {
        const message = `batch ${one.batch}: ${key} is ${own[key]} now, but was filed as ${one[key]}`;
        problems.push({ file, message });
      }
    }
    const of =
      filed.length === present.length ? '' : ` (${filed.length} of ${present.length} batches)`;
    return { problems, text: `The study matches the commitment in ${file}${of}.`, data: null };
  });
}

/** Compares the proof of one participant's allocation with the study. */
export function inspectProof(
  root: string,
  entries: readonly Entry[],
  text: string,
  file: string,
): Finding {
  return asFinding('proof', () => {
    const proof = readProof(text, file);
    const { subject, number } = proof;
    const problems: Problem[] = [];
    const isOurs = manifestsAsAllocated(root, entries).some(({ manifest }) =>
      isProofOf(proof, manifest),
    );
    if (!isOurs) problems.push({ file, message: 'does not match a commitment of this study' });
    const ids = withCurrentIds(entries);
    const had = findRandomization(ids, subject)?.number;
    if (isOurs && had !== number) {
      const message = `says that ${subject} has ${number}, but the ledger says ${had ?? 'no number'}`;
      problems.push({ file, message });
    }
    const { randomizedAs } = readOpening(text.split(/\r?\n/));
    if (
      isOurs &&
      randomizedAs !== undefined &&
      findRandomization(ids, randomizedAs)?.number !== number
    ) {
      const message = `says that ${subject} was randomized as ${randomizedAs}, but the ledger does not`;
      problems.push({ file, message });
    }
    const strange = isOurs ? strangeLine(text, proof, file) : undefined;
    if (strange !== undefined) problems.push(strange);
    const { code, name, type } = proof.slot.arm;
    const what = `${file} proves the allocation of ${subject}, ${number}: it matches the commitment.
It proves: ${armWords(proof.slot.arm)}.
Who opened it, when and why: randose ledger --subject ${subject}`;
    return { problems, text: what, data: { subject, number, arm: { code, name, type } } };
  });
}

/** An error on the way is a finding too. */
function asFinding(
  name: string,
  work: () => { problems: readonly Problem[]; text: string; data: unknown },
): Finding {
  try {
    const { problems, text, data } = work();
    const isSound = problems.length === 0;
    return {
      problems,
      text: isSound ? text : '',
      data: { [name]: isSound ? (data ?? true) : false },
    };
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    const { message, hint } = error;
    const told = hint === undefined ? message : `${message}. ${hint}`;
    return { problems: [{ message: told }], text: '', data: { [name]: false } };
  }
}
