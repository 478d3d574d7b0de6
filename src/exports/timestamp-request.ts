import { createHash } from 'node:crypto';

const SHA_256 = '2.16.840.1.101.3.4.2.1';

/**
 * Makes a request to a time-stamping authority to certify that it has seen something (RFC 3161), to be sent as
 * `application/timestamp-query`. The request has the SHA-256 of the content, which tells the authority nothing
 * else. It asks for the authority's certificate, so that the answer can be checked without another request.
 *
 * @param content bytes, or a text in UTF-8
 * @param nonce a number that the answer must repeat, highest byte first; the same nonce gives the same
 *   request
 * @returns the request in DER, byte for byte what `openssl ts -query -sha256 -cert` makes
 */
export async function timestampRequest(
  content: string | Uint8Array,
  nonce?: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded only when needed, so that other commands start fast.
  const [{ AsnConvert, OctetString }, { MessageImprint, TimeStampReq }, { AlgorithmIdentifier }] =
    await Promise.all([
      import('@peculiar/asn1-schema'),
      import('@peculiar/asn1-tsp'),
      import('@peculiar/asn1-x509'),
    ]);
  const request = new TimeStampReq({
    messageImprint: new MessageImprint({
      // With a null for the parameters, as openssl writes it.
      hashAlgorithm: new AlgorithmIdentifier({ algorithm: SHA_256, parameters: null }),
      hashedMessage: new OctetString(createHash('sha256').update(content).digest()),
    }),
    certReq: true,
    ...(nonce === undefined ? {} : { nonce: integer(nonce).buffer }),
  });
  return new Uint8Array(AsnConvert.serialize(request));
}

/** The content of a DER integer: as short as possible, with its sign. */
function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? [] : [...bytes.subarray(first)];
  const needsSign = digits.length === 0 || digits[0]! >= 0x80;
  return Uint8Array.from(needsSign ? [0, ...digits] : digits);
}
