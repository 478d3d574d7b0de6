import { RandoseError } from '../errors.ts';
import { LABEL_WORDS, type LabelWord, type LabelWords } from '../study/sections/supplies.ts';

/** The words of a label in one language, all of them. */
export type AllLabelWords = Readonly<Record<LabelWord, string>>;

/**
 * The words that randose has: those of the law where it has any (Regulation (EU) 536/2014, Annex VI; for
 * French the usual wording), and plain ones else. Drafts: the sponsor approves a label.
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
 * The words of a language: the trial's own, and randose's for the others.
 *
 * @throws RandoseError `invalid-study` where some are missing
 */
export function wordsIn(language: string, own: LabelWords = {}): AllLabelWords {
  const known: LabelWords = KNOWN[language] ?? {};
  const words = Object.fromEntries(LABEL_WORDS.map((name) => [name, own[name] ?? known[name]]));
  const missing = LABEL_WORDS.filter((name) => words[name] === undefined);
  if (missing.length === 0) return words as AllLabelWords;
  const has = Object.keys(KNOWN).join(', ');
  const message = `of "${language}" randose has no words for labels (it has ${has}): supplies.labels.words.${language} is to have ${missing.join(', ')}`;
  throw new RandoseError('invalid-study', message);
}
