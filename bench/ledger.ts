/**
 * Reading a long ledger, inside one process: time per entry beside a bare loop that makes the SHA-256 of the same lines
 * and nothing else. Run by bench/run.mjs.
 */
import { hash } from 'node:crypto';
import { readChain } from '../src/ledger/chain-bytes.ts';
import { formatEntries, readyActs, START } from '../src/ledger/chain.ts';
import type { Act } from '../src/ledger/entry.ts';
import type { Slot } from '../src/randomization/list.ts';
import type { KitNumber, RandomizationNumber } from '../src/randomization/numbers.ts';
import { drawIdentifier } from '../src/store/draw-identifier.ts';
import { actsOf } from './long-trial.ts';
import { medianOf } from './whole-command.ts';

const AIM_US = 4;
const ROUNDS = 5;
const LINE_FEED = 0x0a;

/** Each participant is randomized, gets a kit, and has ten injections. */
const PER_PARTICIPANT = 12;

/** Slots without end. */
function* slots(): Generator<Slot> {
  for (let sequence = 1; ; sequence += 1) {
    const number = `R${String(sequence).padStart(5, '0')}` as RandomizationNumber;
    yield { number, batch: 1, stratum: 'site=CRT', sequence, kit: '4KX9TM7' as KitNumber };
  }
}

function ledgerOf(count: number): Buffer {
  const circumstances = { software: 'randose 0', study: 'b'.repeat(64), signer: null, seen: null };
  const texts: string[] = [];
  const acts = actsOf(slots(), PER_PARTICIPANT);
  let head = START;
  for (let from = 0; from < count; from += 1000) {
    const some = Array.from(
      { length: Math.min(1000, count - from) },
      () => acts.next().value as Act,
    );
    const ready = readyActs(some, circumstances, drawIdentifier);
    const added = formatEntries(head, ready, '2026-06-15T08:30:00.000Z');
    texts.push(added.text);
    head = added.head;
  }
  return Buffer.from(texts.join(''));
}

function bareLoop(bytes: Buffer): number {
  let lines = 0;
  for (let start = 0; start < bytes.length; lines += 1) {
    const end = bytes.indexOf(LINE_FEED, start);
    hash('sha256', bytes.subarray(start, end), 'hex');
    start = end + 1;
  }
  return lines;
}

function milliseconds(work: () => unknown): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

console.log('reading a ledger, time per entry, beside a bare loop of SHA-256 over the same lines');
for (const count of [10_000, 100_000, 300_000]) {
  const bytes = ledgerOf(count);
  const read = () => {
    if (readChain(bytes)?.head.seq !== count) throw new Error('the ledger was not read');
  };
  const rounds = Array.from({ length: ROUNDS }, () => {
    return { one: milliseconds(read), bare: milliseconds(() => bareLoop(bytes)) };
  });
  const us = (values: readonly number[]) => (medianOf(values) / count) * 1000;
  const [one, bare] = [us(rounds.map((of) => of.one)), us(rounds.map((of) => of.bare))];
  const ratio = medianOf(rounds.map((of) => of.one / of.bare)).toFixed(2);
  const verdict = `aim: ${AIM_US} µs, ${one <= AIM_US ? 'reached' : 'missed'}`;
  console.log(
    `  ${String(count).padStart(7)} entries: ${one.toFixed(2)} µs beside ${bare.toFixed(2)} µs: ratio ${ratio} (${verdict})`,
  );
}
const { rss } = process.memoryUsage();
console.log(`  memory of the process afterwards: ${(rss / 1e6).toFixed(0)} MB`);
