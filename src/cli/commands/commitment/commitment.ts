import { formatPublication } from '../../../blinding/published.ts';
import { checkpointOf, formatCheckpoint } from '../../../blinding/checkpoint.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { FIRST_BATCH } from '../../../randomization/list.ts';
import { drawNonce } from '../../../store/draw.ts';
import { writeNew } from '../../../system/files.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { publicationsOf } from '../../../store/published.ts';
import type { Output } from '../../output/output.ts';
import { counted, quoted } from '../../../words.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { CommitmentFlags } from './command.ts';

/**
 * `randose commitment`: the short text to file or publish before the first participant, and a request to a
 * time-stamping authority.
 */
export async function commitment(output: Output, options: CommitmentFlags): Promise<void> {
  const place = studyPlace(options);
  const { root, entries, study, slots } = await openStudy(place);
  if (options.checkpoint === true) {
    await tellCheckpoint(output, options, study.id, (await place.ledger.inspect()).hashes);
    return;
  }
  const batches = publicationsOf(root, entries);
  const text = formatPublication(batches);
  const { output: path, request } = options;
  const stamped = request === undefined ? undefined : await requestFor(text);
  if (path !== undefined) writeNew(path, text);
  if (request !== undefined && stamped !== undefined) writeNew(request, stamped);
  const files = {
    ...(path !== undefined && { file: path }),
    ...(request !== undefined && { request }),
  };
  output.result({ study: study.id, batches, text, ...files }, path === undefined ? text : '', {
    exact: true,
  });
  if (path !== undefined)
    output.say(
      `Wrote ${path}, with ${batchesText(batches.length)}. ${whenToFile({ slots, entries })}`,
    );
  if (request !== undefined) {
    output.say(
      `Wrote ${request}. Send it to a time-stamping authority (RFC 3161), and keep its answer. To check the answer:`,
    );
    output.say(
      `  openssl ts -verify -data ${path ?? 'COMMITMENT'} -in ANSWER.tsr -CAfile AUTHORITY.pem`,
    );
  }
  const file = path === undefined ? 'FILE' : quoted(path);
  output.say(`Later, to compare the study with it: randose verify --commitment ${file}`);
}

/** A checkpoint to file: whoever has it can show later that the ledger was neither cut off nor rewritten before it. */
async function tellCheckpoint(
  output: Output,
  { output: path, request }: CommitmentFlags,
  study: string,
  hashes: readonly string[],
): Promise<void> {
  const checkpoint = checkpointOf(study, hashes);
  const text = formatCheckpoint(checkpoint);
  const stamped = request === undefined ? undefined : await requestFor(text);
  if (path !== undefined) writeNew(path, text);
  if (request !== undefined && stamped !== undefined) writeNew(request, stamped);
  const files = {
    ...(path !== undefined && { file: path }),
    ...(request !== undefined && { request }),
  };
  output.result({ study, checkpoint, text, ...files }, path === undefined ? text : '', {
    exact: true,
  });
  if (path !== undefined) {
    output.say(
      `Wrote ${path}: the ledger up to entry ${checkpoint.size}. File it, or send it to others of the study.`,
    );
  }
  const file = path === undefined ? 'FILE' : quoted(path);
  output.say(`Later, to compare the ledger with it: randose verify --checkpoint ${file}`);
}

function batchesText(count: number): string {
  if (count === 1) return 'batch 1, the only one';
  return count === 2 ? 'both batches' : `all ${count} batches, 1 to ${count}`;
}

/** Until when the commitment of the latest batch is to be filed; or what it still proves if that is over. */
function whenToFile({ slots, entries }: Pick<OpenStudy, 'slots' | 'entries'>): string {
  const latest = slots.at(-1)?.batch ?? FIRST_BATCH;
  const its = new Set<string>(
    slots.flatMap(({ batch, number }) => (batch === latest ? number : [])),
  );
  const used = randomizations(entries).filter(({ number }) => its.has(number)).length;
  const which = latest === FIRST_BATCH ? '' : ` of batch ${latest}`;
  if (used === 0) return `File or publish it before the first participant${which}.`;
  return `${counted(used, 'participant')}${which} ${used === 1 ? 'is' : 'are'} randomized already. If it was not filed before them, file it now: from then on it shows that nothing was changed.`;
}

async function requestFor(text: string): Promise<Uint8Array> {
  const { timestampRequest } = await import('../../../exports/timestamp-request.ts');
  return timestampRequest(text, drawNonce());
}
