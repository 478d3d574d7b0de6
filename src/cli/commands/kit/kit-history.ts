import { entriesOf, type Entry, type EntryOf } from '../../../ledger/entry.ts';
import { doneText } from '../../../ledger/kit-rules.ts';
import { wayText } from '../../../ledger/kit-sites.ts';
import { formatWho, type Who } from '../../../ledger/who.ts';
import { type CivilDate, datedName } from '../../../study/civil-date.ts';
import { counted } from '../../../words.ts';

/** Something that the ledger says of a kit, also if it was taken back later. */
interface KitHappening {
  readonly seq: number;
  readonly kit: string;
  /** The day of the event; of labels the day on which they were recorded (UTC). */
  readonly date: CivilDate;
  readonly what: string;
  readonly who: Who;
}

/** Everything that the ledger says of some kits: their labels and their events, in the order of its entries. */
export function kitHistory(entries: readonly Entry[], kits: ReadonlySet<string>): KitHappening[] {
  const retracted = new Set(entriesOf(entries, 'kit').map(({ corrects }) => corrects));
  const labels = entriesOf(entries, 'labels').flatMap((entry) =>
    entry.kits
      .filter((kit) => kits.has(kit))
      .map((kit): KitHappening => {
        const again = entry.reprints.includes(kit) ? ', reprinted' : '';
        const what = `labelled (${entry.labels})${again}`;
        return {
          seq: entry.seq,
          kit,
          date: entry.time.slice(0, 10) as CivilDate,
          what,
          who: entry.who,
        };
      }),
  );
  const events = entriesOf(entries, 'kit').flatMap((entry): KitHappening[] => {
    const { seq, kit, date, who } = entry;
    if (!kits.has(kit)) return [];
    const takenBack = retracted.has(seq) ? ' (retracted later)' : '';
    return [{ seq, kit, date, what: `${eventText(entry)}${takenBack}`, who }];
  });
  return [...labels, ...events].toSorted((a, b) => a.seq - b.seq);
}

function eventText(entry: EntryOf<'kit'>): string {
  const { event, units, subject, corrects, deviations = [], reason } = entry;
  if (event === 'retracted') return `entry ${corrects ?? ''} retracted${reasonText(reason)}`;
  const whom = subject === null ? '' : event === 'dispensed' ? ` to ${subject}` : ` by ${subject}`;
  const many = units === null ? '' : `, ${counted(units, 'unit')}`;
  const broken = deviations.length === 0 ? '' : `, deviation (${deviations.join(', ')})`;
  return `${doneText(event)}${whom}${wayText(entry)}${many}${broken}${reasonText(reason)}`;
}

function reasonText(reason: string | null): string {
  return (reason ?? '') === '' ? '' : `: ${reason ?? ''}`;
}

/** The rows of a table of the history; with the kits if there are several. */
export function historyTable(history: readonly KitHappening[]): {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const isOfSeveral = new Set(history.map(({ kit }) => kit)).size > 1;
  const ofKit = (cell: string) => (isOfSeveral ? [cell] : []);
  return {
    head: ['Date', ...ofKit('Kit'), 'What', 'By', 'Entry'],
    rows: history.map(({ seq, kit, date, what, who }) => {
      return [datedName(date), ...ofKit(kit), what, formatWho(who), String(seq)];
    }),
  };
}
