/** A URL in which a password can only be where it is not looked for: no colon before @, and no option about one. */
const WITHOUT_PASSWORD = /^postgres(?:ql)?:\/\/(?:[^:@/?]*@)?[^@?]*(?:\?(?!.*pass)[^@]*)?$/i;

/** The URL of a database as it may be shown; undefined if it may have a password. */
export function shownUrl(url: string): string | undefined {
  return WITHOUT_PASSWORD.test(url) ? url : undefined;
}
