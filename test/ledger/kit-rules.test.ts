import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkKitEvents } from '../../src/ledger/check-kits.ts';
import { KIT_EVENTS, type KitEvent } from '../../src/ledger/entry.ts';
import {
  brokenByDose,
  brokenByEvent,
  brokenByHolder,
  expiredText,
  POSSIBLE_AS_DEVIATION,
  wentAwayText,
  whyNot,
} from '../../src/ledger/kit-rules.ts';
import { sentFrom } from '../../src/ledger/kit-sites.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import {
  accountAfter,
  KIT_SLOTS,
  kitEvent,
  kitLedger,
  randomizedTo,
} from '../support/kit-records.ts';

type Acts = readonly Record<string, unknown>[];

const day = (date: string) => date as CivilDate;
const holder = randomizedTo('P1', 'K1');
const labelled = { action: 'labels', kits: ['K1'], labels: 'outer', reprints: [], count: 1 };
const shipped = kitEvent('shipped', 'K1', { from: null, to: 'A', date: '2026-06-01' });
const received = kitEvent('received', 'K1', { date: '2026-06-02' });
const dispensed = kitEvent('dispensed', 'K1', { date: '2026-06-03', subject: 'P1' });
const returned = kitEvent('returned', 'K1', { date: '2026-06-05', subject: 'P1' });
const toDepot = kitEvent('returned to depot', 'K1', { date: '2026-06-06', from: 'A' });
const held = kitEvent('quarantined', 'K1', { date: '2026-06-07' });
const released = kitEvent('released', 'K1', { date: '2026-06-08' });
const heldAgain = kitEvent('quarantined', 'K1', { date: '2026-06-09' });
const destroyed = kitEvent('destroyed', 'K1', { date: '2026-06-10' });
const lost = kitEvent('lost', 'K1', { date: '2026-06-10' });

describe('what can happen to a kit next', () => {
  test.each<[string, Acts, KitEvent[]]>([
    ['is on the list', [], ['shipped', 'received', 'destroyed', 'lost', 'quarantined']],
    ['has a label', [labelled], ['shipped', 'received', 'destroyed', 'lost', 'quarantined']],
    [
      'was shipped',
      [shipped],
      ['received', 'returned to depot', 'destroyed', 'lost', 'quarantined', 'retracted'],
    ],
    [
      'was received',
      [received],
      [
        ...(['shipped', 'dispensed', 'returned to depot', 'destroyed'] as const),
        ...(['lost', 'quarantined', 'retracted'] as const),
      ],
    ],
    [
      'was dispensed',
      [received, dispensed],
      ['shipped', 'returned', 'lost', 'quarantined', 'retracted'],
    ],
    [
      'was returned',
      [received, dispensed, returned],
      ['returned to depot', 'destroyed', 'lost', 'retracted'],
    ],
    [
      'was returned to the depot, unused',
      [received, toDepot],
      ['shipped', 'destroyed', 'lost', 'quarantined', 'retracted'],
    ],
    [
      'was returned, and then returned to the depot',
      [received, dispensed, returned, toDepot],
      ['destroyed', 'lost', 'quarantined', 'retracted'],
    ],
    ['was destroyed', [received, destroyed], ['retracted']],
    ['was lost', [received, lost], ['retracted']],
    ['is on hold before it came', [held], ['destroyed', 'lost', 'released', 'retracted']],
    [
      'is on hold on its way',
      [shipped, held],
      ['received', 'returned to depot', 'destroyed', 'lost', 'released', 'retracted'],
    ],
    [
      'is on hold at its site',
      [received, held],
      ['returned to depot', 'destroyed', 'lost', 'released', 'retracted'],
    ],
    [
      'is on hold while its participant has it',
      [received, dispensed, held],
      ['returned', 'lost', 'released', 'retracted'],
    ],
  ])('if it %s', (_, acts, possible) => {
    const account = accountAfter([holder, ...acts]);
    const found = KIT_EVENTS.filter((event) => whyNot(account, event, null) === undefined);
    expect(found).toEqual(possible);
  });

  test.each<[string, Acts, KitEvent[]]>([
    ['was shipped', [shipped], ['dispensed']],
    ['is on hold on its way', [shipped, held], ['dispensed']],
    ['is on hold at its site', [received, held], ['shipped', 'dispensed']],
    ['is on hold while its participant has it', [received, dispensed, held], ['shipped']],
    ['is on hold before it came', [held], ['shipped']],
    ['was lost', [received, lost], []],
    ['was returned', [received, dispensed, returned], []],
  ])('as a deviation, if it %s', (_, acts, possible) => {
    const account = accountAfter([holder, ...acts]);
    const found = KIT_EVENTS.filter(
      (event) =>
        whyNot(account, event, null) !== undefined &&
        whyNot(account, event, null, POSSIBLE_AS_DEVIATION) === undefined,
    );
    expect(found).toEqual(possible);
  });

  test('each rule that is broken must be named', () => {
    const onHold = accountAfter([holder, received, held]);
    expect(whyNot(onHold, 'dispensed', null, ['quarantined'])).toBeUndefined();
    expect(whyNot(onHold, 'dispensed', null, ['in transit'])).toBeDefined();
    const onItsWay = accountAfter([holder, shipped]);
    expect(whyNot(onItsWay, 'dispensed', null, ['in transit'])).toBeUndefined();
    expect(whyNot(onItsWay, 'dispensed', null, ['quarantined'])).toBeDefined();
    const both = accountAfter([holder, shipped, held]);
    expect(whyNot(both, 'dispensed', null, ['in transit'])).toBeDefined();
    expect(whyNot(both, 'dispensed', null, ['quarantined'])).toBeDefined();
  });
});

