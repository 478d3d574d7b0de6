import { isDeepStrictEqual } from 'node:util';
import { sha256 } from '../digest.ts';
import {
  formatHead,
  type Head,
  readyActs,
  type ReadyAct,
  type SignTexts,
} from '../ledger/chain.ts';
import type { Act } from '../ledger/entry.ts';
import { SOFTWARE } from '../version.ts';
import { now } from '../system/clock.ts';
import { drawIdentifier } from './draw-identifier.ts';

/** How acts are signed: with which key, and by which function. */
export interface Signing {
  /** The fingerprint of the ssh key. */
  readonly signer: string;
  readonly sign: SignTexts;
}

/** A study, as the person who decides on acts has seen it. */
interface SeenStudy {
  /** study.yaml. */
  readonly text: Uint8Array | string;
  /** Where the ledger ended. */
  readonly head: Head;
}

/** Whether acts are the same, before they get ids. */
export function areSameActs(one: readonly Act[], other: readonly Act[]): boolean {
  return isDeepStrictEqual(one, other);
}

/**
 * Makes acts ready to be entered: each gets a random id, and is signed if somebody signs. To be called before
 * a lock is taken, since a signature may ask for a passphrase.
 */
export function makeReady(
  { text, head }: SeenStudy,
  acts: readonly Act[],
  signing?: Signing,
): ReadyAct[] {
  const seen = signing === undefined ? null : { head: formatHead(head), time: now() };
  const circumstances = {
    software: SOFTWARE,
    study: sha256(text),
    signer: signing?.signer ?? null,
    seen,
  };
  return readyActs(acts, circumstances, drawIdentifier, signing?.sign);
}
