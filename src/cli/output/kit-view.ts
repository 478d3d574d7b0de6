import type { KitAccount } from '../../ledger/accountability.ts';
import { doneText } from '../../ledger/kit-rules.ts';
import { DEPOT, wayText } from '../../ledger/kit-sites.ts';
import { type CivilDate, datedName } from '../../study/civil-date.ts';
import { isExpiredOn, lastDayOf } from '../../study/packaged.ts';
import { siteOfStratum } from '../../study/sections/strata.ts';
import { counted } from '../../words.ts';

/** A kit's account as data. It never has the arm. */
export function kitData(account: KitAccount) {
  const { kit, slot, type, isSpare, holder, site, state, isLabelled, events, lot, expiry } =
    account;
  const { number, stratum, batch, replacementFor } = slot;
  return {
    kit,
    number,
    ...(type !== undefined && { type }),
    isSpare,
    ...(replacementFor !== undefined && { replacementFor }),
    stratum,
    batch,
    subject: holder ?? null,
    site: site ?? null,
    belongsTo: account.belongsTo ?? null,
    state,
    onItsWay: shipmentData(account),
    lot: lot ?? null,
    expiry: expiry ?? null,
    labelled: isLabelled,
    events: events.map(({ event, date, units, subject, seq, ...way }) => ({
      event,
      date,
      units,
      subject,
      seq,
      ...placesOf(way),
    })),
  };
}

/** From where to where a kit is on its way, and since when; null if it is not. */
function shipmentData({ shipment }: KitAccount) {
  if (shipment === undefined) return null;
  const { from = null, to, date } = shipment;
  return { from, to, shipped: date };
}

/** The places that a record of a kit names. */
function placesOf({ from, to, site }: Pick<KitAccount['events'][number], 'from' | 'to' | 'site'>) {
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(site !== undefined && { site }),
  };
}

/** The state of a kit in words: `shipped to LYO`. */
export function stateText({ state, heldFrom, shipment }: KitAccount): string {
  if (shipment === undefined) return doneText(state);
  const way = `shipped to ${shipment.to ?? ''}`;
  return heldFrom === undefined ? way : `${state}, ${way}`;
}

/**
 * A kit, for a person who has it in hand.
 *
 * @param today to say whether it has expired
 * @param name of the participant who has the slot
 */
export function kitText(
  study: string,
  account: KitAccount,
  today: CivilDate,
  name: string | undefined,
): string {
  const { kit, slot, type, isSpare, state, isLabelled, events } = account;
  const whose = name === undefined ? 'not assigned yet' : `of ${name}`;
  const what = replacementText(slot);
  const batch = slot.batch === 1 ? '' : `, batch ${slot.batch}`;
  const isUnlabelled = events.length === 0 && !isLabelled;
  const lines = [
    `${study}: kit ${kit} is valid.`,
    ...(type === undefined ? [] : [`  Type    ${type}`]),
    `  Slot    ${isSpare ? 'spare kit of ' : ''}${slot.number}${what}, ${whose}`,
    `  Stratum ${slot.stratum}${batch}`,
    ...siteLines(account),
    ...productLines(account, today),
    `  State   ${stateText(account)}${isUnlabelled ? ', no label made yet' : ''}${DO_NOT_GIVE.has(state) ? ': DO NOT GIVE IT' : ''}`,
    ...events.map((one) => `          ${eventText(one)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A slot of a study without kits. @param name of the participant who has it */
export function slotText(
  study: string,
  slot: KitAccount['slot'],
  name: string | undefined,
): string {
  const { number, stratum, batch } = slot;
  const whose = name === undefined ? 'not assigned yet' : `of ${name}`;
  const inBatch = batch === 1 ? '' : `, batch ${batch}`;
  return `${study}: number ${number} is valid${replacementText(slot)}.\n  Slot    ${whose}\n  Stratum ${stratum}${inBatch}\n`;
}

function replacementText({ replacementFor }: KitAccount['slot']): string {
  return replacementFor === undefined ? '' : `, replacement slot of ${replacementFor}`;
}

/** States in which nobody may be treated from a kit, although it may be at hand. */
const DO_NOT_GIVE: ReadonlySet<KitAccount['state']> = new Set([
  ...(['quarantined', 'shipped', 'returned', 'returned to depot', 'lost'] as const),
]);

/** An event of a kit: `dispensed 2026-06-15 Mon, CRT-001, 9 units (ledger 4)`. */
function eventText(entry: KitAccount['events'][number]): string {
  const { event, date, units, subject, seq } = entry;
  const whom = subject === null ? '' : `, ${subject}`;
  const many = units === null ? '' : `, ${counted(units, 'unit')}`;
  return `${doneText(event)}${wayText(entry)} ${datedName(date)}${whom}${many} (ledger ${seq})`;
}

/** The site or the depot that has it, if its stratum does not say so. */
function siteLines({ slot, site, shipment, belongsTo }: KitAccount): string[] {
  const ofStratum = siteOfStratum(slot.stratum);
  if (shipment !== undefined) return [`  Place   on its way to ${site ?? ''}, not received`];
  if (ofStratum === undefined && site === undefined && belongsTo === undefined) {
    return [`  Site    none yet: at the ${DEPOT}`];
  }
  if (ofStratum === undefined && site === belongsTo) return [`  Site    ${site ?? ''}`];
  return site !== undefined && site === ofStratum ? [] : [`  Place   ${site ?? DEPOT}`];
}

/** Lot and expiry, if they are known. */
function productLines(account: KitAccount, today: CivilDate): string[] {
  const { lot, expiry, printed, changedTo } = account;
  const lines = lot === undefined ? [] : [`  Lot     ${lot}`];
  if (expiry === undefined) return lines;
  const isOver = isExpiredOn(expiry, today) ? ', EXPIRED: DO NOT GIVE IT' : '';
  const label =
    changedTo === undefined
      ? ''
      : `; its label shows ${printed?.expiry === undefined ? 'no date' : lastDayOf(printed.expiry)}, study.yaml says ${lastDayOf(changedTo)}`;
  return [...lines, `  Use by  ${lastDayOf(expiry)}${isOver}${label}`];
}