describe('the reason why something cannot happen to a kit', () => {
  test.each<[Acts, KitEvent, string]>([
    [
      [],
      'returned to depot',
      'kit K1 is not recorded as received: it cannot be returned to the depot yet',
    ],
    [[], 'returned', 'kit K1 is not recorded as received: it cannot be returned yet'],
    [[held], 'dispensed', 'kit K1 is not recorded as received: it cannot be dispensed yet'],
    [
      [received],
      'returned',
      'kit K1 was never dispensed, by its records: it cannot be returned by a participant',
    ],
    [
      [received, toDepot],
      'returned',
      'kit K1 was never dispensed, by its records: it cannot be returned by a participant',
    ],
    [
      [received, toDepot],
      'dispensed',
      'kit K1 was returned to the depot on 2026-06-06: it cannot be dispensed',
    ],
    [
      [received, dispensed, returned, toDepot],
      'returned',
      'kit K1 was returned to the depot on 2026-06-06: it cannot be returned',
    ],
    [
      [received, toDepot],
      'returned to depot',
      'kit K1 was returned to the depot on 2026-06-06: it cannot be returned to the depot again',
    ],
    [
      [received, dispensed],
      'received',
      'kit K1 was dispensed on 2026-06-03 (P1): it cannot be received',
    ],
    [
      [received, dispensed, returned],
      'returned',
      'kit K1 was returned on 2026-06-05 (P1): it cannot be returned again',
    ],
    [
      [received, dispensed, returned],
      'shipped',
      'kit K1 was returned by P1 on 2026-06-05: it cannot be shipped to a site',
    ],
    [
      [received, dispensed, returned],
      'quarantined',
      'kit K1 was returned on 2026-06-05 (P1): it cannot be quarantined',
    ],
    [
      [received, held, released, heldAgain],
      'dispensed',
      'kit K1 has been in quarantine since 2026-06-09: it cannot be dispensed before it is released',
    ],
    [
      [received, held],
      'quarantined',
      'kit K1 was quarantined on 2026-06-07: it cannot be quarantined again',
    ],
    [
      [received, held],
      'received',
      'kit K1 was received on 2026-06-02: it cannot be received again',
    ],
    [
      [shipped],
      'returned',
      'kit K1 was shipped to A on 2026-06-01 and is not recorded as received: it cannot be returned yet',
    ],
    [
      [shipped, held],
      'shipped',
      'kit K1 was shipped to A on 2026-06-01 and is not recorded as received: it cannot be shipped again',
    ],
    [[lost], 'released', 'kit K1 is not quarantined: there is nothing to release'],
    [[received, lost], 'lost', 'kit K1 was lost on 2026-06-10: it cannot be lost again'],
    [[destroyed], 'received', 'kit K1 was destroyed on 2026-06-10: it cannot be received'],
  ])('after %j: %s', (acts, event, message) => {
    expect(whyNot(accountAfter([holder, ...acts]), event, null)).toBe(message);
  });

  test.each<KitEvent>(['received', 'shipped'])(
    'is that it has no site while nobody has its slot, in a list without the site: %s',
    (event) => {
      expect(whyNot(accountAfter([], 'K3'), event, null)).toBe(
        `kit K3 belongs to no site until a participant has it (R003): it cannot be ${event} yet`,
      );
      expect(whyNot(accountAfter([randomizedTo('P3', 'K3')], 'K3'), event, null)).toBeUndefined();
      expect(whyNot(accountAfter([], 'K1'), event, null)).toBeUndefined();
      expect(whyNot(accountAfter([], 'K3'), 'destroyed', null)).toBeUndefined();
    },
  );

  test('is about participants only if the kit is dispensed', () => {
    const account = accountAfter([holder, received, dispensed]);
    expect(whyNot(account, 'returned', 'P2')).toBeUndefined();
    expect(whyNot(accountAfter([received]), 'destroyed', 'P2')).toBeUndefined();
  });
});

