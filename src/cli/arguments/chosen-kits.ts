import { RandoseError } from '../../errors.ts';
import { requireRandomization } from '../../ledger/enrolment.ts';
import { withoutSeparatorLine } from '../../ledger/spreadsheet-csv.ts';
import { type Kit, requireKit } from '../../ledger/kits.ts';
import { readTable } from '../../system/table-file.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { kitsOf } from '../../randomization/list.ts';
import { subjectKey } from '../../study/identifiers.ts';
import { siteOfStratum } from '../../study/sections/strata.ts';
import { requireSite } from './participant-schedule.ts';
import { counted } from '../../words.ts';
import type { KitChoice } from './options.ts';

/**
 * The kits that somebody asks for, in the order of the list, each slot's spare kits after its own. Kits that are
 * named come in the order in which they are named. If nothing is asked for: all kits. For one participant: the
 * kit without the spare ones.
 *
 * @throws RandoseError `bad-data` if a code is not a kit of this study, or the kit of another participant
 */
export function chosenKits(open: OpenStudy, choice: KitChoice): Kit[] {
  const { kits, site, batch, subject } = choice;
  const ways = [kits ?? subject, site, batch].filter((one) => one !== undefined);
  if (ways.length > 1) {
    throw new RandoseError('usage', 'expected one of --kits, --site, --batch and --subject', {
      hint: 'With --subject, --kits says which of that participant’s kits.',
    });
  }
  if (kits !== undefined) return namedKits(open, kits.split(','), subject);
  if (subject !== undefined) {
    const holder = requireRandomization(open.entries, subject);
    return [requireKit(open, holder.kit)];
  }
  const code = site === undefined ? undefined : requireSite(open.study, site).code;
  const slots = open.slots.filter(
    (slot) =>
      (code === undefined || siteOfStratum(slot.stratum) === code) &&
      (batch === undefined || slot.batch === batch),
  );
  if (slots.length === 0) {
    const what = batch === undefined ? `site ${code ?? ''}` : `batch ${batch}`;
    throw new RandoseError('usage', `${what} has no kits`, {
      hint: `The list has ${counted(open.batches.length, 'batch', 'batches')}.`,
    });
  }
  return slots.flatMap((slot) => kitsOf(slot).map((kit) => ({ kit, slot, holder: undefined })));
}

/**
 * The kits of codes that somebody typed or scanned, each once.
 *
 * @param subject the participant who must have the kits, if that matters
 * @throws RandoseError `bad-data`, with all problems at once
 */
export function namedKits(open: OpenStudy, typed: readonly string[], subject?: string): Kit[] {
  const codes = typed.map((one) => one.trim()).filter((one) => one !== '');
  if (codes.length === 0) throw new RandoseError('usage', 'name a kit: --kits CODE,CODE');
  const problems: { message: string }[] = [];
  const found = new Map<string, Kit>();
  const holder = subject === undefined ? undefined : requireRandomization(open.entries, subject);
  for (const code of codes) {
    try {
      const kit = requireKit(open, code);
      if (found.has(kit.kit)) problems.push({ message: `kit ${kit.kit} is named twice` });
      if (
        holder !== undefined &&
        subjectKey(kit.holder?.subject ?? '') !== subjectKey(holder.subject)
      ) {
        const { subject } = holder;
        const whose =
          kit.holder === undefined
            ? `is not assigned to ${subject}`
            : `belongs to ${kit.holder.subject}, not to ${subject}`;
        problems.push({ message: `kit ${kit.kit} ${whose}: DO NOT GIVE IT` });
      }
      found.set(kit.kit, kit);
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      problems.push({ message: error.message });
    }
  }
  if (problems.length === 0) return [...found.values()];
  const [first] = problems;
  throw new RandoseError('bad-data', problems.length === 1 ? first!.message : 'kits are wrong', {
    problems: problems.length === 1 ? [] : problems,
    hint: 'Nothing was done. Read the codes from the kits again.',
  });
}

/** The codes in a file, as a scanner or a spreadsheet writes them: one per line, or separated by commas or spaces. */
export function codesIn(file: string): string[] {
  const { text } = withoutSeparatorLine(readTable(file));
  return [...new Set(text.split(/[\s,;"\uFEFF]+/))];
}
