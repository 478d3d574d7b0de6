import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES, mustRun, randose, testFolder } from '../support/command-line.ts';
import { ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

/*
 * A trial from its list to its unblinding, with all that happens to participants and kits in it. What R
 * computes from the exported tables is compared with what this page says happened.
 */

type Row = Record<string, string>;

const folder = testFolder(afterAll);
const study = join(folder, 'tst-1');
const key = (name: string) => join(FIXTURES, 'keys', `${name}.key`);

const STATISTICIAN = ['--by', 'C. Example, statistician, Example CRO'];
const NURSE = ['--by', 'E. Example, nurse, Example Hospital'];
const PHARMACIST = ['--by', 'F. Example, pharmacist, Example Pharmacy'];
const why = (reason: string) => ['--reason', reason];

/** Runs a command line about the study. @returns what it prints */
function does(...words: string[]): string {
  return mustRun(...words, '--study', study);
}

/** A command line about the study that must be refused. @returns what it says */
function refuses(...words: string[]): string {
  const ran = randose(...words, '--study', study);
  expect(ran.status, words.join(' ')).not.toBe(0);
  return ran.stderr;
}

/** Day N of somebody whose Day 1 was a date. */
function day(day1: string, number: number): string {
  return new Date(Date.parse(day1) + (number - 1) * 86_400_000).toISOString().slice(0, 10);
}

/** Gives the injections of some days as they were planned. */
function treats(subject: string, day1: string, days: readonly number[], ...more: string[]): void {
  for (const number of days) {
    const about = ['--visit', `D${number}`, '--date', day(day1, number)];
    does('dose', subject, ...about, ...NURSE, ...more);
  }
}

function randomizes(subject: string, site: string, sex: string, day1: string): void {
  const who = ['--subject', subject, '--site', site, '--factor', `sex=${sex}`, '--day1', day1];
  does('randomize', ...who, ...NURSE);
}

function csvOf(...words: string[]): Row[] {
  const file = join(folder, `${words[0]!}.csv`);
  does(...words, '--format', 'csv', '--output', file);
  return parse(readFileSync(file), { columns: true });
}

const kitOf = (subject: string) =>
  String(ledgerOf(study).find((one) => one.subject === subject && 'kit' in one)?.kit);

const STUDY = `randose: 1
study: { id: TST-1, title: Test trial, sponsor: Example }
arms:
  - { code: A, name: Active, type: active, ratio: 2 }
  - { code: P, name: Placebo, type: placebo, ratio: 1 }
sites:
  - { code: CRT, name: Example Hospital, country: FR, timeZone: Europe/Paris, investigator: Dr Example }
  - { code: LYO, name: Other Hospital, country: FR, timeZone: Europe/Paris, investigator: Dr Other }
factors:
  - { name: sex, levels: [F, M] }
strata: { slotsPerStratum: 6 }
replacements: { offset: 1000 }
schedule:
  leastInterval: 1 day
  injections:
    - { phase: induction, days: 1-5 }
    - { phase: maintenance, weeks: 3-6, window: -1/+2, leastInterval: 5 days }
  assessments:
    - { name: Safety, days: [1, 60], window: ±3 }
supplies:
  kit: { units: each injection, unitPackaging: small, spares: 1 }
  packaged:
    - { lot: L2026-01, expiry: 2027-06 }
  labels:
    profile: eu-annex13
    languages: [en]
    contact: { name: Example Pharmacy, address: '1 Example Street, Town', phone: '+33 1 00 00 00 00' }
    substance: A 1 MIU or placebo
    form: powder for injection
    route: subcutaneous
    contents: 9 vials
    unitContents: 1 vial
    directions: See guide
    storage: Store at 2 to 8 C
officers:
  - { name: Example Officer, recipient: age1vr2ep4f2cc5ut8lll7qfuv6l9w8w5p4l5mljfzr7wjca0shvadmqqgvjvu }
statisticians:
  - { name: Example Statistician, recipient: age1ry4ukjs038c9mhvulkgw7yxdh2w365mzssh8p8etsz3gm00f5gwq948dkq }
packers:
  - { name: Example Packer, recipient: age1tnduh0uhvfnvpj9tuwth9t3sncz5tm4kawxk9ugvlmqkzjweufjqeqqddu }
cardMakers: []
`;

const AMENDMENT = `amendments:
  - id: A2
    from: 2026-07-06
    applies: later participants
    schedule:
      leastInterval: 1 day
      injections:
        - { phase: induction, days: 1-5 }
        - { phase: maintenance, weeks: 3-5, window: -1/+2, leastInterval: 5 days }
      assessments:
        - { name: Safety, days: [1, 60], window: ±3 }
`;

const INDUCTION = [1, 2, 3, 4, 5];
const MAINTENANCE = [15, 22, 29, 36];
/** Mondays, so that no day of a scheme is a Sunday. */
const JUNE_1 = '2026-06-01';
const JUNE_8 = '2026-06-08';
const JULY_13 = '2026-07-13';

beforeAll(() => {
  execFileSync('mkdir', [study]);
  writeFileSync(join(study, 'study.yaml'), STUDY);
  writeFileSync(join(folder, 'plan.yaml'), 'blocks: {sizes: [3]}\n');
  does('allocate', '--plan', join(folder, 'plan.yaml'), ...STATISTICIAN);
  for (const site of ['CRT', 'LYO']) {
    does('labels', '--site', site, '--output', join(folder, `${site}.pdf`), ...PHARMACIST, '--yes');
  }

  // Eight people in June.
  randomizes('CRT-001', 'CRT', 'F', JUNE_1);
  randomizes('CRT-002', 'CRT', 'M', JUNE_1);
  randomizes('CRT-03O', 'CRT', 'F', JUNE_1);
  randomizes('CRT-004', 'CRT', 'M', JUNE_1);
  randomizes('CRT-005', 'CRT', 'F', JUNE_8);
  randomizes('LYO-001', 'LYO', 'F', JUNE_1);
  randomizes('LYO-002', 'LYO', 'M', JUNE_1);
  randomizes('LYO-003', 'LYO', 'F', JUNE_1);
});

describe('the life of a trial [R-113]', () => {
  test('kits come to their sites; one is lost, one is on hold for a day', () => {
    const all = ['CRT-001', 'CRT-002', 'CRT-03O', 'CRT-004', 'CRT-005']
      .concat(['LYO-001', 'LYO-002', 'LYO-003'])
      .map(kitOf)
      .join();
    does('kit', 'received', '--kits', all, '--date', '2026-05-29', ...PHARMACIST);
    const held = ['--kits', kitOf('CRT-002'), '--date', '2026-05-29'];
    does('kit', 'quarantined', ...held, ...why('too warm on the way'), ...PHARMACIST);
    const given = ['--subject', 'CRT-002', '--kits', kitOf('CRT-002'), '--date', '2026-05-29'];
    expect(refuses('kit', 'dispensed', ...given, ...PHARMACIST)).toContain('in quarantine');
    does('kit', 'released', ...held, ...why('logger read: 6 C'), ...PHARMACIST);
    does('kit', 'dispensed', ...given, ...PHARMACIST);
    const lost = ['--kits', kitOf('CRT-005'), '--date', '2026-05-30'];
    does('kit', 'lost', ...lost, ...why('not in the refrigerator'), ...PHARMACIST);
  });

  test('the first week has its mistakes', () => {
    // A letter for a digit in the id, and the wrong sex.
    does(
      'correct',
      'CRT-03O',
      '--new-id',
      'CRT-030',
      ...why('letter O for zero'),
      ...NURSE,
      '--yes',
    );
    does('correct', 'CRT-030', '--factor', 'sex=M', ...why('read from the wrong file'), ...NURSE);
    // Recorded for the wrong person.
    treats('LYO-003', JUNE_1, [1]);
    const wrong = ['--visit', 'D1', '--retract', ...why('it was LYO-001')];
    does('dose', 'LYO-003', ...wrong, ...NURSE);
    treats('CRT-001', JUNE_1, [1], '--with-assessments');
    for (const subject of ['CRT-002', 'CRT-030', 'CRT-004', 'LYO-001'])
      treats(subject, JUNE_1, [1]);
    // From the kit of another participant.
    const other = ['--kit', kitOf('LYO-001'), '--deviation', ...why('wrong box')];
    treats('LYO-002', JUNE_1, [1], ...other);
    treats('LYO-003', JUNE_1, [1]);
    // An assessment was missed, then found to have been done, on another day.
    const safety = ['attend', 'CRT-002', '--visit', 'D1'];
    const missed = ['--date', JUNE_1, '--not-done', ...why('no laboratory')];
    does(...safety, ...missed, ...NURSE);
    does(...safety, '--date', '2026-06-02', '--correct', ...why('done on Tuesday'), ...NURSE);
    does('attend', 'LYO-001', '--visit', 'D1', '--date', JUNE_1, ...NURSE);
    does('attend', 'LYO-001', '--visit', 'D1', '--retract', ...why('it was LYO-002'), ...NURSE);
    for (const subject of ['CRT-001', 'CRT-002', 'CRT-030', 'CRT-004', 'LYO-002', 'LYO-003']) {
      treats(subject, JUNE_1, INDUCTION.slice(1));
    }
    treats('LYO-001', JUNE_1, [2]);
    treats('LYO-001', JUNE_1, [3], '--not-done', ...why('fever'));
    treats('LYO-001', JUNE_1, [4, 5]);
    // More than the schedule has, and less than was meant.
    const second = ['--additional', '--date', '2026-06-05', '--amount', '0.5 million IU'];
    does('dose', 'LYO-001', ...second, ...why('second vial'), ...NURSE);
  });

  test('one should not have been randomized, one stops, one moves to another site', () => {
    does('randomized-in-error', 'CRT-005', ...why('screening failed'), ...NURSE);
    const another = ['--subject', 'CRT-007', '--for', 'CRT-005', '--factor', 'sex=F'];
    // CRT-005 has R003, the third slot of women at CRT; R1003 has the same arm.
    expect(does('replace', ...another, '--day1', JUNE_8, ...NURSE)).toMatch(/ R1003 /);
    treats('CRT-007', JUNE_8, INDUCTION);
    const all = [...MAINTENANCE];
    treats('CRT-001', JUNE_1, all.slice(0, 1));
    treats('CRT-002', JUNE_1, all.slice(0, 1));
    const late = ['--visit', 'D15', '--date', day(JUNE_1, 19), '--deviation', ...why('strike')];
    does('dose', 'LYO-001', ...late, ...NURSE);
    const stops = ['--from', 'treatment', '--date', day(JUNE_1, 16), ...why('adverse event')];
    does('withdraw', 'CRT-002', ...stops, ...NURSE);
    expect(
      refuses('dose', 'CRT-002', '--visit', 'D22', '--date', day(JUNE_1, 22), ...NURSE),
    ).toContain('withdrawn');
    treats('CRT-030', JUNE_1, all.slice(0, 1));
    treats('CRT-004', JUNE_1, all.slice(0, 1));
    const goes = ['--to', 'LYO', '--date', day(JUNE_1, 18), ...why('moved house')];
    does('transfer', 'CRT-004', ...goes, ...NURSE);
    const kit = ['--kits', kitOf('CRT-004'), '--date', day(JUNE_1, 19)];
    does('kit', 'shipped', ...kit, '--to', 'LYO', ...PHARMACIST);
    does('kit', 'received', ...kit, '--site', 'LYO', ...PHARMACIST);
    // A withdrawal that is taken back.
    const leaves = ['--from', 'study', '--date', day(JUNE_1, 17), ...why('consent withdrawn')];
    does('withdraw', 'LYO-003', ...leaves, ...NURSE);
    does('withdraw', 'LYO-003', '--retract', ...why('it was another one'), ...NURSE);
    treats('LYO-002', JUNE_1, all.slice(0, 1));
    treats('LYO-003', JUNE_1, all.slice(0, 1));
    const moved = ['--visit', 'D22', '--date', day(JUNE_1, 23), ...why('public holiday')];
    does('move', 'LYO-003', ...moved, ...NURSE);
    does('dose', 'LYO-003', '--visit', 'D22', '--date', day(JUNE_1, 23), ...NURSE);
    treats('LYO-003', JUNE_1, all.slice(2));
    treats('CRT-007', JUNE_8, all);
    for (const subject of ['CRT-001', 'CRT-030', 'CRT-004', 'LYO-002']) {
      treats(subject, JUNE_1, all.slice(1));
    }
    does('dose', 'LYO-001', '--visit', 'D22', '--date', day(JUNE_1, 24), ...NURSE);
    treats('LYO-001', JUNE_1, all.slice(2));
  });

  test('the protocol changes for those who come later', () => {
    writeFileSync(
      join(study, 'study.yaml'),
      STUDY.replace('supplies:\n', `${AMENDMENT}supplies:\n`),
    );
    does('amend', '--id', 'A2', ...why('substantial amendment 2'), ...STATISTICIAN);
    randomizes('CRT-006', 'CRT', 'F', JULY_13);
    does('kit', 'received', '--kits', kitOf('CRT-006'), '--date', JULY_13, ...PHARMACIST);
    treats('CRT-006', JULY_13, [...INDUCTION, ...MAINTENANCE.slice(0, -1)]);
    expect(
      refuses('dose', 'CRT-006', '--visit', 'D36', '--date', day(JULY_13, 36), ...NURSE),
    ).toContain('D36');
  });

  test('an officer opens one participant; the last assessments take place', () => {
    const officer = ['--identity', key('officer'), ...why('SAE: treatment depends on it')];
    does('unblind', 'LYO-002', ...officer);
    for (const subject of ['CRT-001', 'CRT-002', 'CRT-030', 'CRT-004', 'LYO-001', 'LYO-003']) {
      does('attend', subject, '--visit', 'D60', '--date', day(JUNE_1, 60), ...NURSE);
    }
    does('attend', 'CRT-007', '--visit', 'D60', '--date', day(JUNE_8, 60), ...NURSE);
    const missed = ['--visit', 'D60', '--date', day(JUNE_1, 60), '--not-done', ...why('abroad')];
    does('attend', 'LYO-002', ...missed, ...NURSE);
    does('attend', 'CRT-006', '--visit', 'D60', '--date', day(JULY_13, 60), ...NURSE);
  });

  test('a monitoring committee gets groups without their arms', () => {
    const file = join(folder, 'interim-MASKED.csv');
    const about = ['--until', day(JUNE_1, 36), '--purpose', 'interim 1'];
    const asked = ['--identity', key('statistician'), ...why('DSMB'), '--output', file];
    does('unblind', '--all', '--masked', ...about, ...asked);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/Active|Placebo/);
    const rows: Row[] = parse(text, { columns: true });
    // CRT-006 was randomized later.
    expect(rows).toHaveLength(9);
    expect(new Set(rows.map((row) => row.MASKEDGRP))).toEqual(new Set(['A', 'B']));
  });

  test('the database is locked, unlocked for a correction, and locked', () => {
    does('lock', ...why('all queries closed'), ...STATISTICIAN);
    const again = [
      '--visit',
      'D60',
      '--date',
      day(JUNE_1, 61),
      '--correct',
      ...why('typing error'),
    ];
    expect(refuses('attend', 'CRT-001', ...again, ...NURSE)).toContain('locked');
    does('unlock', ...why('a query was reopened'), ...STATISTICIAN);
    does('attend', 'CRT-001', ...again, ...NURSE);
    does('lock', ...why('all queries closed again'), ...STATISTICIAN);
    expect(does('verify')).toMatch(/^verified/);
  });

  testWithTool(['Rscript', '--version'])(
    'R finds in the tables what happened, and that blocks are balanced',
    () => {
      const open = ['--identity', key('statistician'), ...why('database is locked')];
      does('open', ...open, '--output', join(folder, 'list.csv'));
      does('unblind', '--all', ...open, '--output', join(folder, 'participants.csv'));
      does('unblind', '--all', '--doses', ...open, '--output', join(folder, 'doses.csv'));
      csvOf('calendar');
      csvOf('deviations');
      writeFileSync(join(folder, 'recompute.R'), RECOMPUTE);
      const said = execFileSync('Rscript', ['--vanilla', 'recompute.R'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      });
      expect(said.trim().split('\n')).toEqual([
        'blocks: 8 of 2 A and 1 P',
        'participants have the arm of their slot: TRUE',
        'slots in use are the first of their stratum: TRUE',
        // Counted by hand from the story above; the additional injection is one of LYO-001's nine.
        'injections: CRT-001 9, CRT-002 6, CRT-004 9, CRT-005 0, CRT-006 8, CRT-007 9, CRT-030 9, LYO-001 9, LYO-002 9, LYO-003 9',
        'the same in the calendar: TRUE',
        'first and last: TRUE',
        'deviations: additional 1, kit 1, missed 2, window 1',
        'the same as the view: TRUE',
        'CRT-004: CRT 6, LYO 3',
        'others at one site: TRUE',
        'arm as treated: TRUE',
        'replaced: CRT-005 by CRT-007',
        'slots and their replacement slots have the same arm: TRUE',
      ]);
    },
  );
});