describe('the rules that a record about a kit breaks', () => {
  const broken = (
    acts: Acts,
    event: KitEvent,
    more: { date?: string; listMade?: string; site?: string } = {},
    packaged?: Parameters<typeof accountAfter>[2],
  ) => {
    const { date = '2026-06-20', listMade, site } = more;
    const known = { date: day(date), listMade: listMade as CivilDate | undefined, site };
    return brokenByEvent(accountAfter([holder, ...acts], 'K1', packaged), event, known);
  };

  test('a kit does not come before its list was made', () => {
    const listMade = '2026-06-02';
    expect(broken([], 'received', { date: '2026-06-01', listMade })).toEqual([
      {
        rule: 'before the list',
        text: 'kit K1: 2026-06-01 Mon is before the list was made, on 2026-06-02 Tue',
      },
    ]);
    expect(broken([], 'received', { date: '2026-06-02', listMade })).toEqual([]);
    expect(broken([], 'received', { date: '2026-06-01' })).toEqual([]);
    expect(broken([], 'destroyed', { date: '2026-06-01', listMade })).toEqual([]);
  });

  test('a kit on hold is neither dispensed nor shipped', () => {
    const acts = [received, held, released, heldAgain];
    const text = (not: string) =>
      `kit K1 has been in quarantine since 2026-06-09: ${not} before it is released`;
    expect(broken(acts, 'dispensed')).toEqual([
      { rule: 'quarantined', text: text('DO NOT GIVE IT') },
    ]);
    expect(broken(acts, 'shipped', { site: 'A' })).toEqual([
      { rule: 'quarantined', text: text('do not ship it') },
    ]);
    expect(broken(acts, 'destroyed')).toEqual([]);
    expect(broken([received, held, released], 'dispensed')).toEqual([]);
    const sentOnHold = { ...shipped, from: 'A', to: 'A', date: '2026-06-10' };
    expect(broken([...acts, sentOnHold], 'shipped', { site: 'A' })).toEqual([
      { rule: 'quarantined', text: text('do not ship it') },
    ]);
  });

  test('a kit on its way is not dispensed', () => {
    expect(broken([shipped], 'dispensed')).toEqual([
      {
        rule: 'in transit',
        text: 'kit K1 was shipped to A on 2026-06-01 and is not recorded as received. If it has come, record that first: randose kit received --kits K1',
      },
    ]);
    expect(broken([shipped], 'received', { site: 'A' })).toEqual([]);
    expect(broken([shipped], 'lost')).toEqual([]);
    // Where it is on its way to is no site that has it.
    const away = [{ ...shipped, to: 'B' }];
    expect(broken(away, 'dispensed').map(({ rule }) => rule)).toEqual(['in transit']);
  });

  test('an expired kit is not dispensed', () => {
    const packaged = () => ({ lot: 'L1', expiry: '2026-05' });
    expect(broken([received], 'dispensed', {}, packaged)).toEqual([
      { rule: 'expired', text: 'kit K1 (lot L1) expired on 2026-05-31: DO NOT GIVE IT' },
    ]);
    expect(broken([received], 'destroyed', {}, packaged)).toEqual([]);
  });

  test.each<[string, Acts, KitEvent, string | undefined, string]>([
    [
      'is not shipped to another site',
      [received],
      'shipped',
      'B',
      'kit K1 should not go to B: P1 is at A',
    ],
    [
      'does not come to another site',
      [],
      'received',
      'B',
      'kit K1 should not come to B: P1 is at A',
    ],
    [
      'comes to the site to which it was shipped',
      [shipped],
      'received',
      'B',
      'kit K1 was shipped to A on 2026-06-01, not to B',
    ],
    [
      'is not dispensed at another site',
      [{ ...received, site: 'B' }],
      'dispensed',
      undefined,
      'kit K1 is at B by its records, but P1 is at A',
    ],
    [
      'is not dispensed at the depot',
      [received, toDepot],
      'dispensed',
      undefined,
      'kit K1 is at the depot by its records, but P1 is at A',
    ],
  ])('a kit %s', (_, acts, event, site, text) => {
    expect(broken(acts, event, site === undefined ? {} : { site })).toEqual([
      { rule: 'other site', text },
    ]);
  });

  test('a kit that nobody has belongs to the site of its stratum', () => {
    const event = { date: day('2026-06-20'), listMade: undefined, site: 'B' };
    expect(brokenByEvent(accountAfter([], 'K2'), 'shipped', event)).toEqual([
      { rule: 'other site', text: 'kit K2 should not go to B: its stratum is of A' },
    ]);
    expect(brokenByEvent(accountAfter([], 'K2'), 'received', event)).toEqual([
      { rule: 'other site', text: 'kit K2 should not come to B: its stratum is of A' },
    ]);
  });

  test('other records about a kit say nothing of its site', () => {
    const there = { ...received, site: 'B' };
    for (const event of ['destroyed', 'lost', 'returned to depot'] as const) {
      expect(broken([there], event)).toEqual([]);
    }
    expect(broken([there], 'received', { site: 'B' })).toEqual([]);
  });
});

