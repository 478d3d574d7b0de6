import { maskedLetters } from '../../../blinding/masked-letters.ts';
import { maskedTables } from '../../../ledger/masked-tables.ts';
import { parseWho } from '../../../ledger/who.ts';
import { openOnRecord } from '../../../store/opening/on-record.ts';
import { openAndProve } from '../../../store/opening/open-list.ts';
import { openerOf } from '../../../store/opening/owners.ts';
import { openStudy } from '../../../store/open-study.ts';
import { codesOf } from '../../../study/study.ts';
import { signingWith } from '../../../store/signing.ts';
import { shortRecipient } from '../../../study/recipient.ts';
import { writeNew } from '../../../system/files.ts';
import { isAtTerminal } from '../../../system/prompts.ts';
import { requireKeyFlags } from '../../arguments/keys.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { tellDryRun } from '../../study/look-first.ts';
import { refuseOpened } from '../../study/opened-list.ts';
import { keysAfterReason, openingReason } from '../../study/opening-reason.ts';
import { refuseSecretFile } from '../../study/secret-file.ts';
import { warnIfToOwnKey } from '../../study/own-answer.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { UnblindFlags } from './command.ts';
import { askListKey } from './unblind-all.ts';
import { requireToForOutput } from './unblind-flags.ts';
import { requireTable } from './unblind-masked.ts';

/**
 * `randose unblind --letters`: which arm each letter of a masked table is. It opens the list on record, proves it, and
 * derives the letters from its seed. With --to, only the recipient sees them.
 */
export async function unblindLetters(output: Output, typed: UnblindFlags): Promise<void> {
  const { letters: asked = '', to, output: file } = typed;
  requireToForOutput(typed, 'Without --to, the letters are printed. Nothing was opened.');
  refuseSecretFile(file);
  const by = typed.by === undefined ? undefined : parseWho(typed.by);
  const place = studyPlace(typed);
  const before = await openStudy(place); // fails before a key is asked for
  const tables = maskedTables(before.entries);
  const { purpose, letters } = requireTable(tables, '--letters', asked);
  const others = tables.filter((one) => one.letters === letters).map((one) => one.purpose);
  const purposes = [...new Set(others)];
  if (typed.dryRun === true) {
    tellDryRun(output, `open the letters of "${purpose}": which arm is A, which is B`);
    return;
  }
  const known = await askListKey(output, before, typed);
  await requireKeyFlags(known);
  warnIfToOwnKey(output, known);
  const why = ['opening letters', 'the committee asks for the arms'] as const;
  const reason = await openingReason(output, typed.reason, ...why, before.study);
  const signing = await signingWith(typed.sign, !output.json);
  const keys = await keysAfterReason(output, known, reason);
  const study = await atHome(output, place, typed);
  const opened = await openOnRecord<LetterArm[], 'letter opening'>(study, signing, {
    intentOf: (open) => ({
      action: 'letter opening intent',
      ...openerOf(open, keys, by),
      reason,
      letters,
      to: to ?? null,
    }),
    work: async (open) => {
      if (!keys.ok) throw keys.error;
      const masters = await openAndProve(open, keys.value);
      const ofArm = maskedLetters(masters[0]!, letters, codesOf(open.study));
      return open.study.arms
        .map(({ code, name }) => ({ letter: ofArm.get(code) ?? '', arm: { code, name } }))
        .toSorted((a, b) => (a.letter < b.letter ? -1 : 1));
    },
  });
  if (!opened.ok) throw refuseOpened(output, opened);
  const about = { study: opened.open.study.id, letters, purposes, ledger: opened.head };
  const text = lettersText(opened.open.study.id, purposes, opened.value);
  if (to === undefined) {
    output.result({ ...about, arms: opened.value }, text);
    if (isAtTerminal()) output.say('Close or clear this window when you have read it.');
  } else {
    const { sealAnswerFor } = await import('../../../blinding/answer.ts');
    const sealed = await sealAnswerFor(to, text);
    if (file === undefined)
      output.result({ ...about, to, answer: sealed }, sealed, { exact: true });
    else {
      writeNew(file, sealed);
      output.result({ ...about, to, file }, '');
      output.say(`Wrote ${file}: the letters.`);
    }
    output.say(`It is encrypted for ${shortRecipient(to)}, who opens it with: age -d -i KEY FILE`);
    output.say('Nobody here has seen which letter is which arm.');
  }
  output.say('Whoever has them and a masked table knows the arms in it.');
  output.say(`The ledger says that the letters were opened.\n${formatReceipt(opened.head)}`);
}

/** A letter, and the arm that it stands for. */
interface LetterArm {
  readonly letter: string;
  readonly arm: { readonly code: string; readonly name: string };
}

function lettersText(study: string, purposes: readonly string[], arms: LetterArm[]): string {
  const widest = Math.max(...arms.map(({ letter }) => letter.length));
  const rows = arms.map(({ letter, arm }) => {
    return `  ${letter.padEnd(widest)}  ${arm.code}: ${arm.name}\n`;
  });
  const names = purposes.map((one) => `"${one}"`).join(', ');
  return `${study}: the letters of ${names}\n${rows.join('')}`;
}
