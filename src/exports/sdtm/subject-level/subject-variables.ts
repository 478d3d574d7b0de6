import { madeWhenRead } from '../../made-when-read.ts';
import { type SdtmVariable, variable } from '../sdtm-dataset.ts';
import type { NumberedVisit } from './sdtm-participant.ts';

/** USUBJID, by which participants are the same in all datasets. */
export function usubjidVariable<One extends { readonly usubjid: string }>(
  key = 2,
): SdtmVariable<One> {
  return variable('USUBJID', 'Unique Subject Identifier', 'Identifier', ({ usubjid }) => usubjid, {
    core: 'R',
    key,
    origin: 'Derived',
  });
}

/** --SEQ. */
export function seqVariable<One extends { readonly seq: number }>(
  domain: string,
): SdtmVariable<One> {
  return variable(`${domain}SEQ`, 'Sequence Number', 'Identifier', ({ seq }) => seq, {
    type: 'number',
    core: 'R',
    origin: 'Derived',
  });
}

/** VISITNUM, VISIT and VISITDY. */
export function visitVariables<One extends { readonly visit: NumberedVisit | undefined }>(
  about: { readonly core?: 'R' | 'E'; readonly key?: number } = {},
): readonly [SdtmVariable<One>, SdtmVariable<One>, SdtmVariable<One>] {
  return [
    variable('VISITNUM', 'Visit Number', 'Timing', ({ visit }) => visit?.number ?? null, {
      type: 'number',
      ...about,
    }),
    variable('VISIT', 'Visit Name', 'Timing', ({ visit }) => visit?.name ?? ''),
    variable('VISITDY', 'Planned Study Day of Visit', 'Timing', ({ visit }) => visit?.day ?? null, {
      type: 'number',
      origin: 'Protocol',
    }),
  ];
}

/** The records of participants, made whenever they are read. */
export function recordsOf<Participant, One>(
  participants: readonly Participant[],
  of: (participant: Participant) => readonly One[],
): Iterable<One> {
  return madeWhenRead(function* () {
    for (const participant of participants) yield* of(participant);
  });
}

/** A record with its sequence number in its participant. */
export type WithSeq<One> = One & { readonly seq: number };

/** Records with their sequence numbers. @param ones sorted, participant by participant */
export function numbered<One extends { readonly usubjid: string }>(
  ones: Iterable<One>,
): Iterable<WithSeq<One>> {
  return madeWhenRead(function* () {
    let last: string | undefined;
    let seq = 0;
    for (const one of ones) {
      seq = one.usubjid === last ? seq + 1 : 1;
      last = one.usubjid;
      yield Object.assign(one, { seq });
    }
  });
}
