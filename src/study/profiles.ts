/** The laws that decide what a label must say. */
export const PROFILES = ['eu-ctr', 'eu-annex13', 'us-312.6'] as const;
export type ProfileName = (typeof PROFILES)[number];
