import { kitsOfEntry } from '../../ledger/enrolment.ts';
import type { Entry } from '../../ledger/entry.ts';
import { entryText } from '../../ledger/entry-text.ts';
import { toSeconds } from '../../ledger/times.ts';
import type { Study } from '../../study/study.ts';
import { type Dataset, makeDataset, type Variable } from './dataset.ts';

/** The ledger, an entry in each row, in words: who did what, when and why. @param entries as they were written */
export function ledgerDataset({ id }: Pick<Study, 'id'>, entries: readonly Entry[]): Dataset {
  const text = (name: string, label: string, of: (entry: Entry) => string): Variable<Entry> => ({
    name,
    label,
    type: 'text',
    of,
  });
  const holders = holdersIn(entries);
  const variables: Variable<Entry>[] = [
    { ...text('STUDYID', 'Study Identifier', () => id), key: 1 },
    { name: 'SEQ', label: 'Sequence Number', type: 'number', key: 2, of: ({ seq }) => seq },
    {
      name: 'ENTDTC',
      label: 'Date/Time of the Entry (UTC)',
      type: 'datetime',
      of: ({ time }) => toSeconds(time),
    },
    text('ACTION', 'Kind of Entry', ({ action }) => action),
    text('SUBJID', 'Subject Identifier', (entry) => {
      return entry.subject ?? holders.get(entry.seq) ?? '';
    }),
    text('WHAT', 'What Was Done', (entry) => entryText(entry, entries)),
    text('WHO', 'Name of the Person', ({ who }) => who.name),
    text('WHOROLE', 'Role of the Person', ({ who }) => who.role),
    text('WHOORG', 'Organisation of the Person', ({ who }) => who.organisation),
    text('MEANING', 'Meaning of the Entry', ({ meaning }) => meaning),
    text('REASON', 'Reason', ({ reason }) => reason ?? ''),
    text('SIGNER', 'Key of the Signature', ({ signer }) => signer ?? ''),
    { ...text('SOFTWARE', 'Software', ({ software }) => software), length: 40 },
    text('HASH', 'Hash of the Entry', ({ hash }) => hash),
  ];
  return makeDataset({ name: 'LEDGER', label: 'Ledger: Audit Trail, Blinded' }, variables, entries);
}

/** Of each event of a kit that names nobody: the participant who had the kit then, by its sequence number. */
function holdersIn(entries: readonly Entry[]): ReadonlyMap<number, string> {
  const ofKit = new Map<string, string>();
  const found = new Map<number, string>();
  for (const entry of entries) {
    if (entry.action === 'randomization') {
      for (const kit of kitsOfEntry(entry)) ofKit.set(kit, entry.subject);
    }
    if (entry.action !== 'kit') continue;
    if (entry.subject !== null) ofKit.set(entry.kit, entry.subject);
    const holder = ofKit.get(entry.kit);
    if (holder !== undefined) found.set(entry.seq, holder);
  }
  return found;
}
