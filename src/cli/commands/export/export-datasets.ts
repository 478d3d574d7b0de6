import { accountabilityDataset } from '../../../exports/datasets/accountability.ts';
import type { Dataset, MeasuredDataset } from '../../../exports/datasets/dataset.ts';
import { ledgerDataset } from '../../../exports/datasets/ledger.ts';
import { BLINDED_DATASETS } from '../../../exports/sdtm/sdtm-datasets.ts';
import { transferDataset } from '../../../exports/datasets/transfer.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { requireKits } from '../../../ledger/kits.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { reconcileUnits, unitsGiven } from '../../../ledger/unit-balances.ts';
import { type OpenStudy, requireUnchanged, type StudyPlace } from '../../../store/open-study.ts';
import { kitRecords, unitProblemsOf } from '../../study/kit-records.ts';
import { type Exported, type ExportFlags, type Format, FORMATS } from './command.ts';
import type { ExportSource } from './export-formats.ts';
import { redcapAdvice, redcapTable, redcapWarnings } from './redcap-table.ts';
import { blindedSdtm, DEFINE, missingForSdtm } from './sdtm.ts';

/** How one thing that can be exported is made. */
export interface Export {
  /** In which formats it can be written; the first one is the default. */
  readonly formats: readonly [Format, ...Format[]];
  /** What a row is, one and several. */
  readonly nouns: readonly [string, string];
  /** Why other formats, and CSV for Excel, are refused. */
  readonly only?: string;
  /** The names of its files, without ending, if there are several: they go into a folder of their own. */
  readonly names?: readonly string[];
  /** Whether a further file describes them, in some formats. */
  readonly description?: Description;
  /** One dataset for each file, in their order. */
  readonly make: (
    open: OpenStudy,
    place: StudyPlace,
    options: ExportFlags,
  ) => Promise<readonly Dataset[]>;
  /** What to know of it once it is written. */
  readonly remarks?: (open: OpenStudy, options: ExportFlags) => Remarks;
}

/** Sentences for whoever has written an export. */
interface Remarks {
  /** What to do with it. */
  readonly advice?: readonly string[];
  /** What is missing or wrong in it. */
  readonly warnings: readonly string[];
}

/** A file that describes datasets. */
export interface Description {
  readonly name: string;
  /** The formats of the datasets with which it is written. */
  readonly formats: readonly Format[];
  /**
   * @param files the names of the files of the datasets, in their order
   * @param format of the files
   */
  readonly make: (
    datasets: readonly MeasuredDataset[],
    files: readonly string[],
    format: Format,
    source: ExportSource,
  ) => Promise<string>;
}

export const EXPORTED: Readonly<Record<Exported, Export>> = {
  transfer: {
    formats: FORMATS,
    nouns: ['participant', 'participants'],
    make: (open) => {
      requireUnchanged(open, ['identity', 'strata']);
      const { study, entries } = open;
      const factsOf = factsBySubject(entries);
      const participants = randomizations(entries).map((randomization) => ({
        randomization,
        facts: factsOf(randomization.subject),
      }));
      return Promise.resolve([transferDataset(study, participants)]);
    },
  },
  sdtm: {
    formats: ['xpt', 'json', 'ndjson', 'csv', 'xlsx'],
    nouns: ['record', 'records'],
    names: BLINDED_DATASETS.map((name) => name.toLowerCase()),
    description: DEFINE,
    make: (open) => Promise.resolve(blindedSdtm(open)),
    remarks: (open) => ({ warnings: missingForSdtm(open) }),
  },
  accountability: {
    formats: FORMATS,
    nouns: ['kit', 'kits'],
    make: (open) => {
      requireUnchanged(open, ['identity']);
      const { study, slots, entries } = open;
      requireKits(slots);
      const accounts = kitRecords(open);
      const { balances } = reconcileUnits(accounts, entries, study.supplies);
      const byKit = new Map(balances.map((one) => [one.kit, one]));
      const given = unitsGiven(accounts, entries, study.supplies);
      const kits = accounts.map((account) => ({
        account,
        balance: byKit.get(account.kit),
        given: given.get(account.kit),
      }));
      return Promise.resolve([accountabilityDataset(study, kits)]);
    },
    // Units that do not add up, as `kit` says them.
    remarks: (open) => ({ warnings: unitProblemsOf(open) }),
  },
  ledger: {
    formats: FORMATS,
    nouns: ['entry', 'entries'],
    make: async (open, { ledger }) => {
      requireUnchanged(open, ['identity']);
      // As they were written, each under the id that it was written with.
      const { entries } = await ledger.read();
      return [ledgerDataset(open.study, entries)];
    },
  },
  redcap: {
    formats: ['csv'],
    nouns: ['slot', 'slots'],
    only: 'REDCap takes CSV with commas only',
    make: (open, _, { batch }) => Promise.resolve([redcapTable(open, batch)]),
    remarks: (open, { batch }) => ({
      advice: redcapAdvice(open, batch),
      warnings: redcapWarnings(open),
    }),
  },
};
