import { isWrongPassphrase } from '../../../blinding/identity.ts';
import { type ErrorCode, RandoseError } from '../../../errors.ts';
import { ageCommand, HOW_TO_GET_AGE } from '../../../exports/cards/age-command.ts';
import type { Attempt } from '../../../store/opening/on-record.ts';
import { pathOfEnvelope } from '../../../store/opening/emergency/open-rescued.ts';
import { peopleOfRescued } from '../../../store/opening/owners.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { withFoundKeys } from '../../study/found-keys.ts';
import { isKeyFile } from '../../../store/opening/keys.ts';
import type { Target } from './target.ts';

/**
 * A refusal, with all that could not be checked, and with how to open the envelope without randose.
 *
 * @param identity the key files that were named
 */
export function explainRefusal(
  study: RescuedStudy,
  target: Attempt<Target>,
  error: unknown,
  identity: readonly string[] = [],
): unknown {
  const found = withFoundKeys(withOtherKeys(error), study.root, peopleOfRescued(study));
  return withDoubts(study, withAgeCommand(study, target, found, identity));
}

/** After a wrong passphrase, the other ways to open the envelope. */
function withOtherKeys(error: unknown): unknown {
  if (!(error instanceof RandoseError) || !isWrongPassphrase(error)) return error;
  const { code, message, problems, hint = '' } = error;
  return new RandoseError(code, message, {
    problems,
    hint: `${hint} Or use the code-break card (--card), or another officer's key.`.trim(),
  });
}

function withDoubts({ doubts }: RescuedStudy, error: unknown): unknown {
  if (!(error instanceof RandoseError) || doubts.length === 0) return error;
  const { code, message, problems, hint, ledger } = error;
  const lines = doubts.map((doubt) => ({ message: `NOT CHECKED: ${doubt}` }));
  return new RandoseError(code, message, {
    problems: [...problems, ...lines],
    ...(hint !== undefined && { hint }),
    ...(ledger && { ledger }),
  });
}

/** The errors that the folder causes, and not the request. */
const FOLDER_AT_FAULT: readonly ErrorCode[] = ['not-trusted', 'not-found', 'no-access'];

/** If the folder is at fault and not the request, an envelope can still be opened without randose. */
function withAgeCommand(
  study: RescuedStudy,
  target: Attempt<Target>,
  error: unknown,
  identity: readonly string[],
): unknown {
  if (!(error instanceof RandoseError) || error.message.startsWith('NOT TRUSTED')) return error;
  const { code, message, problems, hint = '', ledger } = error;
  const number = target.ok ? target.value.slot?.number : undefined;
  const path = number === undefined ? undefined : pathOfEnvelope(study, number);
  if (!FOLDER_AT_FAULT.includes(code) || path === undefined) return error;
  // Several keys open the study key first: the page says how.
  const [only, ...others] = identity;
  const isAlone = others.length === 0 && (study.batches.at(-1)?.inForce?.custody.needed ?? 1) === 1;
  const key = only !== undefined && isAlone && isKeyFile(only) ? only : 'KEY';
  return new RandoseError(code, message, {
    problems,
    ...(ledger && { ledger }),
    hint: `${hint}
In an emergency, age opens an envelope without randose, with an officer's key or the key on the code-break card:
  ${ageCommand(key, path)}
(${HOW_TO_GET_AGE})
Write down by hand who did it, when and why, and for which participant.`.trim(),
  });
}
