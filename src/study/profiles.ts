/** The law that says what a label has to say. */
export const PROFILES = ['eu-ctr', 'eu-annex13', 'us-312.6'] as const;
export type ProfileName = (typeof PROFILES)[number];
