import { createHash } from 'node:crypto';

const SHA_256 = '2.16.840.1.101.3.4.2.1';

/**
 * Asks a time-stamping authority to say that it has seen something: a request of RFC 3161, to be
 * sent as `application/timestamp-query`. What is in it is the SHA-256 of the content, which tells
 * the authority nothing else, and the wish to have its certificate in the answer, so that the
 * answer can be checked without asking again.
 *
 * @param content bytes, or a text in UTF-8
 * @param nonce a number that the answer has to repeat, its first byte the highest; the same one
 *   gives the same request
 * @returns the request in DER, byte for byte what `openssl ts -query -sha256 -cert` makes
 */
export async function timestampRequest(
  content: string | Uint8Array,
  nonce?: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded where it is asked for: starting is what a person waits for.
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

/** The content of a DER integer: as short as it can be, and with its sign. */
function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? [] : [...bytes.subarray(first)];
  const needsSign = digits.length === 0 || digits[0]! >= 0x80;
  return Uint8Array.from(needsSign ? [0, ...digits] : digits);
}
