import { createHash } from 'node:crypto';

/**
 * Why a key that signs now is not accepted, by an allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS).
 *
 * @param text the content of the file; undefined if there is none
 * @param fingerprint `SHA256:` and 43 characters
 * @param time ISO 8601 in UTC
 * @returns what follows the name of the file; undefined if a line accepts the key, or might accept it
 */
export function whyNotAllowed(
  text: string | undefined,
  fingerprint: string,
  namespace: string,
  time: string,
): string | undefined {
  if (text === undefined) return 'does not exist';
  const lines = text.split(/\r?\n/).filter((line) => /^\s*[^\s#]/.test(line));
  // Whom a certificate authority has certified is not in the file.
  if (lines.some((line) => /\bcert-authority\b/.test(line))) return undefined;
  const own = lines.filter((line) => fingerprintIn(line) === fingerprint);
  if (own.length === 0) return 'does not list it';
  const reasons = own.map((line) => whyNotNow(line, namespace, time));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function whyNotNow(line: string, namespace: string, time: string): string | undefined {
  const option = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(line)?.[1];
  const namespaces = option('namespaces')?.split(',');
  // A pattern may fit.
  const fits = namespaces?.some((one) => one === namespace || /[*?!]/.test(one)) ?? true;
  if (!fits) return 'lists it for something else';
  const now = time.replace(/[-:TZ]|\.\d+/g, '');
  const after = moment(option('valid-after'));
  const before = moment(option('valid-before'));
  if (after !== undefined && now < after) return 'lists it as not yet valid';
  return before !== undefined && now >= before ? 'lists it as expired' : undefined;
}

/** `YYYYMMDD[HHMM[SS]][Z]` with fourteen digits. */
function moment(text: string | undefined): string | undefined {
  return text?.replace(/Z$/, '').padEnd(14, '0');
}

function fingerprintIn(line: string): string | undefined {
  const key = /(?:^|\s)(?:ssh|ecdsa|sk)-[\w@.-]+\s+(AAAA[A-Za-z0-9+/]+=*)/.exec(line)?.[1];
  if (key === undefined) return undefined;
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
