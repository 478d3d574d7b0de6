import { isProofOf, readProof } from '../../blinding/proof.ts';
import { readPublication } from '../../blinding/published.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { formatHead, type Head } from '../../ledger/chain.ts';
import { findRandomization } from '../../ledger/enrolment.ts';
import type { Entry } from '../../ledger/entry.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { manifestsAsAllocated, publicationsOf } from '../published.ts';

/** What came of holding a study against something. */
export interface Finding {
  readonly problems: readonly Problem[];
  /** What to say of it; empty where there is nothing. */
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Holds the ledger against receipts that were filed: a ledger whose end was cut off, or that was
 * written anew from some entry on, agrees with itself but not with them.
 */
export function findReceipts(entries: readonly Entry[], receipts: readonly Head[]): Finding {
  const problems: Problem[] = [];
  for (const { seq, hash } of receipts) {
    const entry = entries[seq - 1];
    if (entry?.hash === hash) continue;
    const message =
      entry === undefined
        ? `ends at sequence ${entries.length}, but a receipt of ${seq} was filed: its end was cut off`
        : `is not the ledger of which a receipt was filed: sequence ${seq} has another head, so it was rewritten`;
    problems.push({ file: LEDGER_FILE, message });
  }
  const count = receipts.length === 1 ? 'The receipt is' : `All ${receipts.length} receipts are`;
  const text = problems.length > 0 ? '' : `${count} in the ledger.`;
  return { problems, text, data: { receipts: receipts.map(formatHead) } };
}

/** Holds a study against a commitment that was filed before the first participant. */
export function findPublished(
  root: string,
  entries: readonly Entry[],
  text: string,
  file: string,
): Finding {
  return asFinding('commitment', () => {
    const problems: Problem[] = [];
    const filed = readPublication(text, file);
    const present = publicationsOf(root, entries);
    for (const one of filed) {
      const own = present.find(({ batch }) => batch === one.batch);
      if (own === undefined) {
        problems.push({ file, message: `speaks of batch ${one.batch}, which is not there` });
        continue;
      }
      for (const key of Object.keys(own) as (keyof typeof own)[]) {
        if (own[key] === one[key]) continue;
        const message = `batch ${one.batch}: what was filed has another ${key}: ${one[key]}, now ${own[key]}`;
        problems.push({ file, message });
      }
    }
    const of =
      filed.length === present.length ? '' : ` (${filed.length} of ${present.length} batches)`;
    return { problems, text: `The study is what was committed to in ${file}${of}.`, data: null };
  });
}

/** Holds the proof of one participant's allocation against the study. */
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
    if (!isOurs) problems.push({ file, message: 'is of nothing that this study is committed to' });
    const had = findRandomization(entries, subject)?.number;
    if (isOurs && had !== number) {
      const message = `is of ${number} for ${subject}, who had ${had ?? 'no number'}`;
      problems.push({ file, message });
    }
    const what = `${file} is the proof of ${subject}, ${number}: what it says was committed to.`;
    return { problems, text: what, data: { subject, number } };
  });
}

/** What is found wrong on the way is a finding too. */
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
    return { problems: [{ message: error.message }], text: '', data: { [name]: false } };
  }
}
