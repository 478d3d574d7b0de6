/** What randose does not do on purpose, by the words in which a file asks for it. docs/scope.md says why. */
const OUT_OF_SCOPE: readonly [words: RegExp, what: string][] = [
  [/minimi[sz]|pocock|taves/i, 'minimization'],
  [/adaptive|bandit|playTheWinner|play-the-winner/i, 'allocation that depends on outcomes'],
  [/biasedCoin|biased coin|\burn\b|bigStick|maximalProcedure/i, 'biased-coin and urn designs'],
  [/siteStock|fromStock|inventory|resupply/i, 'randomization from the stock of a site'],
  [/eligib|inclusion|exclusion/i, 'eligibility'],
  [/stepped|wedge/i, 'stepped-wedge designs'],
];

/**
 * That a key is unknown because randose does not do what it asks for, and where to read what to use instead.
 *
 * @param value what is written at the key, which may say what is asked for: `method: minimization`
 * @returns undefined if it asks for nothing of that kind
 */
export function outOfScope(key: string, value: unknown): string | undefined {
  const text = `${key} ${typeof value === 'string' ? value : ''}`;
  const found = OUT_OF_SCOPE.find(([words]) => words.test(text));
  return found === undefined
    ? undefined
    : `${key}: randose does not do ${found[1]}. docs/scope.md says why, and what to use instead`;
}
