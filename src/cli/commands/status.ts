import { codeBreaks } from '../../ledger/code-breaks.ts';
import { randomizations, strataUse } from '../../ledger/enrolment.ts';
import { openStudy } from '../../platform/open-study.ts';
import { findStudyFolder } from '../../platform/study-folder.ts';
import type { Output } from '../output.ts';
import { formatTable } from '../table.ts';

/** `randose status`: how far the trial has come. Nothing in it is counted by arm. */
export function status(output: Output, options: { study?: string }): void {
  const { study, entries, slots } = openStudy(findStudyFolder(options.study));
  const randomized = randomizations(entries);
  const strata = strataUse(slots, entries);
  const breaks = codeBreaks(entries);
  const counts = {
    opened: breaks.filter(({ outcome }) => outcome?.result === 'opened').length,
    refused: breaks.filter(({ outcome }) => outcome?.result === 'refused').length,
    withoutOutcome: breaks.filter(({ outcome }) => outcome === undefined).length,
  };
  const table = formatTable(
    ['Stratum', 'Slots', 'Used', 'Left'],
    strata.map((row) => [row.stratum, ...[row.slots, row.used, row.left].map(String)]),
    output.colour,
  );
  const last = randomized.at(-1);
  const lines = [
    `${study.id}: ${randomized.length} randomized` +
      (last === undefined ? '' : `, the last ${last.subject} on ${last.time.slice(0, 10)}`),
    '',
    table.trimEnd(),
    '',
    `Code-breaks: ${counts.opened} opened, ${counts.refused} refused`,
  ];
  if (counts.withoutOutcome > 0) {
    lines.push(
      `${counts.withoutOutcome} began and have no outcome: somebody may have seen the arm. See randose verify.`,
    );
  }
  output.result(
    { study: study.id, randomized: randomized.length, strata, codeBreaks: counts },
    `${lines.join('\n')}\n`,
  );
}
