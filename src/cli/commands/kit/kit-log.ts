import type { KitAccount, KitState } from '../../../ledger/accountability.ts';
import type { KitEvent } from '../../../ledger/entry.ts';
import { requireKits } from '../../../ledger/kits.ts';
import { requireSlot } from '../../../ledger/named-participant.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { siteOfStratum } from '../../../study/sections/strata.ts';
import { lastDayOf } from '../../../study/packaged.ts';
import { requireNamedOnce, withId } from '../../arguments/participant.ts';
import { requireSite } from '../../arguments/participant-schedule.ts';
import { kitData, stateText } from '../../output/kit-view.ts';
import type { Output } from '../../output/output.ts';
import { formatTable } from '../../output/table.ts';
import { kitRecords, unitProblemsOf } from '../../study/kit-records.ts';
import { warnOfUnseen } from '../../study/unseen.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { KitFlags } from './command.ts';
import { historyTable, kitHistory } from './kit-history.ts';

/** `randose kit`: the drug accountability log, blinded. */
export async function kitLog(
  output: Output,
  options: KitFlags,
  [id]: [string | undefined],
): Promise<void> {
  const ways = [id, options.subject, options.number, options.kit, options.site];
  requireNamedOnce(...ways);
  const open = await openStudy(studyPlace(options));
  requireKits(open.slots);
  const named = withId(open, options, id);
  const isNamed = (named.subject ?? named.number ?? named.kit) !== undefined;
  const wanted = isNamed ? requireSlot(open, named).number : undefined;
  const site = options.site === undefined ? undefined : requireSite(open.study, options.site).code;
  const isShown = ({ slot, site: own }: KitAccount) =>
    (site === undefined || own === site) && (wanted === undefined || slot.number === wanted);
  const accounts = kitRecords(open).filter(isShown);
  if (accounts.some((one) => mayHaveMore(open, one))) warnOfUnseen(output, open);
  const shown = new Set(accounts.map(({ kit }) => kit));
  const history = isNamed ? kitHistory(open.entries, shown) : [];
  output.result(
    { study: open.study.id, kits: accounts.map(kitData), ...(isNamed && { history }) },
    `${logTable(output, accounts)}${historyText(output, history)}`,
  );
  for (const text of unitProblemsOf(open, shown)) output.warn(text);
}

/**
 * Whether more may have happened to a kit than is seen: its participant is not seen, and it is not one of an own site's that
 * nobody has.
 */
function mayHaveMore({ ownSites, taken }: OpenStudy, { slot, holder }: KitAccount): boolean {
  if (ownSites === undefined || holder !== undefined) return false;
  const site = siteOfStratum(slot.stratum);
  return site === undefined || !ownSites.includes(site) || taken.has(slot.number);
}

/** What happened to the kits, if anything did. */
function historyText(output: Output, history: ReturnType<typeof kitHistory>): string {
  if (history.length === 0) return '';
  const { head, rows } = historyTable(history);
  const columns = output.isShown ? output.columns : undefined;
  return `\n${formatTable(head, rows, output.colour, { columns })}`;
}

/** The log: spare kits have a mark, and only the first and the last dates are in it; the lot, if there are several; and the type. */
function logTable(output: Output, accounts: readonly KitAccount[]): string {
  const hasTypes = accounts.some(({ type }) => type !== undefined);
  const hasLots = new Set(accounts.map(({ lot }) => lot)).size > 1;
  const rows = accounts.map((account) => {
    const { kit, type = '', isSpare, slot, holder, lot = '', expiry, state, events } = account;
    const dateOf = (wanted: KitEvent | KitState): string =>
      events.findLast(({ event }) => event === wanted)?.date ?? '';
    return [
      isSpare ? `${kit}*` : kit,
      ...(hasTypes ? [type] : []),
      slot.number,
      holder ?? '',
      ...(hasLots ? [lot] : []),
      expiry === undefined ? '' : lastDayOf(expiry),
      ...[dateOf('received'), dateOf('dispensed')],
      ...[stateText(account), events.length === 0 ? '' : dateOf(state)],
    ];
  });
  const ofLot = hasLots ? ['Lot'] : [];
  const ofType = hasTypes ? ['Type'] : [];
  const head = ['Kit', ...ofType, 'No.', 'Subject', ...ofLot, 'Use by', 'Received', 'Dispensed'];
  const table = formatTable([...head, 'State', 'Since'], rows, output.colour, {
    // Another program reads the lines one by one.
    columns: output.isShown ? output.columns : undefined,
    optional: ['Since', 'Received'],
  });
  const hasSpares = accounts.some(({ isSpare }) => isSpare);
  return `${table}${hasSpares ? '* a spare kit of the slot\n' : ''}`;
}
