import type { KitMakeUp } from '../study/sections/supplies.ts';
import type { ProfileName } from '../study/profiles.ts';

/** What a law can require on a label. The letters are those of Regulation (EU) 536/2014, Annex VI, A.1(1). */
export type Particular =
  | 'contact name' // a
  | 'contact' // a, with address and telephone number
  | 'substance' // b
  | 'form' // c
  | 'route' // c
  | 'quantity' // c
  | 'lot' // d
  | 'trial' // e
  | 'number' // f
  | 'investigator' // g
  | 'directions' // h
  | 'trial use' // i
  | 'storage' // j
  | 'expiry' // k
  | 'children' // l
  | 'caution'; // 21 CFR 312.6

/**
 * What a label is on: the outer packaging, an immediate or a small packaging inside an outer one, or an immediate
 * packaging that is alone and has all particulars.
 */
export type Packaging = 'outer' | 'immediate' | 'small' | 'alone';

/** A law, and the paragraph that requires each particular. */
interface Profile {
  readonly name: ProfileName;
  readonly law: string;
  readonly required: Readonly<Record<Packaging, Readonly<Partial<Record<Particular, string>>>>>;
}

/** Regulation (EU) 536/2014, Annex VI, A.1(1): outer packaging, and immediate packaging that is alone. */
const EU_CTR_ALL = {
  contact: 'Annex VI, A.1(1)(a)',
  substance: 'Annex VI, A.1(1)(b)',
  form: 'Annex VI, A.1(1)(c)',
  route: 'Annex VI, A.1(1)(c)',
  quantity: 'Annex VI, A.1(1)(c)',
  lot: 'Annex VI, A.1(1)(d)',
  trial: 'Annex VI, A.1(1)(e)',
  number: 'Annex VI, A.1(1)(f)',
  investigator: 'Annex VI, A.1(1)(g)',
  directions: 'Annex VI, A.1(1)(h)',
  'trial use': 'Annex VI, A.1(1)(i)',
  storage: 'Annex VI, A.1(1)(j)',
  expiry: 'Annex VI, A.1(1)(k)',
  children: 'Annex VI, A.1(1)(l)',
} as const;

/** A.2.1(4); the period of use may be left off since Delegated Regulation (EU) 2022/2239. */
const EU_CTR_IMMEDIATE = {
  'contact name': 'Annex VI, A.2.1(4)(a)',
  form: 'Annex VI, A.2.1(4)(b)',
  route: 'Annex VI, A.2.1(4)(b)',
  quantity: 'Annex VI, A.2.1(4)(b)',
  lot: 'Annex VI, A.2.1(4)(c)',
  trial: 'Annex VI, A.2.1(4)(d)',
  number: 'Annex VI, A.2.1(4)(e)',
} as const;

/** A.2.2(5). */
const EU_CTR_SMALL = {
  'contact name': 'Annex VI, A.2.2(5)(a)',
  route: 'Annex VI, A.2.2(5)(b)',
  lot: 'Annex VI, A.2.2(5)(c)',
  trial: 'Annex VI, A.2.2(5)(d)',
  number: 'Annex VI, A.2.2(5)(e)',
} as const;

/** EudraLex, Volume 4, Annex 13 (2010), paragraph 26. The label of a blinded trial need not name the substance. */
const ANNEX_13_ALL = {
  contact: 'Annex 13, 26(a)',
  form: 'Annex 13, 26(b)',
  route: 'Annex 13, 26(b)',
  quantity: 'Annex 13, 26(b)',
  lot: 'Annex 13, 26(c)',
  trial: 'Annex 13, 26(d)',
  number: 'Annex 13, 26(e)',
  investigator: 'Annex 13, 26(f)',
  directions: 'Annex 13, 26(g)',
  'trial use': 'Annex 13, 26(h)',
  storage: 'Annex 13, 26(i)',
  expiry: 'Annex 13, 26(j)',
  children: 'Annex 13, 26(k)',
} as const;

/** Paragraph 29. */
const ANNEX_13_IMMEDIATE = {
  'contact name': 'Annex 13, 29(a)',
  form: 'Annex 13, 29(b)',
  route: 'Annex 13, 29(b)',
  quantity: 'Annex 13, 29(b)',
  lot: 'Annex 13, 29(c)',
  trial: 'Annex 13, 29(d)',
  number: 'Annex 13, 29(e)',
} as const;

/** Paragraph 30. */
const ANNEX_13_SMALL = {
  'contact name': 'Annex 13, 30(a)',
  route: 'Annex 13, 30(b)',
  lot: 'Annex 13, 30(c)',
  trial: 'Annex 13, 30(d)',
  number: 'Annex 13, 30(e)',
} as const;

/** 21 CFR 312.6(a): the immediate package has the caution, and so has the outer packaging. */
const US_312_6 = { caution: '21 CFR 312.6(a)' } as const;

export const PROFILE: Readonly<Record<ProfileName, Profile>> = {
  'eu-ctr': {
    name: 'eu-ctr',
    law: 'Regulation (EU) 536/2014',
    required: {
      outer: EU_CTR_ALL,
      alone: EU_CTR_ALL,
      immediate: EU_CTR_IMMEDIATE,
      small: EU_CTR_SMALL,
    },
  },
  'eu-annex13': {
    name: 'eu-annex13',
    law: 'EudraLex Volume 4, Annex 13',
    required: {
      outer: ANNEX_13_ALL,
      alone: ANNEX_13_ALL,
      immediate: ANNEX_13_IMMEDIATE,
      small: ANNEX_13_SMALL,
    },
  },
  'us-312.6': {
    name: 'us-312.6',
    law: '21 CFR 312.6',
    required: { outer: US_312_6, alone: US_312_6, immediate: US_312_6, small: US_312_6 },
  },
};

/** The packaging that a unit's label is on. */
export function packagingOfUnit({ outer, unitPackaging }: KitMakeUp): Packaging {
  return outer ? unitPackaging : 'alone';
}
