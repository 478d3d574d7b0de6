import fc from 'fast-check';
import type { Base } from './bases.ts';
import { fraction, nastyWord, picked } from './damage.ts';

/**
 * Command lines as people type them, with what differs in braces. Those with an exclamation mark open something, and
 * may show an arm.
 */
const TEXT = `
check study/study.yaml --plan plan.yaml
check {kit} --study study
check --subject {subject} --study study
check --number {number} --study study
allocate --plan plan.yaml --study study --by E.Example
allocate --plan plan.yaml --study study --dry-run
allocate --extend --plan plan.yaml --identity keys/statistician.key --study study
allocate --rehearsal --plan plan.yaml --output dummy --study study
verify --study study
verify --expect {receipt} --study study
verify --expect {receipt} {receipt} --study study
verify --commitment commitment.txt --study study
verify --checkpoint checkpoint.txt --study study
!verify --proof proof.txt --study study
verify --regenerate --identity {key} --study study
verify --repair-line-ends --yes --study study
verify --remove-superseded --yes --study study
status --study study
status --warn-at {count} --study study
randomize --from participants.csv --by E.Example --study study --yes
randomize --from participants.csv --by E.Example --study study --dry-run
randomize --subject {newcomer} --site {site} --day1 {date} --by E.Example --study study --yes
replace {subject} --subject {newcomer} --day1 {date} --by E.Example --reason example --study study --yes
ledger --study study
ledger {subject} --study study
ledger --kind {kind} --study study
ledger --since {date} --until {date} --study study
ledger --last {count} --study study
ledger --compare copy --study study
ledger --compare copy/ledger.jsonl --study study
ledger --enter-from copy --study study --yes --by E.Example
ledger --enter-pending --study study --yes
ledger --enter-paper {subject} --opened 2026-06-19T10:00Z --opened-by E.Example --key Example --by E.Example --reason SAE --study study --yes
ledger --repair --by E.Example --reason example --study study --yes
ledger --accept-older --by E.Example --reason example --study study --yes
calendar --study study
calendar {subject} --study study
calendar --format csv --study study
calendar --format json --study study
calendar --format ics --output cal --study study
calendar --format pdf --language {language} --output cal.pdf --study study
calendar {subject} --format pdf --output one.pdf --study study
calendar --changes --study study
calendar --since {receipt} --study study
calendar plan --from {date} --to {date} --study study
calendar load --weeks {count} --from {date} --study study
calendar load --format html --output load.html --study study
deviations --study study
deviations --format csv --study study
dose --subject {subject} --visit {visit} --date {date} --by E.Example --study study --yes
dose --subject {subject} --visit {visit} --retract --reason example --by E.Example --study study --yes
dose --subject {subject} --additional --date {date} --amount 1 --reason example --by E.Example --study study --yes
attend --subject {subject} --visit {visit} --date {date} --by E.Example --study study --yes
move --subject {subject} --visit {visit} --date {date} --reason example --by E.Example --study study --yes
withdraw --subject {subject} --date {date} --reason example --by E.Example --study study --yes
transfer --subject {subject} --site {site} --date {date} --reason example --by E.Example --study study --yes
correct --subject {subject} --to {newcomer} --reason example --by E.Example --study study --yes
randomized-in-error --subject {subject} --reason example --by E.Example --study study --yes
kit --study study
kit {kit} --study study
kit --site {site} --study study
kit shipped --kits {kit} --to {site} --by E.Example --study study --yes
kit received --from scanned.txt --by E.Example --study study --yes
kit received --kits {kit} --units {count} --by E.Example --study study --yes
kit dispensed --kits {kit} --subject {subject} --by E.Example --study study --yes
kit returned --kits {kit} --units {count} --by E.Example --study study --yes
kit quarantined --from scanned.txt --reason example --by E.Example --study study --yes
kit destroyed --kits {kit} --by E.Example --reason example --study study --yes
labels --specimen --output specimen.pdf --study study
labels --output labels2.zpl --format zpl --by E.Example --study study --yes --reason example
labels --output labels2.csv --format csv --by E.Example --study study --yes --reason example
labels --output labels2.pdf --subject {subject} --by E.Example --study study --yes --reason example
labels --output labels2.pdf --sheet L7160 --start-at {count} --offset 1,1 --by E.Example --reason example --study study --yes
!packing --identity keys/packer.key --study study --yes --reason example
!packing --identity keys/packer.key --format pdf --output packing.pdf --study study --yes --reason example
!unblind --subject {subject} --identity {key} --reason SAE --study study --yes
!unblind --kit {kit} --identity keys/officer.key --reason SAE --given-to {subject} --study study --yes
!unblind --number {number} --identity keys/officer.key keys/second.key --reason SAE --study study --yes
!unblind {subject} --identity {key} --reason SAE --proof proof2.txt --commitment commitment.txt --study study --yes
!unblind {subject} --identity keys/officer.key --reason SAE --expect {receipt} --study study --yes
unblind {subject} --identity keys/officer.key --reason SAE --to {recipient} --study study --yes
!unblind {subject} --identity keys/locked.key --passphrase-file passphrase.txt --reason SAE --study study --yes
!unblind --all --identity {key} --reason example --study study --yes
!unblind --all --doses --identity {key} --reason example --study study --yes
unblind --all --masked --until {date} --purpose interim --identity {key} --reason example --study study --yes
!reveal {subject} --identity {key} --study study --yes
!open --identity {key} --reason example --study study --yes
!open --identity {key} --format json --reason example --output opened.json --study study --yes
prepare {subject} --identity {key} --study study --yes
cards --identity {key} --output cards.pdf --reason example --study study --yes
rewrap --identity {key} --reason example --study study --yes
rewrap --identity keys/officer.key keys/second.key --reason example --study study --yes
commitment --study study
commitment --checkpoint --study study
commitment --request commitment.tsq --study study
export transfer --output out --study study
export transfer --format {table} --output out --study study
export sdtm --output out --study study
export sdtm --format {table} --output out --study study
!export sdtm --identity {key} --output out --reason example --study study --yes
export accountability --format {table} --output out --study study
export ledger --format {table} --output out --study study
export redcap --output out --study study
assess --plan plan.yaml --study study
assess --plan plan.yaml --format json --participants {count} --study study
assess --plan plan.yaml --format html --output assess.html --study study
assess --plan plan.yaml --against plan.yaml --study study
schema {schema}
schema result {command}
amend --study study
amend --id A2 --reason example --by E.Example --study study --yes
study --study study
study --diff --study study
study --restore --by E.Example --reason example --study study --yes
people --study study
people add --role officer --name Another --recipient {recipient} --study study
lock --reason example --by E.Example --study study --yes
unlock --reason example --by E.Example --study study --yes
docs {page}
completion {shell}
completion -- randose dose --study study --subject {subject} --
`;

