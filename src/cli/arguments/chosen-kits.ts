import { type Problem, RandoseError } from '../../errors.ts';
import { kitsOfEntry, requireRandomization } from '../../ledger/enrolment.ts';
import { withoutSeparatorLine } from '../../ledger/spreadsheet-csv.ts';
import { sitesOfKits } from '../../ledger/kit-sites.ts';
import { type Kit, requireKit, requireKits } from '../../ledger/kits.ts';
import { readTable } from '../../system/table-file.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { hasFormOfKit, readKit } from '../../randomization/kit-check.ts';
import type { Numbering } from '../../randomization/numbers.ts';
import { kitsOf, typeOfKit, type Slot } from '../../randomization/list.ts';
import { subjectKey } from '../../study/identifiers.ts';
import { requireSite } from './participant-schedule.ts';
import { counted } from '../../words.ts';
import type { KitChoice } from './options.ts';

/**
 * The kits that somebody asks for, in the order of the list, each slot's spare kits after its own. Kits that are
 * named come in the order in which they are named. If nothing is asked for: all kits. For one participant: the
 * kits without the spare ones.
 *
 * @throws RandoseError `bad-data` if a code is not a kit of this study, or the kit of another participant
 */
export function chosenKits(open: OpenStudy, choice: KitChoice): Kit[] {
  requireKits(open.slots);
  const { kits, site, batch, subject, type } = choice;
  const isOfType = typeFilter(open.study, type);
  const ways = [kits ?? subject, site, batch].filter((one) => one !== undefined);
  if (ways.length > 1) {
    throw new RandoseError('usage', 'expected one of --kits, --site, --batch and --subject', {
      hint: 'With --subject, --kits says which of that participant’s kits.',
    });
  }
  if (kits !== undefined) {
    if (type !== undefined) {
      throw new RandoseError('usage', '--type is not for kits that are named: leave it out');
    }
    return namedKits(open, [{ code: kits }], subject);
  }
  if (subject !== undefined) {
    const holder = requireRandomization(open.entries, subject);
    const own = kitsOfEntry(holder).map((kit) => requireKit(open, kit));
    return own.filter(({ kit, slot }) => isOfType(slot, kit));
  }
  const code = site === undefined ? undefined : requireSite(open.study, site).code;
  const siteOf = sitesOfKits(open.entries);
  const slots = open.slots.filter(
    (slot) =>
      (code === undefined || siteOf(slot) === code) &&
      (batch === undefined || slot.batch === batch),
  );
  if (slots.length === 0) {
    const what = batch === undefined ? `site ${code ?? ''}` : `batch ${batch}`;
    throw new RandoseError('usage', `${what} has no kits`, {
      hint:
        batch === undefined
          ? 'Strata have no site in this study: kits belong to a site once a participant of the site has them.'
          : `The list has ${counted(open.batches.length, 'batch', 'batches')}.`,
    });
  }
  return slots.flatMap((slot) =>
    kitsOf(slot).flatMap((kit) => (isOfType(slot, kit) ? { kit, slot, holder: undefined } : [])),
  );
}

/** Which kits have the type that somebody asks for. @throws RandoseError `usage` if the study has no such type */
function typeFilter(
  { kitTypes }: OpenStudy['study'],
  type: string | undefined,
): (slot: Slot, kit: string) => boolean {
  if (type === undefined) return () => true;
  const wanted = kitTypes.find((one) => one.type.toUpperCase() === type.trim().toUpperCase());
  if (wanted !== undefined) return (slot, kit) => typeOfKit(slot, kit) === wanted.type;
  throw new RandoseError('usage', `--type "${type}": the study has no such kit type`, {
    hint:
      kitTypes.length === 0
        ? 'All its kits are alike (study.yaml has no supplies.kits): leave out --type.'
        : `Its types are: ${kitTypes.map((one) => one.type).join(', ')}`,
  });
}

/** A text that should be a kit code, and its place in a file. */
export interface TypedCode extends Pick<Problem, 'file' | 'line'> {
  readonly code: string;
}

/**
 * The kits of codes that somebody typed or scanned, each once.
 *
 * @param typed each may also be several codes, with commas, semicolons or blanks between them
 * @param subject the participant who must have the kits, if that matters
 * @throws RandoseError `bad-data`, with all problems at once
 */
