import type { Study } from '../../study/study.ts';

/** A code-break card: it opens one slot's envelope and no other. It does not say the arm. */
export interface Card {
  readonly number: string;
  /** Empty if the study has none. */
  readonly kits: readonly string[];
  /** Null if there is one stratum only. */
  readonly stratum: string | null;
  /** The site's name; null if it is unknown. */
  readonly site: string | null;
  /** The slot's envelope, as a path in the study folder. */
  readonly envelope: string;
  /** An age identity. */
  readonly identity: string;
  /** The receipt of the allocation of the slot's batch, `sequence:hash`: what was filed has the same. */
  readonly receipt: string;
}

/** Whom to call, at any hour. */
export interface Contact {
  readonly name: string;
  readonly phone: string;
}

/** The code-break cards of a study, and what their pages have in common. */
export interface CardPages {
  readonly study: Pick<Study, 'id' | 'title' | 'sponsor'>;
  /** The day on which they are made, YYYY-MM-DD. */
  readonly made: string;
  readonly isDummy: boolean;
  readonly isReprint: boolean;
  /** Null if study.yaml has no telephone number. */
  readonly contact: Contact | null;
  readonly cards: readonly Card[];
}
