import { basename, dirname, join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { codesLikeLetters } from '../../../blinding/masked-letters.ts';
import { sha256 } from '../../../digest.ts';
import {
  lettersOpened,
  maskedTables,
  purposeFrom,
  tablesFor,
} from '../../../ledger/masked-tables.ts';
import { parseWho } from '../../../ledger/who.ts';
import { openOnRecord } from '../../../store/opening/on-record.ts';
import { openAndProve } from '../../../store/opening/open-list.ts';
import { openerOf } from '../../../store/opening/owners.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { signingWith } from '../../../store/signing.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import { codesOf, ratiosText, sharesIn } from '../../../study/study.ts';
import { writeNew } from '../../../system/files.ts';
import { todayHere } from '../../../system/today.ts';
import { counted, listed, nearestWord, quoted } from '../../../words.ts';
import { requireKeyFlags } from '../../arguments/keys.ts';
import { requireDate } from '../../arguments/participant-schedule.ts';
import { askFirst } from '../../study/look-first.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { tellDryRun } from '../../study/look-first.ts';
import { refuseOpened } from '../../study/opened-list.ts';
import { keysAfterReason } from '../../study/opening-reason.ts';
import { secretTableFile } from '../../study/secret-file.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { UnblindFlags } from './command.ts';
import {
  injectionsUntil,
  knownUntil,
  type MaskedPlan,
  maskedTable,
  randomizedUntil,
} from './masked-tables.ts';
import { askListKey } from './unblind-all.ts';
import { requireSchedule } from './unblinded-tables.ts';

/**
 * `randose unblind --all --masked`: a table with groups A and B instead of arms, for an interim look. The list is opened
 * and proven in memory, on record; no arm is shown or written. Which letter is which arm follows from the sealed seed.
 */
export async function unblindMasked(output: Output, typed: UnblindFlags): Promise<void> {
  const asked = askedOf(typed);
  const { doses = false, reason = null } = typed;
  const path = maskedFile(output, typed.output, asked.purpose);
  const by = typed.by === undefined ? undefined : parseWho(typed.by);
  const place = studyPlace(typed);
  const before = await openStudy(place); // fails before a key is asked for
  const plan = planOf(before, asked, doses);
  const options = await askListKey(output, before, typed);
  await requireKeyFlags(options);
  for (const text of [...likeLetters(before), ...leaksOf(before, plan)]) output.warn(text);
  const maybeMistyped = tellIfNewLetters(output, before, plan);
  if (options.dryRun === true) {
    const { purpose, until, rows } = plan;
    tellDryRun(
      output,
      `open the list of ${before.study.id} and make the masked table of ${rows} until ${until} for "${purpose}"; no arm is shown`,
    );
    return;
  }
  if (maybeMistyped) await askFirst(output, options, 'New letters all the same?');
  const signing = await signingWith(options.sign, !output.json);
  const keys = await keysAfterReason(output, options, reason);
  const study = await atHome(output, place, options);
  const opened = await openOnRecord<Made, 'masked table'>(study, signing, {
    intentOf: (open) => ({
      action: 'masked table intent',
      ...openerOf(open, keys, by),
      reason,
      ...planOf(open, asked, doses),
    }),
    work: async (open) => {
      if (!keys.ok) throw keys.error;
      const masters = await openAndProve(open, keys.value);
      const { data, csv, what } = maskedTable(
        open,
        masters,
        planOf(open, asked, doses),
        options.csvFor,
      );
      const text = options.format === 'json' ? `${JSON.stringify(data, undefined, 2)}\n` : csv;
      return { data, what, text, table: sha256(text) };
    },
    more: ({ table }) => ({ table }),
    none: { table: null },
  });
  if (!opened.ok) throw refuseOpened(output, opened);
  const { data, what, text, table } = opened.value;
  const { slots, study: trial } = opened.open;
  output.say(
    `Proven: ${slots.length} of ${slots.length} slots match the commitment. No arm is in the table.`,
  );
  const ledger = opened.head;
  if (path === undefined) {
    output.result({ ...data, digest: table, ledger }, text, { exact: true });
  } else {
    writeNew(path, text, { mode: 'private' });
    output.say(`Wrote ${path}: ${what}. Only you can read this file.`);
    output.result({ study: trial.id, masked: plan, file: path, digest: table, ledger }, '');
  }
  output.say(
    'Give it to the monitoring committee only. Nobody who treats or assesses participants may see it.',
  );
  output.say(
    `Which letter is which arm stays sealed. To open that, on record: randose unblind --letters ${quoted(plan.purpose)} --identity FILE --reason TEXT`,
  );
  output.say(`The ledger says that a masked table was made.\n${formatReceipt(ledger)}`);
}

/** That an arm's code looks like a letter of the table. */
function likeLetters({ study }: OpenStudy): string[] {
  const [code] = codesLikeLetters(codesOf(study));
  if (code === undefined) return [];
  return [
    `letters are not arm codes: letter ${code.toUpperCase()} of the table does not mean arm ${code}. Which letter is which arm was drawn at random. Say so to the committee.`,
  ];
}

/** The table that was made in memory. */
interface Made {
  readonly data: object;
  readonly what: string;
  readonly text: string;
  /** Its SHA-256. */
  readonly table: string;
}

/** What was typed of a masked table. */
interface Asked {
  readonly until: CivilDate;
  readonly purpose: string;
  /** The purpose of an earlier table whose letters are used again. */
  readonly lettersOf: string | undefined;
}

/** In characters. */
const LONGEST_PURPOSE = 60;

/** @throws RandoseError `usage`, with all that is missing or wrong */
function askedOf({ until, purpose = '', lettersOf }: UnblindFlags): Asked {
  const named = purposeFrom(purpose);
  const missing = [
    ...(until === undefined ? ['--until <date>: the last day that counts'] : []),
    ...(named === '' ? ['--purpose <text>: such as "interim 1"; it is kept in the ledger'] : []),
  ];
  if (until === undefined || missing.length > 0) {
    const isOne = missing.length === 1;
    throw new RandoseError(
      'usage',
      isOne ? `--masked needs ${missing[0] ?? ''}` : '--masked needs 2 more options',
      { problems: isOne ? [] : missing.map((message) => ({ message })), hint: NOTHING_OPENED },
    );
  }
  if (named.length > LONGEST_PURPOSE) {
    throw new RandoseError(
      'usage',
      `--purpose has ${named.length} characters: at most ${LONGEST_PURPOSE}`,
      { hint: `It is the name of this look at the data, such as "interim 1". ${NOTHING_OPENED}` },
    );
  }
  const date = requireDate('--until', until);
  const today = todayHere();
  if (date > today) {
    throw new RandoseError('usage', `--until: ${date} is in the future; today is ${today}`, {
      hint: `It is the last day that counts. ${NOTHING_OPENED}`,
    });
  }
  return { until: date, purpose: named, lettersOf };
}

const NOTHING_OPENED = 'Nothing was opened.';

/**
 * What the table will be about. Its letters are those of an earlier table with the same purpose, or those of the one
 * that is named, or else its own.
 *
 * @throws RandoseError before anything is opened, if there is nothing to show, or the letters are not those
 */
function planOf(open: OpenStudy, { until, purpose, lettersOf }: Asked, doses: boolean): MaskedPlan {
  if (randomizedUntil(open, until).length === 0) {
    throw new RandoseError('usage', `nobody was randomized until ${until}`, {
      hint: NOTHING_OPENED,
    });
  }
  if (doses) {
    requireSchedule(open);
    if (injectionsUntil(open, until) === 0) {
      throw new RandoseError('usage', `no injection is recorded until ${until}`, {
        hint: `${NOTHING_OPENED} Without --doses, the table has a row for each participant.`,
      });
    }
  }
  const rows = doses ? 'injections' : 'participants';
  const tables = maskedTables(open.entries);
  const same = tablesFor(tables, purpose)[0];
  const other =
    lettersOf === undefined ? undefined : requireTable(tables, '--letters-of', lettersOf);
  if (same !== undefined && other !== undefined && same.letters !== other.letters) {
    throw new RandoseError(
      'usage',
      `the tables for "${same.purpose}" have letters of their own (ledger ${same.seq})`,
      { hint: `Leave out --letters-of, or name another purpose. ${NOTHING_OPENED}` },
    );
  }
  const named = same?.purpose ?? purpose;
  return { purpose: named, until, rows, letters: (same ?? other)?.letters ?? named };
}

/**
 * The table with a purpose.
 *
 * @param flag which flag names it, for the error
 * @throws RandoseError `usage` if none was made for it
 */
export function requireTable(
  tables: ReturnType<typeof maskedTables>,
  flag: string,
  purpose: string,
): ReturnType<typeof maskedTables>[number] {
  const [found] = tablesFor(tables, purpose);
  if (found !== undefined) return found;
  const known = [...new Set(tables.map((one) => one.purpose))];
  const which =
    known.length === 0
      ? 'No masked table was made yet.'
      : `There is one for: ${known.map((one) => `"${one}"`).join(', ')}.`;
  throw new RandoseError(
    'usage',
    `${flag}: no masked table was made for "${purposeFrom(purpose)}"`,
    {
      hint: `${which} ${NOTHING_OPENED}`,
    },
  );
}

/**
 * Says that a table has other letters than the earlier ones.
 *
 * @returns whether its purpose may be mistyped, for it looks nearly like an earlier one: then it was warned of
 */
function tellIfNewLetters(
  output: Output,
  open: OpenStudy,
  { purpose, letters }: MaskedPlan,
): boolean {
  const tables = maskedTables(open.entries);
  if (letters !== purpose || tables.length === 0 || tablesFor(tables, purpose).length > 0) {
    return false;
  }
  const known = [...new Set(tables.map((one) => one.purpose))];
  const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const near = known.find((one) => bare(one) === bare(purpose)) ?? nearestPurpose(purpose, known);
  const last = near ?? known.at(-1) ?? '';
  const others = listed(known.map((one) => `"${one}"`));
  output.say(
    `New letters, not those of ${others}. For the same ones, add: --letters-of ${quoted(last)}`,
  );
  if (near === undefined) return false;
  output.warn(`"${purpose}" is nearly "${near}". Is it mistyped?`);
  return true;
}

/** The purpose that is nearly this one. Another number is another look: "interim 2" is not a slip of "interim 1". */
function nearestPurpose(purpose: string, known: readonly string[]): string | undefined {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).join();
  return nearestWord(
    purpose,
    known.filter((one) => numbers(one) === numbers(purpose)),
  );
}

