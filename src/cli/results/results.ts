import type * as v from 'valibot';
import { KIT_EVENTS } from '../../ledger/entry.ts';
import { ALLOCATE_RESULT } from '../commands/allocate/result.ts';
import { AMEND_RESULT } from '../commands/amend/result.ts';
import { ASSESS_RESULT } from '../commands/assess/result.ts';
import { ATTEND_RESULT } from '../commands/attend/result.ts';
import {
  CALENDAR_LOAD_RESULT,
  CALENDAR_PLAN_RESULT,
  CALENDAR_RESULT,
} from '../commands/calendar/result.ts';
import { CARDS_RESULT } from '../commands/cards/result.ts';
import { CHECK_RESULT } from '../commands/check/result.ts';
import { COMMITMENT_RESULT } from '../commands/commitment/result.ts';
import { COMPLETION_RESULT } from '../commands/completion/result.ts';
import { CORRECT_RESULT } from '../commands/correct/result.ts';
import { DEVIATIONS_RESULT } from '../commands/deviations/result.ts';
import { DOCS_RESULT } from '../commands/docs/result.ts';
import { DOSE_RESULT } from '../commands/dose/result.ts';
import { EXPORT_RESULT } from '../commands/export/result.ts';
import { INIT_RESULT } from '../commands/init/result.ts';
import { KEYGEN_RESULT } from '../commands/keygen/result.ts';
import { KIT_RESULT, kitEventResult } from '../commands/kit/result.ts';
import { LABELS_RESULT } from '../commands/labels/result.ts';
import { LEDGER_RESULT } from '../commands/ledger/result.ts';
import { LOCK_RESULT, UNLOCK_RESULT } from '../commands/lock/result.ts';
import { MOVE_RESULT } from '../commands/move/result.ts';
import { OPEN_RESULT } from '../commands/open/result.ts';
import { PACKING_RESULT } from '../commands/packing/result.ts';
import { PEOPLE_ADD_RESULT, PEOPLE_RESULT } from '../commands/people/result.ts';
import { PREPARE_RESULT } from '../commands/prepare/result.ts';
import { PULL_RESULT } from '../commands/pull/result.ts';
import { RANDOMIZE_RESULT } from '../commands/randomize/result.ts';
import { RANDOMIZED_IN_ERROR_RESULT } from '../commands/randomized-in-error/result.ts';
import { REVEAL_RESULT } from '../commands/reveal/result.ts';
import { REWRAP_RESULT } from '../commands/rewrap/result.ts';
import { SCHEMA_RESULT } from '../commands/schema/result.ts';
import { SELFTEST_RESULT } from '../commands/selftest/result.ts';
import { STATUS_RESULT } from '../commands/status/result.ts';
import { STUDY_RESULT } from '../commands/study/result.ts';
import { TRANSFER_RESULT } from '../commands/transfer/result.ts';
import { UNBLIND_RESULT } from '../commands/unblind/result.ts';
import { VERIFY_RESULT } from '../commands/verify/result.ts';
import { WITHDRAW_RESULT } from '../commands/withdraw/result.ts';

/** The commands that record an event of kits, such as `kit returned-to-depot`. */
const KIT_EVENT_RESULTS = Object.fromEntries(
  KIT_EVENTS.map((event) => [`kit ${event.replaceAll(' ', '-')}`, kitEventResult(event)]),
);

/** The shape of what each command gives as `data` under --json, in the order of the commands. */
export const RESULTS: Readonly<Record<string, v.GenericSchema>> = {
  init: INIT_RESULT,
  schema: SCHEMA_RESULT,
  keygen: KEYGEN_RESULT,
  people: PEOPLE_RESULT,
  'people add': PEOPLE_ADD_RESULT,
  assess: ASSESS_RESULT,
  allocate: ALLOCATE_RESULT,
  amend: AMEND_RESULT,
  lock: LOCK_RESULT,
  unlock: UNLOCK_RESULT,
  study: STUDY_RESULT,
  open: OPEN_RESULT,
  commitment: COMMITMENT_RESULT,
  randomize: RANDOMIZE_RESULT,
  replace: RANDOMIZE_RESULT,
  calendar: CALENDAR_RESULT,
  'calendar plan': CALENDAR_PLAN_RESULT,
  'calendar load': CALENDAR_LOAD_RESULT,
  deviations: DEVIATIONS_RESULT,
  dose: DOSE_RESULT,
  attend: ATTEND_RESULT,
  move: MOVE_RESULT,
  withdraw: WITHDRAW_RESULT,
  transfer: TRANSFER_RESULT,
  correct: CORRECT_RESULT,
  'randomized-in-error': RANDOMIZED_IN_ERROR_RESULT,
  labels: LABELS_RESULT,
  packing: PACKING_RESULT,
  check: CHECK_RESULT,
  kit: KIT_RESULT,
  ...KIT_EVENT_RESULTS,
  unblind: UNBLIND_RESULT,
  prepare: PREPARE_RESULT,
  pull: PULL_RESULT,
  reveal: REVEAL_RESULT,
  cards: CARDS_RESULT,
  rewrap: REWRAP_RESULT,
  verify: VERIFY_RESULT,
  ledger: LEDGER_RESULT,
  export: EXPORT_RESULT,
  status: STATUS_RESULT,
  selftest: SELFTEST_RESULT,
  docs: DOCS_RESULT,
  completion: COMPLETION_RESULT,
};
