/**
 * Keeps what Node says of itself from whoever runs a command: that an interface is experimental in this version of Node. Up
 * to Node 20.19, the library that opens envelopes uses one (X25519 in Web Crypto), and its officer would read about it in
 * an emergency. Other warnings are shown as ever.
 */
export function hideExperimentalWarnings(): void {
  const ofNode = process.emitWarning.bind(process) as (...about: unknown[]) => void;
  process.emitWarning = (warning: unknown, about?: unknown, ...more: unknown[]) => {
    const type =
      typeof about === 'object' && about !== null && 'type' in about ? about.type : about;
    if (type !== 'ExperimentalWarning') ofNode(warning, about, ...more);
  };
}
