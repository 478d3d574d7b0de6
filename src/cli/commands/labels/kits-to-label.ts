import { RandoseError } from '../../../errors.ts';
import { useByKey } from '../../../ledger/check-kits.ts';
import { amendmentOn } from '../../../ledger/amendments.ts';
import { randomizations, requireRandomization } from '../../../ledger/enrolment.ts';
import { entriesOf, type Entry } from '../../../ledger/entry.ts';
import { sitesOfKits } from '../../../ledger/kit-sites.ts';
import type { Kit } from '../../../ledger/kits.ts';
import { otherLotTexts, useByChanges } from '../../../ledger/label-changes.ts';
import type { KitToLabel, LabelledInjection } from '../../../labels/labels.ts';
import { makeCalendar } from '../../../schedule/calendar.ts';
import { cycleCode, type Visit, visitsOf } from '../../../schedule/visits.ts';
import { visitsInForce } from '../../../schedule/visits-in-force.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { typeOfKit } from '../../../randomization/list.ts';
import { lotsAndExpiries } from '../../../study/packaged.ts';
import { isInjected, makeUpOf } from '../../../study/sections/supplies.ts';
import { todayHere } from '../../../system/today.ts';
import { kitRecords } from '../../study/kit-records.ts';
import {
  type ScheduledParticipant,
  scheduledParticipant,
  scheduledParticipants,
} from '../../../store/scheduled-participants.ts';

/**
 * What the labels of each kit say.
 *
 * @param subject the participant, for dispensing labels; undefined for labels of the stock
 */
export function kitsToLabel(
  open: OpenStudy,
  kits: readonly Kit[],
  subject: string | undefined,
  isSpecimen: boolean,
): KitToLabel[] {
  const { entries } = open;
  const holder = subject === undefined ? undefined : requireRandomization(entries, subject);
  const had = labelledBefore(entries, holder !== undefined);
  const dated = holder && datedInjections(scheduledParticipant(open, holder));
  const injectionsOf = dated === undefined ? stockInjections(open) : () => dated;
  const siteOf = sitesOfKits(entries);
  return kits.map(({ kit, slot }) => {
    const type = typeOfKit(slot, kit);
    return {
      kit,
      slot,
      type,
      site: siteOf(slot),
      subject: holder?.subject ?? null,
      injections: isInjected(open.study.supplies, type) ? injectionsOf(slot) : [],
      isSpecimen,
      had: (['outer', 'unit'] as const).filter((kind) => had.has(`${kind} ${kit}`)),
    };
  });
}

function plannedInjections(visits: readonly Visit[]): LabelledInjection[] {
  return visits.flatMap(({ name, injection, period }) => {
    if (injection === undefined) return [];
    const { index, cycle, dose } = injection;
    const day = cycle === undefined ? undefined : cycleCode(cycle);
    return { index, visit: name, period, cycle: day, dose, date: null };
  });
}

/** The injections of a kit in stock: those of the participant whose slot it is, or of whoever will have it. */
function stockInjections(open: OpenStudy): (slot: KitToLabel['slot']) => LabelledInjection[] {
  const { study, entries } = open;
  const version = amendmentOn(study, entries, todayHere()) ?? study;
  const ofNobody = plannedInjections(visitsOf(version.schedule));
  const randomized = randomizations(entries);
  const participants = scheduledParticipants(open, randomized);
  const ofHolder = new Map(
    randomized.map(({ number }, index) => {
      return [number, plannedInjections(amendedVisits(participants[index]!))];
    }),
  );
  return ({ number }) => ofHolder.get(number) ?? ofNobody;
}

/** A participant's visits after all amendments. A withdrawal takes none out: what it cancels keeps its number. */
function amendedVisits({ visits, subject, happenings }: ScheduledParticipant): readonly Visit[] {
  const others = happenings.filter(({ action }) => action !== 'withdrawal');
  return visitsInForce(visits, subject.day1, others).visits;
}