/** What a reader of the table could learn from it although it has no arm, a sentence each. */
function leaksOf(open: OpenStudy, { until, letters }: MaskedPlan): string[] {
  const { arms, strata } = open.study;
  const isEven = strata.every((stratum) => new Set(sharesIn(arms, stratum)).size === 1);
  const known = knownUntil(open, until);
  const opened = lettersOpened(open.entries, letters);
  return [
    ...(isEven
      ? []
      : [
          `the ratio is ${ratiosText(arms, strata)}, so the sizes of the groups tell which arm is which. Whoever may not know the arms must not see this table.`,
        ]),
    ...(known === 0
      ? []
      : [
          `the arm of ${counted(known, 'participant')} in this table was opened or revealed. Whoever knows it, and sees the table, knows the letter of that arm.`,
        ]),
    ...(opened === undefined
      ? []
      : [
          `the letters of "${letters}" were opened (ledger ${opened.seq}). Whoever saw them knows the arms in this table too. New letters come with a new purpose, without --letters-of.`,
        ]),
  ];
}

/** Where a masked table goes. Its name says that it is one. @throws RandoseError `usage`, and as `secretTableFile` */
function maskedFile(
  output: Output,
  typed: string | undefined,
  purpose: string,
): string | undefined {
  const path = secretTableFile(output, typed, 'this table is for a monitoring committee');
  if (path === undefined || /MASKED/i.test(basename(path))) return path;
  const name = `MASKED-${purpose.replace(/[^\p{L}\p{N}]+/gu, '-')}.csv`;
  throw new RandoseError('usage', `the name of ${path} does not say that its table is masked`, {
    hint: `For example: --output ${quoted(join(dirname(path), name))}\n${NOTHING_OPENED}`,
  });
}
