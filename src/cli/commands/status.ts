import { nearlyFull, randomizations, strataUse, type StratumUse } from '../../ledger/enrolment.ts';
import { type Kit, requireKit } from '../../ledger/kits.ts';
import { openingsOf } from '../../ledger/openings.ts';
import { domainOf, openStudy, type OpenStudy } from '../../platform/open-study.ts';
import { findStudyFolder } from '../../platform/study-folder.ts';
import { nearlyFullText } from '../nearly-full.ts';
import type { Output } from '../output.ts';
import { formatTable } from '../table.ts';

interface StatusOptions {
  readonly study?: string;
  readonly kit?: string;
  readonly warnAt?: number;
  readonly dummy?: boolean;
}

/** `randose status`: how far the trial has come. Nothing in it is counted by arm. */
export function status(output: Output, options: StatusOptions): void {
  const open = openStudy(findStudyFolder(options.study), domainOf(options));
  if (options.kit !== undefined) {
    tellKit(output, open, requireKit(open, options.kit));
    return;
  }
  const { study, entries, slots, batches } = open;
  const randomized = randomizations(entries);
  const strata = strataUse(slots, randomized);
  const few = nearlyFull(strata, options.warnAt);
  const opened = {
    codeBreaks: counts(openingsOf(entries, 'code-break')),
    listOpenings: counts(openingsOf(entries, 'list opening')),
    cardMakings: counts(openingsOf(entries, 'card making')),
    rewraps: counts(openingsOf(entries, 'rewrap')),
  };
  const last = randomized.at(-1);
  const lines = [
    `${study.id}: ${randomized.length} randomized` +
      (last === undefined ? '' : `, the last ${last.subject} on ${last.time.slice(0, 10)}`),
    '',
    strataTable(output, strata, few),
    ...(batches.length > 1 ? [`The slots came in ${batches.length} batches.`] : []),
    countsText('Code-breaks', opened.codeBreaks),
  ];
  const others = [
    ['List openings', opened.listOpenings],
    ['Cards printed', opened.cardMakings],
    ['Sealed anew', opened.rewraps],
  ] as const;
  for (const [what, count] of others) {
    if (Object.values(count).some((number) => number > 0)) lines.push(countsText(what, count));
  }
  const unfinished = Object.values(opened).reduce(
    (sum, { withoutOutcome }) => sum + withoutOutcome,
    0,
  );
  if (unfinished > 0) {
    const began =
      unfinished === 1 ? '1 opening began and has' : `${unfinished} openings began and have`;
    lines.push(`${began} no outcome: somebody may have seen an arm. See randose verify.`);
  }
  output.result(
    {
      study: study.id,
      randomized: randomized.length,
      batches: batches.length,
      strata,
      nearlyFull: few.map(({ stratum }) => stratum),
      ...opened,
    },
    `${lines.join('\n')}\n`,
  );
  for (const one of few) output.warn(nearlyFullText(one));
}

function strataTable(
  output: Output,
  strata: readonly StratumUse[],
  few: readonly StratumUse[],
): string {
  const rows = strata.map((row) => {
    const cells = [row.stratum, ...[row.slots, row.used, row.left].map(String)];
    return few.includes(row) ? cells.map((cell) => output.colour.yellow(cell)) : cells;
  });
  return formatTable(['Stratum', 'Slots', 'Used', 'Left'], rows, output.colour);
}

function counts(attempts: readonly { outcome: { result: string } | undefined }[]) {
  const of = (result: string | undefined) =>
    attempts.filter(({ outcome }) => outcome?.result === result).length;
  return { opened: of('opened'), refused: of('refused'), withoutOutcome: of(undefined) };
}

function countsText(what: string, { opened, refused }: ReturnType<typeof counts>): string {
  return `${what}: ${opened} opened, ${refused} refused`;
}

/** Whose kit it is: blinded, for whoever has it in hand. */
function tellKit(output: Output, { study }: OpenStudy, { kit, slot, holder }: Kit): void {
  const { number, stratum } = slot;
  const whose =
    holder === undefined
      ? 'given to nobody yet'
      : `given to ${holder.subject} on ${holder.time.slice(0, 10)}`;
  output.result(
    { study: study.id, kit, number, stratum, subject: holder?.subject ?? null },
    `${study.id}: kit ${kit} is of ${number}, stratum ${stratum}, ${whose}.\n`,
  );
}