/** A participant's injections, with the dates of the calendar as it is now. */
function datedInjections(participant: ScheduledParticipant): LabelledInjection[] {
  const { subject, visits, happenings } = participant;
  const { events } = makeCalendar(visits, subject, happenings);
  return plannedInjections(amendedVisits(participant)).map((planned) => {
    const event = events.find(({ kind, visit }) => kind === 'injection' && visit === planned.visit);
    const isCancelled = event?.status === 'cancelled' || event?.status === 'not done';
    return { ...planned, date: event?.date ?? null, isCancelled };
  });
}

/** The most kits that an error names. */
const MOST_TOLD = 20;

/**
 * What the use-by labels of each kit say.
 *
 * @returns the kits that are named; else those whose labels show a month that has changed
 * @throws RandoseError `bad-data` if no kit's label shows an old month, or one shows another lot
 */
export function kitsToRelabel(
  open: OpenStudy,
  kits: readonly Kit[],
  areNamed: boolean,
  isSpecimen: boolean,
): KitToLabel[] {
  const records = kitRecords(open);
  const changed = new Set(useByChanges(records).map(({ kit }) => kit));
  const ofOtherLot = new Map(records.map(({ kit, otherLots }) => [kit, otherLots[0]]));
  const wanted = areNamed ? kits : kits.filter(({ kit }) => changed.has(kit));
  if (wanted.length === 0) {
    const others = otherLotTexts(records).map((message) => ({ message }));
    throw new RandoseError('bad-data', 'no label shows a use-by month that has changed', {
      problems: others,
      hint: 'Change the expiry in study.yaml first (supplies.packaged). To print use-by labels of some kits anyway: --kits CODE,CODE',
    });
  }
  const wrong = wanted.flatMap(({ kit }) => {
    const lot = ofOtherLot.get(kit);
    return lot === undefined ? [] : { message: `kit ${kit}: its label shows lot ${lot}` };
  });
  if (wrong.length > 0 && !isSpecimen) {
    throw new RandoseError('bad-data', 'study.yaml has another lot than the kits', {
      problems: wrong.slice(0, MOST_TOLD),
      hint: 'A use-by label repeats the batch number of the kit (Annex 13, 33). Correct the lot in study.yaml, or print all labels of these kits again. No label was made.',
    });
  }
  const had = new Set(
    entriesOf(open.entries, 'labels').flatMap(({ labels, kits: own, printed = [] }) =>
      labels === 'use-by'
        ? own.flatMap((kit) =>
            printed.map(({ batch, type, expiry }) =>
              productKey(batch, type, useByKey(kit, expiry)),
            ),
          )
        : [],
    ),
  );
  const packagedIn = lotsAndExpiries(open.study);
  const siteOf = sitesOfKits(open.entries);
  return wanted.map(({ kit, slot }) => {
    const type = typeOfKit(slot, kit);
    const { expiry } = packagedIn(slot.batch, type);
    const key = productKey(slot.batch, type, useByKey(kit, expiry));
    const kind = makeUpOf(open.study.supplies, type).outer ? 'outer' : 'unit';
    return {
      kit,
      slot,
      type,
      site: siteOf(slot),
      subject: null,
      injections: [],
      isSpecimen,
      had: had.has(key) ? [kind] : [],
    };
  });
}

/** What a use-by label of a kit shows, with the batch and the type of the kits that have it. */
function productKey(batch: number, type: string | undefined, useBy: string): string {
  return `${batch} ${type ?? ''} ${useBy}`;
}

/** The kits that had labels before, as `KIND KIT`: dispensing labels, or labels of the stock. */
function labelledBefore(entries: readonly Entry[], isDispensing: boolean): Set<string> {
  const had = new Set<string>();
  for (const entry of entriesOf(entries, 'labels')) {
    if ((entry.subject !== null) !== isDispensing) continue;
    for (const kind of entry.labels.split(' and ')) {
      for (const kit of entry.kits) had.add(`${kind} ${kit}`);
    }
  }
  return had;
}
