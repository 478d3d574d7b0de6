/** How the key of a code-break card is written: in groups of this many characters after the `1` of its prefix. */
export const CARD_GROUP = 6;
