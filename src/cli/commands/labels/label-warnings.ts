import { kitAccounts } from '../../../ledger/accountability.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { todayIn } from '../../../system/today.ts';
import type { Label } from '../../../labels/label.ts';
import { commonText } from '../../../labels/common-text.ts';
import type { KitToLabel } from '../../../labels/labels.ts';

/** Below this, in points, somebody who prints is told that the text is small. */
const SMALL = 6;

/**
 * What somebody has to know who has just made labels, though nothing forbids them.
 *
 * @param smallest size of their text, in points; undefined where it is not ours
 */
export function labelWarnings(
  open: OpenStudy,
  kits: readonly KitToLabel[],
  labels: readonly Label[],
  smallest: number | undefined,
): string[] {
  const warnings = [
    ...goneKits(open, kits),
    ...expired(open, kits, labels),
    ...stock(open, kits),
    ...untranslated(open.study),
  ];
  if (smallest !== undefined && smallest < SMALL) {
    warnings.push(`the text is small: ${smallest} points. A larger label would be easier to read.`);
  }
  const { schedule, supplies, sites } = open.study;
  const injections = schedule.phases.reduce((sum, { days }) => sum + days.length, 0);
  const isForOne = kits.some(({ subject }) => subject !== null);
  if (isForOne && labels.some(({ kind }) => kind === 'unit') && supplies.kit.units < injections) {
    warnings.push(
      `a kit has ${supplies.kit.units} units for ${injections} injections: no unit says a date.`,
    );
  }
  if (sites.some(({ country }) => country === 'FR') && !supplies.labels.languages.includes('fr')) {
    warnings.push(
      'a site is in France, where labels must be in French (CSP, R. 5121-16): supplies.labels.languages.',
    );
  }
  return warnings;
}

/** Kits that came back or were destroyed. */
function goneKits({ slots, entries }: OpenStudy, kits: readonly KitToLabel[]): string[] {
  const wanted = new Set<string>(kits.map(({ kit }) => kit));
  return kitAccounts(slots, entries).flatMap(({ kit, state }) =>
    wanted.has(kit) && (state === 'returned' || state === 'destroyed')
      ? `kit ${kit} was ${state}: do not use its labels.`
      : [],
  );
}

/** Products whose period of use ends before an injection, or is over. */
function expired(
  { study }: OpenStudy,
  kits: readonly KitToLabel[],
  labels: readonly Label[],
): string[] {
  const last = labels.reduce(
    (latest, { date }) => (date !== null && date > latest ? date : latest),
    '',
  );
  return [...new Set(kits.map(({ slot }) => slot.batch))].flatMap((batch) => {
    const { expiry } = commonText(study, batch);
    if (expiry === undefined) return [];
    if (expiry < todayIn(undefined).slice(0, 7)) return `the period of use is over: ${expiry}.`;
    if (last.slice(0, 7) <= expiry) return [];
    return `the period of use ends with ${expiry}, before the injection on ${last}.`;
  });
}

/** Dispensing labels are no reprints of those that were made for the stock: both are there. */
function stock({ entries }: OpenStudy, kits: readonly KitToLabel[]): string[] {
  const isForOne = kits.some(({ subject }) => subject !== null);
  const inStock = new Set<string>(
    entriesOf(entries, 'labels').flatMap((entry) => (entry.subject === null ? entry.kits : [])),
  );
  if (!isForOne || !kits.some(({ kit }) => inStock.has(kit))) return [];
  return [
    'these kits have labels for the stock too: put the new ones over them, or take those off.',
  ];
}

/** Words that are written once, and so stand alike in every language. */
function untranslated({ supplies: { labels } }: OpenStudy['study']): string[] {
  const { languages } = labels;
  const once = (
    ['form', 'route', 'contents', 'unitContents', 'directions', 'storage'] as const
  ).filter((name) => typeof labels[name] === 'string');
  if (languages.length < 2 || once.length === 0) return [];
  return [
    `labels are in ${languages.join(', ')}, but of these there is one text for all: ${once.join(', ')}. By language: {${languages.map((one) => `${one}: …`).join(', ')}}`,
  ];
}
