import { accountabilityDataset } from '../../../exports/datasets/accountability.ts';
import type { Dataset } from '../../../exports/datasets/dataset.ts';
import { ledgerDataset } from '../../../exports/datasets/ledger.ts';
import { transferDataset } from '../../../exports/datasets/transfer.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { requireKits } from '../../../ledger/kits.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { reconcileUnits, unitsGiven } from '../../../ledger/unit-balances.ts';
import { type OpenStudy, requireUnchanged, type StudyPlace } from '../../../store/open-study.ts';
import { kitRecords } from '../../study/kit-records.ts';
import type { Exported } from './command.ts';

type TellProgress = (done: number, total: number) => void;

/** Makes a dataset of a study. */
export const MAKERS: Readonly<
  Record<Exported, (open: OpenStudy, place: StudyPlace, tell: TellProgress) => Promise<Dataset>>
> = {
  transfer: (open, _, tell) => {
    requireUnchanged(open, ['identity', 'strata']);
    const { study, entries } = open;
    const factsOf = factsBySubject(entries);
    const participants = randomizations(entries).map((randomization) => ({
      randomization,
      facts: factsOf(randomization.subject),
    }));
    const told = (done: number) => {
      tell(done, participants.length);
    };
    return Promise.resolve(transferDataset(study, participants, told));
  },
  accountability: (open, _, tell) => {
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
    const told = (done: number) => {
      tell(done, kits.length);
    };
    return Promise.resolve(accountabilityDataset(study, kits, told));
  },
  ledger: async (open, { ledger }, tell) => {
    requireUnchanged(open, ['identity']);
    // As they were written, each under the id that it was written with.
    const { entries } = await ledger.read();
    return ledgerDataset(open.study, entries, (done) => {
      tell(done, entries.length);
    });
  },
};

/** What a row is, one and several. */
export const NOUNS: Readonly<Record<Exported, readonly [string, string]>> = {
  transfer: ['participant', 'participants'],
  accountability: ['kit', 'kits'],
  ledger: ['entry', 'entries'],
};