export function namedKits(open: OpenStudy, typed: readonly TypedCode[], subject?: string): Kit[] {
  requireKits(open.slots);
  const codes = typed.flatMap(({ code, ...place }) =>
    separateCodes(code, open.study).map((one) => ({ code: one, place })),
  );
  if (codes.length === 0) throw new RandoseError('usage', 'name a kit: --kits CODE,CODE');
  requireKitCodes(typed, open.study);
  const problems: Problem[] = [];
  let wrong = 0;
  const found = new Map<string, Kit>();
  const holder = subject === undefined ? undefined : requireRandomization(open.entries, subject);
  for (const { code, place } of codes) {
    const before = problems.length;
    try {
      const kit = requireKit(open, code);
      if (found.has(kit.kit)) problems.push({ ...place, message: `kit ${kit.kit} is named twice` });
      if (
        holder !== undefined &&
        subjectKey(kit.holder?.subject ?? '') !== subjectKey(holder.subject)
      ) {
        const { subject } = holder;
        const whose =
          kit.holder === undefined
            ? `is not assigned to ${subject}`
            : `belongs to ${kit.holder.subject}, not to ${subject}`;
        problems.push({ ...place, message: `kit ${kit.kit} ${whose}: DO NOT GIVE IT` });
      }
      found.set(kit.kit, kit);
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      problems.push({ ...place, message: error.message });
    }
    if (problems.length > before) wrong += 1;
  }
  if (problems.length === 0) return [...found.values()];
  const [first] = problems;
  const isOne = problems.length === 1 && first?.line === undefined;
  const title = `${wrong} of ${counted(codes.length, 'kit code')} ${wrong === 1 ? 'is' : 'are'} wrong`;
  throw new RandoseError('bad-data', isOne ? first!.message : title, {
    problems: isOne ? [] : problems,
    hint: 'Nothing was done. Read the codes from the kits again.',
  });
}

/** The codes in a text. A blank within one code is accepted: it separates codes if one of its words is a code alone. */
function separateCodes(text: string, numbering: Numbering): string[] {
  return text.split(/[,;\n]/).flatMap((part) => {
    const words = part.split(/\s+/).filter((word) => word !== '');
    const areCodes = words.some((word) => hasFormOfKit(word, numbering));
    return areCodes || words.length === 0 ? words : [words.join(' ')];
  });
}

/** @throws RandoseError `bad-data` if a file has several words, and few of them have the form of a kit code */
function requireKitCodes(typed: readonly TypedCode[], { numbers }: Numbering): void {
  const file = typed[0]?.file;
  if (file === undefined || typed.length === 1) return;
  // Codes of a rehearsal are kit codes too; that they are not of this study is said of each.
  const domains = ['production', 'dummy'] as const;
  const isKit = (code: string) => domains.some((domain) => hasFormOfKit(code, { domain, numbers }));
  const kits = typed.filter(({ code }) => isKit(code)).length;
  const isSound = typed.some(({ code }) =>
    domains.some((domain) => 'kit' in readKit(code, { domain, numbers })),
  );
  if (!isTable(typed, isKit) && (isSound || kits * 2 >= typed.length)) return;
  throw new RandoseError('bad-data', `${file} is not a list of kit codes`, {
    hint: 'Nothing was done. Give a file with one kit code per line, as a scanner writes it.',
  });
}

/** Whether a line has something else beside a code: another file, such as a list with its arms, of which nothing is repeated. */
function isTable(typed: readonly TypedCode[], isKit: (code: string) => boolean): boolean {
  const lines = new Set(typed.filter(({ code }) => isKit(code)).map(({ line }) => line));
  return typed.some(({ code, line }) => lines.has(line) && !isKit(code));
}

/** The codes in a file, as a scanner or a spreadsheet writes them: one per line, or separated by commas or spaces. */
export function codesIn(file: string): TypedCode[] {
  const { text } = withoutSeparatorLine(readTable(file));
  const found = new Map<string, TypedCode>();
  for (const [index, row] of text.split('\n').entries()) {
    for (const code of row.split(/[\s,;"=\uFEFF]+/)) {
      if (code !== '' && !found.has(code)) found.set(code, { code, file, line: index + 1 });
    }
  }
  return [...found.values()];
}
