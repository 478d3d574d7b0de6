/**
 * DEPIL-2 (NCT04133233), the trial that randose was made for and the template it ships with.
 * Facts: ClinicalTrials.gov, and the published report of the trial.
 */
export const STUDY_TEMPLATE = `# DEPIL-2: what everyone in the trial may see.
# What blinded people may not see is in the randomization plan, a file of its own outside this folder.
randose: 1

study:
  id: DEPIL-2
  title: Low Dose IL-2 Therapy in Patients With a Depressive Episode in the Course of a Bipolar Disorder
  sponsor: Assistance Publique - Hôpitaux de Paris
  registrations:
    ClinicalTrials.gov: NCT04133233
    EudraCT: 2018-002777-22
    Sponsor: D20180617
    ANSM: MEDAECNAT-2018-10-00069

# The ratio is each arm's share: 2 beside 1 is 2:1.
arms:
  - code: ILT101
    name: ILT101 (interleukin-2) 1 million IU, subcutaneous
    type: active
    ratio: 2
  - code: PLACEBO
    name: Placebo (matching sterile powder), subcutaneous
    type: placebo
    ratio: 1

# country (and region) say which public holidays a site has. It may also say: whitMonday: worked (or off),
# openDays: Mon-Fri, openOn: [2026-05-01], closed: [2026-08-03 to 2026-08-14], timeZone: docs/pharmacist.md.
sites:
  - code: CRT
    name: Hôpital Albert Chenevier, Créteil, France
    country: FR
    timeZone: Europe/Paris

# Each stratum has a list of its own. Slots are numbered in the order of the strata below.
# Factors beside the site, one number for all sites, patterns for numbers: docs/statistician.md.
strata:
  - site: CRT
    slots: 18

# Day 1 is the day of the first injection. There is no Day 0: the day before Day 1 is Day -1.
# A week stands for its first day: Week 3 begins on Day 15.
schedule:
  # The protocol's windows and least interval belong here: none are published, so none are set. For example
  # window: -1/+2 and leastInterval: 5 days for a phase. docs/statistician.md has the whole language.
  injections:
    - {phase: induction, days: 1-5}
    - {phase: maintenance, weeks: 3-6}
  assessments:
    - name: Treg blood sample
      days: [1, 5, 15, 60]
    # The registry's "Week 6" is Day 36 (the first day of Week 6) or Day 43 (six weeks after Day 1).
    # Add the one that your protocol means, for example: days: [1, 43]
    - name: MADRS and IDS
      days: [1]
    - name: Safety
      days: [1, 60]

# What a participant's kit is, and what its labels say: docs/pharmacist.md. Nothing of it may depend on the arm.
supplies:
  kit:
    units: each injection # nine vials, each for its injection
    unitPackaging: small
    spares: 0 # further kits for each slot; fixed once the list is allocated
  labels:
    profile: eu-annex13 # DEPIL-2 began before Regulation (EU) 536/2014 applied. Others: eu-ctr, us-312.6
    languages: [fr]
    # What is published nowhere stays to be filled in; randose labels says what is missing:
    # contact: {name: WHO, address: WHERE, phone: NUMBER}, directions: TEXT, storage: TEXT;
    # beside labels, packaged: [{lot: LOT, expiry: YYYY-MM}]; and in each site, investigator: NAME.
    # The rest is a draft, for the sponsor to approve.
    substance: ILT101 1 MUI ou placebo
    form: poudre stérile pour injection
    route: voie sous-cutanée
    contents: 9 flacons
    unitContents: 1 flacon

# Who may open what. randose keygen --study adds people here, until the list is allocated.
# Officers open one envelope at a time, and the list; statisticians the list; packers kit to arm;
# card makers print the code-break cards. Any officer opens alone. Where it is to take several of
# them together for anything but a card, write threshold: 2 of 3 instead of officers: any.
custody:
  officers: any
officers: []
statisticians: []
packers: []
cardMakers: []
`;

/** What labels need and is published nowhere, plainly invented: for the demo, the self-test and examples. */
const EXAMPLE_PARTICULARS: readonly (readonly [before: string, added: string])[] = [
  ['    timeZone: Europe/Paris\n', '    investigator: Dr Exemple\n'],
  [
    '    spares: 0 # further kits for each slot; fixed once the list is allocated\n',
    '  packaged: [{lot: L2026-01, expiry: 2027-06}]\n',
  ],
  [
    '    languages: [fr]\n',
    `    contact: {name: Pharmacie Exemple, address: "1 rue de l'Exemple, 94000 Créteil", phone: +33 1 00 00 00 00}
    directions: Voir le guide d'administration remis au site
    storage: À conserver entre 2 °C et 8 °C, à l'abri de la lumière
`,
  ],
];

/** The template, or a study made of it, with what its labels lack. */
export function withExampleParticulars(template: string): string {
  return EXAMPLE_PARTICULARS.reduce(
    (text, [before, added]) => text.replace(before, before + added),
    template,
  );
}

/** The confidential half of the template. */
export const PLAN_TEMPLATE = `# CONFIDENTIAL: the randomization plan of DEPIL-2.
# Whoever reads this can guess allocations. Keep it out of the study folder, away from blinded people.
# randose allocate seals a copy inside the list: afterwards, keep this file locked away or destroy it.
randose: 1
study: DEPIL-2

# One size, or several drawn at random. Each a multiple of the ratio's sum: of 3 at 2:1.
# All are equally likely, unless there are weights: [1, 2] draws the second twice as often.
blocks:
  sizes: [3, 6]
`;

/** Eighteen example participants with their first days: plainly invented. */
export const EXAMPLE_PARTICIPANTS = `subject,site,day1
CRT-001,CRT,2026-06-01
CRT-002,CRT,2026-06-08
CRT-003,CRT,2026-06-15
CRT-004,CRT,2026-06-22
CRT-005,CRT,2026-07-06
CRT-006,CRT,2026-07-20
CRT-007,CRT,2026-08-03
CRT-008,CRT,2026-08-24
CRT-009,CRT,2026-09-07
CRT-010,CRT,2026-09-14
CRT-011,CRT,2026-09-21
CRT-012,CRT,2026-10-05
CRT-013,CRT,2026-10-19
CRT-014,CRT,2026-11-02
CRT-015,CRT,2026-11-16
CRT-016,CRT,2026-11-30
CRT-017,CRT,2026-12-07
CRT-018,CRT,2026-12-21
`;
