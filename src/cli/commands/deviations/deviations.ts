import { type DeviationRow, formatDeviationsCsv } from '../../../exports/tables/deviation-table.ts';
import { openStudy, requireUnchanged, SCHEDULE_PARTS } from '../../../store/open-study.ts';
import { datedName } from '../../../study/civil-date.ts';
import { writeFiles } from '../../output/exported-files.ts';
import { CALENDARS } from '../../../study/layout.ts';
import { counted } from '../../../words.ts';
import { chosenParticipants, whoLeft } from '../../arguments/chosen-participants.ts';
import { requireNamedOnce, withId } from '../../arguments/participant.ts';
import type { Output } from '../../output/output.ts';
import { type Palette, PLAIN } from '../../output/palette.ts';
import { formatTable } from '../../output/table.ts';
import { deviationsOf } from '../../study/deviations-of.ts';
import { visitLabel } from '../../../schedule/calendar.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { DeviationsFlags } from './command.ts';

/**
 * `randose deviations`: what was not done as the protocol says, by the records, the plan and the amendments as they
 * are now. It needs no key.
 */
export async function deviations(
  output: Output,
  typed: DeviationsFlags,
  [id]: [string | undefined],
): Promise<void> {
  const { subject, number, kit, site } = typed;
  requireNamedOnce(id, subject, number, kit, site);
  const open = await openStudy(studyPlace(typed));
  const options = withId(open, typed, id);
  requireUnchanged(open, ['identity', ...SCHEDULE_PARTS]);
  const chosen = chosenParticipants(open, options);
  const rows = deviationsOf(open, chosen);
  for (const text of whoLeft(open, options)) output.say(text);
  const { format, csvFor, output: path, force = false } = typed;
  const data = { study: open.study.id, deviations: rows };
  if (path === undefined) {
    const text = format === 'csv' ? formatDeviationsCsv(rows, csvFor) : tableText(rows, output);
    output.result(data, text, { exact: format === 'csv' });
    return;
  }
  const text =
    format === 'csv'
      ? formatDeviationsCsv(rows, csvFor)
      : tableText(rows, { colour: PLAIN, columns: 80 });
  writeFiles([{ file: path, content: text }], { root: open.root, folder: CALENDARS }, force);
  output.say(`Wrote ${path}: ${counted(rows.length, 'deviation')}.`);
  output.result({ ...data, file: path }, '');
}

function tableText(
  rows: readonly DeviationRow[],
  { colour, columns }: { readonly colour: Palette; readonly columns: number },
): string {
  if (rows.length === 0) return 'No deviation is on record.\n';
  const cells = rows.map(({ subject, kind, visit, title, date, rule, text, declared }) => [
    subject,
    kind === 'assessment' ? `${visit} ${title}` : visit === '' ? title || kind : visitLabel(visit),
    datedName(date),
    text === '' || rule === 'missed' ? rule : `${rule}: ${text}`,
    declared === 'Y' ? 'declared' : '',
  ]);
  const head = ['Subject', 'What', 'Date', 'Deviation', ''];
  const subjects = new Set(rows.map(({ subject }) => subject)).size;
  return `${formatTable(head, cells, colour, { columns })}\n${counted(rows.length, 'deviation')} of ${counted(subjects, 'participant')}.\n`;
}
