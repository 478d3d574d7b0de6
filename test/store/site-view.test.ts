import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviationsOf } from '../../src/cli/study/deviations-of.ts';
import { judgedCalendars } from '../../src/cli/study/judged-calendars.ts';
import { kitRecords, unitRecords } from '../../src/cli/study/kit-records.ts';
import { START } from '../../src/ledger/chain.ts';
import { checkAssignments } from '../../src/ledger/check-assignments.ts';
import { checkKitEvents } from '../../src/ledger/check-kits.ts';
import { checkVisits } from '../../src/ledger/doses.ts';
import { assignNextFree, randomizations, strataUse } from '../../src/ledger/enrolment.ts';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import { otherKitsGiven } from '../../src/ledger/given-kits.ts';
import { lockInForce } from '../../src/ledger/lock.ts';
import { checkOpenings, openingsOfSlot, participantOf } from '../../src/ledger/openings.ts';
import { checkFacts, factsBySubject, factTexts } from '../../src/ledger/participant-facts.ts';
import { unitsGiven } from '../../src/ledger/unit-balances.ts';
import { withCurrentIds } from '../../src/ledger/subject-ids.ts';
import { wrappingsOf } from '../../src/ledger/wrappings.ts';
import { ledgerOf } from '../../src/store/ledger-of.ts';
import { openStudy, type OpenStudy } from '../../src/store/open-study.ts';
import { scheduledParticipants } from '../../src/store/scheduled-participants.ts';
import { compareReceipts } from '../../src/store/verify/inspect-filed.ts';
import { siteOfStratum } from '../../src/study/sections/strata.ts';
import { FIXTURES, mustRun, planFile, testFolder, type Trial } from '../support/command-line.ts';
import { actOf, linesOf } from '../support/ledger.ts';

// Somebody at a site sees the entries of the site and those of the study. Of all others they know the sequence and the
// hash. What a command says about the site is the same for them as for somebody who sees all entries.

const ends: (() => void)[] = [];
let begun: OpenStudy;

beforeAll(async () => {
  const folder = testFolder((work) => ends.push(work));
  const root = join(folder, 'study');
  cpSync(join(FIXTURES, 'two-sites'), root, { recursive: true });
  const plan = planFile({ folder } as Trial, 'blocks: { sizes: [3] }\n');
  mustRun('allocate', '--study', root, '--plan', plan);
  begun = await openStudy({ root, domain: 'production', ledger: ledgerOf(root) });
});
afterAll(() => {
  for (const end of ends) end();
});

const WHO = { name: 'Example', role: 'nurse', organisation: '' };

/** An act, made from the sequence numbers of the acts before it to which it refers. */
type Step = (seqOf: (step: Step) => number) => object;

/** All that happens at a site, in its order: corrections, retractions and openings refer to entries before them. */
function stepsAt(site: string): Step[] {
  const own = begun.slots.filter(({ stratum }) => siteOfStratum(stratum) === site);
  const [one, two, three, other] = ['001', '002', '003', '009'].map((end) => `${site}-${end}`);
  const on = (day: number) => `2026-06-${String(day).padStart(2, '0')}`;
  const step = (action: string, members: object): Step => {
    return () => ({ action, who: WHO, reason: 'example', ...members });
  };
  const again = (before: Step, name: string, members: object): Step => {
    return (seqOf) => ({ ...before(seqOf), ...members, [name]: seqOf(before) });
  };
  const randomized = (slot: number, subject: string | undefined, more: object = {}) => {
    const { number, kit, stratum } = own[slot]!;
    return step('randomization', { subject, site, stratum, number, kit, day1: on(1), ...more });
  };
  const about = { subject: one, deviations: [] };
  const { kit } = own[0]!;
  const kitStep = (event: string, day: number, units: number, more: object = {}) => {
    return step('kit', { kit, event, date: on(day), units, corrects: null, ...more });
  };
  const dose = (visit: string, day: number) => {
    const said = { visit, date: on(day), result: 'given', kit, corrects: null };
    return step('dose', { ...about, ...said });
  };
  const second = dose('D2', 2);
  const extraDose = { date: on(7), result: 'given', kit, corrects: null };
  const extra = step('additional dose', { ...about, ...extraDose });
  const moved = step('move', { ...about, visit: 'D15', from: on(15), date: on(16) });
  const withdrawn = step('withdrawal', { subject: two, date: on(9), from: 'study' });
  const safety = { visit: 'D1', assessments: ['Safety'], date: on(1), corrects: null };
  const attended = step('attendance', { ...about, ...safety, result: 'done' });
  const { number } = own[1]!;
  const asked = step('code-break intent', { subject: two, number, to: null, key: null });
  const outcome = step('code-break outcome', { subject: two, result: 'opened', error: null });
  return [
    randomized(0, one),
    kitStep('received', 1, 9),
    kitStep('dispensed', 1, 9, { subject: one }),
    dose('D1', 1),
    attended,
    randomized(1, two),
    second,
    again(second, 'corrects', { date: on(3) }),
    extra,
    moved,
    again(moved, 'retracts', { from: on(16), date: on(15) }),
    again(attended, 'corrects', { result: 'not done' }),
    asked,
    (seqOf) => ({ ...outcome(seqOf), intent: seqOf(asked) }),
    withdrawn,
    again(withdrawn, 'retracts', {}),
    step('withdrawal', { subject: two, date: on(10), from: 'study' }),
    randomized(2, three, { replaces: two }),
    again(extra, 'corrects', { result: 'retracted' }),
    step('subject correction', { subject: one, newId: other }),
    kitStep('returned', 20, 7, { subject: one }),
  ];
}

