import { type Cell, type Column, type Dataset, rowsOf } from '../datasets/dataset.ts';

/** What a variable is for, as SDTM names it. */
type Role =
  | 'Identifier'
  | 'Topic'
  | 'Timing'
  | 'Rule'
  | 'Grouping Qualifier'
  | 'Result Qualifier'
  | 'Synonym Qualifier'
  | 'Record Qualifier'
  | 'Variable Qualifier';

/** The origin of a variable's values, as Define-XML names it. */
export type Origin = 'Assigned' | 'Collected' | 'Derived' | 'Protocol';

/** What CDISC says of a variable. */
export interface SdtmColumn extends Column {
  readonly role: Role;
  /** Required, expected or permissible; absent for permissible. */
  readonly core?: 'R' | 'E';
  readonly origin: Origin;
  /** What a reader of define.xml must know of it. */
  readonly comment?: string;
}

/** A dataset of SDTM or ADaM, with what define.xml says of it. */
export interface SdtmDataset extends Dataset {
  readonly columns: readonly SdtmColumn[];
  readonly domain: string;
  /** The observation class. */
  readonly class: string;
  readonly structure: string;
  /** Whether it is about the trial and not about participants. */
  readonly isReference: boolean;
  /** Which part it is, or what is not in it. */
  readonly comment?: string;
}

/** Whether a dataset is one of ADaM: its name begins with AD. */
export function isAnalysis({ name }: Pick<SdtmDataset, 'name'>): boolean {
  return name.startsWith('AD');
}

/** A variable, and its value for one thing. */
export interface SdtmVariable<One> extends SdtmColumn {
  readonly of: (one: One) => Cell;
}

/** What a variable is, beside its name, its label and its value. */
type About = Omit<SdtmColumn, 'name' | 'label' | 'type' | 'role' | 'origin'> &
  Partial<Pick<SdtmColumn, 'type' | 'origin'>>;

/** Declares a variable. It is a text that was assigned, if nothing else is said. */
export function variable<One>(
  name: string,
  label: string,
  role: Role,
  of: SdtmVariable<One>['of'],
  about: About = {},
): SdtmVariable<One> {
  return { name, label, role, type: 'text', origin: 'Assigned', ...about, of };
}

/** STUDYID and DOMAIN, with which every dataset begins. */
export function identifiers<One>(study: string, domain: string): SdtmVariable<One>[] {
  return [
    variable('STUDYID', 'Study Identifier', 'Identifier', () => study, {
      core: 'R',
      key: 1,
      origin: 'Protocol',
    }),
    variable('DOMAIN', 'Domain Abbreviation', 'Identifier', () => domain, { core: 'R' }),
  ];
}

/** Makes a dataset, a row for each of `ones`, which can be read several times. */
export function sdtmDataset<One>(
  about: Omit<SdtmDataset, 'columns' | 'rows' | 'domain'>,
  variables: readonly SdtmVariable<One>[],
  ones: Iterable<One>,
): SdtmDataset {
  return {
    ...about,
    domain: about.name.replace(/^SUPP/, ''),
    columns: variables,
    rows: rowsOf(variables, ones),
  };
}

/** The most bytes of a text. */
const LONGEST = 200;

/** The parts of a text of at most 200 bytes each, cut between words. At least one. */
export function partsOf(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const word of text.split(' ')) {
    const longer = part === '' ? word : `${part} ${word}`;
    if (Buffer.byteLength(longer) <= LONGEST) part = longer;
    else {
      if (part !== '') parts.push(part);
      part = word;
    }
  }
  return [...parts, part];
}

/** A text of at most 200 bytes. A longer one ends with three dots: the ledger has all of it. */
export function cut(text: string): string {
  if (Buffer.byteLength(text) <= LONGEST) return text;
  let kept = text.slice(0, LONGEST);
  while (Buffer.byteLength(kept) > LONGEST - 3) kept = kept.slice(0, -1);
  return `${kept}...`;
}