export interface Template {
  readonly text: string;
  /** Whether it may show an arm. */
  readonly opens: boolean;
}

const TEMPLATES: readonly Template[] = TEXT.trim()
  .split('\n')
  .map((line) => ({ text: line.replace(/^!/, ''), opens: line.startsWith('!') }));

/** What can be in the braces, whatever the trial is. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  key: ['officer', 'officer', 'statistician', 'packer', 'second', 'cards', 'other', 'none'].map(
    (name) => `keys/${name}.key`,
  ),
  recipient: [
    'age1ry4ukjs038c9mhvulkgw7yxdh2w365mzssh8p8etsz3gm00f5gwq948dkq',
    'age1vr2ep4f2cc5ut8lll7qfuv6l9w8w5p4l5mljfzr7wjca0shvadmqqgvjvv',
  ],
  date: ['2026-06-01', '2026-06-02', '2026-06-15', '2026-06-20', '2026-07-01', '2027-01-31'],
  visit: ['D1', 'D2', 'D3', 'D15', 'D29', 'D60', 'D85'],
  count: ['1', '2', '3', '9', '40'],
  kind: ['randomization', 'code-break', 'kit', 'labels', 'dose', 'allocation'],
  language: ['en', 'fr', 'de', 'es', 'it'],
  table: ['csv', 'xlsx', 'json', 'ndjson', 'xpt'],
  schema: ['study', 'plan'],
  command: ['status', 'verify', 'error', 'unblind'],
  page: ['statistician', 'officer', 'security', 'pharmacist'],
  shell: ['bash', 'zsh', 'fish'],
};

/** One command line of a case: which one, and what is in its braces. Places are fractions. */
export interface Typed {
  readonly template: number;
  readonly words: readonly number[];
  /** Which word is one that no command expects; none if it is 1 or more. */
  readonly nasty: number;
  readonly value: number;
  readonly json: boolean;
}

export const anyTyped: fc.Arbitrary<Typed> = fc.record({
  template: fraction,
  words: fc.array(fraction, { minLength: 4, maxLength: 4 }),
  nasty: fraction.map((n) => n * 6),
  value: fraction,
  json: fc.noBias(fc.nat(3)).map((n) => n === 0),
});

/** The command line, for a trial. */
export function wordsOf(typed: Typed, base: Base): { words: string[]; template: Template } {
  const template = picked(TEMPLATES, typed.template);
  const own: Readonly<Record<string, readonly string[]>> = {
    subject: base.subjects,
    newcomer: base.newcomers,
    number: base.numbers,
    kit: base.kits,
    site: base.sites,
    receipt: base.receipts,
  };
  let count = 0;
  const isVaried: boolean[] = [];
  const words = template.text.split(' ').map((word) => {
    const name = /^\{(.*)\}$/.exec(word)?.[1];
    isVaried.push(name !== undefined || /[.=]/.test(word));
    if (name === undefined) return word;
    const place = typed.words[count % typed.words.length]!;
    count += 1;
    const choices = own[name] ?? WORDS[name]!;
    return choices.length === 0 ? 'X' : picked(choices, place);
  });
  const varied = words.flatMap((_, index) => (isVaried[index] === true ? [index] : []));
  if (typed.nasty < 1 && varied.length > 0) {
    const at = picked(varied, typed.nasty);
    words[at] = nastyWord(words[at]!, typed.value);
  }
  if (typed.json && !/^(completion|schema|docs)/.test(template.text)) words.push('--json');
  return { words, template };
}
