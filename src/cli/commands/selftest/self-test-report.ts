import {
  formatSelfTestRecord,
  type SelfTestRecord,
  type TestDone,
} from '../../../exports/records/self-test-record.ts';
import { FONTS } from '../../../system/fonts.ts';
import type { Installation } from '../../../system/installation.ts';
import { counted } from '../../../words.ts';
import type { MadeAgain } from './published-lists.ts';
import type { Comparison } from './twin-trials.ts';

/** A comparison that could not be finished. */
export interface Stopped {
  /** Why, as an error says it. */
  readonly stopped: string;
}

/** What a self-test has found. */
export interface SelfTested {
  /** When it began: ISO 8601, UTC. */
  readonly made: string;
  readonly installation: Installation;
  readonly vectors: MadeAgain;
  readonly compared: Comparison | Stopped;
  /** SHA-256 of the study.yaml whose design was tried; null if it was that of DEPIL-2. */
  readonly design: string | null;
}

/** The record of a self-test, as a PDF with lines to sign. */
export function formatReport(tested: SelfTested): Promise<Uint8Array> {
  return formatSelfTestRecord(recordOf(tested), FONTS);
}

function recordOf({ made, installation, vectors, compared, design }: SelfTested): SelfTestRecord {
  const { program, software, node, computer, account, system, cpu, memory, locale, zone } =
    installation;
  const lists = vectors.made.length + vectors.different.length;
  return {
    software,
    made,
    installation: [
      ['Program', software],
      ['Program file', program.path],
      ['SHA-256 of this file', program.sha256],
      [`SHA-256 of all ${counted(program.files, 'file')}`, program.sha256OfAll],
      ['Node.js', node],
      ['Computer', computer],
      ['Account', account],
      ['System', system],
      ['Processor, memory', `${cpu}, ${memory} GB`],
      ['Language, time zone', `${locale}, ${zone}`],
      ...(design === null ? [] : [['SHA-256 of study.yaml', design] as const]),
    ],
    tests: [
      {
        name: 'Lists: the algorithm makes the published lists',
        hasPassed: vectors.different.length === 0,
        what: `${vectors.made.length} of ${lists} lists came out as published, to the last character.`,
        details: [...vectors.different.map((name) => `DIFFERENT: ${name}`), ...vectors.made],
      },
      blindingTest(compared, design),
    ],
    refused: 'stopped' in compared ? [] : compared.refused.map((one) => [one.command, one.why]),
  };
}

function blindingTest(compared: Comparison | Stopped, design: string | null): TestDone {
  const name = 'Blinding: two trials with exchanged arms look alike';
  if ('stopped' in compared) {
    const what = 'The comparison stopped before its end:';
    return { name, hasPassed: false, what, details: [compared.stopped] };
  }
  const { slots, files, seen, differences } = compared;
  const found =
    differences.length === 0
      ? 'Nothing shows which is which.'
      : `${counted(differences.length, 'difference')}:`;
  return {
    name,
    hasPassed: differences.length === 0,
    what: `Two trials of ${slots} slots each, of the design of ${design === null ? 'DEPIL-2 with more sites, factors and kits' : 'this study.yaml'}, made with the same random draws and exchanged arms. Compared: ${counted(files, 'file')} (names, bytes, lengths, modes, times) and what ${counted(seen.length, 'command')} print. ${found}`,
    details: differences,
  };
}
