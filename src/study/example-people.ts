/** The public keys of the three example people. Their secret keys are published with randose, in fixtures/keys. */
const EXAMPLE_RECIPIENTS: ReadonlySet<string> = new Set([
  'age1vr2ep4f2cc5ut8lll7qfuv6l9w8w5p4l5mljfzr7wjca0shvadmqqgvjvu',
  'age1tnduh0uhvfnvpj9tuwth9t3sncz5tm4kawxk9ugvlmqkzjweufjqeqqddu',
  'age1ry4ukjs038c9mhvulkgw7yxdh2w365mzssh8p8etsz3gm00f5gwq948dkq',
]);

/** Whether everybody can have the secret half of a public key: it is one of the example keys. */
export function isExampleKey(recipient: string): boolean {
  return EXAMPLE_RECIPIENTS.has(recipient);
}