/** What the exported tables say, computed from their rows alone. */
const RECOMPUTE = `
read <- function(file) read.csv(file, colClasses = "character", na.strings = character())
list <- read("list.csv")
people <- read("participants.csv")
doses <- read("doses.csv")
calendar <- read("calendar.csv")
deviations <- read("deviations.csv")
says <- function(what, ...) cat(what, ": ", ..., "\\n", sep = "")
counts <- function(values) {
  n <- table(values)
  n <- n[order(names(n), method = "radix")]
  paste(names(n), n, collapse = ", ")
}

# Balance: each block has the ratio.
own_slots <- list[list$replacement_for == "", ]
block <- paste(own_slots$stratum, own_slots$block)
per <- table(block, factor(own_slots$arm, c("A", "P")))
stopifnot(all(per[, "A"] == 2), all(per[, "P"] == 1))
says("blocks", nrow(per), " of 2 A and 1 P")
slot <- list[match(people$RANDNO, list$randomization_number), ]
says("participants have the arm of their slot", all(slot$arm == people$ARMCD & slot$stratum == people$STRATUM))
taken <- slot[slot$replacement_for == "", ]
used <- tapply(as.integer(taken$sequence_in_stratum), taken$stratum, function(x) all(sort(x) == seq_along(x)))
says("slots in use are the first of their stratum", all(used))

# Doses as given.
given <- doses[doses$ECOCCUR == "Y", ]
n <- table(factor(given$SUBJID, sort(people$SUBJID, method = "radix")))
says("injections", paste(names(n), n, collapse = ", "))
dated <- calendar[grepl("injection", calendar$kind) & calendar$status == "given", ]
m <- table(factor(dated$subject, names(n)))
says("the same in the calendar", all(n == m) && all(n[people$SUBJID] == as.integer(people$INJGIVEN)))
first <- tapply(given$ECSTDTC, given$SUBJID, min)[people$SUBJID]
last <- tapply(given$ECSTDTC, given$SUBJID, max)[people$SUBJID]
says("first and last", all(ifelse(is.na(first), "", first) == people$RFXSTDTC, ifelse(is.na(last), "", last) == people$RFXENDTC))

# Deviations, from the dates, windows and kits of the calendar.
own <- strsplit(paste(list$kit, list$spare_kits)[match(calendar$randomization_number, list$randomization_number)], "[ ;]+")
found <- rbind(
  data.frame(who = calendar$subject, rule = "missed")[calendar$status %in% c("not done", "not given", "missed"), ],
  data.frame(who = calendar$subject, rule = "additional")[calendar$kind == "additional injection", ],
  data.frame(who = calendar$subject, rule = "kit")[calendar$kit_used != "" & !mapply("%in%", calendar$kit_used, own), ],
  data.frame(who = calendar$subject, rule = "window")[calendar$status %in% c("given", "done") & calendar$window_from != "" &
    (calendar$date < calendar$window_from | calendar$date > calendar$window_to), ])
says("deviations", counts(found$rule))
says("the same as the view", identical(sort(paste(found$who, found$rule)), sort(paste(deviations$subject, deviations$rule))))

# Who was where.
says("CRT-004", counts(given$SITEVIS[given$SUBJID == "CRT-004"]))
others <- given[given$SUBJID != "CRT-004", ]
says("others at one site", all(others$SITEVIS == others$SITEID))

# Treated: by the arm of each kit that was given.
arm_of_kit <- function(kit) list$arm[match(TRUE, grepl(kit, paste(list$kit, list$spare_kits), fixed = TRUE))]
treated <- ifelse(given$KITGIVEN == "", given$ARMCD, vapply(given$KITGIVEN, arm_of_kit, ""))
actual <- vapply(people$SUBJID, function(id) {
  arms <- unique(treated[given$SUBJID == id])
  if (length(arms) == 0) "NOTTRT" else if (length(arms) == 1) arms else "MIXED"
}, "")
by <- people[people$REPLBY != "", ]
says("arm as treated", all(treated == given$TRTACD) && all(actual == people$ACTARMCD))
says("replaced", paste(by$SUBJID, "by", by$REPLBY, collapse = ", "))
twin <- list[list$replacement_for != "", ]
says("slots and their replacement slots have the same arm", nrow(twin) == nrow(own_slots) &&
  all(twin$arm == list$arm[match(twin$replacement_for, list$randomization_number)]) &&
  all(slot$replacement_for[people$REPLACES != ""] == by$RANDNO))
stopifnot(people$REPLACES[people$SUBJID == by$REPLBY] == by$SUBJID)
`;
