import * as v from 'valibot';
import { counted } from '../../words.ts';
import { KIT_ALPHABET, whole } from '../identifiers.ts';
import { mapping, type YamlFile } from '../yaml-file.ts';
import { REPLACEMENTS } from './replacements.ts';
import { SITE } from './sites.ts';
import { STRATIFY_BY } from './stratify-by.ts';
import type { Stratum } from './strata.ts';
import { hasKits, KIT_TYPES, SPARES } from './supplies.ts';

/** How randomization numbers look: prefix, site and a hyphen, digits, a hyphen and a check character. */
export interface NumberPattern {
  readonly prefix: string;
  /** Whether the number contains the site's code. If so, numbers count from 1 in each site. */
  readonly site: boolean;
  /** The least number of digits; undefined: three, or as many as the first batch needs. */
  readonly width: number | undefined;
  readonly check: boolean;
}

/** How kit codes look: prefix, site and a hyphen, drawn characters, a check character. */
export interface KitPattern {
  readonly prefix: string;
  readonly site: boolean;
  /** The number of drawn characters. */
  readonly width: number;
}

export interface Numbers {
  readonly randomization: NumberPattern;
  readonly kits: KitPattern;
}

const KIT_PREFIX = v.regex(
  new RegExp(`^[${KIT_ALPHABET}]{0,6}$`),
  `expected up to 6 characters of ${KIT_ALPHABET}, no two of which look alike`,
);
const RANDOMIZATION_NUMBER = mapping(
  {
    prefix: v.optional(
      v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{0,8}$/, 'expected up to 8 letters and digits')),
      'R',
    ),
    site: v.optional(v.boolean(), false),
    width: v.optional(whole(1, 9)),
    check: v.optional(v.boolean(), false),
  },
  {
    prefix:
      'What each randomization number begins with: up to 8 letters and digits. R if it is left out.',
    site: 'true: the code of the site and a hyphen follow, and each site counts its own numbers.',
    width:
      'The least number of digits, 1 to 9. If it is left out: three, or as many as the first batch needs.',
    check: 'true: a hyphen and a check character follow, so that a typing error is noticed.',
  },
);
const KIT_CODE = mapping(
  {
    prefix: v.optional(v.pipe(v.string(), KIT_PREFIX), ''),
    site: v.optional(v.boolean(), false),
    width: v.optional(whole(4, 10), 6),
    check: v.optional(
      v.literal(true, 'kit codes always have a check character: write true, or leave the line out'),
    ),
  },
  {
    prefix: `What each kit code begins with: up to 6 characters of ${KIT_ALPHABET}. Nothing if it is left out.`,
    site: 'true: the code of the site and a hyphen follow.',
    width:
      'How many characters are drawn, 4 to 10. Six if it is left out. A check character follows.',
    check: 'Kit codes always have a check character: write true, or leave the line out.',
  },
);

const PATTERNS = mapping(
  {
    randomization: v.optional(RANDOMIZATION_NUMBER, {}),
    kits: v.optional(KIT_CODE, {}),
  },
  { randomization: 'How randomization numbers look.', kits: 'How kit codes look.' },
);

export const NUMBERS = v.nullish(PATTERNS, {});

export function numbersFrom({ randomization, kits }: v.InferOutput<typeof PATTERNS>): Numbers {
  return {
    randomization: { ...randomization, width: randomization.width },
    kits: { prefix: kits.prefix, site: kits.site, width: kits.width },
  };
}

/**
 * Reports prefixes that mark a rehearsal, sites that do not fit into kit codes or that nobody knows yet, and kit codes
 * that are too short.
 *
 * @param strata undefined if they have problems of their own
 */
export function checkNumbers(yaml: YamlFile, strata: readonly Stratum[] | undefined): void {
  if (strata !== undefined && hasKits(yaml)) checkKitWidth(yaml, strata);
  const numbers = yaml.sound(['numbers'], NUMBERS);
  if (numbers === undefined) return;
  const { randomization, kits } = numbers;
  if (/^DUMMY/i.test(randomization.prefix)) {
    const message = 'DUMMY marks the numbers of a rehearsal: choose another prefix';
    yaml.report(['numbers', 'randomization', 'prefix'], message);
  }
  const stratifyBy = yaml.sound(['stratifyBy'], STRATIFY_BY);
  if (stratifyBy?.includes('site') === false) {
    for (const [name, { site }] of Object.entries(numbers)) {
      if (!site) continue;
      const message =
        'a list that is not stratified by site is made before anybody knows the site of a slot: write site: false';
      yaml.report(['numbers', name, 'site'], message);
    }
    return;
  }
  if (!kits.site) return;
  for (const { path, value } of yaml.soundItems(['sites'], SITE)) {
    if (/^[A-Z0-9]+$/.test(value.code)) continue;
    const message = `kit codes contain the site (numbers.kits.site), so its code may only have capital letters and digits, not "${value.code}"`;
    yaml.report([...path, 'code'], message);
  }
}

/** How many codes there must be for each kit, so that nobody finds one by guessing. */
const CODES_A_KIT = 20;

function checkKitWidth(yaml: YamlFile, strata: readonly Stratum[]): void {
  const width = yaml.sound(['numbers', 'kits', 'width'], v.optional(v.number(), 6));
  if (width === undefined) return;
  const types = yaml.sound(['supplies', 'kits'], KIT_TYPES) ?? [];
  const spares =
    types.length === 0
      ? (yaml.sound(['supplies', 'kit', 'spares'], SPARES) ?? 0)
      : types.reduce((sum, one) => sum + one.spares, 0);
  const slots = strata.reduce((sum, stratum) => sum + stratum.slots, 0);
  const replacements = yaml.sound(['replacements'], REPLACEMENTS) ?? undefined;
  // A replacement slot has as many kits as its slot.
  const perSlot = (Math.max(1, types.length) + spares) * (replacements === undefined ? 1 : 2);
  const kits = slots * perSlot;
  // Of all 36 check characters only those of the alphabet are used.
  const codes = (drawn: number) => KIT_ALPHABET.length ** (drawn + 1) / 36;
  if (codes(width) >= CODES_A_KIT * kits) return;
  let enough = width;
  while (codes(enough) < CODES_A_KIT * kits) enough += 1;
  const also = [
    ...(types.length === 0 ? [] : [`${types.length} kit types`]),
    ...(spares === 0 ? [] : [counted(spares, 'spare kit')]),
    ...(replacements === undefined ? [] : ['a replacement slot']),
  ];
  const more = also.length === 0 ? '' : ` with ${also.join(' and ')} each`;
  const most = Math.floor(codes(width) / CODES_A_KIT / perSlot);
  const message = `kit codes of ${width} characters are too few for ${counted(slots, 'slot')}${more}; ${enough} characters are enough. If the list is sealed, its codes cannot change: ask for at most ${counted(most, 'slot')} in all`;
  yaml.report(['numbers', 'kits', 'width'], message);
}
