import { commonText, languagesAt } from '../../../labels/common-text.ts';
import { BLANK } from '../../../labels/label-text.ts';
import type { Label } from '../../../labels/label.ts';
import type { KitToLabel } from '../../../labels/labels.ts';
import { kitAccounts } from '../../../ledger/accountability.ts';
import { entriesOf } from '../../../ledger/entry.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { lastDayOf } from '../../../study/packaged.ts';
import { makeUpOf } from '../../../study/sections/supplies.ts';
import { templateProductWarnings } from '../../study/list-warnings.ts';
import type { Study } from '../../../study/study.ts';
import { todayIn } from '../../../system/today.ts';
import { counted } from '../../../words.ts';

/** Below this size, in points, a text is small. */
const SMALL = 6;

/**
 * Everything that the person who makes labels should know, although nothing forbids the labels.
 *
 * @param smallest size of their text, in points; undefined if another program sets it
 */
export function labelWarnings(
  open: OpenStudy,
  kits: readonly KitToLabel[],
  labels: readonly Label[],
  smallest: number | undefined,
): string[] {
  return [
    ...goneKits(open, kits),
    ...otherUnits(open, kits, labels),
    ...expired(open, kits, labels),
    ...stockLabels(open, kits),
    ...withoutSite(kits, labels),
    ...templateProductWarnings(open.study),
    ...untranslated(open.study),
    ...smallText(smallest),
    ...tooFewUnits(open.study, kits, labels),
    ...notInFrench(open.study),
  ];
}

/** Kits that were returned by their participants, destroyed or lost, or are on hold. */
function goneKits({ slots, entries }: OpenStudy, kits: readonly KitToLabel[]): string[] {
  const wanted = new Set<string>(kits.map(({ kit }) => kit));
  return kitAccounts(slots, entries).flatMap(({ kit, state, events }) => {
    if (!wanted.has(kit)) return [];
    if (state === 'quarantined') {
      return `kit ${kit} is quarantined: do not use its labels before it is released.`;
    }
    const isGone = state === 'destroyed' || state === 'lost';
    const isReturned = events.some(({ event }) => event === 'returned');
    if (!isGone && !isReturned) return [];
    return `kit ${kit} was ${isGone ? state : 'returned'}: do not use its labels.`;
  });
}

