import { RandoseError } from '../../../errors.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { parseWho } from '../../../ledger/who.ts';
import { levelsOfStratum } from '../../../study/sections/strata.ts';
import type { Factor } from '../../../study/study.ts';
import { levelsOf } from '../../arguments/factor-levels.ts';
import { requireReason } from '../../arguments/reason.ts';
import type { Output } from '../../output/output.ts';
import { recordAbout } from '../../study/record-about.ts';
import { correctId } from './correct-id.ts';
import type { CorrectFlags } from './command.ts';

/**
 * `randose correct`: the right id of a participant, or the true level of a factor with which they were randomized
 * wrongly. The slot and its stratum stay; what was wrong is kept beside what is right.
 */
export async function correct(
  output: Output,
  options: CorrectFlags,
  [id]: [string | undefined],
): Promise<void> {
  const who = parseWho(options.by);
  const reason = requireReason(options.reason, 'a correction');
  const { newId, factor: typed = [] } = options;
  if (newId !== undefined) {
    if (typed.length > 0) {
      throw new RandoseError(
        'usage',
        'correct the id and a level one after the other: use either --new-id or --factor',
        { hint: 'Nothing was recorded.' },
      );
    }
    await correctId(output, { ...options, newId, id }, { who, reason });
    return;
  }
  if (options.idIsRight === true) {
    throw new RandoseError('usage', 'use --id-is-right only with --new-id');
  }
  await recordAbout(output, { ...options, id }, ({ open, randomization }) => {
    const { subject, stratum, number } = randomization;
    const given = levelsOf(typed, open.study.factors);
    const randomized = levelsOfStratum(stratum);
    const now = { ...randomized, ...factsBySubject(open.entries)(subject).corrected };
    const levels = Object.entries(given).map(([factor, level]) => ({ factor, level }));
    for (const { factor, level } of levels) {
      requireLevel(open.study.factors, factor, level);
      if (now[factor] !== level) continue;
      throw new RandoseError('bad-data', `${factor} of ${subject} is ${level} already`, {
        hint: 'Nothing was recorded.',
      });
    }
    const said = levels.map(
      ({ factor, level }) => `${factor} is ${level}, not ${now[factor] ?? ''}`,
    );
    return {
      acts: [{ action: 'stratum correction', who, reason, subject, levels }],
      done: `${subject}: ${said.join('; ')}. The slot ${number} and its stratum ${stratum} stay.`,
      question: 'Record this correction?',
    };
  });
}

function requireLevel(factors: readonly Factor[], name: string, level: string): void {
  const { levels } = factors.find((one) => one.name === name)!;
  if (levels.includes(level)) return;
  throw new RandoseError('usage', `${name}: "${level}" is not a level`, {
    hint: `Expected ${levels.join(' or ')}. Nothing was recorded.`,
  });
}
