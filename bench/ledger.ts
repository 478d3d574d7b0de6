/**
 * Reading a long ledger, inside one process: time per entry beside a bare loop that makes the SHA-256 of the same lines
 * and nothing else. Run by bench/run.mjs.
 */
import { hash } from 'node:crypto';
import { readChain } from '../src/ledger/chain-bytes.ts';
import { formatEntries, readyActs, START } from '../src/ledger/chain.ts';
import type { Act } from '../src/ledger/entry.ts';
import type { CivilDate } from '../src/study/civil-date.ts';
import type { SubjectId } from '../src/study/identifiers.ts';
import { drawIdentifier } from '../src/store/draw.ts';

const AIM_US = 4;
const ROUNDS = 5;
const LINE_FEED = 0x0a;

/** Each participant is randomized, gets a kit, and has ten injections. */
const PER_PARTICIPANT = 12;

function act(index: number): Act {
  const who = { name: 'A. Example', role: 'study nurse', organisation: 'Example Hospital' };
  const date = '2026-06-15' as CivilDate;
  const participant = Math.floor(index / PER_PARTICIPANT);
  const subject = `CRT-${String(participant).padStart(5, '0')}` as SubjectId;
  const kit = '4KX9TM7';
  switch (index % PER_PARTICIPANT) {
    case 0: {
      const number = `R${String(participant).padStart(5, '0')}`;
      const slot = { site: 'CRT', stratum: 'site=CRT', number, kit };
      return { action: 'randomization', who, subject, ...slot, day1: date };
    }
    case 1: {
      const event = { kit, event: 'dispensed', date, units: 9, corrects: null } as const;
      return { action: 'kit', who, subject, ...event };
    }
    default: {
      const dose = { visit: 'D1', deviations: [], date, result: 'given', kit } as const;
      return { action: 'dose', who, subject, ...dose, deviations: [], corrects: null };
    }
  }
}

function ledgerOf(count: number): Buffer {
  const circumstances = { software: 'randose 0', study: 'b'.repeat(64), signer: null, seen: null };
  const texts: string[] = [];
  let head = START;
  for (let from = 0; from < count; from += 1000) {
    const acts = Array.from({ length: Math.min(1000, count - from) }, (_, at) => act(from + at));
    const ready = readyActs(acts, circumstances, drawIdentifier);
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
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
  const us = (values: readonly number[]) => (median(values) / count) * 1000;
  const [one, bare] = [us(rounds.map((of) => of.one)), us(rounds.map((of) => of.bare))];
  const ratio = median(rounds.map((of) => of.one / of.bare)).toFixed(2);
  const verdict = `aim: ${AIM_US} µs, ${one <= AIM_US ? 'reached' : 'missed'}`;
  console.log(
    `  ${String(count).padStart(7)} entries: ${one.toFixed(2)} µs beside ${bare.toFixed(2)} µs: ratio ${ratio} (${verdict})`,
  );
}
const { rss } = process.memoryUsage();
console.log(`  memory of the process afterwards: ${(rss / 1e6).toFixed(0)} MB`);