/** Kits that had labels before, for another number of units. */
function otherUnits(
  { slots, entries, study: { supplies } }: OpenStudy,
  kits: readonly KitToLabel[],
  labels: readonly Label[],
): string[] {
  const wanted = new Set<string>(labels.map(({ kit }) => kit));
  const counts = new Map<string, number>();
  for (const { kit, type, unitsLabelled: was } of kitAccounts(slots, entries)) {
    const { units } = makeUpOf(supplies, type);
    if (was === undefined || was === units || !wanted.has(kit)) continue;
    const key = `were made for ${counted(was, 'unit')} each, and study.yaml says ${units} now`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(
    ([text, count]) =>
      `earlier labels of ${counted(count, 'kit')} ${text}. Count the units, and remove the earlier labels.`,
  );
}

/** Products that expire before an injection, or have expired. */
function expired(
  { study }: OpenStudy,
  kits: readonly KitToLabel[],
  labels: readonly Label[],
): string[] {
  const last = labels.reduce(
    (latest, { date }) => (date !== null && date > latest ? date : latest),
    '',
  );
  const products = new Map(
    kits.map(({ slot: { batch }, type }) => [`${batch} ${type ?? ''}`, { batch, type }]),
  );
  return [...products.values()].flatMap(({ batch, type }) => {
    const { expiry } = commonText(study, batch, type);
    const of = type === undefined ? '' : ` of ${type}`;
    if (expiry === undefined) return [];
    if (expiry < todayIn(undefined).slice(0, 7))
      return `the period of use${of} is over: it ended on ${lastDayOf(expiry)}.`;
    if (last.slice(0, 7) <= expiry) return [];
    return `the period of use${of} ends on ${lastDayOf(expiry)}, before the injection on ${last}.`;
  });
}

/** Dispensing labels are not reprints of the labels that the kits had in stock: the kits have both. */
function stockLabels({ entries }: OpenStudy, kits: readonly KitToLabel[]): string[] {
  const inStock = new Set<string>(
    entriesOf(entries, 'labels').flatMap((entry) => (entry.subject === null ? entry.kits : [])),
  );
  if (!areDispensed(kits) || !kits.some(({ kit }) => inStock.has(kit))) return [];
  return [
    'these kits have labels for the stock too: stick the new labels over the old ones, or remove the old ones.',
  ];
}

/** Labels with a blank for the site, because nobody knows yet to which site their kits go. */
function withoutSite(kits: readonly KitToLabel[], labels: readonly Label[]): string[] {
  const atDepot = new Set<string>(kits.flatMap(({ kit, site }) => (site === undefined ? kit : [])));
  const hasBlank = labels.some(({ kit, lines }) => {
    const isBlank = lines.some(({ kind, text }) => kind === 'trial' && text.includes(BLANK));
    return isBlank && atDepot.has(kit);
  });
  if (!hasBlank) return [];
  const count = counted(atDepot.size, 'kit');
  return [
    `${count} ${atDepot.size === 1 ? 'belongs' : 'belong'} to no site yet, so site and investigator are blanks on the labels. Fill them in by hand when a participant has the kit, or print labels then: randose labels --subject ID`,
  ];
}

/** Texts that are written once, so that they are the same in every language. */
function untranslated({ sites, supplies }: Study): string[] {
  const { labels, types } = supplies;
  const all = [undefined, ...sites].map((site) => languagesAt({ supplies }, site));
  const languages = all.find((some) => some.length > 1) ?? [];
  const once = (
    ['form', 'route', 'contents', 'unitContents', 'directions', 'storage'] as const
  ).filter((name) => [labels, ...types].some((texts) => typeof texts[name] === 'string'));
  if (languages.length < 2 || once.length === 0) return [];
  const example = languages.map((language) => `${language}: …`).join(', ');
  return [
    `labels are in ${languages.join(', ')}, but these texts are the same in all languages: ${once.join(', ')}. To write one for each: {${example}}`,
  ];
}

function smallText(smallest = SMALL): string[] {
  if (smallest >= SMALL) return [];
  return [`the text is small: ${smallest} points. A larger label is easier to read.`];
}

/** Kits with fewer units than injections: a unit then belongs to no visit. */
function tooFewUnits(
  { supplies }: Study,
  kits: readonly KitToLabel[],
  labels: readonly Label[],
): string[] {
  const injected = supplies.types.find((one) => one.injected)?.type;
  if (supplies.types.length > 0 && injected === undefined) return [];
  const kit = makeUpOf(supplies, injected);
  const withInjections = kits.filter(({ type }) => type === injected);
  // Kits that are dispensed all belong to one participant.
  const injections = withInjections[0]?.injections.length ?? 0;
  const ofInjections = new Set<string>(withInjections.map((one) => one.kit));
  const hasUnits = labels.some((label) => label.kind === 'unit' && ofInjections.has(label.kit));
  if (!areDispensed(kits) || !hasUnits || kit.units >= injections) return [];
  const units = counted(kit.units, 'unit');
  return [`a kit has ${units} for ${injections} injections, so labels of units have no date.`];
}

function notInFrench({ sites, supplies }: Study): string[] {
  const inFrance = sites.filter(({ country }) => country === 'FR');
  if (inFrance.every((site) => languagesAt({ supplies }, site).includes('fr'))) return [];
  return [
    'a site is in France, where labels must be in French (CSP, R. 5121-16): supplies.labels.languages, or languages of the site.',
  ];
}

function areDispensed(kits: readonly KitToLabel[]): boolean {
  return kits.some(({ subject }) => subject !== null);
}