/** What belongs to no site. */
function commonSteps(): Step[] {
  const about = { who: WHO, reason: 'example' };
  const asked: Step = () => ({ action: 'list opening intent', ...about, key: null });
  const refused = { result: 'refused', error: 'wrong-key' };
  return [
    asked,
    (seqOf) => ({ action: 'list opening outcome', ...about, intent: seqOf(asked), ...refused }),
    () => ({ action: 'lock', ...about }),
  ];
}

/** A study after all steps, as somebody sees who sees everything; and the entries of each site by their sequence. */
function studyAfter(order: readonly number[]): { open: OpenStudy; siteOf: Map<number, string> } {
  const left = [stepsAt('CRT'), stepsAt('LYO'), commonSteps()];
  const steps: { step: Step; site: string }[] = [];
  for (let index = 0; left.some((own) => own.length > 0); index += 1) {
    const whose = order[index % order.length]!;
    const step = (left[whose]!.length > 0 ? left[whose] : left.find((own) => own.length > 0))!;
    steps.push({ step: step.shift()!, site: ['CRT', 'LYO', ''][left.indexOf(step)]! });
  }
  const seqOf = (step: Step) => 2 + steps.findLastIndex((one) => one.step === step);
  const acts = steps.map(({ step }) => step(seqOf) as Act);
  const study = begun.entries[0]!.study;
  const time = '2026-07-01T00:00:00.000Z';
  const { entries, head } = linesOf([actOf(begun.entries[0]!), ...acts], START, { study, time });
  const siteOf = new Map(steps.map(({ site }, index) => [index + 2, site]));
  return { open: { ...begun, entries: withCurrentIds(entries), head }, siteOf };
}

/** The same study, as somebody at a site sees it. */
function seenAt(site: string, { open, siteOf }: ReturnType<typeof studyAfter>): OpenStudy {
  const isSeen = ({ seq }: Entry) => ['', site].includes(siteOf.get(seq) ?? '');
  const taken = new Set(randomizations(open.entries).map(({ number }) => number));
  return { ...open, entries: open.entries.filter(isSeen), ownSites: [site], taken };
}

/** What commands say about the participants and kits of a site. */
function answersAbout(site: string, open: OpenStudy) {
  const { study, slots, entries, taken } = open;
  const own = randomizations(entries).filter((one) => one.site === site);
  const factsOf = factsBySubject(entries);
  const accounts = kitRecords(open).filter(({ slot }) => siteOfStratum(slot.stratum) === site);
  const kits = new Set(accounts.map(({ kit }) => kit));
  const units = unitRecords(open);
  const next = ['CRT', 'LYO'].map((code) => {
    const participants = ['NEW-1', 'NEW-2'].map((subject) => {
      return {
        subject: subject as never,
        site: code,
        levels: {},
        day1: '2026-07-01' as never,
        place: {},
      };
    });
    return assignNextFree(study, slots, entries, participants, taken);
  });
  return {
    own,
    next,
    use: strataUse(slots, randomizations(entries), taken),
    facts: own.map(({ subject }) => factTexts(factsOf(subject))),
    calendars: judgedCalendars(open, scheduledParticipants(open, own)),
    deviations: deviationsOf(open, own),
    accounts,
    balances: units.balances.filter(({ kit }) => kits.has(kit)),
    given: [...unitsGiven(accounts, entries, study.supplies)].filter(([kit]) => kits.has(kit)),
    others: own.map((one) => otherKitsGiven(entries, one.subject, [one.kit ?? ''])),
    opened: own.map(({ subject, number }) => openingsOfSlot(entries, { subject, number })),
    about: entries.flatMap((one) =>
      isOfOther(one, site) ? [] : (participantOf(entries, one) ?? []),
    ),
    lock: lockInForce(entries)?.seq,
    wrappings: [...wrappingsOf(entries)],
  };
}

function isOfOther({ subject }: Entry, site: string): boolean {
  return subject !== null && !subject.startsWith(site);
}

const ORDER = fc.array(fc.constantFrom(0, 1, 2), { minLength: 3, maxLength: 50 });

describe('somebody at a site', () => {
  test('is told the same about its participants, kits and slots as who sees all entries', () => {
    fc.assert(
      fc.property(ORDER, fc.constantFrom('CRT', 'LYO'), (order, site) => {
        const all = studyAfter(order);
        const seen = seenAt(site, all);
        expect(seen.entries.length).toBeLessThan(seen.head.seq);
        expect(answersAbout(site, seen)).toEqual(answersAbout(site, all.open));
      }),
      { numRuns: 15, seed: 20 },
    );
  });

  test('finds nothing wrong in what the site has entered', () => {
    fc.assert(
      fc.property(ORDER, (order) => {
        const { slots, entries, taken } = seenAt('LYO', studyAfter(order));
        const sites = ['CRT', 'LYO'];
        const problems = [
          ...checkAssignments(slots, entries, undefined, taken),
          ...checkKitEvents(slots, entries, sites),
          ...checkVisits(entries),
          ...checkFacts(entries),
          ...checkOpenings(entries),
        ];
        expect(problems).toEqual([]);
      }),
      { numRuns: 10, seed: 20 },
    );
  });

  test('compares receipts of all entries, also of those that only others see', () => {
    const { open } = studyAfter([0, 1, 2]);
    const heads = open.entries.map(({ seq, hash }) => ({ seq, hash }));
    expect(compareReceipts(heads, [heads[4]!, open.head]).problems).toEqual([]);
    const wrong = { seq: open.head.seq + 1, hash: open.head.hash.replaceAll('a', 'b') };
    expect(compareReceipts(heads, [wrong]).problems).toMatchObject([
      { message: expect.stringContaining(`ends at entry ${open.head.seq}`) as string },
    ]);
  });
});
