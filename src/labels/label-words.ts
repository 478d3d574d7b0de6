import { RandoseError } from '../errors.ts';
import { LABEL_WORDS, type LabelWord, type LabelWords } from '../study/sections/supplies.ts';

/** All words of a label in one language. */
export type AllLabelWords = Readonly<Record<LabelWord, string>>;

/**
 * The words that randose has. If the law has words, they are these (Regulation (EU) 536/2014, Annex VI; in French
 * the usual ones). They are drafts: the sponsor approves a label.
 */
const KNOWN: Readonly<Record<string, AllLabelWords>> = {
  en: {
    contact: 'Emergency contact and unblinding',
    lot: 'Batch No.',
    expiry: 'Use by end of',
    trial: 'Trial ref.',
    site: 'Site',
    investigator: 'Investigator',
    kit: 'Treatment No.',
    subject: 'Subject No.',
    visit: 'Visit',
    injection: 'Injection',
    trialUse: 'For clinical trial use only',
    children: 'Keep out of reach of children',
    reprint: 'REPRINT',
    specimen: 'SPECIMEN',
    dummy: 'DUMMY: REHEARSAL',
  },
  fr: {
    contact: 'Contact / levée d’insu en urgence',
    lot: 'N° de lot',
    expiry: 'À utiliser avant fin',
    trial: 'Réf. essai',
    site: 'Centre',
    investigator: 'Investigateur',
    kit: 'N° de traitement',
    subject: 'N° patient',
    visit: 'Visite',
    injection: 'Injection',
    trialUse: 'Uniquement pour essais cliniques',
    children: 'Tenir hors de portée des enfants',
    reprint: 'RÉIMPRESSION',
    specimen: 'SPÉCIMEN',
    dummy: 'DUMMY : RÉPÉTITION',
  },
};

/** 21 CFR 312.6(a), word for word. */
export const US_CAUTION =
  'Caution: New Drug—Limited by Federal (or United States) law to investigational use.';

/**
 * The words of a language: the trial's own words, and for the others those of randose.
 *
 * @throws RandoseError `invalid-study` if a word is missing
 */
export function wordsIn(language: string, own: LabelWords = {}): AllLabelWords {
  const known: LabelWords = KNOWN[language] ?? {};
  const words = Object.fromEntries(LABEL_WORDS.map((name) => [name, own[name] ?? known[name]]));
  const missing = LABEL_WORDS.filter((name) => words[name] === undefined);
  if (missing.length === 0) return words as AllLabelWords;
  const has = Object.keys(KNOWN).join(', ');
  const message = `label words in "${language}" are missing: ${missing.join(', ')}`;
  throw new RandoseError('invalid-study', message, {
    hint: `Add them to study.yaml: supplies.labels.words.${language}. randose has the words of: ${has}`,
  });
}