describe('an injection from a kit', () => {
  const texts = (acts: Acts, date: string) =>
    brokenByDose(accountAfter([holder, ...acts]), day(date));

  test.each<[string, Acts, string, string]>([
    ['that was returned', [received, dispensed, returned], '2026-06-05', 'returned'],
    [
      'that was shipped while its participant had it',
      [received, dispensed, { ...shipped, from: 'A', to: 'B', date: '2026-06-05' }],
      '2026-06-05',
      'shipped',
    ],
    [
      'that went back to the depot after its participant had it',
      [received, dispensed, returned, { ...toDepot, date: '2026-06-05' }],
      '2026-06-05',
      'returned to the depot',
    ],
  ])('%s can be of that day, but not of a later one', (_, acts, date, was) => {
    expect(texts(acts, date)).toEqual([]);
    expect(texts(acts, '2026-06-06')).toEqual([
      { rule: 'kit', text: `K1 was ${was} on ${date}, before this injection` },
    ]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['destroyed', destroyed],
    ['lost', lost],
    ['returned to the depot', { ...toDepot, date: '2026-06-10' }],
    ['shipped', { ...shipped, from: 'A', to: 'B', date: '2026-06-10' }],
  ])('that was %s before anybody had it cannot be of that day', (was, act) => {
    expect(texts([received, act], '2026-06-09')).toEqual([]);
    expect(texts([received, act], '2026-06-10')).toEqual([
      { rule: 'kit', text: `K1 was ${was} on the same day` },
    ]);
    expect(texts([received, act], '2026-06-11')).toEqual([
      { rule: 'kit', text: `K1 was ${was} on 2026-06-10, before this injection` },
    ]);
  });

  test.each([
    ['destroyed', destroyed],
    ['lost', lost],
    ['quarantined', { ...held, date: '2026-06-10' }],
  ])('that was %s on that day is a deviation, although its participant had it', (was, act) => {
    const rule = was === 'quarantined' ? was : 'kit';
    expect(texts([received, dispensed, act], '2026-06-10')).toEqual([
      { rule, text: `K1 was ${was} on the same day` },
    ]);
  });

  test('that was on hold for a second time is a deviation since then', () => {
    expect(texts([received, held, released, heldAgain], '2026-06-10')).toEqual([
      { rule: 'quarantined', text: 'K1 was quarantined on 2026-06-09, before this injection' },
    ]);
  });

  test('that was on hold when it was shipped is a deviation because of the hold', () => {
    const sent = { ...shipped, from: 'A', to: 'B', date: '2026-06-08' };
    expect(texts([received, held, sent], '2026-06-08')).toEqual([
      { rule: 'quarantined', text: 'K1 was quarantined on 2026-06-07, before this injection' },
    ]);
  });

  test('that has expired is a deviation, of the product', () => {
    const account = accountAfter([holder, received], 'K1', () => {
      return { lot: undefined, expiry: '2026-05' };
    });
    expect(brokenByDose(account, day('2026-05-31'))).toEqual([]);
    expect(brokenByDose(account, day('2026-06-01'))).toEqual([
      { rule: 'expired', text: 'kit K1 expired on 2026-05-31', isOfProduct: true },
    ]);
  });
});

describe('a kit that went away on the day of an injection', () => {
  const told = (acts: Acts, date: string) =>
    wentAwayText(accountAfter([holder, received, dispensed, ...acts]), day(date));
  const sentOn = { ...shipped, from: 'A', to: 'B', date: '2026-06-05' };

  test.each<[string, Acts]>([
    ['returned', [returned]],
    ['shipped', [sentOn]],
    ['returned to the depot', [{ ...toDepot, date: '2026-06-05' }]],
  ])('is asked about if it was %s', (was, acts) => {
    expect(told(acts, '2026-06-05')).toBe(
      `kit K1 was ${was} on the same day: was the injection given before that?`,
    );
    expect(told(acts, '2026-06-04')).toBeUndefined();
    expect(told(acts, '2026-06-06')).toBeUndefined();
  });

  test('is asked about although it came back and was shipped again later', () => {
    const again = { ...sentOn, from: 'B', to: 'A', date: '2026-06-09' };
    const acts = [sentOn, { ...received, date: '2026-06-07' }, again];
    expect(told(acts, '2026-06-05')).toContain('was shipped on the same day');
    expect(told(acts, '2026-06-09')).toContain('was shipped on the same day');
    expect(told(acts, '2026-06-07')).toBeUndefined();
  });

  test('is not asked about if it is gone for good, or is still there', () => {
    expect(told([lost], '2026-06-10')).toBeUndefined();
    expect(told([], '2026-06-03')).toBeUndefined();
    expect(wentAwayText(accountAfter([holder]), day('2026-06-03'))).toBeUndefined();
  });

  test('is not asked about on the day on which it was released on its way', () => {
    const onHold = { ...held, date: '2026-06-04' };
    const acts = [onHold, sentOn, { ...released, date: '2026-06-06' }];
    expect(told(acts, '2026-06-06')).toBeUndefined();
  });
});

describe('a kit has expired', () => {
  const kit = { kit: 'K1', lot: undefined, expiry: '2026-06', changedTo: undefined };

  test('after the last day of its month', () => {
    expect(expiredText(kit, day('2026-06-30'))).toBeUndefined();
    expect(expiredText(kit, day('2026-07-01'))).toBe('kit K1 expired on 2026-06-30');
    expect(expiredText({ ...kit, expiry: undefined }, day('2026-07-01'))).toBeUndefined();
  });

  test('and study.yaml has a later month: it needs another label', () => {
    const text = (changedTo: string) =>
      expiredText({ ...kit, lot: 'L1', changedTo }, day('2026-07-01'));
    expect(text('2026-09')).toBe(
      'kit K1 (lot L1) expired on 2026-06-30; study.yaml says 2026-09-30, but its label does not: randose labels --use-by --kits K1 --output FILE --by WHO',
    );
    expect(text('2026-06')).toBe('kit K1 (lot L1) expired on 2026-06-30');
  });
});

describe('a kit is not dispensed', () => {
  const none = { withdrawal: undefined, inError: undefined };
  const told = (facts: object, date = '2026-06-10') =>
    brokenByHolder('K1', 'P1', { ...none, ...facts }, day(date));

  test('to a participant who was withdrawn by that day', () => {
    const withdrawal = { date: '2026-06-10', from: 'treatment' };
    expect(told({ withdrawal })).toEqual([
      {
        rule: 'withdrawn',
        text: 'kit K1: P1 was withdrawn from treatment on 2026-06-10: DO NOT GIVE IT',
      },
    ]);
    expect(told({ withdrawal }, '2026-06-11')).toHaveLength(1);
    expect(told({ withdrawal }, '2026-06-09')).toEqual([]);
  });

  test('to a participant who was randomized in error', () => {
    expect(told({ inError: { seq: 7 } })).toEqual([
      {
        rule: 'randomized in error',
        text: 'kit K1: P1 was randomized in error (ledger 7): DO NOT GIVE IT',
      },
    ]);
    expect(told({})).toEqual([]);
  });
});

test('what the rules allow, as a deviation if need be, passes the checks', () => {
  const act = fc.record({
    event: fc.constantFrom(...KIT_EVENTS),
    kit: fc.constantFrom('K1', 'S2', 'K3'),
    site: fc.constantFrom('A', 'B'),
    isSiteSaid: fc.boolean(),
  });
  const property = fc.property(fc.array(act, { maxLength: 12 }), (all) => {
    const acts = [holder, randomizedTo('P3', 'K3', { site: 'B' })];
    for (const { event, kit, site, isSiteSaid } of all) {
      const account = accountAfter(acts, kit);
      if (whyNot(account, event, null, POSSIBLE_AS_DEVIATION) !== undefined) continue;
      const from = sentFrom(account.events, () => account.belongsTo);
      if (event === 'shipped' && from === site) continue;
      const isSaid = event === 'shipped' || (event === 'received' && isSiteSaid);
      const about = { date: day('2026-06-01'), listMade: undefined };
      const broken = brokenByEvent(account, event, isSaid ? { ...about, site } : about);
      acts.push(
        kitEvent(event, kit, {
          subject: event === 'dispensed' || event === 'returned' ? account.holder : null,
          corrects: event === 'retracted' ? account.events.at(-1)?.seq : null,
          deviations: broken.map(({ rule }) => rule),
          ...((event === 'shipped' || event === 'returned to depot') && { from: from ?? null }),
          ...(event === 'shipped' && { to: site }),
          ...(event === 'received' && isSiteSaid && { site }),
        }),
      );
    }
    expect(checkKitEvents(KIT_SLOTS, kitLedger(...acts), ['A', 'B'])).toEqual([]);
  });
  fc.assert(property, { numRuns: 60 });
});
