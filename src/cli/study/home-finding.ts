import { viewHome, rivalsOf } from '../../store/folder/home.ts';
import type { Finding } from '../../store/verify/inspect-filed.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { compareCommand, olderText, rivalText } from './at-home.ts';
import { counted } from '../../words.ts';

/**
 * What this user's machine knows about a study folder: a newer ledger that was seen in it, other copies with more
 * entries, and signatures that are no longer there.
 */
export function findHome(root: string): Finding {
  const view = viewHome(root);
  const { older, unsigned, others } = view;
  const left = others.filter(({ isLeft }) => isLeft);
  return {
    problems: [
      ...(older === undefined ? [] : [{ file: LEDGER_FILE, message: olderText(older) }]),
      ...(unsigned === undefined ? [] : [{ file: LEDGER_FILE, message: unsignedText(unsigned) }]),
      ...rivalsOf(view).map((rival) => {
        return { message: `${rivalText(rival)}. To see what to do: ${compareCommand(rival.path)}` };
      }),
    ],
    text: left.map(({ path }) => `The copy at ${path} is no longer used.`).join('\n'),
    data: {},
  };
}

function unsignedText({ before, now, seq }: { before: number; now: number; seq: number }): string {
  const were = before === 1 ? 'was' : 'were';
  return `${counted(before, 'entry', 'entries')} ${were} signed up to sequence ${seq} when it was seen here, and ${now} still are: signatures have been removed`;
}
