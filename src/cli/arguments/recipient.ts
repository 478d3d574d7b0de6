import { RandoseError } from '../../errors.ts';
import { hasPassphrase, isKeyFile, readKeys, recipientsOfFile } from '../../store/opening/keys.ts';
import { recipientKind } from '../../study/recipient.ts';
import { canBePath, isRegularFile } from '../../system/files.ts';

/** A public key that somebody typed, and the file that they named instead, if they did. */
interface TypedRecipient {
  readonly recipient: string;
  readonly file: string | undefined;
  /** Whether the file has the secret key. */
  readonly isSecret: boolean;
}

/** What is said if somebody's secret key was named in the place of the public one. */
export function secretFileText(file: string): string {
  return `${file} has the SECRET key: only its owner may have it. If it was sent to you, its owner creates a new one with randose keygen, and sends the file NAME.key.pub.`;
}

/** Where a person finds their public key. */
const WHERE_IT_IS =
  'The person finds their public key, age1…, in the output of randose keygen and in the file beside their key, NAME.key.pub. A key without a passphrase has it in its own file, after "# public key:".';

/**
 * A public key as somebody types it: the key itself, or the name of a file that has it, which is a NAME.key.pub, or a
 * key file. Of a key file without a passphrase the public key is derived: its comment may be that of another key.
 *
 * @param nothing what was not done, a sentence: `Nothing was changed.`
 * @throws RandoseError `usage` if it is neither
 */
export async function typedRecipient(
  option: string,
  typed: string,
  nothing: string,
): Promise<TypedRecipient> {
  const text = typed.trim();
  if (recipientKind(text) !== undefined) {
    return { recipient: text, file: undefined, isSecret: false };
  }
  // A secret is never repeated, in no part of a message.
  if (/AGE-SECRET-KEY/i.test(text)) {
    throw new RandoseError('usage', `${option}: this is a SECRET key`, {
      hint: `${nothing} Whoever saw the command line may have read it: create a new key with randose keygen. The public key begins with age1.`,
    });
  }
  if (canBePath(text) && isRegularFile(text)) return recipientIn(option, text, nothing);
  const isPath = /[/\\]|\.(pub|key|txt|age)$/i.test(text);
  throw new RandoseError(
    'usage',
    isPath
      ? `${option}: there is no file ${text.slice(0, 80)}`
      : `${option}: "${text.slice(0, 80)}" is not an age recipient, age1…: a character is wrong or missing`,
    {
      hint: `${nothing} Write the public key itself, or the name of the file that has it. ${WHERE_IT_IS}`,
    },
  );
}

/** @throws RandoseError `usage` if the comments of a key file name another key than its secret is */
async function recipientIn(option: string, file: string, nothing: string): Promise<TypedRecipient> {
  if (!isKeyFile(file)) {
    return { recipient: onlyOneIn(option, file, nothing), file, isSecret: false };
  }
  if (hasPassphrase(file)) {
    return { recipient: onlyOneIn(option, file, nothing), file, isSecret: true };
  }
  const keys = await readKeys([file], () => () => Promise.resolve(undefined));
  const named = recipientsOfFile(file);
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    return { recipient: onlyOneIn(option, file, nothing), file, isSecret: true };
  }
  if (named.some((one) => one !== key.recipient)) {
    throw new RandoseError(
      'usage',
      `${option}: ${file} names another public key than that of its secret key`,
      {
        hint: `${nothing} It was changed, or put together from two keys. Ask its owner for the public key that randose keygen printed.`,
      },
    );
  }
  return { recipient: key.recipient, file, isSecret: true };
}

function onlyOneIn(option: string, file: string, nothing: string): string {
  const found = [...new Set(recipientsOfFile(file))];
  const [recipient] = found;
  if (recipient !== undefined && found.length === 1) return recipient;
  throw new RandoseError(
    'usage',
    recipient === undefined
      ? `${option}: ${file} has no public key that can be read`
      : `${option}: ${file} has ${found.length} public keys`,
    {
      hint: `${nothing} ${recipient === undefined ? WHERE_IT_IS : 'Write the right one itself, age1….'}`,
    },
  );
}
